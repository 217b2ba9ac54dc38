"""A worker that cannot judge: it says so and ends in good order, where xdist would start another one for ever."""

from __future__ import annotations

from typing import Any

import pytest

REFUSED = "muster_refused"


class RefusedWorker:
    """Takes the place of what a worker would collect and judge."""

    def __init__(self, config: pytest.Config, reason: str) -> None:
        self._config = config
        self._reason = reason

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self) -> None:
        """End before anything is collected; the controller is told why."""
        output: dict[str, Any] = self._config.workeroutput  # type: ignore[attr-defined]  # xdist sets it in workers
        output[REFUSED] = self._reason
        pytest.exit(self._reason, returncode=pytest.ExitCode.USAGE_ERROR)


def refuse_with(node: Any) -> None:
    """End the controller's session with the reason of a worker that refused, if this one did."""
    reason = getattr(node, "workeroutput", {}).get(REFUSED)
    if reason is not None:
        pytest.exit(reason, returncode=pytest.ExitCode.USAGE_ERROR)

"""The sandbox as the engine sees it: a process that serves mocked accounts on 127.0.0.1 and says where."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Collection, Sequence
from importlib.util import find_spec
from typing import Any

from muster.errors import UsageError
from muster.suites import Suites


class Sandbox:
    """One sandbox process; it ends with `stop`, or with the process that started it."""

    def __init__(
        self, names: Sequence[str], suites: Suites, services: Collection[str] | None = None, port: int = 0
    ) -> None:
        """Start it, its accounts filled with what `services` have (None: all); port 0 is one that is free.

        Raises `UsageError` where it cannot be started.
        """
        if find_spec("moto") is None:
            raise UsageError("the sandbox needs moto, which is not installed: pip install 'muster[sandbox]'")
        only = [f"--services={','.join(sorted(services))}"] if services is not None else []
        beside = [f"--beside={suites.own}"] if suites.own is not None else []
        try:
            self._process = subprocess.Popen(  # noqa: S603  # our own interpreter, our own module
                [sys.executable, "-m", "fixtures.sandbox", f"--port={port}", *only, *beside, *names],
                cwd=suites.shipped,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        except OSError as error:
            raise UsageError(f"the sandbox did not start: {sys.executable}: {error.strerror}") from error
        self._ready: dict[str, Any] | None = None

    def ready(self) -> dict[str, Any]:
        """What the sandbox says of itself once it serves: endpoints, accounts, and which failures were seeded.

        Raises `UsageError` if it could not be started.
        """
        if self._ready is None:
            assert self._process.stdout is not None
            line = self._process.stdout.readline()
            if not line:
                raise UsageError("the sandbox did not start; its own message stands above (python -m fixtures.sandbox)")
            self._ready = json.loads(line)
        return self._ready

    def stop(self) -> None:
        """End the process; its accounts are gone."""
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.terminate()
        self._process.wait(timeout=10)
        if self._process.stdout is not None:
            self._process.stdout.close()

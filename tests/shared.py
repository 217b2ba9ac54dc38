"""What the processes of one test session share: a sandbox, and what is made only once."""

from __future__ import annotations

import fcntl
import json
import pickle
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import pytest

from muster.run.sandbox import Sandbox
from muster.suites import Suites

COMPANIES = ("model", "demo", "empty", "model_member", "demo_member")
ANNOUNCEMENT = "sandbox.json"
PATIENCE = 120.0
Made = TypeVar("Made")


@dataclass(frozen=True)
class Shared:
    """What is made once a session; `folder` is what all workers see, None where there is one process."""

    folder: Path | None

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` makes: made by the first worker that asks, and taken from a pickle by the others."""
        if self.folder is None:
            return make()
        kept = self.folder / f"{name}.pickle"
        with (self.folder / f"{name}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not kept.exists():
                kept.write_bytes(pickle.dumps(make()))
        made: Made = pickle.loads(kept.read_bytes())  # this session's own
        return made


class SandboxOfWorkers:
    """A plugin of xdist's controller: it starts a sandbox as its workers start, and ends it after them."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._sandbox: Sandbox | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        """Start it with the first worker; no worker waits for it before a test needs it."""
        if self._sandbox is None:
            self._sandbox = Sandbox(COMPANIES, Suites.at(self._root))
            folder: Path = node.config._tmp_path_factory.getbasetemp()
            threading.Thread(target=_announce, args=(self._sandbox, folder), daemon=True).start()

    def pytest_unconfigure(self) -> None:
        """End it."""
        if self._sandbox is not None:
            self._sandbox.stop()


def _announce(sandbox: Sandbox, folder: Path) -> None:
    unfinished = folder / f"{ANNOUNCEMENT}.partial"
    unfinished.write_text(json.dumps(sandbox.ready()))
    unfinished.rename(folder / ANNOUNCEMENT)


def sandbox_of_controller(folder: Path) -> dict[str, Any]:
    """What the controller's sandbox says of itself; waits until it serves."""
    deadline = time.monotonic() + PATIENCE
    while not (folder / ANNOUNCEMENT).exists():
        assert time.monotonic() < deadline, f"the sandbox of the controller does not serve after {PATIENCE:.0f} s"
        time.sleep(0.05)
    ready: dict[str, Any] = json.loads((folder / ANNOUNCEMENT).read_text())
    return ready

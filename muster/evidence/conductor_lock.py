"""Whether a run is still conducted: its conductor holds a lock, which goes with that process whatever ends it."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import IO


class ConductorLock:
    """The lock of the process that conducts a run, on a file that is there for as long as rows of others are taken."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._held: IO[bytes] | None = None

    def hold(self) -> None:
        """Conduct: from here on to `let_go`, or to the end of this process."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._held = self._path.open("wb")
        fcntl.flock(self._held, fcntl.LOCK_EX)

    def let_go(self) -> None:
        """Conduct no more: the file goes, so that others can tell this from a conductor that was killed."""
        self._path.unlink(missing_ok=True)
        if self._held is not None:
            self._held.close()
            self._held = None

    def is_held(self) -> bool:
        """Whether somebody conducts."""
        try:
            with self._path.open("rb") as handle:
                fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return False
        return False

    def was_dropped(self) -> bool:
        """Whether the conductor went without letting go: it was killed."""
        # In this order: whoever lets go removes the file before the lock.
        return not self.is_held() and self._path.exists()

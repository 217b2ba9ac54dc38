"""A disk that is full, or a folder that is gone: what a run leaves cannot be written any more, and that is one line.

The folder stays as it is. It says of itself that the run has not ended, and nobody takes it for a whole one.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest


def not_written(folder: Path, error: OSError) -> str:
    """The line on what could not be written, and what to make of what is there."""
    return f"{folder}: cannot be written ({error.strerror}): what it holds is no whole run; judge again"


class LastWord:
    """Stands around all that is written when a session ends: rows and record of the run, and everybody's reports."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.is_lost = False

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self) -> Iterator[None]:
        """End with a line where pytest would end with a traceback."""
        try:
            return (yield)
        except OSError as error:
            self.is_lost = True
            pytest.exit("\n" + not_written(self._folder, error), returncode=pytest.ExitCode.USAGE_ERROR)

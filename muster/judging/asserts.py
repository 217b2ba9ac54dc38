"""Asserts are how controls speak: before any is heard, one that must fail is tried.

`python -O`, PYTHONOPTIMIZE and a file that was compiled under them take every assert out, and every control passes.
https://docs.python.org/3/using/cmdline.html#cmdoption-O
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from muster.errors import UsageError


def refuse_silent_asserts(package: str) -> None:
    """Raise `UsageError` if asserts do nothing in a package of controls, or in nouns, which are imported as this is.

    The one that is tried stands among the controls, in `_tried.py`, so that whatever is done to them is done to it.
    """
    tried = importlib.import_module(f"{package}._tried")
    for where, fails in ((f"{package}/", tried.fails), ("the nouns", _fails)):
        if not _is_heard(fails):
            raise UsageError(
                f"asserts do nothing in {where}, so that every control would pass: run Python without -O,"
                " with PYTHONOPTIMIZE unset"
            )


def _is_heard(fails: Callable[[], None]) -> bool:
    try:
        fails()
    except AssertionError:
        return True
    return False


def _fails() -> None:
    assert not True

"""Asserts are how controls speak: before any is heard, one that must fail is tried.

`python -O`, PYTHONOPTIMIZE and a file that was compiled under them take every assert out, and every control passes.
https://docs.python.org/3/using/cmdline.html#cmdoption-O
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from muster.errors import UsageError


def refuse_silent_asserts(*packages: str) -> None:
    """Raise `UsageError` if asserts do nothing in one of the packages, of controls or of nouns.

    The one that is tried stands among them, in `_tried.py`, so that whatever is done to them is done to it.
    """
    for package in packages:
        if not _is_heard(importlib.import_module(f"{package}._tried").fails):
            raise UsageError(
                f"asserts do nothing in {package}/, so that every control would pass: run Python without -O,"
                " with PYTHONOPTIMIZE unset"
            )


def _is_heard(fails: Callable[[], None]) -> bool:
    try:
        fails()
    except AssertionError:
        return True
    return False

"""Finding the controls: the files under controls/ are imported once, and declare themselves."""

from __future__ import annotations

import importlib
import traceback
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from muster.errors import ControlError
from muster.judging.asserts import refuse_silent_asserts
from muster.judging.closure import operations_of
from muster.judging.control import CONTROLS, Control
from muster.reading.declared_operations import declare_operations
from muster.suites import PACKAGES, Suites

BROKEN = (ImportError, NameError, AttributeError, TypeError, ValueError, LookupError, ArithmeticError)
"""What a file raises that is imported and has a mistake in it, beside one of syntax."""
STAND_INS = "fixtures.stand_ins"
"""Where it is declared what endpoints leave out that stand in for those of an API."""


def import_controls(suites: Suites) -> Mapping[str, Control]:
    """All controls of the suites, by id, sorted.

    Imports their files and asks no API anything. From then on the guards let through what these controls ask. Raises
    `UsageError` where asserts do nothing: such controls judge nothing; and where a file cannot be imported by its name.
    """
    suites.import_together()
    refuse_silent_asserts(*PACKAGES)
    importlib.import_module(STAND_INS)
    for folder in suites.folders("controls"):
        for path in sorted(path for path in folder.rglob("*.py") if not path.name.startswith("_")):
            _import(path, ".".join(path.relative_to(folder.parent).with_suffix("").parts))
    found = {identifier: CONTROLS[identifier] for identifier in sorted(CONTROLS)}
    for kind in sorted({control.kind for control in found.values()}, reverse=True):
        of_kind = [control for control in found.values() if control.kind == kind]
        declare_operations(kind, partial(operations_of, of_kind))
    return found


def _import(path: Path, name: str) -> None:
    """Import a file of controls. Raises `ControlError`, in one line, where it cannot be: so nothing is judged."""
    try:
        importlib.import_module(name)
    except SyntaxError as error:
        raise ControlError(f"{error.filename or path}:{error.lineno or 1}: {error.msg}: nothing is judged") from error
    except BROKEN as error:
        line = traceback.extract_tb(error.__traceback__)[-1]
        where = f"{line.filename}:{line.lineno}"
        raise ControlError(f"{where}: {type(error).__name__}: {error}: {path} cannot be imported") from error

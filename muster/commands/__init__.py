"""The commands of `muster`, a module each: `add_parser(subparsers)`, and `run(options)`, which gives the exit code.

They are found, not listed. What a command needs it imports when it is run: `muster --help` needs none of it.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Subparsers = argparse._SubParsersAction[argparse.ArgumentParser]


def command_modules() -> Iterator[ModuleType]:
    """The module of each command, sorted by name."""
    for found in pkgutil.iter_modules(__path__):
        yield importlib.import_module(f"{__name__}.{found.name}")

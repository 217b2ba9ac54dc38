"""What of pytest's own options took controls away from a run: pytest does not tell, and the evidence must."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator

import pytest

from muster.plugin.where import narrowed_to


def narrowing(config: pytest.Config) -> list[str]:
    """The options that narrow what is collected, as one would type them, and the environment that may have set them.

    Empty where nothing is set: then a plugin, or a file that could not be collected, took the controls away.
    """
    return [*_options(config), *hidden_options()]


def hidden_options() -> list[str]:
    """What the environment adds to the command line, which pytest does not tell; empty where that is nothing."""
    hidden = os.environ.get("PYTEST_ADDOPTS")
    return [f"$PYTEST_ADDOPTS={hidden}"] if hidden else []


def _options(config: pytest.Config) -> Iterator[str]:
    given = config.option
    if given.keyword:
        yield f"-k {shlex.quote(given.keyword)}"
    if given.markexpr:
        yield f"-m {shlex.quote(given.markexpr)}"
    for name in ("deselect", "ignore", "ignore_glob"):
        yield from (f"--{name.replace('_', '-')}={value}" for value in getattr(given, name, None) or ())
    for name in ("lf", "stepwise"):
        if getattr(given, name, False):
            yield f"--{name}"
    yield from narrowed_to(config)

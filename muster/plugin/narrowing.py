"""What of pytest's own options took controls away from a run: pytest does not tell, and the evidence must."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest


def narrowing(config: pytest.Config) -> list[str]:
    """The options that narrow what is collected, as one would type them; those that no command line shows are marked.

    Empty where none is set: then a plugin, or a file that could not be collected, took the controls away.
    """
    hidden = shlex.split(os.environ.get("PYTEST_ADDOPTS", ""))
    typed = [str(argument) for argument in config.invocation_params.args]
    return [
        f"{option} (of $PYTEST_ADDOPTS)" if hidden and not _is_among(option, typed) else option
        for option in _options(config)
    ]


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
    whole = config.rootpath / "controls"
    for argument in config.args:
        path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
        if "::" in argument or (path != whole and Path(whole) in path.parents):
            yield argument


def _is_among(option: str, typed: list[str]) -> bool:
    """Whether an option was typed: pytest takes `-k x`, `-kx` and `--keyword=x` alike, so its value is looked for."""
    words = shlex.split(option)
    return any(words[-1].rpartition("=")[2] in argument for argument in typed)

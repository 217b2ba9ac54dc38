"""Options that end pytest before anything is judged: in an audit they are taken from whoever types them alone.

`PYTEST_ADDOPTS=--collect-only`, left in the environment of a nightly job, would have it end with 0 each night.
"""

from __future__ import annotations

import pytest

ENDINGS = {
    "cacheshow": ("--cache-show",),
    "collectonly": ("--collect-only", "--collectonly", "--co"),
    "explain": ("--explain",),
    "help": ("--help", "-h"),
    "list_controls": ("--list-controls",),
    "markers": ("--markers",),
    "show_fixtures_per_test": ("--fixtures-per-test",),
    "showfixtures": ("--fixtures", "--funcargs"),
    "version": ("--version", "-V"),
}
"""The options that answer something else and end with 0, by where pytest keeps them."""


def refuse_untyped_endings(config: pytest.Config) -> None:
    """Raise `pytest.UsageError` where an option ends an audit that the environment or a setting gave, and nobody typed.

    https://docs.pytest.org/en/stable/reference/customize.html
    """
    typed = config.invocation_params.args
    for name, spellings in ENDINGS.items():
        if config.getoption(name, None) and not any(_is_spelled(argument, spellings) for argument in typed):
            raise pytest.UsageError(
                f"{spellings[0]} has nothing judged, and nobody typed it: take it out of $PYTEST_ADDOPTS"
                " or of the setting addopts"
            )


def _is_spelled(argument: str, spellings: tuple[str, ...]) -> bool:
    letters = [each[1] for each in spellings if not each.startswith("--")]
    is_cluster = argument.startswith("-") and not argument.startswith("--")
    return argument.partition("=")[0] in spellings or (is_cluster and any(letter in argument for letter in letters))

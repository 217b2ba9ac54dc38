"""Files and functions of controls on the command line choose them, as --control would: whatever their profile is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from muster.judging.control import Control
from muster.plugin.where import controls_folders, path_of, pointed_at

# With one of these it is said already what is to be judged; what pytest is pointed at then makes the run a part.
CHOOSE = ("profile", "control", "replay")


@dataclass(frozen=True)
class _Pointed:
    """One argument: what it names, the function in it, and the account with which an id ends."""

    path: Path
    function: str
    account: str

    def means(self, control: Control) -> bool:
        """Whether it names this control, its file, or a folder of that."""
        in_it = self.path == control.path or self.path in control.path.parents
        return in_it and self.function in ("", control.function.__name__)


def choose_pointed_at(config: pytest.Config, controls: Mapping[str, Control]) -> None:
    """Let --control be what the arguments name, and --account the accounts that ids end with, unless they are given.

    Only what somebody typed: an argument of $PYTEST_ADDOPTS takes controls away, and that has to show.
    """
    if any(config.getoption(option) for option in CHOOSE):
        return
    arguments = pointed_at(config)
    pointed = [_parsed(config, argument) for argument in arguments if argument in config.invocation_params.args]
    if len(pointed) < len(arguments) or any(each.path in _whole(config) for each in pointed):
        return
    config.option.control = [name for name, control in controls.items() if any(each.means(control) for each in pointed)]
    if not config.getoption("account"):
        config.option.account = sorted({each.account for each in pointed if each.account})


def _parsed(config: pytest.Config, argument: str) -> _Pointed:
    _, _, rest = argument.partition("::")
    function, _, account = rest.partition("[")
    return _Pointed(path_of(config, argument), function, account.removesuffix("]"))


def _whole(config: pytest.Config) -> Iterator[Path]:
    """What holds all controls: their folders, and what those are in."""
    for folder in controls_folders(config):
        yield folder
        yield from folder.parents

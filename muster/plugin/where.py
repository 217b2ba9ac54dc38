"""Where a session judges: the suites beside each other, and the files of controls that the command line points at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.plugin.options import audit_options
from muster.suites import Suites

_SUITES = pytest.StashKey[Suites]()
_POINTED_AT = pytest.StashKey[list[str]]()


def suites_of(config: pytest.Config) -> Suites:
    """The shipped suite, and that of the folder in which the session is held."""
    if _SUITES not in config.stash:
        config.stash[_SUITES] = Suites.at(config.rootpath)
    return config.stash[_SUITES]


def controls_folders(config: pytest.Config) -> tuple[Path, ...]:
    """The folders that hold controls."""
    return suites_of(config).folders("controls")


def is_audit(config: pytest.Config) -> bool:
    """Whether the session was pointed at controls, or asks for an audit and was pointed nowhere."""
    if hasattr(config, "workerinput"):
        return "muster" in config.workerinput
    if _is_pointed_nowhere(config) and audit_options(config):
        return True
    return any(
        path == folder or folder in path.parents or path in folder.parents
        for path in (path_of(config, argument) for argument in pointed_at(config))
        for folder in controls_folders(config)
    )


def pointed_at(config: pytest.Config) -> list[str]:
    """The arguments as they were given, or what the settings name in their place."""
    return config.stash.setdefault(_POINTED_AT, list(config.args))


def narrowed_to(config: pytest.Config) -> Iterator[str]:
    """The arguments that name less than all controls."""
    folders = controls_folders(config)
    for argument in pointed_at(config):
        path = path_of(config, argument)
        if "::" in argument or any(folder in path.parents for folder in folders):
            yield argument


def path_of(config: pytest.Config, argument: str) -> Path:
    """What an argument names: from where pytest was called, or, where nothing is there, in the shipped suite."""
    name = argument.partition("::")[0]
    here = (config.invocation_params.dir / name).resolve()
    shipped = (suites_of(config).shipped / name).resolve()
    return here if here.exists() or not shipped.exists() else shipped


def point_at_controls(config: pytest.Config) -> None:
    """Let pytest collect controls wherever they stand: those of both suites, or those that were named.

    A suite elsewhere is named as the package it is: pytest would search a path from the root of the file system on.
    """
    given = pointed_at(config)
    if _is_pointed_nowhere(config):
        given = ["controls", *(str(folder) for folder in controls_folders(config)[1:])]
    config.args = [_argument(config, argument) for argument in given]


def _is_pointed_nowhere(config: pytest.Config) -> bool:
    nowhere = config.args_source is not pytest.Config.ArgsSource.ARGS
    return nowhere and suites_of(config).shipped != config.rootpath


def _argument(config: pytest.Config, argument: str) -> str:
    suites, path = suites_of(config), path_of(config, argument)
    if path.is_relative_to(config.rootpath) or not path.is_relative_to(suites.shipped / "controls"):
        return argument
    config.option.pyargs = True
    _, separator, rest = argument.partition("::")
    return ".".join(path.relative_to(suites.shipped).with_suffix("").parts) + separator + rest

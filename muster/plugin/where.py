"""Where a session judges: the suites beside each other, and the files of controls that the command line points at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from muster.plugin.options import audit_options
from muster.suites import Suites

_SUITES = pytest.StashKey[Suites]()


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
    if _is_pointed_nowhere(config) and audit_options(config):
        return True
    folders = controls_folders(config)
    return any(
        path == folder or folder in path.parents or path in folder.parents
        for argument in config.args
        for path in _paths(config, argument)
        for folder in folders
    )


def point_at_controls(config: pytest.Config) -> None:
    """Let pytest collect the controls of both suites, which it may have been pointed at by their names alone.

    Workers take arguments and folder from here: they would look for the folder above all arguments.
    """
    if _is_pointed_nowhere(config):
        config.args = [str(folder) for folder in controls_folders(config)]
    else:
        config.args = [_argument(config, argument) for argument in config.args]
    config.option.rootdir = str(config.rootpath)
    if config.inipath is not None:
        config.option.inifilename = str(config.inipath)


def narrowed_to(config: pytest.Config) -> Iterator[str]:
    """The arguments that name less than all controls."""
    folders = controls_folders(config)
    for argument in config.args:
        path = next(_paths(config, argument))
        if "::" in argument or any(folder in path.parents for folder in folders):
            yield argument


def _is_pointed_nowhere(config: pytest.Config) -> bool:
    nowhere = config.args_source is not pytest.Config.ArgsSource.ARGS
    return nowhere and suites_of(config).shipped != config.rootpath


def _paths(config: pytest.Config, argument: str) -> Iterator[Path]:
    """What an argument names: from where pytest was called, or, where nothing is there, in the shipped suite."""
    name = argument.partition("::")[0]
    path = (config.invocation_params.dir / name).resolve()
    if path.exists() or not (shipped := (suites_of(config).shipped / name).resolve()).exists():
        yield path
    else:
        yield shipped


def _argument(config: pytest.Config, argument: str) -> str:
    name, separator, rest = argument.partition("::")
    if (config.invocation_params.dir / name).exists():
        return argument
    return f"{next(_paths(config, argument))}{separator}{rest}"

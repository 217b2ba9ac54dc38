"""Runs that stand elsewhere than in a folder of this machine: brought here before an audit, kept there after it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from muster.errors import BadEvidence, UsageError
from muster.evidence.packed import SUFFIX, pack_run
from muster.run.options import runs_folder
from muster.run.places import bring, is_address, run_at, store_at

if TYPE_CHECKING:
    pass

if TYPE_CHECKING:
    from muster.evidence.s3_store import S3Store

STORE: pytest.StashKey[S3Store] = pytest.StashKey()
"""Where the runs of `--reports=s3://…` are kept."""
NIGHTS_BACK = 60
"""How many runs back `--since=latest` looks for one that asked the same."""


def settle_places(config: pytest.Config) -> None:
    """Let the options name folders of this machine: fetch and unpack what they name elsewhere, until the session ends.

    With `--reports=s3://BUCKET/PREFIX` the newest run there is brought, for the next one is chained to it. Raises
    `UsageError`.
    """
    stack = ExitStack()
    config.add_cleanup(stack.close)
    for option, name in (("--replay", "replay"), ("--since", "since"), ("--unchanged-since", "unchanged_since")):
        place = getattr(config.option, name, None)
        if place and (is_address(place) or place.endswith(SUFFIX)):
            try:
                setattr(config.option, name, str(stack.enter_context(run_at(place))))
            except BadEvidence as error:
                raise UsageError(f"{option}={place}: {error}") from error
    reports = config.getoption("reports")
    if reports and is_address(reports) and not config.getoption("collectonly"):
        store = config.stash[STORE] = store_at(reports)
        names = store.names()
        config.option.reports = None
        if names:
            bring(store, names[-1], runs_folder(config.rootpath))


def runs_kept(config: pytest.Config) -> Iterator[Path]:
    """The folders of the runs that are kept elsewhere, the newest first, each brought when it is asked for."""
    store = config.stash[STORE]
    for name in reversed(store.names()[-NIGHTS_BACK:]):
        yield bring(store, name, runs_folder(config.rootpath))


def keep(config: pytest.Config, run: Path) -> str | None:
    """Keep a sealed run where `--reports` says; gives its address, None where that is this machine.

    Raises `UsageError`, which says where the run is.
    """
    store = config.stash.get(STORE, None)
    if store is None:
        return None
    with tempfile.TemporaryDirectory(prefix="muster-packed-") as folder:
        packed = Path(folder) / f"{run.name}{SUFFIX}"
        pack_run(run, packed)
        try:
            store.put(run.name, packed)
        except UsageError as error:
            raise UsageError(f"{error}\nThe run is sealed, in {run}") from error
    return store.address(run.name)

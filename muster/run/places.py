"""Where runs stand: a folder, a packed run (`RUN.zip`), or object storage (`s3://BUCKET/PREFIX`)."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from muster.evidence.packed import SUFFIX, unpack_run, unpacked_run

if TYPE_CHECKING:
    from muster.evidence.s3_store import S3Store

SCHEME = "s3://"
# What tells of a run without the answers behind it.
WITHOUT_ANSWERS = frozenset({"fleet.json", "run.json", "manifest.json", "verdicts.jsonl", "drift.json"})


def is_address(place: str) -> bool:
    """Whether a place is one of object storage."""
    return place.startswith(SCHEME)


def store_at(address: str) -> S3Store:
    """The store at an address, reached as the user who runs Muster (the environment's own credentials)."""
    from muster.evidence.s3_store import S3Store

    return S3Store(address, _client())


@contextmanager
def run_at(place: str | Path) -> Iterator[Path]:
    """The folder of the run at a place, for as long as the context lasts; what is a folder is that folder.

    Raises `UsageError` where object storage does not give it, and `BadEvidence` where it is no packed run.
    """
    if isinstance(place, str) and is_address(place):
        from muster.evidence.s3_store import S3Store

        store, name = S3Store.of_run(place, _client())
        with tempfile.TemporaryDirectory(prefix="muster-fetched-") as folder:
            yield bring(store, name, Path(folder))
    elif Path(place).suffix == SUFFIX and Path(place).is_file():
        with unpacked_run(Path(place)) as run:
            yield run
    else:
        yield Path(place)


def bring(store: S3Store, name: str, parent: Path, *, only: Collection[str] = ()) -> Path:
    """The folder of a run of the store in `parent`, fetched and unpacked unless it is there."""
    folder = parent / name
    if not folder.exists():
        parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="muster-fetched-", dir=parent) as fetched:
            packed = Path(fetched) / f"{name}{SUFFIX}"
            store.get(name, packed)
            unpack_run(packed, Path(fetched), only=only).rename(folder)
    return folder


@contextmanager
def runs_at(place: str) -> Iterator[str]:
    """Where run folders stand, for as long as the context lasts: the place itself, unless its runs are packed.

    Packed runs are unpacked into a folder of this machine, without the answers behind them.
    """
    store = store_at(place) if is_address(place) else None
    names = store.names() if store is not None else []
    packed = [] if store is not None else sorted(Path(place).glob(f"*{SUFFIX}"))
    if not names and not packed:
        yield place
        return
    with tempfile.TemporaryDirectory(prefix="muster-runs-") as folder:
        for name in names:
            assert store is not None
            bring(store, name, Path(folder), only=WITHOUT_ANSWERS)
        for each in packed:
            unpack_run(each, Path(folder), only=WITHOUT_ANSWERS)
        yield folder


def _client() -> object:
    # boto3, where it is used
    from muster.evidence.s3_store import SERVICE
    from muster.reading.sessions.clients import client_config, signing_session

    return signing_session().client(SERVICE, config=client_config())

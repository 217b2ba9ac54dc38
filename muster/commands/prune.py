"""`muster prune RUNS --keep-days=N`: remove runs that nobody has to keep any more."""

from __future__ import annotations

import argparse
import re
import shutil
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from muster.errors import UsageError
from muster.evidence.manifest import sealed_runs
from muster.evidence.packed import SUFFIX
from muster.evidence.record import is_name
from muster.printable import one_line
from muster.run.places import is_address, store_at

if TYPE_CHECKING:
    from muster.commands import Subparsers
    from muster.evidence.s3_store import S3Store

_BEGAN = re.compile(r"\d{8}T\d{6}Z")


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("prune", help="remove runs that nobody has to keep any more")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = (
        "Remove the runs that began more than so many days ago, the oldest first. The newest run always stays: the next"
        " one is chained to it. Without --yes nothing is removed, and what would be is listed."
    )
    parser.add_argument("runs", metavar="RUNS", help="the folder, or s3://BUCKET/PREFIX, in which the runs stand")
    parser.add_argument("--keep-days", type=int, required=True, metavar="N", help="keep runs that are N days old")
    parser.add_argument("--yes", action="store_true", help="remove them")


def run(options: argparse.Namespace) -> int:
    """List what is too old; with --yes, remove it. Raises `UsageError`."""
    if options.keep_days < 1:
        raise UsageError(f"--keep-days={options.keep_days}: a number of days is expected, 1 or more")
    runs: _Folder | S3Store = store_at(options.runs) if is_address(options.runs) else _Folder(Path(options.runs))
    old = list(too_old(runs.names(), options.keep_days, datetime.now(UTC)))
    if options.yes:
        runs.remove(old)
    for name in old:
        sys.stdout.write(one_line(f"{'removed' if options.yes else 'would remove'} {name}") + "\n")
    if not old:
        sys.stdout.write("nothing is that old\n")
    elif not options.yes:
        sys.stdout.write("nothing was removed: --yes removes them\n")
    return 0


def too_old(names: Iterable[str], keep_days: int, now: datetime) -> Iterator[str]:
    """The runs, oldest first, that began before the days that are kept; never the newest of all.

    When a run began its name says; what is not named like a run is left alone.
    """
    known = sorted(name for name in names if _BEGAN.match(name))
    for name in known[:-1]:
        began = datetime.strptime(name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        if began < now - timedelta(days=keep_days):
            yield name


class _Folder:
    """The sealed runs of a folder, packed or not: a run that was never sealed may still be under way."""

    def __init__(self, path: Path) -> None:
        if not path.is_dir():
            raise UsageError(f"{path}: no such folder")
        self._path = path

    def names(self) -> list[str]:
        """The names of the runs, sorted."""
        packed = {path.stem for path in self._path.glob(f"*{SUFFIX}") if path.is_file() and is_name(path.stem)}
        return sorted(packed | {path.name for path in sealed_runs(self._path)})

    def remove(self, names: Iterable[str]) -> None:
        """Remove runs, and the reports that were made beside them."""
        for name in names:
            (self._path / f"{name}{SUFFIX}").unlink(missing_ok=True)
            for folder in (self._path / name, self._path / f"{name}.reports"):
                if folder.is_dir() and not folder.is_symlink():
                    shutil.rmtree(folder)

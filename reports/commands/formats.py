"""`python -m reports RUN --format=sarif,csv`: the run again, as a page or in machine formats, beside its folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from muster.errors import UsageError
from muster.evidence.packed import SUFFIX
from muster.printable import one_line
from muster.run.places import is_address
from reports.commands.sheet import load_run, say, warn_of_missing_rows
from reports.drift.stored import drift_of
from reports.fleet.whole import ReportedFleet
from reports.formats import FORMATS, Written, write_documents
from reports.page.page import write_page
from reports.writing import folder_beside, refuse_run_folder

NAME = "formats"
PAGE = "html"


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    known = ", ".join((PAGE, *FORMATS))
    parser: argparse.ArgumentParser = subparsers.add_parser(
        NAME,
        help="the machine formats of a run; the word may be left out: RUN --format=NAMES",
        description=f"Makes the machine formats of a run: {known}. The same run always gives the same bytes.",
    )
    parser.add_argument("run", metavar="RUN", help="the run folder, RUN.zip or s3://BUCKET/PREFIX/RUN.zip")
    parser.add_argument(
        "--format", required=True, action="append", metavar="NAMES", help=f"comma-separated or repeated: {known}; all"
    )
    parser.add_argument(
        "-o",
        "--output",
        "--to",
        type=Path,
        metavar="DIR",
        help="write there (default: RUN.reports, beside the run folder, to which nothing may be added)",
    )


def run(arguments: argparse.Namespace) -> None:
    """Make the formats. Raises `UsageError`, `BadEvidence` or OSError for what cannot be made."""
    found = load_run(arguments.run)
    names = _names(arguments.format)
    if isinstance(found, ReportedFleet) and PAGE in names:
        raise UsageError("--format=html: a fleet has its page already, index.html in its folder; name another format")
    if arguments.output is not None:
        refuse_run_folder(arguments.output)
        if not arguments.output.is_dir():
            raise UsageError(f"--output={arguments.output}: no such folder: make it, or name another")
    folder = arguments.output or folder_beside(_named(arguments.place))
    written = write_documents(found, [name for name in names if name != PAGE], folder)
    if PAGE in names:
        written = [Written(write_page(found, drift_of(found, say), folder), ()), *written]
    for file in written:
        sys.stdout.write(one_line(str(file.path)) + "\n")
        for note in file.notes:
            say(f"{file.path.name}: {note}")
    warn_of_missing_rows(found)


def _named(place: str) -> Path:
    """The run folder as it was named, or where that of a packed run would stand; of a fetched one, in this folder."""
    path = Path(place.rpartition("/")[2]) if is_address(place) else Path(place)
    return path.with_suffix("") if path.suffix == SUFFIX else path


def _names(given: Sequence[str]) -> list[str]:
    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"--format names no format; known: {', '.join((PAGE, *FORMATS))}, or all")
    return [PAGE, *FORMATS] if names == ["all"] else names

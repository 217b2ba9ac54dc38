"""`python -m reports RUN --format=sarif,csv` makes formats again; `python -m reports COMMAND` what spans runs."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from muster.errors import UsageError
from muster.printable import PrintableParser, one_line
from reports.commands import COMMANDS
from reports.commands.sheet import load_run, say
from reports.formats import FORMATS, Written, write_documents
from reports.page.page import write_page
from reports.run import Run, previous_like

FORMATS_COMMAND = "formats"
PAGE = "html"


def main(arguments: Sequence[str]) -> int:
    """Carry out a command; gives the exit code: 0 if it was done, 2 for a mistake in what was asked.

    What begins with neither a command nor an option is a run whose formats are to be made.
    """
    commands: dict[str, Callable[[argparse.Namespace], int]] = {FORMATS_COMMAND: run}
    commands |= {command.__name__.rpartition(".")[2]: command.run for command in COMMANDS}
    if arguments and arguments[0] not in commands and not arguments[0].startswith("-"):
        arguments = [FORMATS_COMMAND, *arguments]
    parser: argparse.ArgumentParser = PrintableParser(
        prog="python -m reports", description="Documents made from run folders."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    add_parser(subparsers)
    for command in COMMANDS:
        command.add_parser(subparsers)
    parsed = parser.parse_args(arguments)
    return commands[parsed.command](parsed)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command that makes formats."""
    known = ", ".join((PAGE, *FORMATS))
    parser = subparsers.add_parser(
        FORMATS_COMMAND,
        help="the machine formats of a run; the word may be left out: RUN --format=NAMES",
        description=f"Makes the machine formats of a run: {known}. The same run always gives the same bytes.",
    )
    parser.add_argument("run", type=Path, metavar="RUN", help="the run folder")
    parser.add_argument(
        "--format", required=True, action="append", metavar="NAMES", help=f"comma-separated or repeated: {known}; all"
    )
    parser.add_argument("--to", type=Path, metavar="DIR", help="write there (default: into the run folder)")


def run(arguments: argparse.Namespace) -> int:
    """Make the formats. 0 is done, 2 a mistake in what was asked."""
    try:
        found = load_run(arguments.run)
        folder = arguments.to or arguments.run
        names = _names(arguments.format)
        written = write_documents(found, [name for name in names if name != PAGE], folder)
        if PAGE in names:
            page = write_page(found, previous_like(arguments.run.resolve()), folder)
            written = [Written(page, ()), *written]
    except UsageError as error:
        say(f"reports: {error}")
        return 2
    except OSError as error:
        say(f"reports: {error.filename} cannot be written: {error.strerror}; --to=DIR writes elsewhere")
        return 2
    for file in written:
        sys.stdout.write(one_line(str(file.path)) + "\n")
        for note in file.notes:
            say(f"{file.path.name}: {note}")
    if folder == arguments.run:
        _warn_of_additions(found, written)
    return 0


def _names(given: Sequence[str]) -> list[str]:
    names = [name.strip() for text in given for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"--format names no format; known: {', '.join((PAGE, *FORMATS))}, or all")
    return [PAGE, *FORMATS] if names == ["all"] else names


def _warn_of_additions(found: Run, written: Sequence[Written]) -> None:
    """A sealed run folder lists its files: one that joins it later is no part of the evidence."""
    try:
        sealed = json.loads(found.folder.manifest.read_text(encoding="utf-8"))["files"]
    except FileNotFoundError:
        return
    added = [file.path.name for file in written if file.path.name not in sealed]
    if added:
        names = ", ".join(added)
        say(f"{names}: not in manifest.json, so `python -m muster verify` will call it added; --to=DIR avoids that")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

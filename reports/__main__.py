"""`python -m reports RUN --format=sarif,csv` makes formats again; `python -m reports COMMAND` what spans runs."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from contextlib import ExitStack

from muster.errors import BadEvidence, UsageError
from muster.printable import PrintableParser
from muster.run.places import run_at
from reports.commands import COMMANDS, formats
from reports.commands.sheet import say


def main(arguments: Sequence[str]) -> int:
    """Carry out a command; gives the exit code: 0 if it was done, 2 for a mistake in what was asked, or in a folder.

    What begins with neither a command nor an option is a run whose formats are to be made.
    """
    commands = {command.__name__.rpartition(".")[2]: command for command in COMMANDS}
    if arguments and arguments[0] not in commands and not arguments[0].startswith("-"):
        arguments = [formats.NAME, *arguments]
    parser: argparse.ArgumentParser = PrintableParser(
        prog="python -m reports", description="Documents made from run folders."
    )
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    parsed = parser.parse_args(arguments)
    run: Callable[[argparse.Namespace], None] = commands[parsed.command].run
    try:
        with ExitStack() as stack:
            if "run" in parsed:
                parsed.place = parsed.run
                parsed.run = stack.enter_context(run_at(parsed.place))
            run(parsed)
    except (UsageError, BadEvidence) as error:
        say(f"{parsed.command}: {error}")
        return 2
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        say(f"{parsed.command}: {where}{error.strerror or error}; --output writes elsewhere")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

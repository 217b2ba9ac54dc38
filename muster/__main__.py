"""The command `muster`, which is `python -m muster` too: what there is beside an audit, which is run with pytest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import NoReturn

from muster.commands import command_modules
from muster.errors import MusterError
from muster.printable import PrintableParser, one_line

WRONG = 2


def main(arguments: Sequence[str]) -> int:
    """Carry out a command.

    Gives the exit code: 0 if nothing was found, 1 if something was, 2 for what cannot be carried out, which is said in
    one line.
    """
    options = _parser().parse_args(arguments)
    try:
        code: int = options.carry_out(options)
    except (MusterError, OSError) as error:
        sys.stderr.write(one_line(f"{options.prog}: {_said(error)}") + "\n")
        return WRONG
    return code


def _parser() -> argparse.ArgumentParser:
    parser = PrintableParser(prog="muster", description="Audits are run with pytest; this is the rest.")
    subcommands = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in command_modules():
        command.add_parser(subcommands)
    return parser


def _said(error: MusterError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    return str(error)


def end_with_code() -> NoReturn:
    """The command `muster`."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    end_with_code()

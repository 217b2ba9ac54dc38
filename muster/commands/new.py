"""`muster new control ID`: the pieces of a control, which then say what to fill in."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from muster.scaffold.options import ScaffoldOptions, add_scaffold_options

if TYPE_CHECKING:
    from muster.commands import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("new", help="begin something: control ID")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    kinds = parser.add_subparsers(required=True, metavar="WHAT")
    control = kinds.add_parser("control", help="write the pieces of a control, which then say what to fill in")
    control.description = (
        "Write the pieces of a control, into the checkout of Muster or the repository of your own that you are in;"
        " docs/writing-a-control.md says what goes into them."
    )
    add_scaffold_options(control)
    control.set_defaults(prog=control.prog)


def run(options: argparse.Namespace) -> int:
    """Write them."""
    from muster.scaffold.command import new_control  # botocore and a formatter, where they are used

    sys.stdout.write(new_control(ScaffoldOptions.typed(options), Path.cwd()))
    return 0

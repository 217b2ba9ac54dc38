"""`muster prove`: the controls of the folder are proved in the sandbox's companies."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from muster.commands import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("prove", help="prove the controls of this folder in the sandbox")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = "Prove that controls pass and fail where they should, and that no denied read is a pass."
    parser.add_argument("control", nargs="*", metavar="ID", help="only these, patterns allowed (default: all)")


def run(options: argparse.Namespace) -> int:
    """Prove them; 1 if one is not proved."""
    from muster.proving.command import prove  # a sandbox and client libraries, where they are used

    told, is_proved = prove(Path.cwd(), options.control)
    sys.stdout.write(told)
    return 0 if is_proved else 1

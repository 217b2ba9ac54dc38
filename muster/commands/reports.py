"""`muster reports …`: documents made from run folders; `muster reports --help` tells which."""

from __future__ import annotations

import argparse
import runpy
import sys
from typing import TYPE_CHECKING

from muster.suites import Suites, shipped_suite

if TYPE_CHECKING:
    from muster.commands import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("reports", help="make documents from run folders: formats, history, poam, sample")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.add_argument("arguments", nargs=argparse.REMAINDER)


def run(options: argparse.Namespace) -> int:
    """Hand over to the reports, which end the process with their own code."""
    Suites(shipped_suite()).import_together()
    sys.argv = ["muster reports", *options.arguments]
    runpy.run_module("reports", run_name="__main__")
    return 0

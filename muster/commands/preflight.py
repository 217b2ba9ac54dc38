"""`muster preflight`: enters each account, and says in seconds what an audit could not read there."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from muster.printable import one_line
from muster.verdict import SEVERITIES

if TYPE_CHECKING:
    from muster.commands import Subparsers
    from muster.permissions.entry_check import EntryCheck, RefusedKind

SHOWN = 5
"""Controls that are named behind a missing action; the others are counted."""


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("preflight", help="enter each account, and say what an audit could not read there")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = (
        "Enter each account, ask one question of each kind that the controls ask (on GitHub of the organization and two"
        " of its repositories), and name the actions or permissions that are missing. Options mean what they mean to an"
        " audit. Ends with 0 if everything could be read, with 1 if not."
    )
    for name, metavar, text in (
        ("--profile", "NAME", "profile or framework, repeated or comma-separated (default: baseline)"),
        ("--control", "ID", "only these controls, patterns allowed"),
        ("--account", "NAME", "account of the estate, tag:key=value, ou:/path or all"),
    ):
        parser.add_argument(name, action="append", default=[], metavar=metavar, help=text)
    parser.add_argument("--severity", choices=SEVERITIES, help="only controls of this severity and above")
    parser.add_argument("--discover", action="store_true", help="ask the organization which accounts there are, too")
    parser.add_argument("--estate", type=Path, default=Path("estate"), metavar="DIR", help="(default: estate)")


def run(options: argparse.Namespace) -> int:
    """Print a paragraph an account."""
    from muster.permissions.preflight import preflight  # the client library
    from muster.run.options import Options, runs_folder, split
    from muster.suites import Suites

    root = Path.cwd()
    asked = Options(
        profiles=split("--profile", options.profile),
        accounts=split("--account", options.account),
        controls=split("--control", options.control),
        severity=options.severity,
        estate=options.estate,
        reports=runs_folder(root),
        replay=None,
        root=root,
        suites=Suites.at(root),
        discover=options.discover,
    )
    checks = 0
    is_clear = True
    for check in preflight(asked):
        checks += 1
        is_clear = is_clear and check.is_clear
        sys.stdout.write("".join(f"{one_line(line)}\n" for line in _lines(check)))
        sys.stdout.flush()
    if not checks:
        sys.stdout.write("nothing was asked: no account of these options has a control that is judged there\n")
    return 0 if is_clear and checks else 1


def _lines(check: EntryCheck) -> list[str]:
    if check.unreachable is not None:
        return [f"{check.name}: no control can be judged: {check.unreachable}"]
    without = f", {len(check.not_tried)} have no occasion there" if check.not_tried else ""
    what = (
        f"{check.tried} kinds of question asked, {sum(len(each.operations) for each in check.refused)} refused{without}"
    )
    how = f"as {check.caller}" if check.caller else "by a token"
    return [f"{check.name}: entered {how}; {what}", *map(_refused, check.refused)]


def _refused(refused: RefusedKind) -> str:
    why = refused.why
    if refused.action:
        why = f"{refused.action} is missing ({why})"
    elif refused.operations:
        others = f" and {len(refused.operations) - 1} more" if len(refused.operations) > 1 else ""
        why = f"{refused.operations[0]}{others} gives no answer ({why})"
    more = f" and {len(refused.controls) - SHOWN} more" if len(refused.controls) > SHOWN else ""
    return f"  {why}: unreadable {', '.join(refused.controls[:SHOWN])}{more}"

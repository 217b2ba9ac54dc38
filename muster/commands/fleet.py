"""`muster fleet begin|judge|conclude`: a fleet without Dask, for whatever starts a process an account."""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from muster.errors import UsageError
from muster.verdict import SEVERITIES

if TYPE_CHECKING:
    from muster.commands import Subparsers

NOBODY = "nobody judged it: whoever was to do so left no evidence"


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("fleet", help="judge accounts one by one, wherever: begin, judge, conclude")
    parser.set_defaults(prog=parser.prog)
    steps = parser.add_subparsers(required=True, metavar="STEP")
    begin = steps.add_parser("begin", help="plan a fleet, make its folder, and say which accounts are to be judged")
    begin.set_defaults(carry_out=_begin)
    for name, metavar, text in (
        ("--profile", "NAME", "profile or framework, repeated or comma-separated (default: baseline)"),
        ("--control", "ID", "only these controls, patterns allowed"),
        ("--account", "NAME", "account of the estate, tag:key=value, ou:/path or all"),
    ):
        begin.add_argument(name, action="append", default=[], metavar=metavar, help=text)
    begin.add_argument("--severity", choices=SEVERITIES, help="only controls of this severity and above")
    begin.add_argument("--discover", action="store_true", help="ask the organization which accounts there are, too")
    begin.add_argument("--estate", type=Path, default=Path("estate"), metavar="DIR", help="(default: estate)")
    begin.add_argument("--reports", type=Path, metavar="DIR", help="where its folder is made (default: reports/runs)")
    judge = steps.add_parser("judge", help="judge one account of a fleet; one that is judged is left at that")
    judge.set_defaults(carry_out=_judge)
    judge.add_argument("fleet", type=Path, metavar="FLEET", help="the folder of the fleet")
    judge.add_argument("account", metavar="ACCOUNT", help="an account that `begin` named")
    conclude = steps.add_parser("conclude", help="say how all ended, write the page, and seal the fleet")
    conclude.set_defaults(carry_out=_conclude)
    conclude.add_argument("fleet", type=Path, metavar="FLEET", help="the folder of the fleet")
    conclude.add_argument("--sign-key", metavar="FILE", help="sign all manifests with an Ed25519 private key (PEM)")
    conclude.add_argument("--sign-kms", metavar="ARN", help="sign all manifests with an asymmetric key of AWS KMS")


def _begin(options: argparse.Namespace) -> int:
    """Print the folder and the accounts, as one object of JSON."""
    from muster.fleet.fleet import Fleet  # the client library
    from muster.fleet.plan_file import write_plan_file
    from muster.judging.catalogue import import_controls
    from muster.run.options import Options, runs_folder, split
    from muster.run.planning import Planner
    from muster.suites import Suites

    root = Path.cwd()
    asked = Options(
        profiles=split("--profile", options.profile),
        accounts=split("--account", options.account),
        controls=split("--control", options.control),
        severity=options.severity,
        estate=options.estate.absolute(),
        reports=options.reports.absolute() if options.reports else runs_folder(root),
        replay=None,
        root=root,
        suites=Suites.at(root),
        discover=options.discover,
    )
    controls = import_controls(asked.suites)
    planner = Planner(asked, controls)
    if planner.is_mocked:
        raise UsageError("a sandbox ends with this process: judge its accounts by pytest --fleet")
    planner.claim()
    fleet = Fleet(planner.plan(), controls, asked, ["muster", *sys.argv[1:]], planner.frameworks)
    fleet.begin()
    write_plan_file(fleet)
    sys.stdout.write(json.dumps({"fleet": str(fleet.folder.path), "accounts": list(fleet.accounts)}) + "\n")
    return 0


def _judge(options: argparse.Namespace) -> int:
    """Judge the account; 0 once its evidence is there, whatever it says."""
    from muster.fleet.judging import judge_share
    from muster.fleet.plan_file import read_plan_file

    fleet = read_plan_file(options.fleet)
    if options.account not in fleet.accounts:
        raise UsageError(f"{options.account}: {options.fleet} has no such account")
    (share,) = fleet.shares([options.account])
    run = judge_share(share.to_json())
    sys.stdout.write(f"{share.fleet / 'accounts' / options.account / run}\n")
    return 0


def _conclude(options: argparse.Namespace) -> int:
    """Seal the fleet; 1 if an account is red, or the fleet has a problem."""
    from muster.fleet.plan_file import plan_file_of, read_plan_file
    from muster.run.signers import signer_from

    signer = signer_from(options.sign_key, options.sign_kms, os.environ)
    fleet = read_plan_file(options.fleet, signer)
    fleet.go_on(is_resumed=False)
    for account in fleet.missing:
        fleet.give_up(account, NOBODY)
    code = fleet.conclude(0)
    plan_file_of(fleet.folder.path).unlink()
    sys.stdout.write(f"{fleet.folder.path / 'index.html'}\n")
    return code

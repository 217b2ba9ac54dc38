"""`muster sandbox`: mocked accounts of one's own on 127.0.0.1, in which moto leaves out nothing that Muster asks."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muster.suites import Suites

if TYPE_CHECKING:
    from muster.commands import Subparsers

COMPANIES = ("demo", "model")
# The account that moto gives to credentials of which it knows nothing.
# https://docs.getmoto.org/en/latest/docs/multi_account.html
MOTO_ACCOUNT = "123456789012"


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("sandbox", help="serve mocked accounts, until Ctrl-C")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = "Serve mocked accounts on 127.0.0.1 until Ctrl-C, and print how to reach them."
    parser.add_argument(
        "account", nargs="*", metavar="ACCOUNT", help=f"companies to fill (default: {', '.join(COMPANIES)})"
    )
    parser.add_argument("--empty", action="store_true", help="fill nothing: Terraform, CDK or boto3 of yours does")
    parser.add_argument("--port", type=int, default=5005, metavar="N", help="the port of the AWS endpoint (5005)")


def run(options: argparse.Namespace) -> int:
    """Serve until Ctrl-C."""
    from muster.run.sandbox import Sandbox

    names = [] if options.empty else options.account or list(COMPANIES)
    sandbox = Sandbox(names, Suites.at(Path.cwd()), port=options.port)
    try:
        sys.stdout.write(how_to_reach(sandbox.ready()))
        sys.stdout.flush()
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        return 0
    finally:
        sandbox.stop()


def how_to_reach(served: dict[str, Any]) -> str:
    """What to type into a shell, and into estate/accounts.yaml."""
    endpoint = served["aws_endpoint"]
    accounts = served["accounts"] or {"mine": {"id": MOTO_ACCOUNT, "regions": ["eu-west-1"]}}
    lines = [
        "# for the AWS CLI, boto3, Terraform and CDK:",
        f"export AWS_ENDPOINT_URL={endpoint}",
        "export AWS_ACCESS_KEY_ID=sandbox AWS_SECRET_ACCESS_KEY=sandbox AWS_DEFAULT_REGION=eu-west-1",
        "",
        "# in estate/accounts.yaml, under accounts:",
    ]
    for name, account in accounts.items():
        role = f", role_arn: {account['role_arn']}" if "role_arn" in account else ""
        regions = ", ".join(account["regions"])
        lines.append(f'  {name}: {{id: "{account["id"]}"{role}, endpoint_url: "{endpoint}", regions: [{regions}]}}')
    return "\n".join([*lines, "", "Serving until Ctrl-C.", ""])

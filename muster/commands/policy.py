"""`muster policy`: prints the IAM policies that an audit of a selection needs, and no more."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from muster.verdict import SEVERITIES

if TYPE_CHECKING:
    from muster.commands import Subparsers


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("policy", help="print the IAM policies that an audit needs, and no more")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = (
        "Print the least that the audited role must be allowed, as JSON documents of at most 6,144 characters each,"
        " white space not counted. Options mean what they mean to an audit."
    )
    parser.add_argument(
        "--profile",
        action="append",
        default=[],
        metavar="NAME",
        help="profile or framework, repeated or comma-separated (default: baseline)",
    )
    parser.add_argument(
        "--control",
        action="append",
        default=[],
        metavar="ID",
        help="only these controls, patterns allowed; without --profile, whether a profile has them or not",
    )
    parser.add_argument("--severity", choices=SEVERITIES, help="only controls of this severity and above")
    parser.add_argument(
        "--discover", action="store_true", help="with what the account that manages an organization is asked for it"
    )
    written = parser.add_mutually_exclusive_group()
    written.add_argument(
        "--output", type=Path, metavar="DIR", help="write a file each into this folder, for `aws iam create-policy`"
    )
    written.add_argument(
        "--cloudformation",
        action="store_true",
        help="print a template of the role that audits enter, with its policies",
    )
    written.add_argument("--terraform", action="store_true", help="print the same as a Terraform module")


def run(options: argparse.Namespace) -> int:
    """Print or write them."""
    from muster.permissions.command import policies_of, write_policies  # the client library's models
    from muster.permissions.documents import policy_files
    from muster.permissions.role import role_module, role_template

    policies = policies_of(Path.cwd(), options.profile, options.control, options.severity, discovers=options.discover)
    files = policy_files(policies)
    if options.cloudformation:
        sys.stdout.write(role_template(policies))
    elif options.terraform:
        sys.stdout.write(role_module(policies))
    elif options.output is None:
        sys.stdout.write("".join(files.values()))
    else:
        sys.stdout.write("".join(f"{path}\n" for path in write_policies(options.output, files)))
    return 0

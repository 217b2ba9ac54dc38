"""`muster verify RUN`: is a run folder what it was when the run ended?"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from muster.evidence.by_hand import commands
from muster.evidence.fleet_record import FLEET
from muster.evidence.plain_files import is_plain
from muster.evidence.verification import Verification
from muster.evidence.verify import verify
from muster.evidence.verify_fleet import FleetVerification, fleet_commands, verify_fleet
from muster.printable import counted, one_line
from muster.run.places import run_at
from muster.run.signers import trusted_key

if TYPE_CHECKING:
    from muster.commands import Subparsers

MOST_SHOWN = 1_000


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("verify", help="say whether a run folder is what it was when the run ended")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = "Say whether a run folder is what it was when the run ended, and how to check that by hand."
    parser.add_argument(
        "run", metavar="RUN", help="a run folder or that of a fleet, RUN.zip or s3://BUCKET/PREFIX/RUN.zip"
    )
    parser.add_argument(
        "--public-key", type=Path, metavar="FILE", help="the public key (PEM) that the manifest must be signed with"
    )


def run(options: argparse.Namespace) -> int:
    """Verify; 1 if something is wrong with it."""
    with run_at(options.run) as folder:
        key = trusted_key(options.public_key)
        result = verify_fleet(folder, key) if is_plain(folder, FLEET) else verify(folder, key)
        sys.stdout.write(verification_as_text(result))
    return 1 if result.defects else 0


def verification_as_text(result: Verification) -> str:
    """What people read of a verification; names from the folder are made fit for a terminal."""
    files = len(result.manifest.files) if result.manifest else 0
    told = f"{len(result.defects):,} defects" if result.defects else "nothing was changed, added or lost"
    lines = [one_line(f"{result.folder}: {counted(files, 'file')} in the manifest, {told}")]
    if isinstance(result, FleetVerification) and result.fleet is not None:
        lines.append(
            f"  {len(result.verified):,} of {counted(len(result.fleet.accounts), 'account')} have a"
            " run folder, each verified"
        )
    shown = result.defects[:MOST_SHOWN]
    lines += [one_line(f"  {defect.kind:10} {defect.file}: {defect.text}") for defect in shown]
    if len(result.defects) > MOST_SHOWN:
        lines.append(f"  … and {len(result.defects) - MOST_SHOWN:,} more")
    lines += [one_line(f"  note       {note}") for note in result.notes]
    lines += ["", "By hand, in bash; what is wrong is printed, or ends with an error:", ""]
    by_hand = fleet_commands(result) if isinstance(result, FleetVerification) else commands(result)
    lines += [one_line(f"    {command}") for command in by_hand]
    return "\n".join(lines) + "\n"

"""`python -m muster`, beside an audit: `verify RUN` checks a run folder, `new control ID` begins a control."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

from muster.errors import MusterError
from muster.evidence.by_hand import commands
from muster.evidence.verification import Verification
from muster.evidence.verify import verify
from muster.printable import PrintableParser, one_line
from muster.run.signers import trusted_key
from muster.scaffold.options import ScaffoldOptions, add_scaffold_options

WRONG = 2
MOST_SHOWN = 1_000


def main(arguments: Sequence[str]) -> int:
    """Carry out a command.

    Gives the exit code: 0 if nothing was found, 1 if something was, 2 for what cannot be carried out, which is said in
    one line.
    """
    parser = PrintableParser(prog="python -m muster", description="Audits are run with pytest; this is the rest.")
    subcommands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_verify(subcommands.add_parser("verify", help="say whether a run folder is what it was when the run ended"))
    new = subcommands.add_parser("new", help="begin something: control ID").add_subparsers(
        required=True, metavar="WHAT"
    )
    _add_new_control(new.add_parser("control", help="write the pieces of a control, which then say what to fill in"))
    options = parser.parse_args(arguments)
    try:
        code: int = options.carry_out(options)
    except (MusterError, OSError) as error:
        sys.stderr.write(one_line(f"{options.prog}: {_said(error)}") + "\n")
        return WRONG
    return code


def _add_verify(command: argparse.ArgumentParser) -> None:
    command.description = "Say whether a run folder is what it was when the run ended, and how to check that by hand."
    command.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    command.add_argument(
        "--public-key", type=Path, metavar="FILE", help="the public key (PEM) that the manifest must be signed with"
    )
    command.set_defaults(carry_out=_verify, prog=command.prog)


def _verify(options: argparse.Namespace) -> int:
    result = verify(options.run, trusted_key(options.public_key))
    sys.stdout.write(verification_as_text(result))
    return 1 if result.defects else 0


def _add_new_control(command: argparse.ArgumentParser) -> None:
    command.description = "Write the pieces of a control; docs/writing-a-control.md says what goes into them."
    add_scaffold_options(command)
    command.set_defaults(carry_out=_new_control, prog=command.prog)


def _new_control(options: argparse.Namespace) -> int:
    from muster.scaffold.command import new_control  # botocore and a formatter, where they are used

    sys.stdout.write(new_control(ScaffoldOptions.typed(options)))
    return 0


def verification_as_text(result: Verification) -> str:
    """What people read of a verification; names from the folder are made fit for a terminal."""
    files = len(result.manifest.files) if result.manifest else 0
    told = f"{len(result.defects):,} defects" if result.defects else "nothing was changed, added or lost"
    lines = [one_line(f"{result.folder}: {files:,} files in the manifest, {told}")]
    shown = result.defects[:MOST_SHOWN]
    lines += [one_line(f"  {defect.kind:10} {defect.file}: {defect.text}") for defect in shown]
    if len(result.defects) > MOST_SHOWN:
        lines.append(f"  … and {len(result.defects) - MOST_SHOWN:,} more")
    lines += [one_line(f"  note       {note}") for note in result.notes]
    lines += ["", "By hand, in bash; what is wrong is printed, or ends with an error:", ""]
    lines += [one_line(f"    {command}") for command in commands(result)]
    return "\n".join(lines) + "\n"


def _said(error: MusterError | OSError) -> str:
    if isinstance(error, OSError):
        return f"{error.filename}: {error.strerror}" if error.filename else str(error.strerror)
    return str(error)


def run() -> NoReturn:
    """The command `muster`."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()

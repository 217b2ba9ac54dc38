"""`python -m muster verify RUN`: what a run folder is checked with beside pytest."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from muster.evidence.verify import Verification, verify
from muster.printable import printable


def main(arguments: Sequence[str]) -> int:
    """Carry out a command; gives the exit code: 0 if nothing was found, 1 if something was, 2 for a wrong command."""
    parser = argparse.ArgumentParser(
        prog="python -m muster", description="Audits are run with pytest; this checks them."
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    command = commands.add_parser(
        "verify", help="say whether a run folder is what it was when the run ended, and how to check that by hand"
    )
    command.add_argument("run", type=Path, metavar="RUN", help="a run folder")
    command.add_argument(
        "--public-key", type=Path, metavar="FILE", help="the public key (PEM) that the manifest must be signed with"
    )
    options = parser.parse_args(arguments)
    if not options.run.is_dir():
        command.error(f"{options.run}: there is no such folder")
    try:
        key = options.public_key.read_bytes() if options.public_key else None
    except OSError as error:
        command.error(f"--public-key={options.public_key}: {error.strerror}")
    result = verify(options.run, key)
    sys.stdout.write(as_text(result))
    return 1 if result.findings else 0


def as_text(result: Verification) -> str:
    """What people read of a verification; names from the folder are made fit for a terminal."""
    files = len(result.manifest.files) if result.manifest else 0
    told = f"{len(result.findings)} findings" if result.findings else "nothing was changed, added or lost"
    lines = [f"{result.folder}: {files:,} files in the manifest, {told}"]
    lines += [printable(f"  {finding.kind:9} {finding.file}: {finding.text}") for finding in result.findings]
    lines += [printable(f"  note      {note}") for note in result.notes]
    lines += ["", "By hand, in bash; what is wrong is printed, or ends with an error:", ""]
    lines += [printable(f"    {command}") for command in result.by_hand()]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

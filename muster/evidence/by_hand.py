"""How a run folder is checked without Muster: shell commands that need bash, sha256sum and openssl."""

from __future__ import annotations

import shlex
from contextlib import suppress

from muster.errors import BadEvidence
from muster.evidence.manifest import MOST_BYTES_OF_KEY, PUBLIC_KEY, SIGNATURE
from muster.evidence.plain_files import is_plain, read_plain
from muster.evidence.signing import SignatureError, openssl_command
from muster.evidence.verification import Verification

# The files of a manifest, as `sha256sum --check` takes them: an entry stands on a line of its own.
ENTRIES = r"""sed -n '/^  "files": {/,/^  }/s/^    "\(.*\)": "\([0-9a-f]\{64\}\)",\{0,1\}$/\2  \1/p' manifest.json"""


def commands(result: Verification) -> list[str]:
    """Commands that check in the run folder what `verify` checked of its files.

    Each ends with an error, or prints a line, where something is wrong.
    """
    steps = [
        f"cd {shlex.quote(str(result.folder))}",
        # First, because what is no plain file could keep the others waiting, or lead them elsewhere.
        'test -z "$(find . ! -type f ! -type d)"',
        f"{ENTRIES} | sha256sum --check --strict --quiet",
        f"diff <({ENTRIES} | cut -c67- | LC_ALL=C sort)"
        f" <(find . -type f ! -path ./manifest.json ! -path ./{SIGNATURE} ! -path ./{PUBLIC_KEY}"
        " -printf '%P\\n' | LC_ALL=C sort)",
    ]
    # sha256sum takes an empty list for a mistake.
    if any(name.endswith(".json") for name in result.answers):
        steps.append(
            "find reads -name '*.json' -printf '%f\\n' | sed 's|^\\(.*\\)\\.json$|\\1  reads/\\1.json|'"
            " | sha256sum --check --strict --quiet"
        )
    previous = result.manifest.previous if result.manifest else None
    if previous is not None and is_plain(result.folder.parent, f"{previous.run}/manifest.json"):
        line = shlex.quote(f"{previous.manifest_sha256}  ../{previous.run}/manifest.json")
        steps.append(f"echo {line} | sha256sum --check --strict --quiet")
    return [*steps, *signature_commands(result)]


def signature_commands(result: Verification) -> list[str]:
    """The command that checks the signature of the manifest; none where there is no key that can be read."""
    # The manifest is unsigned then, or a defect says what is wrong with the key.
    with suppress(OSError, BadEvidence, SignatureError, ModuleNotFoundError):
        return [openssl_command(read_plain(result.folder, PUBLIC_KEY, at_most=MOST_BYTES_OF_KEY))]
    return []

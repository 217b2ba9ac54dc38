"""Verifying a run folder: whether it is what its manifest says, whose manifest that is, and what it is chained to."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from muster.errors import BadEvidence
from muster.evidence.json_object import parse_object
from muster.evidence.manifest import BadManifest, Manifest, Rows
from muster.evidence.plain_files import lines_of, open_plain, read_plain
from muster.evidence.verification import Verification
from muster.evidence.verify_chain import check_chain, check_signature_of
from muster.evidence.verify_rows import ROWS, check_rows

MANIFEST = "manifest.json"
NOT_PLAIN = "it is a link to something else, or no plain file"
# Where none of them is there, it is no run folder.
FILES = (MANIFEST, "run.json", ROWS)


def verify(path: Path, public_key: bytes | None = None) -> Verification:
    """Verify a run folder.

    `public_key` (PEM) is the key that the verifier trusts: with it, the manifest must be signed by that key. Raises
    FileNotFoundError if there is no such folder, OSError if it cannot be read, and `BadEvidence` if it is no run folder
    at all.
    """
    # Not Path.resolve, which calls a link that leads to itself a RuntimeError before Python 3.13.
    result = Verification(Path(os.path.realpath(path, strict=True)))
    if not result.entries.keys() & set(FILES):
        raise BadEvidence(f"{path}: no run folder (none of {', '.join(FILES)} is in it)")
    _read_manifest(result)
    check_rows(result)
    check_signature_of(result, public_key)
    if result.manifest is not None:
        if result.manifest.run != result.folder.name:
            result.found("foreign", MANIFEST, f"it is of the run {result.manifest.run}; was the folder renamed?")
        _check_files(result, result.manifest)
        check_chain(result, result.manifest)
    _check_answers(result)
    return result


def _read_manifest(result: Verification) -> None:
    try:
        text = read_plain(result.folder, MANIFEST)
        result.manifest_sha256 = hashlib.sha256(text).hexdigest()
        result.manifest = Manifest.parse(text)
    except FileNotFoundError:
        result.found("lost", MANIFEST, "there is none: the run did not come to its end, or it was removed")
    except BadManifest as error:
        result.found("torn", MANIFEST, f"it is no whole manifest: {error}")
    except BadEvidence:
        result.found("torn", MANIFEST, NOT_PLAIN)


def _check_files(result: Verification, manifest: Manifest) -> None:
    present, named = result.listed, manifest.files.keys()
    for name in sorted(present - named):
        result.found("added", name, "the manifest does not name it; what is made later belongs outside of the folder")
    for name in sorted(named - present):
        result.found("lost", name, "the manifest names it and it is not there")
    names = {sha256: name for name, sha256 in manifest.files.items()}
    for name in sorted(present & named):
        if not result.entries[name]:
            result.found("changed", name, NOT_PLAIN)
        elif (actual := result.sha256(name)) != manifest.files[name]:
            _changed_file(result, name, actual, names.get(actual), manifest)
        elif name == ROWS and _rows_of(result.folder) != manifest.rows:
            result.found("changed", MANIFEST, f"its rows were edited: {ROWS} is what its entry says")


def _changed_file(result: Verification, name: str, actual: str, other: str | None, manifest: Manifest) -> None:
    if name == ROWS:
        _changed_rows(result, manifest.rows)
    elif other is not None:
        result.found("swapped", name, f"it holds what the manifest says of {other}")
    elif name == f"reads/{actual}.json":
        result.found("changed", MANIFEST, f"its entry for {name} was edited: the file is what its name says")
    elif name.endswith(".json") and not _is_json(result.folder, name):
        result.found("torn", name, "it is not what the manifest says, and no whole JSON any more")
    else:
        result.found("changed", name, "it is not what the manifest says")


def _changed_rows(result: Verification, then: Rows) -> None:
    now = _rows_of(result.folder)
    if now == then:
        result.found("reordered", ROWS, "its rows are all there, in another order or with other line ends")
    elif now.count < then.count:
        result.found("lost", ROWS, f"it has {now.count:,} rows; {then.count - now.count:,} are gone")
    elif now.count > then.count:
        result.found("added", ROWS, f"it has {now.count:,} rows; {now.count - then.count:,} were put in")
    else:
        result.found("changed", ROWS, "it has as many rows as it had, and they do not say what they said")


def _rows_of(folder: Path) -> Rows:
    with open_plain(folder, ROWS) as handle:
        return Rows.of(lines_of(handle))


def _check_answers(result: Verification) -> None:
    """Each answer must be what its name says, whatever any manifest says."""
    for name in result.answers:
        if not result.entries[name]:
            result.found("changed", name, NOT_PLAIN)
        elif name != (other := f"reads/{result.sha256(name)}.json"):
            text = f"; it is the answer of {other.removeprefix('reads/')}" if other in result.entries else ""
            result.found(
                "swapped" if other in result.entries else "changed", name, f"its name is not its SHA-256{text}"
            )


def _is_json(folder: Path, name: str) -> bool:
    try:
        parse_object(read_plain(folder, name))
    except (ValueError, BadEvidence):
        return False
    return True

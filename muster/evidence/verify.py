"""Verifying a run folder: whether it is what its manifest says, whose manifest that is, and what it is chained to."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from muster.evidence.manifest import (
    PUBLIC_KEY,
    SIGNATURE,
    BadManifest,
    Manifest,
    Rows,
    listed_files,
    sealed_runs,
    sha256_of,
)
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import SignatureError, check_signature, fingerprint, openssl_command
from muster.verdict import STATUSES, Verdict

Kind = Literal["changed", "added", "lost", "torn", "reordered", "swapped", "unsigned", "foreign"]

# The files of a manifest, as `sha256sum --check` takes them: an entry stands on a line of its own.
_ENTRIES = r"""sed -n '/^  "files": {/,/^  }/s/^    "\(.*\)": "\([0-9a-f]\{64\}\)",\{0,1\}$/\2  \1/p' manifest.json"""


@dataclass(frozen=True)
class Finding:
    """Something that is not as it was when the run ended: which file, and what is wrong with it.

    `foreign` is what belongs to another run or another key, `unsigned` what lacks a signature that it should have.
    """

    kind: Kind
    file: str
    text: str


@dataclass
class Verification:
    """What was found. `notes` say what could not be told, which is no fault of the folder."""

    folder: Path
    manifest: Manifest | None = None
    findings: list[Finding] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def found(self, kind: Kind, file: str, text: str) -> None:
        """Add a finding."""
        self.findings.append(Finding(kind, file, text))

    def by_hand(self) -> list[str]:
        """Shell commands (bash, sha256sum, openssl) that check the same in the run folder, without Muster.

        Each ends with an error, or prints a line, where something is wrong.
        """
        steps = [
            f"cd {shlex.quote(str(self.folder))}",
            f"{_ENTRIES} | sha256sum --check --strict --quiet",
            f"diff <({_ENTRIES} | cut -c67- | LC_ALL=C sort)"
            f" <(find . -type f ! -path ./manifest.json ! -path ./{SIGNATURE} ! -path ./{PUBLIC_KEY}"
            " -printf '%P\\n' | LC_ALL=C sort)",
        ]
        # sha256sum takes an empty list for a mistake.
        if any((self.folder / "reads").glob("*.json")):
            steps.append(
                "find reads -name '*.json' -printf '%f\\n' | sed 's|^\\(.*\\)\\.json$|\\1  reads/\\1.json|'"
                " | sha256sum --check --strict --quiet"
            )
        previous = self.manifest.previous if self.manifest else None
        if previous is not None and (self.folder.parent / previous.run / "manifest.json").is_file():
            line = shlex.quote(f"{previous.manifest_sha256}  ../{previous.run}/manifest.json")
            steps.append(f"echo {line} | sha256sum --check --strict --quiet")
        # Without a key that can be read the manifest is unsigned, or a finding says what is wrong with the key.
        with suppress(OSError, SignatureError, ModuleNotFoundError):
            steps.append(openssl_command((self.folder / PUBLIC_KEY).read_bytes()))
        return steps


def verify(path: Path, public_key: bytes | None = None) -> Verification:
    """Verify a run folder.

    `public_key` (PEM) is the key that the verifier trusts: with it, the manifest must be signed by that key. Raises
    FileNotFoundError if there is no such folder.
    """
    folder = RunFolder(path.resolve(strict=True))
    result = Verification(folder.path)
    try:
        result.manifest = Manifest.parse(folder.manifest.read_bytes())
    except FileNotFoundError:
        result.found("lost", "manifest.json", "there is none: the run did not come to its end, or it was removed")
    except BadManifest as error:
        result.found("torn", "manifest.json", f"it is no whole manifest: {error}")
    _signature(result, public_key)
    if result.manifest is not None:
        if result.manifest.run != folder.path.name:
            result.found("foreign", "manifest.json", f"it is of the run {result.manifest.run}; was the folder renamed?")
        _files(result, result.manifest)
        _chain(result, result.manifest)
    _reads(result, folder)
    _rows(result, folder)
    return result


def _files(result: Verification, manifest: Manifest) -> None:
    present = set(listed_files(result.folder))
    for name in sorted(present - manifest.files.keys()):
        result.found("added", name, "the manifest does not name it; what is made later belongs outside of the folder")
    for name in sorted(manifest.files.keys() - present):
        result.found("lost", name, "the manifest names it and it is not there")
    names = {sha256: name for name, sha256 in manifest.files.items()}
    for name in sorted(present & manifest.files.keys()):
        path = result.folder / name
        if path.is_symlink() or not path.is_file():
            result.found("changed", name, "it is a link to something else, or no plain file")
        elif (actual := sha256_of(path)) != manifest.files[name]:
            _changed_file(result, name, actual, names.get(actual), manifest)


def _changed_file(result: Verification, name: str, actual: str, other: str | None, manifest: Manifest) -> None:
    path = result.folder / name
    if name == "verdicts.jsonl":
        _changed_rows(result, path, manifest.rows)
    elif other is not None:
        result.found("swapped", name, f"it holds what the manifest says of {other}")
    elif name == f"reads/{actual}.json":
        result.found("changed", "manifest.json", f"its entry for {name} was edited: the file is what its name says")
    elif name.endswith(".json") and not _is_json(path):
        result.found("torn", name, "it is not what the manifest says, and no whole JSON any more")
    else:
        result.found("changed", name, "it is not what the manifest says")


def _changed_rows(result: Verification, path: Path, then: Rows) -> None:
    with path.open("rb") as lines:
        now = Rows.of(lines)
    if now == then:
        result.found("reordered", path.name, "its rows are all there, in another order or with other line ends")
    elif now.count < then.count:
        result.found("lost", path.name, f"it has {now.count:,} rows; {then.count - now.count:,} are gone")
    elif now.count > then.count:
        result.found("added", path.name, f"it has {now.count:,} rows; {now.count - then.count:,} were put in")
    else:
        result.found("changed", path.name, "it has as many rows as it had, and they do not say what they said")


def _reads(result: Verification, folder: RunFolder) -> None:
    """Each answer must be what its name says, whatever any manifest says."""
    for path in sorted(folder.reads.glob("*")) if folder.reads.is_dir() else []:
        name = f"reads/{path.name}"
        if path.is_symlink() or not path.is_file():
            result.found("changed", name, "it is a link to something else, or no plain file")
        elif (actual := sha256_of(path)) != path.name.removesuffix(".json"):
            other = folder.reads / f"{actual}.json"
            text = f"; it is the answer of {other.name}" if other.exists() else ""
            result.found("swapped" if other.exists() else "changed", name, f"its name is not its SHA-256{text}")


def _rows(result: Verification, folder: RunFolder) -> None:
    """Each row must be whole, of this run, and rest on answers that are there; `run.json` must count the same."""
    try:
        record = folder.read_run()
        lines = folder.verdicts.open("rb")
    except FileNotFoundError as error:
        result.found("lost", Path(error.filename).name, "without it there is no evidence")
        return
    except (ValueError, RecursionError) as error:
        result.found("torn", "run.json", f"it is no whole JSON: {error}")
        return
    run = result.manifest.run if result.manifest else record.get("run")
    if record.get("run") != run:
        result.found("foreign", "run.json", f"it is of the run {record.get('run')}")
    kept = {path.stem for path in folder.reads.glob("*.json")}
    counts = dict.fromkeys(STATUSES, 0)
    torn, foreign, missing = 0, 0, set[str]()
    with lines:
        for number, row in _numbered(lines):
            if row is None:
                torn += 1
                continue
            counts[row.status] = counts.get(row.status, 0) + 1
            if row.run != run:
                foreign += 1
            for sha256 in set(row.reads) - kept - missing:
                missing.add(sha256)
                result.found("lost", f"reads/{sha256}.json", f"line {number} of verdicts.jsonl rests on it")
    if foreign:
        result.found("foreign", "verdicts.jsonl", f"{foreign:,} of its rows are of another run")
    _compare_counts(result, record, counts, torn)


def _compare_counts(result: Verification, record: dict[str, Any], counts: dict[Any, int], torn: int) -> None:
    if record.get("ended") is None:
        result.notes.append("run.json says of no end: the run was stopped, and its counts were never written")
        return
    if torn != record.get("torn_lines"):
        said = record.get("torn_lines")
        result.found("torn", "verdicts.jsonl", f"{torn} of its lines are no whole rows; at the end of the run: {said}")
    elif torn:
        result.notes.append(f"{torn} lines of verdicts.jsonl were torn by the end of the run already")
    if counts != record.get("counts"):
        differing = [name for name in counts if counts[name] != (record.get("counts") or {}).get(name)]
        told = ", ".join(f"{counts[name]:,} {name}" for name in differing) or "other statuses"
        result.found("changed", "run.json", f"its counts are not those of verdicts.jsonl, which has {told}")


def _signature(result: Verification, trusted: bytes | None) -> None:
    signature, enclosed = _bytes_of(result.folder / SIGNATURE), _bytes_of(result.folder / PUBLIC_KEY)
    before = _bytes_of(result.folder.parent / _previous_name(result) / PUBLIC_KEY)
    if signature is None:
        if trusted is not None or enclosed is not None or before is not None:
            result.found("unsigned", SIGNATURE, "there is none, and this run's manifest is expected to be signed")
        else:
            result.notes.append("the manifest is not signed: whoever may write here could have made all of it anew")
        return
    try:
        if enclosed is None:
            result.found("lost", PUBLIC_KEY, "the signature has no public key beside it")
        elif trusted is not None and fingerprint(enclosed) != fingerprint(trusted):
            result.found("foreign", PUBLIC_KEY, "it is not the key that you trust")
        elif trusted is None and before is not None and fingerprint(enclosed) != fingerprint(before):
            text = "the run before was signed by another key; if that was meant, say so with --public-key"
            result.found("foreign", PUBLIC_KEY, text)
        key = trusted or enclosed
        if key is not None:
            check_signature(key, signature, _bytes_of(result.folder / "manifest.json") or b"")
            result.notes.append(
                f"the manifest is signed by the key with the SHA-256 {fingerprint(key)}"
                f" (openssl pkey -pubin -in {PUBLIC_KEY} -outform DER | sha256sum)"
            )
            if trusted is None:
                result.notes.append("whose key that is, only you can tell: give yours with --public-key=FILE")
    except SignatureError as error:
        result.found("foreign", SIGNATURE, str(error))


def _previous_name(result: Verification) -> str:
    # Without one a name that no run has, so that nothing is found there.
    return result.manifest.previous.run if result.manifest and result.manifest.previous else "no-previous-run"


def _chain(result: Verification, manifest: Manifest) -> None:
    """Walk from manifest to manifest; each must be the one that its successor saw."""
    name, parent = result.folder.name, result.folder.parent
    while manifest.previous is not None:
        before = manifest.previous.run
        path = parent / before / "manifest.json"
        if not path.is_file():
            older = [run.name for run in sealed_runs(parent) if run.name < before]
            if older:
                result.found("lost", f"../{before}", f"the run before {name} is not there, and older ones are")
            else:
                result.notes.append(f"the chain was followed to {name}: the run before it ({before}) is not here")
            return
        if before >= name or sha256_of(path) != manifest.previous.manifest_sha256:
            result.found("changed", f"../{before}/manifest.json", f"it is not the one that {name} was chained to")
            return
        try:
            manifest, name = Manifest.parse(path.read_bytes()), before
        except BadManifest as error:
            result.found("torn", f"../{before}/manifest.json", f"it is no whole manifest: {error}")
            return
    result.notes.append(f"the chain was followed to the first run, {name}")


def _numbered(lines: Any) -> Iterator[tuple[int, Verdict | None]]:
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                yield number, Verdict.from_line(line)
            except (ValueError, KeyError, TypeError, RecursionError):
                yield number, None


def _is_json(path: Path) -> bool:
    try:
        json.loads(path.read_bytes())
    except (ValueError, RecursionError):
        return False
    return True


def _bytes_of(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() and not path.is_symlink() else None

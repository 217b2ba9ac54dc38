"""Verifying the folder of a fleet: its own files, the run folder of each account, and that none was taken or put in."""

from __future__ import annotations

import hashlib
import shlex
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from muster.errors import BadEvidence
from muster.evidence.by_hand import ENTRIES, signature_commands
from muster.evidence.fleet_folder import fleet_entries
from muster.evidence.fleet_record import ACCOUNTS, FLEET, FleetAccount, FleetRecord
from muster.evidence.json_object import read_object
from muster.evidence.manifest import BadManifest, Manifest
from muster.evidence.plain_files import read_plain
from muster.evidence.record import RunRecord
from muster.evidence.verification import Verification
from muster.evidence.verify import verify
from muster.evidence.verify_chain import check_chain, check_signature_of
from muster.evidence.verify_rows import note_of_mocked

MANIFEST = "manifest.json"


@dataclass
class FleetVerification(Verification):
    """What was found in a fleet; a defect of an account begins with the path of its run folder."""

    fleet: FleetRecord | None = None
    verified: list[str] = field(default_factory=list)

    @cached_property
    def entries(self) -> dict[str, bool]:
        """What is in the folder, by its path; of an account's run folder its manifest stands for all of it."""
        return fleet_entries(self.folder)


def verify_fleet(path: Path, public_key: bytes | None = None, *, opens_accounts: bool = True) -> FleetVerification:
    """Verify the folder of a fleet and the run folder of each of its accounts, if these are to be opened.

    `public_key` (PEM) is the key that the verifier trusts: with it, all manifests must be signed by that key. Raises as
    `verify` does.
    """
    result = FleetVerification(path.resolve())
    try:
        result.fleet = FleetRecord.read(result.folder)
    except FileNotFoundError as error:
        raise BadEvidence(f"{path}: no fleet ({FLEET} is not in it)") from error
    except BadEvidence as error:
        result.found("torn", FLEET, f"it is no whole record of a fleet: {str(error).removeprefix(f'{FLEET}: ')}")
    _read_manifest(result)
    if result.manifest is not None:
        check_signature_of(result, public_key)
        _check_files(result, result.manifest)
        check_chain(result, result.manifest)
    if result.fleet is not None:
        _check_fleet(result, result.fleet)
        for name, account in result.fleet.accounts.items() if opens_accounts else ():
            _check_account(result, name, account, public_key)
    return result


def fleet_commands(result: FleetVerification) -> list[str]:
    """Commands that check in the folder what was checked of its files; each fails, or prints what is wrong."""
    check = "sha256sum --check --strict --quiet"
    return [
        f"cd {shlex.quote(str(result.folder))}",
        'test -z "$(find . ! -type f ! -type d)"',
        f"{ENTRIES} | {check}",
        f'for run in {ACCOUNTS}/*/*/; do (cd "$run" && {ENTRIES} | {check} || echo "$run"); done',
        *signature_commands(result),
    ]


def _read_manifest(result: FleetVerification) -> None:
    try:
        text = read_plain(result.folder, MANIFEST)
        result.manifest_sha256 = hashlib.sha256(text).hexdigest()
        result.manifest = Manifest.parse(text)
    except FileNotFoundError:
        result.found("unfinished", MANIFEST, "there is none: accounts are missing, or it was removed")
    except (BadManifest, BadEvidence) as error:
        result.found("torn", MANIFEST, f"it is no whole manifest: {error}")


def _check_files(result: FleetVerification, manifest: Manifest) -> None:
    if manifest.run != result.folder.name:
        result.found("foreign", MANIFEST, f"it is of the fleet {manifest.run}; was the folder renamed?")
    present, named = result.listed, manifest.files.keys()
    for name in sorted(present - named):
        result.found("added", name, "the manifest does not name it")
    for name in sorted(named - present):
        result.found("lost", name, "the manifest names it and it is not there")
    for name in sorted(present & named):
        if not result.entries[name]:
            result.found("changed", name, "it is a link to something else, or no plain file")
        elif result.sha256(name) != manifest.files[name]:
            result.found("changed", name, "it is not what the manifest says")


def _check_fleet(result: FleetVerification, fleet: FleetRecord) -> None:
    if mocked := [name for name, account in fleet.accounts.items() if account.mocked]:
        result.notes.append(note_of_mocked(mocked))
    if fleet.fleet != result.folder.name:
        result.found("foreign", FLEET, f"it is of the fleet {fleet.fleet}")
    if fleet.ended is None:
        result.found("unfinished", FLEET, "the fleet has not ended: it was stopped, or goes on")
        return
    totals = {
        status: sum(each.counts.get(status, 0) for each in fleet.accounts.values()) for status in fleet.counts or {}
    }
    if totals != fleet.counts:
        result.found("changed", FLEET, "its counts are not the sum of those of its accounts")
    named = {f"{account.folder(name)}/{MANIFEST}" for name, account in fleet.accounts.items() if account.run}
    for name in sorted(_manifests(result) - named):
        result.found("added", name, f"{FLEET} names no such run")


def _check_account(result: FleetVerification, name: str, account: FleetAccount, public_key: bytes | None) -> None:
    if account.run is None:
        if account.ended != "left_out":
            result.found("unfinished", f"{ACCOUNTS}/{name}", "the account has no run folder: it was not judged")
        return
    place = account.folder(name)
    try:
        found = verify(result.folder / place, public_key)
        fleet = read_object(result.folder / place, "run.json").get("fleet")
    except (OSError, BadEvidence) as error:
        result.found("lost", place, f"it cannot be read: {error}")
        return
    for defect in found.defects:
        result.found(defect.kind, f"{place}/{defect.file}", defect.text)
    result.verified.append(name)
    if found.manifest_sha256 != account.manifest_sha256:
        result.found("changed", f"{place}/{MANIFEST}", f"it is not the one that {FLEET} names")
    if found.record is not None:
        _compare(result, name, account, found.record, fleet)


def _compare(result: FleetVerification, name: str, account: FleetAccount, record: RunRecord, fleet: object) -> None:
    place = account.folder(name)
    if fleet != result.folder.name or name not in {each.name for each in record.accounts}:
        result.found("foreign", place, f"it is no run of {name} in this fleet")
    if dict(record.counts or {}) != dict(account.counts):
        result.found("changed", FLEET, f"its counts of {name} are not those of {place}")
    if record.mocked != account.mocked:
        result.found("changed", FLEET, f"it says of {name} mocked: {str(account.mocked).lower()}, and its run does not")


def _manifests(result: FleetVerification) -> set[str]:
    return {name for name in result.entries if name.startswith(f"{ACCOUNTS}/") and name.endswith(f"/{MANIFEST}")}

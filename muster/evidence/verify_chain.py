"""Whose manifest it is, and whether it is chained to the run before: what a folder cannot tell of itself alone."""

from __future__ import annotations

import hashlib

from muster.errors import BadEvidence
from muster.evidence.manifest import (
    MOST_BYTES_OF_KEY,
    PUBLIC_KEY,
    SIGNATURE,
    BadManifest,
    Manifest,
    is_replay,
    sealed_runs,
)
from muster.evidence.plain_files import is_plain, read_plain
from muster.evidence.signing import SignatureError, check_signature, fingerprint
from muster.evidence.verification import Verification


def check_signature_of(result: Verification, trusted: bytes | None) -> None:
    """Check the signature of the manifest, if there is one or should be one, and note by whose key it is."""
    signature, enclosed = (_read(result, name) for name in (SIGNATURE, PUBLIC_KEY))
    expected = None if result.record is not None and result.record.replay_of is not None else _key_before(result)
    if signature is None:
        if trusted is not None or enclosed is not None or expected is not None:
            result.found("unsigned", SIGNATURE, "there is none, and this run's manifest is expected to be signed")
        else:
            result.notes.append("the manifest is not signed: whoever may write here could have made all of it anew")
        return
    try:
        if enclosed is None:
            result.found("lost", PUBLIC_KEY, "the signature has no public key beside it")
        elif trusted is not None and fingerprint(enclosed) != fingerprint(trusted):
            result.found("foreign", PUBLIC_KEY, "it is not the key that you trust")
        elif trusted is None and expected is not None and fingerprint(enclosed) != fingerprint(expected):
            text = "a run before was signed by another key; if that was meant, say so with --public-key"
            result.found("foreign", PUBLIC_KEY, text)
        key = trusted or enclosed
        if key is not None:
            check_signature(key, signature, _manifest(result))
            result.signed_by = fingerprint(key)
            result.notes.append(
                f"the manifest is signed by the key with the SHA-256 {result.signed_by}"
                f" (openssl pkey -pubin -in {PUBLIC_KEY} -outform DER | sha256sum)"
            )
            if trusted is None:
                result.notes.append("whose key that is, only you can tell: give yours with --public-key=FILE")
    except SignatureError as error:
        result.found("foreign", SIGNATURE, str(error))


def check_chain(result: Verification, manifest: Manifest) -> None:
    """Walk from manifest to manifest; each must be the one that its successor saw."""
    name, parent = result.folder.name, result.folder.parent
    while manifest.previous is not None:
        before = manifest.previous.run
        file = f"../{before}/manifest.json"
        try:
            text = read_plain(parent, f"{before}/manifest.json")
        except (FileNotFoundError, BadEvidence):
            if any(run.name < before for run in sealed_runs(parent)):
                result.found("lost", f"../{before}", f"the run before {name} is not there, and older ones are")
            else:
                result.notes.append(f"the chain was followed to {name}: the run before it ({before}) is not here")
            return
        if before >= name or hashlib.sha256(text).hexdigest() != manifest.previous.manifest_sha256:
            result.found("changed", file, f"it is not the one that {name} was chained to")
            return
        try:
            manifest, name = Manifest.parse(text), before
        except BadManifest as error:
            result.found("torn", file, f"it is no whole manifest: {error}")
            return
    older = [run.name for run in sealed_runs(parent) if run.name < name]
    if older:
        result.notes.append(
            f"the chain was followed to {name}, which names no run before it, though {older[-1]} is here: that one was"
            " added later, or ran elsewhere"
        )
    else:
        result.notes.append(f"the chain was followed to the first run, {name}")


def _key_before(result: Verification) -> bytes | None:
    """The key that signed the newest older run here that is signed, whatever this one says of its past.

    One without a signature releases none after it: whoever may write here can put one in. Replays sign for none.
    """
    name, parent = result.folder.name, result.folder.parent
    for run in reversed(sealed_runs(parent)):
        if run.name < name and is_plain(parent, f"{run.name}/{PUBLIC_KEY}") and not is_replay(run):
            try:
                return read_plain(parent, f"{run.name}/{PUBLIC_KEY}", at_most=MOST_BYTES_OF_KEY)
            except (FileNotFoundError, BadEvidence):
                continue
    return None


def _read(result: Verification, name: str) -> bytes | None:
    try:
        return read_plain(result.folder, name, at_most=MOST_BYTES_OF_KEY)
    except FileNotFoundError:
        return None
    except BadEvidence as error:
        result.found("changed", name, str(error).removeprefix(f"{name}: "))
        return None


def _manifest(result: Verification) -> bytes:
    try:
        return read_plain(result.folder, "manifest.json")
    except (FileNotFoundError, BadEvidence):
        return b""

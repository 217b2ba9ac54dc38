"""The signer that a run was given: a key file, or a key of AWS KMS."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from muster.errors import UsageError
from muster.evidence.signing import KEY_VARIABLE, KeyFileSigner, SignatureError, Signer, fingerprint


def signer_from(key_file: str | None, kms_key: str | None, environment: Mapping[str, str]) -> Signer | None:
    """The signer that the options (`--sign-key`, `--sign-kms`) or the environment name; None where none does.

    Raises `UsageError` for both options at once, and for a key that cannot be used.
    """
    if key_file and kms_key:
        raise UsageError("--sign-key and --sign-kms exclude each other: a manifest has one signature")
    if kms_key:
        return kms_signer(kms_key)
    path = key_file or environment.get(KEY_VARIABLE)
    return KeyFileSigner(Path(path)) if path else None


def kms_signer(key_arn: str) -> Signer:
    """Signs with a key of AWS KMS, signed in as the user who runs Muster: never in the role of an account under audit.

    Raises `UsageError`.
    """
    # boto3, where it is used
    from muster.evidence.kms_signer import SERVICE, KmsSigner
    from muster.reading.sessions.clients import client_config, signing_session

    def client_in(region: str) -> Any:
        return signing_session(region_name=region).client(SERVICE, config=client_config())

    return KmsSigner(key_arn, client_in)


def trusted_key(file: Path | None) -> bytes | None:
    """The public key in a file; None where no file is named. Raises `UsageError` where it holds none."""
    if file is None:
        return None
    try:
        key = file.read_bytes()
        fingerprint(key)
    except OSError as error:
        raise UsageError(f"--public-key={file}: {error.strerror}") from error
    except SignatureError as error:
        raise UsageError(f"--public-key={file}: {error}") from error
    return key

"""The signature of a manifest: made with a key that is configured, checked with the public key alone.

What is signed is the line that `sha256sum manifest.json` prints. It is short enough for a key that never leaves its
key service, and an auditor makes it again with the same command.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any, Protocol

from muster.errors import MusterError, UsageError
from muster.evidence.manifest import PUBLIC_KEY, SIGNATURE
from muster.evidence.plain_files import read_plain, write_plain
from muster.evidence.run_folder import RunFolder

KEY_VARIABLE = "MUSTER_SIGNING_KEY"
NEEDS = "signing and checking signatures needs cryptography: pip install 'muster[signing]'"


class SignatureError(MusterError):
    """A signature that does not hold, or that could not be checked."""


class Signer(Protocol):
    """Whoever signs: a key file, or a key service."""

    @property
    def public_key(self) -> bytes:
        """The public key as PEM (SubjectPublicKeyInfo)."""
        ...

    def sign(self, message: bytes) -> bytes:
        """The signature: raw with an Ed25519 key, DER with an elliptic curve, PKCS #1 v1.5 with RSA."""
        ...


class KeyFileSigner:
    """Signs with the Ed25519 private key of a PEM file. Raises `UsageError` if the file holds no such key."""

    def __init__(self, path: Path) -> None:
        try:
            from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
            from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
        except ModuleNotFoundError as error:
            raise UsageError(f"the signing key {path}: {NEEDS}") from error
        make = f"make one with: openssl genpkey -algorithm ed25519 -out {path}"
        try:
            key = load_pem_private_key(path.read_bytes(), password=None)
        except OSError as error:
            raise UsageError(f"the signing key {path} cannot be read ({error.strerror}); {make}") from error
        except TypeError as error:
            raise UsageError(
                f"the signing key {path} is encrypted, and nobody is there to unlock it; {make}"
            ) from error
        except ValueError as error:
            raise UsageError(f"the signing key {path} is no private key in PEM; {make}") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise UsageError(f"the signing key {path} is not of the kind Ed25519; {make}")
        self._key = key
        self.public_key: bytes = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    def sign(self, message: bytes) -> bytes:
        """The raw signature, 64 bytes."""
        return self._key.sign(message)


def signed_line(manifest: bytes) -> bytes:
    """What is signed of a manifest: its line as `sha256sum manifest.json` prints it."""
    return f"{hashlib.sha256(manifest).hexdigest()}  manifest.json\n".encode()


def sign_manifest(folder: RunFolder, signer: Signer) -> None:
    """Write the signature and the public key beside the manifest."""
    signature = signer.sign(signed_line(read_plain(folder.path, folder.manifest.name)))
    write_plain(folder.path, PUBLIC_KEY, signer.public_key)
    write_plain(folder.path, SIGNATURE, signature)


def check_signature(public_key: bytes, signature: bytes, manifest: bytes) -> None:
    """Check a signature of a manifest. Raises `SignatureError` with the reason where it does not hold.

    How it was made follows from the kind of key alone, so that nothing in the folder has a say in it.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
    except ModuleNotFoundError as error:
        raise SignatureError(f"the signature was not checked: {NEEDS}") from error
    key, message = _public_key(public_key), signed_line(manifest)
    try:
        match key:
            case ed25519.Ed25519PublicKey():
                key.verify(signature, message)
            case ec.EllipticCurvePublicKey():
                key.verify(signature, message, ec.ECDSA(getattr(hashes, digest_of(key).upper())()))
            case rsa.RSAPublicKey():
                key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
            case _:
                raise SignatureError("the public key is of a kind that signs no manifest: Ed25519, ECDSA or RSA do")
    except InvalidSignature as error:
        raise SignatureError("the signature is not of this manifest by this key") from error


def fingerprint(public_key: bytes) -> str:
    """The SHA-256 of a public key (its DER), by which people compare keys. Raises `SignatureError` if it is none."""
    try:
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
    except ModuleNotFoundError as error:
        raise SignatureError(f"the public key was not looked at: {NEEDS}") from error
    der = _public_key(public_key).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(der).hexdigest()


def openssl_command(public_key: bytes) -> str:
    """The command with which openssl checks the signature beside a manifest, in the run folder."""
    from cryptography.hazmat.primitives.asymmetric import ed25519

    key = _public_key(public_key)
    if isinstance(key, ed25519.Ed25519PublicKey):
        # One-shot algorithms want a file, not a pipe.
        return (
            'line=$(mktemp); sha256sum manifest.json >"$line";'
            f' openssl pkeyutl -verify -pubin -inkey {PUBLIC_KEY} -rawin -in "$line" -sigfile {SIGNATURE}'
        )
    verify = f"openssl dgst -{digest_of(key)} -verify {PUBLIC_KEY} -signature {SIGNATURE}"
    return f"sha256sum manifest.json | {verify}"


def digest_of(key: Any) -> str:
    """The hash that goes with a public key: as long as its curve is, SHA-256 with RSA."""
    size = getattr(getattr(key, "curve", None), "key_size", 256)
    return {384: "sha384", 521: "sha512"}.get(size, "sha256")


def _public_key(pem: bytes) -> Any:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        return load_pem_public_key(pem)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise SignatureError("the public key is none in PEM") from error

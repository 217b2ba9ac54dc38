"""Signatures: with a key in a file, with a key of AWS KMS, and by whom they can be checked."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from moto import mock_aws

from muster.errors import NotARead, UsageError
from muster.evidence.by_hand import commands
from muster.evidence.kms_signer import KmsSigner
from muster.evidence.signing import KeyFileSigner, SignatureError, check_signature, signed_line
from muster.evidence.verify import verify
from muster.reading.sessions.guard import is_read
from muster.run.signers import kms_signer, signer_from
from tests.integrity.sealed import key_file, seal
from tests.reports.synthetic import Size, make_run

REGION = "eu-west-1"


@pytest.fixture
def kms(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    with mock_aws():
        yield boto3.client("kms", region_name=REGION)


def kms_key(kms: Any, spec: str, usage: str = "SIGN_VERIFY") -> str:
    return str(kms.create_key(KeySpec=spec, KeyUsage=usage)["KeyMetadata"]["Arn"])


@pytest.fixture
def run(tmp_path: Path) -> Path:
    return make_run(tmp_path / "runs", Size(2, 1, 1))


def by_hand(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "\n".join(["set -eo pipefail", *commands(verify(folder))])
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "RSA_2048"])
def test_a_key_of_kms_signs_and_its_public_key_checks_offline(kms: Any, run: Path, spec: str) -> None:
    signer = kms_signer(kms_key(kms, spec))
    seal(run, signer)

    assert verify(run, signer.public_key).defects == []


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here: apt-get install it")
@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "RSA_2048"])
def test_a_signature_of_kms_is_checked_with_openssl(kms: Any, run: Path, spec: str) -> None:
    seal(run, kms_signer(kms_key(kms, spec)))
    assert by_hand(run).returncode == 0
    (run / "manifest.json").write_text((run / "manifest.json").read_text() + " ")
    assert by_hand(run).returncode != 0


def test_kms_itself_confirms_what_was_signed(kms: Any, run: Path) -> None:
    arn = kms_key(kms, "ECC_NIST_P256")
    seal(run, kms_signer(arn))
    answer = kms.verify(
        KeyId=arn,
        Message=signed_line((run / "manifest.json").read_bytes()),
        Signature=(run / "manifest.json.sig").read_bytes(),
        SigningAlgorithm="ECDSA_SHA_256",
    )

    assert answer["SignatureValid"]


def test_the_signer_session_sends_nothing_but_signing(kms: Any) -> None:
    signer = kms_signer(kms_key(kms, "ECC_NIST_P256"))
    assert isinstance(signer, KmsSigner)

    with pytest.raises(NotARead, match="kms:DescribeKey is not for the signer session"):
        signer._send("describe_key", KeyId="x")


def test_the_guard_of_the_audit_still_lets_no_signing_through() -> None:
    assert not is_read("kms", "Sign")


@pytest.mark.parametrize(("spec", "usage"), [("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"), ("RSA_2048", "ENCRYPT_DECRYPT")])
def test_a_key_that_cannot_sign_stops_before_the_run(kms: Any, spec: str, usage: str) -> None:
    with pytest.raises(UsageError, match="--sign-kms="):
        kms_signer(kms_key(kms, spec, usage))


def test_a_key_that_is_not_there_stops_before_the_run(kms: Any) -> None:
    with pytest.raises(UsageError, match=r"NotFoundException.*kms:GetPublicKey and kms:Sign on the key"):
        kms_signer(f"arn:aws:kms:{REGION}:111122223333:key/00000000-0000-0000-0000-000000000000")


def test_a_key_without_its_whole_arn_is_refused() -> None:
    with pytest.raises(UsageError, match="the ARN of a KMS key"):
        kms_signer("alias/evidence")


def test_a_key_file_signs_with_64_bytes(tmp_path: Path, run: Path) -> None:
    seal(run, KeyFileSigner(key_file(tmp_path / "key.pem")))

    assert len((run / "manifest.json.sig").read_bytes()) == 64


def test_the_environment_names_the_key_file(tmp_path: Path) -> None:
    path = key_file(tmp_path / "key.pem")

    assert isinstance(signer_from(None, None, {"MUSTER_SIGNING_KEY": str(path)}), KeyFileSigner)


def test_nobody_signs_where_no_key_is_configured() -> None:
    assert signer_from(None, None, {}) is None


def test_two_keys_at_once_are_refused() -> None:
    with pytest.raises(UsageError, match="exclude each other"):
        signer_from("key.pem", "arn:aws:kms:eu-west-1:111122223333:key/x", {})


def write_key(path: Path, what: str) -> None:
    if what == "encrypted":
        key = load_pem_private_key(key_file(path).read_bytes(), None)
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"locked")))
    elif what == "of another kind":
        key = generate_private_key(SECP256R1())
        path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    elif what == "no key":
        path.write_text("not a key")


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("missing", "cannot be read"),
        ("no key", "no private key in PEM"),
        ("encrypted", "is encrypted"),
        ("of another kind", "not of the kind Ed25519"),
    ],
)
def test_a_key_file_that_cannot_be_used_says_how_to_make_one(tmp_path: Path, what: str, said: str) -> None:
    path = tmp_path / "key.pem"
    write_key(path, what)
    with pytest.raises(UsageError, match=said) as raised:
        KeyFileSigner(path)
    assert f"openssl genpkey -algorithm ed25519 -out {path}" in str(raised.value)


@pytest.mark.parametrize(
    ("key", "said"),
    [(b"", "none in PEM"), (b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "none in PEM")],
    ids=["nothing", "damaged"],
)
def test_a_public_key_that_is_none_is_an_error_of_its_own(key: bytes, said: str) -> None:
    with pytest.raises(SignatureError, match=said):
        check_signature(key, b"", b"{}")

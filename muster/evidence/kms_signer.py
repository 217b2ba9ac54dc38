"""Signing with a key of AWS KMS, over a client that sends nothing else.

It stands apart from the transports of the audit, whose guard lets reads through and no signing. It signs in as the user
who runs Muster, never in the role of an account under audit.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from functools import cached_property
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from muster.errors import NotARead, UsageError

SERVICE = "kms"
MAY_SEND = frozenset({"kms:Sign", "kms:GetPublicKey"})
KEY_ARN = re.compile(r"arn:aws[a-z-]*:kms:(?P<region>[a-z0-9-]+):\d{12}:(key|alias)/.+")
# One for each kind of key, with the hash that `muster.signing.digest_of` takes for it.
ALGORITHMS = (
    "ECDSA_SHA_256",
    "ECDSA_SHA_384",
    "ECDSA_SHA_512",
    "ED25519_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256",
)


class KmsSigner:
    """Signs with an asymmetric key of AWS KMS; a `muster.signing.Signer`.

    https://docs.aws.amazon.com/kms/latest/APIReference/API_Sign.html. The public key is fetched when it is made, so
    that a key that cannot be used stops a run before it starts. Raises `UsageError`.
    `client_in` makes boto3's client of KMS in a region.
    """

    def __init__(self, key_arn: str, client_in: Callable[[str], Any]) -> None:
        found = KEY_ARN.fullmatch(key_arn)
        if found is None:
            raise UsageError(f"--sign-kms={key_arn}: the ARN of a KMS key (or of an alias) is expected")
        self._key_arn = key_arn
        self._client = client_in(found["region"])
        self._client.meta.events.register("before-parameter-build", _nothing_else)
        self._described = self._send("get_public_key", KeyId=key_arn)
        offered = self._described.get("SigningAlgorithms", [])
        chosen = next((algorithm for algorithm in ALGORITHMS if algorithm in offered), None)
        if chosen is None:
            raise UsageError(
                f"--sign-kms={key_arn}: the key cannot sign a manifest (it offers {', '.join(offered) or 'nothing'});"
                " create one with key usage SIGN_VERIFY and key spec ECC_NIST_P256"
            )
        self._algorithm = chosen

    @cached_property
    def public_key(self) -> bytes:
        """The public key as PEM."""
        body = base64.encodebytes(self._described["PublicKey"]).replace(b"\n", b"")
        lines = [body[start : start + 64] for start in range(0, len(body), 64)]
        return b"\n".join([b"-----BEGIN PUBLIC KEY-----", *lines, b"-----END PUBLIC KEY-----", b""])

    def sign(self, message: bytes) -> bytes:
        """The signature of a message of at most 4,096 bytes."""
        answer = self._send(
            "sign", KeyId=self._key_arn, Message=message, MessageType="RAW", SigningAlgorithm=self._algorithm
        )
        signature: bytes = answer["Signature"]
        return signature

    def _send(self, operation: str, **request: Any) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = getattr(self._client, operation)(**request)
        except (ClientError, BotoCoreError) as error:
            raise UsageError(
                f"--sign-kms={self._key_arn}: {error}. The caller needs {' and '.join(sorted(MAY_SEND))} on the key"
            ) from error
        return answer


def _nothing_else(model: Any, **_: Any) -> None:
    name = f"{model.service_model.service_name}:{model.name}"
    if name not in MAY_SEND:
        raise NotARead(f"{name} is not for the signer session: it sends {' and '.join(sorted(MAY_SEND))} only")

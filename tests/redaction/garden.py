"""The account in which secrets are planted, through AWS's own API in the sandbox."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from tests.redaction.planted import SECRETS

ACCOUNT = "123456789012"
REGION = "eu-west-1"


@dataclass
class Garden:
    """The account; `planted` is which kind of secret stands in which field."""

    endpoint_url: str
    planted: set[tuple[str, str]] = field(default_factory=set)
    _credentials: dict[str, str] = field(default_factory=dict, repr=False)

    def client(self, service: str) -> Any:
        """A client of the account; moto takes the account from the role that was assumed."""
        where = {"region_name": REGION, "endpoint_url": self.endpoint_url}
        if not self._credentials:
            sandbox = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
            role = f"arn:aws:iam::{ACCOUNT}:role/OrganizationAccountAccessRole"
            sts = boto3.client("sts", **where, **sandbox)
            answer = sts.assume_role(RoleArn=role, RoleSessionName="planting")["Credentials"]
            self._credentials = {
                "aws_access_key_id": answer["AccessKeyId"],
                "aws_secret_access_key": answer["SecretAccessKey"],
                "aws_session_token": answer["SessionToken"],
            }
        return boto3.client(service, config=Config(s3={"addressing_style": "path"}), **where, **self._credentials)

    def each(
        self, name: str, plant: Callable[[str, int], object], *, longest: int = 10_000, characters: str = r"[\s\S]"
    ) -> None:
        """Plant each secret that the field takes on AWS (moto takes more); what the service refuses is not planted."""
        for number, (kind, secret) in enumerate(SECRETS.items()):
            if len(secret.text) <= longest and re.fullmatch(f"{characters}+", secret.text):
                try:
                    plant(secret.text, number)
                except (ClientError, ParamValidationError):
                    continue
                self.planted.add((name, kind))

    def tags(self, name: str, plant: Callable[[list[dict[str, str]]], object], key: str = "Key") -> None:
        """Plant all secrets that fit as the values of tags: as they are, and every third in base64."""
        fitting = {kind: secret.text for kind, secret in SECRETS.items() if len(secret.text) <= 170}
        value = "Value" if key == "Key" else "value"
        tags = [
            {key: f"note-{number}", value: encoded(text) if number % 3 == 2 else text}
            for number, text in enumerate(fitting.values())
        ]
        plant(tags)
        self.planted |= {(name, kind) for kind in fitting}

    def all_at_once(self, name: str, plant: Callable[[list[str]], object]) -> None:
        """Plant all secrets in one text or document: as they are, URL-encoded, and in base64."""
        texts = [secret.text for secret in SECRETS.values()]
        plant([*texts, *(quote(text) for text in texts), *(encoded(text) for text in texts)])
        self.planted |= {(name, kind) for kind in SECRETS}


def encoded(text: str) -> str:
    """A text as user data and many settings carry it."""
    return base64.b64encode(f"#!/bin/sh\n{text}\n".encode()).decode()

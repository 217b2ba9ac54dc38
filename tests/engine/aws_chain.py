"""What signs a machine in to AWS, played on 127.0.0.1: each way of the default chain, with keys that are counted."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

from tests.engine.loopback import Request, Response

NOBODY = {"AWS_EC2_METADATA_DISABLED": "true"}
ROLE = "arn:aws:iam::777788889999:role/Hub"
WEB_IDENTITY = """<AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult><Credentials>
<AccessKeyId>{key}</AccessKeyId><SecretAccessKey>s</SecretAccessKey><SessionToken>t</SessionToken>
<Expiration>{expiration}</Expiration></Credentials></AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>"""
SSO = """[profile default]
sso_session = acme
sso_account_id = 111122223333
sso_role_name = Auditor
region = eu-west-1
[sso-session acme]
sso_region = eu-west-1
sso_start_url = https://acme.awsapps.com/start
"""

Way = Callable[[Path, str], Mapping[str, str]]
"""Prepares a folder that is the home, for a server at an address; gives what is in the environment."""


def environment(_home: Path, _url: str) -> Mapping[str, str]:
    """Keys in the environment, as `aws-actions/configure-aws-credentials` leaves them."""
    return {**NOBODY, "AWS_ACCESS_KEY_ID": "KEY-1", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}


def process(home: Path, url: str) -> Mapping[str, str]:
    """A program that the AWS CLI's file names: here one that asks the server."""
    program = "import sys, urllib.request; print(urllib.request.urlopen(sys.argv[1]).read().decode())"
    (home / "program.py").write_text(program)
    line = f"credential_process = {sys.executable} {home / 'program.py'} {url}/process"
    (home / "config").write_text(f"[default]\n{line}\n")
    return NOBODY


def web_identity(home: Path, url: str) -> Mapping[str, str]:
    """A token in a file: pods with a role for their service account, and whatever speaks OIDC."""
    (home / "token").write_text("the.web.identity")
    return {
        **NOBODY,
        "AWS_ROLE_ARN": ROLE,
        "AWS_WEB_IDENTITY_TOKEN_FILE": str(home / "token"),
        "AWS_ENDPOINT_URL_STS": url,
        "AWS_REGION": "eu-west-1",
    }


def task(_home: Path, url: str) -> Mapping[str, str]:
    """The role of an ECS task."""
    return {**NOBODY, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/task", "AWS_CONTAINER_AUTHORIZATION_TOKEN": "a"}


def pod(home: Path, url: str) -> Mapping[str, str]:
    """The role of an EKS pod, by EKS Pod Identity."""
    (home / "pod-token").write_text("a")
    file = {"AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": str(home / "pod-token")}
    return {**NOBODY, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{url}/task", **file}


def instance(_home: Path, url: str) -> Mapping[str, str]:
    """The role of an EC2 instance."""
    return {"AWS_EC2_METADATA_DISABLED": "false", "AWS_EC2_METADATA_SERVICE_ENDPOINT": url}


def identity_center(home: Path, url: str) -> Mapping[str, str]:
    """Somebody who has done `aws sso login`, a while ago: the token has to be renewed."""
    (home / "config").write_text(SSO)
    cache = home / ".aws" / "sso" / "cache"
    cache.mkdir(parents=True)
    token = {
        "startUrl": "https://acme.awsapps.com/start",
        "region": "eu-west-1",
        "accessToken": "old",
        "expiresAt": spelled(timedelta(minutes=-5)),
        "clientId": "c",
        "clientSecret": "s",
        "registrationExpiresAt": spelled(timedelta(days=30)),
        "refreshToken": "r",
    }
    (cache / f"{hashlib.sha1(b'acme').hexdigest()}.json").write_text(json.dumps(token))
    return {**NOBODY, "AWS_ENDPOINT_URL_SSO": url, "AWS_ENDPOINT_URL_SSO_OIDC": url}


def spelled(hence: timedelta) -> str:
    return (datetime.now(UTC) + hence).strftime("%Y-%m-%dT%H:%M:%SZ")


def issuing(life: timedelta) -> Callable[[Request], Response]:
    """A server that issues keys, `KEY-1` and so on, by each of these ways; they live so long. KMS has no keys."""
    numbers: Iterator[int] = count(1)

    def keys(token: str) -> str:
        issued = {"AccessKeyId": f"KEY-{next(numbers)}", "SecretAccessKey": "s", token: "t"}
        return json.dumps({"Version": 1, "Code": "Success", "Expiration": spelled(life), **issued})

    def of_identity_center() -> str:
        issued = {"accessKeyId": f"KEY-{next(numbers)}", "secretAccessKey": "s", "sessionToken": "t"}
        ends = int((datetime.now(UTC) + life).timestamp() * 1000)
        return json.dumps({"roleCredentials": {**issued, "expiration": ends}})

    answers: Mapping[str, Callable[[], str]] = {
        "/process": lambda: keys("SessionToken"),
        "/task": lambda: keys("Token"),
        "/latest/api/token": lambda: "imds",
        "/latest/meta-data/iam/security-credentials/": lambda: "Hub",
        "/latest/meta-data/iam/security-credentials/Hub": lambda: keys("Token"),
        "/token": lambda: json.dumps({"accessToken": "new", "expiresIn": 28800, "refreshToken": "r"}),
        "/federation/credentials": of_identity_center,
    }

    def respond(request: Request) -> Response:
        if b"AssumeRoleWithWebIdentity" in request.body:
            return Response(200, WEB_IDENTITY.format(key=f"KEY-{next(numbers)}", expiration=spelled(life)).encode())
        answer = answers.get(request.path.partition("?")[0], lambda: '{"Keys": []}')
        return Response(200, answer().encode(), {"Content-Type": "application/x-amz-json-1.1"})

    return respond

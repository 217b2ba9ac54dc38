"""As whom GitHub is asked: with a token, or as a GitHub App, whose tokens are good for an hour and renewed in time.

A token of an App is asked for with one POST, the only request of Muster's that is shaped like a write, and narrowed to
reading: whatever the App may write, this token may not (docs/decisions/0037-a-github-app.md).
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from muster.errors import MusterError, UsageError
from muster.reading.reads import ApiError
from muster.reading.sessions.github_unchanged import kind_of_token

SECONDS_LEFT = 300
"""A token that is good for no longer than this is renewed before it is used."""
SECONDS_OF_A_FAILURE = 60
"""How long it is not asked again for a token where there was none."""
# https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
SECONDS_OF_A_JWT = 540
CLOCK_DRIFT = 60
# Permissions that have no level "read", which a token for reading does without.
# https://docs.github.com/en/rest/apps/apps#create-an-installation-access-token-for-an-app
WRITE_ONLY = frozenset({"workflows", "profile", "organization_copilot_seat_management"})
_OF_AN_APP = re.compile(r"/orgs/[^/]+/installation|/app/installations/[0-9]+/access_tokens")

Exchange = Callable[[str, str, str, Mapping[str, Any] | None], tuple[int, bytes]]
"""Sends a method, a path and a JSON body, signed by a JWT; gives the HTTP status and the body."""


class NoToken(MusterError):
    """There is no token to ask with; `error` is what every question is answered with."""

    def __init__(self, reason: str) -> None:
        # A code of its own: no noun may take the 404 of an App that is not installed for "there is none".
        self.error = ApiError("NoInstallationToken", reason)
        super().__init__(reason)


class Credentials(Protocol):
    """Where the token of a request comes from; safe between threads.

    `kind` is that of the token, None for one that lasts no longer than a run: GitHub's ETags hold for one token.
    """

    @property
    def kind(self) -> str | None:
        """`ghp` and the like."""
        ...

    def token(self, exchange: Exchange) -> str:
        """A token to ask with; raises `NoToken`, and what `exchange` raises."""
        ...

    def is_renewed(self, refused: str) -> bool:
        """Whether, after GitHub refused this token (401), `token` gives another one."""
        ...


class FixedToken:
    """A token that a person made; it is good or it is not."""

    def __init__(self, token: str) -> None:
        self._token = token
        self.kind = kind_of_token(token)

    def token(self, exchange: Exchange) -> str:
        """The token."""
        return self._token

    def is_renewed(self, refused: str) -> bool:
        """Never."""
        return False


class AppCredentials:
    """A GitHub App that is installed on an organization."""

    kind = None

    def __init__(
        self, app_id: str, key: RSAPrivateKey, organization: str, clock: Callable[[], float] = time.time
    ) -> None:
        self._app_id = app_id
        self._key = key
        self._organization = organization
        self._clock = clock
        self._lock = threading.Lock()
        self._installation: tuple[int, dict[str, str]] | None = None
        self._token = ""
        self._good_until = 0.0
        self._failure: tuple[NoToken, float] | None = None

    def token(self, exchange: Exchange) -> str:
        """A token of the installation, a new one where it would soon be over."""
        with self._lock:
            if self._clock() >= self._good_until - SECONDS_LEFT:
                self._renew(exchange)
            return self._token

    def is_renewed(self, refused: str) -> bool:
        """Whether a token is asked for anew: yes where it is the current one, and another came in between else."""
        with self._lock:
            if refused == self._token:
                self._good_until = 0.0
            return True

    def _renew(self, exchange: Exchange) -> None:
        if self._failure is not None and self._clock() < self._failure[1]:
            raise NoToken(str(self._failure[0]))
        try:
            self._token, self._good_until = self._new_token(exchange)
        except NoToken as failure:
            self._failure = failure, self._clock() + SECONDS_OF_A_FAILURE
            raise

    def _new_token(self, exchange: Exchange) -> tuple[str, float]:
        if self._installation is None:
            self._installation = self._found(exchange)
        number, permissions = self._installation
        said = self._said(exchange, "POST", f"/app/installations/{number}/access_tokens", {"permissions": permissions})
        match said:
            case {"token": str(token), "expires_at": str(expires)} if token:
                try:
                    return token, datetime.fromisoformat(expires).timestamp()
                except ValueError:
                    pass
        raise NoToken(f"{self._who}: GitHub's answer holds no token and the time at which it expires")

    def _found(self, exchange: Exchange) -> tuple[int, dict[str, str]]:
        """The installation on the organization, and its permissions, all of them to read.

        https://docs.github.com/en/rest/apps/apps#get-an-organization-installation-for-the-authenticated-app
        """
        said = self._said(exchange, "GET", f"/orgs/{self._organization}/installation", None)
        match said:
            case {"suspended_at": str(when)}:
                raise NoToken(f"{self._who}: the installation was suspended at {when}")
            case {"id": int(number), "permissions": dict(permissions)}:
                return number, dict.fromkeys(sorted(permissions.keys() - WRITE_ONLY), "read")
        raise NoToken(f"{self._who}: GitHub's answer holds no installation")

    def _said(self, exchange: Exchange, method: str, path: str, body: Mapping[str, Any] | None) -> Any:
        status, content = exchange(method, path, self._jwt(), body)
        try:
            said = json.loads(content)
        except (ValueError, RecursionError):
            said = None
        if status < 300:
            return said
        message = said.get("message") if isinstance(said, dict) else None
        remedy = " (is the App installed on the organization?)" if status == 404 else ""
        raise NoToken(f"{self._who}: {method} {path}: {status}: {message or 'no message'}{remedy}")

    def _jwt(self) -> str:
        now = int(self._clock())
        claims = {"iat": now - CLOCK_DRIFT, "exp": now + SECONDS_OF_A_JWT, "iss": self._app_id}
        return jwt.encode(claims, self._key, algorithm="RS256")

    @property
    def _who(self) -> str:
        return f"the GitHub App {self._app_id} got no token for {self._organization}"


def is_of_an_app(method: str, path: str) -> bool:
    """Whether a request is one of the two by which an App gets a token."""
    return method in ("GET", "POST") and _OF_AN_APP.fullmatch(path) is not None


def private_key(path: str, named: str) -> RSAPrivateKey:
    """The private key of an App, from its PEM file. Raises `UsageError`, which tells nothing of the path or the file.

    `named` is the environment variable that holds the path; people put the key itself there.
    """
    try:
        key = load_pem_private_key(Path(path).read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(f"${named} is not the path of a private key in a PEM file: {type(error).__name__}") from None
    if not isinstance(key, RSAPrivateKey):
        raise UsageError(f"${named} is the path of a key of another kind: that of a GitHub App is an RSA key")
    return key

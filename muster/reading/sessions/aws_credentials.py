"""Credentials as requests are signed with them: found when the first one is, renewed before they expire, never shown.

What finds them is botocore's own chain: the environment, a profile (keys, IAM Identity Center, a process), a web
identity, and what a task, a pod or an instance is given. https://docs.aws.amazon.com/sdkref/latest/guide/standardized-credentials.html
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import CredentialRetrievalError, NoCredentialsError

from muster.reading.sessions.asking import now_asking

# What the files, programs and servers of a chain may make botocore raise beside its own errors.
_FAULTS = (OSError, ValueError, TypeError, LookupError, AttributeError, RuntimeError)
# Botocore's name for a program of the user's, whose output it quotes.
_PROCESS = "custom-process"


@dataclass(frozen=True)
class FrozenKeys:
    """The keys of one moment, by the names that botocore's signers look for; no text of it holds them."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    token: str | None = field(repr=False)

    def get_frozen_credentials(self) -> FrozenKeys:
        """Themselves: what signs a request asks for the keys of the moment."""
        return self


class FoundCredentials:
    """The credentials that `find` finds (botocore's, or None), each time that a request is signed."""

    def __init__(self, find: Callable[[], Any]) -> None:
        self._find = find

    def get_frozen_credentials(self) -> FrozenKeys:
        """The keys to sign with; botocore asks for new ones some minutes before the old ones expire.

        Raises botocore's errors: `NoCredentialsError` where there are none, `CredentialRetrievalError` for whatever
        goes wrong on the way, in which nothing is quoted that may hold a secret.
        """
        try:
            return self._frozen()
        except CredentialRetrievalError as error:
            if error.kwargs["provider"] != _PROCESS:
                raise
            problem = "credential_process gave none (what it printed is not quoted: run it by hand)"
        except _FAULTS as error:
            problem = f"{type(error).__name__} (what it held is not quoted)"
        # Not chained: the cause quotes what a program printed or a file holds.
        raise CredentialRetrievalError(provider="the default chain", error_msg=problem)

    def _frozen(self) -> FrozenKeys:
        found = self._find()
        if found is None:
            raise NoCredentialsError
        keys = found.get_frozen_credentials()
        return FrozenKeys(keys.access_key, keys.secret_key, keys.token)


class OfOneAccount:
    """Credentials that nobody has tied to an account: keys that are new are asked whose they are, before they sign.

    A program, a file or a server may give those of another account to a process that starts later, or when they are
    renewed; what these are answered would stand under the name of the account that was entered. `whose` asks AWS, and
    raises `CredentialRetrievalError` where it does not say.
    """

    def __init__(self, found: FoundCredentials, whose: Callable[[FrozenKeys], str]) -> None:
        self._found = found
        self._whose = whose
        self._account: str | None = None
        self._ours: set[str] = set()
        self._lock = threading.Lock()

    def stay_in(self, account: str) -> None:
        """Sign from now on with keys of this account alone; those by which it said its name are known to be."""
        with self._lock:
            # Of two that asked, nobody can tell which one was answered.
            self._ours = self._ours if len(self._ours) == 1 else set()
            self._account = account

    def get_frozen_credentials(self) -> FrozenKeys:
        """The keys to sign with. Raises as those of `FoundCredentials`, also for keys of another account."""
        keys = self._found.get_frozen_credentials()
        if keys.access_key in self._ours:
            return keys
        with self._lock:
            if self._account is None:
                if now_asking().call.service == "sts":
                    self._ours.add(keys.access_key)
            elif keys.access_key not in self._ours:
                if (account := self._whose(keys)) != self._account:
                    problem = f"the keys are those of {account} now, and {self._account} was entered"
                    raise CredentialRetrievalError(provider="the default chain", error_msg=problem)
                self._ours.add(keys.access_key)
        return keys


def in_role(
    sts: Callable[[], Any], base: FoundCredentials, role_arn: str, arguments: Mapping[str, str]
) -> FoundCredentials:
    """The credentials of a role, assumed by `sts` (a client that signs with `base`) when a request is signed.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """

    def client(_service: str, **_keys: Any) -> Any:
        return sts()

    fetcher = AssumeRoleCredentialFetcher(client, base, role_arn, extra_args=dict(arguments))
    role = DeferredRefreshableCredentials(fetcher.fetch_credentials, "assume-role")
    return FoundCredentials(lambda: role)

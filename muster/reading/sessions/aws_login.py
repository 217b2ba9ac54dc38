"""Signing in to AWS: profiles, roles that are assumed again before they expire, sandboxes."""

from __future__ import annotations

import os
import threading
from collections.abc import Hashable, Iterable
from typing import Any
from weakref import WeakKeyDictionary

import boto3
import botocore.session
from botocore.exceptions import ConfigParseError, CredentialRetrievalError

from muster.errors import UsageError
from muster.reading.access import Access, home_region
from muster.reading.reads import Call
from muster.reading.sessions.asking import Caller
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.aws_credentials import FoundCredentials, FrozenKeys, OfOneAccount, in_role
from muster.reading.sessions.clients import (
    Clients,
    client_config,
    login_session,
    new_session,
    nobodys_session,
    without_credentials,
)
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.limits import AnswerLimits
from muster.reading.sessions.models import LOADER
from muster.reading.sessions.own_questions import OF_DISCOVERY, OWN_QUESTIONS
from muster.reading.sessions.pace import Pace
from muster.reading.sessions.quotas import pace_of
from muster.reading.sessions.wire import watch

ROLE_SESSION_NAME = "muster"
CREDENTIALS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


class _Ways:
    """What the accounts of a run share of their ways in: base sessions, and clients by configuration and endpoint."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[tuple[bool, str | None], boto3.Session] = {}
        self._clients: dict[tuple[bool, str | None, str | None], Clients] = {}
        self._sts: dict[Hashable, Any] = {}

    def session(self, access: Access) -> boto3.Session:
        """The session that signs in, whatever role is then assumed."""
        with self._lock:
            known = self._sessions.get((access.sandbox, access.profile))
            if known is None:
                known = self._sessions[access.sandbox, access.profile] = _base_session(access)
            return known

    def credentials(self, access: Access) -> Any:
        """Botocore's credentials of that session, None where nobody is signed in; sessions are not thread-safe."""
        session = self.session(access)
        with self._lock:
            return session.get_credentials()

    def clients(self, access: Access) -> Clients:
        """The clients for what is read: an AWS CLI profile that is signed in with has settings of its own for them."""
        profile = access.profile if access.role_arn is None else None
        way = (access.sandbox, profile, access.endpoint_url)
        with self._lock:
            known = self._clients.get(way)
            if known is None:
                session = nobodys_session() if access.sandbox else new_session(profile_name=profile)
                known = self._clients[way] = Clients(without_credentials(session), access.endpoint_url)
            return known

    def sts(self, access: Access, credentials: FoundCredentials) -> Any:
        """The client that assumes roles, signed in with the credentials of the base session."""

        def sign(request: Any, **_: Any) -> None:
            request.context["signing"] = {**request.context.get("signing", {}), "request_credentials": credentials}

        where = {"region_name": home_region(access.regions), "endpoint_url": access.endpoint_url}
        key = (access.sandbox, access.profile, *sorted(where.items()))
        with self._lock:
            known = self._sts.get(key)
            if known is None:
                session = without_credentials(_base_session(access))
                known = session.client("sts", **where, config=client_config(access.endpoint_url))
                known.meta.events.register("before-sign", sign)
                watch(known)
                self._sts[key] = known
            return known


# What is counted together is one run, which finds the environment and the AWS CLI's files as they are when it begins;
# the runs of a fleet's worker find them as they are when it starts.
_ways: WeakKeyDictionary[object, _Ways] = WeakKeyDictionary()
_lock = threading.Lock()


def load_for(operations: Iterable[str]) -> None:
    """Load from now on the service models of these questions, and of those that entering asks."""
    LOADER.load_for({*operations, *OWN_QUESTIONS, *OF_DISCOVERY})


def forget_ways(counts: Counts) -> None:
    """Let go of clients, sessions and service models of what is counted here: no more questions will be asked."""
    with _lock:
        _ways.pop(counts.sharing, None)
    LOADER.forget()


def aws_transport(access: Access, counts: Counts, limits: AnswerLimits | None = None) -> AwsTransport:
    """The transport into an account, signed in as the estate says; nothing is sent yet."""
    with _lock:
        ways = _ways.setdefault(counts.sharing, _Ways())
    pace, limits = Pace(pace_of(access), sleep=counts.is_over.wait), limits or AnswerLimits()

    def whose(keys: FrozenKeys) -> str:
        asked = Call(access.name, home_region(access.regions), "sts", "get_caller_identity", {})
        answer = AwsTransport.through(ways.clients(access), Caller(counts, keys, pace), limits).send(asked)
        if answer.error is not None:
            problem = f"whose the new keys are could not be asked: {answer.error.code}"
            raise CredentialRetrievalError(provider="the default chain", error_msg=problem)
        return str(answer.content["Account"])

    found = FoundCredentials(lambda: ways.credentials(access))
    credentials: FoundCredentials | OfOneAccount
    if access.role_arn is not None:
        credentials = _in_role(ways, access, access.role_arn, found)
    else:
        credentials = OfOneAccount(found, whose)
    return AwsTransport.through(ways.clients(access), Caller(counts, credentials, pace), limits)


def check_login(access: Access) -> None:
    """Raise `UsageError` where the way in names an external id or a profile that is not there; nothing is sent."""
    if access.sandbox:
        return
    _external_id(access)
    session = botocore.session.Session()
    known = _profiles_of(session)
    # Botocore takes the profile of $AWS_PROFILE where it is given none.
    profile = access.profile or session.profile
    if profile is not None and profile not in known:
        by = "" if access.profile else " ($AWS_PROFILE)"
        listed = ", ".join(known) or "none"
        raise UsageError(f"account {access.name}: the AWS CLI has no profile {profile}{by} (known: {listed})")


def cli_profiles() -> list[str]:
    """The profiles of the AWS CLI's files, for `--account=NAME` where the estate has no such name.

    Raises `UsageError` for a file that is none of the AWS CLI's.
    """
    return _profiles_of(botocore.session.Session())


def _profiles_of(session: botocore.session.Session) -> list[str]:
    try:
        return sorted(session.available_profiles)
    except ConfigParseError as error:
        raise UsageError(f"the AWS CLI's file {error.kwargs['path']} cannot be parsed: correct it") from error


def _base_session(access: Access) -> boto3.Session:
    if access.sandbox:
        # Never the user's own credentials, and never none: the sandbox takes whatever it is given.
        return nobodys_session(**dict.fromkeys(CREDENTIALS, "sandbox"))
    return login_session(profile_name=access.profile)


def _in_role(ways: _Ways, access: Access, role_arn: str, base: FoundCredentials) -> FoundCredentials:
    arguments = {"RoleSessionName": ROLE_SESSION_NAME}
    external_id = _external_id(access)
    if external_id:
        arguments["ExternalId"] = external_id
    return in_role(lambda: ways.sts(access, base), base, role_arn, arguments)


def _external_id(access: Access) -> str | None:
    if access.external_id_env is None:
        return access.external_id
    value = os.environ.get(access.external_id_env)
    if not value:
        raise UsageError(f"account {access.name}: its external id is expected in ${access.external_id_env}")
    return value

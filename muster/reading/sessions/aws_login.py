"""Signing in to AWS: profiles, roles that are assumed again before they expire, sandboxes."""

from __future__ import annotations

import os
from typing import Any

import boto3
import botocore.session
from botocore.credentials import AssumeRoleCredentialFetcher, DeferredRefreshableCredentials
from botocore.exceptions import ConfigParseError, NoCredentialsError

from muster.errors import UsageError
from muster.reading.access import Access, home_region
from muster.reading.sessions.aws import AwsTransport, client_config, new_session, nobodys_session
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.limits import Limits
from muster.reading.sessions.wire import watch

ROLE_SESSION_NAME = "muster"
CREDENTIALS = ("aws_access_key_id", "aws_secret_access_key", "aws_session_token")


def aws_transport(access: Access, counts: Counts, limits: Limits | None = None) -> AwsTransport:
    """The transport into an account, signed in as the estate says; nothing is sent yet."""
    session = _base_session(access)
    if access.role_arn is not None:
        session = _in_role(session, access, access.role_arn, counts)
    return AwsTransport(
        session,
        counts,
        endpoint_url=access.endpoint_url,
        calls_per_second=access.calls_per_second,
        limits=limits or Limits(),
    )


def check_login(access: Access) -> None:
    """Raise `UsageError` where the way in names an external id or a profile that is not there; nothing is sent."""
    if access.sandbox:
        return
    _external_id(access)
    known = cli_profiles()
    # Botocore takes the profile of $AWS_PROFILE where it is given none.
    profile = access.profile or botocore.session.Session().profile
    if profile is not None and profile not in known:
        by = "" if access.profile else " ($AWS_PROFILE)"
        listed = ", ".join(known) or "none"
        raise UsageError(f"account {access.name}: the AWS CLI has no profile {profile}{by} (known: {listed})")


def cli_profiles() -> list[str]:
    """The profiles of the AWS CLI's files, for `--account=NAME` where the estate has no such name.

    Raises `UsageError` for a file that is none of the AWS CLI's.
    """
    try:
        return sorted(botocore.session.Session().available_profiles)
    except ConfigParseError as error:
        raise UsageError(f"the AWS CLI's file {error.kwargs['path']} cannot be parsed: correct it") from error


def _base_session(access: Access) -> boto3.Session:
    if access.sandbox:
        # Never the user's own credentials, and never none: the sandbox takes whatever it is given.
        return nobodys_session(**dict.fromkeys(CREDENTIALS, "sandbox"))
    return new_session(profile_name=access.profile) if access.profile else new_session()


def _in_role(base: boto3.Session, access: Access, role_arn: str, counts: Counts) -> boto3.Session:
    """A session in the role; botocore asks for new credentials some minutes before the old ones expire.

    https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
    """
    arguments: dict[str, Any] = {"RoleSessionName": ROLE_SESSION_NAME}
    external_id = _external_id(access)
    if external_id:
        arguments["ExternalId"] = external_id

    def create_client(service: str, **options: Any) -> Any:
        where = {"region_name": home_region(access.regions), "endpoint_url": access.endpoint_url}
        client = base.client(service, **{**options, **where, "config": client_config(access.endpoint_url)})
        watch(client, counts)
        return client

    credentials = base.get_credentials()
    fetcher = AssumeRoleCredentialFetcher(create_client, credentials, role_arn, extra_args=arguments)

    def fetch() -> Any:
        if credentials is None:
            raise NoCredentialsError
        return fetcher.fetch_credentials()

    session = nobodys_session() if access.sandbox else new_session()
    session._session._credentials = DeferredRefreshableCredentials(fetch, "assume-role")
    return session


def _external_id(access: Access) -> str | None:
    if access.external_id_env is None:
        return access.external_id
    value = os.environ.get(access.external_id_env)
    if not value:
        raise UsageError(f"account {access.name}: its external id is expected in ${access.external_id_env}")
    return value

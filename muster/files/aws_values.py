"""The kinds of value in estate files that name something of AWS: accounts, regions, ARNs, principals."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BeforeValidator

from muster.files.forms import of_form
from muster.files.problems import problem_at, shown
from muster.files.values import ExactName, Expected, Text, as_tuple, check_name_pattern

PRINCIPALS = ("user", "group", "role")
"""What in IAM holds policies, as ARNs call it."""


def _principal(value: str) -> str:
    end = value.split(":", 5)[-1] if value.startswith("arn:") else value
    kind, _, name = end.partition("/")
    if not end or (kind in PRINCIPALS and not name):
        raise ValueError(f"{shown(value)} names nobody; expected one such as role/ops")
    if kind not in PRINCIPALS:
        forms = [f"{each}/{end}" for each in PRINCIPALS]
        raise ValueError(
            f"{shown(value)} would be a user, a group and a role alike; write {', '.join(forms[:-1])} or {forms[-1]},"
            " as its ARN ends, path and all"
        )
    if end != value:
        raise ValueError(f"{shown(value)} is an ARN; write what it ends with: {end}")
    return value


def _principal_pattern(value: str) -> str:
    check_name_pattern(_principal(value).partition("/")[2])
    return value


def _account_id(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"{value} is a number to YAML, which loses leading zeros; quote the 12 digits")
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{12}", value):
        raise ValueError(f"{shown(value)} is not an AWS account id; expected 12 digits, quoted")
    return value


def _regions(value: object) -> object:
    if isinstance(value, list | tuple):
        for position, region in enumerate(value):
            if not isinstance(region, str):
                raise problem_at((position,), f"{shown(region)} is not an AWS region; expected text")
            if region in value[:position]:
                raise problem_at((position,), f"{shown(region)} is named twice; keep one")
            _region(region, position)
        if value:
            return tuple(value)
    if value != "all":
        raise ValueError(f"{shown(value) if value else 'empty'}; expected all, or a list such as [eu-west-1]")
    return value


def _region(value: str, position: int) -> None:
    if not re.fullmatch(r"[a-z]{2,4}(-[a-z]+)+-[0-9]{1,2}", value):
        raise problem_at((position,), f"{shown(value)} is not an AWS region; expected one such as eu-west-1")


def _listed_regions(value: object) -> object:
    if isinstance(value, list | tuple) and value:
        return _regions(value)
    return as_tuple(value)


PrincipalName = Annotated[
    ExactName, Expected("`user/…`, `group/…` or `role/…`, path and all"), AfterValidator(_principal)
]
IamArn = Annotated[
    ExactName,
    Expected("the ARN of a user or role"),
    of_form(
        r"arn:aws(-[a-z-]+)?:iam::[0-9]{12}:(user|role)/\S+",
        "is no ARN of a user or role; expected arn:aws:iam::<12 digits>:role/<name>",
    ),
]
PrincipalPattern = Annotated[
    Text,
    Expected("`user/…`, `group/…` or `role/…`, with at least 4 characters of the name beside `*` and `?`"),
    AfterValidator(_principal_pattern),
]
ArnPattern = Annotated[
    Text,
    Expected("an ARN with the account's 12 digits, or a pattern of one"),
    of_form(
        r"arn:[a-z*-]+:[^:]*:[^:]*:[0-9]{12}:.+",
        "is no ARN of an account, nor a pattern of one (arn:aws:ec2:*:111122223333:instance/*)",
    ),
]
ServicePrincipal = Annotated[
    str,
    Expected("a service principal, as `guardduty.amazonaws.com`"),
    of_form(
        r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com",
        "is no service principal; expected one such as guardduty.amazonaws.com",
    ),
]
OrganizationId = Annotated[
    str,
    Expected("`o-` and 10 to 32 letters and digits"),
    of_form(r"o-[a-z0-9]{10,32}", "is no id of an organization; expected o- and 10 to 32 letters and digits"),
]
UnitId = Annotated[
    str,
    Expected("the id of an organizational unit, as `ou-exam-prod0001`"),
    of_form(
        r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}",
        "is no id of an organizational unit; expected one such as ou-exam-prod0001",
    ),
]
AccountId = Annotated[str, Expected("12 digits, quoted"), BeforeValidator(_account_id)]
Regions = Annotated[
    Literal["all"] | tuple[str, ...], Expected("`all`, or a list of regions"), BeforeValidator(_regions)
]
ListedRegions = Annotated[tuple[str, ...], Expected("a list of regions"), BeforeValidator(_listed_regions)]
IdentityCenterArn = Annotated[
    str,
    Expected("the ARN of an instance of Identity Center"),
    of_form(
        r"arn:aws[a-z-]*:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}",
        "is no instance of Identity Center; expected arn:aws:sso:::instance/ and its id",
    ),
]
ProviderName = Annotated[
    ExactName,
    Expected(
        "the ARN of a SAML or OIDC provider or of a trust anchor, `oidc-provider/HOST`, or an enterprise on GitHub as"
        " `github.com/enterprises/NAME`"
    ),
    of_form(
        r"arn:aws[a-z-]*:iam::[0-9]{12}:(saml|oidc)-provider/\S+"
        r"|arn:aws[a-z-]*:rolesanywhere:[a-z0-9-]+:[0-9]{12}:trust-anchor/[0-9a-f-]{36}|oidc-provider/\S+"
        r"|github\.com/enterprises/[A-Za-z0-9-]+",
        "is no identity provider; expected the ARN of a SAML or OIDC provider or of a trust anchor,"
        " oidc-provider/HOST, which is the same one in every account, or github.com/enterprises/NAME",
    ),
]

"""The kinds of value that estate files hold, each judged with a message that says what was expected."""

from __future__ import annotations

import datetime
import re
import unicodedata
from ipaddress import ip_network
from typing import Annotated, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from muster.files.problems import problem_at, shown

STATED = "attest-"
"""How the ids of controls begin that judge a statement of people."""
FEWEST_LETTERS = 5
"""Different letters that a reason has at least: dots and repeated letters give none."""
FEWEST_OF_A_REFERENCE = 3
"""Different letters and digits that a reference to a document has at least."""
FEWEST_PLAIN_CHARACTERS = 4
"""Characters beside `*` and `?` that a pattern of names has at least."""
WIDEST_PREFIXES = {4: 8, 6: 19}
"""The widest range of addresses that may be declared, by the version of the protocol; who has more writes several."""

PRINCIPALS = ("user", "group", "role")
"""What in IAM holds policies, as ARNs call it."""


class EstateModel(BaseModel):
    """What all entries share: nothing is converted, nothing unknown is taken, nothing changes later."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid")


def _list_to_tuple(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _text(value: str) -> str:
    if not value.strip():
        raise ValueError("empty; expected text")
    return value


def _reason(value: str) -> str:
    if len({letter.casefold() for letter in value if letter.isalpha()}) < FEWEST_LETTERS:
        raise ValueError(f"{shown(value)} gives no reason; say in words why this is so")
    return value


def _person_id(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+([._-][a-z0-9]+)*", value):
        raise ValueError(f"{shown(value)} is no id of a person; expected small letters and digits, with . _ - between")
    return value


def _exact_name(value: str) -> str:
    if set("*?") & set(value):
        raise ValueError(f"{shown(value)} is a pattern; each thing is named by itself here")
    return value


def _name_pattern(value: str) -> str:
    if len(re.sub(r"[*?]", "", value)) < FEWEST_PLAIN_CHARACTERS:
        raise ValueError(
            f"{shown(value)} fits almost any name; expected names, or patterns with at least"
            f" {FEWEST_PLAIN_CHARACTERS} characters beside * and ?"
        )
    return value


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
    _name_pattern(_principal(value).partition("/")[2])
    return value


def _arn_pattern(value: str) -> str:
    if not re.fullmatch(r"arn:[a-z*-]+:[^:]*:[^:]*:[0-9]{12}:.+", value):
        raise ValueError(
            f"{shown(value)} is no ARN of an account, nor a pattern of one (arn:aws:ec2:*:111122223333:instance/*)"
        )
    return value


def _service_principal(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com", value):
        raise ValueError(f"{shown(value)} is no service principal; expected one such as guardduty.amazonaws.com")
    return value


def _organization_id(value: str) -> str:
    if not re.fullmatch(r"o-[a-z0-9]{10,32}", value):
        raise ValueError(f"{shown(value)} is no id of an organization; expected o- and 10 to 32 letters and digits")
    return value


def _unit_id(value: str) -> str:
    if not re.fullmatch(r"ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}", value):
        raise ValueError(f"{shown(value)} is no id of an organizational unit; expected one such as ou-exam-prod0001")
    return value


def _iam_arn(value: str) -> str:
    if not re.fullmatch(r"arn:aws(-[a-z-]+)?:iam::[0-9]{12}:(user|role)/\S+", value):
        raise ValueError(f"{shown(value)} is no ARN of a user or role; expected arn:aws:iam::<12 digits>:role/<name>")
    return value


def _account_id(value: object) -> object:
    if isinstance(value, int) and not isinstance(value, bool):
        raise ValueError(f"{value} is a number to YAML, which loses leading zeros; quote the 12 digits")
    if isinstance(value, str) and not re.fullmatch(r"[0-9]{12}", value):
        raise ValueError(f"{shown(value)} is not an AWS account id; expected 12 digits, quoted")
    return value


def _account_name(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9._-]+", value) or value == "all":
        raise ValueError(
            f"{shown(value)} cannot name an account; expected letters, digits and . _ -"
            " (all and tag:… are how accounts are selected)"
        )
    return value


def _account_or_every(value: str) -> str:
    return value if value == "*" else _account_name(value)


def _day(value: object) -> object:
    if type(value) is datetime.date:
        return value
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            raise ValueError(f"{shown(value)} is no day of the calendar") from None
    raise ValueError(f"{shown(value)} is not a date; expected YYYY-MM-DD, without a time")


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
    return _list_to_tuple(value)


def _endpoint(value: str) -> str:
    try:
        url = urlsplit(value)
        usable = url.scheme in ("http", "https") and bool(url.hostname) and url.port != 0
    except ValueError:
        usable = False
    if not usable:
        raise ValueError(f"{shown(value)} is not an endpoint; expected http://host:port or https://host")
    if url.username is not None:
        raise ValueError("an endpoint carries no user name or password; take them out of the address")
    return value


def _environment_variable(value: str) -> str:
    if not re.fullmatch(r"[A-Z_][A-Z0-9_]*", value):
        # The value is left out of the message: it may be the secret itself.
        raise ValueError(
            "expected the name of an environment variable in capitals, such as GITHUB_TOKEN;"
            " what it holds never stands in a file"
        )
    return value


def _organization(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9](-?[A-Za-z0-9]){0,38}", value):
        raise ValueError(f"{shown(value)} is not a GitHub organization; expected letters, digits and -")
    return value


def _repository(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+/[A-Za-z0-9._-]+", value):
        raise ValueError(f"{shown(value)} is not a repository; expected owner/name")
    return value


def _identity_center(value: str) -> str:
    if not re.fullmatch(r"arn:aws[a-z-]*:sso:::instance/(sso)?ins-[a-zA-Z0-9-.]{16}", value):
        raise ValueError(
            f"{shown(value)} is no instance of Identity Center; expected arn:aws:sso:::instance/ and its id"
        )
    return value


def _identity_provider(value: str) -> str:
    of_iam = r"arn:aws[a-z-]*:iam::[0-9]{12}:(saml|oidc)-provider/\S+"
    anchor = r"arn:aws[a-z-]*:rolesanywhere:[a-z0-9-]+:[0-9]{12}:trust-anchor/[0-9a-f-]{36}"
    if not re.fullmatch(rf"{of_iam}|{anchor}|oidc-provider/\S+", value):
        raise ValueError(
            f"{shown(value)} is no identity provider; expected the ARN of a SAML or OIDC provider or of a trust anchor,"
            " or oidc-provider/HOST, which is the same one in every account"
        )
    return value


def _evidence(value: str) -> str:
    # What a browser leaves out of an address before it looks at the scheme.
    plain = unicodedata.normalize("NFKC", value)
    address = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    is_link = re.match(r"\s*[A-Za-z][A-Za-z0-9+.-]*:\S", address)
    names_something = len({letter.casefold() for letter in value if letter.isalnum()}) >= FEWEST_OF_A_REFERENCE
    if not names_something or (is_link and not re.match(r"https://[^/\s]+", value)):
        raise ValueError(f"{shown(value)} is not evidence; expected an https link, or a document's reference")
    return value


def _statement_control(value: str) -> str:
    if not re.fullmatch(rf"{STATED}[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError(f"{shown(value)} is not a control that takes statements; expected attest-<what>")
    return value


def _range_or_host(value: str) -> str:
    if "/" not in value:
        if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\.?", value):
            raise ValueError(f"{shown(value)} is neither a range of addresses (198.51.100.0/24) nor a name in DNS")
        return value
    try:
        network = ip_network(value)
    except ValueError as error:
        raise ValueError(f"{shown(value)} is no range of addresses: {error}") from None
    widest = WIDEST_PREFIXES[network.version]
    if network.prefixlen < widest:
        raise ValueError(f"{shown(value)} is wider than what any organization has; expected /{widest}, or narrower")
    return value


Item = TypeVar("Item")
Items = Annotated[tuple[Item, ...], BeforeValidator(_list_to_tuple)]
Text = Annotated[str, AfterValidator(_text)]
Reason = Annotated[Text, Field(min_length=10), AfterValidator(_reason)]
PersonId = Annotated[str, AfterValidator(_person_id)]
ExactName = Annotated[Text, AfterValidator(_exact_name)]
PrincipalName = Annotated[ExactName, AfterValidator(_principal)]
IamArn = Annotated[ExactName, AfterValidator(_iam_arn)]
NamePattern = Annotated[Text, AfterValidator(_name_pattern)]
PrincipalPattern = Annotated[Text, AfterValidator(_principal_pattern)]
ArnPattern = Annotated[Text, AfterValidator(_arn_pattern)]
ServicePrincipal = Annotated[str, AfterValidator(_service_principal)]
OrganizationId = Annotated[str, AfterValidator(_organization_id)]
UnitId = Annotated[str, AfterValidator(_unit_id)]
AccountId = Annotated[str, BeforeValidator(_account_id)]
AccountName = Annotated[str, AfterValidator(_account_name)]
AccountOrEvery = Annotated[str, AfterValidator(_account_or_every)]
RangeOrHost = Annotated[str, AfterValidator(_range_or_host)]
Day = Annotated[datetime.date, BeforeValidator(_day)]
Regions = Annotated[Literal["all"] | tuple[str, ...], BeforeValidator(_regions)]
ListedRegions = Annotated[tuple[str, ...], BeforeValidator(_listed_regions)]
Endpoint = Annotated[str, AfterValidator(_endpoint)]
VariableName = Annotated[str, AfterValidator(_environment_variable)]
OrganizationName = Annotated[str, AfterValidator(_organization)]
RepositoryName = Annotated[str, AfterValidator(_repository)]
IdentityCenterArn = Annotated[str, AfterValidator(_identity_center)]
ProviderName = Annotated[ExactName, AfterValidator(_identity_provider)]
Evidence = Annotated[Text, AfterValidator(_evidence)]
StatementControl = Annotated[str, AfterValidator(_statement_control)]
DeclaredTags = dict[str, str]
CallsPerSecond = Annotated[float, Field(gt=0, allow_inf_nan=False)]

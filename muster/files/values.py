"""The kinds of value that estate files hold, each judged with a message that says what was expected."""

from __future__ import annotations

import datetime
import re
import unicodedata
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Annotated, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from muster.files.problems import shown

STATED = "attest-"
"""How the ids of controls begin that judge a statement of people."""
FEWEST_LETTERS = 5
"""Different letters that a reason has at least: dots and repeated letters give none."""
FEWEST_OF_A_REFERENCE = 3
"""Different letters and digits that a reference to a document has at least."""
PLACEHOLDERS = ("later", "missing", "none", "nothing", "pending", "tba", "tbc", "tbd", "todo", "unknown")
"""What people write where there is no document yet."""
FEWEST_PLAIN_CHARACTERS = 4
"""Characters beside `*` and `?` that a pattern of names has at least."""
WIDEST_PREFIXES = {4: 8, 6: 19}
"""The widest range of addresses that may be declared, by the version of the protocol; who has more writes several."""


class EstateModel(BaseModel):
    """What all entries share: nothing is converted, nothing unknown is taken, nothing changes later."""

    model_config = ConfigDict(frozen=True, strict=True, extra="forbid", defer_build=True)


@dataclass(frozen=True)
class Expected:
    """What is expected of a kind of value, in the words of docs/reference.md."""

    words: str


def as_tuple(value: object) -> object:
    """A list as a tuple, which does not change later; what is none as it is."""
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


def check_name_pattern(value: str) -> str:
    """A pattern of names that does not fit almost any; raises ValueError for one that does."""
    if len(re.sub(r"[*?]", "", value)) < FEWEST_PLAIN_CHARACTERS:
        raise ValueError(
            f"{shown(value)} fits almost any name; expected names, or patterns with at least"
            f" {FEWEST_PLAIN_CHARACTERS} characters beside * and ?"
        )
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


def _code_place(value: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+(/[A-Za-z0-9._-]+)+", value):
        raise ValueError(
            f"{shown(value)} is no place where code is kept; expected a host and a name there, as gitlab.com/acme"
        )
    return value


def _evidence(value: str) -> str:
    # What a browser leaves out of an address before it looks at the scheme.
    plain = unicodedata.normalize("NFKC", value)
    address = "".join(letter for letter in plain if unicodedata.category(letter)[0] != "C")
    is_link = re.match(r"\s*[A-Za-z][A-Za-z0-9+.-]*:\S", address)
    names_something = len({letter.casefold() for letter in value if letter.isalnum()}) >= FEWEST_OF_A_REFERENCE
    is_placeholder = re.sub(r"[\W_]+", "", plain).casefold() in PLACEHOLDERS
    if (
        not names_something
        or is_placeholder
        or (is_link and not re.match(r"https://\w([\w.-]*\w)?(:\d+)?(/|$)", value))
    ):
        raise ValueError(f"{shown(value)} is not evidence; expected an https link, or a document's reference")
    return value


def _statement_control(value: str) -> str:
    if not re.fullmatch(rf"{STATED}[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError(f"{shown(value)} is not a control that takes statements; expected attest-<what>")
    return value


def _range_or_host(value: str) -> str:
    if "/" not in value:
        if not re.fullmatch(r"[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)+\.?|vpce?-[0-9a-f]{8,17}", value):
            raise ValueError(
                f"{shown(value)} is neither a range of addresses (198.51.100.0/24) nor a name in DNS, nor a VPC"
            )
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
Items = Annotated[tuple[Item, ...], BeforeValidator(as_tuple)]
Text = Annotated[str, Expected("text"), AfterValidator(_text)]
Reason = Annotated[
    Text, Expected("a reason in words, at least 10 characters"), Field(min_length=10), AfterValidator(_reason)
]
PersonId = Annotated[
    str, Expected("an id of small letters and digits, with `.` `_` `-` between"), AfterValidator(_person_id)
]
ExactName = Annotated[Text, Expected("a name without `*` and `?`"), AfterValidator(_exact_name)]
NamePattern = Annotated[
    Text,
    Expected("a name, or a pattern with at least 4 characters beside `*` and `?`"),
    AfterValidator(check_name_pattern),
]
AccountName = Annotated[
    str, Expected("a name of letters, digits and `.` `_` `-`, not `all`"), AfterValidator(_account_name)
]
AccountOrEvery = Annotated[
    str, Expected("the name of an account, or `*` for every one"), AfterValidator(_account_or_every)
]
RangeOrHost = Annotated[
    str,
    Expected(
        "a range of addresses (an IPv4 one `/8` or narrower, an IPv6 one `/19` or narrower), a name in DNS, "
        "or the id of a VPC or an endpoint"
    ),
    AfterValidator(_range_or_host),
]
Day = Annotated[datetime.date, Expected("a day, `YYYY-MM-DD`"), BeforeValidator(_day)]
Endpoint = Annotated[str, Expected("`http://host:port` or `https://host`"), AfterValidator(_endpoint)]
VariableName = Annotated[
    str, Expected("the name of an environment variable, in capitals"), AfterValidator(_environment_variable)
]
OrganizationName = Annotated[str, Expected("the name of an organization on GitHub"), AfterValidator(_organization)]
RepositoryName = Annotated[str, Expected("`owner/name`"), AfterValidator(_repository)]
CodePlace = Annotated[
    str, Expected("a host and the name of an organization there, as `gitlab.com/acme`"), AfterValidator(_code_place)
]
Evidence = Annotated[Text, Expected("an https link, or a document's reference"), AfterValidator(_evidence)]
StatementControl = Annotated[str, Expected("`attest-…`"), AfterValidator(_statement_control)]
DeclaredTags = Annotated[dict[str, str], Expected("keys and values, both text")]
CallsPerSecond = Annotated[float, Expected("a number above 0"), Field(gt=0, allow_inf_nan=False)]

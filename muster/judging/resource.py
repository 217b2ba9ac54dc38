"""Resources: the nouns that controls are given, and the reads they are made of.

A noun is a class; what its list call gave are its fields, every further call is a `read`: worked out when it is first
looked at, once, and remembered with the answers it came from.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import Field, dataclass, field
from datetime import datetime, timedelta
from functools import partial
from string import Formatter
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar, dataclass_transform

from muster.errors import ControlError
from muster.estate.accounts import AwsAccountEntry
from muster.helpers import Helpers
from muster.judging.ahead import ask_ahead
from muster.judging.keys import at, key, steps_of
from muster.judging.read import Read
from muster.judging.typed import FieldCheck, check_of, field_checks
from muster.reading.declared_secrets import declare_secrets
from muster.reading.reads import Reads

R = TypeVar("R", bound="Resource")
Scope = Literal["global", "regional", "both"]
DEFAULT_KIND = AwsAccountEntry.kind
"""The kind of account that a noun is of unless it says another."""

NOUNS: dict[str, type[Resource]] = {}
"""Every noun by the name of its argument: `access_key` is AccessKey. Filled as classes are defined."""


class Subject(Protocol):
    """What a noun may know of the account that it is in.

    `now` is the time of the run (of the recorded run, on replay), from which ages are measured.
    """

    @property
    def id(self) -> str:
        """AWS's twelve digits, the organization's name on a code host."""

    @property
    def arn(self) -> str:
        """By what the account as a whole goes in verdicts."""

    @property
    def home_region(self) -> str:
        """The region of its partition that answers for what has no region; `global` where there are none."""

    @property
    def now(self) -> datetime:
        """When the run started."""

    @property
    def reads(self) -> Reads:
        """Its questions and answers."""

    @property
    def helpers(self) -> Helpers:
        """The threads that ask for it."""

    def all(self, noun: type[R]) -> list[R]:
        """All resources of a type; raises `Unreadable` where one list of them could not be read."""

    def age_of(self, moment: datetime, known_from: Iterable[str] = ()) -> timedelta:
        """As `Resource.age_of`; `known_from` are hashes of answers that the moment may be told in."""


@dataclass(frozen=True, eq=False)
class Place:
    """Where calls are made: an account, and a region of it.

    `is_global` marks the place of services that have no regions; its calls go to the account's home region.
    """

    account: Subject
    region: str
    is_global: bool = False

    def read(self, name: str, /, *, wait_while: Sequence[str] = (), **request: Any) -> Any:
        """The content of `service:operation` (`ec2:describe_vpcs`), all pages of it, as plain JSON.

        Times are ISO 8601 strings. Raises `Unreadable` for whatever error the API answers.
        """
        return self.account.reads.content(name, self.region, request, wait_while=wait_while)

    def read_each(self, name: str, /, requests: Sequence[Mapping[str, Any]]) -> list[Any]:
        """As `read` for each of the requests, in their order; they are asked side by side."""
        ask_ahead(self.account.helpers, (partial(self.read, name, **request) for request in requests))
        return [self.read(name, **request) for request in requests]

    def read_if_present(self, name: str, absent: str | Sequence[str], /, **request: Any) -> Any:
        """As `read`, but None where the error is a declared way of saying that the thing is not there.

        `absent` is an error code, or `Code: part of the message` where the code alone is ambiguous.
        """
        codes = (absent,) if isinstance(absent, str) else absent
        return self.account.reads.content(name, self.region, request, absent=codes)

    def at(self, region: str) -> Place:
        """The same account, seen from another region."""
        return Place(self.account, region, self.is_global)


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False, field_specifiers=(key, field))
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Resource:
    """The base of all nouns. A subclass is a frozen, keyword-only dataclass without further ado.

    It says where its resources come from in one of three ways: `lists=("service:operation", "Path.To[].Entries")`, with
    a `key` a field; `one="region"` or `one="account"` for what there is once in each; or a `list_in` of its own.

    With `lists` go `request`, what the call is asked with, and `owner`, the key of an entry that names the account that
    it belongs to: what others share with the account is theirs, and not listed. Further class keywords: `arn`, the form
    of an ARN that the list leaves out, of the fields and {partition}, {region}, {account}; `service` (its AWS name, for
    scheduling); `scope` (`regional`: listed in each region; `global`: once; `both`); `kind` of account it lives in;
    `secrets`: for an operation, the paths of its answer whose values are never kept
    (`projects[].environment.environmentVariables[].value`).

    Every field is checked against its annotation when a resource is made: a value of another type is a malformed
    answer. Fields `name` and `tags` are shown with the resource's verdicts.
    """

    place: Place
    arn: str

    service: ClassVar[str]
    scope: ClassVar[Scope]
    kind: ClassVar[str]
    noun: ClassVar[str]
    plural: ClassVar[str]
    lists: ClassVar[tuple[str, str] | None]
    _request: ClassVar[Mapping[str, Any]]
    owner_key: ClassVar[str | None]
    arn_form: ClassVar[str | None]
    one: ClassVar[Literal["region", "account"] | None]
    _checks: ClassVar[tuple[FieldCheck, ...]]
    sources: tuple[str, ...] = field(default=(), init=False)

    def __init_subclass__(
        cls,
        *,
        service: str | None = None,
        scope: Scope = "regional",
        kind: str = DEFAULT_KIND,
        plural: str | None = None,
        lists: tuple[str, str] | None = None,
        request: Mapping[str, Any] | None = None,
        owner: str | None = None,
        one: Literal["region", "account"] | None = None,
        arn: str | None = None,
        secrets: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        where = f"{cls.__module__}.{cls.__qualname__}"
        if not cls.__doc__:
            raise ControlError(f"{where}: a noun needs a docstring that says what it is")
        if taken := _taken_names(cls):
            raise ControlError(f"{where}: {', '.join(taken)}: a name of the engine's own: call it otherwise")
        cls.service = service or (lists[0].partition(":")[0] if lists else "")
        cls.scope, cls.kind = "global" if one == "account" else scope, kind
        cls.lists, cls.one, cls.arn_form = lists, one, arn
        cls._request, cls.owner_key = request or {}, owner
        cls.noun = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        plurals = f"all_{cls.noun}" if cls.noun.endswith("s") else f"{cls.noun}s"
        cls.plural = plural or re.sub(r"(?<![aeiou])ys$", "ies", plurals)
        dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)
        cls._checks = field_checks(cls)
        _check_reads(cls, where)
        _check_how_listed(cls, where)
        declare_secrets(secrets or {})
        _register(cls, where)

    def __post_init__(self) -> None:
        for member in self._checks:
            value = getattr(self, member.name)
            checked = member.checked(value)
            if checked is not value:
                object.__setattr__(self, member.name, checked)

    @classmethod
    def list_in(cls, place: Place) -> Iterable[Self]:
        """All resources of this type in a place, from the cheapest calls there are."""
        if cls.lists is None:
            return [cls.of(place, {}, arn=place.account.arn)]
        operation, path = cls.lists
        entries = at(place.read(operation, **cls._request), steps_of(path if path.endswith("[]") else f"{path}[]"))
        return [cls.of(place, entry) for entry in entries if cls._is_owned(place, entry)]

    @classmethod
    def of(cls, place: Place, entry: Mapping[str, Any], *, home: str | None = None, **given: Any) -> Self:
        """A resource from its entry in an answer: every field that has a `key` is taken from there, others are given.

        `home` is the region that the resource is in, where the place that lists it is another. Raises `Mismatch`, which
        makes the list unreadable, for an entry that lacks a key or holds a value of another type.
        """
        taken = {each.name: each.value_in(entry) for each in cls._checks if each.key and each.name not in given}
        values = {**taken, **given}
        place = place if home is None else Place(place.account, check_of(str)(home))
        if cls.arn_form is not None:
            partition, account = place.account.arn.split(":")[1], place.account.id
            values["arn"] = cls.arn_form.format(partition=partition, region=place.region, account=account, **values)
        return cls(place=place, **values)

    @classmethod
    def _is_owned(cls, place: Place, entry: Mapping[str, Any]) -> bool:
        """Whether the account owns what is listed; an owner that is no text leaves that open, and raises `Mismatch`."""
        return cls.owner_key is None or check_of(str)(at(entry, steps_of(cls.owner_key))) == place.account.id

    @classmethod
    def asked_by(cls, control: str) -> type[Self]:
        """The noun that a control of this id is given: the same for all, unless each control has a thing of its own."""
        return cls

    @property
    def shown_name(self) -> str | None:
        """What people call it: its `name`, or else its tag Name, which consoles show as one."""
        name = getattr(self, "name", None) or (self.shown_tags or {}).get("Name")
        return name if isinstance(name, str) else None

    @property
    def shown_tags(self) -> Mapping[str, str] | None:
        """Its `tags`, for a noun whose list brings them."""
        tags = getattr(self, "tags", None)
        return tags if isinstance(tags, Mapping) else None

    @property
    def account(self) -> Subject:
        """The account that the resource is in."""
        return self.place.account

    def age_of(self, moment: datetime) -> timedelta:
        """How long ago that was when the run began; nothing for what happened while it ran.

        Whatever has happened is reckoned by this, since a moment that is still to come would pass for a young one.

        Raises:
            Unreadable: The moment is still to come.
        """
        return self.account.age_of(moment, self.sources)

    def time_left(self, moment: datetime) -> timedelta:
        """How long it takes from the start of the run until then; less than nothing once it is over."""
        return moment - self.account.now

    @property
    def region(self) -> str:
        """The region of the resource as verdicts show it; `global` for what has none."""
        return "global" if self.place.is_global else self.place.region

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.arn}>"


def argument_of(class_name: str) -> str:
    """The name under which controls are given a noun: `access_key` for AccessKey."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", class_name).lower()


def plural_of(argument: str) -> str:
    """The name under which controls are given all of them: `access_keys`, `policies`."""
    return re.sub(r"(?<![aeiou])ys$", "ies", f"{argument}s")


def _taken_names(noun: type[Resource]) -> list[str]:
    """The names of the engine that a noun's author took for a field or method: they would be both at once."""
    engines = {name for name in {*Resource.__annotations__, *vars(Resource)} if not name.startswith("__")}
    declared = {name for name in noun.__dict__ if not isinstance(noun.__dict__[name], Field)} - {
        "list_in",
        "region",
        "asked_by",
    }
    return sorted(engines & (declared | inspect.get_annotations(noun).keys()) - {"arn"})


def _check_reads(noun: type[Resource], where: str) -> None:
    for name, member in vars(noun).items():
        if isinstance(member, Read) and not member.says_its_type:
            raise ControlError(f"{where}.{name}: returns what? annotate it")
        if isinstance(member, Read) and name in ("name", "tags"):
            raise ControlError(f"{where}.{name}: no read, because every verdict shows it: take it from the list")


def _check_how_listed(noun: type[Resource], where: str) -> None:
    if noun.lists is None and noun.one is None:
        if noun.list_in.__func__ is Resource.list_in.__func__:  # type: ignore[attr-defined]
            raise ControlError(f"{where}: a noun needs lists=, one= or a list_in of its own")
        return
    named = {name for _, name, *_ in Formatter().parse(noun.arn_form or "") if name}
    if strange := sorted(named - {"partition", "region", "account", *(each.name for each in noun._checks)}):
        raise ControlError(f"{where}: its arn names {', '.join(strange)}, which is no field")
    given = {"place", "arn"} if noun.one or noun.arn_form else {"place"}
    if loose := [each.name for each in noun._checks if each.key is None and each.name not in given]:
        raise ControlError(f"{where}: no key says where the list has {', '.join(loose)}")


def _register(noun: type[Resource], where: str) -> None:
    known = NOUNS.setdefault(noun.noun, noun)
    other = f"{known.__module__}.{known.__qualname__}"
    if other != where:
        raise ControlError(f"{where}: the noun {noun.noun} is taken by {other}: call it otherwise")
    NOUNS[noun.noun] = noun

"""Resources: the nouns that controls are given, and the reads they are made of.

A noun is a class; what its list call gave are its fields, every further call is a `read`: worked out when it is first
looked at, once, and remembered with the answers it came from.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, Protocol, Self, TypeVar, cast, dataclass_transform, overload

from muster.errors import ControlError, Unreadable
from muster.reading.declared_secrets import declare_secrets
from muster.reading.reads import Reads
from muster.reading.trace import Frame, touch

R = TypeVar("R", bound="Resource")
Scope = Literal["global", "regional", "both"]

NOUNS: dict[str, type[Resource]] = {}
"""Every noun by the name of its argument: `access_key` is AccessKey. Filled as classes are defined."""

# What an author's code meets when an answer lacks what the API promises; anything else is a mistake to be seen.
MALFORMED = (LookupError, TypeError, ValueError, AttributeError, AssertionError)


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
    def now(self) -> datetime:
        """When the run started."""

    @property
    def reads(self) -> Reads:
        """Its questions and answers."""

    def all(self, noun: type[R]) -> list[R]:
        """All resources of a type; raises `Unreadable` where one list of them could not be read."""


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

    def read_if_present(self, name: str, absent: str | Sequence[str], /, **request: Any) -> Any:
        """As `read`, but None where the error is a declared way of saying that the thing is not there.

        `absent` is an error code, or `Code: part of the message` where the code alone is ambiguous.
        """
        codes = (absent,) if isinstance(absent, str) else absent
        return self.account.reads.content(name, self.region, request, absent=codes)

    def at(self, region: str) -> Place:
        """The same account, seen from another region."""
        return Place(self.account, region, self.is_global)


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=False)
@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Resource(ABC):
    """The base of all nouns. A subclass is a frozen, keyword-only dataclass without further ado.

    Class keywords: `service` (its AWS name, for scheduling), `scope` (`regional`: listed in each region; `global`:
    once; `both`), `kind` of account it lives in, and `secrets`: for an operation, the paths of its answer whose values
    are never kept (`projects[].environment.environmentVariables[].value`).
    """

    place: Place
    arn: str

    service: ClassVar[str]
    scope: ClassVar[Scope]
    kind: ClassVar[str]
    noun: ClassVar[str]
    plural: ClassVar[str]
    sources: tuple[str, ...] = field(default=(), init=False)

    def __init_subclass__(
        cls,
        *,
        service: str,
        scope: Scope = "regional",
        kind: str = "aws",
        plural: str | None = None,
        secrets: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        cls.service, cls.scope, cls.kind = service, scope, kind
        cls.noun = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", cls.__name__).lower()
        cls.plural = plural or re.sub(r"(?<![aeiou])ys$", "ies", cls.noun + "s")
        declare_secrets(secrets or {})
        if not cls.__doc__:
            raise ControlError(f"{cls.__module__}.{cls.__name__}: a noun needs a docstring that says what it is")
        dataclass(frozen=True, kw_only=True, eq=False, repr=False)(cls)
        NOUNS[cls.noun] = cls

    @classmethod
    @abstractmethod
    def list_in(cls, place: Place) -> Iterable[Self]:
        """All resources of this type in a place, from the cheapest calls there are."""

    @property
    def account(self) -> Subject:
        """The account that the resource is in."""
        return self.place.account

    @property
    def region(self) -> str:
        """The region of the resource as verdicts show it; `global` for what has none."""
        return "global" if self.place.is_global else self.place.region

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.arn}>"


T = TypeVar("T")


class Read(Generic[R, T]):
    """A lazily read property of a noun. Used as the decorator `@read`.

    The method may call `self.place.read(…)` and look at other reads. Whatever it raised is raised again at each look;
    an answer that lacks what it should hold is `Unreadable`, never a guess.
    """

    def __init__(self, function: Callable[[R], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type[R], name: str) -> None:
        self._name = name
        self._slot = f"read {name}"

    @overload
    def __get__(self, resource: None, owner: type[R]) -> Self: ...
    @overload
    def __get__(self, resource: R, owner: type[R]) -> T: ...
    def __get__(self, resource: R | None, owner: type[R]) -> Self | T:
        if resource is None:
            return self
        outcome = resource.__dict__.get(self._slot)
        if outcome is None:
            outcome = resource.__dict__[self._slot] = self._work_out(resource)
        value, hashes, unreadable = outcome
        touch(hashes, unreadable)
        if unreadable is not None:
            raise Unreadable(unreadable)
        return cast(T, value)

    def _work_out(self, resource: R) -> tuple[T | None, tuple[str, ...], str | None]:
        value, unreadable = None, None
        with Frame() as frame:
            try:
                value = self._function(resource)
            except Unreadable as error:
                unreadable = str(error)
            except MALFORMED as error:
                unreadable = f"{type(resource).__name__}.{self._name}: malformed answer: {error!r}"
        return value, tuple(frame.hashes), frame.unreadable or unreadable


read = Read

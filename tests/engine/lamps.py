"""A world small enough to see through: lamps in rooms, and a transport that says what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Self

from muster.judging.account import Account
from muster.judging.read import read
from muster.judging.resource import NOUNS, Place, Resource
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, ApiError, Archive, Call, Reads, Redact

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DENIED = Answer(error=ApiError("AccessDenied", "no light for you", 403))
ABSENT_SERVICE = Answer(error=ApiError("ServiceNotInRegion", "nobody answers"))


class Lamp(Resource, service="lamps"):
    """A lamp of a region."""

    name: str

    @classmethod
    def list_in(cls, place: Place) -> Iterable[Self]:
        for name in place.read("lamps:list_lamps")["Lamps"]:
            yield cls(place=place, arn=f"arn:aws:lamps:{place.region}:111122223333:lamp/{name}", name=name)

    @read
    def is_on(self) -> bool:
        """Whether it shines."""
        return self.place.read("lamps:get_lamp", Name=self.name)["On"]

    @read
    def is_bright(self) -> bool:
        """Whether it shines, told from another read."""
        return self.is_on

    @read
    def is_on_or_so(self) -> bool:
        """As a careless author would write it."""
        try:
            return bool(self.place.read("lamps:get_lamp", Name=self.name)["On"])
        except Exception:  # noqa: BLE001  # the carelessness under test
            return True

    @read
    def shade(self) -> str | None:
        """The colour of its shade; None where it has none."""
        answer = self.place.read_if_present("lamps:get_shade", "NoSuchShade", Name=self.name)
        return str(answer["Colour"]) if answer else None


class House(Resource, service="lamps", one="account"):
    """The house that the lamps are in."""


class Hub(Resource, service="github", kind="github", one="account"):
    """A noun of another kind of account."""


# The real catalogue, which lists all nouns there are, must not meet these.
for _noun in (Lamp, House, Hub):
    del NOUNS[_noun.noun]

Told = Answer | Callable[[Call], Answer]


@dataclass
class FakeTransport:
    """Answers `service:operation` as told, and remembers the calls; safe between threads."""

    told: Mapping[str, Told] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, call: Call) -> Answer:
        with self._lock:
            self.calls.append(call)
        told = self.told.get(call.name, Answer(error=ApiError("NotTold", f"the test says nothing of {call.name}")))
        return told if isinstance(told, Answer) else told(call)

    def names(self) -> list[str]:
        """What was asked, in order."""
        return [call.name for call in self.calls]


def as_sent(_: Call, content: Any) -> Any:
    """Redact nothing."""
    return content


def lamps(*names: str) -> Answer:
    """A list of lamps."""
    return Answer({"Lamps": list(names)})


def lit(call: Call) -> Answer:
    """Lamps shine whose name does not say that they are dark."""
    return Answer({"On": not call.request["Name"].startswith("dark")})


def account(
    told: Mapping[str, Told] | FakeTransport,
    *,
    regions: tuple[str, ...] = ("eu-west-1",),
    archive: Archive | None = None,
    redact: Redact = as_sent,
    **arguments: Any,
) -> Account:
    """The account 111122223333, whose API answers as told."""
    transport = told if isinstance(told, FakeTransport) else FakeTransport(told)
    reads = Reads("prod", transport, MemoryArchive() if archive is None else archive, redact)
    arn = "arn:aws:iam::111122223333:root"
    return Account("prod", "111122223333", "aws", arn, regions, "us-east-1", NOW, reads, **arguments)

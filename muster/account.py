"""An account under audit: its identity, the regions asked, and the resources found in them."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast

from muster.errors import Unreadable
from muster.reads import Reads
from muster.resource import MALFORMED, Place, Resource
from muster.trace import Frame, touch

THREADS = 32
R = TypeVar("R", bound=Resource)


@dataclass(frozen=True)
class Gap:
    """A place whose list of resources could not be read, and why."""

    place: Place
    reason: str
    hashes: tuple[str, ...]


@dataclass(frozen=True)
class Listing(Generic[R]):
    """All resources of a type, the places where the list could not be read, and the reads this was made of."""

    resources: list[R]
    gaps: list[Gap]
    hashes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Account:
    """One subject of the audit: an AWS account, an organization on a code host, or the estate's own declarations.

    `now` is the start of the run (of the recorded run, on replay): ages are measured from it. `unreachable` says why
    nobody could enter the account; then every control of it is an error.
    """

    name: str
    id: str
    kind: str
    arn: str
    regions: tuple[str, ...]
    home_region: str
    now: datetime
    reads: Reads
    caller: str = ""
    unreachable: str | None = None
    _lists: dict[tuple[type[Resource], str, bool], Future[Listing[Any]]] = field(default_factory=dict, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def places(self, noun: type[Resource]) -> list[Place]:
        """Where resources of this type are listed."""
        everywhere = [Place(self, region) for region in self.regions] if noun.scope != "global" else []
        return everywhere + ([Place(self, self.home_region, True)] if noun.scope != "regional" else [])

    def all(self, noun: type[R]) -> list[R]:
        """All resources of a type, for nouns and controls that look at other resources.

        Raises `Unreadable` if the list of any place could not be read: a part is not the whole.
        """
        listing = self.listing(noun)
        touch(listing.hashes)
        for gap in listing.gaps:
            touch((), gap.reason)
            raise Unreadable(gap.reason)
        return listing.resources

    def listing(self, noun: type[R]) -> Listing[R]:
        """All resources of a type and the gaps; all places are asked at once, and each is asked once."""
        places = self.places(noun)
        if len(places) > 1 and any((noun, place.region, place.is_global) not in self._lists for place in places):
            self.warm([noun])
        parts = [self._list(noun, place) for place in places]
        return Listing(
            [resource for part in parts for resource in part.resources],
            [gap for part in parts for gap in part.gaps],
            tuple(dict.fromkeys(sha256 for part in parts for sha256 in part.hashes)),
        )

    def warm(self, nouns: Iterable[type[Resource]]) -> None:
        """Read the lists of these types in all their places, concurrently; what goes wrong shows when it is used."""
        pairs = [(noun, place) for noun in dict.fromkeys(nouns) for place in self.places(noun)]
        with ThreadPoolExecutor(max(1, min(THREADS, len(pairs)))) as pool:
            for future in [pool.submit(self._list, noun, place) for noun, place in pairs]:
                future.result()

    def _list(self, noun: type[R], place: Place) -> Listing[R]:
        key = (noun, place.region, place.is_global)
        with self._lock:
            known = self._lists.get(key)
            if known is None:
                mine = self._lists[key] = Future[Listing[R]]()
        if known is not None:
            return cast(Listing[R], known.result())
        try:
            mine.set_result(_list_in(noun, place))
        except BaseException as error:  # whoever waits must wake up; the caller still gets the exception
            mine.set_exception(error)
            raise
        return mine.result()


def _list_in(noun: type[R], place: Place) -> Listing[R]:
    with Frame() as frame:
        reason, resources = None, []
        try:
            resources = list(noun.list_in(place))
        except Unreadable as error:
            reason = str(error)
        except MALFORMED as error:
            reason = f"the list of {noun.plural} in {place.region}: malformed answer: {error!r}"
    hashes = tuple(frame.hashes)
    reason = frame.unreadable or reason
    if reason is not None:
        return Listing([], [Gap(place, reason, hashes)], hashes)
    for resource in resources:
        # Set behind the frozen face: a noun's author need not pass on what only the engine knows.
        object.__setattr__(resource, "sources", hashes)
    return Listing(resources, [], hashes)


def nouns_of(kind: str, nouns: Sequence[type[Resource]]) -> list[type[Resource]]:
    """Those of the nouns that live in accounts of this kind."""
    return [noun for noun in nouns if noun.kind == kind]

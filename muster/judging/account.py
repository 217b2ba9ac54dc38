"""An account under audit: its identity, the regions asked, and the resources found in them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, partial
from typing import Any, Generic, TypeVar, cast

from muster.errors import ServiceAbsent, Unreadable, malformed, unreadable_if_broken
from muster.helpers import Helpers
from muster.judging.resource import Place, Resource
from muster.once import Once
from muster.reading.reads import THREADS, Reads
from muster.reading.trace import Frame, touch, touched
from muster.verdict import Status

R = TypeVar("R", bound=Resource)
_Key = tuple[type[Resource], str, bool]

CLOCK_SKEW = timedelta(minutes=15)
"""By how much two clocks may differ: with more between them APIs take no signed request of ours."""


@dataclass(frozen=True)
class Gap:
    """A place whose list of resources could not be read, and why; `exception` is kept for a debugger."""

    place: Place
    reason: str
    hashes: tuple[str, ...]
    exception: BaseException | None = None


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
    nobody could enter the account, `unreachable_status` what that makes of each of its controls, and
    `unreachable_reads` are the hashes of the answers that this is known from.
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
    unreachable_status: Status = "error"
    unreachable_reads: tuple[str, ...] = ()
    helpers: Helpers = field(default_factory=lambda: Helpers(THREADS), repr=False)
    _lists: Once[_Key, Listing[Any]] = field(default_factory=Once, repr=False)

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
            raise Unreadable(gap.reason) from gap.exception
        return listing.resources

    def listing(self, noun: type[R]) -> Listing[R]:
        """All resources of a type and the gaps; all places are asked at once, and each is asked once."""
        places = self.places(noun)
        if len(places) > 1:
            self.warm([noun])
        parts = [self._list(noun, place) for place in places]
        return Listing(
            [resource for part in parts for resource in part.resources],
            [gap for part in parts for gap in part.gaps],
            tuple(dict.fromkeys(sha256 for part in parts for sha256 in part.hashes)),
        )

    def age_of(self, moment: datetime, known_from: Iterable[str] = ()) -> timedelta:
        """How long ago that was when the run began; nothing for what happened while it ran.

        A run may take hours: what lies behind its start must have come before the answers that tell it, which are those
        of `known_from` (their hashes) and of the open frames. Raises `Unreadable` for a moment that is still to come.
        """
        if moment > self.now + CLOCK_SKEW:
            told = self.reads.answered((*touched(), *known_from))
            latest = max(self.now, told) if told else self.now
            if moment > latest + CLOCK_SKEW:
                reason = f"{moment:%Y-%m-%d %H:%M} is told of what has happened, on {latest:%Y-%m-%d %H:%M}"
                touch((), reason)
                raise Unreadable(reason)
        return max(self.now - moment, timedelta())

    def warm(self, nouns: Iterable[type[Resource]]) -> None:
        """Read the lists of these types in all their places, concurrently; what goes wrong shows when it is used."""
        pairs = [
            (noun, place)
            for noun in dict.fromkeys(nouns)
            for place in self.places(noun)
            if not self._lists.has(_key(noun, place))
        ]
        self.helpers.together([partial(self._list, noun, place) for noun, place in pairs])

    @cached_property
    def second_look(self) -> Account:
        """The same account, whose lists are asked for once more."""
        return replace(self, reads=self.reads.again(), _lists=Once())

    def is_gone(self, resource: Resource) -> tuple[bool, tuple[str, ...]]:
        """Whether a resource that was listed is listed no more, by a second look; and the hashes of what that rests on.

        Where the list cannot be read again it is not known to be gone.
        """
        noun, place = type(resource), resource.place
        places = [each for each in self.places(noun) if each.region == place.region] or self.places(noun)
        parts = [self.second_look._list(noun, Place(self.second_look, each.region, each.is_global)) for each in places]
        hashes = tuple(dict.fromkeys(sha256 for part in parts for sha256 in part.hashes))
        is_there = any(each.arn == resource.arn for part in parts for each in part.resources)
        return not is_there and not any(part.gaps for part in parts), hashes

    def let_go(self) -> None:
        """End the helpers, and forget what was listed.

        Resources know their account, and it knows them: a circle that the garbage collector would open, but late.
        """
        self.helpers.let_go()
        self._lists.forget(lambda _: True)
        vars(self).pop("second_look", None)

    def _list(self, noun: type[R], place: Place) -> Listing[R]:
        return cast(Listing[R], self._lists.get(_key(noun, place), lambda: _list_in(noun, place)))


def _key(noun: type[Resource], place: Place) -> _Key:
    return noun, place.region, place.is_global


def _list_in(noun: type[R], place: Place) -> Listing[R]:
    reason, mistake, resources = None, None, []
    with Frame() as frame:
        try:
            with unreadable_if_broken(lambda error: f"the list of {noun.plural} in {place.region}: {malformed(error)}"):
                resources = list(noun.list_in(place))
        except ServiceAbsent as absent:
            if absent.service == noun.service:
                # The region lacks the noun's own service, so it has none of its resources: that answer is evidence.
                return Listing([], [], tuple(frame.hashes))
            reason = str(absent)
        except Unreadable as error:
            reason, mistake = str(error), error.__cause__
    hashes = tuple(frame.hashes)
    reason = frame.unreadable or reason
    if reason is not None:
        return Listing([], [Gap(place, reason, hashes, mistake)], hashes)
    for resource in resources:
        # Set behind the frozen face: a noun's author need not pass on what only the engine knows.
        object.__setattr__(resource, "sources", hashes)
    return Listing(resources, [], hashes)

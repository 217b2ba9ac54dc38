"""Reads: one question to an API, its answer, and the rule that each question is asked once.

Nouns never see what an API sent but what was kept of it: the redacted, plain-JSON answer. So a judgement can be
repeated from the evidence alone, and must come out the same.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from queue import SimpleQueue
from typing import Any, Protocol

from muster.errors import ServiceAbsent, Unreadable, UsageError, unreadable_if_broken
from muster.once import Once
from muster.reading.trace import GoneReason, touch
from muster.reading.unchanged import EarlierAnswer, Unchanged, Validator

# The code of an answer that a transport gives where a region has no such service.
SERVICE_ABSENT = "ServiceNotInRegion"
# How many questions an account is asked at the same time, and how many of them go to one service: APIs have limits of
# their own.
THREADS = 64
OF_A_SERVICE = 32
# How APIs spell that a thing is not there: ResourceNotFoundException, InvalidInstanceID.NotFound, NoSuchBucket, 404,
# NOT_FOUND (of GraphQL).
_GONE = re.compile(r"NotFound|NoSuch|NonExistent|DoesNotExist|^404$|^NOT_FOUND$")


# Made once: `json.dumps` makes one for each value.
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode


def canonical_json(value: object) -> str:
    """The one spelling of a JSON value that is hashed and compared: sorted keys, no spaces, ASCII.

    ASCII, because an API may answer half a surrogate pair, which no encoding of Unicode can hold.
    """
    return _canonical(value)


def utc_now() -> str:
    """Now, as evidence spells it: `2026-11-23T21:49:00.123456Z`."""
    return datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


@dataclass(frozen=True)
class Call:
    """One logical question: all pages of one operation with one request, in one account and region.

    `look` is 2 where it is put once more, for what was listed first and was not there when it was asked about.
    """

    account: str
    region: str
    service: str
    operation: str
    request: Mapping[str, Any]
    look: int = 1

    @property
    def name(self) -> str:
        """`service:operation`, as nouns and the documentation spell it."""
        return f"{self.service}:{self.operation}"

    @cached_property
    def key(self) -> str:
        """What makes two questions the same question."""
        again = [self.look] if self.look > 1 else []
        return canonical_json([self.account, self.region, self.service, self.operation, self.request, *again])


@dataclass(frozen=True)
class ApiError:
    """An answer that is an error: the API's code and message, and the HTTP status if it came over HTTP."""

    code: str
    message: str
    status: int | None = None

    @property
    def says_gone(self) -> bool:
        """Whether it may say that what was asked about is not there; whether it is, a second look at the list tells."""
        return _GONE.search(self.code) is not None

    def is_one_of(self, patterns: Sequence[str]) -> bool:
        """Whether a declared `Code` or `Code: part of the message` speaks of this error."""
        for pattern in patterns:
            code, _, part = pattern.partition(": ")
            if self.code == code and part in self.message:
                return True
        return False


@dataclass(frozen=True)
class Answer:
    """What came back: content as plain JSON, or an error; the request ids; when (UTC).

    `validator` is by what a later run can ask whether it has changed; `unchanged` says where the content was taken from
    as it had not.
    """

    content: Any = None
    error: ApiError | None = None
    request_ids: tuple[str, ...] = ()
    at: str = field(default_factory=utc_now)
    validator: Validator | None = None
    unchanged: Unchanged | None = None


@dataclass(frozen=True)
class Recorded:
    """An answer as it stands in the evidence, under the hash of its file."""

    sha256: str
    answer: Answer


class Transport(Protocol):
    """The seam to the outside: live AWS, a code host, the estate's own files, or nothing (replay).

    It answers every question; what goes wrong outside is an `Answer` with an `error`, never an exception.
    """

    def send(self, call: Call) -> Answer:
        """Ask, and wait for the whole answer."""
        ...


class Archive(Protocol):
    """Where answers are kept, and where a question that was asked before finds its answer."""

    def forget(self, account: str) -> None:
        """Let go, in memory, of the answers of an account that nobody will ask for any more."""
        ...

    def close(self) -> None:
        """Keep no answer any more: what is still under way comes too late."""
        ...

    def fetch(self, call: Call, ask: Callable[[], Answer]) -> Recorded:
        """The recorded answer to this call; `ask` is called if there is none, and by one caller only."""
        ...


EarlierAnswers = Callable[[Call], EarlierAnswer | None]
"""What was answered to a question in an earlier run, where it can be asked whether that has changed."""
Redact = Callable[[Call, Any], Any]
Restore = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def _as_it_came(_: Call, answer: Answer) -> Answer:
    return answer


class Reads:
    """All reads of one account: sends through its transport, redacts, keeps, and asks nothing twice."""

    def __init__(
        self,
        account: str,
        transport: Transport,
        archive: Archive,
        redact: Redact,
        *,
        restore: Restore = dict,
        patience: float = 120.0,
        pause: float = 1.0,
    ) -> None:
        self._account = account
        self._transport = transport
        self._archive = archive
        self._redact = redact
        self._restore = restore
        self._patience = patience
        self._pause = pause
        self._look = 1
        # Shared with the reads that ask again.
        self._answered: dict[str, str] = {}
        self.completed: Callable[[Call, Answer], Answer] = _as_it_came
        """How a noun sees an answer; what is kept is what came."""
        # However many controls wait: an account is asked no more than so many questions at a time.
        self._turns = _turns(THREADS)
        self._turns_of = Once[str, SimpleQueue[None]]()

    def ask(self, name: str, region: str, request: Mapping[str, Any], *, wait_while: Sequence[str] = ()) -> Recorded:
        """The recorded answer of `service:operation`, error answers included; touches it in the open frame.

        `wait_while` names error codes that mean "not ready yet": the question is put again until it is, or until
        the patience (seconds) is at its end. Raises `Unreadable` where no answer could be kept at all.
        """
        call = self._call(name, region, request)
        try:
            # What broke is named and not quoted: nothing has been redacted yet.
            with unreadable_if_broken(lambda error: f"{name} in {region}: {type(error).__name__}", UsageError):
                recorded = self._archive.fetch(call, lambda: self._send(call, wait_while))
        except Unreadable as error:
            touch((), str(error))
            raise
        self._answered[recorded.sha256] = recorded.answer.at
        touch((recorded.sha256,))
        return recorded

    def answered(self, hashes: Iterable[str]) -> datetime | None:
        """When the latest of these answers came; None where none of them is one of this account."""
        times = [self._answered[sha256] for sha256 in hashes if sha256 in self._answered]
        return datetime.fromisoformat(max(times)) if times else None

    def content(
        self,
        name: str,
        region: str,
        request: Mapping[str, Any],
        *,
        absent: Sequence[str] = (),
        wait_while: Sequence[str] = (),
    ) -> Any:
        """The answer's content; None where the error is one that was declared to mean *absent*.

        Raises `Unreadable` for every other error, and marks the open frame.
        """
        recorded = self.ask(name, region, request, wait_while=wait_while)
        answer = self.completed(self._call(name, region, request), recorded.answer)
        error = answer.error
        if error is None:
            return answer.content
        if error.is_one_of(absent):
            return None
        reason = f"{name} in {region}: {error.code}: {error.message}"
        touch((), GoneReason(reason) if error.says_gone else reason)
        if error.code == SERVICE_ABSENT:
            raise ServiceAbsent(name.partition(":")[0], reason)
        raise Unreadable(reason)

    def _call(self, name: str, region: str, request: Mapping[str, Any]) -> Call:
        service, _, operation = name.partition(":")
        return Call(self._account, region, service, operation, request, self._look)

    def again(self) -> Reads:
        """The same reads, whose questions are put once more, once."""
        again = copy(self)
        again._look = 2
        return again

    def _send(self, call: Call, wait_while: Sequence[str]) -> Answer:
        deadline = time.monotonic() + self._patience
        # What is sent may name a thing as it is called; what is kept names it by its mark.
        sent = replace(call, request=self._restore(call.request))
        answer = self._ask(sent)
        while answer.error is not None and answer.error.is_one_of(wait_while) and time.monotonic() < deadline:
            time.sleep(self._pause)
            answer = self._ask(sent)
        return self._without_secrets(call, answer)

    def _without_secrets(self, call: Call, answer: Answer) -> Answer:
        """All that an answer says, redacted: an error's code and a request id are texts of the other side, too."""
        error = answer.error
        if error is not None:
            code, message = (str(self._redact(call, text)) for text in (error.code, error.message))
            error = replace(error, code=code, message=message)
        request_ids = tuple(str(self._redact(call, request_id)) for request_id in answer.request_ids)
        etag = answer.validator.etag if answer.validator is not None else ""
        return replace(
            answer,
            content=self._redact(call, answer.content),
            error=error,
            request_ids=request_ids,
            # One that looks like a secret is kept in no form.
            validator=answer.validator if self._redact(call, etag) == etag else None,
        )

    def _ask(self, call: Call) -> Answer:
        of_service = self._turns_of.get(call.service, lambda: _turns(OF_A_SERVICE))
        # First that of the service: who waits for it keeps no question to another one waiting.
        of_service.get()
        self._turns.get()
        try:
            return self._transport.send(call)
        finally:
            self._turns.put(None)
            of_service.put(None)


def _turns(number: int) -> SimpleQueue[None]:
    """So many turns to take and to give back.

    A queue, because a semaphore is Python's own code, and has the threads that wait change places more often.
    """
    turns = SimpleQueue[None]()
    for _ in range(number):
        turns.put(None)
    return turns

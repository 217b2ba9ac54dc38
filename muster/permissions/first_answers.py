"""A transport that asks each question of its kind once: enough to see whether the answer is let out."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from muster.reading.denials import is_denial
from muster.reading.reads import SERVICE_ABSENT, Answer, ApiError, Call, Transport

TRIES = 40
"""How often a kind of question is asked that is answered by nothing: a list that is empty, once in each region."""
REPEATS = 64
"""How often the one answer stands for others: nouns that go down a tree would go on with it for ever."""
NOT_TRIED = Answer(error=ApiError("NotTried", "one answer of this kind is enough for a preflight"))


@dataclass
class _Kind:
    lock: threading.Lock = field(default_factory=threading.Lock)
    tries: int = 0
    repeats: int = 0
    settled: Answer | None = None
    region: str = ""


class FirstAnswers:
    """Sends the first question of each operation through a transport; its answer stands for all others."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._kinds: defaultdict[str, _Kind] = defaultdict(_Kind)

    def send(self, call: Call) -> Answer:
        """The answer to this question, or to the first of its kind."""
        kind = self._kinds[call.name]
        with kind.lock:
            if kind.settled is not None:
                kind.repeats += 1
                return _for(call, kind) if kind.repeats <= REPEATS else NOT_TRIED
            if kind.tries >= TRIES:
                return NOT_TRIED
            kind.tries += 1
            answer = self._transport.send(call)
            if _is_enough(call, answer):
                kind.settled, kind.region = answer, call.region
            return answer

    def refused(self) -> Iterator[tuple[str, ApiError]]:
        """The operations that gave no answer, with the error of each."""
        for name, kind in sorted(self._kinds.items()):
            if kind.settled is not None and kind.settled.error is not None:
                yield name, kind.settled.error

    def asked(self) -> set[str]:
        """The operations that were asked."""
        return {name for name, kind in self._kinds.items() if kind.tries}


def _for(call: Call, kind: _Kind) -> Answer:
    """What stands for the answer to another question: a list of another region holds nothing that is there."""
    assert kind.settled is not None
    if call.request or call.region == kind.region or not isinstance(kind.settled.content, dict):
        return kind.settled
    emptied = {name: [] if isinstance(value, list) else value for name, value in kind.settled.content.items()}
    return replace(kind.settled, content=emptied)


def _is_enough(call: Call, answer: Answer) -> bool:
    """Whether no other question of the kind would tell more: an empty list may have something in another region."""
    if answer.error is not None:
        return is_denial(answer.error) or _is_no_answer(answer.error)
    return bool(call.request) or _holds_something(answer.content)


def _is_no_answer(error: ApiError) -> bool:
    return error.code != SERVICE_ABSENT and (error.status is None or error.status >= 500)


def _holds_something(content: object) -> bool:
    values = content.values() if isinstance(content, dict) else ()
    return any(isinstance(value, list) and value for value in values)

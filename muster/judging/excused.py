"""Which facts of the estate a control has found to cover what it judges."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from muster.estate.excuse import ExcusingFact

F = TypeVar("F", bound=ExcusingFact)


def declared(facts: Iterable[F], what: str | None) -> list[F]:
    """The facts that cover what has this name (an account's id, for uses of root); None is nothing's name.

    What is found here stands in the verdict that it excuses, with its owner, its reason and its last day.
    """
    found = [fact for fact in facts if what is not None and fact.covers(what)]
    _noted.facts.extend(found)
    return found


@contextmanager
def noted_facts() -> Iterator[list[ExcusingFact]]:
    """The facts that are found while this is open, in this thread."""
    outer, _noted.facts = _noted.facts, []
    try:
        yield _noted.facts
    finally:
        _noted.facts = outer


class _Noted(threading.local):
    def __init__(self) -> None:
        self.facts: list[ExcusingFact] = []


_noted = _Noted()

"""Asking ahead: questions are put side by side, where a control or a noun would else wait for one after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial

from muster.errors import Unreadable
from muster.helpers import Helpers
from muster.reading.trace import Frame


def ask_ahead(helpers: Helpers, tasks: Iterable[Callable[[], object]]) -> None:
    """Do all of it at once, and keep nothing but the answers; what cannot be read is said when it is read again."""
    begun = [partial(_tried, task) for task in tasks]
    if len(begun) > 1:
        helpers.together(begun)


def _tried(task: Callable[[], object]) -> None:
    with Frame():  # a verdict rests on what is looked at in judging it, and not on what was only asked
        try:
            task()
        except Unreadable:
            return

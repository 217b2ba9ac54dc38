"""Reads: what a noun asks beyond what its list gave, worked out when it is first looked at, once."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING, Generic, Self, TypeVar, cast, overload

from muster.errors import Unreadable, malformed, unreadable_if_broken
from muster.judging.typed import Check, check_of, hints_of
from muster.reading.trace import Frame, touch

if TYPE_CHECKING:
    from muster.judging.resource import Resource

R = TypeVar("R", bound="Resource")
T = TypeVar("T")


class Read(Generic[R, T]):
    """A lazily read property of a noun. Used as the decorator `@read`.

    The method may call `self.place.read(…)` and look at other reads. Whatever it raised is raised again at each look;
    an answer that lacks what it should hold, or a value that is not of the type that the method says it returns, is
    `Unreadable`, never a guess.
    """

    def __init__(self, function: Callable[[R], T]) -> None:
        self._function = function
        self.__doc__ = function.__doc__

    def __set_name__(self, owner: type[R], name: str) -> None:
        self._name = name
        self._slot = f"read {name}"
        self._owner = owner

    @property
    def says_its_type(self) -> bool:
        """Whether the method is annotated with what it returns."""
        return "return" in inspect.get_annotations(self._function)

    @cached_property
    def check(self) -> Check:
        """The check of what it returns; worked out late, because nouns name each other."""
        return check_of(hints_of(self._function, self._owner)["return"])

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
        value, hashes, unreadable, mistake = outcome
        touch(hashes, unreadable)
        if unreadable is not None:
            raise Unreadable(unreadable) from mistake
        return cast(T, value)

    def _work_out(self, resource: R) -> tuple[T | None, tuple[str, ...], str | None, BaseException | None]:
        value, unreadable, mistake = None, None, None
        with Frame() as frame:
            try:
                with unreadable_if_broken(lambda error: f"{type(resource).__name__}.{self._name}: {malformed(error)}"):
                    value = self.check(self._function(resource))
            except Unreadable as error:
                unreadable, mistake = str(error), error.__cause__
        return value, tuple(frame.hashes), frame.unreadable or unreadable, mistake


read = Read

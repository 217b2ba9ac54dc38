"""Attributes of an item that are made when somebody looks at them, and let go while nobody has added to them.

Pytest gives every item containers of its own and holds all items until it ends: 1.5 KB each, of which an audit of 40
accounts has 13,000.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Protocol, TypeVar, overload

T = TypeVar("T")


class Holder(Protocol):
    """What has such attributes: the values of those that were looked at, by name."""

    made: dict[str, Any] | None


class Made(Generic[T]):
    """An attribute that is made of its holder when somebody looks at it."""

    def __init__(self, make: Callable[[Any], T]) -> None:
        self.make = make
        self._name = ""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, holder: None, owner: type) -> Made[T]: ...
    @overload
    def __get__(self, holder: Holder, owner: type) -> T: ...
    def __get__(self, holder: Holder | None, owner: type) -> T | Made[T]:
        if holder is None:
            return self
        if holder.made is None:
            holder.made = {}
        if self._name not in holder.made:
            holder.made[self._name] = self.make(holder)
        value: T = holder.made[self._name]
        return value

    def __set__(self, holder: Holder, value: T) -> None:
        if holder.made is None:
            holder.made = {}
        holder.made[self._name] = value


def let_go_as_made(holder: Holder) -> None:
    """Let go of the values that are as they were made."""
    made = holder.made or {}
    fresh = {name: getattr(type(holder), name).make(holder) for name in made}
    holder.made = {name: value for name, value in made.items() if _is_changed(value, fresh[name])} or None


def _is_changed(value: Any, fresh: Any) -> bool:
    # Nothing can be taken out of pytest's keywords, and a stash cannot be compared.
    return bool(value != fresh) if isinstance(value, str | list | set) else len(value) != len(fresh)

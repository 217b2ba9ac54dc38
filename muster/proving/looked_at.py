"""Answers that note which of their keys were looked at: a change that nobody looks at leads to nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from muster.proving.changes import WHOLE

MEMBER = "[]"


class LookedAt(dict[str, Any]):
    """A structure of an answer that notes each key that is looked up in it, by its shape (`Vpcs[].VpcId`).

    Whoever goes through it, counts it, compares it or copies it has looked at all of its keys.
    """

    def __init__(self, content: dict[str, Any], shape: str, noted: set[str]) -> None:
        self._prefix = f"{shape}." if shape else ""
        self._noted = noted
        super().__init__({key: noting(value, f"{self._prefix}{key}", noted) for key, value in content.items()})

    def _all(self) -> None:
        self._noted.update(f"{self._prefix}{key}" for key in dict.keys(self))

    def __getitem__(self, key: str) -> Any:
        self._noted.add(f"{self._prefix}{key}")
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a key, which has been looked at."""
        self._noted.add(f"{self._prefix}{key}")
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._noted.add(f"{self._prefix}{key}")
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        self._all()
        return super().__iter__()

    def __len__(self) -> int:
        self._all()
        return super().__len__()

    def __eq__(self, other: object) -> bool:
        self._all()
        return super().__eq__(other)

    def __ne__(self, other: object) -> bool:
        self._all()
        return super().__ne__(other)

    __hash__ = None

    def keys(self) -> Any:
        """The keys, all of which have been looked at."""
        self._all()
        return super().keys()

    def values(self) -> Any:
        """The values, all of which have been looked at."""
        self._all()
        return super().values()

    def items(self) -> Any:
        """The keys and values, all of which have been looked at."""
        self._all()
        return super().items()

    def copy(self) -> dict[str, Any]:
        """A copy, for which all was looked at."""
        return dict(self.items())

    def __or__(self, other: Any) -> Any:
        return self.copy() | other

    def __ror__(self, other: Any) -> Any:
        return other | self.copy()

    def __reversed__(self) -> Iterator[str]:
        self._all()
        return super().__reversed__()

    def __repr__(self) -> str:
        return repr(self.copy())

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (dict, (self.copy(),))


def noting(content: Any, shape: str, noted: set[str]) -> Any:
    """The same content, whose structures note in `noted` what is looked at."""
    if isinstance(content, dict):
        return LookedAt(content, shape, noted)
    if isinstance(content, list):
        return [noting(item, f"{shape}{MEMBER}", noted) for item in content]
    return content


def was_looked_at(where: str, noted: set[str]) -> bool:
    """Whether somebody would notice a change there: a member of a list is seen where the list is looked at."""
    if where == WHOLE:
        return True
    while where.endswith(MEMBER):
        where = where.removesuffix(MEMBER)
    return not where or where in noted

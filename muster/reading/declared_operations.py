"""The questions that may be asked: controls and nouns name them in their source, the guards let no other through."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from muster.errors import NotARead

_lock = threading.Lock()
_named: dict[str, Callable[[], Iterable[str]]] = {}
_known: set[str] = set()


def declare_operations(of: str, named: Callable[[], Iterable[str]]) -> None:
    """Let through what `named` will tell, `service:operation` each.

    It is asked when a question is put that none of those before it has named, the latest first: to read the sources of
    controls takes tenths of a second, and those of a kind of account that is not asked are not looked at. Where `of` is
    a service its own questions are looked for there.
    """
    with _lock:
        _named[of] = named


def refuse_undeclared(operation: str) -> None:
    """Raise `NotARead` for a `service:operation` that nobody declared."""
    with _lock:
        while operation not in _known and _named:
            service = operation.partition(":")[0]
            _known.update(_named.pop(service if service in _named else next(reversed(_named)))())
        known = operation in _known
    if not known:
        raise NotARead(f"{operation} is named by no control and no noun: Muster refuses to send it")

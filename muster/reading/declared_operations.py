"""The questions that may be asked: controls and nouns name them in their source, the guards let no other through."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from muster.errors import NotARead

_lock = threading.Lock()
_named: dict[str, Callable[[], Iterable[str]]] = {}
_known: set[str] = set()


def declare_operations(of: str, named: Callable[[], Iterable[str]]) -> None:
    """Let through what `named` will tell, `service:operation` each; it is asked when the first question is put."""
    with _lock:
        _named[of] = named


def refuse_undeclared(operation: str) -> None:
    """Raise `NotARead` for a `service:operation` that nobody declared."""
    with _lock:
        while _named:
            _, named = _named.popitem()
            _known.update(named())
        known = operation in _known
    if not known:
        raise NotARead(f"{operation} is named by no control and no noun: Muster refuses to send it")

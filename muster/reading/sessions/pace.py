"""A pace for calls: a token bucket a service and region, so that an audit does not eat other users' share."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable


class Pace:
    """Lets `per_second` calls through a key, and a second's worth at once at the start; None lets all through.

    Keys may have rates of their own.
    """

    def __init__(
        self,
        per_second: float | Callable[[Hashable], float | None] | None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._per_second = per_second
        self._clock = clock
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at: dict[Hashable, float] = {}

    def wait(self, key: Hashable, announce: Callable[[float], None] = lambda _: None) -> None:
        """Wait until one more call under this key is within the pace; `announce` is told the seconds before."""
        rate = self._per_second(key) if callable(self._per_second) else self._per_second
        if rate is None:
            return
        with self._lock:
            now = self._clock()
            turn = max(self._free_at.get(key, 0.0), now - 1.0)
            self._free_at[key] = turn + 1.0 / rate
        if turn > now:
            announce(turn - now)
            self._sleep(turn - now)

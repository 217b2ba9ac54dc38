"""Counts of what went over the wire: calls, attempts, retries and throttles, a service."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping

KINDS = ("calls", "requests", "retries", "throttles")


class Counts:
    """Counts by service; safe between threads.

    `calls` are logical questions, `requests` what was sent for them (a page each), `retries` requests sent again,
    `throttles` answers that asked for slower.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()

    def add(self, service: str, kind: str, number: int = 1) -> None:
        """Add to one of `KINDS`."""
        with self._lock:
            self._counts[service, kind] += number

    def merge(self, data: Mapping[str, Mapping[str, int]]) -> None:
        """Add the counts of another process, as its `as_data` gave them."""
        for service, kinds in data.items():
            for kind, number in kinds.items():
                self.add(service, kind, number)

    def as_data(self) -> dict[str, dict[str, int]]:
        """`{"s3": {"calls": 12, "requests": 12, "retries": 0, "throttles": 0}}`."""
        with self._lock:
            services = sorted({service for service, _ in self._counts})
            return {service: {kind: self._counts[service, kind] for kind in KINDS} for service in services}

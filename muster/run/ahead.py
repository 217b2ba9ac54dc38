"""Judging ahead: controls are judged before their turn comes, many at once, so that what they wait for overlaps.

Whoever conducts the run asks for the findings in its own order, and finds most of them there.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from muster.judging.control import Control
from muster.judging.judgement import Finding

AT_ONCE = 64
"""Controls that are judged at the same time: they mostly wait, for answers that other controls wait for, too."""
FURTHEST = 192
"""Controls that may be judged and not yet asked for: what they found, and their accounts, are held in memory."""

FindingsOf = Callable[[Control, str, threading.Event], list[Finding]]


class Ahead:
    """Judges pairs of control and account in their order, ahead of those who ask for them."""

    def __init__(self, judge: FindingsOf) -> None:
        self._judge = judge
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="muster-ahead")
        self._waiting: deque[tuple[Control, str]] = deque()
        self._started: dict[tuple[str, str], Future[list[Finding]]] = {}

    def add(self, pairs: Iterable[tuple[Control, str]]) -> None:
        """Judge these, too, after those that were added before."""
        self._waiting.extend(pairs)
        self._start()

    def findings(self, control: Control, account: str) -> list[Finding]:
        """What the control finds in the account: waits for it, or judges it now if nobody had added it."""
        future = self._started.pop((control.id, account), None)
        while future is None and (control, account) in self._waiting:
            # It is further ahead than is judged without being asked for: the order is not the one that was added.
            self._waiting.remove((control, account))
            future = self._pool.submit(self._judge, control, account, self._stop)
        self._start()
        return future.result() if future is not None else self._judge(control, account, self._stop)

    def stop(self) -> None:
        """Begin nothing more; what is under way ends at its next resource, and nobody will ask for it."""
        self._stop.set()
        self._waiting.clear()
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _start(self) -> None:
        while self._waiting and len(self._started) < FURTHEST:
            control, account = self._waiting.popleft()
            self._started[control.id, account] = self._pool.submit(self._judge, control, account, self._stop)

"""Judging ahead: controls are judged before their turn comes, many at once, so that what they wait for overlaps.

Whoever conducts the run asks for the findings in its own order, and finds most of them there.
"""

from __future__ import annotations

import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.run.core import OneCore

AT_ONCE = 64
"""Controls of an account that are judged at the same time: they mostly wait, for answers that others wait for, too."""
FURTHEST = 192
"""Controls that may be judged and not yet asked for: what they found, and their accounts, are held in memory."""
ACCOUNTS = 2
"""In so many accounts `FURTHEST` is an account's own: one that is slow does not hold up those after it."""

FindingsOf = Callable[[Control, str, threading.Event], list[Finding]]


class Ahead:
    """Judges pairs of control and account in their order, ahead of those who ask for them."""

    def __init__(self, judge: FindingsOf, core: OneCore | None = None) -> None:
        self._judge = judge
        self._stop = threading.Event()
        self._waiting: deque[tuple[Control, str]] = deque()
        self._started: dict[tuple[str, str], Future[list[Finding]]] = {}
        # By account: the controls of a slow one wait for each other, and for no other account's.
        self._left: Counter[str] = Counter()
        self._pools: dict[str, ThreadPoolExecutor] = {}
        self._core = core or OneCore()

    def add(self, pairs: Iterable[tuple[Control, str]]) -> None:
        """Judge these, too, after those that were added before."""
        self._waiting.extend(pairs)
        self._start()

    def findings(self, control: Control, account: str) -> list[Finding]:
        """What the control finds in the account: waits for it, or judges it now if nobody had added it."""
        if (control.id, account) not in self._started and (control, account) in self._waiting:
            # It is further ahead than is judged without being asked for: the order is not the one that was added.
            self._waiting.remove((control, account))
            self._submit(control, account)
        future = self._started.pop((control.id, account), None)
        if future is None:
            return self._judge(control, account, self._stop)
        self._start()
        try:
            return future.result()
        finally:
            self._collected(account)

    def stop(self) -> None:
        """Begin nothing more; what is under way ends at its next resource, and nobody will ask for it."""
        self._stop.set()
        self._waiting.clear()
        for pool in self._pools.values():
            pool.shutdown(wait=False, cancel_futures=True)
        self._core.leave()

    def _start(self) -> None:
        while self._waiting and self._has_room(self._waiting[0][1]):
            self._submit(*self._waiting.popleft())

    def _has_room(self, account: str) -> bool:
        if len(self._started) < FURTHEST:
            return True
        return len({*self._pools, account}) <= ACCOUNTS and self._left[account] < FURTHEST

    def _submit(self, control: Control, account: str) -> None:
        pool = self._pools.get(account)
        if pool is None:
            self._core.take()
            pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="muster-ahead", initializer=self._core.join)
            self._pools[account] = pool
        self._started[control.id, account] = pool.submit(self._judge, control, account, self._stop)
        self._left[account] += 1

    def _collected(self, account: str) -> None:
        self._left[account] -= 1
        if not self._left[account]:
            self._pools.pop(account).shutdown(wait=False)
            if not self._pools:
                # Chosen anew for the next one: where the system puts us meanwhile shows which cores are busy.
                self._core.leave()
            self._start()

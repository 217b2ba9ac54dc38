"""Counts of what went over the wire: calls, attempts, retries and throttles, a service; and where it went."""

from __future__ import annotations

import threading
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any, Protocol

KINDS = ("calls", "requests", "retries", "throttles")
RARE_KINDS = ("unchanged", "secondary", "waits")
"""What is counted where there is any."""


class Question(Protocol):
    """A question that is being asked."""

    def give_up(self) -> None:
        """Nobody waits for its answer any more."""


class Counts:
    """Counts by service, and hosts by account; safe between threads.

    `calls` are logical questions, `requests` what was sent for them (a page each), `retries` requests sent again,
    `throttles` answers that asked for slower, `secondary` those of GitHub's secondary limits among them, `waits` how
    often all of a rate limit was spent, `unchanged` answers that were not sent as they had not changed. Hosts are
    spelled `https://host`.
    """

    def __init__(self, *, process: object = None) -> None:
        """With a `process` it counts one of many runs of a process, which ask through the same clients."""
        self._process = process
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._hosts: defaultdict[str, set[str]] = defaultdict(set)
        self.is_asked = threading.Event()
        """Set when the first request is sent."""
        self.is_over = threading.Event()
        """Set when nobody waits for an answer any more."""
        self._questions: set[Question] = set()

    def begin(self, question: Question) -> None:
        """A question is about to be asked; one that comes when all is over is given up at once."""
        with self._lock:
            self._questions.add(question)
        if self.is_over.is_set():
            question.give_up()

    def end(self, question: Question) -> None:
        """A question was answered, or given up."""
        with self._lock:
            self._questions.discard(question)

    def give_up(self) -> None:
        """Nobody waits for an answer any more: what is being asked, and whatever is asked later, is given up.

        A thread that hears nothing from the other side would keep the process for minutes after the run has ended, one
        that waits for a rate limit for an hour.
        """
        self.is_over.set()
        with self._lock:
            questions = list(self._questions)
        for question in questions:
            question.give_up()

    @property
    def sharing(self) -> object:
        """What stands for all that ask through the same clients."""
        return self if self._process is None else self._process

    def add(self, service: str, kind: str, number: int = 1) -> None:
        """Add to one of `KINDS` or `RARE_KINDS`."""
        with self._lock:
            self._counts[service, kind] += number

    def note_host(self, account: str, host: str) -> None:
        """Note where a request of an account was sent."""
        with self._lock:
            self._hosts[account].add(host)
        self.is_asked.set()

    def hosts(self, account: str) -> list[str]:
        """Where the requests of an account were sent, sorted."""
        with self._lock:
            return sorted(self._hosts.get(account, ()))

    def merge(self, told: Mapping[str, Any]) -> None:
        """Add what another process counted, as its `to_tell` gave it."""
        for service, kinds in told["calls"].items():
            for kind, number in kinds.items():
                self.add(service, kind, number)
        for account, hosts in told["hosts"].items():
            for host in hosts:
                self.note_host(account, host)

    def to_tell(self) -> dict[str, Any]:
        """All of it as plain JSON, for another process."""
        with self._lock:
            hosts = {account: sorted(known) for account, known in self._hosts.items()}
        return {"calls": self.as_data(), "hosts": hosts}

    def as_data(self) -> dict[str, dict[str, int]]:
        """`{"s3": {"calls": 12, "requests": 12, "retries": 0, "throttles": 0}}`."""
        with self._lock:
            services = sorted({service for service, _ in self._counts})
            return {
                service: {
                    kind: self._counts[service, kind]
                    for kind in (*KINDS, *RARE_KINDS)
                    if kind in KINDS or self._counts[service, kind]
                }
                for service in services
            }

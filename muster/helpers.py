"""Helpers: threads that take a part of the work of whoever has several things to do, while they have nothing to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


class Helpers:
    """So many threads, which are begun when there is work for them; of 0, whoever has work does all of it alone."""

    def __init__(self, threads: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="muster-helper") if threads else None

    def together(self, tasks: Sequence[Callable[[], T]]) -> list[T]:
        """The results of all tasks, in their order; an exception of one is raised.

        The calling thread does itself what no helper has begun. So nobody waits for a thread that is not free, also
        where tasks have tasks of their own.
        """
        if len(tasks) == 1:
            return [tasks[0]()]
        begun = [self._begin(task) for task in tasks]
        return [
            task() if future is None or future.cancel() else future.result()
            for task, future in zip(tasks, begun, strict=True)
        ]

    def let_go(self) -> None:
        """End the threads once they have done what they began; who works on does so alone."""
        if self._pool is not None:
            self._pool.shutdown(wait=False, cancel_futures=True)

    def _begin(self, task: Callable[[], T]) -> Future[T] | None:
        if self._pool is None:
            return None
        try:
            return self._pool.submit(task)
        except RuntimeError:  # the threads were let go, or the process ends
            return None

"""How far a run is, while it runs: a line that stays on a terminal, a plain line every half minute in a log."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TextIO

import pytest

from muster.plugin.items import PROPERTY
from muster.printable import one_line
from muster.run.pairs import Pairs
from muster.run.run import Run

if TYPE_CHECKING:
    from muster.plugin.conductor import Conductor

SECONDS_BETWEEN_LINES = 30
TIMES_A_SECOND = 4


@dataclass(frozen=True)
class Progress:
    """Where a run stands, `seconds` after it began to judge; `calls` is None where workers ask and tell at the end."""

    accounts_done: int
    accounts: int
    judged: int
    selected: int
    seconds: float
    calls: int | None = None
    throttles: int = 0
    service: str = ""

    @property
    def line(self) -> str:
        """`account 3 of 40 · iam · 3,204 calls, 210/s, 3 throttled · 900 of 9,000 judged · 1:20 left`."""
        parts = [f"account {min(self.accounts_done + 1, self.accounts):,} of {self.accounts:,}"]
        if self.service:
            parts.append(self.service)
        if self.calls is not None:
            throttled = f", {self.throttles:,} throttled" if self.throttles else ""
            parts.append(f"{self.calls:,} calls, {self.calls / max(self.seconds, 1):,.0f}/s{throttled}")
        parts.append(f"{self.judged:,} of {self.selected:,} judged")
        if self.judged:
            parts.append(f"{_clock(self.seconds / self.judged * (self.selected - self.judged))} left")
        return one_line(" · ".join(parts))


class Gauge:
    """Reads where a run stands: `run` and `selected` are None as long as there is none.

    `asks` says whether this process asks the accounts; workers tell of their calls at their end.
    """

    def __init__(
        self,
        run: Callable[[], Run | None],
        selected: Callable[[], Pairs | None],
        asks: Callable[[], bool] = lambda: True,
    ) -> None:
        self._run = run
        self._selected = selected
        self._asks = asks
        self._began = time.monotonic()
        self._known: Mapping[str, Mapping[str, int]] = {}
        self._service = ""

    def read(self) -> Progress | None:
        """Where it stands now; None before anything is selected."""
        run, selected = self._run(), self._selected()
        if run is None or not selected:
            return None
        accounts, finished = selected.of_accounts(), run.finished.of_accounts()
        counts = run.audit.doorkeeper.counts.as_data() if self._asks() else {}
        self._note_busiest(counts)
        return Progress(
            accounts_done=sum(finished.get(account) == number for account, number in accounts.items()),
            accounts=len(accounts),
            judged=sum(finished.values()),
            selected=sum(accounts.values()),
            seconds=time.monotonic() - self._began,
            calls=sum(each["calls"] for each in counts.values()) or None,
            throttles=sum(each["throttles"] for each in counts.values()),
            service=self._service,
        )

    def _note_busiest(self, counts: Mapping[str, Mapping[str, int]]) -> None:
        """The service of which most was asked since the last look."""
        new = {name: each["calls"] - self._known.get(name, {}).get("calls", 0) for name, each in counts.items()}
        busiest = max(new, key=lambda name: new[name], default="")
        if busiest and new[busiest]:
            self._service = busiest
        self._known = counts


class ProgressLine:
    """Shows a gauge while items are run; on a terminal the line stands in the place of pytest's letters."""

    def __init__(self, config: pytest.Config, gauge: Gauge, every: float = SECONDS_BETWEEN_LINES) -> None:
        self._config = config
        self._gauge = gauge
        self._every = every
        # Until items are run; then, whether the line stays.
        self.stays = False

    @classmethod
    def of(cls, config: pytest.Config, conductor: Conductor) -> ProgressLine:
        """The line of a session's run."""
        return cls(config, Gauge(lambda: conductor.run, lambda: conductor.selected, lambda: not conductor.distributed))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtestloop(self) -> Generator[None, object, object]:
        """Show it from the first item to the last; without a terminal reporter nothing is written."""
        if not self._config.pluginmanager.hasplugin("terminalreporter"):
            return (yield)
        self.stays = self._may_stay()
        if self.stays:
            reporter: Any = self._config.pluginmanager.getplugin("terminalreporter")
            # Neither the names of files nor how much of all is done: the line says that.
            reporter.showfspath = reporter._show_progress_info = False
        stream = self._config.get_terminal_writer()._file
        with self._staying_on(stream) if self.stays else self._now_and_then_on(stream):
            return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_report_teststatus(self, report: pytest.TestReport) -> Generator[None, Any, object]:
        """No letters where the line stays; pytest counts the items all the same."""
        status = yield
        is_ours = any(name == PROPERTY for name, _ in getattr(report, "user_properties", ()))
        return (status[0], "", "") if self.stays and is_ours else status

    def _may_stay(self) -> bool:
        """Pytest's own line a test (-v), a debugger and a test's output (-s) need the terminal for themselves."""
        return (
            self._config.get_terminal_writer().hasmarkup
            and self._config.get_verbosity() <= 0
            and not self._config.getoption("usepdb")
            and self._config.getoption("capture") != "no"
        )

    @contextmanager
    def _staying_on(self, stream: TextIO) -> Iterator[None]:
        from rich.console import Console  # where there is a terminal
        from rich.live import Live
        from rich.text import Text

        def shown() -> Text:
            progress = self._gauge.read()
            return Text(progress.line if progress else "", overflow="ellipsis", no_wrap=True)

        # Beneath the stream that spells out what moves a cursor: this line has to.
        raw: Any = getattr(stream, "_stream", stream)
        console = Console(file=raw, force_terminal=True)
        with Live(
            get_renderable=shown,
            console=console,
            transient=True,
            refresh_per_second=TIMES_A_SECOND,
            redirect_stdout=False,
            redirect_stderr=False,
        ):
            yield

    @contextmanager
    def _now_and_then_on(self, stream: TextIO) -> Iterator[None]:
        over = threading.Event()

        def tell() -> None:
            while not over.wait(self._every):
                progress = self._gauge.read()
                if progress is not None:
                    stream.write(f"\n{progress.line}\n")
                    stream.flush()

        teller = threading.Thread(target=tell, name="muster-progress", daemon=True)
        teller.start()
        try:
            yield
        finally:
            over.set()
            teller.join()


def _clock(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes}:{rest:02}"

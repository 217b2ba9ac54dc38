"""An organization of 1,000 repositories on GitHub, 30 ms an answer: a first night, spent hours, the next night."""

from __future__ import annotations

import gc
import os
import resource
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import BenchmarkFailed, Figure, peak_memory, timed
from benchmarks.late_hub import ORGANIZATION, LateHub, Manner, Seen, late_hub
from benchmarks.population import ROOT
from muster.estate.declarations import Facts
from muster.judging.catalogue import import_controls
from muster.judging.closure import operations_of
from muster.judging.control import Control
from muster.reading.access import Access
from muster.reading.reads import OF_A_SERVICE
from muster.run.memory import settle_memory
from muster.run.options import Options
from muster.run.plan import Plan
from muster.run.run import Run
from muster.run.unchanged import EarlierRun
from muster.suites import Suites

REPOSITORIES = 1_000
SECONDS = 0.03
LIMIT = 5_000
HOUR = 20.0
"""Seconds of the hour in which GitHub is asked so often, so that a benchmark can wait for some.

They are most of a pass: an audit that is asked for four hours' worth waits for three.
"""
RATIO = 1.5
PAID_ANEW = 2
"""Requests a repository that cost something again although nothing changed: errors have no ETag."""
KEY = "00" * 32
"""As an organization that keeps its redaction key: marks of one night hold in the next."""
OF_ALL = 20
"""Those of the organization itself: long lists, and queries, which have no ETags either."""
TOKEN = "MUSTER_BENCHMARK_TOKEN"  # the name of a variable


@contextmanager
def memory_of_a_run() -> Iterator[None]:
    """Look for garbage as seldom as a run does: of an eighth of an audit's CPU a run knows nothing."""
    before = gc.get_threshold()
    settle_memory()
    try:
        yield
    finally:
        gc.set_threshold(*before)


@dataclass(frozen=True)
class Night:
    """One run: its folder, seconds, those of the processor, and what the other side and the run itself counted."""

    folder: Path
    wall: float
    cpu: float
    seen: Seen
    calls: Mapping[str, int]


def measure(
    repositories: int = REPOSITORIES, seconds: float = SECONDS, limit: int = LIMIT, hour: float = HOUR
) -> list[Figure]:
    """Judge the organization by every control of GitHub, four times; in the first the server learns its answers."""
    os.environ[TOKEN] = "ghp_benchmark"
    controls = {name: control for name, control in import_controls(Suites.at(ROOT)).items() if control.kind == "github"}
    once = sum("{repo}" in each for each in operations_of(controls.values()))
    with memory_of_a_run(), late_hub(repositories) as hub, TemporaryDirectory() as folder:
        nights = Nights(hub, Path(folder), controls)
        hub.answer(Manner())
        nights.judge()
        first = nights.audit(Manner(seconds))
        spent = nights.audit(Manner(seconds, limit, hour))
        second = nights.audit(Manner(seconds, limit, hour), since=first.folder)
    ideal = first.seen.requests * seconds / OF_A_SERVICE
    return [
        Figure("controls", len(controls), ""),
        Figure("first night: requests", first.seen.requests, ""),
        Figure("first night: requests a repository", first.seen.requests / repositories, "", at_most=once + 1),
        Figure("first night: most at once (GitHub: 100)", first.seen.at_once, "", at_most=100, strict=True),
        Figure("first night: wall", first.wall, "s"),
        Figure(f"ideal: requests x {seconds * 1000:.0f} ms / {OF_A_SERVICE}", ideal, "s"),
        Figure("first night: wall / ideal", first.wall / ideal, "", at_most=RATIO),
        Figure("first night: CPU a request", 1_000 * first.cpu / first.seen.requests, "ms"),
        Figure(f"{limit:,} an hour of {hour:g} s: hours waited for", spent.calls.get("waits", 0), ""),
        Figure(f"{limit:,} an hour of {hour:g} s: asked in vain", spent.seen.refused, "", at_most=OF_A_SERVICE),
        Figure("second night: requests", second.seen.requests, ""),
        Figure(
            "second night: paid a repository",
            second.seen.counted / repositories,
            "",
            at_most=PAID_ANEW + OF_ALL / repositories,
        ),
        Figure("second night: wall", second.wall, "s"),
        peak_memory(),
    ]


class Nights:
    """Nights of the organization, one run folder each."""

    def __init__(self, hub: LateHub, folder: Path, controls: Mapping[str, Control]) -> None:
        self._hub = hub
        self._folder = folder
        self._controls = controls
        self._number = 0

    def audit(self, manner: Manner, since: Path | None = None) -> Night:
        """One run, sealed. Raises `BenchmarkFailed` where it is not complete."""
        self._hub.answer(manner)
        before = _busy()
        with timed() as clock:
            run = self.judge(since)
        cpu = _busy() - before
        run.seal(None, self._folder / "latest")
        record: dict[str, Any] = run.folder.read_run()
        if record["counts"]["error"] or record["counts"]["not_run"]:
            why = next(row.reason for row in run.folder.rows() if row.status in ("error", "not_run"))
            raise BenchmarkFailed(f"the audit is not complete: {record['counts']}: {why}")
        return Night(run.folder.path, clock.seconds, cpu, self._hub.answer(Manner()), record["calls"]["github"])

    def judge(self, since: Path | None = None, *, waits: bool = True) -> Run:
        """One run, concluded. Raises `UsageError` where it does not wait and the limit will not do."""
        self._number += 1
        name = f"202611{self._number:02}T220000Z-github"
        code = Access("code", "github", ORGANIZATION, endpoint_url=self._hub.url, token_env=TOKEN, mocked=True)
        now = datetime.now(UTC)
        plan = Plan(
            run=name,
            folder=self._folder / name,
            started=now,
            as_of=now,
            profiles=(),
            accounts=(code,),
            controls={each: dict(control.parameters) for each, control in self._controls.items()},
            facts=Facts(),
            waivers=(),
            attestations=(),
            redaction_key=KEY,
            earlier=EarlierRun.load(since, (code,), KEY) if since is not None else None,
            waits=waits,
        )
        options = Options((), (), (), None, ROOT / "estate", self._folder, None, ROOT, Suites(ROOT))
        run = Run(plan)
        run.begin(self._controls, options, ["benchmark"], {})
        run.enter()
        run.audit.judge_ahead((control, "code") for control in self._controls.values())
        for control in self._controls.values():
            run.judge(control, "code")
        run.audit.stop()
        run.audit.let_go("code")
        run.conclude(0)
        return run


def _busy() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime

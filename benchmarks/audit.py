"""A whole audit, as a user runs it: `pytest --profile=baseline --account=demo`, and how often it called."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import STDOUT, Popen
from tempfile import TemporaryDirectory, TemporaryFile

from benchmarks.figures import BenchmarkFailed, Figure, megabytes, timed
from benchmarks.population import ROOT
from muster.evidence.run_folder import RunFolder
from muster.reading.archive import parse_recorded
from muster.reading.reads import Call

ARGUMENTS = ("--profile=baseline", "--account=demo")
WALL_SECONDS = 12.0
COLLECTION_SECONDS = 1.0
PYTEST = (sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider")
# 0: all controls passed, 1: some did not, as in the demo account.
AUDITED = (0, 1)


@dataclass(frozen=True)
class Done:
    """A process that ended: how long it ran, and the memory of the largest process under it, in megabytes."""

    seconds: float
    memory: float


def measure(arguments: Sequence[str] = ARGUMENTS, wall_seconds: float = WALL_SECONDS) -> list[Figure]:
    """Collect, audit, and count in the run folder what was asked; the whole is to take so long at most."""
    with TemporaryDirectory() as folder:
        command = (*PYTEST, *arguments, f"--reports={folder}")
        nothing = run_to_end((sys.executable, "-c", "pass"), may_end=(0,))
        collected = run_to_end((*command, "--collect-only"), may_end=(0,))
        audited = run_to_end(command, may_end=AUDITED)
        (run,) = (RunFolder(path.parent) for path in Path(folder).glob("2*/run.json"))
        return [
            Figure("wall", audited.seconds, "s", at_most=wall_seconds),
            Figure(
                "collection, without Python's own start",
                collected.seconds - nothing.seconds,
                "s",
                at_most=COLLECTION_SECONDS,
            ),
            *_counted(run),
            Figure("peak memory of the largest process", audited.memory, "MB"),
        ]


def _counted(run: RunFolder) -> list[Figure]:
    """What `run.json` counted, beside what `reads/` holds: an answer for each call, and none for the same call twice.

    The declarations of the estate are kept as answers too, and were no calls.
    """
    record = run.read_run()
    totals = Counter[str]()
    for kinds in record["calls"].values():
        totals.update(kinds)
    questions = [parse_recorded(path.read_text(encoding="utf-8"))[0] for path in run.reads.glob("*.json")]
    calls = [call for call in questions if call.service != "estate"]
    asked = [call.key for call in calls]
    return [
        Figure("controls", len(record["controls"]), ""),
        Figure("verdicts", sum(record["counts"].values()), ""),
        *(Figure(kind, totals[kind], "") for kind in ("calls", "requests", "retries", "throttles")),
        Figure("answers in reads/", len(questions), ""),
        Figure("calls made twice", len(asked) - len(set(asked)), "", at_most=0, strict=True),
        Figure(
            "calls without an answer of their own", abs(totals["calls"] - len(set(asked))), "", at_most=0, strict=True
        ),
        *_by_account_and_service(calls),
    ]


def _by_account_and_service(calls: Sequence[Call]) -> Iterator[Figure]:
    """How many calls each account took, and each service in the account that took the most of it."""
    yield from (
        Figure(f"calls of {account}", number, "")
        for account, number in sorted(Counter(c.account for c in calls).items())
    )
    most: Counter[str] = Counter()
    for (_, service), number in Counter((call.account, call.service) for call in calls).items():
        most[service] = max(most[service], number)
    yield from (Figure(f"calls to {service}, of an account", most[service], "") for service in sorted(most))


def run_to_end(command: Sequence[str], *, may_end: Sequence[int]) -> Done:
    """Run a command; raises `BenchmarkFailed`, with its last words, for an exit code that is none of `may_end`."""
    with TemporaryFile() as output:
        with timed() as clock:
            process = Popen(command, cwd=ROOT, stdout=output, stderr=STDOUT)
            _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in may_end:
            output.seek(0)
            told = output.read().decode(errors="replace").strip().splitlines()[-5:]
            raise BenchmarkFailed("\n".join([f"exit code {process.returncode} of {' '.join(command[1:])}", *told]))
    return Done(clock.seconds, megabytes(used.ru_maxrss))

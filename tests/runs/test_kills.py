"""Workers killed (-9) at a hundred random moments: no run hangs, none loses a pair, none says more than was judged."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from muster.evidence.run_folder import RunFolder
from muster.evidence.verify import verify
from tests.runs.audits import Audits
from tests.runs.conftest import small_audits
from tests.runs.test_endings import wait_for_run, workers_of

KILLS = 100
MOST_A_RUN = 12
"""xdist starts another worker for each: beyond that it does little else."""
SECONDS = 60.0
"""What a run may take on a busy machine; alone it takes three or four."""


@dataclass(frozen=True)
class Killed:
    """A run whose workers were killed: how it ended, and how many were."""

    code: int
    output: str
    folder: RunFolder
    kills: int


def audit_with_kills(audits: Audits, seed: int) -> Killed:
    """An audit with two workers, of which one is killed again and again; xdist starts another in its place."""
    moments = random.Random(seed)
    process = subprocess.Popen(
        audits.command("--account=demo", "-n", "2", "--max-worker-restart=1000", "--tb=no", "-q"),
        cwd=audits.project,
        env={**os.environ},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    wait_for_run(audits.reports)
    ends, kills = time.monotonic() + SECONDS, 0
    while process.poll() is None and kills < MOST_A_RUN:
        assert time.monotonic() < ends, "the audit hangs"
        if workers := workers_of(process.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(moments.choice(workers), signal.SIGKILL)
                kills += 1
        time.sleep(moments.uniform(0.0, 0.3))
    output, _ = process.communicate(timeout=max(1.0, ends - time.monotonic()))
    (path,) = audits.reports.glob("2*")
    return Killed(process.returncode, output, RunFolder(path), kills)


def test_a_run_whose_workers_are_killed_loses_nothing(
    tmp_path: Path, sandbox: dict[str, Any], small_project: Path
) -> None:
    kills = 0
    for seed in itertools.count():
        if kills >= KILLS:
            break
        killed = audit_with_kills(small_audits(tmp_path / str(seed), "demo", sandbox, small_project), seed)
        kills += killed.kills
        assert_nothing_is_lost(killed)


def assert_nothing_is_lost(killed: Killed) -> None:
    """Every pair that was asked has a row; the run ended, says how, and its folder is what its manifest says."""
    record = killed.folder.read_run()
    rows = list(killed.folder.rows())
    selected = {(control, "demo") for control, told in record["controls"].items() if told["kind"] == "aws"}
    not_run = {problem["text"].split()[0] for problem in record["problems"] if problem["kind"] == "not_run"}

    assert killed.kills > 0
    assert killed.code in (1, 3), killed.output
    assert record["exit_code"] == killed.code
    assert {(row.control, row.account) for row in rows if row.account == "demo"} == selected
    assert not_run == {row.control for row in rows if row.status == "not_run" and row.account == "demo"}
    assert verify(killed.folder.path).defects == []

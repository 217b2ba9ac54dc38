"""An account without a resource in seventeen regions: what asking it costs, judged by every AWS control."""

from __future__ import annotations

import gc
import resource
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.figures import BenchmarkFailed, Figure, timed
from benchmarks.population import ROOT
from muster.estate.declarations import Facts
from muster.judging.account import Account
from muster.judging.catalogue import import_controls
from muster.judging.judgement import judge_control
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Reads
from muster.reading.redaction import Redactor
from muster.reading.sessions.aws_login import aws_transport
from muster.reading.sessions.counts import Counts
from muster.run.entering import entered
from muster.run.memory import settle_memory
from muster.run.sandbox import Sandbox
from muster.suites import Suites

# Those that are enabled in an account when it is made.
# https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
REGIONS = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "ca-central-1", "sa-east-1"),
    *("eu-central-1", "eu-north-1", "eu-west-1", "eu-west-2", "eu-west-3"),
    *("ap-northeast-1", "ap-northeast-2", "ap-northeast-3", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
)
CPU_SECONDS = 2.0
MEGABYTES = 25.0


def measure(regions: Sequence[str] = REGIONS) -> list[Figure]:
    """Judge one account so that all is imported and known, and another that is measured, with an audit's memory."""
    settle_memory()
    sandbox = Sandbox(["empty"], Suites.at(ROOT))
    try:
        said = sandbox.ready()
        first, _ = _judged("first", said, regions)
        gc.collect()
        memory, before = _resident(), resource.getrusage(resource.RUSAGE_SELF)
        with timed() as clock:
            second, counts = _judged("second", said, regions)
        after = resource.getrusage(resource.RUSAGE_SELF)
        gc.collect()
        grown = _resident() - memory
    finally:
        sandbox.stop()
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = counts.as_data()
    return [
        Figure("regions", len(second.regions), ""),
        Figure("calls", sum(kinds["calls"] for kinds in told.values()), ""),
        Figure("requests sent again", sum(kinds["retries"] for kinds in told.values()), "", at_most=0, strict=True),
        Figure("wall", clock.seconds, "s"),
        Figure("CPU", busy, "s", at_most=CPU_SECONDS),
        Figure(f"memory of an account after the {first.name}", grown, "MB", at_most=MEGABYTES),
    ]


def _judged(name: str, sandbox: Mapping[str, Any], regions: Sequence[str]) -> tuple[Account, Counts]:
    """The account, which keeps all that it needed, and what was counted."""
    seeded = sandbox["accounts"]["empty"]
    access = Access(
        name,
        "aws",
        seeded["id"],
        tuple(regions),
        sandbox=True,
        endpoint_url=sandbox["aws_endpoint"],
        role_arn=seeded["role_arn"],
    )
    counts = Counts()
    reads = Reads(name, aws_transport(access, counts), MemoryArchive(), Redactor(b"benchmark"))
    account = entered(access, reads, datetime.now(UTC))
    controls = [control for control in import_controls(Suites.at(ROOT)).values() if control.kind == "aws"]
    account.warm([noun for control in controls for noun in control.arguments.values()])
    statuses = Counter(
        finding.status
        for control in controls
        for finding in judge_control(control, account, control.parameters, Facts())
    )
    if account.unreachable or statuses["error"] or not statuses["fail"]:
        raise BenchmarkFailed(f"the empty account: {account.unreachable or dict(statuses)}")
    return account, counts


def _resident() -> float:
    """Megabytes of this process that are in memory now; Linux tells."""
    (line,) = [line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1_000

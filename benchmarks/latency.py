"""Waiting: how well reads overlap when each answer takes 50 ms, by way of boto3 and real HTTP on 127.0.0.1."""

from __future__ import annotations

import resource
from datetime import UTC, datetime

from benchmarks.figures import BenchmarkFailed, Figure, peak_memory, timed
from benchmarks.population import bucket_controls
from benchmarks.slow_aws import slow_aws
from muster.estate.declarations import Facts
from muster.judging.account import Account
from muster.judging.control import Control
from muster.judging.judgement import judge_control
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import OF_A_SERVICE, Reads
from muster.reading.redaction import Redactor
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.run.entering import entered

BUCKETS = 500
SECONDS = 0.05
RATIO = 1.5
# Each reads one thing of a bucket, so that 500 buckets are 2,000 calls and those of the account.
CONTROLS = ("s3-bucket-kms", "s3-bucket-public-access-blocked", "s3-bucket-tls-only", "s3-bucket-versioned")


def measure(buckets: int = BUCKETS, seconds: float = SECONDS) -> list[Figure]:
    """Judge four controls over what a slow server answers; the ideal is threads that do nothing but wait."""
    controls = [control for control in bucket_controls() if control.id in CONTROLS]
    counts = Counts()
    with slow_aws(buckets, seconds) as endpoint_url:
        account = _enter(endpoint_url, counts)
        before = resource.getrusage(resource.RUSAGE_SELF)
        with timed() as clock:
            _judge(controls, account, buckets)
        after = resource.getrusage(resource.RUSAGE_SELF)
    busy = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    told = counts.as_data()
    calls = sum(kinds["calls"] for service, kinds in told.items() if service != "sts")
    ideal = calls * seconds / OF_A_SERVICE
    return [
        Figure("calls", calls, ""),
        Figure("requests sent again", sum(kinds["retries"] for kinds in told.values()), "", at_most=0, strict=True),
        Figure("wall", clock.seconds, "s"),
        Figure(f"ideal: calls x {seconds * 1000:.0f} ms / {OF_A_SERVICE} threads", ideal, "s"),
        Figure("wall / ideal", clock.seconds / ideal if ideal else 0.0, "", at_most=RATIO),
        Figure("calls a second", calls / clock.seconds, ""),
        Figure("CPU a call", 1000 * busy / calls, "ms"),
        peak_memory(),
    ]


def _enter(endpoint_url: str, counts: Counts) -> Account:
    access = Access("benchmark", "aws", "", ("eu-west-1", "us-east-1"), endpoint_url=endpoint_url)
    session = new_session(aws_access_key_id="benchmark", aws_secret_access_key="benchmark")
    transport = AwsTransport(session, counts, endpoint_url=endpoint_url)
    reads = Reads(access.name, transport, MemoryArchive(), Redactor(b"benchmark"))
    return entered(access, reads, datetime.now(UTC))


def _judge(controls: list[Control], account: Account, buckets: int) -> None:
    for control in controls:
        findings = judge_control(control, account, control.parameters, Facts())
        statuses = {finding.status for finding in findings}
        if len(findings) != buckets or statuses != {"pass"}:
            raise BenchmarkFailed(f"{control.id}: {len(findings)} findings, {sorted(statuses)}: {findings[0].reason}")

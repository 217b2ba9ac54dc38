"""Judging alone: every bucket of a large account by six controls, all answers in memory."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import BenchmarkFailed, Figure, peak_memory, timed
from benchmarks.population import account_with, bucket_controls
from muster.estate.declarations import Facts
from muster.evidence.run_folder import RunFolder
from muster.judging.control import Control
from muster.judging.judgement import Finding, judge_control

BUCKETS = 10_000
SECONDS = 2.0


def measure(buckets: int = BUCKETS) -> list[Figure]:
    """Fill the reads, then judge all over again and write the rows."""
    controls, account, facts = bucket_controls(), account_with(buckets), Facts()
    with timed() as first:
        for control in controls:
            judge_control(control, account, control.parameters, facts)
    with timed() as second:
        findings = {control.id: judge_control(control, account, control.parameters, facts) for control in controls}
    evaluations = sum(map(len, findings.values()))
    _all_told(findings, buckets)
    with TemporaryDirectory() as folder, timed() as writing:
        _write(controls, findings, Path(folder) / "run")
    return [
        Figure("evaluations", evaluations, ""),
        Figure("first pass, which reads", first.seconds, "s"),
        Figure("judged, all read before", second.seconds, "s", at_most=SECONDS),
        Figure("evaluations a second", evaluations / second.seconds, ""),
        Figure("rows written", writing.seconds, "s"),
        peak_memory(),
    ]


def _all_told(findings: dict[str, list[Finding]], buckets: int) -> None:
    """A control that breaks, or gives up on a part of the account, would be a fast one."""
    for control, found in findings.items():
        broken = next((finding.reason for finding in found if finding.status == "error"), None)
        if broken or len(found) != buckets:
            raise BenchmarkFailed(f"{control}: {len(found)} findings for {buckets} buckets; {broken or 'none broken'}")


def _write(controls: list[Control], findings: dict[str, list[Finding]], path: Path) -> None:
    folder = RunFolder(path)
    folder.create()
    for control in controls:
        folder.append(
            finding.as_verdict(control.id, "benchmark", control.parameters, run="benchmark")
            for finding in findings[control.id]
        )

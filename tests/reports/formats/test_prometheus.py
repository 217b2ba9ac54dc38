"""Prometheus: figures that an alert can stand on."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from muster.printable import spelled
from muster.verdict import STATUSES
from reports.run import UNFINISHED
from tests.reports.formats.readers import prometheus_samples
from tests.reports.formats.samples import HOSTILE, account, made, row, run_of, unfinished


def test_verdicts_are_counted_by_account_domain_severity_and_status(tmp_path: Path) -> None:
    rows = [row("fail", "a"), row("fail", "b"), row("error", "c"), row("pass", "d", account="staging")]

    samples = list(prometheus_samples(made(run_of(tmp_path, rows, mocked=False), "prometheus", tmp_path)))

    counted = {
        (labels["account"], labels["status"]): value
        for name, labels, value in samples
        if name == "muster_verdicts" and labels["domain"] == "storage" and labels["severity"] == "critical"
    }
    expected = dict.fromkeys([(name, status) for name in ("production", "staging") for status in STATUSES], 0.0)
    assert counted == expected | {
        ("production", "fail"): 2,
        ("production", "error"): 1,
        ("staging", "pass"): 1,
    }


def test_the_times_of_the_run_are_there(tmp_path: Path) -> None:
    run = run_of(tmp_path, [row()])

    values = {name: value for name, _, value in prometheus_samples(made(run, "prometheus", tmp_path))}

    assert values["muster_run_started_timestamp_seconds"] == datetime(2026, 11, 20, 22, tzinfo=UTC).timestamp()
    assert values["muster_run_ended_timestamp_seconds"] == datetime(2026, 11, 20, 22, 4, tzinfo=UTC).timestamp()
    assert values["muster_run_complete"] == 1
    assert values["muster_run_problems"] == 1


def test_a_run_that_did_not_end_has_no_end(tmp_path: Path) -> None:
    run = unfinished(run_of(tmp_path, [row()]))

    values = {name: value for name, _, value in prometheus_samples(made(run, "prometheus", tmp_path))}

    assert "muster_run_ended_timestamp_seconds" not in values
    assert values["muster_run_complete"] == 0


@pytest.mark.parametrize(
    ("ends", "judged", "evidence"),
    [
        pytest.param(True, "all", "live", id="a whole run"),
        pytest.param(False, "unfinished", f"live; {UNFINISHED}", id="a run that was killed"),
    ],
)
def test_the_run_says_how_much_it_judged_and_what_it_is_evidence_of(
    tmp_path: Path, ends: bool, judged: str, evidence: str
) -> None:
    run = run_of(tmp_path, [row()], mocked=False)
    text = made(run if ends else unfinished(run), "prometheus", tmp_path)

    (said,) = (labels for name, labels, _ in prometheus_samples(text) if name == "muster_run_info")

    assert (said["judged"], said["evidence"]) == (judged, evidence)


def test_every_sample_of_a_mocked_run_says_so(tmp_path: Path) -> None:
    run = run_of(tmp_path, [row()], mocked=True)

    assert {labels["mocked"] for _, labels, _ in prometheus_samples(made(run, "prometheus", tmp_path))} == {"true"}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name != "lone surrogate"])
def test_a_hostile_account_name_is_one_label(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]
    run = run_of(tmp_path, [row(account=text)], accounts=[account(text, "aws", "111122223333")])

    samples = prometheus_samples(made(run, "prometheus", tmp_path))

    assert {labels["account"] for _, labels, _ in samples if "account" in labels} == {spelled(text)}


def test_no_sample_carries_a_time_of_its_own(tmp_path: Path) -> None:
    text = made(run_of(tmp_path, [row()]), "prometheus", tmp_path)

    assert all(len(line.rpartition("}")[2].split()) == 1 for line in text.splitlines() if not line.startswith("#"))

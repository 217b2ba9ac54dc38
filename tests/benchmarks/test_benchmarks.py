"""The benchmarks measure what they say: at a small size each runs to its end, and its counts are right."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from benchmarks import (
    archive,
    audit,
    audits,
    collection,
    connections,
    fleet,
    fleets,
    github,
    latency,
    memory,
    regions,
    reports,
    simulated_aws,
    waiting,
)
from benchmarks.__main__ import main
from benchmarks.figures import BenchmarkFailed, Figure, middle
from benchmarks.slow_aws import slow_aws
from muster.evidence.run_folder import RunFolder
from muster.fleet.judging import judge_share
from tests.reports.synthetic import Size

CANNED = """
accounts:
  canned: {{id: "111122223333", endpoint_url: "{endpoint_url}", regions: [eu-west-1, us-east-1]}}
"""


def counts(figures: Sequence[Figure]) -> dict[str, float]:
    """What does not depend on the machine."""
    return {figure.name: figure.value for figure in figures if figure.unit == ""}


def test_memory_judges_each_bucket_by_each_control() -> None:
    assert counts(memory.measure(20))["evaluations"] == 6 * 20


def test_latency_calls_once_for_each_read_and_twice_for_the_account() -> None:
    counted = counts(latency.measure(5, 0.001))

    assert counted["calls"] == 4 * 5 + 2
    assert counted["requests sent again"] == 0


def test_regions_asks_an_empty_account_in_each() -> None:
    counted = counts(regions.measure(("us-east-1", "eu-west-1")))

    assert counted["regions"] == 2
    assert counted["requests sent again"] == 0


def test_connections_are_kept_behind_a_proxy_too() -> None:
    regions = ("us-east-1", "eu-west-1")
    figures = {figure.name: figure for figure in connections.measure(6, regions, 2)}

    assert figures["6 buckets x 5 reads: hosts"].value == 2
    assert not any(figure.is_missed for figure in figures.values())


def test_github_is_asked_within_its_limit_and_pays_little_for_what_has_not_changed() -> None:
    figures = {figure.name: figure for figure in github.measure(5, 0.001, 60, 2.0)}
    of_clock = {"first night: wall / ideal"}

    assert [name for name, figure in figures.items() if figure.is_missed and name not in of_clock] == []
    assert figures["60 an hour of 2 s: hours waited for"].value >= 1
    assert figures["second night: requests"].value == figures["first night: requests"].value


def test_collection_collects_each_control_in_each_account() -> None:
    assert counts(collection.measure(130, 2)) == {"items": 260}


def test_waiting_and_fleet_ask_each_account_as_often(monkeypatch: pytest.MonkeyPatch) -> None:
    few = [name for name in audits.aws_controls() if name.startswith(("iam-root", "sg-", "s3-"))]
    monkeypatch.setattr(audits, "aws_controls", lambda: few)  # all of them are asked by the benchmark of regions
    monkeypatch.setattr(waiting, "first_controls", lambda: few[:3])
    monkeypatch.setattr(waiting, "PASSES", 1)
    monkeypatch.setattr(waiting, "LATENCIES", (0.001,))
    waited = counts(waiting.measure(("us-east-1", "eu-west-1")))
    asked = counts(fleet.measure(2, 1, ("us-east-1", "eu-west-1")))

    assert waited["1 region: calls"] < waited["2 regions: calls"]
    assert asked["calls"] == 2 * waited["2 regions: calls"]


def test_a_simulated_account_answers_as_the_recorded_one_and_refuses_at_first(tmp_path: Path) -> None:
    few = [name for name in audits.aws_controls() if name.startswith(("iam-root", "sg-", "s3-"))]
    simulated_aws.record(tmp_path / "recorded", ("us-east-1",), few)
    of_one = fleets.fleet_over(tmp_path / "fleet", 1, ("us-east-1",), few)
    of_one.begin()
    (share,) = of_one.shares(of_one.missing)
    judge_share(share.to_json(), simulated_aws.Simulated(tmp_path / "recorded", throttled=5_000))

    outcome = of_one.note(share.account)
    folder = of_one.folder.sealed(share.account)
    assert folder is not None
    assert (outcome.ended, outcome.id, outcome.counts["error"]) == ("judged", str(fleets.FIRST), 0)
    assert sum(each["throttles"] for each in RunFolder(folder).read_run()["calls"].values()) > 0


def test_reports_are_made_of_every_row() -> None:
    assert counts(reports.measure(Size(resources=2, controls=3, accounts=2)))["verdict rows"] == 12


def test_archive_keeps_each_answer_in_a_file() -> None:
    assert counts(archive.measure(10)) == {"answers": 10}


def test_audit_counts_what_the_run_folder_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "benchmark")
    with slow_aws(4, 0.0) as endpoint_url:
        (tmp_path / "accounts.yaml").write_text(CANNED.format(endpoint_url=endpoint_url))
        asked = ("--control=s3-bucket-versioned,s3-bucket-kms", "--account=canned", f"--estate={tmp_path}")
        # Hypothesis imports all of itself into every pytest that ends, half a second each.
        counted = counts(audit.measure((*asked, "-p", "no:hypothesispytest")))

    assert counted["controls"] == 2
    assert counted["verdicts"] == 2 * 4
    # Who is there, the list of buckets, and two reads of each bucket.
    assert counted["calls"] == counted["requests"] == counted["answers in reads/"] == 2 + 2 * 4
    assert counted["calls made twice"] == counted["calls without an answer of their own"] == 0
    assert counted["calls of canned"] == counted["calls"]
    assert counted["calls to s3, of an account"] == 1 + 2 * 4


def test_an_audit_that_cannot_run_is_no_fast_one() -> None:
    with pytest.raises(BenchmarkFailed, match="exit code 4"):
        audit.run_to_end((sys.executable, "-c", "raise SystemExit(4)"), may_end=audit.AUDITED)


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        pytest.param(Figure("wall", 2.5, "s"), "2.50 s", id="no-goal"),
        pytest.param(Figure("wall", 2.5, "s", at_most=3.0), "ok", id="kept"),
        pytest.param(Figure("wall", 3.5, "s", at_most=3.0), "MISSED", id="missed"),
    ],
)
def test_a_figure_tells_its_goal(figure: Figure, told: str) -> None:
    assert str(figure).endswith(told)


@pytest.mark.parametrize(("strict", "value"), [(False, 2.0), (True, 9.0)], ids=["median", "worst"])
def test_of_several_passes_one_value_counts(strict: bool, value: float) -> None:
    passes = [[Figure("wall", seconds, "s", strict=strict)] for seconds in (9.0, 1.0, 2.0)]

    assert [figure.value for figure in middle(passes)] == [value]


def test_the_command_refuses_what_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["nothing"])

    assert "no such benchmark: nothing" in capsys.readouterr().err

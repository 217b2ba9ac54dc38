"""The terminal and report.html begin with what nobody may miss, and call things, thresholds and facts by name."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from muster.verdict import Verdict
from reports.run import ReportedRun
from reports.session.pytest_html import details_html, summary_html
from reports.session.terminal import print_summary
from tests.reports.formats.samples import row, row_of_each_status, run_of, unfinished, with_parameters

PART = {"asked": 216, "judged": 12, "left_out": {"iam-user-mfa": ["production"]}, "by": ["-k <model>"]}
IDS = {"production": "111122223333", "staging": "111122223333"}
REPLAY = {"run": "20261119T220000Z-regulated-prod", "manifest_sha256": None, "signed_by": None}
FACT = "www among public_buckets (facts.yaml, owner web-team), approved by ada, until 2027-01-31: The web site"


def on_the_terminal(run: ReportedRun) -> str:
    out = io.StringIO()
    print_summary(run, Console(file=out, width=200), Path("report.html"))
    return out.getvalue()


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"mocked": True}, "SANDBOX: this run judged mocked accounts."),
        ({"part": PART}, "PART: this run judged 12 of 216 controls in their accounts. The others were left out by -k "),
        ({"replay_of": REPLAY}, f"REPLAY: this run asked nobody: it judged again the answers of {REPLAY['run']}"),
        (
            {"account_ids": IDS},
            "TWICE: accounts of this run are one and the same, and what they hold stands here twice:",
        ),
    ],
    ids=["a sandbox", "a part", "a replay", "two entries of one account"],
)
@pytest.mark.parametrize("tell", [on_the_terminal, summary_html])
def test_what_the_run_is_evidence_of_is_said(tmp_path: Path, tell: Any, record: dict[str, Any], said: str) -> None:
    run = run_of(tmp_path, row_of_each_status(), **{"mocked": False, **record})
    text = tell(run)

    assert said in text
    assert "<model>" not in text or tell is on_the_terminal


def test_entries_that_share_an_account_and_no_region_are_two(tmp_path: Path) -> None:
    regions = {"production": ["eu-west-1"], "staging": ["us-east-1"]}
    run = run_of(tmp_path, row_of_each_status(), mocked=False, account_ids=IDS, regions=regions)

    assert "TWICE" not in on_the_terminal(run)


@pytest.mark.parametrize("tell", [on_the_terminal, summary_html])
def test_a_whole_live_run_has_nothing_to_add(tmp_path: Path, tell: Any) -> None:
    text = tell(run_of(tmp_path, row_of_each_status(), mocked=False))

    assert not any(word in text for word in ("SANDBOX", "PART", "REPLAY", "TWICE", "UNFINISHED"))


@pytest.mark.parametrize("tell", [on_the_terminal, summary_html])
def test_a_run_that_was_stopped_says_so(tmp_path: Path, tell: Any) -> None:
    assert "UNFINISHED" in tell(unfinished(run_of(tmp_path, row_of_each_status())))


def details(folder: Path, given: Verdict, **record: Any) -> str:
    run = run_of(folder, [given], **record)
    return details_html(run, given.control, list(run.rows()))


def test_report_html_calls_a_thing_by_its_name(tmp_path: Path) -> None:
    assert "“web-servers”" in details(tmp_path, row("fail", name="web-servers"))


def test_report_html_shows_the_fact_that_a_pass_is_owed_to(tmp_path: Path) -> None:
    assert FACT in details(tmp_path, row("pass", reason=FACT))
    assert details(tmp_path / "other", row("pass")).endswith("<p>1 verdict passes; none fails.</p></div>")


def test_report_html_shows_the_default_of_a_threshold_that_a_profile_set_otherwise(tmp_path: Path) -> None:
    controls = with_parameters({"max_age_days": 99_999, "min_length": 14}, {"max_age_days": 90, "min_length": 14})
    text = details(tmp_path, row("fail"), controls=controls)

    assert "<code>max_age_days = 99999 (default 90)</code>" in text
    assert "<code>min_length = 14</code>" in text


def test_the_terminal_calls_a_thing_by_its_name(tmp_path: Path) -> None:
    assert "arn:aws:s3:::data “web-servers”" in on_the_terminal(run_of(tmp_path, [row("fail", name="web-servers")]))

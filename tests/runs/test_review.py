"""`muster review managed-policies`: the entries that a recorded run shows to be missing, asked of nobody."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from fixtures.reviews.managed_policies import MissingReview
from muster.__main__ import main
from muster.commands.review import RecordedTransport
from muster.estate.files import load_facts
from muster.reading.reads import Call
from tests.conftest import ESTATES
from tests.runs.audits import Audits, Outcome, write_estate

PREFIX = "arn:aws:iam::aws:policy/"


def audited(folder: Path, company: str, sandbox: dict[str, Any]) -> Path:
    estate = write_estate(folder / "estate", ESTATES[company], company, sandbox)
    outcome: Outcome = Audits(estate, folder / "runs")(f"--account={company}", "--control=iam-managed-policy-*")
    assert outcome.folder is not None, outcome.output
    return outcome.folder


@pytest.fixture(scope="module")
def of_demo(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any]) -> Path:
    return audited(tmp_path_factory.mktemp("demo"), "demo", sandbox)


def test_what_was_never_reviewed_or_has_changed_is_an_entry(of_demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["review", "managed-policies", str(of_demo)])
    entries = yaml.safe_load(text := capsys.readouterr().out)["managed_policy_register"]

    assert code == 1
    assert {entry["arn"].removeprefix(PREFIX): entry["version"] for entry in entries} == {
        "AWSCloudShellFullAccess": "v1",
        "AmazonSQSFullAccess": "v1",
        "ReadOnlyAccess": entries[2]["version"],
        "job-function/ViewOnlyAccess": "v22",
    }
    assert "# takes the place of v21, reviewed on " in text
    assert "# gained: sqs:ReceiveMessage\n  # lost: nothing\n" in text


def test_an_entry_says_nothing_for_whom_it_asks(of_demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who has read a policy, and why it fits, nobody can know but who has read it; till then the file is refused."""
    main(["review", "managed-policies", str(of_demo)])
    entries = yaml.safe_load(capsys.readouterr().out)["managed_policy_register"]

    assert {(entry["reviewer"], entry["reason"]) for entry in entries} == {(None, None)}


def test_a_written_text_is_taken_by_the_files_once_it_is_filled_in(
    of_demo: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["review", "managed-policies", str(of_demo)])
    text = capsys.readouterr().out
    filled = text.replace("reviewer:", "reviewer: anna").replace("reason:", "reason: It was read from end to end")
    (tmp_path / "facts.yaml").write_text(filled)

    assert len(load_facts(tmp_path / "facts.yaml", datetime.now(UTC).date()).managed_policy_register) == 4


def test_whom_a_policy_may_be_attached_to_is_carried_over() -> None:
    found = MissingReview("arn:aws:iam::aws:policy/AmazonSQSFullAccess", "v2", "0" * 64, (), ("role/queues",))
    (entry,) = yaml.safe_load("\n".join(found.as_entry(["prod"], date(2026, 11, 23))))

    assert entry["attached_to"] == ["role/queues"]


def test_where_all_is_as_reviewed_there_is_nothing_to_add(
    tmp_path: Path, sandbox: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    code = main(["review", "managed-policies", str(audited(tmp_path, "model", sandbox))])

    assert (code, capsys.readouterr().out) == (0, "# Every policy of AWS's that was seen in use is as reviewed.\n")


def test_a_run_that_did_not_ask_is_no_run_without_policies(
    tmp_path: Path, sandbox: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    estate = write_estate(tmp_path / "estate", ESTATES["model"], "model", sandbox)
    outcome = Audits(estate, tmp_path / "runs")("--account=model", "--control=sns-topic-not-public")
    code = main(["review", "managed-policies", str(outcome.folder)])

    assert code == 1
    assert capsys.readouterr().out.startswith("# model is not among these: ")


def test_what_is_not_to_be_reviewed_is_refused(of_demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "managed-policy", str(of_demo)]) == 2
    assert 'did you mean "managed-policies"?' in capsys.readouterr().err


def test_a_folder_that_does_not_verify_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["review", "managed-policies", str(tmp_path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_what_was_not_recorded_is_an_error() -> None:
    answer = RecordedTransport({}).send(Call("demo", "eu-west-1", "iam", "get_user", {}))

    assert answer.error is not None
    assert answer.error.code == "NotRecorded"

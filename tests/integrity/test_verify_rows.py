"""A run that lacks what it was to judge is taken for what it is, signed or not, whatever its hashes say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import KeyFileSigner
from muster.evidence.verification import Verification
from muster.evidence.verify import verify
from tests.integrity.sealed import key_file, seal
from tests.reports.synthetic import Size, make_run

CONTROL, OTHER = "s3-bucket-encrypted", "iam-user-encrypted"
ACCOUNT = "production"
Record = dict[str, Any]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """Two controls over two accounts, as their run left them, and not sealed yet."""
    return make_run(tmp_path / "runs", Size(resources=4, controls=2, accounts=2))


def edit_run(run: Path, edit: Callable[[Record], object]) -> None:
    record = RunFolder(run).read_run()
    edit(record)
    RunFolder(run).write_run(record)


def keep_rows(run: Path, wanted: Callable[[Record], bool]) -> None:
    """Keep the rows that are wanted, and count anew."""
    lines = (run / "verdicts.jsonl").read_text().splitlines(keepends=True)
    kept = [line for line in lines if wanted(json.loads(line))]
    (run / "verdicts.jsonl").write_text("".join(kept))
    statuses = [json.loads(line)["status"] for line in kept]
    edit_run(run, lambda record: record.update(counts={name: statuses.count(name) for name in record["counts"]}))


def sealed(run: Path) -> Verification:
    """What is found once the folder is sealed and signed as it stands."""
    key = KeyFileSigner(key_file(run.parents[1] / "key.pem"))
    return verify(seal(run, key), key.public_key)


def found(result: Verification) -> list[tuple[str, str, str]]:
    return [(defect.kind, defect.file, defect.text) for defect in result.defects]


def test_nothing_is_found_where_every_control_left_a_row_in_every_account(run: Path) -> None:
    assert found(sealed(run)) == []


@pytest.mark.parametrize("mocked", [["production"], []], ids=["one", "none"])
def test_accounts_that_are_mocked_are_named(run: Path, mocked: list[str]) -> None:
    def mock(record: Record) -> None:
        for account in record["accounts"]:
            account["mocked"] = account["name"] in mocked
        record["mocked"] = bool(mocked)

    edit_run(run, mock)
    result = sealed(run)

    assert found(result) == []
    said = "it judged mocked accounts (production): it is no evidence of real ones"
    assert [note for note in result.notes if "mocked" in note] == [said] * len(mocked)


def test_a_run_that_has_not_ended_is_not_taken_for_one_that_has(run: Path) -> None:
    edit_run(run, lambda record: record.update(ended=None, counts=None))

    ((kind, file, text),) = found(sealed(run))
    assert (kind, file) == ("unfinished", "run.json")
    assert text.startswith("the run has not ended")


def test_a_run_without_any_row_names_the_controls_that_have_none(run: Path) -> None:
    keep_rows(run, lambda _: False)

    assert found(sealed(run)) == [
        ("lost", "verdicts.jsonl", f"control {control} has no row in account {account}")
        for control in (OTHER, CONTROL)
        for account in ("production", "staging")
    ]


def test_a_control_that_has_no_row_in_one_account_is_named(run: Path) -> None:
    keep_rows(run, lambda row: (row["control"], row["account"]) != (CONTROL, ACCOUNT))

    assert found(sealed(run)) == [("lost", "verdicts.jsonl", f"control {CONTROL} has no row in account {ACCOUNT}")]


def test_a_control_that_the_run_says_it_left_out_is_not_missed_but_told(run: Path) -> None:
    part = {"asked": 4, "judged": 3, "left_out": {CONTROL: [ACCOUNT]}, "by": ["-k iam"]}
    keep_rows(run, lambda row: (row["control"], row["account"]) != (CONTROL, ACCOUNT))
    edit_run(run, lambda record: record.update(part=part))

    result = sealed(run)
    assert result.defects == []
    assert "it is a part: 3 of 4 controls in their accounts; -k iam" in result.notes


def test_a_control_is_not_missed_in_accounts_of_another_kind(run: Path) -> None:
    def add(record: Record) -> None:
        record["accounts"].append({"name": "code", "kind": "github", "mocked": True})
        record["accounts"].append({"name": "estate", "kind": "estate", "mocked": False})

    edit_run(run, add)

    assert found(sealed(run)) == []


def test_a_control_is_missed_in_every_account_of_its_kind(run: Path) -> None:
    def add(record: Record) -> None:
        record["accounts"].append({"name": "code", "kind": "github", "mocked": True})
        record["controls"]["gh-repo-private"] = {**record["controls"][CONTROL], "kind": "github"}

    edit_run(run, add)

    assert found(sealed(run)) == [("lost", "verdicts.jsonl", "control gh-repo-private has no row in account code")]


def test_rows_that_nobody_asked_for_are_named(run: Path) -> None:
    edit_run(run, lambda record: record["controls"].pop(CONTROL))

    assert found(sealed(run)) == [
        ("foreign", "verdicts.jsonl", f"it has rows of control {CONTROL} in account {account}, which was not selected")
        for account in ("production", "staging")
    ]


def test_a_run_of_a_thousand_lost_controls_names_the_first_and_counts_the_others(run: Path) -> None:
    def add(record: Record) -> None:
        record["controls"] |= {f"x-{number:04}": record["controls"][CONTROL] for number in range(1_000)}

    edit_run(run, add)
    texts = [text for _, _, text in found(sealed(run))]

    assert len(texts) == 21
    assert texts[-1] == "1,980 more pairs of control and account have no row"


def test_a_run_of_mocked_accounts_cannot_say_that_none_is(run: Path) -> None:
    edit_run(run, lambda record: record.update(mocked=False))

    assert found(sealed(run)) == [
        ("changed", "run.json", "it says mocked: false, and of its accounts: production, staging")
    ]


def test_a_run_without_mocked_accounts_cannot_say_that_one_is(run: Path) -> None:
    edit_run(run, lambda record: [account.update(mocked=False) for account in record["accounts"]])

    assert found(sealed(run)) == [("changed", "run.json", "it says mocked: true, and of its accounts: none")]


def test_a_replay_is_said_to_be_one_and_of_what(run: Path) -> None:
    of = {"run": "20261119T220000Z-regulated-prod", "manifest_sha256": "a" * 64, "signed_by": None}
    edit_run(run, lambda record: record.update(replay_of=of))
    result = sealed(run)

    assert found(result) == []
    assert result.notes[0] == (
        f"no account was asked in this run, it is a replay: of {of['run']} (manifest {'a' * 64};"
        " not signed: nobody vouches for it)"
    )


def test_a_replay_of_before_its_origin_was_kept_is_read(run: Path) -> None:
    edit_run(run, lambda record: record.update(replay_of="20261119T220000Z-regulated-prod"))
    result = sealed(run)

    assert found(result) == []
    assert "20261119T220000Z-regulated-prod (of before it was kept" in result.notes[0]


WRONG_RECORDS: dict[str, Callable[[Record], object]] = {
    "no run": lambda record: record.pop("run"),
    "a run that is a path": lambda record: record.update(run="../x"),
    "a profile that is a path": lambda record: record.update(profiles=["x/../../../tmp/pwn"]),
    "an account that is a path": lambda record: record["accounts"][0].update(name="x/../../../tmp/pwn"),
    "accounts that are a name": lambda record: record.update(accounts="production"),
    "accounts that are numbers": lambda record: record.update(accounts=[1, 2]),
    "controls that are a list": lambda record: record.update(controls=[]),
    "a control that is null": lambda record: record["controls"].update({CONTROL: None}),
    "mocked as a text": lambda record: record.update(mocked="false"),
    "counts that are texts": lambda record: record.update(counts={"pass": "1"}),
    "an end that is no time": lambda record: record.update(ended="soon"),
    "an end without a zone": lambda record: record.update(ended="2026-11-20T22:00:00"),
    "torn lines that are a list": lambda record: record.update(torn_lines=[[]]),
    "a replay of a number": lambda record: record.update(replay_of=7),
}


@pytest.mark.parametrize("edit", WRONG_RECORDS.values(), ids=list(WRONG_RECORDS))
def test_a_run_json_of_another_form_is_a_finding_that_names_the_place(
    run: Path, edit: Callable[[Record], object]
) -> None:
    edit_run(run, edit)
    (first, *_) = found(sealed(run))

    assert first[:2] == ("torn", "run.json")
    assert first[2].startswith("it is no whole record of a run: ")

"""`muster attest`: which statements run out, which are missing, and what to write."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from muster.__main__ import main
from muster.commands.attest import AskedStatement, due, due_as_text, missing, statements
from muster.errors import FileError
from muster.estate.declarations import AttestationEntry
from muster.estate.files import Estate
from tests.conftest import CONTROLS, ESTATES

TODAY = date(2026, 11, 26)
MONTH = 30


def statement(age: int | None, valid_for_days: int = 365, max_age_days: int = 365) -> AskedStatement:
    """A statement that was made so many days ago, or never."""
    entry: dict[str, Any] = {
        "control": "attest-root-custody",
        "statement": "Root passwords are sealed.",
        "owner": "security-lead",
        "evidence": "Custody sheet",
        "decision": "The password is kept in the safe.",
        "reasons": ["Neither can use root alone."],
        "valid_for_days": valid_for_days,
    }
    made = None if age is None else AttestationEntry(**entry, date=TODAY - timedelta(days=age))
    return AskedStatement("attest-root-custody", "Root credentials are kept safe", max_age_days, made)


@pytest.mark.parametrize(
    ("age", "valid_for_days", "max_age_days", "is_due"),
    [
        pytest.param(334, 365, 730, False, id="a day after the month"),
        pytest.param(335, 365, 730, True, id="on the last day of the month"),
        pytest.param(365, 365, 730, True, id="on its own last day"),
        pytest.param(366, 365, 730, True, id="run out"),
        pytest.param(0, 730, 90, False, id="of a control that takes it for a quarter"),
        pytest.param(60, 730, 90, True, id="whose control takes it for a month more"),
        pytest.param(59, 730, 90, False, id="whose control takes it for a day more than that"),
    ],
)
def test_a_statement_falls_due(age: int, valid_for_days: int, max_age_days: int, is_due: bool) -> None:
    asked = statement(age, valid_for_days, max_age_days)

    assert due([asked], TODAY, MONTH) == ([asked] if is_due else [])
    assert missing([asked]) == []


def test_what_nobody_stated_is_missing_and_not_due() -> None:
    asked = statement(None)

    assert missing([asked]) == [asked]
    assert due([asked], TODAY, MONTH) == []


def test_the_first_to_run_out_comes_first() -> None:
    late, early = statement(340), statement(350)

    assert due([late, early], TODAY, MONTH) == [early, late]


def test_it_says_what_ran_out_and_what_will() -> None:
    text = due_as_text([statement(370), statement(340), statement(None)], TODAY, MONTH)

    assert "3 statements are asked for: 1 is missing, 2 run out by 2026-12-26" in text
    assert "attest-root-custody ran out on 2026-11-21 (owner security-lead)" in text
    assert "attest-root-custody counts until 2026-12-21 (owner security-lead)" in text


def test_the_printed_entry_is_refused_until_it_is_filled_in(tmp_path: Path) -> None:
    entry = statement(None).entry(TODAY)
    (tmp_path / "accounts.yaml").write_text("accounts:\n  demo: {sandbox: demo}\n")
    file = tmp_path / "attestations.yaml"

    file.write_text(f"attestations:\n{entry}")
    with pytest.raises(FileError):
        Estate.load(tmp_path, CONTROLS, TODAY)

    filled = {
        "owner:": "owner: a",
        "approver:": "approver: b",
        "evidence:": "evidence: Sheet 7",
        "-\n": "- A reason why\n",
    }
    for empty, full in {**filled, "decision:": "decision: It is sealed"}.items():
        entry = entry.replace(f" {empty}", f" {full}")
    file.write_text(f"attestations:\n{entry}")
    (made,) = Estate.load(tmp_path, CONTROLS, TODAY).attestations
    assert made.control == "attest-root-custody"


def test_the_command_ends_with_1_where_something_is_to_be_done(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["attest", "--estate", str(ESTATES["demo"])]) == 1

    assert "attest-penetration-test is missing" in capsys.readouterr().out


@pytest.mark.parametrize("profile", ["baseline", "regulated", "code-repository", "cis-aws-5.0"])
def test_the_model_company_has_stated_everything(profile: str) -> None:
    asked = statements(ESTATES["model"], profile, TODAY)

    assert asked
    assert (due(asked, TODAY, MONTH), missing(asked)) == ([], [])


def test_a_framework_asks_for_its_own_up_to_a_level() -> None:
    asked = statements(ESTATES["model"], "cis-aws-7.0-level-1", TODAY)

    assert [each.control for each in asked] == ["attest-account-contacts"]

"""The credential report: what it says of passwords and keys, and of whom it says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.iam.credential_report import ReportRow
from fixtures.iam.credentials import AccessKey
from fixtures.sandbox.gaps.credential_report import COLUMNS
from muster import Place
from tests.engine.lamps import account
from tests.nouns.iam_stage import NOW, USER, Stage, ago, opened, refused, root_row, text, user_row


@pytest.fixture(scope="module")
def opened_stage() -> Iterator[Stage]:
    with opened() as stage:
        yield stage


@pytest.fixture
def stage(opened_stage: Stage) -> Stage:
    return opened_stage.clear()


REPORT_CONTROLS = ["iam-root-unused", "iam-user-console-mfa", "iam-user-key-age", "iam-user-key-unused"]


@pytest.mark.parametrize("control_id", REPORT_CONTROLS)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(refused(), id="refused"),
        pytest.param({"Content": b"", "GeneratedTime": NOW}, id="empty"),
        pytest.param({"Content": b"<html>", "GeneratedTime": NOW}, id="something-else"),
        pytest.param({"Content": b'user,arn\nroot,"a', "GeneratedTime": NOW}, id="cut-short"),
        pytest.param({"GeneratedTime": NOW}, id="without-content"),
    ],
)
def test_a_report_that_cannot_be_read_is_an_error(stage: Stage, control_id: str, answer: Mapping[str, Any]) -> None:
    stage.make_user()
    stage.answer("GetCredentialReport", answer)
    assert stage.status(control_id) == "error"


def test_a_report_that_cannot_be_made_is_an_error(stage: Stage) -> None:
    stage.answer("GenerateCredentialReport", refused("LimitExceeded"))
    assert stage.status("iam-user-key-age") == "error"


@pytest.mark.parametrize("code", ["ReportNotPresent", "ReportInProgress", "ReportExpired"])
def test_a_report_in_the_making_is_waited_for(stage: Stage, monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    monkeypatch.setattr("muster.reading.reads.time.sleep", lambda seconds: None)
    calls = stage.answer("GetCredentialReport", refused(code), stage.report(root_row()))
    assert stage.status("iam-root-unused") == "pass"
    assert len(calls) == 2


@pytest.mark.parametrize("control_id", ["iam-user-console-mfa", "iam-user-key-age", "iam-user-key-unused"])
class TestTheReportIsOlderThanTheUser:
    def test_a_user_it_does_not_list_is_an_error(self, stage: Stage, control_id: str) -> None:
        arn = stage.make_user()
        stage.answer("GetCredentialReport", stage.report(root_row()))
        ((resource, verdict),) = stage.judge(control_id).items()
        assert verdict.status == "error"
        assert resource.startswith(arn)
        assert "was made before this user" in verdict.reason

    def test_a_row_of_an_earlier_user_of_that_name_is_an_error(self, stage: Stage, control_id: str) -> None:
        stage.make_user(created=ago(minutes=5))
        row = user_row(user_creation_time=text(ago(days=300)), password_enabled="true", mfa_active="true")
        stage.answer("GetCredentialReport", stage.report(root_row(), row))
        assert stage.status(control_id) == "error"

    def test_users_that_cannot_be_listed_are_an_error(self, stage: Stage, control_id: str) -> None:
        stage.answer("GetAccountAuthorizationDetails", refused())
        assert stage.status(control_id) == "error"

    def test_the_other_users_are_judged(self, stage: Stage, control_id: str) -> None:
        stage.make_user("newcomer")
        key = {"access_key_1_active": "true", "access_key_1_last_rotated": text(ago(days=1))}
        row = user_row(password_enabled="true", mfa_active="true", **key)
        stage.answer("GetCredentialReport", stage.report(root_row(), row))
        assert sorted(verdict.status for verdict in stage.judge(control_id).values()) == ["error", "pass"]


def test_a_user_who_is_only_in_the_report_is_judged_by_it(stage: Stage) -> None:
    stage.answer("GetCredentialReport", stage.report(root_row(), user_row(password_enabled="true")))
    assert stage.judge("iam-user-console-mfa")[USER].status == "fail"


def test_names_may_hold_every_character_that_iam_allows(stage: Stage) -> None:
    arn = stage.make_user("first,second=third+fourth@example.com-_")
    stage.iam.create_login_profile(UserName=arn.rpartition("/")[2], Password="a-long-test-password")
    assert stage.judge("iam-user-console-mfa")[arn].status == "fail"


@pytest.mark.parametrize("control_id", ["iam-user-console-mfa", "iam-user-key-age", "iam-user-no-direct-policies"])
def test_an_account_without_users_has_nothing_to_judge(stage: Stage, control_id: str) -> None:
    assert stage.status(control_id) == "not_applicable"


@given(word=st.text().filter(lambda word: word.lower() not in ("true", "false")))
def test_a_flag_is_true_or_false_or_an_error(word: str) -> None:
    with pytest.raises(ValueError, match="expected true or false"):
        ReportRow({"mfa_active": word}).flag("mfa_active")


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_a_moment_is_read_as_it_was_written(moment: datetime) -> None:
    assert ReportRow({"at": moment.isoformat()}).moment_if_any("at") == moment


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        pytest.param({"password_enabled": "true", "mfa_active": "true"}, "pass", id="mfa"),
        pytest.param({"password_enabled": "TRUE", "mfa_active": "TRUE"}, "pass", id="as-the-guide-spells-it"),
        pytest.param({"password_enabled": "true", "mfa_active": "false"}, "fail", id="no-mfa"),
        pytest.param({"password_enabled": "false"}, "not_applicable", id="no-password"),
        pytest.param({"password_enabled": "true", "mfa_active": "N/A"}, "error", id="mfa-unknown"),
        pytest.param({"password_enabled": "N/A"}, "error", id="password-unknown"),
    ],
)
def test_console_mfa(stage: Stage, columns: Mapping[str, str], status: str) -> None:
    stage.make_user()
    stage.answer("GetCredentialReport", stage.report(root_row(), user_row(**columns)))
    assert stage.status("iam-user-console-mfa") == status


@pytest.mark.parametrize(
    ("active", "rotated", "used", "age", "use"),
    [
        pytest.param("true", ago(days=1), None, "pass", "pass", id="new-and-not-used-yet"),
        pytest.param("true", ago(days=90, minutes=-5), ago(days=1), "pass", "pass", id="just-young"),
        pytest.param("true", ago(days=90, minutes=5), ago(days=1), "fail", "pass", id="just-old"),
        pytest.param("true", ago(days=89), ago(days=45, minutes=-5), "pass", "pass", id="just-used"),
        pytest.param("true", ago(days=89), ago(days=45, minutes=5), "pass", "fail", id="just-not-used"),
        pytest.param("true", ago(days=46), None, "pass", "fail", id="never-used"),
        pytest.param("true", ago(days=9), ago(days=60), "pass", "pass", id="rotated-since-its-last-use"),
        pytest.param("false", ago(days=900), None, "not_applicable", "not_applicable", id="inactive"),
        pytest.param("true", None, None, "error", "error", id="active-without-a-date"),
        pytest.param("perhaps", ago(days=1), None, "error", "error", id="neither-active-nor-not"),
    ],
)
@pytest.mark.parametrize("number", [1, 2])
def test_keys(
    stage: Stage, number: int, active: str, rotated: datetime | None, used: datetime | None, age: str, use: str
) -> None:
    stage.make_user()
    columns = {
        f"access_key_{number}_active": active,
        f"access_key_{number}_last_rotated": text(rotated) if rotated else "N/A",
        f"access_key_{number}_last_used_date": text(used) if used else "N/A",
    }
    stage.answer("GetCredentialReport", stage.report(root_row(), user_row(**columns)))
    key = f"{USER}#access-key-{number}"
    assert stage.judge("iam-user-key-age")[key].status == age
    assert stage.judge("iam-user-key-unused")[key].status == use


@pytest.mark.parametrize(
    ("rotated", "name"),
    [("2026-03-01T12:00:00+00:00", "access key 1 of analyst, made on 2026-03-01"), ("N/A", "access key 1 of analyst")],
    ids=["with its date", "without"],
)
def test_a_key_is_called_by_what_a_person_finds_it(rotated: str, name: str) -> None:
    row = ReportRow({"access_key_1_last_rotated": rotated})
    key = AccessKey(place=Place(account({}), "us-east-1", True), arn=f"{USER}#access-key-1", number=1, row=row)
    assert key.shown_name == name


def test_the_days_of_keys_are_parameters(stage: Stage) -> None:
    stage.make_user()
    columns = {"access_key_1_active": "true", "access_key_1_last_rotated": text(ago(days=40))}
    stage.answer("GetCredentialReport", stage.report(root_row(), user_row(**columns)))
    assert stage.status("iam-user-key-age", max_key_age_days=30) == "fail"
    assert stage.status("iam-user-key-unused", max_idle_days=30) == "fail"


@pytest.mark.parametrize(
    ("further", "resources"),
    [
        ("", []),
        ("N/A", []),
        ("1 additional access key: use ListAccessKeys", [f"{USER}#access-key-3"]),
    ],
    ids=["empty", "not-applicable", "a-third-key"],
)
def test_keys_beyond_the_second_are_errors(stage: Stage, further: str, resources: list[str]) -> None:
    stage.make_user()
    row = user_row(additional_credentials_info=further)
    columns = (*COLUMNS, "additional_credentials_info")
    stage.answer("GetCredentialReport", stage.report(root_row(), row, columns=columns))
    found = stage.judge("iam-user-key-age")
    assert [name for name, verdict in found.items() if verdict.status == "error"] == resources

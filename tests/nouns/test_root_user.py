"""The root user: what the account summary and the credential report can and cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from fixtures.sandbox.gaps.iam import RootKey, RootUserState, set_root_user
from tests.excuses import excuse
from tests.nouns.iam_stage import ACCOUNT, ROOT, SEED, Stage, ago, opened, refused, root_row, text, user_row


@pytest.fixture(scope="module")
def opened_stage() -> Iterator[Stage]:
    with opened() as stage:
        yield stage


@pytest.fixture
def stage(opened_stage: Stage) -> Stage:
    return opened_stage.clear()


NO_CREDENTIALS = {"AccountPasswordPresent": 0, "AccountAccessKeysPresent": 0, "AccountSigningCertificatesPresent": 0}


@pytest.mark.parametrize(
    ("summary", "status"),
    [
        pytest.param({"AccountMFAEnabled": 1, **NO_CREDENTIALS, "AccountPasswordPresent": 1}, "pass", id="mfa"),
        pytest.param({"AccountMFAEnabled": 0, **NO_CREDENTIALS}, "pass", id="no-credentials"),
        pytest.param({"AccountMFAEnabled": 0, **NO_CREDENTIALS, "AccountPasswordPresent": 1}, "fail", id="password"),
        pytest.param({"AccountMFAEnabled": 0, **NO_CREDENTIALS, "AccountAccessKeysPresent": 1}, "fail", id="key"),
        pytest.param(
            {"AccountMFAEnabled": 0, **NO_CREDENTIALS, "AccountSigningCertificatesPresent": 1}, "fail", id="certificate"
        ),
        pytest.param(
            {"AccountMFAEnabled": 0, "AccountAccessKeysPresent": 0, "AccountSigningCertificatesPresent": 0},
            "fail",
            id="a-summary-silent-on-the-password-shows-nothing",
        ),
        pytest.param({"AccountMFAEnabled": 1}, "pass", id="mfa-in-a-silent-summary"),
        pytest.param(NO_CREDENTIALS, "error", id="a-summary-silent-on-mfa-is-malformed"),
    ],
)
def test_root_mfa(stage: Stage, summary: Mapping[str, int], status: str) -> None:
    stage.answer("GetAccountSummary", {"SummaryMap": summary})
    assert stage.status("iam-root-mfa") == status


@pytest.mark.parametrize(
    ("summary", "status"),
    [({"AccountAccessKeysPresent": 0}, "pass"), ({"AccountAccessKeysPresent": 1}, "fail"), ({}, "error")],
    ids=["none", "one", "not-told"],
)
def test_root_access_keys(stage: Stage, summary: Mapping[str, int], status: str) -> None:
    stage.answer("GetAccountSummary", {"SummaryMap": summary})
    assert stage.status("iam-root-no-access-keys") == status


@pytest.mark.parametrize("control_id", ["iam-root-mfa", "iam-root-no-access-keys"])
def test_a_summary_that_is_refused_is_an_error(stage: Stage, control_id: str) -> None:
    stage.answer("GetAccountSummary", refused())
    assert stage.status(control_id) == "error"


@pytest.mark.parametrize(
    ("columns", "status"),
    [
        pytest.param({}, "pass", id="never"),
        pytest.param({"password_last_used": "N/A"}, "pass", id="no-password"),
        pytest.param({"password_last_used": "not_supported"}, "pass", id="not-supported"),
        pytest.param({"password_last_used": text(ago(days=30, minutes=1))}, "pass", id="just-long-ago"),
        pytest.param({"password_last_used": text(ago(days=29))}, "fail", id="password"),
        pytest.param({"access_key_1_last_used_date": text(ago(days=1))}, "fail", id="first-key"),
        pytest.param({"access_key_2_last_used_date": text(ago(days=1))}, "fail", id="second-key"),
        pytest.param({"password_last_used": "yesterday"}, "error", id="no-date"),
        pytest.param({"password_last_used": ""}, "error", id="empty"),
        pytest.param({"password_last_used": "2020-01-01T00:00:00"}, "error", id="no-offset"),
    ],
)
def test_root_use(stage: Stage, columns: Mapping[str, str], status: str) -> None:
    stage.answer("GetCredentialReport", stage.report(root_row(**columns)))
    assert stage.status("iam-root-unused") == status


@pytest.mark.parametrize(
    ("account", "days", "status"),
    [
        pytest.param(ACCOUNT, 2, "pass", id="on-that-day"),
        pytest.param(ACCOUNT, 1, "fail", id="on-another-day"),
        pytest.param("111122223333", 2, "fail", id="in-another-account"),
    ],
)
def test_a_root_use_may_be_announced(stage: Stage, account: str, days: int, status: str) -> None:
    stage.answer("GetCredentialReport", stage.report(root_row(password_last_used=text(ago(days=2)))))
    use = excuse(account=account, date=f"{ago(days=days):%Y-%m-%d}", person="ops")
    assert stage.status("iam-root-unused", {"root_uses": [use]}) == status


def test_one_announced_use_does_not_excuse_another(stage: Stage) -> None:
    row = root_row(password_last_used=text(ago(days=2)), access_key_1_last_used_date=text(ago(days=3)))
    stage.answer("GetCredentialReport", stage.report(row))
    use = excuse(account=ACCOUNT, date=f"{ago(days=2):%Y-%m-%d}", person="ops")
    verdict = stage.judge("iam-root-unused", {"root_uses": [use]})[ROOT]
    assert verdict.status == "fail"
    assert verdict.reason == f"used its access key 1 on {ago(days=3):%Y-%m-%d}, which nobody announced"


def test_a_report_without_the_root_row_is_an_error(stage: Stage) -> None:
    stage.answer("GetCredentialReport", stage.report(user_row()))
    verdict = stage.judge("iam-root-unused")[ROOT]
    assert verdict.status == "error"
    assert "has no row <root_account>" in verdict.reason


def test_the_quiet_days_of_root_are_a_parameter(stage: Stage) -> None:
    set_root_user(SEED, RootUserState(created=ago(days=99), keys=[RootKey(ago(days=99), last_used=ago(days=40))]))
    assert stage.status("iam-root-unused", root_quiet_days=45) == "fail"
    assert stage.status("iam-root-unused", root_quiet_days=1) == "pass"

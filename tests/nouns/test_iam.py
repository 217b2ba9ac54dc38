"""IAM's nouns: what the account summary, the credential report and the authorization details can and cannot show."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws
from moto.iam.models import iam_backends

import controls
from fixtures.credential_report import ReportRow
from fixtures.sandbox import gaps
from fixtures.sandbox.gaps.credential_report import COLUMNS
from fixtures.sandbox.gaps.iam import RootKey, RootUser, set_root_user
from fixtures.sandbox.seed import SandboxAccount, Seed
from muster import Facts
from muster.account import Account
from muster.archive import MemoryArchive
from muster.catalogue import import_controls
from muster.judgement import Finding, judge_control
from muster.reads import Reads
from muster.redaction import Redactor
from muster.sessions.aws import AwsTransport, new_session
from muster.sessions.counts import Counts

ACCOUNT = "123456789012"
NOW = datetime.now(UTC)
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
USER = f"arn:aws:iam::{ACCOUNT}:user/analyst"
HOME = "us-east-1"
CREDENTIALS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
SEED = Seed(SandboxAccount(name="stage", id=ACCOUNT, github="acme"))
CONTROLS = import_controls(Path(controls.__file__).parent)
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
READING = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
FLAGS = ("password_enabled", *(name for name in COLUMNS if name.endswith("_active")))
GITHUB = "token.actions.githubusercontent.com"


def ago(*, days: float = 0, minutes: float = 0) -> datetime:
    return NOW - timedelta(days=days, minutes=minutes)


def text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S+00:00")


def document(*statements: Mapping[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@dataclass
class Stage:
    """An account in moto, which can be made to answer an operation otherwise, and judged at a fixed time.

    It does what `muster.judge` does, save that all tests share their clients: those cost more than the judging.
    """

    iam: Any
    transport: AwsTransport
    fed: list[tuple[str, Callable[..., Any]]] = field(default_factory=list)

    @property
    def events(self) -> Any:
        """The hooks of the client that the audit asks through."""
        return self.transport.client("iam", HOME).meta.events

    def answer(self, operation: str, *answers: Mapping[str, Any]) -> list[int]:
        """Answer the operation with these, one a call, and then with the last; the list counts the calls."""
        calls: list[int] = []

        def reply(**_event: Any) -> tuple[Any, dict[str, Any]]:
            calls.append(1)
            content = dict(answers[min(len(calls), len(answers)) - 1])
            status = 400 if "Error" in content else 200
            return SimpleNamespace(status_code=status), {"ResponseMetadata": {"HTTPStatusCode": status}, **content}

        self.fed.append((f"before-call.iam.{operation}", reply))
        self.events.register(*self.fed[-1])
        return calls

    def report(self, *rows: Mapping[str, str], columns: tuple[str, ...] = COLUMNS) -> Mapping[str, Any]:
        """An answer with these rows; a column that a row does not name is N/A, or false where it is a flag."""
        lines = [",".join(columns)]
        for row in rows:
            lines.append(",".join(row.get(name, "false" if name in FLAGS else "N/A") for name in columns))
        return {"Content": "\n".join(lines).encode(), "GeneratedTime": NOW, "ReportFormat": "text/csv"}

    def make_user(self, name: str = "analyst", *, path: str = "/", created: datetime = NOW) -> str:
        arn = str(self.iam.create_user(UserName=name, Path=path)["User"]["Arn"])
        iam_backends[ACCOUNT]["global"].get_user(name).create_date = created
        return arn

    def make_role(self, *statements: Mapping[str, Any], name: str = "pipeline", path: str = "/") -> str:
        trusted = statements or ({"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": ROOT}},)
        answer = self.iam.create_role(RoleName=name, Path=path, AssumeRolePolicyDocument=document(*trusted))
        return str(answer["Role"]["Arn"])

    def enter(self) -> Account:
        """The account as an audit finds it, with nothing read yet."""
        reads = Reads("stage", self.transport, MemoryArchive(), Redactor(b"key"))
        return Account("stage", ACCOUNT, "aws", ROOT, ("eu-west-1",), HOME, NOW, reads)

    def judge(self, control_id: str, facts: Mapping[str, Any] | None = None, **parameters: Any) -> dict[str, Finding]:
        """The findings by resource."""
        control = CONTROLS[control_id]
        declared = Facts.model_validate_json(json.dumps(facts or {}))
        findings = judge_control(control, self.enter(), {**control.parameters, **parameters}, declared, threads=1)
        found = {finding.resource: finding for finding in findings}
        assert len(found) == len(findings)
        return found

    def status(self, control_id: str, facts: Mapping[str, Any] | None = None, **parameters: Any) -> str:
        """The status of the only resource."""
        (finding,) = self.judge(control_id, facts, **parameters).values()
        return finding.status


@pytest.fixture(scope="module")
def iam() -> Iterator[Any]:
    """The client that makes things; an audit's own refuses to."""
    gaps.install()
    with mock_aws():
        yield new_session(**CREDENTIALS).client("iam", region_name=HOME)


@pytest.fixture(scope="module")
def transport(iam: Any) -> AwsTransport:
    return AwsTransport(new_session(**CREDENTIALS), Counts())


@pytest.fixture
def stage(iam: Any, transport: AwsTransport) -> Iterator[Stage]:
    iam_backends[ACCOUNT]["global"].reset()
    set_root_user(SEED, RootUser(created=NOW))
    stage = Stage(iam, transport)
    yield stage
    for event, reply in stage.fed:
        stage.events.unregister(event, reply)


def refused(code: str = "AccessDenied") -> Mapping[str, Any]:
    return {"Error": {"Code": code, "Message": "not now"}}


def root_row(**columns: str) -> Mapping[str, str]:
    return {"user": "<root_account>", "arn": ROOT, "password_last_used": "no_information", **columns}


def user_row(**columns: str) -> Mapping[str, str]:
    return {"user": "analyst", "arn": USER, "user_creation_time": text(NOW), **columns}


# The root user

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
    use = {"account": account, "date": f"{ago(days=days):%Y-%m-%d}", "person": "ops", "reason": "Close an account"}
    assert stage.status("iam-root-unused", {"root_uses": [use]}) == status


def test_one_announced_use_does_not_excuse_another(stage: Stage) -> None:
    row = root_row(password_last_used=text(ago(days=2)), access_key_1_last_used_date=text(ago(days=3)))
    stage.answer("GetCredentialReport", stage.report(row))
    use = {"account": ACCOUNT, "date": f"{ago(days=2):%Y-%m-%d}", "person": "ops", "reason": "Close an account"}
    verdict = stage.judge("iam-root-unused", {"root_uses": [use]})[ROOT]
    assert verdict.status == "fail"
    assert verdict.reason == f"used its access key 1 on {ago(days=3):%Y-%m-%d}, which nobody announced"


def test_a_report_without_the_root_row_is_an_error(stage: Stage) -> None:
    stage.answer("GetCredentialReport", stage.report(user_row()))
    verdict = stage.judge("iam-root-unused")[ROOT]
    assert verdict.status == "error"
    assert "has no row <root_account>" in verdict.reason


def test_the_quiet_days_of_root_are_a_parameter(stage: Stage) -> None:
    set_root_user(SEED, RootUser(created=ago(days=99), keys=[RootKey(ago(days=99), last_used=ago(days=40))]))
    assert stage.status("iam-root-unused", root_quiet_days=45) == "fail"
    assert stage.status("iam-root-unused", root_quiet_days=1) == "pass"


# The credential report

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
    monkeypatch.setattr("muster.reads.time.sleep", lambda seconds: None)
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


# Users


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
    ("length", "status"), [(None, "fail"), (13, "fail"), (14, "pass")], ids=["not-set", "short", "long"]
)
def test_password_length(stage: Stage, length: int | None, status: str) -> None:
    if length is not None:
        stage.iam.update_account_password_policy(MinimumPasswordLength=length)
    assert stage.status("iam-password-length") == status


def test_the_length_of_passwords_is_a_parameter(stage: Stage) -> None:
    stage.iam.update_account_password_policy(MinimumPasswordLength=14)
    verdict = stage.judge("iam-password-length", min_length=20)[ROOT]
    assert (verdict.status, verdict.reason) == ("fail", "takes passwords of 14 characters; 20 are asked for")


def test_a_password_policy_that_is_refused_is_an_error(stage: Stage) -> None:
    stage.answer("GetAccountPasswordPolicy", refused())
    assert stage.status("iam-password-length") == "error"


def test_permissions_through_a_group_are_not_direct(stage: Stage) -> None:
    stage.make_user()
    stage.iam.create_group(GroupName="analysts")
    stage.iam.put_group_policy(GroupName="analysts", PolicyName="read", PolicyDocument=document(READING))
    stage.iam.add_user_to_group(GroupName="analysts", UserName="analyst")
    assert stage.status("iam-user-no-direct-policies") == "pass"


def test_direct_policies_are_named(stage: Stage) -> None:
    arn = stage.make_user(path="/people/")
    stage.iam.put_user_policy(UserName="analyst", PolicyName="read", PolicyDocument=document(READING))
    attached = stage.iam.create_policy(PolicyName="write", PolicyDocument=document(READING))["Policy"]["Arn"]
    stage.iam.attach_user_policy(UserName="analyst", PolicyArn=attached)
    assert stage.judge("iam-user-no-direct-policies")[arn].reason == "holds by itself: read, write"


@pytest.mark.parametrize(
    ("lists", "status"),
    [
        pytest.param({"AttachedManagedPolicies": []}, "pass", id="aws-leaves-out-an-empty-inline-list"),
        pytest.param({"UserPolicyList": []}, "error", id="a-missing-attached-list-is-malformed"),
    ],
)
def test_lists_that_are_left_out(stage: Stage, lists: Mapping[str, Any], status: str) -> None:
    user = {"UserName": "analyst", "Arn": USER, "CreateDate": NOW, "Path": "/", **lists}
    stage.answer("GetAccountAuthorizationDetails", {"UserDetailList": [user]})
    assert stage.status("iam-user-no-direct-policies") == status


# Access keys


@pytest.mark.parametrize(
    ("active", "rotated", "used", "age", "use"),
    [
        pytest.param("true", ago(days=1), None, "pass", "pass", id="new-and-not-used-yet"),
        pytest.param("true", ago(days=90, minutes=-5), ago(days=1), "pass", "pass", id="just-young"),
        pytest.param("true", ago(days=90, minutes=5), ago(days=1), "fail", "pass", id="just-old"),
        pytest.param("true", ago(days=89), ago(days=45, minutes=-5), "pass", "pass", id="just-used"),
        pytest.param("true", ago(days=89), ago(days=45, minutes=5), "pass", "fail", id="just-not-used"),
        pytest.param("true", ago(days=46), None, "pass", "fail", id="never-used"),
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


# Policies


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        pytest.param(EVERYTHING, "fail", id="star"),
        pytest.param({**EVERYTHING, "Action": ["s3:GetObject", "*:*"]}, "fail", id="in-a-list"),
        pytest.param({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}, "fail", id="all-but-a-few"),
        pytest.param({**EVERYTHING, "Resource": ["arn:aws:s3:::logs", "*"]}, "fail", id="resource-in-a-list"),
        pytest.param({**EVERYTHING, "Resource": "arn:aws:s3:::logs"}, "pass", id="one-resource"),
        pytest.param({**EVERYTHING, "Action": "s3:*"}, "pass", id="one-service"),
        pytest.param({**EVERYTHING, "Effect": "Deny"}, "pass", id="deny"),
    ],
)
def test_full_admin(stage: Stage, statement: Mapping[str, Any], status: str) -> None:
    stage.make_role()
    stage.iam.put_role_policy(RoleName="pipeline", PolicyName="inline", PolicyDocument=document(statement))
    assert stage.status("iam-policy-no-full-admin") == status


class TestManagedPolicies:
    @pytest.fixture
    def arn(self, stage: Stage) -> str:
        return str(stage.iam.create_policy(PolicyName="all", PolicyDocument=document(EVERYTHING))["Policy"]["Arn"])

    def test_attached_to_nobody(self, stage: Stage, arn: str) -> None:
        assert stage.judge("iam-policy-no-full-admin")[arn].status == "not_applicable"

    def test_only_a_permissions_boundary(self, stage: Stage, arn: str) -> None:
        stage.iam.create_user(UserName="analyst", PermissionsBoundary=arn)
        assert stage.judge("iam-policy-no-full-admin")[arn].status == "not_applicable"

    def test_attached(self, stage: Stage, arn: str) -> None:
        stage.make_role()
        stage.iam.attach_role_policy(RoleName="pipeline", PolicyArn=arn)
        verdict = stage.judge("iam-policy-no-full-admin", {"admin_principals": ["pipeline"]})[arn]
        assert verdict.status == "fail"
        assert verdict.reason == "allows every action on every resource: statement 1 of all"

    def test_another_version_is_the_default(self, stage: Stage, arn: str) -> None:
        stage.make_role()
        stage.iam.attach_role_policy(RoleName="pipeline", PolicyArn=arn)
        stage.iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(READING), SetAsDefault=True)
        assert stage.judge("iam-policy-no-full-admin")[arn].status == "pass"

    @pytest.mark.parametrize("versions", [[], [True, True]], ids=["none", "two"])
    def test_not_one_default_version_is_an_error(self, stage: Stage, versions: list[bool]) -> None:
        listed = [{"Document": json.loads(document(READING)), "IsDefaultVersion": each} for each in versions]
        policy = {"Arn": f"arn:aws:iam::{ACCOUNT}:policy/odd", "AttachmentCount": 1, "PolicyVersionList": listed}
        empty: dict[str, list[str]] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": []}
        stage.answer("GetAccountAuthorizationDetails", {**empty, "Policies": [policy]})
        assert stage.status("iam-policy-no-full-admin") == "error"


class TestInlinePolicies:
    def test_each_of_a_holder_is_a_resource_of_its_own(self, stage: Stage) -> None:
        arn = stage.make_role(path="/ci/")
        for name, statement in {"all": EVERYTHING, "read": READING}.items():
            stage.iam.put_role_policy(RoleName="pipeline", PolicyName=name, PolicyDocument=document(statement))
        found = stage.judge("iam-policy-no-full-admin")
        assert found[f"{arn}#inline-policy/all"].status == "fail"
        assert found[f"{arn}#inline-policy/read"].status == "pass"

    def test_of_users_and_groups(self, stage: Stage) -> None:
        stage.make_user()
        stage.iam.create_group(GroupName="analysts")
        stage.iam.put_user_policy(UserName="analyst", PolicyName="all", PolicyDocument=document(EVERYTHING))
        stage.iam.put_group_policy(GroupName="analysts", PolicyName="all", PolicyDocument=document(EVERYTHING))
        assert {name: verdict.status for name, verdict in stage.judge("iam-policy-no-full-admin").items()} == {
            f"{USER}#inline-policy/all": "fail",
            f"arn:aws:iam::{ACCOUNT}:group/analysts#inline-policy/all": "fail",
        }

    @pytest.mark.parametrize(
        ("pattern", "status"),
        [("pipeline", "not_applicable"), ("pipe*", "not_applicable"), ("pipe", "fail"), ("PIPELINE", "fail")],
    )
    def test_of_declared_administrators(self, stage: Stage, pattern: str, status: str) -> None:
        stage.make_role()
        stage.iam.put_role_policy(RoleName="pipeline", PolicyName="all", PolicyDocument=document(EVERYTHING))
        assert stage.status("iam-policy-no-full-admin", {"admin_principals": [pattern]}) == status

    def test_of_service_linked_roles(self, stage: Stage) -> None:
        stage.make_role(name="AWSServiceRoleForBackup", path="/aws-service-role/backup.amazonaws.com/")
        stage.iam.put_role_policy(
            RoleName="AWSServiceRoleForBackup", PolicyName="all", PolicyDocument=document(EVERYTHING)
        )
        assert stage.status("iam-policy-no-full-admin") == "not_applicable"

    def test_that_are_no_policy_are_an_error(self, stage: Stage) -> None:
        policy = {"PolicyName": "odd", "PolicyDocument": {"Statement": [{"Effect": "Perhaps"}]}}
        group = {"GroupName": "g", "Arn": f"arn:aws:iam::{ACCOUNT}:group/g", "Path": "/", "GroupPolicyList": [policy]}
        empty: dict[str, list[str]] = {"UserDetailList": [], "RoleDetailList": [], "Policies": []}
        stage.answer("GetAccountAuthorizationDetails", {**empty, "GroupDetailList": [group]})
        assert stage.status("iam-policy-no-full-admin") == "error"


# Roles

ANYONE = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}


@pytest.mark.parametrize(
    ("statement", "status"),
    [
        pytest.param(ANYONE, "fail", id="anyone"),
        pytest.param({**ANYONE, "Principal": {"AWS": ROOT}}, "pass", id="an-account"),
        pytest.param({**ANYONE, "Condition": {"StringEquals": {"sts:ExternalId": "a"}}}, "fail", id="external-id"),
        pytest.param({**ANYONE, "Condition": {"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}}}, "fail", id="address"),
        pytest.param(
            {**ANYONE, "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-1"}}}, "pass", id="organization"
        ),
        pytest.param(
            {**ANYONE, "Condition": {"StringLike": {"aws:PrincipalOrgID": "*"}}}, "fail", id="any-organization"
        ),
    ],
)
def test_role_trust(stage: Stage, statement: Mapping[str, Any], status: str) -> None:
    stage.make_role(statement)
    assert stage.status("iam-role-trust-not-public") == status


def test_the_statement_that_trusts_anyone_is_named(stage: Stage) -> None:
    arn = stage.make_role({**ANYONE, "Principal": {"AWS": ROOT}}, {**ANYONE, "Sid": "Temporary"})
    reason = stage.judge("iam-role-trust-not-public")[arn].reason
    assert reason == "trusts anyone: statement 2 (Temporary) of its trust policy"


def trusting_github(**claims: str) -> Mapping[str, Any]:
    return {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"},
        "Condition": {"StringEquals": {f"{GITHUB}:{name}": value for name, value in claims.items()}},
    }


OURS = "repo:acme/website:ref:refs/heads/main"


@pytest.mark.parametrize(
    ("statement", "organizations", "status"),
    [
        pytest.param(trusting_github(aud="sts.amazonaws.com", sub=OURS), ["acme"], "pass", id="ours"),
        pytest.param(trusting_github(aud="sts.amazonaws.com", sub=OURS), ["other"], "fail", id="theirs"),
        pytest.param(trusting_github(aud="sts.amazonaws.com", sub=OURS), [], "fail", id="none-declared"),
        pytest.param(trusting_github(aud="sts.amazonaws.com"), ["acme"], "fail", id="no-subject"),
        pytest.param(trusting_github(sub=OURS), ["acme"], "fail", id="no-audience"),
        pytest.param(trusting_github(aud="sts.amazonaws.com", repository_id="7"), [], "pass", id="immutable-claim"),
        pytest.param(
            {**ANYONE, "Action": "sts:AssumeRoleWithWebIdentity", "Principal": "*"}, ["acme"], "fail", id="any-provider"
        ),
        pytest.param({**ANYONE, "Principal": {"AWS": ROOT}}, ["acme"], "not_applicable", id="no-tokens"),
    ],
)
def test_tokens_of_outside_pipelines(
    stage: Stage, statement: Mapping[str, Any], organizations: list[str], status: str
) -> None:
    stage.make_role(statement)
    assert stage.status("iam-role-oidc-subject-bound", {"github_organizations": organizations}) == status


@pytest.mark.parametrize("control_id", ["iam-role-trust-not-public", "iam-role-oidc-subject-bound"])
def test_a_trust_policy_that_is_no_policy_is_an_error(stage: Stage, control_id: str) -> None:
    role = {"RoleName": "odd", "Arn": f"arn:aws:iam::{ACCOUNT}:role/odd", "AssumeRolePolicyDocument": {"Odd": 1}}
    stage.answer("GetAccountAuthorizationDetails", {"RoleDetailList": [role]})
    assert stage.status(control_id) == "error"


def test_all_nouns_share_one_call_for_the_authorization_details(stage: Stage) -> None:
    details: dict[str, list[str]] = {"UserDetailList": [], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
    calls = stage.answer("GetAccountAuthorizationDetails", details)
    account = stage.enter()
    for control in CONTROLS.values():
        if control.service == "iam":
            judge_control(control, account, control.parameters, Facts(), threads=1)
    assert len(calls) == 1

from __future__ import annotations

import csv
import hashlib
import io
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from trestle.oscal.poam import Model

from muster.errors import BadEvidence
from muster.reading.archive import recorded_text
from muster.reading.reads import Answer, Call
from muster.verdict import Verdict
from reports.__main__ import main
from reports.poam.oscal import as_oscal
from reports.poam.owners import Owner, Owners
from reports.poam.plan import DUE_DAYS, ActionPlan, PlanItem, make_plan, parse_due
from reports.run import SANDBOX, ReportedRun
from tests.reports.synthetic import HOSTILE, Size, make_run

CONTROL = "s3-bucket-encrypted"
BUCKET = "arn:aws:s3:::orders"
ONE = Size(resources=1, controls=1, accounts=1)


def row(status: str, **changes: Any) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "control": CONTROL,
        "account": "production",
        "region": "eu-west-1",
        "resource": BUCKET,
        "status": status,
        "reason": f"is {status}",
        "parameters": {},
        "reads": [],
        "waiver": None,
        "judged_in": None,
        "at": "2026-11-20T22:00:01Z",
    }
    return fields | changes


def night(parent: Path, number: int, rows: Sequence[Mapping[str, Any]], **record: Any) -> Path:
    """A run whose rows are these."""
    folder = make_run(parent, ONE, night=number, record=record)
    lines = [json.dumps({"run": folder.name, **one}) + "\n" for one in rows]
    (folder / "verdicts.jsonl").write_text("".join(lines))
    return folder


def nights(parent: Path, statuses: Sequence[str | None]) -> Path:
    """A run a night in which the bucket has this status (None: no row of it); the last one's folder."""
    made = [
        night(parent, number, [row(status)] if status else [], mocked=True) for number, status in enumerate(statuses)
    ]
    return made[-1]


def plan(folder: Path, due_days: Mapping[Any, int] = DUE_DAYS) -> ActionPlan:
    return make_plan(ReportedRun.load(folder), due_days)


def only(folder: Path) -> PlanItem:
    [item] = plan(folder).items
    return item


def run(folder: Path, *arguments: str) -> int:
    return main(["poam", str(folder), *arguments])


def day(number: int) -> date:
    return date(2026, 11, 20 + number)


class TestOfItems:
    @pytest.mark.parametrize(
        ("status", "is_open"),
        [
            ("fail", True),
            ("error", True),
            ("not_run", True),
            ("waived", True),
            ("pass", False),
            ("not_applicable", False),
        ],
    )
    def test_what_is_not_known_to_hold_is_open(self, tmp_path: Path, status: str, is_open: bool) -> None:
        assert bool(plan(nights(tmp_path, [status])).items) is is_open

    def test_the_severe_come_first_and_failures_before_what_is_unknown(self, tmp_path: Path) -> None:
        folder = make_run(tmp_path, Size(resources=30, controls=8, accounts=2))
        ranks = [(item.severity, item.row.status) for item in plan(folder).items]
        severities, statuses = ["critical", "high", "medium", "low"], ["fail", "error", "not_run", "waived"]

        assert ranks == sorted(ranks, key=lambda rank: (severities.index(rank[0]), statuses.index(rank[1])))
        assert len(ranks) == sum(
            row.status not in ("pass", "not_applicable") for row in ReportedRun.load(folder).rows()
        )

    def test_of_two_rows_of_a_resource_the_worse_is_the_item(self, tmp_path: Path) -> None:
        assert only(night(tmp_path, 0, [row("not_run"), row("fail")])).row.status == "fail"

    def test_an_item_keeps_its_id_from_run_to_run(self, tmp_path: Path) -> None:
        first, second = (only(night(tmp_path, number, [row("fail")])) for number in (0, 1))

        assert first.id == second.id

    def test_rows_that_run_json_does_not_know_are_refused(self, tmp_path: Path) -> None:
        with pytest.raises(BadEvidence, match="verify the folder"):
            plan(night(tmp_path, 0, [row("fail", control="unheard-of")]))


class TestOfAge:
    @pytest.mark.parametrize(
        ("statuses", "first_seen", "last_closed"),
        [
            pytest.param(["fail"], 0, None, id="one run"),
            pytest.param(["fail", "fail", "fail"], 0, None, id="always"),
            pytest.param(["pass", "fail", "fail"], 1, 0, id="since it last passed"),
            pytest.param(["fail", "pass", "fail"], 2, 1, id="again"),
            pytest.param(["fail", "not_applicable", "fail"], 2, 1, id="again after it did not apply"),
            pytest.param(["fail", None, "fail"], 0, None, id="a run that did not see it ends nothing"),
            pytest.param(["fail", "error", "fail"], 0, None, id="an unreadable night ends nothing"),
            pytest.param(["waived", "fail"], 0, None, id="a waived failure is a failure"),
            pytest.param(["error", "fail"], 1, None, id="a failure is as old as the first failure"),
            pytest.param(["fail", "error"], 0, None, id="what is unreadable now may have failed before"),
            pytest.param(["pass", "not_run", "error"], 1, 0, id="unknown since"),
            pytest.param(["pass", "fail", "pass", "pass", "fail", "fail"], 4, 3, id="the last time only"),
        ],
    )
    def test_it_is_as_old_as_the_first_run_that_saw_it_open(
        self, tmp_path: Path, statuses: list[str | None], first_seen: int, last_closed: int | None
    ) -> None:
        age = only(nights(tmp_path, statuses)).age

        assert age.first_seen == day(first_seen)
        assert age.last_closed == (None if last_closed is None else day(last_closed))

    @pytest.mark.parametrize(
        "earlier",
        [
            pytest.param({"replay_of": "an-earlier-run"}, id="a replay"),
            pytest.param({"account_ids": {"production": "444455556666"}}, id="another account of that name"),
            pytest.param({"started": "2026-12-24T22:00:00Z"}, id="a later run"),
        ],
    )
    def test_runs_that_say_nothing_of_it_are_left_out(self, tmp_path: Path, earlier: dict[str, Any]) -> None:
        night(tmp_path, 0, [row("fail")], **earlier)

        assert only(night(tmp_path, 1, [row("fail")])).age.first_seen == day(1)

    def test_a_sandbox_says_nothing_of_a_real_account(self, tmp_path: Path) -> None:
        make_run(tmp_path, ONE, mocked=True)
        folder = make_run(tmp_path, ONE, mocked=False, night=1)
        for run_folder in tmp_path.iterdir():
            (run_folder / "verdicts.jsonl").write_text(json.dumps({"run": run_folder.name, **row("fail")}) + "\n")

        assert only(folder).age.first_seen == day(1)

    def test_other_resources_do_not_make_it_older(self, tmp_path: Path) -> None:
        night(tmp_path, 0, [row("fail", resource="arn:aws:s3:::other"), row("fail", region="us-east-1")])

        assert only(night(tmp_path, 1, [row("fail")])).age.first_seen == day(1)

    def test_hostile_names_are_found_again(self, tmp_path: Path) -> None:
        for number in (0, 1):
            folder = night(tmp_path, number, [row("fail", resource=name) for name in HOSTILE])

        assert {item.age.first_seen for item in plan(folder).items} == {day(0)}


class TestOfDates:
    @pytest.mark.parametrize(
        ("severity", "due"),
        [
            ("critical", date(2026, 12, 5)),
            ("high", date(2026, 12, 20)),
            ("medium", date(2027, 2, 18)),
            ("low", date(2027, 5, 19)),
        ],
    )
    def test_an_item_is_due_by_its_severity(self, tmp_path: Path, severity: str, due: date) -> None:
        folder = nights(tmp_path, ["fail"])
        record = json.loads((folder / "run.json").read_text())
        record["controls"][CONTROL]["severity"] = severity
        (folder / "run.json").write_text(json.dumps(record))

        assert only(folder).due == due

    def test_it_is_overdue_once_its_day_is_over_on_the_day_of_the_run(self, tmp_path: Path) -> None:
        night(tmp_path, 0, [row("fail")])
        overdue = [plan(night(tmp_path, number, [row("fail")])) for number in (3, 4)]
        by_three_days = [
            make_plan(ReportedRun.load(tmp_path / name(number)), {**DUE_DAYS, "critical": 3}) for number in (3, 4)
        ]

        assert [made.is_overdue(made.items[0]) for made in overdue] == [False, False]
        assert [made.is_overdue(made.items[0]) for made in by_three_days] == [False, True]

    def test_what_is_waived_is_due_when_the_waiver_ends(self, tmp_path: Path) -> None:
        item = only(night(tmp_path, 0, [row("waived", waiver="W-1")]))

        assert item.due == date(2026, 12, 5)
        assert item.deadline == date(2027, 2, 28)

    def test_days_can_be_given(self) -> None:
        assert dict(parse_due("critical=7, low=365")) == {"critical": 7, "low": 365}

    @pytest.mark.parametrize("text", ["critical", "critical=", "critical=-1", "urgent=3", "critical=3,", "=3"])
    def test_days_that_make_no_sense_are_refused(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
    ) -> None:
        assert run(nights(tmp_path, ["fail"]), f"--due={text}") == 2
        assert "expected SEVERITY=DAYS" in capsys.readouterr().err


def name(number: int) -> str:
    return f"202611{20 + number}T220000Z-synthetic"


def recorded(folder: Path, content: Any) -> str:
    """The hash of an answer that now stands in the folder."""
    text = recorded_text(
        Call("production", "eu-west-1", "any", "thing", {}), Answer(content, at="2026-11-20T22:00:00Z")
    )
    sha256 = hashlib.sha256(text.encode()).hexdigest()
    (folder / "reads" / f"{sha256}.json").write_text(text)
    return sha256


TAGGED = [{"Key": "Owner", "Value": "payments"}]
I_1 = "arn:aws:ec2:eu-west-1:111122223333:instance/i-1"
VPC_1 = "arn:aws:ec2:eu-west-1:111122223333:vpc/vpc-1"
SG_1 = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1"
ROLE = "arn:aws:iam::111122223333:role/deploy"
DB = "arn:aws:rds:eu-west-1:111122223333:db:orders"


class TestOfOwners:
    @pytest.fixture
    def folder(self, tmp_path: Path) -> Path:
        return make_run(tmp_path, ONE)

    def owner(self, folder: Path, resource: str, content: Any = None, **changes: Any) -> Owner:
        reads = [] if content is None else [recorded(folder, content)]
        record = json.loads((folder / "run.json").read_text()) | changes.pop("record", {})
        fields = {"run": folder.name, **row("fail", resource=resource, reads=reads, **changes)}
        return Owners(replace(ReportedRun.load(folder), record=record)).of(Verdict.from_line(json.dumps(fields)))

    def test_a_tag_that_stands_in_the_row_is_nearest(self, folder: Path) -> None:
        content = {"RoleDetailList": [{"Arn": ROLE, "Tags": TAGGED}]}

        assert self.owner(folder, ROLE, content, tags={"Owner": "web"}).name == "web"
        assert self.owner(folder, ROLE, content, tags={"env": "x"}).name == "payments"

    @pytest.mark.parametrize(
        ("resource", "content"),
        [
            pytest.param(
                I_1, {"Reservations": [{"Instances": [{"InstanceId": "i-1", "Tags": TAGGED}]}]}, id="by id, nested"
            ),
            pytest.param(SG_1, {"SecurityGroups": [{"GroupId": "sg-1", "VpcId": "vpc-1", "Tags": TAGGED}]}, id="group"),
            pytest.param(ROLE, {"RoleDetailList": [{"Arn": ROLE, "Tags": TAGGED}]}, id="by ARN"),
            pytest.param(f"{ROLE}#inline-policy/x", {"RoleDetailList": [{"Arn": ROLE, "Tags": TAGGED}]}, id="a part"),
            pytest.param(DB, {"DBInstances": [{"DBInstanceArn": DB, "TagList": TAGGED}]}, id="TagList"),
            pytest.param(DB, {"DBInstances": [{"DBInstanceArn": DB, "tags": {"owner": "payments"}}]}, id="a mapping"),
        ],
    )
    def test_a_tag_of_the_resource_names_it(self, folder: Path, resource: str, content: Any) -> None:
        assert self.owner(folder, resource, content) == Owner("payments", "tag of the resource")

    @pytest.mark.parametrize(
        ("resource", "content"),
        [
            pytest.param(VPC_1, {"Subnets": [{"SubnetId": "subnet-1", "VpcId": "vpc-1", "Tags": TAGGED}]}, id="inside"),
            pytest.param(ROLE, {"Functions": [{"FunctionArn": "x", "RoleArn": ROLE, "Tags": TAGGED}]}, id="user of it"),
            pytest.param(I_1, {"Instances": [{"InstanceId": "i-2", "Tags": TAGGED}]}, id="another one"),
            pytest.param(I_1, {"Instances": [{"InstanceId": "i-1", "Tags": [{"Key": "env", "Value": "x"}]}]}, id="env"),
            pytest.param(I_1, {"Instances": [{"InstanceId": "i-1", "Tags": [{"Key": "owner"}]}]}, id="no value"),
            pytest.param(
                I_1, {"Instances": [{"InstanceId": "i-1", "Tags": [{"Key": "owner", "Value": " "}]}]}, id="blank"
            ),
            pytest.param(
                I_1,
                {
                    "Instances": [
                        {"InstanceId": "i-1", "Tags": [{"Key": "owner", "Value": "[redacted value 0123456789abcdef]"}]}
                    ]
                },
                id="redacted",
            ),
            pytest.param(I_1, [[], None, {"Tags": "owner"}, {"Tags": [1]}], id="nonsense"),
        ],
    )
    def test_tags_of_other_things_name_nobody(self, folder: Path, resource: str, content: Any) -> None:
        assert self.owner(folder, resource, content) == Owner("not declared", "")

    @pytest.mark.parametrize(
        ("changes", "expected"),
        [
            pytest.param(
                {"control": "attest-security-policy"}, Owner("security-lead", "attestations.yaml"), id="attestation"
            ),
            pytest.param({"waiver": "W-1"}, Owner("platform-team", "waivers.yaml"), id="waiver"),
            pytest.param(
                {"record": {"facts": {"public_buckets": [{"name": "orders", "owner": "web", "reason": "r"}]}}},
                Owner("web", "facts.yaml"),
                id="fact",
            ),
            pytest.param(
                {
                    "record": {
                        "accounts": [{"name": "production", "tags": {"owner": "platform"}, "id": "1", "kind": "aws"}]
                    }
                },
                Owner("platform", "tag of the account in accounts.yaml"),
                id="account",
            ),
            pytest.param({}, Owner("not declared", ""), id="nobody"),
        ],
    )
    def test_the_estate_names_it_where_no_tag_does(
        self, folder: Path, changes: dict[str, Any], expected: Owner
    ) -> None:
        assert self.owner(folder, BUCKET, **changes) == expected

    def test_a_changed_answer_names_nobody(self, folder: Path) -> None:
        sha256 = recorded(folder, {"RoleDetailList": [{"Arn": ROLE, "Tags": TAGGED}]})
        path = folder / "reads" / f"{sha256}.json"
        path.write_text(path.read_text().replace("payments", "somebody"))
        fields = {"run": folder.name, **row("fail", resource=ROLE, reads=[sha256])}

        assert Owners(ReportedRun.load(folder)).of(Verdict.from_line(json.dumps(fields))).name == ("not declared")


class TestOfCsv:
    def test_a_line_is_an_item(self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        night(tmp_path, 0, [row("pass")])
        night(tmp_path, 1, [row("fail")])
        assert run(night(tmp_path, 2, [row("fail")]), "--due=critical=1") == 0
        [line] = csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode(), newline=""))

        assert line["evidence"] == str(SANDBOX)
        assert line["owner"] == "not declared"
        assert (line["first seen"], line["last seen closed"]) == ("2026-11-21", "2026-11-20")
        assert (line["due"], line["overdue"]) == ("2026-11-22", "no")

    def test_a_waiver_is_told_with_who_answers_for_it(
        self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        run(night(tmp_path, 0, [row("waived", waiver="W-1")]))
        [line] = csv.DictReader(io.StringIO(capsysbinary.readouterr().out.decode(), newline=""))

        assert (line["waiver"], line["waived until"]) == ("W-1", "2027-02-28")
        assert (line["waiver owner"], line["waiver approver"]) == ("platform-team", "security-lead")

    def test_without_earlier_runs_the_user_is_told(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        run(nights(tmp_path, ["fail"]))

        assert "no earlier run stands beside this one" in capsys.readouterr().err


class TestOfOscal:
    def document(self, folder: Path) -> Any:
        text = as_oscal(ReportedRun.load(folder), plan(folder))
        # The model refuses what OSCAL does not allow.
        return Model.model_validate_json(text).plan_of_action_and_milestones

    @pytest.mark.parametrize("hostile", [False, True], ids=["plain", "hostile"])
    def test_it_is_what_the_model_allows(self, tmp_path: Path, hostile: bool) -> None:
        folder = make_run(tmp_path, Size(resources=20, controls=8, accounts=2), hostile=hostile)
        document = self.document(folder)

        assert [item.uuid for item in document.poam_items] == [item.id for item in plan(folder).items]

    def test_every_reference_leads_somewhere(self, tmp_path: Path) -> None:
        document = self.document(make_run(tmp_path, Size(resources=20, controls=4, accounts=2)))
        observed = {observation.uuid for observation in document.observations}
        risks = {risk.uuid for risk in document.risks}

        assert {related.observation_uuid for item in document.poam_items for related in item.related_observations} == (
            observed
        )
        assert {related.risk_uuid for item in document.poam_items for related in item.related_risks} == risks
        assert len(observed) == len(risks) == len(document.poam_items)

    @pytest.mark.parametrize(
        ("status", "risk"),
        [
            ("fail", "open"),
            ("waived", "deviation-approved"),
            ("error", "investigating"),
            ("not_run", "investigating"),
        ],
    )
    def test_what_is_unknown_is_a_risk_too(self, tmp_path: Path, status: str, risk: str) -> None:
        text = as_oscal(ReportedRun.load(folder := nights(tmp_path, [status])), plan(folder))
        [found] = json.loads(text)["plan-of-action-and-milestones"]["risks"]

        assert (found["status"], found["deadline"]) == (risk, "2026-12-05T23:59:59Z")

    def test_a_sandbox_is_called_one_in_the_title_and_in_each_item(self, tmp_path: Path) -> None:
        document = self.document(nights(tmp_path, ["fail"]))

        assert document.metadata.title.startswith("SANDBOX")
        assert str(SANDBOX) in {prop.value for item in document.poam_items for prop in item.props}

    def test_without_an_open_item_there_is_none(
        self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        assert run(nights(tmp_path, ["pass"]), "--format=oscal") == 0
        said = capsysbinary.readouterr()
        assert (said.out, b"nothing is open" in said.err) == (b"", True)


@pytest.mark.parametrize("form", ["csv", "oscal"])
def test_the_same_runs_make_the_same_bytes(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], form: str
) -> None:
    for number in range(3):
        folder = make_run(tmp_path, Size(resources=10, controls=4, accounts=2), night=number, hostile=True)
    made = {(run(folder, f"--format={form}"), capsysbinary.readouterr().out) for _ in range(2)}

    assert len(made) == 1


def test_a_cell_is_no_formula(tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    run(night(tmp_path, 0, [row("fail", resource=name, reason=name) for name in HOSTILE]))
    cells = [
        cell for line in csv.reader(io.StringIO(capsysbinary.readouterr().out.decode(), newline="")) for cell in line
    ]

    assert any(cell.startswith("'=") for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for module in [name for name in sys.modules if name.startswith(("reports.history.", "reports.poam."))]:
        monkeypatch.delitem(sys.modules, module)
        monkeypatch.delattr(module)
    monkeypatch.setitem(sys.modules, "duckdb", None)

    assert run(nights(tmp_path, ["fail"])) == 2
    assert "pip install 'muster[history]'" in capsys.readouterr().err

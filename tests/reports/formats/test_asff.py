"""ASFF: requests that Security Hub's own model takes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.validate import ParamValidator

from muster.printable import spelled
from reports.encodable import encodable
from reports.formats import asff, write_documents
from reports.formats.wording import cut_name
from reports.run import ReportedRun
from tests.reports.formats.readers import asff_findings, json_lines
from tests.reports.formats.samples import HOSTILE, account, made, row, row_of_each_status, run_of, unfinished
from tests.reports.synthetic import Size, make_run

LIMITS = {"Id": 512, "GeneratorId": 512, "Title": 256, "Description": 1_024}


@cache
def request_shape() -> Any:
    """What BatchImportFindings takes, by AWS's own model."""
    model = botocore.session.get_session().get_service_model("securityhub")
    return model.operation_model("BatchImportFindings").input_shape


def report(request: Any) -> str:
    found: str = ParamValidator().validate(request, request_shape()).generate_report()
    return found


def requests(run: ReportedRun, folder: Path) -> list[Any]:
    return json_lines(made(run, "asff", folder))


@pytest.mark.parametrize("hostile", [False, True], ids=["plain", "hostile"])
def test_requests_keep_to_the_model_and_the_limits(tmp_path: Path, hostile: bool) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=40, controls=8), hostile=hostile))

    for request in requests(run, tmp_path):
        assert report(request) == ""
        for finding in request["Findings"]:
            assert all(0 < len(finding[name]) <= most for name, most in LIMITS.items())
            assert all(len(value) <= 2_048 for value in finding["ProductFields"].values())
            assert len(finding["Resources"][0]["Id"]) <= 512


def test_requests_of_a_run_that_did_not_end_keep_to_the_model(tmp_path: Path) -> None:
    run = unfinished(run_of(tmp_path, row_of_each_status()))

    assert [report(request) for request in requests(run, tmp_path)] == [""]


def test_the_model_finds_what_is_wrong(tmp_path: Path) -> None:
    (request,) = requests(run_of(tmp_path, [row()]), tmp_path)
    request["Findings"][0]["Colour"] = "red"
    del request["Findings"][0]["Title"]

    assert "Colour" in report(request)
    assert "Title" in report(request)


def test_a_request_has_at_most_a_hundred_findings_of_one_account_and_region(tmp_path: Path) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=100, controls=10, accounts=2)))

    found = requests(run, tmp_path)

    assert max(len(request["Findings"]) for request in found) == 100
    for request in found:
        assert len({(one["AwsAccountId"], one["ProductArn"]) for one in request["Findings"]}) == 1


def test_findings_do_not_pile_up_in_memory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asff, "MOST_HELD", 10)
    rows = [row("fail", f"arn:{n}", account=("production", "staging", "sandbox")[n % 3]) for n in range(25)]

    found = requests(run_of(tmp_path, rows), tmp_path)

    assert sum(len(request["Findings"]) for request in found) == 25
    # Three accounts are three requests, each time that ten findings have gathered, and once at the end.
    assert len(found) == 9


@pytest.mark.parametrize(
    ("status", "compliance", "workflow"),
    [
        ("pass", "PASSED", "RESOLVED"),
        ("fail", "FAILED", "NEW"),
        ("error", "WARNING", "NEW"),
        ("not_run", "WARNING", "NEW"),
        ("waived", "FAILED", "SUPPRESSED"),
        ("not_applicable", "NOT_AVAILABLE", "RESOLVED"),
    ],
)
def test_a_status_is_said_in_security_hubs_words_and_ours(
    tmp_path: Path, status: str, compliance: str, workflow: str
) -> None:
    (finding,) = asff_findings(made(run_of(tmp_path, [row(status)]), "asff", tmp_path))

    assert finding["Compliance"]["Status"] == compliance
    assert finding["Workflow"]["Status"] == workflow
    assert finding["ProductFields"]["muster/status"] == status


@pytest.mark.parametrize(
    ("region", "home", "arn"),
    [
        ("eu-west-1", "eu-west-1", "arn:aws:securityhub:eu-west-1:111122223333:product/111122223333/default"),
        ("global", "eu-west-1", "arn:aws:securityhub:us-east-1:111122223333:product/111122223333/default"),
        ("global", "cn-north-1", "arn:aws-cn:securityhub:cn-north-1:111122223333:product/111122223333/default"),
    ],
    ids=["a region", "no region", "another partition"],
)
def test_a_finding_belongs_to_the_security_hub_of_its_region(tmp_path: Path, region: str, home: str, arn: str) -> None:
    run = run_of(
        tmp_path,
        [row(region=region)],
        accounts=[account("production", "aws", "111122223333")],
        regions={"production": [home]},
    )

    (finding,) = asff_findings(made(run, "asff", tmp_path))

    assert finding["ProductArn"] == arn


def test_rows_that_are_of_no_aws_account_are_left_out_and_counted(tmp_path: Path) -> None:
    accounts = [
        account("production", "aws", "111122223333"),
        account("code", "github", "acme"),
        account("nobody", "aws", ""),
    ]
    rows = [row(), row(account="code"), row("not_run", account="code"), row("not_run", account="nobody")]
    run = run_of(tmp_path, rows, accounts=accounts, account_ids={"production": "111122223333", "code": "acme"})

    (written,) = write_documents(run, ["asff"], tmp_path)

    assert len(asff_findings(written.path.read_text())) == 1
    assert [note.partition(" are left out")[0] for note in written.notes] == ["2 rows of code", "1 rows of nobody"]


def test_every_finding_of_a_mocked_run_says_so(tmp_path: Path) -> None:
    for finding in asff_findings(made(run_of(tmp_path, row_of_each_status(), mocked=True), "asff", tmp_path)):
        assert finding["Sample"] is True
        assert finding["Title"].startswith("SANDBOX: ")
        assert finding["ProductFields"]["muster/evidence"].startswith("SANDBOX")


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_cut_and_spelled_out_but_stays_its_own(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]
    rows = [row("fail", f"arn:{text}{end}", reason=f"is {text}") for end in ("one", "two")]

    first, second = asff_findings(made(run_of(tmp_path, rows), "asff", tmp_path))

    assert report({"Findings": [first, second]}) == ""
    assert first["Resources"][0]["Id"] == cut_name(spelled(encodable(f"arn:{text}one")), 512)
    assert first["Resources"][0]["Id"] != second["Resources"][0]["Id"]
    assert first["Description"].startswith(spelled(encodable(f"is {text}"))[:1_000])

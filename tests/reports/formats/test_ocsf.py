"""OCSF: each row is a Compliance Finding of the published schema."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from py_ocsf_models import OCSF_VERSION
from py_ocsf_models.events.findings.compliance_finding import ComplianceFinding

from reports.encodable import encodable
from reports.formats import ocsf
from reports.run import ReportedRun
from tests.reports.formats.readers import json_lines
from tests.reports.formats.samples import HOSTILE, account, made, row, row_of_each_status, run_of, unfinished
from tests.reports.synthetic import Size, make_run


@cache
def validator() -> Draft202012Validator:
    """The published class with the cloud profile; it admits no attribute that it does not name."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=ocsf.VERSION))
    return Draft202012Validator(schema.get_class_schema(class_name="compliance_finding", profiles=["cloud"]))


def errors(event: Any) -> list[str]:
    return [f"{error.json_path}: {error.message}" for error in validator().iter_errors(event)]


def events(run: ReportedRun, folder: Path) -> list[Any]:
    return json_lines(made(run, "ocsf", folder))


@pytest.mark.parametrize("hostile", [False, True], ids=["plain", "hostile"])
def test_events_keep_to_the_published_schema_and_model(tmp_path: Path, hostile: bool) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=10, controls=4), hostile=hostile))

    for event in events(run, tmp_path):
        assert errors(event) == []
        assert ComplianceFinding.model_validate(event).class_uid == 2003


def test_events_of_a_run_that_did_not_end_keep_to_the_schema(tmp_path: Path) -> None:
    run = unfinished(run_of(tmp_path, row_of_each_status()))

    assert [errors(event) for event in events(run, tmp_path)] == [[]] * 6


def test_the_schema_finds_what_is_wrong(tmp_path: Path) -> None:
    (event,) = events(run_of(tmp_path, [row()]), tmp_path)

    assert errors(event | {"severity_id": 17, "colour": "red"})


def test_the_version_is_that_of_the_model() -> None:
    assert ocsf.VERSION == OCSF_VERSION


@pytest.mark.parametrize(
    ("status", "compliance", "workflow"),
    [
        ("pass", (1, "Pass"), "New"),
        ("fail", (3, "Fail"), "New"),
        ("error", (2, "Warning"), "New"),
        ("not_run", (2, "Warning"), "New"),
        ("waived", (3, "Fail"), "Suppressed"),
        ("not_applicable", (99, "Not applicable"), "New"),
    ],
)
def test_a_status_is_said_in_ocsfs_words_and_ours(
    tmp_path: Path, status: str, compliance: tuple[int, str], workflow: str
) -> None:
    (event,) = events(run_of(tmp_path, [row(status)]), tmp_path)

    assert (event["compliance"]["status_id"], event["compliance"]["status"]) == compliance
    assert event["status"] == workflow
    assert event["status_code"] == event["compliance"]["status_code"] == status


def test_an_event_tells_what_where_and_why(tmp_path: Path) -> None:
    (event,) = events(run_of(tmp_path, [row()], mocked=False), tmp_path)

    assert event["time"] == 1_795_212_060_250
    assert event["message"] == "arn:aws:s3:::data because of fail"
    assert event["resources"] == [{"uid": "arn:aws:s3:::data", "region": "eu-west-1", "cloud_partition": "aws"}]
    assert event["cloud"]["account"]["uid"] == "111122223333"
    assert event["compliance"]["control"] == "s3-bucket-encrypted"
    assert event["compliance"]["requirements"] == ["example-1.0 1.1"]
    assert event["severity"] == "Critical"
    assert event["unmapped"]["muster"]["reads"] == ["a" * 64]


@pytest.mark.parametrize(
    ("kind", "provider", "type_id"), [("aws", "AWS", 10), ("github", "GitHub", 99), ("estate", "estate", 99)]
)
def test_the_provider_is_that_of_the_account(tmp_path: Path, kind: str, provider: str, type_id: int) -> None:
    run = run_of(tmp_path, [row(account="it")], accounts=[account("it", kind, "some-id")])

    (event,) = events(run, tmp_path)

    assert errors(event) == []
    assert event["cloud"]["provider"] == provider
    assert event["cloud"]["account"] == {
        "name": "it",
        "uid": "some-id",
        "type": "AWS Account" if kind == "aws" else "Other",
        "type_id": type_id,
    }


def test_an_account_that_run_json_does_not_name_is_unknown(tmp_path: Path) -> None:
    (event,) = events(run_of(tmp_path, [row(account="stranger")]), tmp_path)

    assert errors(event) == []
    assert event["cloud"]["provider"] == "unknown"


def test_every_event_of_a_mocked_run_says_so(tmp_path: Path) -> None:
    for event in events(run_of(tmp_path, row_of_each_status(), mocked=True), tmp_path):
        assert event["metadata"]["labels"][0].startswith("SANDBOX")
        assert event["message"].startswith("SANDBOX: ")
        assert event["unmapped"]["muster"]["mocked"] is True


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_comes_back_as_it_was(tmp_path: Path, name: str) -> None:
    (event,) = events(run_of(tmp_path, [row("fail", HOSTILE[name], reason=f"is {HOSTILE[name]}")]), tmp_path)

    assert errors(event) == []
    assert event["resources"][0]["uid"] == encodable(HOSTILE[name])
    assert event["compliance"]["status_details"] == [encodable(f"is {HOSTILE[name]}")]

"""A whole organization in one command: five accounts found, one closed, one excluded, one that nobody can enter."""

from __future__ import annotations

import base64
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from fixtures.sandbox.seed import AUDIT_ROLE
from muster.evidence.verify import verify
from reports.not_asked import omissions_of
from reports.run import ReportedRun
from tests.reports.test_page import island
from tests.runs.audits import Audits, Outcome
from tests.runs.organizations import MANAGEMENT, SandboxOrganization, make_organization
from tests.shared import Shared

CONTROL = "--control=rds-instance-encrypted"
REASON = "thrown away each night by its owners"


@pytest.fixture(scope="module")
def organization(sandbox: dict[str, Any], shared: Shared) -> SandboxOrganization:
    return shared.once("an organization to discover", lambda: make_organization(sandbox["aws_endpoint"]))


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory, small_project: Path, organization: SandboxOrganization) -> Audits:
    folder = tmp_path_factory.mktemp("organization")
    (folder / "estate").mkdir()
    (folder / "estate" / "accounts.yaml").write_text(
        f"""accounts:
  root: {{id: "{MANAGEMENT}", credentials: default, endpoint_url: "{organization.endpoint}", regions: [us-east-1]}}
organization:
  management: root
  role_name: {AUDIT_ROLE}
  external_id_env: MUSTER_TEST_EXTERNAL_ID
  regions: [us-east-1]
  exclude:
  - {{account: "{organization.ids["lab"]}", reason: "{REASON}"}}
"""
    )
    return Audits(folder / "estate", folder / "runs", small_project)


@pytest.fixture(scope="module")
def signed_in(organization: SandboxOrganization) -> dict[str, str]:
    """Keys of somebody in the account that manages the organization: moto takes the account from them."""
    return {**organization.keys, "MUSTER_TEST_EXTERNAL_ID": "x-1"}


@pytest.fixture(scope="module")
def night(audits: Audits, signed_in: dict[str, str]) -> Outcome:
    """One command, as a nightly job has it."""
    return audits("--discover", CONTROL, environment=signed_in)


def test_what_could_be_entered_is_judged_and_what_could_not_is_an_error(night: Outcome) -> None:
    assert night.code == 1, night.output
    assert {row.account: row.status for row in night.rows} == {
        "root": "not_applicable",
        "shop": "not_applicable",
        "locked": "error",
    }


def test_the_console_tells_of_each_account_that_is_left_out_and_once_why_one_could_not_be_entered(
    night: Outcome, organization: SandboxOrganization
) -> None:
    old, lab = organization.ids["old"], organization.ids["lab"]
    listed = sorted([f"{old} old: its state is SUSPENDED", f"{lab} lab: excluded: {REASON}"])
    assert f"5 accounts, 2 of them left out ({'; '.join(listed)})" in night.output
    assert night.output.count("is not authorized to perform") == 1
    assert "1 not entered" in night.output


def test_the_run_folder_keeps_what_was_found_and_the_answers_that_it_is_known_from(
    night: Outcome, organization: SandboxOrganization
) -> None:
    found = {each["name"]: each for each in night.run["organization"]["accounts"]}
    paths = {name: each["path"] for name, each in found.items()}
    reads = {read["operation"] for read in night.reads()}
    assert paths == {"master": "/", "shop": "/workloads/prod", "locked": "/workloads/prod", "lab": "/", "old": "/"}
    assert (found["shop"]["account"], found["shop"]["tags"], found["master"]["account"]) == (
        "shop",
        {"env": "prod"},
        "root",
    )
    assert reads >= {"list_accounts", "list_accounts_for_parent", "list_tags_for_resource"}
    assert night.run["calls"]["organizations"]["calls"] == len(
        [read for read in night.reads() if read["service"] == "organizations"]
    )
    assert night.folder is not None
    assert verify(night.folder).defects == []


def page_data(folder: Path) -> Any:
    return json.loads(zlib.decompress(base64.b64decode(island((folder / "index.html").read_text(), "data"))))


def test_the_page_tells_what_was_left_out_and_why(night: Outcome, organization: SandboxOrganization) -> None:
    assert night.folder is not None
    told = {each.text: each.names for each in omissions_of(ReportedRun.load(night.folder))}
    assert sorted(told["2 accounts of the organization left out"]) == sorted(
        [
            f"{organization.ids['lab']} lab (/): excluded: {REASON}",
            f"{organization.ids['old']} old (/): its state is SUSPENDED",
        ]
    )
    assert [name.partition(":")[0] for name in told["1 account that could not be entered"]] == ["locked"]
    assert told == {each["text"]: tuple(each["names"]) for each in page_data(night.folder)["notAsked"]}


def test_a_worker_judges_what_was_found_and_asks_nobody_again(audits: Audits, signed_in: dict[str, str]) -> None:
    outcome = audits("--discover", CONTROL, "--account=ou:/workloads", "-n1", environment=signed_in)
    assert {row.account: row.status for row in outcome.rows} == {"shop": "not_applicable", "locked": "error"}
    asked = [read for read in outcome.reads() if read["service"] == "organizations"]
    assert outcome.run["calls"]["organizations"]["calls"] == len(asked)
    assert outcome.run["not_asked"]["accounts"] == ["root"]


def test_without_discovery_nobody_is_judged_by_what_only_the_organization_knows(audits: Audits) -> None:
    outcome = audits(CONTROL, "--account=all")
    assert (outcome.code, outcome.folder) == (4, None)
    assert "--account=all: accounts.yaml has an organization" in outcome.output


def test_whoever_names_an_account_that_is_yet_to_be_found_is_told_how(audits: Audits) -> None:
    outcome = audits(CONTROL, "--account=shop")
    assert (outcome.code, outcome.folder) == (4, None)
    assert "(--discover finds the accounts of the organization)" in outcome.output


def test_the_next_night_is_compared_with_this_one(audits: Audits, night: Outcome, signed_in: dict[str, str]) -> None:
    outcome = audits("--discover", CONTROL, "--since=latest", "-q", environment=signed_in)
    assert outcome.run["since"] == night.run["run"]
    assert "lab (/): excluded" in outcome.output


def test_an_organization_that_cannot_be_asked_stops_the_run(audits: Audits) -> None:
    keys = {"AWS_ACCESS_KEY_ID": "", "AWS_EC2_METADATA_DISABLED": "true", "MUSTER_TEST_EXTERNAL_ID": "x-1"}
    outcome = audits("--discover", CONTROL, environment=keys)
    assert outcome.code == 4
    assert "--discover: the accounts of the organization could not be found" in outcome.output


def test_a_run_of_named_accounts_says_that_nobody_asked_the_organization(
    audits: Audits, signed_in: dict[str, str]
) -> None:
    outcome = audits(CONTROL, "--account=root", environment=signed_in)
    assert outcome.code == 0, outcome.output
    assert outcome.run["organization"]["accounts"] is None
    assert outcome.folder is not None
    told = [each.text for each in omissions_of(ReportedRun.load(outcome.folder))]
    assert "The organization was not asked which accounts it has (--discover)" in told

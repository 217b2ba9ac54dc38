"""`pytest --fleet` as users run it: an item an account, judged by workers of this machine, over the sandbox."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from muster.evidence.fleet_record import FleetRecord
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify_fleet import verify_fleet
from tests.runs.audits import Audits, Outcome
from tests.runs.conftest import small_audits

EMPTY = range(1, 4)


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any], small_project: Path) -> Audits:
    """The demo company, three accounts in which there is nothing, and one that nobody can enter."""
    found = small_audits(tmp_path_factory.mktemp("fleets"), "demo", sandbox, small_project)
    seeded = sandbox["accounts"]["demo"]
    ways = f'endpoint_url: "{sandbox["aws_endpoint"]}", regions: {json.dumps(seeded["regions"])}'
    entries = [
        f'  empty-{number}: {{id: "{number:012}", role_arn: "arn:aws:iam::{number:012}:role/Audit", {ways}}}'
        for number in EMPTY
    ]
    nowhere = (
        f'  shut: {{id: "{9:012}", role_arn: "arn:aws:iam::{9:012}:role/Audit", endpoint_url: "http://127.0.0.1:9"}}'
    )
    with (found.estate / "accounts.yaml").open("a") as accounts:
        accounts.write("\n".join([*entries, nowhere]) + "\n")
    return found


@pytest.fixture(scope="module")
def outcome(audits: Audits) -> Outcome:
    """A fleet over all of them."""
    return audits("--profile=baseline", "--account=all", "--fleet=2")


def test_a_fleet_says_what_a_run_says(outcome: Outcome, audits: Audits) -> None:
    run = audits("--profile=baseline", "--account=demo")
    fleet = FleetRecord.read(folder_of(outcome))
    demo = folder_of(outcome) / fleet.accounts["demo"].folder("demo")

    def said(folder: Path) -> list[tuple[str, ...]]:
        rows = RunFolder(folder).rows()
        return sorted((row.control, row.account, row.region, row.resource, row.status, row.reason) for row in rows)

    assert run.folder is not None
    assert said(demo) == said(run.folder)
    assert {path.name for path in run.folder.iterdir()} - {path.name for path in demo.iterdir()} == {
        "report.html",
        "junit.xml",
    }


def test_there_is_an_item_an_account(outcome: Outcome) -> None:
    assert outcome.code == 1
    for text in ("fleet::demo", "account empty-1", "critical iam-root-mfa: 1 fail", "Page: ", "SANDBOX"):
        assert text in outcome.output


def test_an_account_that_cannot_be_entered_is_red_and_named(outcome: Outcome) -> None:
    fleet = FleetRecord.read(folder_of(outcome))

    assert {name: account.ended for name, account in fleet.accounts.items()} == {
        "demo": "judged",
        "shut": "not_entered",
        **{f"empty-{number}": "judged" for number in EMPTY},
    }
    assert f"! shut ({9:012}): not entered: the account shut could not be entered" in outcome.output


def test_the_evidence_verifies(outcome: Outcome) -> None:
    assert verify_fleet(folder_of(outcome)).defects == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--fleet", "-n", "2"], "-n goes with a run, and not with --fleet", id="workers of xdist"),
        pytest.param(["--fleet", "--since=latest"], "--since goes with a run", id="since"),
        pytest.param(["--fleet=many"], "expected an address", id="neither an address nor a number"),
        pytest.param(["--fleet", "--reports=s3://bucket/nights"], "a folder that all workers see", id="object storage"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_in_a_line(options: list[str], said: str, audits: Audits) -> None:
    outcome = audits("--profile=baseline", "--account=empty-1", *options)

    assert outcome.code == 4
    assert said in outcome.output
    assert outcome.folder is None


def folder_of(outcome: Outcome) -> Path:
    assert outcome.folder is not None, outcome.output
    return outcome.folder


def test_a_fleet_that_was_stopped_goes_on_with_what_is_missing(audits: Audits) -> None:
    stopped = Popen(
        audits.command("--profile=baseline", "--account=all", "--fleet=1"), cwd=audits.project, stdout=PIPE, text=True
    )
    folder = _when_first_is_sealed(audits.reports)
    stopped.send_signal(signal.SIGTERM)
    said, _ = stopped.communicate(timeout=60)
    assert stopped.returncode == 2, said
    assert "go on with --resume" in said
    assert not (folder / "manifest.json").exists()
    before = {path: path.stat().st_mtime_ns for path in (folder / "accounts").glob("*/*/manifest.json")}

    outcome = audits("--profile=baseline", "--account=all", "--fleet=1", f"--resume={folder}")

    assert outcome.code == 1
    assert {path: path.stat().st_mtime_ns for path in before} == before
    assert len(list((folder / "accounts").glob("*/*/manifest.json"))) == 2 + len(EMPTY)
    assert verify_fleet(folder).defects == []


def _when_first_is_sealed(reports: Path) -> Path:
    known = set(reports.glob("2*"))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for folder in set(reports.glob("2*")) - known:
            if list((folder / "accounts").glob("*/*/manifest.json")):
                return folder
        time.sleep(0.02)
    raise AssertionError("no account was sealed in a minute")

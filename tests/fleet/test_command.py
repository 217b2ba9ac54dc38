"""`pytest --fleet` as users run it: an item an account, judged by workers of this machine, over the sandbox."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import PIPE, Popen
from typing import Any

import pytest

from muster.errors import UsageError
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify_fleet import verify_fleet
from muster.fleet.cluster import Workers
from tests.engine.loopback import Request, Response, loopback
from tests.runs.audits import Audits, Outcome
from tests.runs.conftest import small_audits

EMPTY = range(1, 3)
SHUT = {"AccessDenied": 21, "ExpiredToken": 22, "InvalidClientTokenId": 23}
"""What an account's STS answers whoever wants in, and the account's number."""
REFUSAL = "<ErrorResponse><Error><Code>{0}</Code><Message>no</Message></Error><RequestId>r</RequestId></ErrorResponse>"


@pytest.fixture(scope="module")
def audits(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any], small_project: Path) -> Iterator[Audits]:
    """The demo company, two accounts in which there is nothing, and three that nobody can enter."""
    found = small_audits(tmp_path_factory.mktemp("fleets"), "demo", sandbox, small_project)
    regions = json.dumps(sandbox["accounts"]["demo"]["regions"])
    with loopback(refuse) as nobodys, (found.estate / "accounts.yaml").open("a") as accounts:
        places = [(f"empty-{number}", number, sandbox["aws_endpoint"]) for number in EMPTY]
        for name, number, url in [*places, *((f"shut-{number}", number, nobodys.url) for number in SHUT.values())]:
            way = f'id: "{number:012}", role_arn: "arn:aws:iam::{number:012}:role/Audit", endpoint_url: "{url}"'
            accounts.write(f"  {name}: {{{way}, regions: {regions}}}\n")
        accounts.flush()
        yield found


def refuse(request: Request) -> Response:
    """Answer that nobody gets in, each account in its own way."""
    code = next(code for code, number in SHUT.items() if f"{number:012}".encode() in request.body)
    return Response(403, REFUSAL.format(code).encode(), {"Content-Type": "text/xml"})


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


def test_accounts_that_cannot_be_entered_are_red_and_named(outcome: Outcome) -> None:
    """Three in one fleet: in `fleet.json`, on its page, in the terminal; each of their controls is an error."""
    fleet, page = FleetRecord.read(folder_of(outcome)), (folder_of(outcome) / "index.html").read_text()

    assert {name: account.ended for name, account in fleet.accounts.items()} == {
        "demo": "judged",
        **{f"empty-{number}": "judged" for number in EMPTY},
        **{f"shut-{number}": "not_entered" for number in SHUT.values()},
    }
    for code, number in SHUT.items():
        account = fleet.accounts[f"shut-{number}"]
        assert set(account.cells) <= {"e", "."}
        assert code in (account.reason or "")
        assert f'"shut-{number}","{number:012}"' in page
        assert f"! shut-{number} ({number:012}): not entered: the account shut-{number} could not" in outcome.output
        assert {row.status for row in RunFolder(folder_of(outcome) / account.folder(f"shut-{number}")).rows()} == {
            "error"
        }
    assert outcome.code == 1


def test_the_evidence_verifies(outcome: Outcome) -> None:
    assert verify_fleet(folder_of(outcome)).defects == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param(["--fleet", "-n", "2"], "-n goes with a run, and not with --fleet", id="workers of xdist"),
        pytest.param(["--fleet", "--fail-on=new"], "--fail-on=new: new since when?", id="new since nothing"),
    ],
)
def test_what_cannot_be_carried_out_is_refused_in_a_line(options: list[str], said: str, audits: Audits) -> None:
    outcome = audits("--profile=baseline", "--account=empty-1", *options)

    assert outcome.code == 4
    assert said in outcome.output
    assert outcome.folder is None


def test_workers_are_a_number_or_an_address() -> None:
    with pytest.raises(UsageError, match="expected an address"):
        Workers.parse("many")


def folder_of(outcome: Outcome) -> Path:
    assert outcome.folder is not None, outcome.output
    return outcome.folder


@dataclass(frozen=True)
class GoneOn:
    """A fleet that was stopped and gone on with: how it ended, what was sealed by then and when, who was told."""

    outcome: Outcome
    folder: Path
    before: dict[Path, int]
    told: list[Request]


@pytest.fixture(scope="module")
def gone_on(outcome: Outcome, audits: Audits) -> GoneOn:
    """The same fleet on a later night, compared with the one before."""
    assert outcome.folder is not None
    asked = ("--profile=baseline", "--account=all", "--fleet=1", "--since=latest", "--fail-on=new")
    stopped = Popen(audits.command(*asked), cwd=audits.project, stdout=PIPE, text=True)
    folder = _when_first_is_sealed(audits.reports)
    stopped.send_signal(signal.SIGTERM)
    said, _ = stopped.communicate(timeout=60)
    assert stopped.returncode == 2, said
    assert "go on with --resume" in said
    assert not (folder / "manifest.json").exists()
    before = {path: path.stat().st_mtime_ns for path in (folder / "accounts").glob("*/*/manifest.json")}
    with loopback(lambda _: Response()) as hook:
        environment = {"MUSTER_WEBHOOK_URL": f"{hook.url}/hook"}
        ended = audits(*asked, "--notify=webhook", f"--resume={folder}", environment=environment)
        return GoneOn(ended, folder, before, hook.requests)


def test_a_fleet_that_was_stopped_goes_on_with_what_is_missing(gone_on: GoneOn) -> None:
    assert {path: path.stat().st_mtime_ns for path in gone_on.before} == gone_on.before
    assert len(list((gone_on.folder / "accounts").glob("*/*/manifest.json"))) == 1 + len(EMPTY) + len(SHUT)
    assert verify_fleet(gone_on.folder).defects == []


def test_what_failed_in_the_fleet_before_does_not_fail_it(gone_on: GoneOn, outcome: Outcome) -> None:
    assert gone_on.outcome.code == 0, gone_on.outcome.output
    data = json.loads((gone_on.folder / "fleet.json").read_text())
    assert (data["since"], data["fail_on"], data["exit_code"]) == (folder_of(outcome).name, "new", 0)
    for text in (f"Since {data['since']}: nothing changed", "--fail-on=new: the fleet does not fail"):
        assert text in gone_on.outcome.output


def test_somebody_is_told_of_it(gone_on: GoneOn) -> None:
    (request,) = gone_on.told
    message = json.loads(request.body)
    assert message["run"] == gone_on.folder.name
    assert set(message["red"]) == {f"shut-{number}" for number in SHUT.values()}
    assert message["subject"].startswith(f"Muster {gone_on.folder.name}: 0 new; ")


def _when_first_is_sealed(reports: Path) -> Path:
    known = set(reports.glob("2*"))
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        for folder in set(reports.glob("2*")) - known:
            if list((folder / "accounts").glob("*/*/manifest.json")):
                return folder
        time.sleep(0.02)
    raise AssertionError("no account was sealed in a minute")

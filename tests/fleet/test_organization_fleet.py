"""A discovered organization as a fleet: what concerns all of it is judged in one account, and told of all together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from muster.evidence.fleet_record import FleetRecord
from muster.evidence.verify_fleet import verify_fleet
from muster.proving.dates import copy_estate
from tests.runs.audits import Audits
from tests.runs.test_organization import GROUP

# Each is judged in one account for all others: in the one that manages the organization, and in that of the audit.
JUDGED_IN_ONE = "org-*,audit-bucket-*"


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("group")
    (folder / "estate").mkdir()
    copy_estate(GROUP, folder / "estate")
    outcome = Audits(folder / "estate", folder / "runs")("--discover", f"--control={JUDGED_IN_ONE}", "--fleet=2")
    assert outcome.folder is not None, outcome.output
    return outcome.folder


def test_what_is_left_to_another_account_is_judged_there(fleet: Path) -> None:
    """In no account's own run could that be told: each leaves something to an account that is not in it."""
    record = FleetRecord.read(fleet)

    assert [problem.text for problem in record.problems or ()] == []
    cells = {name: account.cells for name, account in record.accounts.items() if account.kind == "aws"}
    assert [name for name, letters in cells.items() if set(letters) == {"n"}] == []
    assert sum(letters.count("n") for letters in cells.values()) > len(record.controls)
    assert all(set("pf") & set(column) for column in zip(*cells.values(), strict=True)), cells


def test_what_the_organization_told_stands_with_the_fleet_once(fleet: Path) -> None:
    data = json.loads((fleet / "fleet.json").read_text())

    known = {each["account"] for each in data["organization"]["accounts"] if each["account"] is not None}
    assert known <= data["accounts"].keys()
    for name, account in FleetRecord.read(fleet).accounts.items():
        run = json.loads((fleet / account.folder(name) / "run.json").read_text())
        assert {each["account"] for each in run["organization"]["accounts"]} <= {name}
    assert {path.stem for path in (fleet / "reads").iterdir()} == set(data["organization"]["reads"])
    assert {data["accounts"][name]["unit"] for name in known} != {None}


def test_the_evidence_of_it_verifies(fleet: Path) -> None:
    assert verify_fleet(fleet).defects == []

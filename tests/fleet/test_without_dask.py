"""`muster fleet begin`, `judge` an account a process, `conclude`: the same fleet, without Dask."""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Any

import pytest

from muster.__main__ import main
from muster.errors import UsageError
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify_fleet import verify_fleet
from muster.fleet.cluster import refuse_without_dask
from tests.conftest import ROOT

ROLE = "arn:aws:iam::{number:012}:role/Audit"
ENTRY = f'  {{name}}: {{{{id: "{{number:012}}", role_arn: "{ROLE}", endpoint_url: "{{url}}", regions: [eu-west-1]}}}}'


@pytest.fixture
def estate(tmp_path: Path, sandbox: dict[str, Any]) -> Path:
    """Two accounts in which there is nothing."""
    folder = tmp_path / "estate"
    folder.mkdir()
    ways = {"one": 101, "two": 102}
    url = sandbox["aws_endpoint"]
    entries = [ENTRY.format(name=name, number=number, url=url) for name, number in ways.items()]
    (folder / "accounts.yaml").write_text("\n".join(["accounts:", *entries]) + "\n")
    return folder


@pytest.fixture
def begun(estate: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a fleet over them."""
    monkeypatch.chdir(ROOT)
    where = (f"--estate={estate}", f"--reports={tmp_path / 'runs'}")
    assert main(["fleet", "begin", "--control=iam-root-mfa", "--account=all", *where]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["accounts"] == ["one", "two"]
    return Path(said["fleet"])


def test_each_account_is_judged_by_a_command_of_its_own(begun: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for account in ("one", "two"):
        assert main(["fleet", "judge", str(begun), account]) == 0
    capsys.readouterr()

    assert main(["fleet", "conclude", str(begun)]) == 1  # root has no MFA in an empty account of the sandbox
    record = FleetRecord.read(begun)
    assert {name: account.ended for name, account in record.accounts.items()} == {
        "one": "judged",
        "two": "judged",
    }
    assert verify_fleet(begun).defects == []


def test_what_nobody_judged_is_red_and_told_why(begun: Path) -> None:
    main(["fleet", "judge", str(begun), "one"])

    assert main(["fleet", "conclude", str(begun)]) == 1
    record = FleetRecord.read(begun)
    assert record.accounts["two"].ended == "not_judged"
    rows = RunFolder(begun / record.accounts["two"].folder("two")).rows()
    assert [row.reason for row in rows] == ["nobody judged it: whoever was to do so left no evidence"]


def test_the_plan_is_nobody_elses_and_gone_in_the_end(begun: Path) -> None:
    plan = begun.with_name(f"{begun.name}.plan.json")
    assert stat.S_IMODE(os.stat(plan).st_mode) == 0o600

    main(["fleet", "conclude", str(begun)])

    assert not plan.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        pytest.param(["judge", "{fleet}", "three"], "has no such account", id="an account that was not planned"),
        pytest.param(["judge", "{fleet}/no", "one"], "no fleet was begun there", id="no fleet"),
        pytest.param(["begin", "--account=demo"], "judge its accounts by pytest --fleet", id="a sandbox"),
    ],
)
def test_what_cannot_be_done_is_a_line(
    arguments: list[str], said: str, begun: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["fleet", *(argument.format(fleet=begun) for argument in arguments)]) == 2
    assert said in capsys.readouterr().err


def test_where_dask_is_not_installed_it_is_told_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)

    with pytest.raises(UsageError, match=r"pip install 'muster\[fleet\]'"):
        refuse_without_dask()

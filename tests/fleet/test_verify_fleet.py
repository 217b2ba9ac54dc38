"""`muster verify FLEET`: what is changed, taken out or put in is found, in the fleet's files and in an account's."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.__main__ import main
from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import KeyFileSigner
from muster.evidence.verify import verify
from muster.evidence.verify_fleet import fleet_commands, verify_fleet
from tests.fleet.simulated import fleet_of, judge_all, write_accounts


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sealed fleet of two accounts."""
    folder = tmp_path_factory.mktemp("sealed")
    fleet = fleet_of(write_accounts(folder / "estate", [5, 7]), folder / "runs")
    fleet.begin()
    judge_all(fleet)
    fleet.conclude(0)
    return fleet.folder.path


@pytest.fixture
def fleet(sealed: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(sealed, tmp_path / sealed.name)


def test_nothing_is_found_in_a_fleet_as_it_was_sealed(fleet: Path) -> None:
    result = verify_fleet(fleet)

    assert result.defects == []
    assert result.verified == ["account-5", "account-7"]


def edit_fleet(fleet: Path) -> None:
    text = (fleet / "fleet.json").read_text()
    (fleet / "fleet.json").write_text(text.replace('"cells": "fp"', '"cells": "pp"'))


def edit_rows(fleet: Path) -> None:
    rows = account(fleet, "account-7") / "verdicts.jsonl"
    rows.write_text(rows.read_text().replace('"fail"', '"pass"'))


def forge_account(fleet: Path) -> None:
    """Whoever makes a whole run folder anew, with its manifest, has not the fleet's."""
    edit_rows(fleet)
    run = RunFolder(account(fleet, "account-7"))
    record = run.read_run()
    run.write_run({**record, "counts": {**record["counts"], "pass": 2, "fail": 0}, "exit_code": 0})
    write_manifest(run)
    assert verify(run.path).defects == []


def drop_account(fleet: Path) -> None:
    shutil.rmtree(fleet / "accounts" / "account-7")


def drop_account_and_its_entry(fleet: Path) -> None:
    drop_account(fleet)
    data = json.loads((fleet / "fleet.json").read_text())
    del data["accounts"]["account-7"]
    (fleet / "fleet.json").write_text(json.dumps(data))


def add_run(fleet: Path) -> None:
    place = account(fleet, "account-5")
    shutil.copytree(place, place.with_name("20200101T000000Z-other"))


def add_file(fleet: Path) -> None:
    (fleet / "accounts" / "note.txt").write_text("all is well")


def swap_accounts(fleet: Path) -> None:
    accounts = fleet / "accounts"
    (accounts / "account-5").rename(accounts / "other")
    (accounts / "account-7").rename(accounts / "account-5")
    (accounts / "other").rename(accounts / "account-7")


def drop_manifest(fleet: Path) -> None:
    (fleet / "manifest.json").unlink()


def account(fleet: Path, name: str) -> Path:
    (run,) = (fleet / "accounts" / name).iterdir()
    return run


@pytest.mark.parametrize(
    ("spoil", "kinds"),
    [
        pytest.param(edit_fleet, {"changed"}, id="a cell of fleet.json"),
        pytest.param(edit_rows, {"changed"}, id="rows of an account"),
        pytest.param(forge_account, {"changed"}, id="an account made anew"),
        pytest.param(drop_account, {"lost"}, id="an account taken out"),
        pytest.param(drop_account_and_its_entry, {"lost", "changed"}, id="an account taken out everywhere"),
        pytest.param(add_run, {"added"}, id="another run of an account"),
        pytest.param(add_file, {"added"}, id="a file"),
        pytest.param(swap_accounts, {"lost", "added"}, id="accounts change places"),
        pytest.param(drop_manifest, {"unfinished"}, id="no manifest"),
    ],
)
def test_a_spoilt_fleet_is_told(spoil: Callable[[Path], None], kinds: set[str], fleet: Path) -> None:
    spoil(fleet)

    assert {defect.kind for defect in verify_fleet(fleet).defects} == kinds


def test_a_key_that_is_trusted_must_have_signed(fleet: Path, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    public = subprocess.run(["openssl", "pkey", "-in", key, "-pubout"], check=True, capture_output=True).stdout

    kinds = [defect.kind for defect in verify_fleet(fleet, public).defects]

    assert kinds == ["unsigned"] * 3  # the fleet and its two accounts


def test_all_manifests_of_a_signed_fleet_are_signed(tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", key], check=True, capture_output=True)
    signer = KeyFileSigner(key)
    signed = fleet_of(write_accounts(tmp_path / "estate", [5, 7]), tmp_path / "runs")
    signed.signer = signer
    signed.begin()
    judge_all(signed)
    signed.conclude(0)

    assert verify_fleet(signed.folder.path, signer.public_key).defects == []
    assert verify_fleet(signed.folder.path).signed_by is not None


def test_the_command_verifies_a_fleet(fleet: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(fleet)]) == 0
    assert "2 of 2 accounts have a run folder, each verified" in capsys.readouterr().out
    edit_rows(fleet)
    assert main(["verify", str(fleet)]) == 1


def test_it_can_be_checked_by_hand(fleet: Path) -> None:
    def checked() -> subprocess.CompletedProcess[str]:
        script = "set -eo pipefail\n" + "\n".join(fleet_commands(verify_fleet(fleet)))
        return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)

    assert (checked().returncode, checked().stdout) == (0, "")
    edit_rows(fleet)
    assert "account-7" in checked().stdout

"""Runs in object storage: put once, listed by time, fetched as they were; what is old goes, the newest never."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from moto import mock_aws

from muster.__main__ import main
from muster.commands.prune import too_old
from muster.errors import NotARead, UsageError
from muster.evidence.packed import pack_run
from muster.evidence.s3_store import S3Store
from muster.run.places import run_at, store_at
from reports.__main__ import main as reports
from tests.integrity.sealed import seal
from tests.reports.synthetic import Size, make_run

PLACE = "s3://acme-evidence/nights"
NIGHTS = ("20261120T220000Z-baseline-prod", "20261121T220000Z-baseline-prod", "20261122T220000Z-baseline-prod")


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A bucket for runs."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "sandbox")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with mock_aws():
        client = boto3.client("s3", region_name="us-east-1")
        client.create_bucket(Bucket="acme-evidence")
        yield client


@pytest.fixture
def kept(s3: Any, tmp_path: Path) -> str:
    """The address of a run that is kept."""
    run = seal(make_run(tmp_path / "runs", Size(2, 2, 1)), None)
    pack_run(run, tmp_path / "run.zip")
    store = store_at(PLACE)
    store.put(run.name, tmp_path / "run.zip")
    return store.address(run.name)


def test_a_run_is_verified_where_it_is_kept(kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", kept]) == 0
    assert "nothing was changed, added or lost" in capsys.readouterr().out


def test_a_report_is_made_of_a_run_that_is_kept(kept: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")

    assert reports([kept, "--format=csv"]) == 0
    assert [path.suffix for path in (tmp_path / "here").glob("*.reports/*")] == [".csv"]


def test_the_history_reads_runs_that_are_kept(kept: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert reports(["history", PLACE]) == 0
    assert "1 night from 2026-11-20" in capsys.readouterr().out


def test_a_run_is_never_written_over(kept: str, tmp_path: Path) -> None:
    store, name = S3Store.of_run(kept, boto3.client("s3", region_name="us-east-1"))

    with pytest.raises(UsageError, match="PreconditionFailed"):
        store.put(name, tmp_path / "run.zip")


def test_what_else_stands_there_is_no_run(s3: Any, kept: str) -> None:
    for key in ("nights/readme.txt", "nights/deeper/20261120T220000Z-x.zip", "nights/.zip", "20261120T220000Z-y.zip"):
        s3.put_object(Bucket="acme-evidence", Key=key, Body=b"")

    assert [f"{PLACE}/{name}.zip" for name in store_at(PLACE).names()] == [kept]


@pytest.mark.parametrize("place", ["s3://acme-nobody/nights", "s3://", "s3://UPPER/x", "s3:///x"])
def test_a_place_that_is_none_is_one_line(s3: Any, place: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prune", place, "--keep-days=1"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1


def test_a_store_sends_nothing_else() -> None:
    client = boto3.client("s3", region_name="us-east-1")
    S3Store(PLACE, client)

    with pytest.raises(NotARead, match="DeleteBucket"):
        client.delete_bucket(Bucket="acme-evidence")


@pytest.mark.parametrize(
    ("now", "gone"),
    [
        pytest.param("2026-11-30T22:00:00", [], id="the oldest is as old as is kept"),
        pytest.param("2026-11-30T22:00:01", ["20261120T220000Z-baseline-prod"], id="a second older"),
        pytest.param("2027-11-30T22:00:00", list(NIGHTS[:2]), id="all are old, and the newest stays"),
    ],
)
def test_runs_are_old_by_when_they_began(now: str, gone: list[str]) -> None:
    assert list(too_old([*NIGHTS, "notes"], 10, datetime.fromisoformat(now).replace(tzinfo=UTC))) == gone


def test_nothing_is_removed_without_yes(s3: Any, capsys: pytest.CaptureFixture[str]) -> None:
    for name in NIGHTS:
        s3.put_object(Bucket="acme-evidence", Key=f"nights/{name}.zip", Body=b"")

    assert main(["prune", PLACE, "--keep-days=1"]) == 0
    assert "--yes removes them" in capsys.readouterr().out
    assert store_at(PLACE).names() == list(NIGHTS)


def test_with_yes_what_is_old_is_removed(s3: Any) -> None:
    for name in ("20200101T000000Z-a", "20200102T000000Z-a", "20200103T000000Z-a"):
        s3.put_object(Bucket="acme-evidence", Key=f"nights/{name}.zip", Body=b"")

    assert main(["prune", PLACE, "--keep-days=400", "--yes"]) == 0
    assert store_at(PLACE).names() == ["20200103T000000Z-a"]


def test_runs_of_a_folder_are_removed_with_the_reports_beside_them(tmp_path: Path) -> None:
    for name in ("20200101T000000Z-a", "20200102T000000Z-a"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "manifest.json").write_text("{}")
    (tmp_path / "20200101T000000Z-a.reports").mkdir()
    (tmp_path / "20190101T000000Z-under-way").mkdir()

    assert main(["prune", str(tmp_path), "--keep-days=400", "--yes"]) == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["20190101T000000Z-under-way", "20200102T000000Z-a"]


@pytest.mark.parametrize("days", ["0", "-1"])
def test_no_days_at_all_are_refused(tmp_path: Path, days: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prune", str(tmp_path), f"--keep-days={days}"]) == 2
    assert "1 or more" in capsys.readouterr().err


def test_a_packed_run_on_this_machine_is_opened_like_a_folder(tmp_path: Path) -> None:
    run = seal(make_run(tmp_path / "runs", Size(2, 2, 1)), None)
    pack_run(run, tmp_path / "run.zip")

    with run_at(tmp_path / "run.zip") as folder:
        assert (folder / "run.json").read_bytes() == (run / "run.json").read_bytes()

"""From an empty machine to the drift that somebody is told of: night after night, kept in a bucket."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import boto3
import pytest

from muster.__main__ import main
from muster.run.places import runs_at
from reports.history.period import Window, open_history, period
from tests.conftest import ROOT
from tests.engine.loopback import Loopback, Response, loopback
from tests.reports.test_page import unpacked
from tests.runs.audits import Audits, Outcome
from tests.runs.conftest import small_audits

BUCKET = "acme-nights"
PLACE = f"s3://{BUCKET}/baseline"
NIGHTLY = ("--profile=baseline", "--account=demo", f"--reports={PLACE}", "--since=latest", "--fail-on=new")


@dataclass(frozen=True)
class Machine:
    """A machine that forgets everything after each night, and whoever is told."""

    audits: Audits
    environment: dict[str, str]
    told: Loopback

    def night(self, *arguments: str) -> Outcome:
        """An audit from a machine without any run."""
        shutil.rmtree(self.audits.project / "reports" / "runs", ignore_errors=True)
        return self.audits(*NIGHTLY, *arguments, environment=self.environment)


@dataclass(frozen=True)
class Night:
    """What a night left: its exit code, what it printed, its files by name, and the message about it."""

    code: int
    output: str
    files: dict[str, str]
    message: dict[str, Any]

    def json(self, name: str) -> Any:
        return json.loads(self.files[name])


@pytest.fixture(scope="module")
def machine(
    small_project: Path, sandbox: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Machine]:
    """The project has `reports/` of its own: runs are made in it before they are kept."""
    folder = tmp_path_factory.mktemp("machine")
    audits = small_audits(folder, "demo", sandbox, small_project)
    project = shutil.copytree(audits.project, folder / "project", symlinks=True)
    (project / "reports").unlink()
    shutil.copytree(ROOT / "reports", project / "reports", ignore=shutil.ignore_patterns("runs", "latest"))
    with loopback(lambda _: Response(200, b"{}")) as told:
        environment = {
            "AWS_ACCESS_KEY_ID": "nightly",
            "AWS_SECRET_ACCESS_KEY": "nightly",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_ENDPOINT_URL": sandbox["aws_endpoint"],
            "MUSTER_WEBHOOK_URL": f"{told.url}/secret-path",
        }
        yield Machine(replace(audits, project=project, reports=project / "reports" / "runs"), environment, told)


@pytest.fixture(scope="module")
def bucket(sandbox: dict[str, Any]) -> Iterator[Any]:
    """An empty bucket for runs, in an account that nobody audits."""
    client = boto3.client(
        "s3",
        endpoint_url=sandbox["aws_endpoint"],
        region_name="us-east-1",
        aws_access_key_id="nightly",
        aws_secret_access_key="nightly",
    )
    client.create_bucket(Bucket=BUCKET)
    yield client
    for key in kept(client):
        client.delete_object(Bucket=BUCKET, Key=key)
    client.delete_bucket(Bucket=BUCKET)


def kept(bucket: Any) -> list[str]:
    return [entry["Key"] for entry in bucket.list_objects_v2(Bucket=BUCKET).get("Contents", ())]


@pytest.fixture(scope="module")
def nights(machine: Machine, bucket: Any) -> list[Night]:
    """A first night, a second on which nothing changed, and a third without the waiver of a public website."""
    nights = []
    for number in range(3):
        if number == 2:
            (machine.audits.estate / "waivers.yaml").write_text("waivers: []\n")
        outcome = machine.night("--notify=webhook")
        assert outcome.folder is not None, outcome.output
        files = {path.name: path.read_text() for path in outcome.folder.iterdir() if path.is_file()}
        message = json.loads(machine.told.requests[-1].body)
        nights.append(Night(outcome.code, outcome.output, files, message))
    return nights


def test_only_what_is_new_fails_a_night(nights: list[Night]) -> None:
    assert [night.code for night in nights] == [1, 0, 1], nights[-1].output


def test_a_first_night_is_no_error_and_says_so(nights: list[Night]) -> None:
    assert "nothing to compare with" in nights[0].output
    assert "nothing to compare with" in nights[0].message["subject"]


def test_a_night_on_which_nothing_changed_is_told_too(nights: list[Night]) -> None:
    assert nights[1].message["subject"].startswith(f"Muster {nights[1].json('run.json')['run']}: 0 new")
    assert nights[1].message["changed"] == []


def test_what_is_new_is_told(nights: list[Night]) -> None:
    (changed,) = nights[2].message["changed"]

    assert changed["change"] == "new failure"
    assert changed["resource"] == "arn:aws:s3:::acme-demo-website"


def test_message_drift_and_page_tell_the_same(nights: list[Night]) -> None:
    drift = nights[2].json("drift.json")

    assert nights[2].message["changes"] == drift["counts"]
    since = unpacked(nights[2].files["index.html"])["since"]
    assert dict(zip(since["changes"], since["counts"], strict=True)) == drift["counts"]


def test_each_night_is_kept_and_chained_to_the_one_before(nights: list[Night], bucket: Any) -> None:
    names = [night.json("run.json")["run"] for night in nights]
    before = [night.json("manifest.json")["previous"] for night in nights]

    assert kept(bucket) == [f"baseline/{name}.zip" for name in names]
    assert [night.message["kept_at"] for night in nights] == [f"{PLACE}/{name}.zip" for name in names]
    assert [each and each["run"] for each in before] == [None, *names[:-1]]


def test_a_night_is_verified_where_it_is_kept(
    nights: list[Night], machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)

    assert main(["verify", str(nights[1].message["kept_at"])]) == 0
    assert f"the run before it ({nights[0].json('run.json')['run']}) is not here" in capsys.readouterr().out


FLEETS = f"s3://{BUCKET}/fleets"


@pytest.fixture(scope="module")
def fleets(machine: Machine, bucket: Any) -> list[Night]:
    """Two nights of a fleet on a machine that forgets, on the second of which nothing changed."""
    nights = []
    for _ in range(2):
        outcome = machine.night("--fleet=1", f"--reports={FLEETS}", "--notify=webhook")
        assert outcome.folder is not None, outcome.output
        files = {path.name: path.read_text() for path in outcome.folder.iterdir() if path.is_file()}
        nights.append(Night(outcome.code, outcome.output, files, json.loads(machine.told.requests[-1].body)))
    return nights


def test_a_fleet_is_kept_and_compared_with_the_one_kept_before(fleets: list[Night], bucket: Any) -> None:
    names = [night.json("fleet.json")["fleet"] for night in fleets]

    assert [night.code for night in fleets] == [1, 0], fleets[-1].output
    assert [night.message["kept_at"] for night in fleets] == [f"{FLEETS}/{name}.zip" for name in names]
    assert {f"fleets/{name}.zip" for name in names} <= set(kept(bucket))
    assert fleets[1].json("fleet.json")["since"] == fleets[1].json("manifest.json")["previous"]["run"] == names[0]


def test_a_fleet_is_verified_told_of_and_removed_where_it_is_kept(
    fleets: list[Night], machine: Machine, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in machine.environment.items():
        monkeypatch.setenv(name, value)

    assert main(["verify", str(fleets[1].message["kept_at"])]) == 0
    with runs_at(FLEETS) as runs:
        store, database = open_history(runs, Window())
        found = period(store, database, controls="iam-root-mfa")
    assert sorted(fleet.name for fleet in store.fleets) == [night.json("fleet.json")["fleet"] for night in fleets]
    assert [standing.account for standing in found.standings] == ["demo"]
    capsys.readouterr()
    assert main(["prune", FLEETS, "--keep-days=1"]) == 0
    assert capsys.readouterr().out == "nothing is that old\n"


def test_the_address_of_the_webhook_stays_a_secret(nights: list[Night]) -> None:
    for night in nights:
        assert "secret-path" not in night.output + "".join(night.files.values())


def test_a_bucket_that_is_not_there_stops_the_run_before_anybody_is_asked(machine: Machine) -> None:
    outcome = machine.night(f"--reports={PLACE.replace(BUCKET, 'acme-nowhere')}")

    assert outcome.code == 4
    assert "NoSuchBucket" in outcome.output
    assert "INTERNALERROR" not in outcome.output


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        pytest.param("", "$MUSTER_WEBHOOK_URL is not set", id="not set"),
        pytest.param("http://hooks.example.com/x", "no address that begins with https://", id="in clear"),
        pytest.param("file:///etc/passwd", "no address that begins with https://", id="a file"),
    ],
)
def test_nobody_to_tell_stops_the_run_at_once(machine: Machine, variable: str, said: str) -> None:
    environment = {**machine.environment, "MUSTER_WEBHOOK_URL": variable}
    outcome = machine.audits("--account=demo", "--notify=webhook", environment=environment)

    assert outcome.code == 4
    assert said in outcome.output
    assert outcome.folder is None

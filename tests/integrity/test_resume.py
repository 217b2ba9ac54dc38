"""A run that goes on where another was cut short: which answers it takes over, and that it says so."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from muster.errors import BadEvidence, UsageError
from muster.estate.declarations import Facts
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify import verify
from muster.reading.access import Access, the_estate
from muster.reading.archive import parse_recorded, recorded_text
from muster.reading.reads import Answer, ApiError, Call, utc_now
from muster.run.plan import Plan
from muster.run.resume import MOST_HOURS, Resumed, refuse_hours
from muster.run.run import Run
from reports.run import ReportedRun
from tests.conftest import CONTROLS
from tests.engine.lamps import FakeTransport
from tests.integrity.recorded_run import (
    ANSWERS,
    CONTROL,
    EXPECTED,
    STARTED,
    WAIVER,
    edit_run,
    judge_again,
    make_recorded,
    options,
    statuses,
)

PROD = Access("prod", "aws", "111122223333", ("eu-west-1",))
FILE_SYSTEMS = "efs:describe_file_systems"


@pytest.fixture
def earlier(tmp_path: Path) -> Path:
    """A run that was killed: it has answers, and nothing that vouches for it."""
    folder = make_recorded(tmp_path / "runs")
    (folder / "manifest.json").unlink()
    edit_run(folder, lambda record: record.update(ended=None, exit_code=None, counts=None))
    return folder


def taken_over(folder: Path, *accounts: Access, hours: float = 6, now: datetime | None = None) -> Resumed:
    return Resumed.load(folder, hours, now or datetime.now(UTC), accounts or (PROD,))


def go_on(earlier: Path, reports: Path, **given: Any) -> tuple[Path, list[str]]:
    """A run of the same control that goes on from an earlier one: its folder, and what it asked."""
    transport = FakeTransport(ANSWERS)
    name = "20261121T220000Z-controls-prod"
    plan = Plan(
        run=name,
        folder=reports / name,
        started=datetime.now(UTC),
        as_of=STARTED,
        profiles=(),
        accounts=(PROD, the_estate()),
        controls={CONTROL: {}},
        facts=Facts(),
        waivers=(WAIVER,),
        attestations=(),
        redaction_key="00" * 32,
        resumed=taken_over(earlier, **given),
    )
    run = Run(plan, lent={"prod": lambda _access, _counts: transport})
    run.begin(CONTROLS, options(reports), ["pytest"], {})
    run.enter()
    run.judge(CONTROLS[CONTROL], "prod")
    run.conclude(0)
    run.seal(None, reports / "latest")
    return run.folder.path, transport.names()


def test_what_was_read_is_not_asked_again_and_judged_as_ever(earlier: Path, tmp_path: Path) -> None:
    folder, asked = go_on(earlier, tmp_path / "runs")

    assert asked == ["sts:get_caller_identity"]
    assert statuses(folder) == EXPECTED


def test_what_is_too_old_is_asked_again(earlier: Path, tmp_path: Path) -> None:
    folder, asked = go_on(earlier, tmp_path / "runs", now=datetime.now(UTC) + timedelta(hours=7))

    assert FILE_SYSTEMS in asked
    assert RunFolder(folder).read_run()["resumed"]["answers"] == 0


def answered(folder: Path) -> list[datetime]:
    """When the answers of a run came, first to last; that may be long before a test that looks at them."""
    texts = (each.read_text() for each in (folder / "reads").iterdir())
    return sorted(datetime.fromisoformat(parse_recorded(text)[1].at) for text in texts)


def test_what_was_answered_in_the_second_in_which_the_run_begins_is_taken(earlier: Path) -> None:
    to_the_second = answered(earlier)[-1].replace(microsecond=0)

    assert taken_over(earlier, now=to_the_second).answers()


def test_what_is_dated_after_now_is_asked_again(earlier: Path, tmp_path: Path) -> None:
    folder, asked = go_on(earlier, tmp_path / "runs", now=answered(earlier)[0] - timedelta(minutes=5))

    assert FILE_SYSTEMS in asked
    assert RunFolder(folder).read_run()["resumed"]["answers"] == 0


def test_the_evidence_says_whose_answers_they_are(earlier: Path, tmp_path: Path) -> None:
    folder, _ = go_on(earlier, tmp_path / "runs")
    (note,) = [note for note in ReportedRun.load(folder).notes if note.word == "RESUMED"]

    assert f"1 answer of this run was given in {earlier.name} and not asked again" in note.text
    assert "only their hashes vouch for them" in note.text
    assert verify(folder).defects == []


def test_an_error_is_asked_again(earlier: Path) -> None:
    call = Call("prod", "eu-west-1", "efs", "describe_file_systems", {"MaxItems": 1})
    text = recorded_text(call, Answer(error=ApiError("ThrottlingException", "Rate exceeded"), at=utc_now()))
    (earlier / "reads" / f"{sha256(text.encode()).hexdigest()}.json").write_text(text)

    assert call.key not in taken_over(earlier).answers()


def test_who_the_credentials_lead_to_is_asked_in_each_run(earlier: Path) -> None:
    assert not [key for key in taken_over(earlier).answers() if "get_caller_identity" in key]


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(replace(PROD, id="999988887777"), id="another account under the same name"),
        pytest.param(replace(PROD, id=""), id="an account whose id nobody declares"),
        pytest.param(replace(PROD, endpoint_url="http://127.0.0.1:5000"), id="another endpoint"),
        pytest.param(replace(PROD, regions=("eu-west-1", "eu-north-1")), id="other regions"),
        pytest.param(replace(PROD, regions=None), id="all regions"),
        pytest.param(replace(PROD, sandbox=True), id="a sandbox, which is a new one each time"),
        pytest.param(replace(PROD, name="dev"), id="another name"),
        pytest.param(the_estate(), id="the estate, which is read and not asked"),
    ],
)
def test_of_what_may_be_another_account_nothing_is_taken_over(earlier: Path, now: Access) -> None:
    with pytest.raises(UsageError, match="none of the accounts of this run was entered in it in the same way"):
        taken_over(earlier, now)


def test_hosts_of_the_earlier_run_are_those_of_this_one(earlier: Path) -> None:
    edit_run(earlier, lambda record: record["accounts"][0].update(hosts=["http://127.0.0.1:5000"]))
    resumed = taken_over(earlier)

    assert resumed.with_hosts(PROD).hosts == ("http://127.0.0.1:5000",)


def damage_answer(folder: Path) -> None:
    for path in (folder / "reads").iterdir():
        path.write_text(path.read_text().replace("false", "true"))


def replay(folder: Path) -> None:
    edit_run(folder, lambda record: record.update(replay_of={"run": "x", "manifest_sha256": None, "signed_by": None}))


def cut_off(folder: Path) -> None:
    (folder / "run.json").write_text("{")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        pytest.param(replay, "is a replay", id="a replay, which asked nobody"),
        pytest.param(cut_off, "no run to go on from", id="no whole run.json"),
        pytest.param(lambda folder: (folder / "run.json").unlink(), "no run to go on from", id="no run.json"),
    ],
)
def test_what_is_no_run_to_go_on_from_is_refused(earlier: Path, damage: Callable[[Path], None], said: str) -> None:
    damage(earlier)

    with pytest.raises(UsageError, match=said):
        taken_over(earlier)


def test_an_answer_that_was_changed_is_refused(earlier: Path) -> None:
    damage_answer(earlier)

    with pytest.raises(BadEvidence, match="its name is not its SHA-256"):
        taken_over(earlier).answers()


def test_a_sealed_run_that_does_not_verify_is_refused(tmp_path: Path) -> None:
    folder = make_recorded(tmp_path)
    damage_answer(folder)

    with pytest.raises(UsageError, match="its evidence does not verify"):
        taken_over(folder)


@pytest.mark.parametrize("hours", [0.0, -1.0, MOST_HOURS + 0.1, float("nan"), float("inf")])
def test_an_age_that_is_none_is_refused(hours: float) -> None:
    with pytest.raises(UsageError, match="--resume-hours"):
        refuse_hours(hours)


def test_a_resumed_run_is_judged_again_like_any(earlier: Path, tmp_path: Path) -> None:
    folder, _ = go_on(earlier, tmp_path / "runs")

    assert statuses(judge_again(folder, tmp_path / "again")) == EXPECTED


def test_a_worker_is_told(earlier: Path) -> None:
    resumed = taken_over(earlier)

    assert Resumed.from_data(resumed.as_data()) == resumed

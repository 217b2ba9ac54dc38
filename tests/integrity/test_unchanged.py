"""Nights of one organization on GitHub: what has not changed since the night before is taken from its folder."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from muster.errors import UsageError
from muster.estate.declarations import Facts
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify import verify
from muster.reading.access import Access, the_estate
from muster.reading.archive import parse_recorded
from muster.reading.reads import Answer
from muster.reading.sessions.own_questions import RATE_LIMIT
from muster.run.plan import Plan
from muster.run.run import Run
from muster.run.unchanged import EarlierRun, earlier_run
from reports.run import ReportedRun
from tests.conftest import CONTROLS
from tests.engine.loopback import Request, Response, loopback
from tests.integrity.recorded_run import edit_run, judge_again, options
from tests.integrity.sealed import seal

CONTROL = "gh-members-mfa"
KEY = "ab" * 32
STARTED = datetime(2026, 11, 20, 22, tzinfo=UTC)


@dataclass
class Hub:
    """A GitHub of one organization, with ETags; `paid` are the requests that its rate limit counts."""

    url: str = ""
    members: list[dict[str, Any]] = field(default_factory=list)
    paid: int = 0
    asked: int = 0

    def __call__(self, request: Request) -> Response:
        if request.path.startswith("/rate_limit"):
            return Response(404, b'{"message": "Rate limiting is not enabled."}')
        self.asked += 1
        is_list = "/members" in request.path
        content = json.dumps(self.members if is_list else {"login": "acme", "two_factor_requirement_enabled": True})
        tag = f'"{hashlib.sha256(content.encode()).hexdigest()}"'
        if request.headers.get("if-none-match") == tag:
            return Response(304, b"", {"ETag": tag})
        self.paid += 1
        return Response(200, content.encode(), {"ETag": tag})


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    monkeypatch.setenv("MUSTER_TEST_TOKEN", "ghp_nobody")
    hub = Hub()
    with loopback(hub) as server:
        hub.url = server.url
        yield hub


def access(hub: Hub, **change: Any) -> Access:
    given = {"id": "acme", "endpoint_url": hub.url, "mocked": True, "token_env": "MUSTER_TEST_TOKEN", **change}
    return Access("code", "github", **given)


def night(hub: Hub, runs: Path, day: int, since: Path | None = None, key: str = "", **change: Any) -> Path:
    """One night's run of one control, sealed; its folder. Each night has a redaction key of its own."""
    key = key or f"{day}" * 32
    name = f"202611{day}T220000Z-controls-code"
    code = access(hub, **change)
    plan = Plan(
        run=name,
        folder=runs / name,
        started=STARTED,
        as_of=STARTED,
        profiles=(),
        accounts=(code, the_estate()),
        controls={CONTROL: {}},
        facts=Facts(),
        waivers=(),
        attestations=(),
        redaction_key=key,
        earlier=EarlierRun.load(since, (code,), key) if since is not None else None,
    )
    run = Run(Plan.from_json(plan.to_json()))
    run.begin(CONTROLS, options(runs), ["pytest"], {})
    run.enter()
    run.judge(CONTROLS[CONTROL], "code")
    run.conclude(0)
    return seal(run.folder.path, None)


def statuses(folder: Path) -> list[str]:
    return [row.status for row in RunFolder(folder).rows()]


def answers(folder: Path) -> dict[str, Answer]:
    read = (parse_recorded(path.read_text()) for path in (folder / "reads").glob("*.json"))
    return {call.operation: answer for call, answer in read if call.name != RATE_LIMIT}


def test_a_second_night_costs_nothing_where_nothing_changed_and_stands_alone(hub: Hub, tmp_path: Path) -> None:
    first = night(hub, tmp_path, 20)
    paid, asked = hub.paid, hub.asked
    second = night(hub, tmp_path, 21, first)

    assert (hub.paid, hub.asked) == (paid, 2 * asked), "each question is put, and none paid for"
    assert statuses(second) == statuses(first) == ["pass"]
    for operation, answer in answers(second).items():
        before = answers(first)[operation]
        assert (answer.content, answer.validator) == (before.content, before.validator)
        assert answer.unchanged is not None
        assert (answer.unchanged.run, answer.unchanged.first_read) == (first.name, before.at)
        assert (first / "reads" / f"{answer.unchanged.read}.json").is_file()
        assert answer.at > before.at
    record = RunFolder(second).read_run()
    assert record["unchanged_since"] == {"run": first.name, "accounts": ["code"]}
    assert record["calls"]["github"]["unchanged"] == asked
    assert [note.text for note in ReportedRun.load(second).notes if note.word == "UNCHANGED"] == [
        f"{asked} answers of this run were taken from {first.name}: nothing of that had changed since, so GitHub said."
    ]
    for path in first.rglob("*"):
        path.chmod(0o755)
    first.rename(tmp_path / "gone")
    assert verify(second).defects == []
    assert statuses(judge_again(second, tmp_path / "again")) == ["pass"]


def test_a_third_night_tells_when_its_answers_came_first(hub: Hub, tmp_path: Path) -> None:
    first = night(hub, tmp_path, 20)
    second = night(hub, tmp_path, 21, first)
    third = night(hub, tmp_path, 22, second)
    for operation, answer in answers(third).items():
        assert answer.unchanged is not None
        assert (answer.unchanged.run, answer.unchanged.first_read) == (second.name, answers(first)[operation].at)


def test_what_has_changed_is_judged_as_it_is_now(hub: Hub, tmp_path: Path) -> None:
    first = night(hub, tmp_path, 20)
    hub.members.append({"login": "mallory"})
    second = night(hub, tmp_path, 21, first)
    assert (statuses(first), statuses(second)) == (["pass"], ["fail"])


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"id": "other"}, id="another organization"),
        pytest.param({"token_env": "PATH"}, id="another token"),
        pytest.param({"endpoint_url": "http://localhost:1"}, id="another server"),
        pytest.param({"app_id": "12", "token_env": None}, id="an App"),
        pytest.param({"sandbox": True}, id="a sandbox"),
        pytest.param({"name": "other"}, id="another name"),
    ],
)
def test_nothing_is_taken_where_the_account_was_entered_otherwise(
    hub: Hub, tmp_path: Path, change: dict[str, Any]
) -> None:
    first = night(hub, tmp_path, 20)
    given = {"name": "code", "id": "acme", "endpoint_url": hub.url, "token_env": "MUSTER_TEST_TOKEN", **change}
    assert EarlierRun.load(first, (access(hub),), KEY).accounts == ("code",)
    assert EarlierRun.load(first, (Access(kind="github", **given),), KEY).accounts == ()


@pytest.mark.parametrize(("key", "is_taken"), [("", False), (KEY, True)], ids=["a key a night", "the same key"])
def test_an_answer_with_a_mark_is_asked_for_anew_unless_the_key_is_the_same(
    hub: Hub, tmp_path: Path, key: str, is_taken: bool
) -> None:
    hub.members.append({"login": "ada", "note": "ghp_" + "a1B2c3D4e5F6" * 3})
    first = night(hub, tmp_path, 20, key=key)
    members = answers(first)["GET /orgs/{org}/members"]
    assert "[redacted secret" in json.dumps(members.content)
    second = night(hub, tmp_path, 21, first, key=key)
    assert (answers(second)["GET /orgs/{org}/members"].unchanged is not None) == is_taken
    assert answers(second)["GET /orgs/{org}"].unchanged is not None


def test_a_run_that_does_not_verify_is_refused(hub: Hub, tmp_path: Path) -> None:
    first = night(hub, tmp_path, 20)
    edit_run(first, lambda record: record.update(by="mallory@home"))
    with pytest.raises(UsageError, match="its evidence does not verify"):
        EarlierRun.load(first, (access(hub),), KEY)


def test_a_run_that_is_not_there_is_refused_and_latest_may_be_still_to_come(hub: Hub, tmp_path: Path) -> None:
    code = (access(hub),)
    with pytest.raises(UsageError, match="no run to ask what has changed since"):
        earlier_run(str(tmp_path / "none"), tmp_path, code, KEY)
    assert earlier_run("latest", tmp_path, code, KEY) is None
    first = night(hub, tmp_path, 20)
    second = night(hub, tmp_path, 21)
    (tmp_path / "latest").symlink_to(first)
    found = earlier_run("latest", tmp_path, code, KEY)
    assert found is not None
    assert (found.run, found.accounts) == (second.name, ("code",))
    assert earlier_run(None, tmp_path, code, KEY) is None


def test_latest_is_the_newest_whole_run_of_the_same_organization(hub: Hub, tmp_path: Path) -> None:
    first = night(hub, tmp_path, 20)
    (night(hub, tmp_path, 21) / "manifest.json").unlink()
    night(hub, tmp_path, 22, token_env="PATH")
    found = earlier_run("latest", tmp_path, (access(hub),), KEY)
    assert (found and found.run) == first.name

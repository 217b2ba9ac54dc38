"""A recorded run is judged again only if it is what it was, and stays another's: its accounts, its word, its key."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from muster.errors import UsageError
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import KeyFileSigner, fingerprint
from muster.evidence.verify import verify
from tests.conftest import ROOT
from tests.integrity.recorded_run import (
    EXPECTED,
    NAME,
    WAIVER,
    Record,
    edit_run,
    judge_again,
    make_recorded,
    planner_of,
    statuses,
)
from tests.integrity.sealed import key_file, seal


@dataclass(frozen=True)
class Replayed:
    """How a replay ended, what it printed, and the folder it left (None if it left none)."""

    code: int
    errors: str
    output: str
    folder: Path | None

    @property
    def record(self) -> Record:
        assert self.folder is not None, self.errors
        return RunFolder(self.folder).read_run()


@dataclass(frozen=True)
class Place:
    """A folder of a test's own; the recorded run stands apart from the reports of its replays."""

    root: Path

    @property
    def recorded(self) -> Path:
        return self.root / "theirs" / NAME

    def replay(self, *arguments: str, **environment: str) -> Replayed:
        reports = self.root / "ours" / "runs"
        done = subprocess.run(
            [
                *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", f"--reports={reports}"),
                *(f"--replay={self.recorded}", *arguments),
            ],
            cwd=ROOT,
            env={**os.environ, "COLUMNS": "200", **environment},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        made = sorted(reports.glob("2*")) if reports.is_dir() else []
        return Replayed(done.returncode, done.stderr, done.stdout, made[-1] if made else None)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """The recorded run, sealed and not signed."""
    (tmp_path / "theirs").mkdir()
    make_recorded(tmp_path / "theirs")
    return Place(tmp_path)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> tuple[Place, Replayed]:
    """The recorded run, and its replay."""
    place = Place(tmp_path_factory.mktemp("plain"))
    (place.root / "theirs").mkdir()
    make_recorded(place.root / "theirs")
    return place, place.replay()


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return key_file(tmp_path / "ours.pem")


def seal_again(place: Place, signer: KeyFileSigner | None = None) -> None:
    seal(place.recorded, signer)


def launder(record: Record) -> None:
    """Call mocked accounts real, and waive whatever fails."""
    record["mocked"] = False
    for account in record["accounts"]:
        account["mocked"] = False
    for waiver in record["waivers"]:
        waiver |= {"account": "*", "resource": "*"}


def refused(place: Place, public_key: Path | None = None, sign_key: Path | None = None) -> str:
    """The one line with which a replay is refused, before anything is made or judged."""

    def begin() -> None:
        planner = planner_of(place.recorded, place.root / "ours", public_key)
        if sign_key is not None:
            planner.refuse_to_sign(KeyFileSigner(sign_key))

    with pytest.raises(UsageError) as raised:
        begin()
    line = str(raised.value)
    assert "\n" not in line
    return line


def test_a_replay_finds_the_same_and_says_of_what_it_is_a_replay(plain: tuple[Place, Replayed]) -> None:
    place, replayed = plain
    manifest_sha256 = verify(place.recorded).manifest_sha256

    assert replayed.code == 1
    assert replayed.folder is not None
    assert statuses(replayed.folder) == EXPECTED
    assert [waiver["id"] for waiver in replayed.record["waivers"]] == [WAIVER.id]
    assert replayed.record["replay_of"] == {"run": NAME, "manifest_sha256": manifest_sha256, "signed_by": None}
    assert verify(replayed.folder).defects == []


def test_the_console_and_the_page_say_whose_word_it_is(plain: tuple[Place, Replayed]) -> None:
    _, replayed = plain
    assert replayed.folder is not None
    page = (replayed.folder / "index.html").read_text()

    assert f"muster: replay of {NAME} (manifest " in replayed.output
    for text in (replayed.output, page):
        assert "not signed: nobody vouches for it" in text
        assert "nobody has declared them here" in text


def test_a_replay_is_not_the_newest_run(plain: tuple[Place, Replayed]) -> None:
    place, _ = plain
    assert not (place.root / "ours" / "runs" / "latest").is_symlink()


def test_a_mocked_run_stays_mocked(place: Place) -> None:
    def mock(record: Record) -> None:
        record["mocked"] = True
        record["accounts"][0]["mocked"] = True

    edit_run(place.recorded, mock)
    seal_again(place)
    replayed = place.replay()

    assert replayed.record["mocked"] is True
    assert replayed.record["accounts"][0]["mocked"] is True


def test_an_edited_run_is_not_judged_again(place: Place, key: Path) -> None:
    edit_run(place.recorded, launder)

    replayed = place.replay(f"--sign-key={key}")
    assert (replayed.code, replayed.output, replayed.folder) == (4, "", None)
    assert replayed.errors.strip() == (
        f"ERROR: --replay={place.recorded}: its evidence does not verify (changed run.json: it is not what the manifest"
        f" says), so it is not judged again: python -m muster verify {place.recorded}"
    )


def test_an_edited_run_that_was_sealed_again_is_not_signed(place: Place, key: Path) -> None:
    edit_run(place.recorded, launder)
    seal_again(place)

    replayed = place.replay(MUSTER_SIGNING_KEY=str(key))
    assert (replayed.code, replayed.output, replayed.folder) == (4, "", None)
    (line,) = replayed.errors.strip().splitlines()
    assert "the recorded run is not signed: nobody vouches for it" in line


def test_an_edited_run_that_was_signed_by_nobody_we_know_is_not_signed_by_us(place: Place, key: Path) -> None:
    theirs = KeyFileSigner(key_file(place.root / "theirs.pem"))
    edit_run(place.recorded, launder)
    seal_again(place, theirs)

    line = refused(place, sign_key=key)
    assert f"the recorded run is signed by the key {fingerprint(theirs.public_key)}" in line
    assert "--public-key=FILE" in line


def test_our_own_signed_run_can_be_judged_again_and_signed(place: Place, key: Path) -> None:
    ours = KeyFileSigner(key)
    seal_again(place, ours)
    replayed = place.replay(f"--sign-key={key}")

    assert replayed.record["replay_of"]["signed_by"] == fingerprint(ours.public_key)
    assert replayed.folder is not None
    assert verify(replayed.folder, ours.public_key).defects == []


def test_a_run_signed_by_a_key_that_we_trust_can_be_judged_again_and_signed(place: Place, key: Path) -> None:
    theirs = KeyFileSigner(key_file(place.root / "theirs.pem"))
    seal_again(place, theirs)
    (place.root / "theirs.pub.pem").write_bytes(theirs.public_key)
    replayed = place.replay(f"--sign-key={key}", f"--public-key={place.root / 'theirs.pub.pem'}")

    assert replayed.record["replay_of"]["signed_by"] == fingerprint(theirs.public_key)
    assert replayed.folder is not None
    assert verify(replayed.folder).signed_by == fingerprint(KeyFileSigner(key).public_key)


def test_a_run_that_is_not_signed_by_the_key_that_is_asked_for_is_not_judged_again(place: Place, key: Path) -> None:
    (place.root / "ours.pub.pem").write_bytes(KeyFileSigner(key).public_key)

    assert "unsigned manifest.json.sig" in refused(place, public_key=place.root / "ours.pub.pem")


def tear_a_read(folder: Path) -> None:
    sorted((folder / "reads").iterdir())[0].write_text("{")


def forge_a_read(folder: Path) -> None:
    path = next(path for path in (folder / "reads").iterdir() if "fs-bad" in path.read_text())
    path.write_text(path.read_text().replace('"Encrypted":false', '"Encrypted":true'))


def link_a_read(folder: Path) -> None:
    path = sorted((folder / "reads").iterdir())[0]
    path.rename(folder.parent / "elsewhere.json")
    path.symlink_to(folder.parent / "elsewhere.json")


def link_run_json(folder: Path) -> None:
    (folder / "run.json").rename(folder.parent / "elsewhere.json")
    (folder / "run.json").symlink_to(folder.parent / "elsewhere.json")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (tear_a_read, "torn reads/"),
        (forge_a_read, "changed reads/"),
        (link_a_read, "changed reads/"),
        (link_run_json, "torn run.json"),
        (lambda folder: (folder / "manifest.json").unlink(), "lost manifest.json"),
        (lambda folder: (folder / "verdicts.jsonl").unlink(), "lost verdicts.jsonl"),
    ],
    ids=["a torn answer", "a forged answer", "a linked answer", "a linked record", "no manifest", "no rows"],
)
def test_a_folder_that_is_not_as_it_was_left_is_refused(
    place: Place, spoil: Callable[[Path], object], said: str
) -> None:
    spoil(place.recorded)

    assert said in refused(place)


TRAVERSAL = "x/../../../../pwned"


@pytest.mark.parametrize(
    "edit",
    [
        pytest.param(lambda record: record.update(profiles=[TRAVERSAL]), id="a profile"),
        pytest.param(lambda record: record["accounts"][0].update(name=TRAVERSAL), id="an account"),
        pytest.param(lambda record: record.update(profiles=["**"]), id="a pattern"),
        pytest.param(lambda record: record.update(run=TRAVERSAL), id="the run"),
    ],
)
def test_a_name_from_a_folder_leads_nowhere(place: Place, edit: Callable[[Record], object]) -> None:
    edit_run(place.recorded, edit)
    seal_again(place)
    before = sorted(place.root.rglob("*"))
    assert place.replay().code == 4

    assert sorted(place.root.rglob("*")) == before


def test_a_long_list_of_profiles_makes_no_name_that_is_too_long(place: Place) -> None:
    edit_run(place.recorded, lambda record: record.update(profiles=[f"profile-{number}" for number in range(90)]))
    seal_again(place)
    replayed = place.replay()

    assert replayed.folder is not None
    assert "-90-profiles-" in replayed.folder.name


UNUSABLE: dict[str, Callable[[Record], Any]] = {
    "a kind that is none": lambda record: record["accounts"][0].update(kind="azure"),
    "regions that are a number": lambda record: record["accounts"][0].update(regions=3),
    "two accounts of one name": lambda record: record["accounts"].append(record["accounts"][0]),
    "a fact that is none": lambda record: record["facts"].update(everything_is_fine=True),
    "a waiver without an owner": lambda record: record["waivers"][0].pop("owner"),
    "attestations that are texts": lambda record: record.update(attestations=["all is well"]),
    "a threshold of another kind": lambda record: record["controls"]["attest-security-policy"].update(
        parameters={"max_age_days": "for ever"}
    ),
    "a threshold that is none": lambda record: record["controls"]["efs-encrypted"].update(parameters={"lax": True}),
    "frameworks that are a list": lambda record: record.update(frameworks=[]),
    "a requirement that is null": lambda record: record.update(
        frameworks={"f": {"title": "F", "requirements": {"1": None}}}
    ),
    "a time before there were runs": lambda record: record.update(as_of="0001-01-01T00:00:00Z"),
    "a time after the calendar": lambda record: record.update(as_of="9999-12-31T23:59:59Z"),
}


@pytest.mark.parametrize("edit", UNUSABLE.values(), ids=list(UNUSABLE))
def test_a_record_that_cannot_be_judged_by_is_refused_in_one_line(
    place: Place, edit: Callable[[Record], object]
) -> None:
    edit_run(place.recorded, edit)
    seal_again(place)

    assert f"--replay={place.recorded}: " in refused(place)


def as_before(place: Place, record: Record) -> None:
    """Give a record, and the rows beside it, the form that they had in the first version."""
    for key in ("part", "people"):
        record.pop(key, None)
    for account in record["accounts"]:
        account.pop("hosts")
        account |= {"missing": None, "missing_status": "error"}
    for control in record["controls"].values():
        control.pop("defaults", None)
        control.pop("facts", None)
    record["facts"] |= {
        "admin_principals": ["Break*"],
        "public_buckets": [{"name": "web", "owner": "web-team", "reason": "Web"}],
    }
    rows = [json.loads(line) for line in (place.recorded / "verdicts.jsonl").read_text().splitlines()]
    for row in rows:
        row.pop("name")
        row.pop("tags")
    (place.recorded / "verdicts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


@pytest.mark.parametrize("of", [None, "20261119T220000Z-controls-prod"], ids=["a run", "a replay"])
def test_a_run_in_the_form_of_the_first_version_is_judged_again(place: Place, of: str | None) -> None:
    edit_run(place.recorded, lambda record: as_before(place, record))
    edit_run(place.recorded, lambda record: record.update(replay_of=of))
    seal_again(place)
    again = judge_again(place.recorded, place.root / "ours")

    assert statuses(again) == EXPECTED
    assert RunFolder(again).read_run()["facts"]["admin_principals"][0]["owner"] == "nobody declared"


def test_a_question_that_the_recorded_run_did_not_ask_is_an_error_and_no_pass(place: Place) -> None:
    asked = next(path for path in (place.recorded / "reads").iterdir() if "describe_file_systems" in path.read_text())
    asked.unlink()
    rows = (place.recorded / "verdicts.jsonl").read_text().replace(f'"{asked.stem}"', "")
    (place.recorded / "verdicts.jsonl").write_text(rows)
    seal_again(place)

    assert set(statuses(judge_again(place.recorded, place.root / "ours")).values()) == {"error"}

"""Which run is compared with: the latest whole one that asked the same, or one that the user names, if it verifies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from muster.errors import UsageError
from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import KeyFileSigner, fingerprint, sign_manifest
from reports.drift.baseline import latest_before, verified, whole
from reports.run import ReportedRun
from tests.integrity.sealed import key_file
from tests.reports.formats.samples import account
from tests.reports.synthetic import Size, make_run

SIZE = Size(2, 2, 2)


def sealed(parent: Path, night: int, **record: Any) -> Path:
    """A sealed run of a night; `record` overrides keys of `run.json`."""
    folder = make_run(parent, SIZE, night=night, record=record)
    write_manifest(RunFolder(folder))
    return folder


def tonight(parent: Path, **record: Any) -> ReportedRun:
    """The run that looks for another: its folder is not sealed yet."""
    return ReportedRun.load(make_run(parent, SIZE, night=9, record=record))


def found(run: ReportedRun) -> str | None:
    previous = latest_before(run)
    return previous.name if previous is not None else None


def test_the_latest_of_several_is_taken(tmp_path: Path) -> None:
    nights = [sealed(tmp_path, night) for night in range(3)]

    assert found(tonight(tmp_path)) == nights[-1].name


PART = {"asked": 216, "judged": 12, "left_out": {}, "by": ["-k model"]}
NOT_RUN = {"kind": "not_run", "text": "iam-user-mfa was not judged in prod: the run ended before it"}
OTHERS = [account(name, "aws", "111122223333") for name in ("production", "another")]
NARROWED = {"accounts": [], "controls": ["s3-bucket-tagged"], "by": ["--severity=critical"]}


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"ended": None, "exit_code": None, "counts": None, "problems": None}, id="was killed"),
        pytest.param({"exit_code": 2}, id="was interrupted"),
        pytest.param({"exit_code": 3}, id="broke down"),
        pytest.param({"part": PART}, id="is a part"),
        pytest.param({"problems": [NOT_RUN]}, id="did not judge all"),
        pytest.param({"replay_of": {"run": "r", "manifest_sha256": None, "signed_by": None}}, id="asked nobody"),
        pytest.param({"profiles": ["baseline"]}, id="of another profile"),
        pytest.param({"accounts": OTHERS}, id="of other accounts"),
        pytest.param({"not_asked": NARROWED}, id="of fewer controls"),
    ],
)
def test_a_run_that_is_not_whole_or_asked_something_else_is_passed_over(tmp_path: Path, record: dict[str, Any]) -> None:
    whole = sealed(tmp_path, 0)
    sealed(tmp_path, 1, **record)

    assert found(tonight(tmp_path)) == whole.name


@pytest.mark.parametrize(
    "record",
    [
        pytest.param({"exit_code": 0}, id="that passed"),
        pytest.param({"exit_code": 1, "problems": [{"kind": "waiver_unmatched", "text": "x"}]}, id="with a problem"),
        pytest.param({"accounts": [*OTHERS, account("estate", "estate", "estate")]}, id="with the estate beside them"),
    ],
)
def test_a_whole_run_of_the_same_is_taken(tmp_path: Path, record: dict[str, Any]) -> None:
    night = sealed(tmp_path, 0, **record)
    accounts = {"accounts": OTHERS} if "accounts" in record else {}

    assert found(tonight(tmp_path, **accounts)) == night.name


def no_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def no_record(folder: Path) -> None:
    (folder / "run.json").write_text("[]")


def a_link(folder: Path) -> None:
    elsewhere = folder.parent / "elsewhere"
    elsewhere.mkdir()
    shutil.move(folder, elsewhere)
    folder.symlink_to(elsewhere / folder.name)


@pytest.mark.parametrize("spoil", [no_manifest, no_record, a_link, shutil.rmtree])
def test_what_is_no_sealed_run_is_passed_over(tmp_path: Path, spoil: Callable[[Path], object]) -> None:
    whole, other = sealed(tmp_path, 0), sealed(tmp_path, 1)
    spoil(other)

    assert found(tonight(tmp_path)) == whole.name


def test_a_later_run_is_no_earlier_one(tmp_path: Path) -> None:
    sealed(tmp_path, 10)

    assert found(tonight(tmp_path)) is None


def test_a_first_night_has_none(tmp_path: Path) -> None:
    assert found(tonight(tmp_path)) is None


def test_a_replay_has_none(tmp_path: Path) -> None:
    sealed(tmp_path, 0)
    of = {"run": "r", "manifest_sha256": None, "signed_by": None}

    assert found(tonight(tmp_path, replay_of=of)) is None


def test_a_baseline_says_who_signed_it(tmp_path: Path) -> None:
    folder = sealed(tmp_path, 0)
    assert verified(folder, "--since=x").signed_by is None

    signer = KeyFileSigner(key_file(tmp_path / "key.pem"))
    sign_manifest(RunFolder(folder), signer)
    assert verified(folder, "--since=x").signed_by == fingerprint(signer.public_key)


@pytest.mark.parametrize(
    ("record", "said"),
    [
        pytest.param({"part": PART}, "12 of 216 controls in their accounts", id="a part"),
        pytest.param({"problems": [NOT_RUN]}, "not all", id="it did not judge all"),
        pytest.param({"exit_code": 2}, "not all", id="it was interrupted"),
    ],
)
def test_a_baseline_that_did_not_judge_all_is_refused(tmp_path: Path, record: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        whole(sealed(tmp_path, 0, **record), "--since=x")
    assert str(refused.value) == (
        f"--since=x: that run judged {said} of what it was asked, or was cut short; name a whole run"
    )


def test_a_replay_that_judged_all_may_be_compared_with(tmp_path: Path) -> None:
    of = {"run": "r", "manifest_sha256": None, "signed_by": None}
    assert whole(sealed(tmp_path, 0, replay_of=of), "--since=x").run.record["replay_of"] == of


def old_failures_made_up(folder: Path) -> None:
    rows = [json.loads(line) for line in (folder / "verdicts.jsonl").read_text().splitlines()]
    text = "".join(json.dumps({**row, "status": "fail", "waiver": None}) + "\n" for row in rows)
    (folder / "verdicts.jsonl").write_text(text)


def made_up_and_sealed_again(folder: Path) -> None:
    old_failures_made_up(folder)
    write_manifest(RunFolder(folder))


def another_answer(folder: Path) -> None:
    path = next((folder / "reads").iterdir())
    path.write_text(path.read_text() + " ")


def torn(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def nothing_there(folder: Path) -> None:
    shutil.rmtree(folder)


def a_pipe_of_a_name(folder: Path) -> None:
    (folder / "two\nlines\x1b[2J").write_text("")


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (old_failures_made_up, "changed run.json: its counts are not those of verdicts.jsonl"),
        (made_up_and_sealed_again, "changed run.json: its counts are not those of verdicts.jsonl"),
        (another_answer, "changed reads/"),
        (no_manifest, "lost manifest.json"),
        (torn, "torn manifest.json"),
        (no_record, "torn run.json"),
        (nothing_there, "no run folder (there is no run.json in it)"),
        (a_pipe_of_a_name, r"added two\nlines\x1b[2J"),
    ],
)
def test_a_baseline_that_is_not_what_its_manifest_says_is_refused_in_a_line(
    tmp_path: Path, spoil: Callable[[Path], object], said: str
) -> None:
    folder = sealed(tmp_path, 0)
    spoil(folder)

    with pytest.raises(UsageError) as refused:
        verified(folder, "--since=x")
    assert str(refused.value).startswith("--since=x: ")
    assert said in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def organized(*selected: str) -> dict[str, Any]:
    """A night of an organization; whoever joined it is an account more."""
    organization = {"management": "root", "role_name": "Audit", "id": "o-1", "accounts": [], "selected": [*selected]}
    return {"organization": organization}


def test_a_night_of_an_organization_is_compared_whichever_accounts_it_had(tmp_path: Path) -> None:
    before = sealed(tmp_path, 1, **organized("ou:/prod"), accounts=OTHERS)

    assert found(tonight(tmp_path, **organized("ou:/prod"))) == before.name


@pytest.mark.parametrize("record", [organized("all"), {}], ids=["another selection", "accounts by name"])
def test_a_night_of_an_organization_is_not_compared_with_another_selection(
    tmp_path: Path, record: dict[str, Any]
) -> None:
    sealed(tmp_path, 1, **record)

    assert found(tonight(tmp_path, **organized("ou:/prod"))) is None

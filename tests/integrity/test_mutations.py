"""Whatever a run folder holds, verify and replay take it or refuse it in a line: no traceback, no waiting."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from muster.__main__ import main
from muster.errors import BadEvidence, UsageError
from muster.evidence.json_object import parse_object
from muster.evidence.manifest import BadManifest, Manifest, write_manifest
from muster.evidence.record import RunRecord
from muster.evidence.run_folder import RunFolder
from muster.reading.archive import parse_recorded
from muster.verdict import STATUSES, Verdict
from tests.integrity.mutations import MUTATIONS, other_json, other_record, within
from tests.integrity.recorded_run import NAME, judge_again, make_recorded

SEEDS = range(10)
EACH = 30
LONGEST = 10


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_recorded(tmp_path_factory.mktemp("recorded"))


def spoilt(recorded: Path, place: Path, chance: random.Random, mutations: Any = MUTATIONS) -> tuple[Path, str]:
    """A copy of the recorded run with something changed, and what that is."""
    shutil.rmtree(place, ignore_errors=True)
    folder = place / NAME
    shutil.copytree(recorded, folder)
    return folder, chance.choice(mutations)(folder, chance)


def refusal(folder: Path, reports: Path) -> str:
    """Why a folder is not judged again; empty where it was."""
    try:
        again = judge_again(folder, reports)
    except UsageError as refused:
        return str(refused)
    assert {row.status for row in RunFolder(again).rows()} <= set(STATUSES)
    return ""


@pytest.mark.parametrize("seed", SEEDS)
def test_verify_ends_with_1_or_2_for_whatever_was_changed(
    recorded: Path, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(seed)
    for _ in range(EACH):
        folder, how = spoilt(recorded, tmp_path / "spoilt", chance)
        with within(LONGEST):
            code = main(["verify", str(folder)])
        said = capsys.readouterr()
        assert code in (1, 2), how
        assert (len(said.err.splitlines()), bool(said.out)) == ((0, True) if code == 1 else (1, False)), how


@pytest.mark.parametrize("seed", SEEDS)
def test_replay_refuses_in_a_line_whatever_was_changed(recorded: Path, tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(EACH):
        folder, how = spoilt(recorded, tmp_path / "spoilt", chance)
        with within(LONGEST):
            line = refusal(folder, tmp_path / "reports")
        assert line.startswith(f"--replay={folder}: "), how
        assert "\n" not in line, how
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("seed", SEEDS)
def test_what_was_changed_and_sealed_again_is_judged_or_refused_in_a_line(
    recorded: Path, tmp_path: Path, seed: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever may write a folder may seal it again, too: its hashes hold, and what they cover is still data."""
    chance = random.Random(seed)
    for _ in range(EACH):
        folder, how = spoilt(recorded, tmp_path / "spoilt", chance, (other_json, other_record, other_record))
        write_manifest(RunFolder(folder))
        reports = tmp_path / "reports"
        with within(LONGEST):
            assert main(["verify", str(folder)]) in (0, 1, 2), how
            assert "\n" not in refusal(folder, reports), how
        beside = {path.name for path in tmp_path.iterdir()}
        assert beside <= {"spoilt", "reports"}, how
        capsys.readouterr()
        shutil.rmtree(reports, ignore_errors=True)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
KEYS = [
    *("run", "profiles", "mocked", "replay_of", "as_of", "ended", "counts", "torn_lines", "part", "accounts"),
    *("controls", "frameworks", "uncovered", "facts", "waivers", "attestations", "account_ids"),
]


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(KEYS), JSON)
def test_any_value_of_any_key_of_run_json_is_judged_or_refused_in_a_line(
    recorded: Path, tmp_path_factory: pytest.TempPathFactory, key: str, value: Any
) -> None:
    place = tmp_path_factory.mktemp("any")
    folder = place / NAME
    shutil.copytree(recorded, folder)
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps({**record, key: value}))
    write_manifest(RunFolder(folder))
    with within(LONGEST):
        assert main(["verify", str(folder)]) in (0, 1, 2)
        assert "\n" not in refusal(folder, place / "reports")
    shutil.rmtree(place)


@settings(deadline=None)
@given(st.binary() | JSON.map(lambda value: json.dumps(value).encode()))
def test_a_text_is_parsed_or_refused_with_the_error_that_is_named(text: bytes) -> None:
    with suppress(ValueError):
        parse_object(text)
    with suppress(BadManifest):
        Manifest.parse(text)
    with suppress(ValueError):
        Verdict.from_line(text)
    with suppress(ValueError):
        parse_recorded(text.decode(errors="replace"))


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from(KEYS), JSON))
def test_an_object_is_a_record_or_refused(data: dict[str, Any]) -> None:
    with suppress(BadEvidence):
        RunRecord.parse(data)

"""What an audit leaves behind, and that it is the same however the work was spread or repeated."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import replace
from xml.etree import ElementTree

from muster.judging.control import Control
from muster.verdict import Verdict
from tests.conftest import ROOT
from tests.runs.audits import Audits, Outcome


def comparable(rows: list[Verdict]) -> list[str]:
    """Rows but for what must differ between runs: the run's id and the times."""
    return sorted(replace(row, run="", at="").as_line() for row in rows)


def test_a_failing_company_ends_with_1(whole_run: Outcome) -> None:
    assert whole_run.code == 1
    assert whole_run.run["exit_code"] == 1


def test_every_file_of_the_evidence_is_there(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    names = {path.name for path in whole_run.folder.iterdir()}

    assert names == {"verdicts.jsonl", "reads", "run.json", "manifest.json", "report.html", "junit.xml", "index.html"}


def test_every_selected_control_left_a_row(whole_run: Outcome, controls: dict[str, Control]) -> None:
    assert {row.control for row in whole_run.rows} == set(controls)


def test_nothing_is_unreadable_in_the_demo_company(whole_run: Outcome) -> None:
    assert [row for row in whole_run.rows if row.status in ("error", "not_run")] == []


def test_the_waiver_of_the_estate_excuses_its_resource(whole_run: Outcome) -> None:
    waived = [(row.control, row.resource, row.waiver) for row in whole_run.rows if row.status == "waived"]

    assert waived == [("s3-bucket-public-access-blocked", "arn:aws:s3:::acme-demo-website", "W-1")]


def test_answers_are_filed_under_their_hash(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    for path in (whole_run.folder / "reads").iterdir():
        assert hashlib.sha256(path.read_bytes()).hexdigest() == path.stem


def test_every_row_names_answers_that_are_there(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    kept = {path.stem for path in (whole_run.folder / "reads").iterdir()}

    for row in whole_run.rows:
        assert row.reads, row
        assert set(row.reads) <= kept


def test_nothing_is_asked_twice(whole_run: Outcome) -> None:
    assert twice(whole_run) == []
    assert calls(whole_run) == answers_from_outside(whole_run)


def test_nothing_is_asked_twice_by_two_workers(spread_run: Outcome) -> None:
    assert twice(spread_run) == []
    assert not spread_run.run["calls_incomplete"]
    assert calls(spread_run) == answers_from_outside(spread_run)


def test_two_workers_find_what_one_process_finds(whole_run: Outcome, spread_run: Outcome) -> None:
    assert spread_run.code == whole_run.code
    assert spread_run.statuses == whole_run.statuses


def test_a_replay_finds_the_same_to_the_byte(whole_run: Outcome, catalogue_audits: Audits) -> None:
    again = catalogue_audits(f"--replay={whole_run.folder}", environment={"AWS_ENDPOINT_URL": "http://127.0.0.1:9"})

    assert again.code == whole_run.code
    assert comparable(again.rows) == comparable(whole_run.rows)
    assert sum(kinds["calls"] for kinds in again.run["calls"].values()) == 0


def test_the_manifest_hashes_every_other_file(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    manifest = json.loads((whole_run.folder / "manifest.json").read_text())
    files = {path.relative_to(whole_run.folder).as_posix() for path in whole_run.folder.rglob("*") if path.is_file()}

    assert set(manifest["files"]) == files - {"manifest.json"}
    for name, sha256 in manifest["files"].items():
        assert hashlib.sha256((whole_run.folder / name).read_bytes()).hexdigest() == sha256


def test_junit_has_a_case_a_control_and_account(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    cases = ElementTree.parse(whole_run.folder / "junit.xml").findall(".//testcase")

    assert len(cases) == len({(row.control, row.account) for row in whole_run.rows})


def test_run_json_says_who_asked_what(whole_run: Outcome, controls: dict[str, Control]) -> None:
    run = whole_run.run

    assert run["callers"]["demo"].startswith("arn:aws:sts::444455556666:assumed-role/MusterAudit/")
    assert run["profiles"] == ["regulated", "code-repository"]
    assert set(run["controls"]) == set(controls)
    assert run["counts"] == {**dict.fromkeys(run["counts"], 0), **Counter(row.status for row in whole_run.rows)}
    assert run["started"] < run["ended"]


def test_the_link_points_to_the_newest_run(whole_run: Outcome) -> None:
    assert whole_run.folder is not None
    assert (whole_run.folder.parent / "latest").resolve() == whole_run.folder


def test_bare_pytest_audits_the_demo_account() -> None:
    settings = (ROOT / "pytest.ini").read_text()

    assert "testpaths = controls" in settings


def twice(outcome: Outcome) -> list[str]:
    keys = Counter(
        json.dumps([read[part] for part in ("account", "region", "service", "operation", "request")], sort_keys=True)
        for read in outcome.reads()
    )
    return [key for key, number in keys.items() if number > 1]


def calls(outcome: Outcome) -> int:
    return sum(kinds["calls"] for kinds in outcome.run["calls"].values())


def answers_from_outside(outcome: Outcome) -> int:
    return sum(read["service"] != "estate" for read in outcome.reads())

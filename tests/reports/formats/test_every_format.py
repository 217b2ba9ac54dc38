"""What holds for every format: nothing is lost, a sandbox says so, the same run gives the same bytes."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import example, given, settings

from muster.errors import BadEvidence, UsageError
from muster.verdict import STATUSES
from reports.formats import FORMATS, write_documents, write_formats
from reports.run import ReportedRun
from tests.engine.test_printable import TEXTS, unfit
from tests.reports.formats.readers import STATUSES_IN
from tests.reports.formats.samples import HOSTILE, made, row, row_of_each_status, run_of, unfinished, with_parameters
from tests.reports.synthetic import Size, make_run

SIZE = Size(resources=30, controls=8, accounts=3)
every_format = pytest.mark.parametrize("name", FORMATS)


@every_format
def test_every_status_is_kept(tmp_path: Path, name: str) -> None:
    run = run_of(tmp_path, row_of_each_status())

    assert STATUSES_IN[name](made(run, name, tmp_path)) == Counter(one.status for one in run.rows())


@every_format
def test_as_many_rows_of_each_status_as_the_run_has(tmp_path: Path, name: str) -> None:
    run = ReportedRun.load(make_run(tmp_path, SIZE))

    assert +STATUSES_IN[name](made(run, name, tmp_path)) == Counter(one.status for one in run.rows())


@every_format
def test_rows_with_hostile_names_are_all_kept(tmp_path: Path, name: str) -> None:
    rows = [row("error", text, reason=text) for text in HOSTILE.values()]

    found = STATUSES_IN[name](made(run_of(tmp_path, rows), name, tmp_path))

    assert +found == Counter({"error": len(rows)})


@every_format
def test_a_run_that_did_not_end_is_told_of(tmp_path: Path, name: str) -> None:
    run = unfinished(run_of(tmp_path, row_of_each_status()))

    assert +STATUSES_IN[name](made(run, name, tmp_path)) == Counter(one.status for one in run.rows())


@every_format
def test_several_rows_of_one_resource_stay_several(tmp_path: Path, name: str) -> None:
    run = run_of(tmp_path, [row("pass"), row("not_run"), row("not_run")])

    assert +STATUSES_IN[name](made(run, name, tmp_path)) == Counter({"pass": 1, "not_run": 2})


@every_format
def test_a_mocked_run_says_so(tmp_path: Path, name: str) -> None:
    text = made(run_of(tmp_path, row_of_each_status(), mocked=True), name, tmp_path)

    assert "SANDBOX" in text or 'mocked="true"' in text


@every_format
def test_a_live_run_does_not_say_that_it_was_mocked(tmp_path: Path, name: str) -> None:
    text = made(run_of(tmp_path, row_of_each_status(), mocked=False), name, tmp_path)

    assert "SANDBOX" not in text
    assert 'mocked="true"' not in text


PART = {
    "asked": 216,
    "judged": 12,
    "left_out": {"s3-bucket-encrypted": ["sandbox"]},
    "by": ["-k model"],
}


@every_format
def test_a_part_names_itself_and_how_much_it_is(tmp_path: Path, name: str) -> None:
    text = made(run_of(tmp_path, row_of_each_status(), mocked=False, part=PART), name, tmp_path)

    assert "12 of 216" in text
    assert name == "prometheus" or "-k model" in text


@every_format
def test_a_run_that_was_stopped_says_so(tmp_path: Path, name: str) -> None:
    text = made(unfinished(run_of(tmp_path, row_of_each_status(), mocked=False)), name, tmp_path)

    assert "did not come to its end" in text or 'muster_run_complete{mocked="false"} 0' in text


@pytest.mark.parametrize("name", ["asff", "csv", "junit", "markdown", "ocsf", "oscal", "sarif"])
def test_a_thing_goes_by_what_people_call_it(tmp_path: Path, name: str) -> None:
    text = made(run_of(tmp_path, [row("fail", name="web-servers")]), name, tmp_path)

    assert "web-servers" in text


@pytest.mark.parametrize("name", ["asff", "csv", "ocsf", "oscal", "sarif"])
def test_its_tags_are_told(tmp_path: Path, name: str) -> None:
    text = made(run_of(tmp_path, [row("fail", tags={"cost-centre": "4711"})]), name, tmp_path)

    assert "cost-centre" in text
    assert "4711" in text


@pytest.mark.parametrize("name", ["asff", "csv", "junit", "ocsf", "oscal"])
def test_a_pass_that_a_fact_excuses_names_the_fact_with_owner_and_reason(tmp_path: Path, name: str) -> None:
    fact = "www among public_buckets (facts.yaml, owner web-team), approved by ada, until 2027-01-31: The web site"

    assert fact in made(run_of(tmp_path, [row("pass", reason=fact)]), name, tmp_path)


@pytest.mark.parametrize("name", ["asff", "csv", "ocsf", "oscal", "sarif"])
def test_a_threshold_that_a_profile_set_otherwise_stands_beside_its_default(tmp_path: Path, name: str) -> None:
    controls = with_parameters({"max_age_days": 99_999}, {"max_age_days": 90})
    given = row("fail", parameters={"max_age_days": 99_999})
    text = made(run_of(tmp_path, [given], controls=controls), name, tmp_path)

    assert "99999" in text
    assert re.search(r"default\W[^}]{0,40}\b90\b|\bmax_age_days\W+90\b", text)


@every_format
def test_the_same_run_gives_the_same_bytes(tmp_path: Path, name: str) -> None:
    run = ReportedRun.load(make_run(tmp_path, SIZE, hostile=True))

    assert made(run, name, tmp_path / "once") == made(run, name, tmp_path / "again")


@every_format
def test_formats_made_together_are_those_made_alone(tmp_path: Path, name: str) -> None:
    run = ReportedRun.load(make_run(tmp_path, SIZE))

    paths = dict(zip(FORMATS, write_formats(run, list(FORMATS)), strict=True))

    assert paths[name].read_bytes().decode() == made(run, name, tmp_path)


def test_the_files_stand_in_the_run_folder_in_the_order_asked_for(tmp_path: Path) -> None:
    run = run_of(tmp_path, row_of_each_status())

    assert write_formats(run, ["sarif", "csv"]) == [
        run.folder.path / "findings.sarif",
        run.folder.path / "verdicts.csv",
    ]


def test_no_file_is_named_as_one_that_the_run_folder_has_already() -> None:
    names = {known.file_name for known in FORMATS.values()}

    assert len(names) == len(FORMATS)
    assert not names & {"verdicts.jsonl", "run.json", "manifest.json", "report.html", "index.html", "junit.xml"}


@every_format
@pytest.mark.parametrize("what", ["link", "dangling link", "folder", "pipe"])
def test_nothing_is_written_through_what_is_no_file(tmp_path: Path, name: str, what: str) -> None:
    run = run_of(tmp_path, row_of_each_status())
    victim, place = tmp_path / "victim", run.folder.path / FORMATS[name].file_name
    victim.write_text("mine")
    if what == "folder":
        place.mkdir()
    elif what == "pipe":
        os.mkfifo(place)
    else:
        place.symlink_to(victim if what == "link" else tmp_path / "new")

    with pytest.raises(UsageError, match="it is a link, or no plain file"):
        write_documents(run, [name], run.folder.path)
    assert victim.read_text() == "mine"
    assert not (tmp_path / "new").exists()


def test_an_unknown_format_is_refused_with_the_nearest_one(tmp_path: Path) -> None:
    run = run_of(tmp_path, row_of_each_status())

    with pytest.raises(UsageError, match='"sariff": did you mean "sarif"'):
        write_formats(run, ["csv", "sariff"])
    assert not (run.folder.path / "verdicts.csv").exists()


def test_what_fails_half_way_leaves_the_old_file_and_no_new_one(tmp_path: Path) -> None:
    run = run_of(tmp_path, [row(), row(control="no-such-control")])
    old = tmp_path / "verdicts.csv"
    old.write_text("as it was")

    with pytest.raises(BadEvidence, match=r"rows of no-such-control, which run\.json beside it does not name"):
        write_documents(run, ["csv", "junit"], tmp_path)

    assert old.read_text() == "as it was"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["verdicts.csv"]


MEASURE = """
import re, sys
from pathlib import Path
from reports.formats import FORMATS, write_documents
from reports.run import ReportedRun
def mebibytes(what):  # not getrusage: its peak counts the memory of the process that started this one
    return int(re.search(what + r":\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1024
run = ReportedRun.load(Path(sys.argv[1]))
before = mebibytes("VmRSS")
write_documents(run, list(FORMATS), Path(sys.argv[2]))
print(mebibytes("VmHWM") - before)
"""


def test_memory_grows_far_less_than_is_written(tmp_path: Path) -> None:
    run = make_run(tmp_path, Size(resources=750, controls=4, accounts=2), answers=0)

    done = subprocess.run(
        [sys.executable, "-c", MEASURE, run, tmp_path], capture_output=True, text=True, check=True, timeout=120
    )

    written = sum((tmp_path / known.file_name).stat().st_size for known in FORMATS.values()) >> 20
    assert written > 28
    assert float(done.stdout) < written / 2


@every_format
@settings(max_examples=10, deadline=None)
@given(text=TEXTS)
@example(text="\x1b[8m\x9b31m\u202e\u200b\r")
def test_no_format_holds_what_a_terminal_obeys(tmp_path_factory: pytest.TempPathFactory, name: str, text: str) -> None:
    folder = tmp_path_factory.mktemp("run")
    hostile = [row(status, f"arn:{text}", reason=f"is {text}", account=text, region=text) for status in STATUSES]
    record = {"by": text, "problems": [{"kind": "stale", "text": text}], "uncovered": {"x": [text]}}

    found = made(run_of(folder, hostile, **record), name, folder)

    assert unfit(found.replace("\r\n", "\n")) == set()

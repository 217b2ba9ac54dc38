"""What people write into the estate is shown, and obeyed by no terminal: an audit in colours, from end to end."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import CREDENTIALS, ESTATES
from tests.engine.test_printable import unfit
from tests.runs.audits import Audits, Outcome, write_estate

HOSTILE = "\x1b[8mhidden\x1b[2J \x9b31m\u202e\u200b"
SHOWN = r"\x1b[8mhidden\x1b[2J \x9b31m\u202e\u200b"
COLOUR = re.compile(r"\x1b\[(?:0|1|2|3[1-6]|1;3[1-6]|1;2)?m")
# What rich moves the cursor with, where a line says how far the run is: hide, show, up, erase.
OF_THE_LIVE_LINE = re.compile(r"\x1b\[(?:\?25[lh]|1A|2K)")


@pytest.fixture(scope="module")
def estate(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any]) -> Path:
    """The demo company's, with a waiver that ran out whose owner moves cursors."""
    folder = write_estate(tmp_path_factory.mktemp("hostile") / "estate", ESTATES["demo"], "demo", sandbox)
    waiver = {
        "id": f"W-{HOSTILE}",
        "control": "s3-bucket-versioned",
        "account": "demo",
        "resource": "*",
        "reason": f"Because of {HOSTILE}",
        "owner": f"mallory {HOSTILE}",
        "approver": "somebody else",
        "ticket": f"T-{HOSTILE}",
        "expires": (datetime.now(UTC).date() - timedelta(1)).isoformat(),
    }
    (folder / "people.yaml").unlink(missing_ok=True)
    (folder / "waivers.yaml").write_text(json.dumps({"waivers": [waiver]}))
    return folder


@pytest.fixture(scope="module")
def audited(estate: Path) -> Outcome:
    every = "--report=html,asff,csv,junit,markdown,ocsf,oscal,prometheus,sarif"
    one = ("--control=s3-bucket-versioned", "--account=demo", "--color=yes", every)
    outcome = Audits(estate, estate.parent / "runs")(*one, environment=CREDENTIALS)
    assert outcome.folder is not None, outcome.output
    return outcome


def test_the_owner_of_a_waiver_is_spelled_out(audited: Outcome) -> None:
    assert f"owner mallory {SHOWN}" in audited.output


def test_the_terminal_is_sent_colours_and_nothing_else_to_obey(audited: Outcome) -> None:
    assert COLOUR.search(audited.output)
    assert unfit(OF_THE_LIVE_LINE.sub("", COLOUR.sub("", audited.output))) == set()


def test_no_report_of_the_run_holds_what_a_terminal_obeys(audited: Outcome) -> None:
    assert audited.folder is not None
    files = [path for path in audited.folder.iterdir() if path.is_file()]
    texts = {path.name: path.read_text(encoding="utf-8").replace("\r\n", "\n") for path in files}

    assert {"report.html", "junit.xml", "controls.junit.xml", "verdicts.csv"} <= set(texts)
    assert {name: unfit(text) for name, text in texts.items() if unfit(text)} == {}


ESCAPED = r"\e[31m\x9b31m\u202e"


@pytest.mark.parametrize(
    ("file", "text"),
    [
        pytest.param("accounts.yaml", f'{{"accounts": {{"demo": {{"regions": ["{ESCAPED}"]}}}}}}', id="a region"),
        pytest.param("accounts.yaml", f'{{"accounts": {{"{ESCAPED}": {{}}}}}}', id="a name"),
        pytest.param("waivers.yaml", f'{{"waivers": [{{"{ESCAPED}": 1}}]}}', id="a key"),
        pytest.param("facts.yaml", f"{HOSTILE}: 1", id="what is no YAML"),
    ],
)
def test_what_is_said_of_a_hostile_file_is_fit_for_a_terminal(
    estate: Path, tmp_path: Path, file: str, text: str
) -> None:
    (copy := tmp_path / "estate").mkdir()
    for path in estate.glob("*.yaml"):
        (copy / path.name).write_bytes(path.read_bytes())
    (copy / file).write_text(text, encoding="utf-8")

    outcome = Audits(copy, tmp_path / "runs")(
        "--control=s3-bucket-versioned", "--account=demo", environment=CREDENTIALS
    )

    assert outcome.code == 4
    assert file in outcome.output
    assert unfit(outcome.output) == set()


def test_an_option_that_quotes_what_was_given_is_fit_for_a_terminal(estate: Path) -> None:
    outcome = Audits(estate, estate.parent / "runs")(f"--control={HOSTILE}", "--account=demo", environment=CREDENTIALS)

    assert outcome.code == 4
    assert SHOWN in outcome.output
    assert unfit(outcome.output) == set()

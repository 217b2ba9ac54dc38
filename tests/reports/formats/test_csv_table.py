"""CSV: what a spreadsheet opens is the rows, and carries nothing out."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.printable import spelled
from reports.encodable import encodable
from reports.formats.csv_table import COLUMNS, cell
from tests.reports.formats.readers import csv_rows
from tests.reports.formats.samples import HOSTILE, made, row, run_of, with_parameters


def test_a_row_is_a_line_with_all_that_is_known(tmp_path: Path) -> None:
    given = row(
        "waived",
        parameters={"max_age_days": 90},
        judged_in="444455556666",
        reads=("a" * 64, "b" * 64),
        name="the data",
        tags={"owner": "web"},
    )
    controls = with_parameters({"max_age_days": 90}, {"max_age_days": 30})

    (line,) = csv_rows(made(run_of(tmp_path, [given], mocked=False, controls=controls), "csv", tmp_path))

    assert line == {
        "run": given.run,
        "evidence": "live",
        "control": "s3-bucket-encrypted",
        "title": "Buckets are encrypted",
        "severity": "critical",
        "domain": "storage",
        "account": "production",
        "account_id": "111122223333",
        "region": "eu-west-1",
        "resource": "arn:aws:s3:::data",
        "name": "the data",
        "tags": '{"owner": "web"}',
        "status": "waived",
        "reason": "because of waived",
        "waiver": "W-1",
        "judged_in": "444455556666",
        "parameters": '{"max_age_days": 90}',
        "defaults": '{"max_age_days": 30}',
        "reads": f"{'a' * 64} {'b' * 64}",
        "at": given.at,
    }


def test_lines_end_and_quotes_double_as_rfc_4180_has_it(tmp_path: Path) -> None:
    text = made(run_of(tmp_path, [row("fail", 'a "b", c')]), "csv", tmp_path)

    assert text.startswith(",".join(COLUMNS) + "\r\n")
    assert text.endswith("\r\n")
    assert ',"a ""b"", c",' in text


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(tmp_path: Path, first: str) -> None:
    (line,) = csv_rows(made(run_of(tmp_path, [row("fail", f"{first}1+1", reason=f"{first}A1")]), "csv", tmp_path))

    assert line["resource"] == f"'{first}1+1"
    assert line["reason"] == f"'{first}A1"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("a;=1+1", "a;'=1+1", id="behind a semicolon"),
        pytest.param("a; =1+1", "a; '=1+1", id="behind a semicolon and a space"),
        pytest.param('a;"=1+1"', 'a;"\'=1+1"', id="in quotes behind a semicolon"),
        pytest.param("a\t@A1", "a\t'@A1", id="behind a tab"),
        pytest.param("a\n-1", "a\n'-1", id="on a line of its own"),
        pytest.param("a|+1", "a|'+1", id="behind a bar"),
        pytest.param("=1;=1", "'=1;'=1", id="twice"),
        pytest.param(" =1", " '=1", id="behind a space"),
        pytest.param("a=1; b-1", "a=1; b-1", id="within words"),
        pytest.param("arn:aws:s3:::a, -b", "arn:aws:s3:::a, -b", id="behind a comma, where quotes hold"),
    ],
)
def test_no_part_of_a_cell_is_a_formula_where_others_separate(text: str, shown: str) -> None:
    assert cell(text) == shown


@given(st.text(st.characters(codec="utf-8") | st.sampled_from("=+-@;\t\n\r|,'\" ")))
def test_whichever_sign_separates_no_cell_is_a_formula(text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(["first", cell(text), "end"])

    for piece in re.split(r"[;\t\r\n|]", out.getvalue()):
        assert not piece.lstrip(' "').startswith(tuple("=+-@＝＋－＠"))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_one_cell(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]

    (line,) = csv_rows(made(run_of(tmp_path, [row("fail", f"arn:{text}", reason=f"it is {text}")]), "csv", tmp_path))

    assert line["resource"] == spelled(encodable(f"arn:{text}"))
    assert line["reason"] == spelled(encodable(f"it is {text}"))


def test_a_nul_is_spelled_out(tmp_path: Path) -> None:
    assert r"NUL\x00 and escape\x1b" in made(run_of(tmp_path, [row("fail", HOSTILE["nul"])]), "csv", tmp_path)

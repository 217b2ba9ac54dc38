"""CSV: what a spreadsheet opens is the rows, and carries nothing out."""

from __future__ import annotations

from pathlib import Path

import pytest

from reports.formats.csv_table import COLUMNS
from reports.formats.wording import encodable, printable
from tests.reports.formats.readers import csv_rows
from tests.reports.formats.samples import HOSTILE, made, row, run_of


def test_a_row_is_a_line_with_all_that_is_known(tmp_path: Path) -> None:
    given = row("waived", parameters={"max_age_days": 90}, judged_in="444455556666", reads=("a" * 64, "b" * 64))

    (line,) = csv_rows(made(run_of(tmp_path, [given], mocked=False), "csv", tmp_path))

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
        "status": "waived",
        "reason": "because of waived",
        "waiver": "W-1",
        "judged_in": "444455556666",
        "parameters": '{"max_age_days": 90}',
        "reads": f"{'a' * 64} {'b' * 64}",
        "at": given.at,
    }


def test_lines_end_and_quotes_double_as_rfc_4180_has_it(tmp_path: Path) -> None:
    text = made(run_of(tmp_path, [row("fail", 'a "b", c')]), "csv", tmp_path)

    assert text.startswith(",".join(COLUMNS) + "\r\n")
    assert text.endswith("\r\n")
    assert ',"a ""b"", c",' in text


@pytest.mark.parametrize("first", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_no_cell_is_a_formula(tmp_path: Path, first: str) -> None:
    (line,) = csv_rows(made(run_of(tmp_path, [row("fail", f"{first}1+1", reason=f"{first}A1")]), "csv", tmp_path))

    assert line["resource"] == f"'{first}1+1"
    assert line["reason"] == f"'{first}A1"


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_stays_one_cell(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]

    (line,) = csv_rows(made(run_of(tmp_path, [row("fail", f"arn:{text}", reason=f"it is {text}")]), "csv", tmp_path))

    assert line["resource"] == printable(encodable(f"arn:{text}"))
    assert line["reason"] == printable(encodable(f"it is {text}"))


def test_a_nul_is_spelled_out(tmp_path: Path) -> None:
    assert r"NUL\x00 and escape\x1b" in made(run_of(tmp_path, [row("fail", HOSTILE["nul"])]), "csv", tmp_path)

"""Markdown: a comment that GitHub takes and in which a name is nothing but a name."""

from __future__ import annotations

import re
from pathlib import Path

import cmarkgfm
import pytest

from reports.encodable import encodable
from reports.formats import markdown, write_documents
from reports.formats.wording import cut, cut_name, whole_line
from reports.run import SANDBOX, ReportedRun
from tests.reports.formats.readers import markdown_tables
from tests.reports.formats.samples import HOSTILE, made, row, row_of_each_status, run_of, unfinished
from tests.reports.synthetic import Size, make_run


def test_the_figures_come_first(tmp_path: Path) -> None:
    text = made(run_of(tmp_path, row_of_each_status()), "markdown", tmp_path)

    figures, _, _ = markdown_tables(text)
    assert figures[0] == ["Severity", "pass", "fail", "error", "waived", "not applicable", "not run"]
    assert figures[1] == ["critical", "1", "1", "1", "1", "1", "1"]
    assert text.startswith("## Muster: 1 fail, 1 could not be read, 1 were not judged\n")


def test_the_worst_findings_are_those_that_need_somebody_worst_first(tmp_path: Path) -> None:
    low = list(run_of(tmp_path / "names").record["controls"])[3]
    run = run_of(tmp_path, [row(control=low), *row_of_each_status()])

    _, worst, _ = markdown_tables(made(run, "markdown", tmp_path))

    assert [line[:3] for line in worst[1:]] == [
        ["critical", "fail", "s3-bucket-encrypted"],
        ["critical", "error", "s3-bucket-encrypted"],
        ["critical", "not run", "s3-bucket-encrypted"],
        ["low", "fail", low],
    ]
    assert worst[2][3:] == ["arn:aws:s3:::error", "production eu-west-1", "could not be judged: because of error"]


def test_a_run_with_nothing_open_has_only_its_figures(tmp_path: Path) -> None:
    text = made(run_of(tmp_path, [row("pass"), row("waived", "other")], problems=[]), "markdown", tmp_path)

    assert len(markdown_tables(text)) == 1
    assert "The run also fails" not in text


def test_why_the_run_fails_beside_its_findings_is_told(tmp_path: Path) -> None:
    problems = [{"kind": "waiver_expired", "text": f"waiver W-{number} expired"} for number in range(25)]

    text = made(run_of(tmp_path, [row("pass")], problems=problems), "markdown", tmp_path)

    assert "- `waiver W-0 expired`\n" in text
    assert "- and 5 more problems, in run.json\n" in text


def test_a_run_that_did_not_end_says_that_its_figures_are_not_all(tmp_path: Path) -> None:
    assert "these figures are not all" in made(unfinished(run_of(tmp_path, [row()])), "markdown", tmp_path)


def test_a_sandbox_is_named_before_the_figures(tmp_path: Path) -> None:
    text = made(run_of(tmp_path, [row()], mocked=True), "markdown", tmp_path)

    assert text.index(str(SANDBOX)) < text.index("| Severity")


def test_a_comment_that_is_too_long_is_cut_and_says_so(tmp_path: Path) -> None:
    run = ReportedRun.load(make_run(tmp_path, Size(resources=12, controls=56, accounts=40), hostile=True, answers=0))

    (written,) = write_documents(run, ["markdown"], tmp_path)

    text = written.path.read_bytes().decode()
    assert markdown.MOST_CHARACTERS - 2_000 < len(text) <= markdown.MOST_CHARACTERS
    assert re.search(r"\nand [\d,]+ more: `index.html` and `verdicts.jsonl` have all of them.\n$", text)
    assert "lines are left out of the comment" in written.notes[0]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_one_cell_of_code(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]

    comment = made(run_of(tmp_path, [row("fail", text, reason=f"is {text}")]), "markdown", tmp_path)

    _, worst, _ = markdown_tables(comment)
    assert worst[1][3] == spelled(cut_name(encodable(text), markdown.LONGEST_NAME), markdown.LONGEST_NAME)
    assert worst[1][5] == spelled(encodable(f"is {text}"), markdown.LONGEST_REASON)


def spelled(text: str, most: int) -> str:
    return cut(whole_line(text).replace("`", r"\x60").replace("|", r"\x7c"), most)


@pytest.mark.parametrize("name", HOSTILE)
def test_nothing_of_a_hostile_name_stands_outside_of_code(tmp_path: Path, name: str) -> None:
    text = HOSTILE[name]
    hostile = run_of(
        tmp_path,
        [row("error", text, reason=text, account=text)],
        by=text,
        problems=[{"kind": "x", "text": text}],
    )
    plain = run_of(tmp_path / "plain", [row("error", "x", reason="x", account="x")], by="x")

    assert without_code(made(hostile, "markdown", tmp_path)) == without_code(made(plain, "markdown", tmp_path))


def without_code(comment: str) -> str:
    html = cmarkgfm.github_flavored_markdown_to_html(comment)
    return re.sub(r"<code>[^<]*</code>", "<code/>", html)

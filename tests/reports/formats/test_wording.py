"""Texts from accounts: whatever they hold, they stay texts. Each escape is undone by a parser that is not ours."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from muster.printable import spelled
from muster.verdict import STATUSES
from reports.encodable import encodable, encodable_data, encodable_row
from reports.formats.csv_table import cell
from reports.formats.markdown import code
from reports.formats.sarif import message
from reports.formats.wording import cut, cut_name, outcome, whole_line
from tests.reports.formats.readers import markdown_tables, sarif_text
from tests.reports.formats.samples import HOSTILE, row

# Half surrogate pairs among them, and signs that mean something somewhere more often than chance would have it.
texts = st.text(st.characters(exclude_categories=()) | st.sampled_from("`|\\[]{}<>&@#=+-'\"\n\r\t\0\u202e\u2028 "))


@given(texts)
@example(HOSTILE["lone surrogate"])
def test_every_text_can_be_written_and_most_stay_as_they_are(text: str) -> None:
    found = encodable(text)

    assert found.encode().decode() == found
    assert found == text or any("\ud800" <= sign <= "\udfff" for sign in text)


@given(texts)
def test_a_row_and_plain_data_are_made_encodable_throughout(text: str) -> None:
    given_row = row("fail", text, reason=text, account=text, region=text)

    found = encodable_row(given_row)

    expected = encodable(text)
    assert found == replace(given_row, resource=expected, reason=expected, account=expected, region=expected)
    assert encodable_data({text: [text, {"a": text}, 1, None]}) == {expected: [expected, {"a": expected}, 1, None]}


@given(texts)
def test_one_line_is_one_line_in_which_nothing_is_unseen(text: str) -> None:
    found = whole_line(encodable(text))

    assert len(found.splitlines()) <= 1
    assert not set(found) & set("\0\x1b\x7f\u202e\u2066\u2028\u200f\ufeff")


@given(texts)
def test_printable_text_comes_back_from_xml(text: str) -> None:
    found = spelled(encodable(text))
    element = ElementTree.Element("a", b=found)
    element.text = found

    back = ElementTree.fromstring(ElementTree.tostring(element))

    assert (back.text or "") == found
    assert back.get("b") == found


@given(texts)
def test_a_code_span_is_one_cell_and_says_what_it_was_given(text: str) -> None:
    (table,) = markdown_tables(f"| a | b |\n| - | - |\n| {code(encodable(text), 500)} | end |\n")

    spelled = whole_line(encodable(text)).replace("`", r"\x60").replace("|", r"\x7c")
    assert table[1] == [spelled if spelled.strip() else "—", "end"]


@given(texts)
@example("\\[{{}}]\\\\")
def test_a_sarif_message_comes_back(text: str) -> None:
    assert sarif_text(message(text)) == text


@given(texts)
def test_a_cell_comes_back_and_is_no_formula(text: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out).writerow([cell(encodable(text)), "end"])

    ((found, end),) = csv.reader(io.StringIO(out.getvalue(), newline=""), strict=True)

    assert found.replace("'", "") == spelled(encodable(text)).replace("'", "")
    assert not found.startswith(tuple("=+-@\t\r\n"))
    assert end == "end"


@given(texts, st.integers(min_value=20, max_value=60))
def test_what_is_cut_is_as_long_as_it_may_be(text: str, most: int) -> None:
    known = encodable(text)

    for found in (cut(known, most), cut_name(known, most)):
        assert len(found) == min(len(known), most)
        assert (found == known) is (len(known) <= most)


def test_names_that_differ_past_the_cut_stay_two() -> None:
    assert cut_name("n" * 99 + "a", 30) != cut_name("n" * 99 + "b", 30)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("reason", ["", " ", "because"])
def test_an_outcome_is_never_blank(status: str, reason: str) -> None:
    assert outcome(row(status, reason=reason)).strip()


def test_what_could_not_be_judged_does_not_read_like_a_failure() -> None:
    assert outcome(row("error", reason="AccessDenied")) == "could not be judged: AccessDenied"
    assert outcome(row("not_run", reason="the run ended")) == "was not judged: the run ended"


def test_json_of_a_torn_name_is_read_by_parsers_that_are_strict() -> None:
    line = json.dumps(encodable(HOSTILE["lone surrogate"]), ensure_ascii=False)

    assert json.loads(line.encode()) == r"half \ud83d of a pair, and \udc80"

"""What is shown is fit to be shown: no text obeys itself on a terminal, or looks like what it is not."""

from __future__ import annotations

import io
import sys
import unicodedata
from pathlib import Path
from types import SimpleNamespace

import pytest
from _pytest._io import TerminalWriter
from hypothesis import example, given
from hypothesis import strategies as st

from muster.errors import FileError, UsageError
from muster.plugin.terminal import PrintableTerminal
from muster.printable import UNFIT, PrintableParser, PrintableStream, counted, one_line, printable, replaced, spelled

UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
SIGNS_OF_NUMBERS = set(map(chr, range(0x600, 0x606)))
# More often than chance would have them: what a terminal obeys, and what a reader does not see.
EVIL = (
    "\x00\x07\x08\x0b\r\x1b\x7f\x85\x9b\x9d\u00ad\u200b\u200d\u200e\u202e\u2028\u2066\u3164\ufe0f\ufeff\ud83d\U000e0041"
)
TEXTS = st.text(st.characters(exclude_categories=()) | st.sampled_from(EVIL + "[]8;?25lm\n\t "), max_size=60)
ENGLISH = st.text(st.characters(max_codepoint=0x7E) | st.sampled_from(EVIL), max_size=60)


def unfit(text: str) -> set[str]:
    """The characters of a text that have no place on a terminal, by Unicode's own categories."""
    # Joiners have a test of their own; and some signs of format are seen, of Arabic numbers say.
    allowed = set("\n\t\u200c\u200d\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd") | SIGNS_OF_NUMBERS
    return {sign for sign in text if unicodedata.category(sign) in UNSEEN} - allowed


@given(TEXTS)
@example("\x1b]0;title\x07\x9b31m\u202e")
def test_no_character_that_is_obeyed_or_unseen_is_shown(text: str) -> None:
    assert unfit(spelled(text)) == unfit(printable(text)) == set()
    assert not unfit(one_line(text)) | ({"\n", "\t"} & set(one_line(text)))


@given(ENGLISH)
def test_between_letters_of_ascii_not_even_joiners_are_unseen(text: str) -> None:
    assert spelled(text).isascii() or not set(spelled(text)) & set("\u200c\u200d\ufe0f")


@given(TEXTS)
def test_what_was_spelled_out_stays(text: str) -> None:
    assert spelled(spelled(text)) == spelled(text)


@given(TEXTS)
def test_whoever_replaces_what_is_unfit_misses_nothing(text: str) -> None:
    assert replaced(text, lambda _: "…") == UNFIT.sub("…", text)


def test_every_character_of_that_kind_is_spelled_out() -> None:
    assert unfit(spelled("".join(map(chr, range(sys.maxunicode + 1))))) == set()


PEOPLE_WRITE = [
    "plain",
    "two\nlines\tand a tab",
    "żółć",
    "⚠️ careful",
    "👩\u200d🔧",
    "❤️\u200d🔥",
    "می\u200cخواهم",
    "שלום",
]


@pytest.mark.parametrize("text", PEOPLE_WRITE)
def test_what_people_write_stays(text: str) -> None:
    assert spelled(text) == printable(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        pytest.param("\x1b[31mred", r"\x1b[31mred", id="an escape"),
        pytest.param("\x9b31mred", r"\x9b31mred", id="an escape of one character"),
        pytest.param("a\rb", r"a\rb", id="a line that begins again"),
        pytest.param("ad\u200bmin", r"ad\u200bmin", id="a space of no width"),
        pytest.param("ad\u200dmin", r"ad\u200dmin", id="a joiner that joins nothing"),
        pytest.param("\u202egnp.exe", r"\u202egnp.exe", id="letters from right to left"),
        pytest.param("a\u2028b", r"a\u2028b", id="a line separator"),
        pytest.param("half \ud83d", r"half \ud83d", id="half a character"),
    ],
)
def test_what_is_unfit_is_spelled_out(text: str, shown: str) -> None:
    assert spelled(text) == shown


def written(*texts: str, colours: bool) -> str:
    out = io.StringIO()
    stream = PrintableStream(out, colours=colours)
    for text in texts:
        stream.write(text)
    return out.getvalue()


@pytest.mark.parametrize("colours", [True, False])
def test_a_stream_spells_out_what_it_has_no_bytes_for(colours: bool) -> None:
    out = io.TextIOWrapper(io.BytesIO(), encoding="ascii")
    PrintableStream(out, colours=colours).write("a “quoted” name…")
    out.flush()

    assert out.buffer.getvalue() == rb"a \u201cquoted\u201d name\u2026"


@given(TEXTS)
def test_a_stream_without_colours_writes_nothing_unfit(text: str) -> None:
    assert unfit(written(text, colours=False)) == set()


@given(TEXTS)
@example("\x1b[8mhidden\x1b[0m")
def test_a_stream_with_colours_writes_nothing_else_that_is_unfit(text: str) -> None:
    out = written(f"begin {text}", colours=True)
    for colour in ("\x1b[0m", "\x1b[31m", "\x1b[1m", "\x1b[m"):
        out = out.replace(colour, "")

    assert unfit(out) == set()


@pytest.mark.parametrize(
    "text",
    [
        "\x1b[31mred\x1b[0m",
        "\x1b[1m\x1b[31mFAILED\x1b[0m one",
        "\x1b[1;31mred\x1b[0m",
        "\x1b[38;5;201mpink\x1b[39;49m",
        "\x1b[38;2;1;2;3mtrue\x1b[0m",
        "\rcollecting 3 items",
        "\x1b[1m\rcollecting 3 items\x1b[0m",
    ],
)
def test_what_pytest_and_rich_write_comes_through(text: str) -> None:
    assert written(text, colours=True) == text


HIDES_OR_MOVES = [
    "\x1b[8mx",
    "\x1b[1;8mx",
    "\x1b[5mx",
    "\x1b[2J",
    "\x1b[1A",
    "\x1b]0;x\x07",
    "a\rb",
    "\x1b[3",
    "\x9b31m",
]


@pytest.mark.parametrize("text", HIDES_OR_MOVES)
def test_what_hides_moves_or_names_does_not(text: str) -> None:
    assert unfit(written(text, colours=True)) == set()


def test_a_stream_is_what_it_wraps_in_all_else() -> None:
    assert PrintableStream(io.StringIO("given"), colours=False).getvalue() == "given"


def test_an_error_of_usage_is_fit_for_a_terminal() -> None:
    hostile = "\x1b[31mred \u202e"

    assert str(UsageError(f"--profile={hostile}: no such profile")) == r"--profile=\x1b[31mred \u202e: no such profile"
    assert unfit(str(FileError(Path("waivers.yaml"), hostile, line=3, field=hostile))) == set()


def test_a_parser_says_nothing_unfit(capsys: pytest.CaptureFixture[str]) -> None:
    parser = PrintableParser(prog="x")
    parser.add_subparsers(dest="command", required=True).add_parser("one")
    with pytest.raises(SystemExit):
        parser.parse_args(["one", "--\x1b[31mred"])

    said = capsys.readouterr().err
    assert r"\x1b[31mred" in said
    assert unfit(said) == set()


def test_whatever_pytest_writes_in_an_audit_goes_through_such_a_stream() -> None:
    out = io.StringIO()
    writer = TerminalWriter(out)
    config = SimpleNamespace(
        pluginmanager=SimpleNamespace(hasplugin=lambda name: name == "terminalreporter"),
        get_terminal_writer=lambda: writer,
    )
    PrintableTerminal(config).pytest_sessionstart()  # type: ignore[arg-type]  # the part of a config that it needs
    writer.line("\x1b[2Jcleared")

    assert out.getvalue() == "\\x1b[2Jcleared\n"


@pytest.mark.parametrize(
    ("number", "words", "said"),
    [
        (1, ("day",), "1 day"),
        (0, ("day",), "0 days"),
        (-1, ("day",), "-1 day"),
        (1_200, ("account",), "1,200 accounts"),
        (2, ("repository",), "2 repositories"),
        (2, ("branch", "branches"), "2 branches"),
        (1, ("verdict is", "verdicts are"), "1 verdict is"),
        (3, ("verdict is", "verdicts are"), "3 verdicts are"),
    ],
)
def test_a_number_of_things_is_said_as_one_says_it(number: int, words: tuple[str, ...], said: str) -> None:
    assert counted(number, *words) == said

"""Tables put out as text, CSV or a page. What comes from accounts is made harmless for each of them."""

from __future__ import annotations

import argparse
import base64
import csv
import hashlib
import io
import sys
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from muster.errors import BadEvidence, UsageError
from muster.evidence.plain_files import NotPlain, open_plain, write_plain
from muster.printable import counted, one_line, printable, spelled
from muster.verdict import count_by_status
from reports.encodable import encodable
from reports.fleet.whole import ReportedFleet, is_fleet
from reports.formats.csv_table import cell
from reports.run import ReportedRun
from reports.writing import refuse_no_file, refuse_run_folder

FORMATS = ("table", "csv", "html")

_HERE = Path(__file__).parent


def table_as_text(notes: Sequence[str], columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Notes, then a table in columns of equal width, for a terminal."""
    lines = [[_line(value) for value in row] for row in (columns, *rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    table = ("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)
    return "\n".join([*map(_line, notes), *([""] if notes else []), *table]) + "\n"


def table_as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A table by RFC 4180, in which no cell is a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_csv_cell(value) for value in row] for row in rows)
    return out.getvalue()


def _csv_cell(value: Any) -> str:
    """A number as it is, and a text as one that a spreadsheet does not carry out."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return "" if value is None else cell(encodable(str(value)))


def rendered_page(template: str, **values: Any) -> str:
    """A page that stands alone: its content security policy admits its own style and nothing else.

    https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
    """
    style = (_HERE / "sheet.css").read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode("ascii")
    return _environment().get_template(template).render(style=style, style_hash=f"'sha256-{digest}'", **values)


def write(text: str, output: Path | None) -> None:
    """Put a document out: into a file, or on the standard output. Raises UsageError where the file cannot be made."""
    data = text.encode("utf-8")
    if output is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    refuse_run_folder(output.parent)
    refuse_no_file(output)
    try:
        write_plain(output.parent, output.name, data)
    except (OSError, NotPlain) as error:
        said = error.strerror if isinstance(error, OSError) else error
        raise UsageError(f"--output: {output} cannot be written: {said}") from error


def shortened(text: str, most: int) -> str:
    """A text with its control characters spelled out; the beginning of one that is too long, which then says so."""
    shown = spelled(text)
    return shown if len(text) <= most else f"{shown[:most]}… cut: the file has all {counted(len(text), 'character')}"


def load_run(folder: Path) -> ReportedRun:
    """The run in a folder, or the fleet as one run. Raises UsageError if there is none that can be read."""
    try:
        if is_fleet(folder):
            return ReportedFleet.load(folder)
        run = ReportedRun.load(folder)
        open_plain(folder, run.folder.verdicts.name).close()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"{folder}: no run folder: expected run.json and verdicts.jsonl in it") from error
    except BadEvidence as error:
        raise BadEvidence(f"{folder}: {error}: it is torn or was changed") from error
    return run


def warn_of_missing_rows(run: ReportedRun) -> None:
    """Say what of the rows is not as the end of the run counted it, for what was made of them lacks it."""
    said = _missing_rows(run)
    if said is not None:
        folder = run.folder.path
        say(f"{folder}: {said}; python -m muster verify {folder} tells more")


def _missing_rows(run: ReportedRun) -> str | None:
    torn, told = run.folder.torn_lines(), run.record.get("torn_lines")
    if run.record["ended"] is not None and told is not None and torn != told:
        now = counted(torn, "line of verdicts.jsonl is no whole row", "lines of verdicts.jsonl are no whole rows")
        return f"{now}, and {told:,} when the run ended"
    counts = count_by_status(row.status for row in run.rows())
    if run.record["ended"] is not None and counts != run.record["counts"]:
        return "verdicts.jsonl has not the rows that run.json counted when the run ended"
    return None


def add_output(parser: argparse.ArgumentParser, formats: Sequence[str], default: str) -> None:
    """The options that every command has."""
    parser.add_argument("--format", choices=formats, default=default, help=f"what to make (default: {default})")
    parser.add_argument("-o", "--output", type=Path, metavar="FILE", help="write here, not on the standard output")


def say(text: str) -> None:
    """Tell the user something that is not part of the document."""
    sys.stderr.write(_line(text) + "\n")


def _line(value: Any) -> str:
    return "" if value is None else one_line(str(value))


def _fit(value: Any) -> Any:
    """What a template puts into a page: of texts, what may be shown; what is markup already, is ours."""
    return spelled(value) if isinstance(value, str) and not isinstance(value, Markup) else value


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_fit,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["cut"] = shortened
    environment.filters["fit"] = lambda value: "" if value is None else printable(str(value))
    return environment

"""`python -m reports sample RUN --control=ID -n 25 --seed=7`: an auditor's sample with the answers behind each item."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any

from reports.answers import RecordedAnswer
from reports.commands import sheet
from reports.formats.wording import parameters_text
from reports.run import ReportedRun
from reports.sample import METHOD, Sample, draw

# A cell holds at most 32,767 characters in the spreadsheets that auditors use.
# https://support.microsoft.com/en-us/office/excel-specifications-and-limits-1672b34d-7043-467e-8e27-269d656771c3
MOST_IN_A_CELL = 30_000
MOST_IN_A_PAGE = 200_000

_COLUMNS = (
    "run",
    "evidence",
    "control",
    "population",
    "sample",
    "seed",
    "method",
    "item",
    "rank sha256",
    "account",
    "region",
    "resource",
    "name",
    "status",
    "reason",
    "waiver",
    "judged at",
    "answer",
    "call",
    "call region",
    "call at",
    "answer text",
)


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "sample",
        help="a reproducible sample of a control's population, with the answers behind it",
        description=f"A reproducible sample of all resources that have a verdict of one control, {METHOD}.",
    )
    parser.add_argument("run", metavar="RUN", help="the run folder, RUN.zip or s3://BUCKET/PREFIX/RUN.zip")
    parser.add_argument("--control", required=True, metavar="ID", help="the control whose population it is")
    parser.add_argument("-n", dest="size", type=int, default=25, metavar="N", help="how many items (default: 25)")
    parser.add_argument("--seed", required=True, help="any text; the same one draws the same sample")
    sheet.add_output(parser, ("csv", "html"), "csv")


def run(arguments: argparse.Namespace) -> None:
    """Carry it out. Raises `UsageError` or `BadEvidence` for what cannot be done."""
    found = sheet.load_run(arguments.run)
    sample = draw(found, arguments.control, arguments.size, arguments.seed)
    make = sample_as_csv if arguments.format == "csv" else sample_as_page
    sheet.write(make(found, sample), arguments.output)
    for caution in sample.cautions:
        sheet.say(f"sample: {caution}")
    sheet.warn_of_missing_rows(found)


def sample_as_csv(run: ReportedRun, sample: Sample) -> str:
    """A line an item and answer; what was drawn, from what and how stands in each."""
    return sheet.table_as_csv(_COLUMNS, _lines(run, sample))


def sample_as_page(run: ReportedRun, sample: Sample) -> str:
    """The sample as a page that stands alone."""
    return sheet.rendered_page(
        "sample.html.j2",
        run=run,
        record=run.record,
        control=run.control(sample.control),
        parameters=parameters_text(run.control(sample.control)),
        sample=sample,
        method=METHOD,
        most=MOST_IN_A_PAGE,
    )


def _lines(run: ReportedRun, sample: Sample) -> Iterator[tuple[Any, ...]]:
    drawn = (run.name, run.evidence, sample.control, sample.population, len(sample.items), sample.seed, METHOD)
    for number, item in enumerate(sample.items, start=1):
        first = item.verdicts[0]
        judged = (item.statuses, item.reasons, first.waiver, first.at)
        answers: list[RecordedAnswer | None] = [sample.answers[sha256] for sha256 in item.reads]
        for answer in answers or [None]:
            yield (
                *drawn,
                number,
                item.rank_sha256,
                item.account,
                item.region,
                item.resource,
                first.name,
                *judged,
                *_answer_cells(answer),
            )


def _answer_cells(answer: RecordedAnswer | None) -> tuple[str, ...]:
    if answer is None:
        return ("no answer: the verdict rests on none", "", "", "", "")
    if answer.problem is not None:
        return (f"{answer.file}: {answer.problem}", "", "", "", "")
    return answer.file, answer.call, answer.region, answer.at, sheet.shortened(answer.line, MOST_IN_A_CELL)

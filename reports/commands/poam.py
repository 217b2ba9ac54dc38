"""`python -m reports poam RUN`: the plan of action and milestones, as CSV or OSCAL."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from muster.errors import UsageError
from muster.verdict import Severity
from reports.commands import sheet
from reports.commands.history import MISSING_EXTRA, is_missing_extra
from reports.run import ReportedRun

if TYPE_CHECKING:
    from reports.poam.plan import ActionPlan

_COLUMNS = (
    "id",
    "run",
    "evidence",
    "severity",
    "control",
    "title",
    "account",
    "region",
    "resource",
    "name",
    "status",
    "reason",
    "owner",
    "owner declared in",
    "first seen",
    "last seen closed",
    "due",
    "overdue",
    "waiver",
    "waived until",
    "waiver owner",
    "waiver approver",
    "waiver ticket",
    "waiver reason",
    "fix",
)


def add_parser(subparsers: Any) -> None:
    """Add the command."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "poam",
        help="the plan of action and milestones: open items with owner, age, due date and waiver",
        description="Every failure, waived or not, and everything that could not be judged. The runs before this one"
        " in the same folder tell since when; an owner is named where somebody declared one.",
    )
    parser.add_argument("run", metavar="RUN", help="the run folder, RUN.zip or s3://BUCKET/PREFIX/RUN.zip")
    parser.add_argument(
        "--due",
        default="",
        metavar="SEVERITY=DAYS,…",
        help="days from first seen to due (default: critical=15,high=30,medium=90,low=180)",
    )
    parser.add_argument(
        "--owner-tag",
        action="append",
        metavar="NAME",
        help="a tag that names the owner, in any case; may be repeated (default: owner)",
    )
    sheet.add_output(parser, ("csv", "oscal"), "csv")


def run(arguments: argparse.Namespace) -> None:
    """Carry it out. Raises `UsageError` or `BadEvidence` for what cannot be done."""
    try:
        from reports.poam import oscal, owners, plan
    except ModuleNotFoundError as error:
        if not is_missing_extra(error):
            raise
        raise UsageError(MISSING_EXTRA) from error
    try:
        days: Mapping[Severity, int] = {**plan.DUE_DAYS, **dict(plan.parse_due(arguments.due) if arguments.due else ())}
    except ValueError as error:
        raise UsageError(f"--due: {error}") from error
    found = sheet.load_run(arguments.run)
    made = plan.make_plan(found, days, tuple(arguments.owner_tag or owners.OWNER_TAGS))
    if not made.items:
        sheet.say("poam: nothing is open in this run")
    if made.items or arguments.format == "csv":
        document = plan_as_csv(found, made) if arguments.format == "csv" else oscal.as_oscal(found, made)
        sheet.write(document, arguments.output)
    for note in found.notes:
        sheet.say(f"poam: {note}")
    sheet.warn_of_missing_rows(found)
    if made.earlier == 0:
        sheet.say("poam: no earlier run stands beside this one: every item counts from today")


def plan_as_csv(run: ReportedRun, plan: ActionPlan) -> str:
    """A line an item."""
    return sheet.table_as_csv(_COLUMNS, _lines(run, plan))


def _lines(run: ReportedRun, plan: ActionPlan) -> Iterator[tuple[Any, ...]]:
    for item in plan.items:
        row, waiver = item.row, item.waiver or {}
        yield (
            item.id,
            run.name,
            run.evidence,
            item.severity,
            row.control,
            item.title,
            row.account,
            row.region,
            row.resource,
            row.name,
            row.status,
            row.reason,
            item.owner.name,
            item.owner.source,
            item.age.first_seen,
            item.age.last_closed,
            item.due,
            "yes" if plan.is_overdue(item) else "no",
            row.waiver,
            *(waiver.get(name) for name in ("expires", "owner", "approver", "ticket", "reason")),
            item.fix,
        )

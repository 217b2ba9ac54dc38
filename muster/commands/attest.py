"""`muster attest`: which statements run out soon, which are missing, and what to write where they are made."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from muster.files.values import STATED
from muster.printable import counted, one_line

if TYPE_CHECKING:
    from muster.commands import Subparsers
    from muster.estate.declarations import AttestationEntry

FILE = "attestations.yaml"


@dataclass(frozen=True)
class AskedStatement:
    """A statement that a profile asks for: under which control, of what, how long it counts, and whether it was made.

    `max_age_days` is the control's; the entry's owner may have meant it to hold for less.
    """

    control: str
    title: str
    max_age_days: int
    made: AttestationEntry | None

    @property
    def last_day(self) -> date | None:
        """The last day on which it counts; None where it was never made."""
        if self.made is None:
            return None
        return min(self.made.valid_until, self.made.date + timedelta(days=self.max_age_days))

    def entry(self, today: date) -> str:
        """What to add to the file: what only its owner can say is left empty, and refused until it is filled in."""
        return (
            f"  - control: {self.control}\n"
            f"    statement: {self.title}.\n"
            "    owner:\n"
            "    approver:\n"
            f"    date: {today}\n"
            f"    valid_for_days: {self.max_age_days}\n"
            "    evidence:\n"
            "    decision:\n"
            "    reasons:\n"
            "      -\n"
        )


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("attest", help="list the statements that run out soon, and those that are missing")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = (
        "List which statements of a profile run out in the next days and which nobody has made, and print the entries"
        f" to add to {FILE}. Asks no account anything."
    )
    parser.add_argument("--estate", type=Path, default=Path("estate"), metavar="DIR", help="default: estate")
    parser.add_argument("--profile", default="baseline", metavar="NAME", help="profile or framework; default: baseline")
    parser.add_argument("--days", type=int, default=30, metavar="N", help="how many days ahead; default: 30")


def run(options: argparse.Namespace) -> int:
    """List them; 1 if a statement is missing, has run out, or will."""
    today = datetime.now(UTC).date()
    asked = statements(options.estate, options.profile, today)
    sys.stdout.write("\n".join(map(one_line, due_as_text(asked, today, options.days).splitlines())) + "\n")
    return 1 if due(asked, today, options.days) or missing(asked) else 0


def statements(estate: Path, profile: str, today: date) -> list[AskedStatement]:
    """What the profile asks people to state, in its order. Raises `UsageError` for a file or name that is none."""
    from muster.estate.files import Estate  # the controls, and with them the nouns, where they are used
    from muster.judging.catalogue import import_controls
    from muster.selection.profiles import load_profiles
    from muster.suites import Suites

    suites = Suites.at(Path.cwd())
    controls = import_controls(suites)
    selected = load_profiles(*suites.folders("profiles")).resolve([profile], controls).controls
    made = {entry.control: entry for entry in Estate.load(estate, controls, today).attestations}
    return [
        AskedStatement(id_, controls[id_].title, _max_age({**controls[id_].parameters, **overrides}), made.get(id_))
        for id_, overrides in selected.items()
        if id_.startswith(STATED)
    ]


def due(asked: Sequence[AskedStatement], today: date, days: int) -> list[AskedStatement]:
    """Those that have run out or will in so many days, the first one first."""
    limit = today + timedelta(days=days)
    ending = [(last, each) for each in asked if (last := each.last_day) is not None and last <= limit]
    return [each for _, each in sorted(ending, key=lambda pair: pair[0])]


def missing(asked: Sequence[AskedStatement]) -> list[AskedStatement]:
    """Those that nobody has made."""
    return [each for each in asked if each.made is None]


def due_as_text(asked: Sequence[AskedStatement], today: date, days: int) -> str:
    """What people read of it."""
    return "\n".join(_lines(asked, today, days))


def _lines(asked: Sequence[AskedStatement], today: date, days: int) -> Iterator[str]:
    ending, gone = due(asked, today, days), missing(asked)
    by = today + timedelta(days=days)
    yield (
        f"{counted(len(asked), 'statement is', 'statements are')} asked for: "
        f"{counted(len(gone), 'is missing', 'are missing')}, {counted(len(ending), 'runs out', 'run out')} by {by}"
    )
    for each in ending:
        assert each.made is not None
        verb = "ran out on" if each.last_day is not None and each.last_day < today else "counts until"
        yield f"  {each.control} {verb} {each.last_day} (owner {each.made.owner}): {each.title}"
    for each in gone:
        yield f"  {each.control} is missing: {each.title}"
    if ending or gone:
        yield f"\nTo add to {FILE}, each in the place of an earlier one; what is empty has to be filled in:\n"
        for each in (*ending, *gone):
            yield each.entry(today)


def _max_age(parameters: Mapping[str, object]) -> int:
    days = parameters["max_age_days"]
    assert isinstance(days, int)
    return days

"""`muster review WHAT RUN`: what people have to look at before it stands in facts.yaml, from what a run was answered.

What there is to review is found, not listed: `fixtures/reviews/` has a module each, with `review(accounts, facts)`. It
gives the text and whether something is to be done. Nobody is asked anything.
"""

from __future__ import annotations

import argparse
import importlib
import pkgutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from muster.errors import UsageError
from muster.files.problems import did_you_mean
from muster.suites import Suites

if TYPE_CHECKING:
    from muster.commands import Subparsers
    from muster.judging.account import Account
    from muster.reading.reads import Answer, Call
    from muster.run.replay import RecordedRun

REVIEWS = "fixtures.reviews"


def add_parser(subparsers: Subparsers) -> None:
    """Declare what it takes."""
    parser = subparsers.add_parser("review", help="write the entries of facts.yaml that a run shows to be missing")
    parser.set_defaults(carry_out=run, prog=parser.prog)
    parser.description = (
        "Write the entries that are to be added to facts.yaml, for what a recorded run found; nobody is asked anything."
    )
    parser.add_argument("what", metavar="WHAT", help="what to review, such as managed-policies")
    parser.add_argument("run", type=Path, metavar="RUN", help="a run folder")


def run(options: argparse.Namespace) -> int:
    """Write what is to review; 1 if there is something."""
    from muster.run.replay import RecordedRun  # the client libraries, where they are used

    Suites.at(Path.cwd()).import_together()
    known = {found.name.replace("_", "-"): found.name for found in _found()}
    if options.what not in known:
        raise UsageError(f"there is nothing called {options.what} to review; {did_you_mean(options.what, known)}")
    module = importlib.import_module(f"{REVIEWS}.{known[options.what]}")
    recorded = RecordedRun.load(options.run)
    text, is_to_do = module.review(_accounts(recorded), recorded.facts)
    sys.stdout.write(text)
    return 1 if is_to_do else 0


def _found() -> list[pkgutil.ModuleInfo]:
    return list(pkgutil.iter_modules(importlib.import_module(REVIEWS).__path__))


def _accounts(recorded: RecordedRun) -> Mapping[str, Account]:
    """The accounts of AWS that the run judged, by name, which answer as they did then."""
    from muster.reading.archive import MemoryArchive
    from muster.reading.reads import Reads
    from muster.run.entering import entered
    from muster.run.kinds import AWS
    from muster.run.replay import past_answers

    transport = RecordedTransport(past_answers(recorded.folder))
    return {
        access.name: entered(
            access, Reads(access.name, transport, MemoryArchive(), _as_kept, patience=0), recorded.record.as_of
        )
        for access in recorded.accounts
        if access.kind == AWS.name
    }


class RecordedTransport:
    """Answers with what a run was answered, and with an error where it did not ask."""

    def __init__(self, past: Mapping[str, str]) -> None:
        """`past` are the recorded texts by the key of their call."""
        self._past = past

    def send(self, call: Call) -> Answer:
        """The recorded answer."""
        from muster.reading.archive import parse_recorded
        from muster.reading.sessions.offline import NotRecorded

        text = self._past.get(call.key)
        return NotRecorded().send(call) if text is None else parse_recorded(text)[1]


def _as_kept(call: Call, content: Any) -> Any:
    """What was kept has lost its secrets already."""
    return content

"""The page of a fleet: one file that holds its style, its script and its data, and asks nobody for anything.

Its map has a dot a control and account, drawn as one picture: half a million of them are there at once.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from muster.evidence.fleet_record import LETTERS, FleetAccount, FleetRecord
from muster.printable import spelled
from muster.verdict import STATUSES
from reports.encodable import encodable
from reports.fleet.since import SinceFleet, changes_since, fleet_before
from reports.page.page import csp_hash
from reports.run import SANDBOX, status_words
from reports.writing import new_text, refuse_no_file

PAGE = "index.html"
UNSEALED = "this fleet is not whole: accounts are missing, and nothing vouches for it yet. Go on with --resume."

_HERE = Path(__file__).parent


def write_fleet_page(folder: Path, before: FleetRecord | None = None) -> Path:
    """Write the page of a fleet into its folder, which tells what changed since the fleet before.

    That is the last like it beside it, if none is named. Raises `BadEvidence` where `fleet.json` is none.
    """
    record = FleetRecord.read(folder)
    before = before or fleet_before(folder, record)
    since = changes_since(before, record) if before is not None else None
    refuse_no_file(folder / PAGE)
    with new_text(folder, PAGE) as page:
        page.write(fleet_html(record, since))
    return folder / PAGE


def fleet_html(record: FleetRecord, since: SinceFleet | None) -> str:
    """The page as a text."""
    style, script = (_HERE / "fleet.css").read_text(encoding="utf-8"), _script()
    return (
        _environment()
        .get_template("fleet.html.j2")
        .render(
            style=style,
            script=script,
            style_hash=csp_hash(style),
            script_hash=csp_hash(script),
            record=record,
            notes=list(_notes(record)),
            statuses=STATUSES,
            shown=status_words,
            data=_as_script(fleet_data(record, since)),
        )
    )


def fleet_data(record: FleetRecord, since: SinceFleet | None) -> dict[str, Any]:
    """What the page shows; texts of accounts are made fit to be shown."""
    accounts = [
        [
            _fit(name),
            _fit(account.id),
            _fit(account.unit or ""),
            {_fit(tag): _fit(value) for tag, value in account.tags.items()},
            account.ended,
            _fit(account.reason or ""),
            _way(name, account),
            [account.counts.get(status, 0) for status in STATUSES],
            account.cells,
        ]
        for name, account in record.accounts.items()
    ]
    return {
        "statuses": [status_words(status) for status in STATUSES],
        "letters": {letter: status_words(status) for status, letter in LETTERS.items()},
        "controls": [
            [name, _fit(each.title), each.severity, _fit(each.domain)] for name, each in record.controls.items()
        ],
        "accounts": accounts,
        "problems": [_fit(problem.text) for problem in record.problems or ()],
        "since": _since(since) if since is not None else None,
    }


def _since(since: SinceFleet) -> dict[str, Any]:
    changed = {
        control: [list(map(_fit, names)) for names in (each.failing, each.unreadable, each.fixed)]
        for control, each in since.by_control.items()
    }
    return {
        "fleet": since.fleet,
        "changes": changed,
        "new": list(map(_fit, since.new)),
        "gone": list(map(_fit, since.gone)),
    }


def _way(name: str, account: FleetAccount) -> str:
    """The way to the account's page; empty where there is none."""
    return "" if account.run is None else quote(f"{account.folder(name)}/{PAGE}", errors="surrogatepass")


def _notes(record: FleetRecord) -> list[tuple[str, str]]:
    notes = [(SANDBOX.word, SANDBOX.text.replace("this run", "this fleet").replace("a real one", "real ones"))]
    found = notes if record.mocked else []
    whole = record.ended is not None and all(account.ended != "missing" for account in record.accounts.values())
    return found if whole else [*found, ("UNFINISHED", UNSEALED)]


def _fit(text: str) -> str:
    return spelled(encodable(text))


def _as_script(data: Mapping[str, Any]) -> str:
    """JSON that may stand in a page: nothing in it ends the element that it stands in."""
    return json.dumps(data, separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c")


@cache
def _script() -> str:
    return (_HERE / "fleet.js").read_text(encoding="utf-8")


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )

"""Words and texts of the formats: how a verdict is said, and how text from an account stays text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from muster.printable import spelled
from muster.verdict import Verdict
from reports.run import Run

SANDBOX = "SANDBOX: this run judged mocked accounts. It is no evidence of a real one."

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")


def outcome(row: Verdict) -> str:
    """What became of a resource, as a sentence finishing "This resource …"."""
    said = {
        "pass": "passes",
        "fail": row.reason if row.reason.strip() else "fails",
        "error": f"could not be judged: {row.reason}",
        "waived": f"fails, which waiver {row.waiver} excuses: {row.reason}",
        "not_applicable": f"is not what the control speaks of: {row.reason}",
        "not_run": f"was not judged: {row.reason}",
    }
    return said[row.status]


def waivers_of(run: Run) -> Mapping[str, Mapping[str, Any]]:
    """The waivers of a run by id."""
    return {waiver["id"]: waiver for waiver in run.record["waivers"]}


def waiver_text(waiver_id: str, waivers: Mapping[str, Mapping[str, Any]]) -> str:
    """A waiver in a line: why, who owns it, who approved it, until when."""
    waiver = waivers.get(waiver_id)
    if waiver is None:
        return f"{waiver_id}: not described in run.json"
    return (
        f"{waiver_id}: {waiver['reason']} (owner {waiver['owner']}, approved by {waiver['approver']},"
        f" ticket {waiver['ticket']}, expires {waiver['expires']})"
    )


def version_of(run: Run) -> str:
    """The version of Muster that made the run, as `run.json` has it."""
    return str(run.record["versions"]["muster"])


def encodable(text: str) -> str:
    r"""The text as UTF-8 can hold it: half a surrogate pair becomes its escape, `\ud800`."""
    return text.encode("utf-8", "backslashreplace").decode()


def encodable_row(row: Verdict) -> Verdict:
    """The row with all its texts as UTF-8 can hold them."""
    if not _LONE_SURROGATE.search(row.resource + row.reason + row.account + row.region):
        return row
    return replace(
        row,
        account=encodable(row.account),
        region=encodable(row.region),
        resource=encodable(row.resource),
        reason=encodable(row.reason),
    )


def encodable_data(data: Any) -> Any:
    """Plain JSON with all its texts as UTF-8 can hold them."""
    if isinstance(data, str):
        return encodable(data)
    if isinstance(data, Mapping):
        return {encodable(name): encodable_data(value) for name, value in data.items()}
    if isinstance(data, list):
        return [encodable_data(value) for value in data]
    return data


def one_line(text: str) -> str:
    r"""The text on one line with nothing unseen in it: line breaks, controls and direction marks as `\n`, `\u202e`."""
    return spelled(text).replace("\n", r"\n").replace("\t", r"\t")


def printable(text: str) -> str:
    r"""The text with its line feeds and tabs, but whatever is unfit to be shown as `\x00`: what XML can hold, too."""
    return spelled(text)


def cut(text: str, most: int) -> str:
    """At most so many characters of the text; an ellipsis where it goes on."""
    return text if len(text) <= most else text[: most - 1] + "…"


def cut_name(text: str, most: int) -> str:
    """At most so many characters of a name; one that is cut ends in a part of its hash, so that two stay two."""
    if len(text) <= most:
        return text
    mark = "…" + sha256(text.encode()).hexdigest()[:16]
    return text[: most - len(mark)] + mark

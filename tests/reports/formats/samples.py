"""Runs to make formats of: one row a status, names of every evil kind, accounts of every sort."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from muster.evidence.run_folder import RunFolder
from muster.verdict import STATUSES, Verdict, count_by_status
from reports.formats import write_documents
from reports.run import ReportedRun
from tests.reports.synthetic import HOSTILE as SYNTHETIC_HOSTILE
from tests.reports.synthetic import Size, make_run
from tests.reports.synthetic_record import control_of, control_record

HOSTILE = {
    "script": SYNTHETIC_HOSTILE[0],
    "image": SYNTHETIC_HOSTILE[1],
    "quotes": SYNTHETIC_HOSTILE[2],
    "newlines": SYNTHETIC_HOSTILE[3],
    "right to left": SYNTHETIC_HOSTILE[4],
    "nul": SYNTHETIC_HOSTILE[5],
    "formula": SYNTHETIC_HOSTILE[6],
    "10 kB": SYNTHETIC_HOSTILE[7],
    "10 kB of ticks": "`" * 10_000,
    "lone surrogate": "half \ud83d of a pair, and \udc80",
    "mention": "@octocat see #1, GH-2 and https://evil.example/x or www.evil.example",
    "link": "[click](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example>",
    "ticks": "``` `` ` and | bars \\| and \\",
    "tick": "`",
    "spaces": "  spaces  ",
    "braces": "{0} {{1}} {name} %s [1](2)",
    "xml": "]]> <![CDATA[ &amp; &#0; <!-- --> \ufffe\uffff\x85",
    "line separators": "one\u2028two\u2029three\rfour",
}
"""What somebody may call a thing, by what it is evil for."""


def run_of(folder: Path, rows: Iterable[Verdict] = (), **record: Any) -> ReportedRun:
    """A run of a few controls whose rows are these; `record` overrides keys of `run.json`."""
    path = make_run(folder, Size(resources=1, controls=4, accounts=3))
    known, kept = RunFolder(path), list(rows)
    counts = count_by_status(row.status for row in kept)
    # In ASCII, as JSON can hold what UTF-8 cannot.
    known.run.write_text(json.dumps(known.read_run() | {"counts": counts} | record), encoding="ascii")
    written = [json.dumps(asdict(row)) for row in kept]
    (path / "verdicts.jsonl").write_text("".join(line + "\n" for line in written), encoding="ascii")
    return ReportedRun.load(path)


def unfinished(run: ReportedRun) -> ReportedRun:
    """The same run, had it been killed before it ended and before its accounts were entered."""
    data = dict(run.record) | dict.fromkeys(("ended", "exit_code", "counts", "problems", "calls"))
    for name in ("account_ids", "regions", "torn_lines", "calls_incomplete", "frameworks"):
        data.pop(name, None)
    run.folder.write_run(data)
    return ReportedRun.load(run.folder.path)


def with_parameters(parameters: Mapping[str, Any], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """The controls of `run.json`, each judged by these thresholds where those are the defaults."""
    controls = {control.id: control_record(control) for control in map(control_of, range(4))}
    return {id_: {**control, "parameters": parameters, "defaults": defaults} for id_, control in controls.items()}


def row(status: str = "fail", resource: str = "arn:aws:s3:::data", **values: Any) -> Verdict:
    """A row of the first control in the first account."""
    plain = Verdict(
        run="20261120T220000Z-synthetic",
        control="s3-bucket-encrypted",
        account="production",
        region="eu-west-1",
        resource=resource,
        status=status,  # type: ignore[arg-type]  # the tables of the tests hold plain text
        reason="" if status == "pass" else f"because of {status}",
        parameters={},
        reads=("a" * 64,),
        waiver="W-1" if status == "waived" else None,
        judged_in=None,
        at="2026-11-20T22:01:00.250000Z",
    )
    return replace(plain, **values)


def row_of_each_status() -> list[Verdict]:
    """Six rows, a status each."""
    return [row(status, f"arn:aws:s3:::{status}") for status in STATUSES]


def made(run: ReportedRun, name: str, folder: Path) -> str:
    """The text of a format."""
    folder.mkdir(exist_ok=True)
    (written,) = write_documents(run, [name], folder)
    return written.path.read_bytes().decode("utf-8")


def account(name: str, kind: str, identifier: str, **values: Any) -> Mapping[str, Any]:
    """An account as `run.json` lists it."""
    return {
        "name": name,
        "kind": kind,
        "id": identifier,
        "regions": ["eu-west-1"],
        "mocked": False,
        "tags": {},
        **values,
    }

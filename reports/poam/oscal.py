"""The plan as an OSCAL plan of action and milestones (NIST).

https://pages.nist.gov/OSCAL/learn/concepts/layer/assessment/poam/
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from muster.printable import printable
from muster.verdict import Status
from reports.formats.json_text import compact, members
from reports.formats.oscal import OSCAL_VERSION, PROPERTIES
from reports.poam.plan import ActionPlan, PlanItem
from reports.run import ReportedRun

# What OSCAL calls the state of a risk.
_RISK: Mapping[Status, str] = {
    "fail": "open",
    "waived": "deviation-approved",
    "error": "investigating",
    "not_run": "investigating",
}


def as_oscal(run: ReportedRun, plan: ActionPlan) -> str:
    """The document as JSON, the same for the same run. OSCAL knows no plan without an item: there must be one."""
    record = run.record
    title = f"Plan of action and milestones of run {record['run']}"
    accounts = [f"{account['name']} ({account['id'] or 'id unknown'})" for account in record["accounts"]]
    head = {
        "uuid": _uuid("plan", record["run"]),
        "metadata": {
            "title": _line(" ".join([*(f"{note.word}:" for note in run.notes), title])),
            "last-modified": _time(record["ended"] or record["started"]),
            "version": _line(record["run"]),
            "oscal-version": OSCAL_VERSION,
            "props": list(_props({"evidence": run.evidence, "as-of": plan.as_of.isoformat()})),
        },
        "system-id": {"id": _line(", ".join(accounts))},
    }
    parts = [
        members(head),
        _list("observations", (_observation(run, item) for item in plan.items)),
        _list("risks", (_risk(item) for item in plan.items)),
        _list("poam-items", (_item(run, plan, item) for item in plan.items)),
    ]
    return '{"plan-of-action-and-milestones":{' + ",\n".join(parts) + "}}\n"


def _list(name: str, things: Iterator[dict[str, Any]]) -> str:
    """A member that is a list, a line a thing; only their texts are held."""
    return f'"{name}":[\n' + ",\n".join(compact(thing) for thing in things) + "\n]"


def _item(run: ReportedRun, plan: ActionPlan, item: PlanItem) -> dict[str, Any]:
    waiver = item.waiver or {}
    return {
        "uuid": item.id,
        "title": _line(f"{item.row.control}: {item.row.called}"),
        "description": _text(f"{item.title}. {item.row.reason or item.row.status}"),
        "props": list(
            _props(
                {
                    "evidence": run.evidence,
                    "severity": item.severity,
                    "status": item.row.status,
                    "owner": item.owner.name,
                    "owner-source": item.owner.source,
                    "first-seen": item.age.first_seen.isoformat(),
                    "last-closed": item.age.last_closed.isoformat() if item.age.last_closed else "",
                    "due": item.due.isoformat(),
                    "overdue": "yes" if plan.is_overdue(item) else "no",
                    "waiver": item.row.waiver,
                    "waived-until": waiver.get("expires"),
                    "waiver-owner": waiver.get("owner"),
                    "waiver-approver": waiver.get("approver"),
                    "waiver-ticket": waiver.get("ticket"),
                }
            )
        ),
        "related-observations": [{"observation-uuid": _observation_uuid(run, item)}],
        "related-risks": [{"risk-uuid": _uuid("risk", item.id)}],
    }


def _risk(item: PlanItem) -> dict[str, Any]:
    return {
        "uuid": _uuid("risk", item.id),
        "title": _line(f"{item.row.control}: {item.row.called}"),
        "description": _text(item.row.reason or item.row.status),
        "statement": _text(item.title),
        "status": _RISK[item.row.status],
        "deadline": _end_of(item.deadline),
        "remediations": [
            {
                "uuid": _uuid("remediation", item.id),
                "lifecycle": "recommendation",
                "title": "Fix",
                "description": _text(item.fix),
            }
        ],
    }


def _observation(run: ReportedRun, item: PlanItem) -> dict[str, Any]:
    row = item.row
    observation: dict[str, Any] = {
        "uuid": _observation_uuid(run, item),
        "description": _text(f"{row.status}: {row.reason}" if row.reason else row.status),
        "props": list(_props({"control": row.control, "account": row.account, "region": row.region})),
        "methods": ["TEST"],
        "types": ["finding"],
        "subjects": [
            {"subject-uuid": _uuid("resource", row.resource), "type": "resource", "title": _line(row.resource)}
        ],
        "collected": _time(row.at),
    }
    if row.reads:
        observation["relevant-evidence"] = [
            {
                "href": f"reads/{sha256}.json" if sha256.isalnum() else "verdicts.jsonl",
                "description": "The API's answer",
            }
            for sha256 in row.reads
        ]
    return observation


def _props(values: Mapping[str, str | None]) -> Iterator[dict[str, str]]:
    for name, value in values.items():
        if value:
            yield {"name": name, "ns": PROPERTIES, "value": _line(value)}


def _observation_uuid(run: ReportedRun, item: PlanItem) -> str:
    return _uuid("observation", f"{run.record['run']}:{item.id}")


def _uuid(kind: str, name: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"muster:{kind}:{name.encode('utf-8', 'backslashreplace').decode()}"))


def _line(text: str) -> str:
    """A text on one line, and not empty, as OSCAL's strings are."""
    return re.sub(r"\s+", " ", printable(text)).strip() or "-"


def _text(text: str) -> str:
    return printable(text).strip() or "-"


def _time(text: str) -> str:
    return datetime.fromisoformat(text).isoformat().replace("+00:00", "Z")


def _end_of(day: date) -> str:
    return f"{day.isoformat()}T23:59:59Z"

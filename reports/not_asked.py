"""What a run did not ask: that everything asked was answered says nothing of the rest."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

from muster.printable import counted, one_line
from reports.kinds import reported_kind
from reports.run import ReportedRun


@dataclass(frozen=True)
class Omission:
    """Something that the run did not ask, in a sentence, and the names of what it is about."""

    text: str
    names: tuple[str, ...] = ()

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for the page."""
        return asdict(self)


def omissions_of(run: ReportedRun) -> list[Omission]:
    """What a run did not ask of whom, the widest first; services without a control last."""
    return [
        *_left_out(run),
        *_not_selected(run),
        *_organization(run),
        *_accounts(run),
        *_entered(run),
        *_regions(run),
        *_kinds(run),
        *_requirements(run),
        *_services(run),
    ]


def _left_out(run: ReportedRun) -> Iterator[Omission]:
    part = run.record.get("part")
    if part is not None:
        pairs = tuple(f"{control}: {', '.join(accounts)}" for control, accounts in part["left_out"].items())
        left_by = one_line(", ".join(part["by"])) or "something that pytest does not name"
        yield Omission(
            f"{counted(part['asked'] - part['judged'], 'control')} in their accounts were left out by {left_by}", pairs
        )


def _not_selected(run: ReportedRun) -> Iterator[Omission]:
    not_asked = run.record.get("not_asked")
    if not_asked is None:
        yield Omission(
            "A replay asks nobody; what the recorded run did not ask, its own run.json tells"
            if run.record["replay_of"] is not None
            else "This run kept no record of the accounts of its estate and the controls of its profiles beside its own"
        )
    elif not_asked["controls"]:
        count = _count(len(not_asked["controls"]), "control")
        by = ", ".join(not_asked["by"])
        yield Omission(f"{count} of the profiles not selected ({by})", tuple(not_asked["controls"]))
    elif not_asked["by"] and not run.record["profiles"]:
        yield Omission(f"Controls were named one by one ({', '.join(not_asked['by'])}), and no profile")


def _accounts(run: ReportedRun) -> Iterator[Omission]:
    others = (run.record.get("not_asked") or {"accounts": []})["accounts"]
    if others:
        yield Omission(f"{_count(len(others), 'account')} of the estate not in this run", tuple(others))


def _organization(run: ReportedRun) -> Iterator[Omission]:
    organization = run.record.get("organization")
    if organization is None:
        return
    if organization["accounts"] is None:
        yield Omission("The organization was not asked which accounts it has (--discover)")
        return
    left_out = [each for each in organization["accounts"] if each["reason"] is not None]
    if left_out:
        names = tuple(f"{each['id']} {each['name']} ({each['path']}): {each['reason']}" for each in left_out)
        yield Omission(f"{_count(len(left_out), 'account')} of the organization left out", names)


def _entered(run: ReportedRun) -> Iterator[Omission]:
    unreachable = run.record.get("unreachable", {})
    if unreachable:
        names = tuple(f"{name}: {reason}" for name, reason in unreachable.items())
        yield Omission(f"{_count(len(unreachable), 'account')} that could not be entered", names)


def _regions(run: ReportedRun) -> Iterator[Omission]:
    narrowed: dict[tuple[str, ...], list[str]] = {}
    for account in run.record["accounts"]:
        if reported_kind(account["kind"]).is_aws and account["regions"] is not None and account.get("missing") is None:
            narrowed.setdefault(tuple(account["regions"]), []).append(account["name"])
    for regions, names in narrowed.items():
        where = ", ".join(regions) or "no region"
        count = _count(len(names), "account")
        approved = [region for region in run.record["facts"].get("approved_regions", ()) if region not in regions]
        among = f", nor of {', '.join(approved)}, which facts.yaml approves" if approved else ""
        yield Omission(f"{count} asked in {where} alone: nothing is known of other regions{among}", tuple(names))


def _kinds(run: ReportedRun) -> Iterator[Omission]:
    for account in run.record["accounts"]:
        if account.get("missing") is not None:
            controls = [id_ for id_, control in run.record["controls"].items() if control["kind"] == account["kind"]]
            count = _count(len(controls), "control")
            yield Omission(f"{count} without an account of their kind: {account['missing']}", tuple(controls))


def _requirements(run: ReportedRun) -> Iterator[Omission]:
    for framework, ids in run.record["uncovered"].items():
        if ids:
            yield Omission(f"{_count(len(ids), 'requirement')} of {framework} without a control", tuple(ids))


def _services(run: ReportedRun) -> Iterator[Omission]:
    """What no control speaks of is asked of nobody; runs of earlier versions do not tell what theirs speak of."""
    controls = [control for control in run.record["controls"].values() if control["kind"] == "aws"]
    asked = {operation.partition(":")[0] for control in controls for operation in control.get("operations", ())}
    asked -= {"estate"}
    if asked:
        count = _count(len(asked), "service")
        yield Omission(
            f"{count} of AWS asked, and no other: nothing is known of what is elsewhere", tuple(sorted(asked))
        )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"

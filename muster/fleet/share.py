"""The share of an account in a fleet: all that whoever judges it must be told, as one text."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Self

from muster.evidence.fleet_record import ACCOUNTS
from muster.fleet.since import SinceRun
from muster.judging.control import Control
from muster.reading.access import ESTATE, AbsentAccount, Access
from muster.run.asked import run_name
from muster.run.discovered import Discovered
from muster.run.pairs import Pair
from muster.run.plan import Plan
from muster.run.planning import Planner


@dataclass(frozen=True)
class Share:
    """What is judged in one run of a fleet, and what that run is to say of how the fleet was begun.

    The folder of `plan` is where the sealed run folder is to stand. `own` is the organization's own suite, `estate` its
    files; both are asked for their state in git alone. `since` is what it is compared with, if it is to be.
    """

    account: str
    plan: Plan
    arguments: tuple[str, ...]
    frameworks: Mapping[str, Any]
    own: Path | None
    estate: Path
    since: SinceRun | None = None

    @property
    def fleet(self) -> Path:
        """The folder of the fleet."""
        assert self.plan.folder is not None
        return self.plan.folder.parents[2]

    def to_json(self) -> str:
        """The share as a text. It holds the key of the redaction and external ids: it is no evidence."""
        return json.dumps(
            {
                "account": self.account,
                "plan": self.plan.to_json(),
                "arguments": list(self.arguments),
                "frameworks": dict(self.frameworks),
                "own": str(self.own) if self.own else None,
                "estate": str(self.estate),
                "since": self.since.as_data() if self.since else None,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The share that `to_json` wrote down."""
        data = json.loads(text)
        return cls(
            account=data["account"],
            plan=Plan.from_json(data["plan"]),
            arguments=tuple(data["arguments"]),
            frameworks=data["frameworks"],
            own=Path(data["own"]) if data["own"] else None,
            estate=Path(data["estate"]),
            since=SinceRun.from_data(data["since"]) if data["since"] else None,
        )


def accounts_to_judge(plan: Plan) -> dict[str, tuple[Access, ...]]:
    """The accounts of a fleet by name; who stands in for a kind that it lacks is judged together with the estate."""
    stand_ins = tuple(access for access in plan.accounts if isinstance(access, AbsentAccount))
    return {
        access.name: (access, *stand_ins) if access.kind == ESTATE else (access,)
        for access in plan.accounts
        if access not in stand_ins
    }


def accounts_with_controls(planner: Planner, controls: Mapping[str, Control]) -> list[str]:
    """The accounts that some control is for; the estate is, too, for whoever stands in for a kind that is missing."""
    kinds, asked = {controls[name].kind for name in planner.selection.controls}, set(planner.accounts_asked)
    names = [name for name, kind in planner.account_names.items() if kind in kinds]
    return list(dict.fromkeys(name if name in asked else ESTATE for name in names))


def plan_of_share(plan: Plan, account: str, kinds: Mapping[str, str]) -> Plan:
    """The plan of one account of a fleet; `kinds` are those of the controls, by id.

    What is declared goes along as far as it speaks of the account.
    """
    assert plan.folder is not None
    accounts = accounts_to_judge(plan)[account]
    asked = {access.kind for access in accounts}
    name = run_name(plan.started, plan.profiles, [account], is_replay=False)
    is_estate = ESTATE in asked
    controls = {control: parameters for control, parameters in plan.controls.items() if kinds[control] in asked}
    return replace(
        plan,
        fleet=plan.run,
        run=name,
        folder=plan.folder / ACCOUNTS / account / name,
        accounts=accounts,
        controls=controls,
        scoped=plan.scoped & controls.keys(),
        waivers=tuple(waiver for waiver in plan.waivers if waiver.account in ("*", account)),
        estate=plan.estate if is_estate else {},
        discovered=_of_account(plan.discovered, account) if plan.discovered is not None else None,
    )


def pairs_of(plan: Plan, kinds: Mapping[str, str]) -> Iterator[Pair]:
    """Each control of a plan with each account of its kind."""
    for control in plan.controls:
        for access in plan.accounts:
            if access.kind == kinds[control]:
                yield control, access.name


def _of_account(discovered: Discovered, account: str) -> Discovered:
    """What the organization told of one account; all it told stands with the fleet, once."""
    record = discovered.record
    known = record["accounts"]
    own = None if known is None else [each for each in known if each["account"] == account]
    return Discovered({**record, "accounts": own, "unmatched": [], "reads": []})

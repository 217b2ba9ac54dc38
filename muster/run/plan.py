"""The plan of a run: all that is decided before the first question, and that every process of the run must share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from muster.estate.declarations import Facts, Waiver
from muster.estate.recorded import facts_from_data
from muster.evidence.record import ReplayOf
from muster.reading.access import Access, access_from_data
from muster.run.discovered import Discovered
from muster.run.not_asked import NotAsked
from muster.run.resume import Resumed
from muster.run.unchanged import EarlierRun


@dataclass(frozen=True)
class Plan:
    """A run: where it is kept (None: nowhere), when it started, who is asked what.

    `as_of` is the time that ages and expiries are measured from: the start, or that of the run that is judged again.
    `controls` maps ids to their effective parameters; `scoped` are those that spare what is out of scope.
    `redaction_key` is hex and never written to the run folder; `replay` is the run folder that is judged again,
    `replay_of` whose evidence that is; `resumed` is what is taken over of a run that was cut short; since the run
    `earlier` it is asked what has changed. `estate` is what the estate answers of itself, `discovered` what its
    organization told. Where it `waits`, a rate limit of an hour that is spent is waited for. `fleet` is the fleet that
    the run is a share of: what is to be said of the estate as a whole is said there.
    """

    run: str
    folder: Path | None
    started: datetime
    as_of: datetime
    profiles: tuple[str, ...]
    accounts: tuple[Access, ...]
    controls: Mapping[str, Mapping[str, Any]]
    facts: Facts
    waivers: tuple[Waiver, ...]
    attestations: tuple[Mapping[str, Any], ...]
    redaction_key: str = field(repr=False)
    replay: Path | None = None
    replay_of: ReplayOf | None = None
    resumed: Resumed | None = None
    earlier: EarlierRun | None = None
    waits: bool = True
    uncovered: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    people: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    not_asked: NotAsked | None = None
    discovered: Discovered | None = None
    estate: Mapping[str, Any] = field(default_factory=dict)
    scoped: frozenset[str] = frozenset()
    fleet: str | None = None

    def to_json(self) -> str:
        """The plan as a text for workers."""
        return json.dumps(
            {
                "run": self.run,
                "folder": str(self.folder) if self.folder else None,
                "started": self.started.isoformat(),
                "as_of": self.as_of.isoformat(),
                "profiles": self.profiles,
                "accounts": [access.as_data() for access in self.accounts],
                "controls": {control: dict(parameters) for control, parameters in self.controls.items()},
                "facts": self.facts.model_dump(mode="json"),
                "waivers": [waiver.model_dump(mode="json") for waiver in self.waivers],
                "attestations": list(self.attestations),
                "redaction_key": self.redaction_key,
                "replay": str(self.replay) if self.replay else None,
                "replay_of": self.replay_of.model_dump() if self.replay_of else None,
                "resumed": self.resumed.as_data() if self.resumed else None,
                "earlier": self.earlier.as_data() if self.earlier else None,
                "waits": self.waits,
                "uncovered": {name: list(ids) for name, ids in self.uncovered.items()},
                "people": dict(self.people),
                "estate": dict(self.estate),
                "scoped": sorted(self.scoped),
                "not_asked": self.not_asked.as_data() if self.not_asked is not None else None,
                "discovered": self.discovered.as_data() if self.discovered is not None else None,
                "fleet": self.fleet,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The plan that `to_json` wrote down."""
        data = json.loads(text)
        return cls(
            run=data["run"],
            folder=Path(data["folder"]) if data["folder"] else None,
            started=datetime.fromisoformat(data["started"]),
            as_of=datetime.fromisoformat(data["as_of"]),
            profiles=tuple(data["profiles"]),
            accounts=tuple(access_from_data(access) for access in data["accounts"]),
            controls=data["controls"],
            facts=facts_from_data(data["facts"]),
            waivers=tuple(Waiver.model_validate_json(json.dumps(waiver)) for waiver in data["waivers"]),
            attestations=tuple(data["attestations"]),
            redaction_key=data["redaction_key"],
            replay=Path(data["replay"]) if data["replay"] else None,
            replay_of=ReplayOf.model_validate(data["replay_of"]) if data["replay_of"] else None,
            resumed=Resumed.from_data(data["resumed"]) if data["resumed"] else None,
            earlier=EarlierRun.from_data(data["earlier"]) if data["earlier"] else None,
            waits=data["waits"],
            uncovered={name: tuple(ids) for name, ids in data["uncovered"].items()},
            people=data["people"],
            estate=data["estate"],
            scoped=frozenset(data["scoped"]),
            not_asked=NotAsked(**{name: tuple(values) for name, values in data["not_asked"].items()})
            if data["not_asked"] is not None
            else None,
            discovered=Discovered(**data["discovered"]) if data["discovered"] is not None else None,
            fleet=data["fleet"],
        )

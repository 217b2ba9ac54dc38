"""`fleet.json`: every account that a fleet was to judge, where its evidence is, and how it ended.

A fleet is one run folder an account, and a folder around them: `FLEET/accounts/ACCOUNT/RUN/`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self, get_args

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, Strict, ValidationError

from muster.errors import BadEvidence
from muster.evidence.json_object import read_object
from muster.evidence.record import Flag, Name, Number, Sha256
from muster.verdict import STATUSES, Severity, Status

FLEET = "fleet.json"
ACCOUNTS = "accounts"
PlainText = Annotated[str, Strict()]

HowEnded = Literal["judged", "not_entered", "not_judged", "missing", "left_out"]
"""How an account ended: `judged`; `not_entered`, nobody got in; `not_judged`, the worker that was at it died twice, or
the judging broke; `missing`, nobody has come to it; `left_out` by an option of pytest's. All but the first are red."""
HOW_ENDED: tuple[HowEnded, ...] = get_args(HowEnded)

LETTERS: Mapping[Status, str] = {
    "error": "e",
    "fail": "f",
    "not_run": "r",
    "waived": "w",
    "pass": "p",
    "not_applicable": "n",
}
"""The statuses by one letter, the one that needs somebody most first."""
NO_ROWS = "."


def worst_letter(statuses: Mapping[Status, int]) -> str:
    """The letter of the worst status of which there are rows; `NO_ROWS` where there are none."""
    return next((letter for status, letter in LETTERS.items() if statuses.get(status)), NO_ROWS)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class FleetControl(_Part):
    """A control that a fleet was to judge."""

    title: PlainText
    severity: Severity
    domain: PlainText
    kind: PlainText


class FleetAccount(_Part):
    """An account of a fleet.

    `run` is its run folder's name and `manifest_sha256` the hash of its manifest, None where there is none; `cells` has
    the worst status of each control, in the order of the fleet's controls, by its letter.
    """

    id: PlainText
    kind: PlainText
    unit: PlainText | None
    tags: Mapping[str, PlainText]
    mocked: Flag
    ended: HowEnded
    reason: PlainText | None
    run: Name | None
    manifest_sha256: Sha256 | None
    counts: Mapping[str, Number]
    cells: PlainText

    def folder(self, name: str) -> str:
        """The path of its run folder in that of the fleet."""
        return f"{ACCOUNTS}/{name}/{self.run}"


class FleetProblem(_Part):
    """What fails a fleet beside its accounts."""

    kind: PlainText
    text: PlainText


class FleetRecord(_Part):
    """`fleet.json`. `ended`, `exit_code` and what is counted at the end are None as long as the fleet goes on."""

    fleet: Name
    profiles: tuple[Name, ...]
    started: AwareDatetime
    ended: AwareDatetime | None
    exit_code: Annotated[int, Strict(), Field(ge=0, le=255)] | None
    mocked: Flag
    counts: Mapping[str, Number] | None
    controls: Mapping[str, FleetControl]
    accounts: Mapping[Name, FleetAccount]
    problems: tuple[FleetProblem, ...] | None

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """The record that an object is. Raises `BadEvidence` where it is none, naming the place."""
        try:
            record = cls.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise BadEvidence(f"{FLEET}: {place}: {first['msg']}") from error
        record.check()
        return record

    def check(self) -> None:
        """Raise `BadEvidence` where its parts do not go together."""
        letters = {*LETTERS.values(), NO_ROWS}
        for name, account in self.accounts.items():
            if len(account.cells) != len(self.controls) or not letters.issuperset(account.cells):
                raise BadEvidence(f"{FLEET}: accounts.{name}.cells: expected a letter of each control")
            if (account.run is None) != (account.manifest_sha256 is None):
                raise BadEvidence(f"{FLEET}: accounts.{name}: a run and the hash of its manifest go together")
            if account.counts.keys() - set(STATUSES):
                raise BadEvidence(f"{FLEET}: accounts.{name}.counts: expected {', '.join(STATUSES)}")

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The record of the fleet in a folder. Raises as `read_object` does."""
        return cls.parse(read_object(folder, FLEET))

"""The estate: the accounts, facts, waivers and attestations of the organization that runs Muster."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from muster.errors import UsageError
from muster.estate.accounts import (
    AccountEntry,
    AccountsFile,
    AnyAccountEntry,
    AwsAccountEntry,
    GitHubAccountEntry,
    select_accounts,
)
from muster.estate.declarations import Attestation, Facts, PublicRepository, PublicThing, RootUse, Waiver
from muster.files.problems import did_you_mean, problems
from muster.files.strict_yaml import Document, dotted, load, validate
from muster.files.values import EstateModel, Items

__all__ = [
    "AccountEntry",
    "Attestation",
    "AwsAccountEntry",
    "Estate",
    "Facts",
    "GitHubAccountEntry",
    "PublicRepository",
    "PublicThing",
    "RootUse",
    "Waiver",
    "load_waivers",
    "select_accounts",
]

_TIME_ZONES = timedelta(days=1)
"""Today is told in UTC; east of it people already write tomorrow's date."""


class _WaiversFile(EstateModel):
    model_config = ConfigDict(title="waivers.yaml")

    waivers: Items[Waiver]


class _AttestationsFile(EstateModel):
    model_config = ConfigDict(title="attestations.yaml")

    attestations: Items[Attestation]


class _EstateData(EstateModel):
    """An estate as a run folder keeps it."""

    accounts: dict[str, AnyAccountEntry]
    facts: Facts
    waivers: Items[Waiver]
    attestations: Items[Attestation]
    folder: str


@dataclass(frozen=True)
class Estate:
    """What the organization declares, read from one folder. `accounts` is in the order of its file."""

    accounts: Mapping[str, AccountEntry]
    facts: Facts
    waivers: tuple[Waiver, ...]
    attestations: tuple[Attestation, ...]
    folder: Path

    @classmethod
    def load(cls, folder: Path, known_controls: Collection[str], today: date) -> Estate:
        """Read the folder: `accounts.yaml` must be there; a file that is missing declares nothing.

        Raises:
            FileError: a file cannot be taken as it stands; names it, the line, the field and the remedy.
        """
        accounts = validate(load(folder / "accounts.yaml"), AccountsFile).accounts
        facts, waivers, attestations = (folder / name for name in ("facts.yaml", "waivers.yaml", "attestations.yaml"))
        return cls(
            accounts=accounts,
            facts=validate(load(facts), Facts) if _is_there(facts) else Facts(),
            waivers=load_waivers(waivers, known_controls, today) if _is_there(waivers) else (),
            attestations=_attestations(attestations, known_controls, today) if _is_there(attestations) else (),
            folder=folder,
        )

    def as_data(self) -> dict[str, object]:
        """The estate in plain JSON types; `from_data` makes an equal one of it."""
        kept: BaseModel = _EstateData.model_construct(
            accounts=dict(self.accounts),
            facts=self.facts,
            waivers=self.waivers,
            attestations=self.attestations,
            folder=str(self.folder),
        )
        return kept.model_dump(mode="json")

    @classmethod
    def from_data(cls, data: Mapping[str, object]) -> Estate:
        """The estate that `as_data` was asked for; judged by form alone, not by today's clock and controls.

        Raises:
            UsageError: the data is not of the form that `as_data` gives; names the field.
        """
        try:
            kept = _EstateData.model_validate(dict(data))
        except ValidationError as error:
            first = problems(error, dict(data), _EstateData)[0]
            raise UsageError(
                f"the estate kept with the run cannot be read: {dotted(first.path)}: {first.text}"
            ) from error
        return cls(kept.accounts, kept.facts, kept.waivers, kept.attestations, Path(kept.folder))


def load_waivers(path: Path, known_controls: Collection[str], today: date) -> tuple[Waiver, ...]:
    """Read a waivers file; an expired waiver is no error here, the run reports it.

    Raises:
        FileError: not of the form, an id stands twice, an unknown control, granted in the future, or longer
            than a year (from `granted`, or else from `today`).
    """
    document = load(path)
    waivers = validate(document, _WaiversFile).waivers
    first_position: dict[str, int] = {}
    for position, waiver in enumerate(waivers):
        where = ("waivers", position)
        twin = first_position.setdefault(waiver.id, position)
        if twin != position:
            line = document.line(("waivers", twin, "id"))
            problem = f'the id "{waiver.id}" is taken on line {line}; give each waiver its own'
            raise document.error((*where, "id"), problem)
        _known_control(document, (*where, "control"), waiver.control, known_controls)
        _bounded(document, where, waiver, today)
    return waivers


def _bounded(document: Document, where: tuple[str | int, ...], waiver: Waiver, today: date) -> None:
    if waiver.granted is not None:
        _not_ahead(document, (*where, "granted"), waiver.granted, today)
        if waiver.expires < waiver.granted:
            problem = f"{waiver.expires} is before the waiver was granted ({waiver.granted}); correct one"
            raise document.error((*where, "expires"), problem)
    limit = _a_year_after(waiver.granted or today)
    if waiver.expires > limit:
        since = f"granted {waiver.granted}" if waiver.granted else f"today is {today}"
        problem = f"{waiver.expires} is more than a year away ({since}); expected {limit} at the latest"
        raise document.error((*where, "expires"), problem)


def _attestations(path: Path, known_controls: Collection[str], today: date) -> tuple[Attestation, ...]:
    document = load(path)
    attestations = validate(document, _AttestationsFile).attestations
    first_position: dict[str, int] = {}
    for position, attestation in enumerate(attestations):
        where = ("attestations", position)
        _known_control(document, (*where, "control"), attestation.control, known_controls)
        twin = first_position.setdefault(attestation.control, position)
        if twin != position:
            line = document.line(("attestations", twin, "control"))
            problem = f'"{attestation.control}" is attested on line {line} already; keep the current entry'
            raise document.error((*where, "control"), problem)
        _not_ahead(document, (*where, "date"), attestation.date, today)
    return attestations


def _known_control(document: Document, where: tuple[str | int, ...], control: str, known: Collection[str]) -> None:
    if control not in known:
        raise document.error(where, f'there is no control "{control}"; {did_you_mean(control, known)}')


def _not_ahead(document: Document, where: tuple[str | int, ...], day: date, today: date) -> None:
    if day > today + _TIME_ZONES:
        raise document.error(where, f"{day} lies in the future (today is {today}); expected a day that has come")


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _is_there(path: Path) -> bool:
    # A broken link is there: it is an error to be told when the file is opened, not a file left out.
    return path.exists() or path.is_symlink()

"""The estate: the accounts, facts, waivers and attestations of the organization that runs Muster."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from pydantic import ConfigDict, Field

from muster.errors import FileError
from muster.estate.accounts import AccountEntry, AccountsFile
from muster.estate.declarations import AttestationEntry, Facts, Waiver
from muster.estate.excuse import Excuse
from muster.estate.holders import check_roles
from muster.estate.organization import OrganizationEntry
from muster.estate.people import Person, check_people, load_people
from muster.files.problems import NOT_IN_FILE, YamlPath, did_you_mean
from muster.files.strict_yaml import YamlFile, load, validate
from muster.files.values import EstateModel, Items

FILES = ("accounts", "people", "facts", "waivers", "attestations")
"""The files of an estate, each with .yaml behind it."""

NOBODY: Mapping[str, Person] = {}
"""Where there is no people.yaml: anybody may be named."""

NO_ACCOUNTS: Mapping[str, AccountEntry] = {}
"""Where no entry has a role."""

_TIME_ZONES = timedelta(days=1)
"""Today is told in UTC; east of it people already write tomorrow's date."""


class WaiversFile(EstateModel):
    """The file waivers.yaml."""

    model_config = ConfigDict(title="waivers.yaml")

    waivers: Items[Waiver] = Field(description="The waivers; an empty list where nothing is waived.")


class AttestationsFile(EstateModel):
    """The file attestations.yaml."""

    model_config = ConfigDict(title="attestations.yaml")

    attestations: Items[AttestationEntry] = Field(description="The statements; an empty list where none is made.")


@dataclass(frozen=True)
class Estate:
    """What the organization declares, read from one folder. `accounts` is in the order of its file."""

    accounts: Mapping[str, AccountEntry]
    facts: Facts
    waivers: tuple[Waiver, ...]
    attestations: tuple[AttestationEntry, ...]
    folder: Path
    people: Mapping[str, Person] = field(default_factory=dict)
    organization: OrganizationEntry | None = None

    @classmethod
    def load(
        cls,
        folder: Path,
        known_controls: Collection[str],
        today: date,
        facts_read: Callable[[], Collection[str]] | None = None,
    ) -> Estate:
        """Read the folder: `accounts.yaml` must be there; a file that is missing declares nothing.

        `facts_read` tells the facts that something reads: none but these may be declared. None lets all be. It is asked
        where there are facts, because it takes the source of every control.

        Raises:
            FileError: a file cannot be taken as it stands; names it, the line, the field and the remedy.
        """
        _refuse_misnamed(folder)
        accounts_file, persons, facts, waivers, attestations = (folder / f"{name}.yaml" for name in FILES)
        file = validate(load(accounts_file), AccountsFile)
        accounts = file.accounts
        people = load_people(persons) if _is_there(persons) else {}
        return cls(
            accounts=accounts,
            facts=(
                load_facts(facts, today, facts_read and facts_read(), people, accounts) if _is_there(facts) else Facts()
            ),
            waivers=load_waivers(waivers, known_controls, today, people) if _is_there(waivers) else (),
            attestations=_attestations(attestations, known_controls, today, people) if _is_there(attestations) else (),
            folder=folder,
            people=people,
            organization=file.organization,
        )


def load_facts(
    path: Path,
    today: date,
    facts_read: Collection[str] | None = None,
    people: Mapping[str, Person] = NOBODY,
    accounts: Mapping[str, AccountEntry] = NO_ACCOUNTS,
) -> Facts:
    """Read a facts file; a fact that has expired is no error here, the run reports it.

    Raises:
        FileError: not of the form, a fact that nothing reads (where `facts_read` tells), an excuse that was granted
            in the future or lasts longer than a year, one that names nobody of these people, or an account of a role
            that an entry of `accounts` has.
    """
    document = load(path)
    facts = validate(document, Facts)
    check_roles(document, facts, accounts)
    for name in document.data:
        if Facts.model_fields[name].json_schema_extra is NOT_IN_FILE:
            raise document.error((name,), "is taken from accounts.yaml; take it out")
        if facts_read is not None and name not in facts_read and getattr(facts, name):
            raise document.error((name,), "no control reads this fact, so it would change nothing; take it out")
    names: dict[str, int] = {}
    for position, rule in enumerate(facts.out_of_scope):
        if names.setdefault(rule.name, position) != position:
            problem = f'there is a rule "{rule.name}" already; give each its own name'
            raise document.error(("out_of_scope", position, "name"), problem)
    for where, entry in facts.excuses:
        _bounded(document, where, entry, today)
    reviews = [(("managed_policy_register", at), each) for at, each in enumerate(facts.managed_policy_register)]
    for where, review in reviews:
        _not_ahead(document, (*where, "date"), review.date, today)
    check_people(document, [*facts.excuses, *reviews], people)
    return facts


def load_waivers(
    path: Path, known_controls: Collection[str], today: date, people: Mapping[str, Person] = NOBODY
) -> tuple[Waiver, ...]:
    """Read a waivers file; an expired waiver is no error here, the run reports it.

    Raises:
        FileError: not of the form, an id stands twice, an unknown control, granted in the future, longer than a year
            (from `granted`, or else from `today`), or it names nobody of these people.
    """
    document = load(path)
    waivers = validate(document, WaiversFile).waivers
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
    check_people(document, ((("waivers", position), waiver) for position, waiver in enumerate(waivers)), people)
    return waivers


def _bounded(document: YamlFile, where: YamlPath, excuse: Excuse, today: date) -> None:
    if excuse.granted is not None:
        _not_ahead(document, (*where, "granted"), excuse.granted, today)
        if excuse.expires < excuse.granted:
            problem = f"{excuse.expires} is before it was granted ({excuse.granted}); correct one"
            raise document.error((*where, "expires"), problem)
    limit = _a_year_after(excuse.granted or today)
    if excuse.expires > limit:
        since = f"granted {excuse.granted}" if excuse.granted else f"today is {today}"
        problem = f"{excuse.expires} is more than a year away ({since}); expected {limit} at the latest"
        raise document.error((*where, "expires"), problem)


def _attestations(
    path: Path, known_controls: Collection[str], today: date, people: Mapping[str, Person]
) -> tuple[AttestationEntry, ...]:
    document = load(path)
    attestations = validate(document, AttestationsFile).attestations
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
    check_people(document, ((("attestations", position), entry) for position, entry in enumerate(attestations)), people)
    return attestations


def _known_control(document: YamlFile, where: YamlPath, control: str, known: Collection[str]) -> None:
    if control not in known:
        raise document.error(where, f'there is no control "{control}"; {did_you_mean(control, known)}')


def _not_ahead(document: YamlFile, where: YamlPath, day: date, today: date) -> None:
    if day > today + _TIME_ZONES:
        raise document.error(where, f"{day} lies in the future (today is {today}); expected a day that has come")


def _a_year_after(day: date) -> date:
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return date(day.year + 1, 3, 1)


def _refuse_misnamed(folder: Path) -> None:
    """Refuse a file that would declare nothing for its name: without people.yml anybody could be named."""
    names = {spelling: f"{name}.yaml" for name in FILES for spelling in (name, name.removesuffix("s"))}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        meant = names.get(path.stem.lower()) if path.suffix.lower() in (".yaml", ".yml") else None
        if meant is not None and path.name != meant:
            raise FileError(path, f"the file would be left out; rename it to {meant}")


def _is_there(path: Path) -> bool:
    # A broken link is there: it is an error to be told when the file is opened, not a file left out.
    return path.exists() or path.is_symlink()

"""The people of the organization: where `people.yaml` is there, who answers for something is named by an id of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ConfigDict, Field

from muster.files.look_alikes import readings
from muster.files.problems import YamlPath, did_you_mean, shown
from muster.files.strict_yaml import YamlFile, load, validate
from muster.files.values import EstateModel, PersonId, Text

ROLES = ("owner", "approver", "person", "reviewer")
"""The fields of an estate's entries that name somebody."""


class Person(EstateModel):
    """Somebody who answers for something, or a team that does so as one."""

    model_config = ConfigDict(title="a person")

    name: Text = Field(description="The name; none that reads like another person's.")
    team: Text | None = Field(default=None, description="The team of the person.")


class PeopleFile(EstateModel):
    """The file people.yaml."""

    model_config = ConfigDict(title="people.yaml")

    people: dict[PersonId, Person] = Field(
        min_length=1, description="The people, by the ids that the other files name."
    )


def load_people(path: Path) -> dict[str, Person]:
    """Read a people file.

    Raises:
        FileError: not of the form, or an id or a name that reads like another's: one person under two ids could
            approve what is their own.
    """
    document = load(path)
    people = validate(document, PeopleFile).people
    taken: dict[str, str] = {}
    for id_, person in people.items():
        for where, text in ((("people", id_), id_), (("people", id_, "name"), person.name)):
            for reading in readings(text):
                other = taken.setdefault(reading, id_)
                if other != id_:
                    problem = f"{shown(text)} reads like {other} on line {document.line(('people', other))}"
                    raise document.error(where, f"{problem}; give a person one id, and two people names that differ")
    return people


def check_people(
    document: YamlFile, entries: Iterable[tuple[YamlPath, EstateModel]], people: Mapping[str, Person]
) -> None:
    """Refuse an entry that names nobody of these people; where there are none, anybody may be named."""
    for where, entry in entries if people else ():
        for role in ROLES:
            somebody = getattr(entry, role, None)
            if somebody is not None and somebody not in people:
                problem = f"{shown(somebody)} is nobody in people.yaml; {did_you_mean(somebody, people)}"
                raise document.error((*where, role), problem)

"""people.yaml: where it is there, whoever answers for something is one of its ids, and nobody has two."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.excuses import excuse
from tests.files.estates import ATTESTATION, WAIVER, as_yaml, estate, problem

PEOPLE = """\
people:
  web-team: {name: The web team, team: web}
  security-lead: {name: Aiko Tanaka}
"""


def test_people_are_read_by_id(tmp_path: Path) -> None:
    people = estate(tmp_path, people=PEOPLE).people
    assert {id_: (person.name, person.team) for id_, person in people.items()} == {
        "web-team": ("The web team", "web"),
        "security-lead": ("Aiko Tanaka", None),
    }


def test_without_the_file_anybody_may_be_named(tmp_path: Path) -> None:
    read = estate(tmp_path, waivers=as_yaml("waivers", {**WAIVER, "owner": "Anna of the web team"}))
    assert read.waivers[0].owner == "Anna of the web team"


def test_whom_the_file_knows_may_be_named(tmp_path: Path) -> None:
    files = {
        "waivers": as_yaml("waivers", WAIVER),
        "attestations": as_yaml("attestations", {**ATTESTATION, "approver": "web-team"}),
        "facts": as_yaml("public_buckets", excuse(name="www", expires="2027-11-23")),
    }
    assert estate(tmp_path, people=PEOPLE, **files).waivers


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"waivers": as_yaml("waivers", {**WAIVER, "owner": "web-taem"})},
            'waivers.yaml:7: waivers.0.owner: "web-taem" is nobody in people.yaml; did you mean "web-team"?',
            id="owner of a waiver",
        ),
        pytest.param(
            {"waivers": as_yaml("waivers", {**WAIVER, "approver": "Aiko Tanaka"})},
            'waivers.yaml:8: waivers.0.approver: "Aiko Tanaka" is nobody in people.yaml; known: security-lead,'
            " web-team",
            id="a name in the place of an id",
        ),
        pytest.param(
            {"attestations": as_yaml("attestations", {**ATTESTATION, "approver": "management"})},
            'attestations.yaml:10: attestations.0.approver: "management" is nobody in people.yaml; known:'
            " security-lead, web-team",
            id="approver of an attestation",
        ),
        pytest.param(
            {"facts": as_yaml("root_uses", excuse(account="111122223333", date="2026-11-23", person="ops"))},
            'facts.yaml:8: root_uses.0.person: "ops" is nobody in people.yaml; known: security-lead, web-team',
            id="person of a fact",
        ),
    ],
)
def test_whom_the_file_does_not_know(tmp_path: Path, files: dict[str, str], message: str) -> None:
    files = {name: text.replace("2999-12-31", "2027-11-23") for name, text in files.items()}
    assert problem(tmp_path, people=PEOPLE, **files) == message


@pytest.mark.parametrize(
    ("people", "message"),
    [
        pytest.param(
            {"web-team": {"name": "The web team"}, "web.team": {"name": "Others"}},
            'people.web.team: "web.team" reads like web-team on line 1; give a person one id, and two people names that'
            " differ",
            id="two ids that read alike",
        ),
        pytest.param(
            {"anna": {"name": "Anna Lee"}, "al": {"name": "Аnna  Lee"}},
            'people.al.name: "Аnna  Lee" reads like anna on line 1; give a person one id, and two people names that'
            " differ",
            id="one person under two ids",
        ),
        pytest.param(
            {"Anna Lee": {"name": "Anna Lee"}},
            'people.Anna Lee: "Anna Lee" is no id of a person; expected small letters and digits, with . _ - between',
            id="no id",
        ),
        pytest.param({"anna": {"team": "web"}}, "people.anna.name: missing; add it", id="no name"),
        pytest.param({}, "people: too few entries; expected at least 1", id="nobody"),
    ],
)
def test_what_is_wrong_with_people(tmp_path: Path, people: dict[str, dict[str, str]], message: str) -> None:
    assert problem(tmp_path, people=json.dumps({"people": people}, ensure_ascii=False)) == f"people.yaml:1: {message}"

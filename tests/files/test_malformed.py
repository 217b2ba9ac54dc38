"""Every kind of file, broken in every way: the error names file, line and field, and nothing else comes out."""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from muster.errors import FileError
from muster.estate.files import Estate
from muster.selection.profiles import load_profiles

TODAY = datetime.date(2026, 11, 23)


class KnownControl(NamedTuple):
    id: str
    parameters: dict[str, object]


CONTROLS = {
    "iam-root-mfa": KnownControl("iam-root-mfa", {}),
    "iam-user-key-age": KnownControl("iam-user-key-age", {"max_age_days": 90}),
    "attest-root-custody": KnownControl("attest-root-custody", {}),
}

VALID = {
    "accounts.yaml": """\
accounts:
  prod:
    id: "111122223333"
    profile: prod
    regions: [eu-west-1]
""",
    "facts.yaml": """\
audit_buckets: [logs]
root_uses:
  - account: "111122223333"
    date: 2026-11-01
    person: head of operations
    owner: security-lead
    approver: managing-director
    reason: support plan changed
    expires: 2027-01-31
""",
    "waivers.yaml": """\
waivers:
  - id: W-1
    control: iam-root-mfa
    account: prod
    resource: "*"
    reason: root has no password
    owner: web-team
    approver: security-lead
    ticket: SEC-1
    expires: 2027-01-31
""",
    "attestations.yaml": """\
attestations:
  - control: attest-root-custody
    statement: Root is sealed
    owner: security-lead
    date: 2026-11-01
    valid_for_days: 365
    evidence: Custody sheet 4
    decision: Two keepers
    reasons: [Neither can act alone]
""",
    "profiles/mine.yaml": """\
name: mine
title: Mine
extends: []
controls:
  - iam-root-mfa
  - iam-user-key-age: {max_age_days: 30}
""",
    "profiles/frameworks/rules.yaml": """\
name: rules
title: Rules of somebody
requirements:
  "1.1":
    title: Root has MFA
    controls:
      - iam-root-mfa
      - iam-user-key-age: {max_age_days: 30}
""",
}


def read_all(folder: Path) -> None:
    Estate.load(folder, CONTROLS, TODAY)
    profiles = load_profiles(folder / "profiles")
    for name in ("mine", "rules"):
        profiles.resolve([name], CONTROLS)


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A folder in which every file is valid."""
    (tmp_path / "profiles" / "frameworks").mkdir(parents=True)
    for name, text in VALID.items():
        (tmp_path / name).write_text(text)
    return tmp_path


def test_the_files_are_valid_before_they_are_broken(house: Path) -> None:
    read_all(house)


BROKEN = [
    # file, what is replaced, by what, line, field
    pytest.param("accounts.yaml", "[eu-west-1]", "7", 5, "accounts.prod.regions", id="accounts: wrong type"),
    pytest.param("accounts.yaml", "profile:", "profil:", 4, "accounts.prod.profil", id="accounts: unknown key"),
    pytest.param("accounts.yaml", "    regions", "    id: x\n    regions", 5, "accounts.prod.id", id="accounts: twice"),
    pytest.param("facts.yaml", "[logs]", "logs", 1, "audit_buckets", id="facts: wrong type"),
    pytest.param("facts.yaml", "person:", "persona:", 5, "root_uses.0.persona", id="facts: unknown key"),
    pytest.param("facts.yaml", "2026-11-01", "2026-11-31", 4, "root_uses.0.date", id="facts: bad date"),
    pytest.param("facts.yaml", "2026-11-01", "yesterday", 4, "root_uses.0.date", id="facts: no date"),
    pytest.param("facts.yaml", "root_uses:", "audit_buckets:", 2, "audit_buckets", id="facts: twice"),
    pytest.param("waivers.yaml", "W-1", "1", 2, "waivers.0.id", id="waivers: wrong type"),
    pytest.param("waivers.yaml", "ticket:", "tickets:", 9, "waivers.0.tickets", id="waivers: unknown key"),
    pytest.param("waivers.yaml", "iam-root-mfa", "iam-root", 3, "waivers.0.control", id="waivers: unknown control"),
    pytest.param("waivers.yaml", "2027-01-31", "2027-01-32", 10, "waivers.0.expires", id="waivers: bad date"),
    pytest.param("waivers.yaml", "ticket: SEC-1", "owner: x", 9, "waivers.0.owner", id="waivers: twice"),
    pytest.param("waivers.yaml", "waivers:\n", "waivers:\n  - x\n", 2, "waivers.0", id="waivers: text for an entry"),
    pytest.param("attestations.yaml", "365", "a year", 6, "attestations.0.valid_for_days", id="attest: wrong type"),
    pytest.param("attestations.yaml", "owner:", "owners:", 4, "attestations.0.owners", id="attest: unknown key"),
    pytest.param("attestations.yaml", "root-cus", "cus", 2, "attestations.0.control", id="attest: unknown control"),
    pytest.param("attestations.yaml", "2026-11-01", "1/11/2026", 5, "attestations.0.date", id="attest: bad date"),
    pytest.param("attestations.yaml", "decision", "owner", 8, "attestations.0.owner", id="attest: twice"),
    pytest.param("profiles/mine.yaml", "[]", "baseline", 3, "extends", id="profile: wrong type"),
    pytest.param("profiles/mine.yaml", "extends", "extend", 3, "extend", id="profile: unknown key"),
    pytest.param("profiles/mine.yaml", "root-mfa", "root", 5, "controls.0", id="profile: unknown control"),
    pytest.param(
        "profiles/mine.yaml",
        "max_age_days",
        "days",
        6,
        "controls.1.iam-user-key-age.days",
        id="profile: unknown parameter",
    ),
    pytest.param(
        "profiles/mine.yaml",
        "30",
        "2026-11-01",
        6,
        "controls.1.iam-user-key-age.max_age_days",
        id="profile: parameter of wrong type",
    ),
    pytest.param("profiles/mine.yaml", "extends: []", "name: mine", 3, "name", id="profile: twice"),
    pytest.param(
        "profiles/frameworks/rules.yaml",
        "Root has MFA",
        "[Root]",
        5,
        "requirements.1.1.title",
        id="framework: wrong type",
    ),
    pytest.param(
        "profiles/frameworks/rules.yaml",
        "    title:",
        "    titel:",
        5,
        "requirements.1.1.titel",
        id="framework: unknown key",
    ),
    pytest.param(
        "profiles/frameworks/rules.yaml", '"1.1"', "1.1", 4, "requirements", id="framework: requirement not quoted"
    ),
    pytest.param(
        "profiles/frameworks/rules.yaml",
        "root-mfa",
        "root",
        7,
        "requirements.1.1.controls.0",
        id="framework: unknown control",
    ),
    pytest.param(
        "profiles/frameworks/rules.yaml",
        "max_age_days",
        "days",
        8,
        "requirements.1.1.controls.1.iam-user-key-age.days",
        id="framework: unknown parameter",
    ),
    pytest.param(
        "profiles/frameworks/rules.yaml",
        "    title: Root",
        "    controls: []\n    title: Root",
        7,
        "requirements.1.1.controls",
        id="framework: twice",
    ),
]


@pytest.mark.parametrize(("name", "old", "new", "line", "field"), BROKEN)
def test_a_broken_field(house: Path, name: str, old: str, new: str, line: int, field: str) -> None:
    path = house / name
    assert old in VALID[name]
    path.write_text(VALID[name].replace(old, new, 1))
    with pytest.raises(FileError) as caught:
        read_all(house)
    error = caught.value
    assert (error.path, error.line, error.field) == (path, line, field), str(error)
    assert str(error).startswith(f"{path}:{line}: {field}: ")


def _alias_bomb(text: str) -> str:
    levels = [f"b{n}: &b{n} [{', '.join([f'*b{n - 1}'] * 10)}]" for n in range(1, 9)]
    return "\n".join([text, "b0: &b0 [x, x, x, x, x, x, x, x, x, x]", *levels]) + "\n"


WHOLE_FILES: list[tuple[str, Callable[[str], str], Callable[[str], int | None]]] = [
    ("not YAML", lambda text: f"{text}x: [\n", lambda text: text.count("\n") + 2),
    ("a list", lambda text: "- x\n", lambda text: 1),
    ("empty", lambda text: "", lambda text: None),
    ("an alias bomb", _alias_bomb, lambda text: text.count("\n") + 2),
    ("a 10 MB alias bomb", lambda text: _alias_bomb(text).ljust(10_000_000, "#"), lambda text: 1),
]


@pytest.mark.parametrize("name", VALID)
@pytest.mark.parametrize(
    ("breaks", "line_of"), [case[1:] for case in WHOLE_FILES], ids=[case[0] for case in WHOLE_FILES]
)
def test_a_broken_file(
    house: Path, name: str, breaks: Callable[[str], str], line_of: Callable[[str], int | None]
) -> None:
    path = house / name
    path.write_text(breaks(VALID[name]))
    begin = time.process_time()
    with pytest.raises(FileError) as caught:
        read_all(house)
    assert (caught.value.path, caught.value.line) == (path, line_of(VALID[name])), str(caught.value)
    assert time.process_time() - begin < 1


SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6) | st.dates() | st.datetimes()
KEYS = st.sampled_from(
    sorted({word.strip('- "') for text in VALID.values() for word in text.replace(":", "\n").split("\n")})
)
VALUES = st.recursive(
    SCALARS | KEYS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS | st.text(max_size=4), inner, max_size=4),
    max_leaves=8,
)


@st.composite
def mutations(draw: st.DrawFn) -> tuple[str, str]:
    """A valid file in which one value somewhere was replaced by any other."""
    name = draw(st.sampled_from(sorted(VALID)))
    data = yaml.safe_load(VALID[name])
    holder, key = draw(st.sampled_from(list(_slots(data))))
    holder[key] = draw(VALUES)
    return name, yaml.dump(data, Dumper=_WithoutAliases)


class _WithoutAliases(yaml.SafeDumper):
    def ignore_aliases(self, data: object) -> bool:
        return True


def _slots(data: object) -> list[tuple[Any, Any]]:
    """Each place of the data that holds a value: its mapping or list, and the key or position there."""
    found: list[tuple[Any, Any]] = []
    if isinstance(data, dict | list):
        for key in list(data) if isinstance(data, dict) else range(len(data)):
            found += [(data, key), *_slots(data[key])]
    return found


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(mutation=mutations())
def test_whatever_a_field_holds_only_a_file_error_comes_out(house: Path, mutation: tuple[str, str]) -> None:
    name, text = mutation
    for other, valid in VALID.items():
        (house / other).write_text(text if other == name else valid)
    try:
        read_all(house)
    except FileError as error:
        told = error
    else:
        return
    assert told.path == house / name or told.field.startswith(("controls", "extends"))
    assert told.line is None or told.line <= text.count("\n") + 1

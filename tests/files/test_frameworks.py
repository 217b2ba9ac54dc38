"""Frameworks: what a requirement is judged by, through which others, how far, and which claims are refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from muster.errors import FileError
from muster.selection.frameworks import framework_data
from muster.selection.profiles import Profiles, load_profiles
from tests.files.test_profiles import CONTROLS, SHIPPED, KnownControl

VENDOR = """\
name: vendor
title: Rules of the vendor
requirements:
  "1": {title: Keys are young, controls: [iam-user-key-age: {max_age_days: 45}]}
  "2": {title: Root has MFA, not_judged: its kind, controls: [iam-root-mfa]}
"""
STATE = """\
name: state
title: Rules of the state
requirements:
"""


def loaded(folder: Path, *requirements: str, **others: str) -> Profiles:
    (folder / "frameworks").mkdir()
    texts = {"vendor": VENDOR, "state": STATE + "".join(f"  {each}\n" for each in requirements), **others}
    for name, text in texts.items():
        (folder / "frameworks" / f"{name}.yaml").write_text(text)
    return load_profiles(folder)


def standing(folder: Path, requirement: str, **others: str) -> dict[str, Any]:
    profiles = loaded(folder, f'"1": {requirement}', **others)
    found: dict[str, Any] = framework_data(profiles.frameworks["state"], profiles.frameworks)["requirements"]["1"]
    return found


CUSTODY = "what attest-root-custody says, which is people's word"


@pytest.mark.parametrize(
    ("requirement", "judged", "not_judged"),
    [
        pytest.param("{title: T, controls: [iam-root-mfa]}", "whole", None, id="by controls"),
        pytest.param(
            "{title: T, not_judged: passwords, controls: [iam-root-mfa]}",
            "part",
            "passwords",
            id="with a part left out",
        ),
        pytest.param("{title: T, controls: []}", "not", None, id="by nothing"),
        pytest.param("{title: T, controls: [attest-root-custody]}", "not", CUSTODY, id="by people's word"),
        pytest.param("{title: T, controls: [iam-root-mfa, attest-root-custody]}", "part", CUSTODY, id="by both"),
        pytest.param('{title: T, through: {vendor: ["1"]}}', "part", "what vendor 1 leaves out", id="through another"),
        pytest.param('{title: T, judged: whole, through: {vendor: ["1"]}}', "whole", None, id="through its like"),
        pytest.param(
            '{title: T, judged: part, not_judged: machines, through: {vendor: ["1"]}}',
            "part",
            "machines",
            id="through another, with words of its own",
        ),
        pytest.param('{title: T, through: {empty: ["1"]}}', "not", None, id="through what nothing judges"),
    ],
)
def test_how_far_a_requirement_is_judged(tmp_path: Path, requirement: str, judged: str, not_judged: str | None) -> None:
    empty = 'name: empty\ntitle: Empty\nrequirements:\n  "1": {title: T, controls: []}\n'
    found = standing(tmp_path, requirement, empty=empty)
    assert (found["judged"], found["not_judged"]) == (judged, not_judged)


@pytest.mark.parametrize(
    ("requirement", "confidence"),
    [
        pytest.param("{title: T, controls: [iam-root-mfa]}", "unreviewed", id="nobody says"),
        pytest.param("{title: T, confidence: reviewed, controls: [iam-root-mfa]}", "reviewed", id="stated"),
        pytest.param('{title: T, through: {vendor: ["1"]}}', "joined", id="through another"),
        pytest.param(
            '{title: T, through: {vendor: ["1"]}, controls: [iam-root-mfa]}', "unreviewed", id="and by its own"
        ),
    ],
)
def test_how_that_is_known(tmp_path: Path, requirement: str, confidence: str) -> None:
    assert standing(tmp_path, requirement)["confidence"] == confidence


def test_a_framework_may_say_so_for_all(tmp_path: Path) -> None:
    reviewed = VENDOR.replace("requirements:", "confidence: reviewed\nrequirements:").replace("vendor", "other")
    profiles = loaded(tmp_path, '"1": {title: T, controls: []}', other=reviewed)
    data = framework_data(profiles.frameworks["other"], profiles.frameworks)
    assert {each["confidence"] for each in data["requirements"].values()} == {"reviewed"}


def test_a_requirement_has_the_controls_of_all_it_goes_through(tmp_path: Path) -> None:
    world = 'name: world\ntitle: World\nrequirements:\n  "9": {title: T, through: {vendor: ["1", "2"]}}\n'
    found = standing(tmp_path, '{title: T, through: {world: ["9"]}, controls: [sg-no-admin-ports]}', world=world)
    assert found["controls"] == ["sg-no-admin-ports", "iam-user-key-age", "iam-root-mfa"]
    assert found["through"] == {"world": ["9"]}


def test_a_framework_selects_the_controls_of_others_with_their_thresholds(tmp_path: Path) -> None:
    selection = loaded(tmp_path, '"1": {title: T, through: {vendor: ["1"]}}').resolve(["state"], CONTROLS)
    assert selection.controls == {"iam-user-key-age": {"max_age_days": 45}}
    assert selection.uncovered == {"state": ()}


def test_a_requirement_through_what_nothing_judges_is_uncovered(tmp_path: Path) -> None:
    empty = 'name: empty\ntitle: Empty\nrequirements:\n  "1": {title: T, controls: []}\n'
    selection = loaded(tmp_path, '"1": {title: T, through: {empty: ["1"]}}', empty=empty).resolve(["state"], CONTROLS)
    assert selection.uncovered == {"state": ("1",)}


def test_the_numbers_are_of_all_requirements(tmp_path: Path) -> None:
    profiles = loaded(tmp_path, '"1": {title: T, controls: []}')
    data = framework_data(profiles.frameworks["vendor"], profiles.frameworks)
    assert data["judged"] == {"whole": 1, "part": 1, "not": 0}


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        pytest.param(
            '{title: T, through: {vendr: ["1"]}}',
            'through.vendr: there is no framework "vendr"; did you mean "vendor"?',
            id="no such framework",
        ),
        pytest.param(
            '{title: T, through: {vendor: ["11"]}}',
            'through.vendor.0: vendor has no requirement "11"; did you mean "1"?',
            id="no such requirement",
        ),
        pytest.param(
            '{title: T, through: {state: ["1"]}}',
            "through: leads back to this requirement; take one of the ways out",
            id="through itself",
        ),
        pytest.param(
            '{title: T, through: {world: ["1"]}}',
            "through: leads back to this requirement; take one of the ways out",
            id="through one that leads back",
        ),
        pytest.param("{title: T, through: {vendor: []}}", "through.vendor: too few entries", id="through nothing"),
        pytest.param("{title: T}", "controls: missing; add it, [] where no control stands", id="neither"),
        pytest.param(
            "{title: T, judged: whole, controls: []}",
            "judged: no control of it decides anything by machine; expected not, in the place of whole",
            id="whole without a control",
        ),
        pytest.param(
            "{title: T, judged: part, controls: [attest-root-custody]}",
            "judged: no control of it decides anything by machine; expected not, in the place of part",
            id="part by people's word alone",
        ),
        pytest.param(
            "{title: T, judged: whole, controls: [iam-root-mfa, attest-root-custody]}",
            "judged: attest-root-custody is people's word; expected part, in the place of whole",
            id="whole with people's word",
        ),
        pytest.param(
            "{title: T, judged: whole, not_judged: x, controls: [iam-root-mfa]}",
            "judged: not_judged says that a part is left out; expected part, in the place of whole",
            id="whole with a part left out",
        ),
        pytest.param(
            '{title: T, judged: whole, through: {vendor: ["2"]}}',
            "judged: vendor 2 is not judged whole; expected part, in the place of whole",
            id="whole through a part",
        ),
        pytest.param(
            "{title: T, judged: part, controls: [iam-root-mfa]}",
            "judged: say in not_judged what its controls leave out",
            id="part of what",
        ),
        pytest.param(
            "{title: T, judged: not, controls: [iam-root-mfa]}",
            "judged: its controls judge some of it; write part, and in not_judged what they leave out",
            id="not, with a control",
        ),
        pytest.param("{title: T, judged: half, controls: []}", "judged: ", id="no such word"),
    ],
)
def test_what_is_wrong_with_a_requirement(tmp_path: Path, requirement: str, message: str) -> None:
    world = 'name: world\ntitle: World\nrequirements:\n  "1": {title: T, through: {state: ["1"]}}\n'
    with pytest.raises(FileError) as caught:
        loaded(tmp_path, f'"1": {requirement}', world=world)
    told = str(caught.value).removeprefix(f"{tmp_path}/frameworks/")
    assert told.startswith(f"state.yaml:4: requirements.1.{message}")


def test_no_shipped_framework_is_padded() -> None:
    shipped = load_profiles(SHIPPED)
    for framework in shipped.frameworks.values():
        data = framework_data(framework, shipped.frameworks)
        assert sum(data["judged"].values()) == len(framework.requirements)
        for requirement in data["requirements"].values():
            if requirement["judged"] == "whole":
                assert any(not control.startswith("attest-") for control in requirement["controls"])
                assert requirement["not_judged"] is None


def test_shipped_frameworks_resolve() -> None:
    shipped = load_profiles(SHIPPED)
    known = {name: KnownControl(name) for entry in shipped.profiles.values() for name in entry.controls}
    for name in shipped.frameworks:
        assert shipped.resolve([name], known).controls

"""Profiles and frameworks: what is selected, which override wins, and what is refused with file and line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from muster.errors import FileError, UsageError
from muster.selection.frameworks import resolved_requirements
from muster.selection.profiles import Profiles, Selection, load_profiles

SHIPPED = Path(__file__).parents[2] / "profiles"


@dataclass(frozen=True)
class KnownControl:
    id: str
    parameters: Mapping[str, object] = field(default_factory=dict)


CONTROLS = {
    control.id: control
    for control in (
        KnownControl("iam-root-mfa"),
        KnownControl("iam-user-key-age", {"max_age_days": 90}),
        KnownControl("sg-no-admin-ports", {"admin_ports": (22, 3389), "strict": False}),
    )
}

BASELINE = """\
name: baseline
title: What every account keeps
controls:
  - iam-root-mfa
  - iam-user-key-age
"""
REGULATED = """\
name: regulated
title: Regulated workloads
extends: [baseline]
controls:
  - sg-no-admin-ports
  - iam-user-key-age: {max_age_days: 30}
"""
FRAMEWORK = """\
name: rules-1.0
title: Rules of somebody
version: "1.0"
requirements:
  "1.1": {title: Root has MFA, level: 1, controls: [iam-root-mfa]}
  "1.10": {title: Keys are young, controls: [iam-user-key-age: {max_age_days: 45}]}
  "2": {title: Nobody knows how, level: 2, controls: []}
"""


def profiles(folder: Path, framework: str = FRAMEWORK, **texts: str) -> Profiles:
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "rules-1.0.yaml").write_text(framework)
    for name, text in {"baseline": BASELINE, "regulated": REGULATED, **texts}.items():
        (folder / f"{name}.yaml").write_text(text)
    return load_profiles(folder)


def profile(name: str, *controls: str, extends: str = "[]") -> str:
    """A profile's text; its first control stands on line 5."""
    lines = [f"name: {name}", f"title: {name}", f"extends: {extends}", "controls:"]
    return "\n".join([*lines, *(f"  - {control}" for control in controls)]) + ("" if controls else " []") + "\n"


def select(folder: Path, *names: str, **texts: str) -> Selection:
    return profiles(folder, **texts).resolve(names, CONTROLS)


def refused(folder: Path, *names: str, **texts: str) -> str:
    with pytest.raises(UsageError) as caught:
        select(folder, *names, **texts)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_profile_selects_its_controls_with_their_defaults(tmp_path: Path) -> None:
    assert select(tmp_path, "baseline").controls == {"iam-root-mfa": {}, "iam-user-key-age": {}}


def test_an_extending_profile_adds_controls_and_overrides(tmp_path: Path) -> None:
    assert select(tmp_path, "regulated").controls == {
        "iam-root-mfa": {},
        "iam-user-key-age": {"max_age_days": 30},
        "sg-no-admin-ports": {},
    }


def test_a_framework_selects_the_controls_of_its_requirements(tmp_path: Path) -> None:
    selection = select(tmp_path, "rules-1.0")
    assert selection.controls == {"iam-root-mfa": {}, "iam-user-key-age": {"max_age_days": 45}}


def test_a_framework_is_asked_up_to_a_level(tmp_path: Path) -> None:
    selection = select(tmp_path, "rules-1.0-level-1")
    assert selection.controls == {"iam-root-mfa": {}}
    assert selection.uncovered == {"rules-1.0-level-1": ()}
    assert [list(framework.requirements) for framework in selection.frameworks] == [["1.1"]]


def test_what_a_level_asks_is_asked_of_those_above_it(tmp_path: Path) -> None:
    selection = profiles(tmp_path).resolve(["rules-1.0-level-2"], CONTROLS)
    assert selection.controls == {"iam-root-mfa": {}}
    assert selection.uncovered == {"rules-1.0-level-2": ("2",)}


def test_requirements_without_a_control_are_told(tmp_path: Path) -> None:
    selection = select(tmp_path, "rules-1.0", "baseline")
    assert selection.uncovered == {"rules-1.0": ("2",)}
    assert [framework.name for framework in selection.frameworks] == ["rules-1.0"]


@pytest.mark.parametrize(
    ("names", "scoped"),
    [
        pytest.param(["cards"], ["sg-no-admin-ports"], id="its own controls"),
        pytest.param(["more"], ["sg-no-admin-ports"], id="inherited as they are"),
        pytest.param(["cards", "plain"], [], id="not what another profile asks as well"),
        pytest.param(["cards", "rules-1.0"], ["sg-no-admin-ports"], id="beside a framework that asks others"),
        pytest.param(["baseline"], [], id="no profile that is scoped"),
    ],
)
def test_scope_is_of_what_scoped_profiles_alone_ask(tmp_path: Path, names: list[str], scoped: list[str]) -> None:
    """A threshold that a scoped profile sets for a control of the baseline holds for everything."""
    cards = profile("cards", "sg-no-admin-ports", "iam-user-key-age: {max_age_days: 45}", extends="[baseline]")
    texts = {
        "cards": cards.replace("controls:", "scoped: true\ncontrols:"),
        "more": profile("more", extends="[cards]"),
        "plain": profile("plain", "sg-no-admin-ports"),
    }
    assert sorted(select(tmp_path, *names, **texts).scoped) == scoped


@pytest.mark.parametrize(
    ("names", "told"),
    [
        pytest.param(["rules-1.0"], ["rules-1.0"], id="one that a regulation names"),
        pytest.param(["baseline", "rules-1.0-level-1"], ["rules-1.0"], id="one that is asked up to a level"),
        pytest.param(["baseline"], ["others", "rules-1.0"], id="all where none is named"),
        pytest.param(["rules-2.0"], ["others", "rules-1.0"], id="all where the one that is named is not there"),
    ],
)
def test_reports_speak_of_the_frameworks_that_are_named(tmp_path: Path, names: list[str], told: list[str]) -> None:
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "frameworks" / "others.yaml").write_text(FRAMEWORK.replace("rules-1.0", "others"))
    (tmp_path / "frameworks" / "rules-1.0.yaml").write_text(FRAMEWORK)
    assert list(load_profiles(tmp_path).data_of(names)) == told


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(["baseline,strict"], id="by commas"),
        pytest.param(["baseline", "strict"], id="repeated"),
        pytest.param([" strict , baseline,", "strict"], id="with spaces, and twice"),
    ],
)
def test_several_profiles_are_one_selection(tmp_path: Path, names: list[str]) -> None:
    strict = profile("strict", "sg-no-admin-ports: {strict: true, admin_ports: [22, 3389, 5900]}")
    assert select(tmp_path, *names, strict=strict).controls == {
        "iam-root-mfa": {},
        "iam-user-key-age": {},
        "sg-no-admin-ports": {"strict": True, "admin_ports": (22, 3389, 5900)},
    }


def test_two_profiles_may_set_a_parameter_alike(tmp_path: Path) -> None:
    other = profile("other", "iam-user-key-age: {max_age_days: 30}")
    assert select(tmp_path, "regulated,other", other=other).controls["iam-user-key-age"] == {"max_age_days": 30}


def test_two_profiles_that_set_a_parameter_differently_do_not_go_together(tmp_path: Path) -> None:
    other = profile("other", "iam-user-key-age: {max_age_days: 60}")
    assert refused(tmp_path, "regulated,other", other=other) == (
        "regulated and other set max_age_days of iam-user-key-age differently (30 and 60);"
        " name one, or write a profile that decides"
    )


OURS = "name: ours\ntitle: Ours\nextends: [regulated]\ncontrols:\n  - iam-user-key-age: {{max_age_days: {}}}\n"


@pytest.mark.parametrize(
    ("days", "left_out", "kept"),
    [
        pytest.param(30, None, True, id="the same"),
        pytest.param(29, None, True, id="a stricter limit"),
        pytest.param(31, None, False, id="a looser limit"),
        pytest.param(30, "iam-root-mfa", False, id="a control that is left out"),
    ],
)
def test_a_profile_is_kept_where_no_more_passes_than_by_it(
    tmp_path: Path, days: int, left_out: str | None, kept: bool
) -> None:
    (tmp_path / "ours.yaml").write_text(OURS.format(days))
    (tmp_path / "baseline.yaml").write_text(BASELINE)
    (tmp_path / "regulated.yaml").write_text(REGULATED)
    profiles = load_profiles(tmp_path)
    asked = {
        name: {**CONTROLS[name].parameters, **overrides}
        for name, overrides in profiles.resolve(["ours"], CONTROLS).controls.items()
        if name != left_out
    }

    assert profiles.is_kept("regulated", asked, CONTROLS) is kept


def test_a_profile_named_beside_one_that_extends_it_changes_nothing(tmp_path: Path) -> None:
    looser = profile("looser", "iam-user-key-age: {max_age_days: 60}", extends="[regulated]")
    assert select(tmp_path, "regulated,looser", looser=looser).controls["iam-user-key-age"] == {"max_age_days": 60}


def test_of_two_extended_profiles_the_later_wins(tmp_path: Path) -> None:
    first = profile("first", "iam-user-key-age: {max_age_days: 10}")
    second = profile("second", "iam-user-key-age: {max_age_days: 20}")
    both = profile("both", extends="[first, second]")
    selection = select(tmp_path, "both", first=first, second=second, both=both)
    assert selection.controls["iam-user-key-age"] == {"max_age_days": 20}


@pytest.mark.parametrize(
    ("names", "message"),
    [
        pytest.param(
            "regulatd",
            'there is no profile "regulatd"; did you mean "regulated"?',
            id="misspelt",
        ),
        pytest.param(
            "x",
            'there is no profile "x"; known: baseline, regulated, rules-1.0, rules-1.0-level-1, rules-1.0-level-2',
            id="unlike any that there is",
        ),
        pytest.param(",", "no profile is named; known: baseline, regulated, rules-1.0", id="nothing"),
    ],
)
def test_unknown_names(tmp_path: Path, names: str, message: str) -> None:
    assert refused(tmp_path, names) == message


@pytest.mark.parametrize(
    ("listed", "message"),
    [
        pytest.param(
            "iam-root-mfaa",
            '5: controls.0: there is no control "iam-root-mfaa"; did you mean "iam-root-mfa"?',
            id="unknown control",
        ),
        pytest.param(
            "iam-user-key-age: {max_days: 1}",
            "5: controls.0.iam-user-key-age.max_days: iam-user-key-age has no such parameter;"
            ' did you mean "max_age_days"?',
            id="unknown parameter",
        ),
        pytest.param(
            "iam-root-mfa: {max_days: 1}",
            "5: controls.0.iam-root-mfa.max_days: iam-root-mfa has no such parameter; none is known",
            id="a control without parameters",
        ),
        pytest.param(
            'iam-user-key-age: {max_age_days: "30"}',
            '5: controls.0.iam-user-key-age.max_age_days: "30" is not a whole number; expected one, such as 90',
            id="text for a number",
        ),
        pytest.param(
            "sg-no-admin-ports: {admin_ports: [22, ssh]}",
            '5: controls.0.sg-no-admin-ports.admin_ports.1: "ssh" is not a whole number; expected one, such as 22',
            id="text in a list of numbers",
        ),
    ],
)
def test_a_profile_that_does_not_fit_the_controls(tmp_path: Path, listed: str, message: str) -> None:
    assert refused(tmp_path, "other", other=profile("other", listed)) == f"other.yaml:{message}"


def test_what_an_extended_profile_gets_wrong_is_told_in_its_own_file(tmp_path: Path) -> None:
    wrong, right = profile("wrong", "iam-root-mfaa"), profile("right", "iam-root-mfa", extends="[wrong]")
    assert refused(tmp_path, "right", wrong=wrong, right=right).startswith("wrong.yaml:5: controls.0: ")


def test_a_profile_that_is_not_selected_is_not_held_against_the_controls(tmp_path: Path) -> None:
    assert select(tmp_path, "baseline", later=profile("later", "a-control-to-come")).controls


@pytest.mark.parametrize(
    ("requirement", "message"),
    [
        pytest.param(
            "{title: T, controls: [iam-root-mfaa]}",
            '8: requirements.3.controls.0: there is no control "iam-root-mfaa"; did you mean "iam-root-mfa"?',
            id="unknown control",
        ),
        pytest.param(
            "{title: T, controls: [iam-user-key-age: {max_age_days: 7}]}",
            "8: requirements.3.controls.0.iam-user-key-age.max_age_days: 7, but another requirement sets 45;"
            " agree on one value",
            id="a parameter set differently above",
        ),
    ],
)
def test_a_framework_that_does_not_fit_the_controls(tmp_path: Path, requirement: str, message: str) -> None:
    framework = f'{FRAMEWORK}  "3": {requirement}\n'
    assert refused(tmp_path, "rules-1.0", framework=framework) == f"frameworks/rules-1.0.yaml:{message}"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        pytest.param(
            {"other": profile("another")},
            'other.yaml:1: name: "another" is not the name of the file; expected other',
            id="not named as its file",
        ),
        pytest.param(
            {"rules-1.0": profile("rules-1.0")},
            'frameworks/rules-1.0.yaml:1: name: "rules-1.0" is the name of rules-1.0.yaml as well; rename one',
            id="a framework named as a profile",
        ),
        pytest.param(
            {"other": profile("other", extends="[base, baselin]")},
            'other.yaml:3: extends.0: there is no profile "base"; did you mean "baseline"?',
            id="unknown profile extended",
        ),
        pytest.param(
            {"other": profile("other", extends="[rules-1.0]")},
            'other.yaml:3: extends.0: there is no profile "rules-1.0"; known: baseline, other, regulated',
            id="a framework extended",
        ),
        pytest.param(
            {"a": profile("a", extends="[b]"), "b": profile("b", extends="[c]"), "c": profile("c", extends="[a]")},
            "c.yaml:3: extends.0: profiles extend each other in a circle (a → b → c → a); break it",
            id="a circle of three",
        ),
        pytest.param(
            {"a": profile("a", extends="[a]")},
            "a.yaml:3: extends.0: profiles extend each other in a circle (a → a); break it",
            id="a circle of one",
        ),
        pytest.param(
            {"a": profile("a", "iam-root-mfa", "iam-root-mfa")},
            'a.yaml:6: controls.1: "iam-root-mfa" is in the list already; keep one',
            id="a control twice",
        ),
        pytest.param(
            {"a": profile("a", "{iam-root-mfa: {x: 1}, iam-user-key-age: {x: 1}}")},
            "a.yaml:5: controls.0: a mapping is no control; expected an id, alone or with parameters"
            " (id: {name: value})",
            id="two controls in one item",
        ),
        pytest.param(
            {"a": profile("a", "iam-user-key-age: 30")},
            "a.yaml:5: controls.0.iam-user-key-age: 30: expected {parameter: value}, or else the id alone",
            id="a value without its parameter",
        ),
    ],
)
def test_profiles_that_cannot_be_loaded(tmp_path: Path, texts: dict[str, str], message: str) -> None:
    assert refused(tmp_path, "baseline", **texts) == message


def test_a_file_that_would_be_left_out_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text(profile("mine"))
    assert refused(tmp_path, "baseline") == "mine.yml: the file would be left out; rename it to mine.yaml"


def test_the_folder_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="there is no such folder"):
        load_profiles(tmp_path / "none")


@pytest.fixture(scope="module")
def shipped() -> Profiles:
    return load_profiles(SHIPPED)


def test_the_shipped_profiles_resolve(shipped: Profiles) -> None:
    known = {
        name: KnownControl(name, dict(given))
        for each in shipped.profiles.values()
        for name, given in each.controls.items()
    }
    assert set(shipped.resolve(["baseline,regulated,code-repository"], known).controls) == set(known)


def test_no_shipped_profile_repeats_what_it_extends(shipped: Profiles) -> None:
    """It names a control of that profile only to set a threshold otherwise."""
    regulated, baseline = shipped.profiles["regulated"], shipped.profiles["baseline"]
    assert regulated.extends == ("baseline",)
    assert [name for name in regulated.controls if name in baseline.controls and not regulated.controls[name]] == []


def test_the_shipped_baseline_holds_in_scope_or_not(shipped: Profiles) -> None:
    known = {
        name: KnownControl(name, dict(given))
        for each in shipped.profiles.values()
        for name, given in each.controls.items()
    }
    scoped = shipped.resolve(["regulated"], known).scoped
    assert scoped
    assert not scoped & shipped.profiles["baseline"].controls.keys()


def test_the_shipped_frameworks_name_controls_that_a_profile_asks(shipped: Profiles) -> None:
    asked = {name for entry in shipped.profiles.values() for name in entry.controls}
    named = {
        control
        for framework in shipped.frameworks.values()
        for requirement in framework.requirements.values()
        for control in requirement.controls
    }
    assert named <= asked


@pytest.mark.parametrize(
    ("name", "number", "sections"), [("cis-aws-7.0", 70, "2-6"), ("cis-aws-5.0", 63, "1-5")], ids=["7.0", "5.0"]
)
def test_the_cis_benchmark_is_whole_and_in_order(shipped: Profiles, name: str, number: int, sections: str) -> None:
    requirements = shipped.frameworks[name].requirements
    order = [[int(part) for part in id_.split(".")] for id_ in requirements]
    assert len(requirements) == number
    assert order == sorted(order)
    assert all(re.fullmatch(rf"[{sections}](\.\d+){{1,2}}", id_) for id_ in requirements)
    assert {requirement.level for requirement in requirements.values()} == {1, 2}


@pytest.mark.parametrize("name", ["cis-aws-7.0", "cis-aws-5.0"])
def test_the_first_level_of_a_benchmark_is_a_part_of_the_second(shipped: Profiles, name: str) -> None:
    levels = [shipped.levels[f"{name}-level-{number}"] for number in (1, 2)]
    assert {each.level for each in levels[0].requirements.values()} == {1}
    assert levels[1].requirements == shipped.frameworks[name].requirements


@pytest.mark.parametrize("name", ["cis-aws-7.0", "cis-aws-5.0"])
def test_every_requirement_of_a_benchmark_is_judged_or_stated(shipped: Profiles, name: str) -> None:
    """By a control or an attestation; what a machine decides in part says what is missing, or leaves it to people."""
    resolved = resolved_requirements(shipped.frameworks[name], shipped.frameworks)

    assert [id_ for id_, each in resolved.items() if not each.controls] == []
    assert [id_ for id_, each in resolved.items() if each.requirement.judged == "not"] == []
    assert [id_ for id_, each in resolved.items() if each.judged == "part" and not each.not_judged] == []

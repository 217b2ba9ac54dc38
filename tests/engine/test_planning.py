"""Planning: from options and files to a plan, before anything is asked of anybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from muster.errors import FileError, UsageError
from muster.estate.accounts import AwsAccountEntry, GitHubAccountEntry
from muster.estate.declarations import Facts
from muster.estate.files import Estate
from muster.estate.recorded import recorded_facts
from muster.judging.control import Control
from muster.reading.access import AbsentAccount, Access
from muster.run.asked import absent_account
from muster.run.kinds import access_of
from muster.run.options import Options
from muster.run.plan import Plan
from muster.run.planning import Planner
from muster.run.selected import asked_profiles, select_controls
from muster.run.unchanged import EarlierRun
from muster.suites import Suites


def a_control(name: str, severity: str, kind: str = "aws", **parameters: object) -> Any:
    return SimpleNamespace(id=name, severity=severity, kind=kind, parameters=parameters, facts=frozenset())


CONTROLS: Mapping[str, Control] = {
    "lamp-on": a_control("lamp-on", "high", watts=60, room="hall"),
    "lamp-new": a_control("lamp-new", "low"),
    "hub-locked": a_control("hub-locked", "critical", kind="github"),
}
PROFILE = "name: {}\ntitle: A profile\ncontrols:\n{}"
ACCOUNTS = 'accounts:\n  local: {id: "123456789012", endpoint_url: "http://127.0.0.1:4566", regions: [us-east-1]}\n'
FIXED = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A house with two profiles and an estate of one account."""
    profiles, estate = tmp_path / "profiles", tmp_path / "estate"
    profiles.mkdir()
    estate.mkdir()
    (profiles / "baseline.yaml").write_text(PROFILE.format("baseline", "  - lamp-on\n  - lamp-new\n"))
    (profiles / "strict.yaml").write_text(PROFILE.format("strict", "  - lamp-on: {watts: 40}\n  - hub-locked\n"))
    (estate / "accounts.yaml").write_text(ACCOUNTS)
    return tmp_path


def options(root: Path, **given: Any) -> Options:
    nothing: dict[str, Any] = {"profiles": (), "accounts": ("local",), "controls": (), "severity": None, "replay": None}
    return Options(
        **{
            **nothing,
            "estate": root / "estate",
            "reports": root / "runs",
            "root": root,
            "suites": Suites(root),
            **given,
        }
    )


def selected(root: Path, **given: Any) -> dict[str, dict[str, object]]:
    return {name: dict(given_) for name, given_ in select_controls(options(root, **given), CONTROLS).controls.items()}


LAMP_ON = {"watts": 60, "room": "hall"}


@pytest.mark.parametrize(
    ("given", "controls"),
    [
        pytest.param({}, {"lamp-on": LAMP_ON, "lamp-new": {}}, id="the default profile"),
        pytest.param({"profiles": ("strict",)}, {"lamp-on": LAMP_ON | {"watts": 40}, "hub-locked": {}}, id="a profile"),
        pytest.param({"controls": ("hub-locked",)}, {"hub-locked": {}}, id="a control that no default profile has"),
        pytest.param({"controls": ("lamp-*",)}, {"lamp-on": LAMP_ON, "lamp-new": {}}, id="a pattern"),
        pytest.param(
            {"profiles": ("strict",), "controls": ("lamp-*",)},
            {"lamp-on": LAMP_ON | {"watts": 40}},
            id="a pattern of a profile",
        ),
        pytest.param({"severity": "high"}, {"lamp-on": LAMP_ON}, id="a severity"),
        pytest.param({"controls": ("*",), "severity": "critical"}, {"hub-locked": {}}, id="a pattern and a severity"),
    ],
)
def test_the_controls_of_a_run_and_their_thresholds(
    root: Path, given: dict[str, Any], controls: dict[str, dict[str, object]]
) -> None:
    assert selected(root, **given) == controls


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"controls": ("lamp-onn",)}, '--control=lamp-onn: no such control; did you mean "lamp-on"?'),
        ({"profiles": ("strict",), "controls": ("lamp-new",)}, "--control=lamp-new: no such control"),
        ({"profiles": ("strikt",)}, 'there is no profile "strikt"; did you mean "strict"'),
        ({"severity": "critical"}, "no control is left"),
        ({"profiles": ("strict", "baseline"), "controls": ("sofa*",)}, "--control=sofa"),
    ],
    ids=["a typing error", "not in the profile", "no such profile", "nothing left", "no match"],
)
def test_what_cannot_be_carried_out_is_said_in_a_line(root: Path, given: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        selected(root, **given)


def test_a_threshold_that_does_not_exist_is_an_error_of_the_profile(root: Path) -> None:
    (root / "profiles" / "strict.yaml").write_text(PROFILE.format("strict", "  - lamp-on: {wats: 40}\n"))
    with pytest.raises(FileError, match=r"strict\.yaml:4: .*wats"):
        selected(root, profiles=("strict",))


@pytest.mark.parametrize(
    ("given", "profiles"),
    [
        ({}, ("baseline",)),
        ({"controls": ("lamp-on",)}, ()),
        ({"controls": ("lamp-on",), "profiles": ("strict",)}, ("strict",)),
    ],
)
def test_naming_controls_lifts_the_default_profile(
    root: Path, given: dict[str, Any], profiles: tuple[str, ...]
) -> None:
    assert asked_profiles(options(root, **given)) == profiles


def test_a_plan_names_the_accounts_asked_and_the_estate(root: Path) -> None:
    planner = Planner(options(root), CONTROLS)
    assert planner.account_names == {"local": "aws", "estate": "estate"}
    plan = planner.plan()
    assert [access.name for access in plan.accounts] == ["local", "estate"]
    assert plan.as_of == plan.started
    assert not planner.is_mocked


def test_a_run_is_named_by_its_time_profile_and_accounts(root: Path) -> None:
    folder = Planner(options(root), CONTROLS).claim()
    assert folder.path.name.endswith("Z-baseline-local")
    assert folder.path.parent == root / "runs"


def test_a_run_in_the_same_second_has_another_name(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("muster.run.planning.datetime", SimpleNamespace(now=lambda zone: FIXED.replace(tzinfo=zone)))
    planners = [Planner(options(root), CONTROLS) for _ in range(3)]
    names = [planner.claim().path.name for planner in planners]
    assert names == [f"20261123T120000Z-baseline-local{end}" for end in ("", "-2", "-3")]


def test_a_kind_of_account_that_nobody_asked_for_is_said_to_be_missing(root: Path) -> None:
    planner = Planner(options(root, profiles=("strict",)), CONTROLS)
    (missing,) = [access for access in planner.plan().accounts if isinstance(access, AbsentAccount)]
    assert (missing.kind, missing.missing_status, missing.missing) == (
        "github",
        "not_applicable",
        "the estate has no account of kind github",
    )


def test_a_kind_that_the_estate_has_and_nobody_asked_for_was_not_run(root: Path) -> None:
    estate = Estate(
        {"code": GitHubAccountEntry(name="code", github="acme", token_env="T")},
        facts=Facts(),
        waivers=(),
        attestations=(),
        folder=root,
    )
    access = absent_account("github", estate)
    assert access.missing_status == "not_run"
    assert access.missing == "no account of the run is of kind github: add one with --account (code)"


CODE = "  code: {github: acme, token_env: T}\n"


@pytest.mark.parametrize(
    ("estate", "given", "message"),
    [
        pytest.param(
            ACCOUNTS,
            {"controls": ("hub-locked",)},
            "--control=hub-locked: asks an account of kind github, and the estate has none, so that nothing would be"
            " judged; add one to accounts.yaml (there are accounts of kind aws, estate)",
            id="a control of a kind that the estate lacks",
        ),
        pytest.param(
            ACCOUNTS,
            {"controls": ("lamp-*", "hub-*")},
            "--control=hub-*: asks an account of kind github, and",
            id="a pattern beside one that is judged",
        ),
        pytest.param(
            ACCOUNTS, {"profiles": ("hubs",)}, "--profile=hubs: asks an account of kind github, and", id="a profile"
        ),
        pytest.param(
            ACCOUNTS + CODE,
            {"controls": ("lamp-*",), "accounts": ("local", "code")},
            "--account=code: none of the controls of this run asks an account of kind github: leave it out, or choose"
            " controls for it with --profile or --control",
            id="an account beside one that is judged",
        ),
    ],
)
def test_what_is_asked_for_by_name_and_judged_nowhere_is_refused(
    root: Path, estate: str, given: dict[str, Any], message: str
) -> None:
    (root / "profiles" / "hubs.yaml").write_text(PROFILE.format("hubs", "  - hub-locked\n"))
    (root / "estate" / "accounts.yaml").write_text(estate)
    with pytest.raises(UsageError) as caught:
        Planner(options(root, **given), CONTROLS)
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"controls": ("*",)}, id="a pattern of which a part is judged"),
        pytest.param({"profiles": ("strict",)}, id="a profile of which a part is judged"),
        pytest.param({"profiles": ("baseline",), "accounts": ("all",)}, id="every account, of which a part is judged"),
    ],
)
def test_what_is_judged_in_part_is_told_in_rows(root: Path, given: dict[str, Any]) -> None:
    (root / "estate" / "accounts.yaml").write_text(ACCOUNTS + CODE)
    assert Planner(options(root, **given), CONTROLS).asked


def test_the_plan_that_a_worker_is_told_is_the_plan(root: Path) -> None:
    scoped = (root / "profiles" / "strict.yaml").read_text().replace("controls:", "scoped: true\ncontrols:")
    (root / "profiles" / "strict.yaml").write_text(scoped)
    plan = Planner(options(root, profiles=("strict",)), CONTROLS).plan()
    assert plan.scoped == {"lamp-on", "hub-locked"}
    assert Plan.from_json(plan.to_json()) == plan


def test_the_plan_of_an_old_replay_is_told_to_workers(root: Path) -> None:
    facts = recorded_facts({"admin_principals": ["MusterBreakGlass*"]})
    plan = replace(Planner(options(root), CONTROLS).plan(), facts=facts)
    assert Plan.from_json(plan.to_json()) == plan


def test_since_which_run_and_whether_to_wait_is_told_to_workers(root: Path) -> None:
    earlier = EarlierRun(Path("/runs/a"), "a", ("code",), has_our_marks=True)
    plan = replace(Planner(options(root), CONTROLS).plan(), earlier=earlier, waits=False)
    assert Plan.from_json(plan.to_json()) == plan


ROLE = "arn:aws:iam::111122223333:role/a"
SANDBOX: dict[str, Any] = {
    "aws_endpoint": "http://127.0.0.1:1",
    "github_endpoint": "http://127.0.0.1:2",
    "accounts": {
        "demo": {"id": "111122223333", "regions": ["eu-west-1"], "role_arn": "arn:aws:iam::111122223333:role/a"}
    },
}


def test_a_sandbox_account_is_what_the_sandbox_says_of_it() -> None:
    access = access_of(AwsAccountEntry(name="demo", sandbox="demo"), SANDBOX)
    assert (access.id, access.regions, access.endpoint_url) == ("111122223333", ("eu-west-1",), "http://127.0.0.1:1")
    assert access.role_arn == ROLE
    assert access.mocked


def test_a_sandbox_that_does_not_exist_is_named() -> None:
    with pytest.raises(UsageError, match="account house: there is no sandbox villa"):
        access_of(AwsAccountEntry(name="house", sandbox="villa"), SANDBOX)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        pytest.param(
            AwsAccountEntry(name="p", id="111122223333", profile="stage"),
            Access("p", "aws", "111122223333", None, profile="stage"),
            id="a profile, every region",
        ),
        pytest.param(
            AwsAccountEntry(name="p", profile="stage", regions=("eu-west-1",)),
            Access("p", "aws", "", ("eu-west-1",), profile="stage"),
            id="an id that only the credentials tell",
        ),
        pytest.param(
            AwsAccountEntry(
                name="p",
                id="111122223333",
                role_arn=ROLE,
                external_id_env="E",
                source_profile="hub",
                calls_per_second=5.0,
                tags={"env": "prod"},
            ),
            Access(
                "p",
                "aws",
                "111122223333",
                None,
                tags={"env": "prod"},
                profile="hub",
                role_arn=ROLE,
                external_id_env="E",
                calls_per_second=5.0,
            ),
            id="a role from a profile",
        ),
        pytest.param(
            GitHubAccountEntry(name="code", github="acme", token_env="TOKEN"),
            Access("code", "github", "acme", token_env="TOKEN"),
            id="a code host",
        ),
    ],
)
def test_the_way_in_is_what_the_estate_says(entry: Any, expected: Access) -> None:
    assert access_of(entry, {}) == expected

"""An organization of five accounts is audited whole: what concerns all of it is judged once, where it belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.proving.dates import copy_estate
from tests.conftest import CONTROLS, ROOT
from tests.runs.audits import Audits, Outcome
from tests.shared import Shared

GROUP = ROOT / "fixtures" / "sandbox" / "estates" / "group"
MANAGEMENT, AUDIT = "999900001111", "777788889999"
# Each account's own, and the estate's alone: neither is judged in an account for others.
ORGANIZATIONS = sorted(name for name in CONTROLS if name.startswith("org-") and name != "org-member")
OF_AUDIT_DATA = sorted(name for name in CONTROLS if name.startswith("audit-bucket"))
ALARMS = sorted(name for name in CONTROLS if name.startswith("alarm-"))
BAD = ("fail", "error", "not_run")


def audited(folder: Path, *arguments: str) -> Outcome:
    estate = folder / "estate"
    estate.mkdir()
    copy_estate(GROUP, estate)
    return Audits(estate, folder / "runs")(*arguments)


@pytest.fixture(scope="module")
def whole(shared: Shared, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    return shared.once(
        "organization", lambda: audited(tmp_path_factory.mktemp("group"), "--profile=baseline", "--discover")
    )


def test_an_organization_can_keep_every_control_of_the_baseline(whole: Outcome) -> None:
    """Whoever lands a control that the accounts of the group do not keep lets them: fixtures/sandbox/group.py."""
    assert [f"{row.control} in {row.account}: {row.reason}" for row in whole.rows if row.status in BAD] == []
    assert (whole.run["problems"], whole.code) == ([], 0)


@pytest.mark.parametrize(
    ("controls", "name", "account_id"),
    [
        pytest.param(ORGANIZATIONS, "management", MANAGEMENT, id="organization"),
        pytest.param(ALARMS, "management", MANAGEMENT, id="alarms on the organization's trail"),
        pytest.param(OF_AUDIT_DATA, "audit", AUDIT, id="audit data"),
    ],
)
def test_what_concerns_all_accounts_is_judged_in_one(
    whole: Outcome, controls: list[str], name: str, account_id: str
) -> None:
    asked = {row.control for row in whole.rows}.intersection(controls)
    rows = [row for row in whole.rows if row.control in asked]

    assert asked
    assert {row.control for row in rows if row.account == name and row.status == "pass"} == asked
    others = [row for row in rows if row.account != name]
    assert {row.status for row in others} == {"not_applicable"}
    # An account without a bucket has nothing that could be judged elsewhere.
    assert {row.judged_in for row in others if "there are no" not in row.reason} == {account_id}


def test_a_member_alone_is_not_the_whole_organization(tmp_path: Path) -> None:
    outcome = audited(tmp_path, "--control=org-accounts-covered,org-member", "--discover", "--account=shop")

    assert {row.control: row.status for row in outcome.rows} == {
        "org-accounts-covered": "not_applicable",
        "org-member": "pass",
    }
    (problem,) = outcome.run["problems"]
    assert (problem["kind"], outcome.code) == ("judged_nowhere", 1)
    assert MANAGEMENT in problem["text"]


def test_where_no_account_has_the_role_every_account_fails(tmp_path: Path) -> None:
    estate = tmp_path / "estate"
    estate.mkdir()
    copy_estate(GROUP, estate)
    accounts = estate / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace(", roles: [management]", ""))
    outcome = Audits(estate, tmp_path / "runs")(
        "--control=org-accounts-covered", "--discover", "--account=management,shop"
    )

    assert [row.status for row in outcome.rows] == ["fail", "fail"]
    assert "none has the role management" in outcome.rows[0].reason

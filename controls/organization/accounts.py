"""The organization's accounts: all of them are ours, in units, and audited."""

from __future__ import annotations

from fixtures.organizations import Organization
from fixtures.workloads import Workloads
from muster import Facts, control, declared, elsewhere, judged_in, not_applicable


@control(severity="medium")
def test_org_member(organization: Organization, facts: Facts) -> None:
    """The account belongs to our organization.

    Why: An account outside of it, or in one that only shares the bill, is under none of the organization's guardrails.
    Fix: Invite the account into the organization, and enable all features there.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_org_support-all-features.html
    """
    ours = facts.organization_id or "none that facts.yaml declares (organization_id)"
    found = (organization.id or "none", organization.features or "no")
    assert found == (ours, "ALL"), f"is in organization {found[0]} with {found[1]} features; ours is {ours}"


@control(severity="high")
def test_org_accounts_covered(organization: Organization, facts: Facts) -> None:
    """Every account of the organization is audited.

    Why: Nobody sees what goes wrong in an account that no audit enters, and that is where it is left to go wrong.
    Fix: Add the account to accounts.yaml; or close it; or, if another run judges it, name it in audited_elsewhere.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts.html
    """
    judged_in(elsewhere("management", facts, organization), "the management account is told of all accounts")
    not_applicable(organization.why_none)
    audited = {*facts.accounts, *facts.audited_elsewhere}
    forgotten = [str(each) for each in organization.members if each.is_active and each.id not in audited]
    assert not forgotten, f"has accounts that nobody audits: {', '.join(forgotten)}"


@control(severity="low")
def test_org_accounts_in_units(organization: Organization, facts: Facts) -> None:
    """Accounts live in organizational units.

    Why: Policies are attached to units. An account outside of them, or a unit that is gone, gets those of none.
    Fix: Move each account from the root into a unit, and make the units that are required (required_ous).
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_ous.html
    """
    judged_in(elsewhere("management", facts, organization), "the management account is told of all units")
    not_applicable(organization.why_none)
    flaws = [f"{member} lies in none" for member, path in organization.paths_of_members if len(path) == 2]
    units = {branch.id for branch in organization.branches}
    flaws += [f"{unit} is not there" for unit in facts.required_ous if unit not in units]
    assert not flaws, f"has not all accounts in its units: {', '.join(flaws)}"


@control(severity="medium")
def test_org_management_account_empty(workloads: Workloads, facts: Facts) -> None:
    """The management account runs no workloads.

    Why: No policy of the organization limits the management account, so whoever breaks into what runs there may reach
        every account.
    Fix: Move what runs there into an account of its own; declare what has to stay (management_workloads).
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_best-practices_mgmt-acct.html
    """
    judged_in(elsewhere("management", facts, workloads), "workloads may run here")
    running = [arn for arn in workloads.arns if not declared(facts.management_workloads, arn)]
    assert not running, f"runs {', '.join(running)}"

"""Perimeters of the organization: regions, root users and outsiders that no administrator of an account lets in."""

from __future__ import annotations

from fixtures.ai_opt_out import AiOptOut
from fixtures.grammar.control_policies import is_denied_to_all, principals_of
from fixtures.grammar.perimeters import closes_other_regions, keeps_outsiders_out, stops_root
from fixtures.organizations import Organization
from muster import Facts, control, declared, elsewhere, judged_in, not_applicable

POLICIES_ARE_THERE = "the management account has the policies"


@control(severity="medium")
def test_org_scp_deny_regions(organization: Organization, facts: Facts) -> None:
    """Unapproved regions are closed by policy.

    Why: Where nobody works nobody looks, and the law of another country may hold there.
    Fix: Attach a service control policy to the root that denies all but global services where aws:RequestedRegion is
        none of the approved_regions of facts.yaml; let out nobody but roles that are named.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    """
    judged_in(elsewhere("management", facts, organization), POLICIES_ARE_THERE)
    not_applicable(organization.why_none)
    free = [
        str(member)
        for member, path in organization.paths_of_members
        if not closes_other_regions(organization.levels(path, "SERVICE_CONTROL_POLICY"), facts.approved_regions)
    ]
    assert not free, f"has accounts that can be used outside the approved regions: {', '.join(free)}"


@control(severity="medium")
def test_org_scp_deny_root(organization: Organization, facts: Facts) -> None:
    """Root users of member accounts cannot act.

    Why: No policy of an account limits its root user; only one of the organization does.
    Fix: Attach a service control policy to the root that denies every action where aws:PrincipalArn is like
        arn:aws:iam::*:root.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    """
    judged_in(elsewhere("management", facts, organization), POLICIES_ARE_THERE)
    not_applicable(organization.why_none)
    partition = organization.arn.split(":")[1]
    free = [
        str(member)
        for member, path in organization.paths_of_members
        if not stops_root(organization.levels(path, "SERVICE_CONTROL_POLICY"), f"arn:{partition}:iam::{member.id}:root")
    ]
    assert not free, f"has accounts whose root user may act: {', '.join(free)}"


@control(severity="medium")
def test_org_scp_deny_leave(organization: Organization, facts: Facts) -> None:
    """Accounts cannot leave the organization.

    Why: An account that leaves is under no guardrail any more, and takes its data with it.
    Fix: Attach a service control policy to the root that denies organizations:LeaveOrganization.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    """
    judged_in(elsewhere("management", facts, organization), POLICIES_ARE_THERE)
    not_applicable(organization.why_none)
    free = [
        str(member)
        for member, path in organization.paths_of_members
        if not is_denied_to_all(
            organization.levels(path, "SERVICE_CONTROL_POLICY"),
            "organizations:LeaveOrganization",
            (),
            lambda arn: all(declared(facts.admin_principals, each) for each in principals_of(arn)),
        )
    ]
    assert not free, f"has accounts that may leave it: {', '.join(free)}"


@control(severity="medium")
def test_org_rcp_perimeter(
    organization: Organization,
    facts: Facts,
    services: tuple[str, ...] = ("s3", "sts", "kms", "sqs", "secretsmanager"),
) -> None:
    """Resources answer only to the organization.

    Why: A policy of a bucket or key that lets a stranger in is one mistake; a policy of the organization undoes it.
    Fix: Attach a resource control policy to the root that denies these services' actions to principals whose
        aws:PrincipalOrgID is not the organization's; spare services of AWS, and accounts among trusted_accounts.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    judged_in(elsewhere("management", facts, organization), POLICIES_ARE_THERE)
    not_applicable(organization.why_none)
    free = {
        str(member): [
            service
            for service in services
            if not keeps_outsiders_out(
                organization.levels(path, "RESOURCE_CONTROL_POLICY"),
                service,
                facts.organization_id,
                lambda account: bool(declared(facts.trusted_accounts, account)),
            )
        ]
        for member, path in organization.paths_of_members
    }
    open_ = [f"{member} in {', '.join(names)}" for member, names in free.items() if names]
    assert not open_, f"has accounts whose resources may answer to outsiders: {'; '.join(open_)}"


@control(severity="medium")
def test_org_ai_opt_out(ai_opt_out: AiOptOut, facts: Facts) -> None:
    """AWS AI services may not keep our content.

    Why: Some services keep what they are shown to become better, in other regions as well, unless one opts out.
    Fix: Enable AI services opt-out policies, and attach one to the root whose default is optOut, and that lets no
        policy below it change that (@@operators_allowed_for_child_policies, @@none).
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_ai-opt-out.html
    """
    judged_in(elsewhere("management", facts, ai_opt_out), POLICIES_ARE_THERE)
    not_applicable(ai_opt_out.organization.why_none)
    gap = ai_opt_out.gap
    assert gap is None, gap

"""Delegation: policies and security services are run from an account that is there for it."""

from __future__ import annotations

from fixtures.delegation import PolicyDelegation, ServiceDelegation
from muster import Facts, control, declared, elsewhere, judged_in, not_applicable

SECURITY_SERVICES = tuple(
    f"{each}.amazonaws.com"
    for each in ("guardduty", "securityhub", "config", "access-analyzer", "inspector2", "macie", "cloudtrail")
)


@control(severity="medium")
def test_org_policy_admin_delegated(policy_delegation: PolicyDelegation, facts: Facts) -> None:
    """Organization policies are managed by a delegated administrator.

    Why: Whoever works on policies in the management account can do anything there, and no policy limits that account.
    Fix: Delegate the policy actions to the security account by a resource policy of the organization, and to nobody
        else; declare another account among delegated_admins, with organizations.amazonaws.com as its service.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
    """
    judged_in(elsewhere("management", facts, policy_delegation), "the management account delegates")
    not_applicable(policy_delegation.organization.why_none)
    delegates = policy_delegation.delegates
    ours = [
        each
        for each in delegates
        if each == facts.security_account_id
        or declared(facts.delegated_admins, f"organizations.amazonaws.com in {each}")
    ]
    flaws = [f"lets {each}, which nobody declared, change policies" for each in delegates if each not in ours]
    if not any(policy_delegation.administers(each) for each in ours):
        flaws.append("delegates the administration of its policies to no declared account")
    assert not flaws, "; ".join(flaws)


@control(severity="medium")
def test_org_services_delegated(
    service_delegation: ServiceDelegation, facts: Facts, delegated_services: tuple[str, ...] = SECURITY_SERVICES
) -> None:
    """Security services are run from a delegated administrator account.

    Why: What is run from the management account brings people into it every day, and nothing limits what they do there.
    Fix: Register the security account as the delegated administrator of each service, in that service's console.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_delegated_admin.html
    """
    judged_in(elsewhere("management", facts, service_delegation), "the management account delegates")
    not_applicable(service_delegation.organization.why_none)
    services = service_delegation.in_use(delegated_services)
    not_applicable(None if services else "none of the security services works for the whole organization")
    kept = [each for each in services if not service_delegation.run_elsewhere(each)]
    assert not kept, f"runs security services for all accounts from the management account: {', '.join(kept)}"

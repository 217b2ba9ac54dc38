"""Guardrails of the organization: what no administrator of an account can do, and who may act for all of it."""

from __future__ import annotations

from fixtures.grammar.control_policies import is_denied_to_all, limits_something, principals_of
from fixtures.organizations import Organization, PolicyType
from muster import Facts, control, declared, elsewhere, judged_in, not_applicable

AUDITING = (
    *("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail", "cloudtrail:PutEventSelectors"),
    *("config:StopConfigurationRecorder", "config:DeleteConfigurationRecorder", "config:DeleteDeliveryChannel"),
    *("guardduty:DeleteDetector", "guardduty:UpdateDetector"),
    *("config:PutConfigurationRecorder", "config:PutDeliveryChannel"),
    *("guardduty:DisassociateFromAdministratorAccount", "securityhub:DisableSecurityHub"),
    "organizations:LeaveOrganization",
)


@control(severity="high")
def test_org_guardrails_attached(
    organization: Organization,
    facts: Facts,
    policy_types: tuple[PolicyType, ...] = ("SERVICE_CONTROL_POLICY",),
) -> None:
    """Every account is under an authorization guardrail.

    Why: Where no policy of the organization limits an account, its administrators may do anything, on purpose or not.
    Fix: Enable the policy type, and attach a policy that denies something to the root or to every unit.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
    """
    judged_in(elsewhere("management", facts, organization), "the management account has the policies")
    not_applicable(organization.why_none)
    free = [
        f"{member} by no {policy_type}"
        for member, path in organization.paths_of_members
        for policy_type in policy_types
        if not limits_something(organization.levels(path, policy_type))
    ]
    assert not free, f"has accounts that are limited: {', '.join(free)}"


@control(severity="high")
def test_org_scp_protects_audit(
    organization: Organization, facts: Facts, protected_actions: tuple[str, ...] = AUDITING
) -> None:
    """No account administrator can switch off the audit trail.

    Why: An intruder with an administrator's rights turns off first what would show him.
    Fix: Attach a service control policy to the root that denies these actions to everyone but declared administrators.
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_examples_general.html
    """
    judged_in(elsewhere("management", facts, organization), "the management account has the policies")
    not_applicable(organization.why_none)
    free = {
        str(member): [
            action
            for action in protected_actions
            if not is_denied_to_all(
                organization.levels(path, "SERVICE_CONTROL_POLICY"),
                action,
                organization.trail_arns if action.startswith("cloudtrail:") else (),
                lambda arn: all(declared(facts.admin_principals, each) for each in principals_of(arn)),
            )
        ]
        for member, path in organization.paths_of_members
    }
    weak = [f"{member} may {', '.join(actions)}" for member, actions in free.items() if actions]
    assert not weak, f"has accounts whose administrators can switch off the audit: {'; '.join(weak)}"


@control(severity="high")
def test_org_root_credentials_central(
    organization: Organization, facts: Facts, features: tuple[str, ...] = ("RootCredentialsManagement", "RootSessions")
) -> None:
    """Root credentials of member accounts are managed centrally.

    Why: A root password in each account is one that nobody rotates and no policy limits; central access needs none.
    Fix: Enable central management of root credentials and privileged root sessions in IAM, in the management account.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-enable-root-access.html
    """
    judged_in(elsewhere("management", facts, organization), "the management account manages root credentials")
    not_applicable(organization.why_none)
    missing = [each for each in features if each not in organization.root_features]
    assert not missing, (
        f"has not enabled {', '.join(missing)} (enabled: {', '.join(organization.root_features) or 'none'})"
    )


@control(severity="high")
def test_org_delegated_admins_declared(organization: Organization, facts: Facts) -> None:
    """Only declared accounts are delegated administrators.

    Why: A delegated administrator acts in every account of the organization, and few people know that it can.
    Fix: Deregister the account for the service, or declare it (delegated_admins).
    See: https://docs.aws.amazon.com/organizations/latest/userguide/orgs_delegate_policies.html
    """
    judged_in(elsewhere("management", facts, organization), "the management account knows who acts for all")
    not_applicable(organization.why_none)
    strangers = [pair for pair in organization.delegations if not declared(facts.delegated_admins, pair)]
    assert not strangers, f"lets accounts that nobody declared act for it: {', '.join(strangers)}"

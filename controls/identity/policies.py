"""IAM policies: what they grant."""

from fixtures.iam.policies import IdentityPolicy
from muster import Facts, control, counted, declared, not_applicable

UNATTACHED = "the policy is attached to nobody"


@control(severity="critical")
def test_iam_policy_no_full_admin(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No policy of ours allows every action on every resource.

    Why: Whoever holds such a policy, or steals the session of somebody who does, can take the account over and hide it.
    Fix: Grant the actions that the work needs. Emergency roles with an inline policy belong among admin_principals in
        facts.yaml.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    if not identity_policy.is_attached:
        not_applicable(UNATTACHED)
    if identity_policy.is_service_linked:
        not_applicable("the policy belongs to a service-linked role, which only AWS can change")
    if declared(facts.admin_principals, identity_policy.holder):
        not_applicable(f"{identity_policy.holder} is declared to hold administrator rights")
    everything = identity_policy.full_admin_statements
    assert not everything, f"allows every action on every resource: {', '.join(everything)} of {identity_policy.name}"


@control(severity="medium")
def test_iam_policy_no_service_wildcard(
    identity_policy: IdentityPolicy, allowed_services: tuple[str, ...] = (), only_all_resources: bool = False
) -> None:
    """Customer managed policies do not grant whole services.

    Why: A whole service holds the actions that delete, share and hand on, and whatever AWS adds to it next year.
    Fix: Name the actions that the work needs. Access Analyzer proposes a policy from what was used.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-policy-generation.html
    """
    if identity_policy.is_inline:
        not_applicable("the policy is written into its holder, and no customer managed one")
    if not identity_policy.is_attached:
        not_applicable(UNATTACHED)
    granted = identity_policy.whole_services(only_all_resources=only_all_resources)
    whole = [service for service in granted if service not in allowed_services]
    assert not whole, f"grants every action of {', '.join('every service' if each == '*' else each for each in whole)}"


@control(severity="high")
def test_iam_policy_no_wildcard_assume_role(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No policy allows assuming any role.

    Why: Whether a role of another account can be assumed is then up to that account alone, and whoever steals the
        session goes on from account to account.
    Fix: Name the roles, or at least their account and path, in the resource of the statement.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_permissions-to-switch.html
    """
    if not identity_policy.is_attached:
        not_applicable(UNATTACHED)
    administrators = [holder for holder in identity_policy.holders if declared(facts.admin_principals, holder)]
    not_applicable(identity_policy.why_spared(administrators))
    anywhere = identity_policy.assuming_anywhere
    assert not anywhere, f"lets its holder assume roles of any account: {', '.join(anywhere)}"


@control(severity="high")
def test_iam_policy_no_privilege_escalation(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No policy lets its holder raise their own rights.

    Why: Who may write policies, take over other users and programs, or pass any role to a program of their own is an
        administrator under another name.
    Fix: Limit the action to named users, roles, policies and programs, or to programs of a tag by a condition; or ask
        for a permissions boundary.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    if not identity_policy.is_attached:
        not_applicable(UNATTACHED)
    administrators = [holder for holder in identity_policy.holders if declared(facts.admin_principals, holder)]
    not_applicable(identity_policy.why_spared(administrators))
    ways = identity_policy.escalations
    assert not ways, f"lets its holder get more rights, by {ways[0]}" + (
        f" and {counted(len(ways) - 1, 'other way')}" if len(ways) > 1 else ""
    )


@control(severity="high")
def test_iam_policy_no_audit_tampering(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No ordinary policy can switch off the audit trail.

    Why: Who breaks in switches off first what would tell of it. Whoever can do that needs to be counted on one hand.
    Fix: Take these actions out of the policy, or deny them in it. Who has to have them belongs among admin_principals
        in facts.yaml.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/best-practices-security.html
    """
    administrators = [holder for holder in identity_policy.holders if declared(facts.admin_principals, holder)]
    not_applicable(identity_policy.why_spared(administrators))
    tampering = identity_policy.tampering_actions
    assert not tampering, f"allows {', '.join(tampering)}"


@control(severity="medium")
def test_iam_policy_no_inverted_allow(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No policy grants by exclusion.

    Why: Everything but IAM is also what AWS adds next year, and everything but one bucket every other one.
    Fix: Name the actions and resources that the work needs; keep what is not to be done for statements that deny.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notaction.html
    """
    administrators = [holder for holder in identity_policy.holders if declared(facts.admin_principals, holder)]
    not_applicable(identity_policy.why_spared(administrators))
    exclusions = identity_policy.exclusions
    assert not exclusions, f"allows all but what it names, by NotAction or NotResource: {', '.join(exclusions)}"


@control(severity="high")
def test_iam_policy_no_wildcard_pass_role(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No policy allows passing any role.

    Why: Who may pass any role gives an administrator's to a machine of their own, and works with its rights.
    Fix: Name the roles or their path in the resource of the statement, and the service by iam:PassedToService.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    administrators = [holder for holder in identity_policy.holders if declared(facts.admin_principals, holder)]
    not_applicable(identity_policy.why_spared(administrators))
    passing = identity_policy.passing_any_role
    assert not passing, f"lets its holder pass any role of the account: {', '.join(passing)}"


@control(severity="medium")
def test_iam_policy_no_decrypt_all_keys(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No policy decrypts with every key.

    Why: A key of its own keeps data from those who may read the bucket; who may use all keys is kept from nothing.
    Fix: Name the keys in the resource of the statement, or the service by kms:ViaService.
    See: https://docs.aws.amazon.com/kms/latest/developerguide/iam-policies-best-practices.html
    """
    administrators = [holder for holder in identity_policy.holders if declared(facts.admin_principals, holder)]
    not_applicable(identity_policy.why_spared(administrators))
    decrypting = identity_policy.decrypting_with_all_keys
    assert not decrypting, f"allows decryption with all keys of the account: {', '.join(decrypting)}"

"""IAM policies: what they grant."""

from fixtures.iam.policies import IdentityPolicy
from muster import Facts, control, declared, not_applicable


@control(severity="critical")
def test_iam_policy_no_full_admin(identity_policy: IdentityPolicy, facts: Facts) -> None:
    """No policy of ours allows every action on every resource.

    Why: Whoever holds such a policy, or steals the session of somebody who does, can take the account over and hide it.
    Fix: Grant the actions that the work needs. Emergency roles with an inline policy belong among admin_principals in
        facts.yaml.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    if not identity_policy.is_attached:
        not_applicable("the policy is attached to nobody")
    if identity_policy.is_service_linked:
        not_applicable("the policy belongs to a service-linked role, which only AWS can change")
    if declared(facts.admin_principals, identity_policy.holder):
        not_applicable(f"{identity_policy.holder} is declared to hold administrator rights")
    everything = identity_policy.full_admin_statements
    assert not everything, f"allows every action on every resource: {', '.join(everything)} of {identity_policy.name}"

"""IAM roles: who may assume them."""

from fixtures.iam.roles import Role
from muster import Facts, control, not_applicable


@control(severity="critical")
def test_iam_role_trust_not_public(role: Role) -> None:
    """No role can be assumed by anyone.

    Why: A role that trusts everyone hands its permissions to any AWS account in the world that learns its name.
    Fix: Name the accounts, roles or services in the trust policy, or add a condition that fixes their organization.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    assert not role.public_statements, f"trusts anyone: {', '.join(role.public_statements)} of its trust policy"


@control(severity="critical")
def test_iam_role_oidc_subject_bound(role: Role, facts: Facts) -> None:
    """Roles for outside pipelines accept only our repositories.

    Why: An identity provider such as GitHub signs tokens for all of its customers. A trust policy that does not say
        whose pipeline is meant accepts a stranger's.
    Fix: Fix audience and subject in the trust policy's conditions, by StringEquals where possible; for GitHub down to
        one repository of an organization that is declared among github_organizations in facts.yaml.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    if not role.trusts_web_identity:
        not_applicable("the role accepts no tokens of an outside identity provider")
    unbound = role.unbound_statements(facts.github_organizations)
    assert not unbound, f"does not fix whose pipelines it is for: {', '.join(unbound)} of its trust policy"

"""IAM roles: who may assume them."""

from fixtures.code_places import is_on_github
from fixtures.iam.roles import Role
from muster import Facts, control, counted, declared, not_applicable


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
    Fix: Fix audience and subject in the trust policy's conditions, by StringEquals where possible, down to one
        repository, project or workspace. What is ours is declared among github_organizations or code_hosts in
        facts.yaml: gitlab.com/acme, app.terraform.io/acme, bitbucket.org/acme, oidc.circleci.com/org/ID.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create_for-idp_oidc.html
    """
    if not role.trusts_web_identity:
        not_applicable("the role accepts no tokens of an outside identity provider")
    unbound = role.unbound_statements(
        lambda place: is_on_github(place, facts.github_organizations) or bool(declared(facts.code_hosts, place))
    )
    assert not unbound, f"does not fix whose pipelines it is for: {', '.join(unbound)} of its trust policy"


@control(severity="low")
def test_iam_role_unused(role: Role, max_idle_days: int = 90) -> None:
    """Roles nobody uses are removed.

    Why: A role that nobody misses still opens the account to those whom it trusts.
    Fix: Delete the role; or, if it is kept for an emergency, use it in a drill.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
    """
    not_applicable(role.why_not_ours)
    assert role.was_needed_within(max_idle_days), (
        f"was last used, or made, on {role.last_needed:%Y-%m-%d}, more than {counted(max_idle_days, 'day')} ago"
    )


@control(severity="medium")
def test_iam_role_service_source_bound(
    role: Role, exempt_services: tuple[str, ...] = ("ec2", "lambda", "ecs-tasks")
) -> None:
    """Service roles guard against a confused deputy.

    Why: A service acts for all of its customers under one name. A trust policy that does not say for whom lets a
        stranger have the service work with our role.
    Fix: Add a condition on aws:SourceAccount, aws:SourceArn or aws:SourceOrgID to the statement that names the service.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    not_applicable(role.why_not_ours)
    unbound = role.unbound_services(exempt_services)
    assert not unbound, f"trusts services whoever they act for: {', '.join(unbound)} of its trust policy"

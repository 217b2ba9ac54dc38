"""Roles that others assume: whose accounts they trust, how those show who they are, and what they may do."""

from __future__ import annotations

from fixtures.grammar.trusted_accounts import ANYONE
from fixtures.iam.roles import Role
from muster import Facts, control, declared, not_applicable

NO_OUTSIDER = "no account outside of the organization may assume the role"


@control(severity="high")
def test_iam_role_trust_accounts_declared(role: Role, facts: Facts) -> None:
    """Roles trust only our own and declared accounts.

    Why: Who may come in from another account is up to that account alone. One that nobody has declared is a partner of
        years ago, a typing error, or the way back of somebody who was in before.
    Fix: Take the account out of the trust policy. A third party that needs the role belongs among trusted_accounts in
        facts.yaml; for accounts of our own, add them to accounts.yaml or bind the statement to organization_id by the
        condition aws:PrincipalOrgID. A service works for an account of ours where aws:SourceAccount says so. An id such
        as AROA... is a deleted principal: take it out.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    outsiders = role.outsiders(facts.accounts, facts.organization_id)
    outsiders += role.outside_sources(facts.accounts, facts.organization_id)
    strangers = [each for each in outsiders if each == ANYONE or not declared(facts.trusted_accounts, each)]
    strangers += role.deleted_principals
    assert not strangers, f"trusts {', '.join(strangers)}, which nobody declared"


@control(severity="high")
def test_iam_role_third_party_external_id(role: Role, facts: Facts) -> None:
    """Third parties assume roles with an external id.

    Why: A company that works for many customers can be talked into assuming the role of another one of them. The id
        that only it and we know of tells on whose behalf it comes.
    Fix: Ask for sts:ExternalId by StringEquals in the statement; the third party gives the id.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    if not role.outsiders(facts.accounts, facts.organization_id):
        not_applicable(NO_OUTSIDER)
    without = role.statements_without_external_id(facts.accounts, facts.organization_id)
    assert not without, f"lets other accounts in without an external id: {', '.join(without)} of its trust policy"


@control(severity="high")
def test_iam_role_third_party_bounded(
    role: Role,
    facts: Facts,
    broad_policies: tuple[str, ...] = ("AdministratorAccess", "PowerUserAccess", "IAMFullAccess", "ReadOnlyAccess"),
) -> None:
    """Roles open to third parties carry no broad rights.

    Why: What a third party may do, whoever breaks in there may do with all of its customers in one night.
        ReadOnlyAccess reads what is in buckets and tables as well.
    Fix: Grant the third party what its service calls, and SecurityAudit or ViewOnlyAccess to one that only looks.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    if not role.outsiders(facts.accounts, facts.organization_id):
        not_applicable(NO_OUTSIDER)
    broad = role.broad_policies(broad_policies)
    assert not broad, f"is open to other accounts, and holds {', '.join(broad)}"

"""Controls that are judged in one account for all of an organization: in that of a role."""

from __future__ import annotations

from muster.estate.declarations import Facts
from muster.estate.roles import RoleName, fact_of
from muster.judging.resource import Resource


def elsewhere(role: RoleName, facts: Facts, resource: Resource) -> str | None:
    """The account with this role, where the resource is in another one; None where it is in that account.

    So a control says where it is judged: `judged_in(elsewhere("audit", facts, bucket), "the audit data is there")`.
    Raises AssertionError, and so the control fails, where the estate has no account of this role: nobody judges it.
    """
    holder: str | None = getattr(facts, fact_of(role))
    if holder is None:
        raise AssertionError(
            f"is judged in no account, for none has the role {role}: give it to an entry of accounts.yaml"
            f" (roles: [{role}]), or name its account as {fact_of(role)} in facts.yaml"
        )
    return None if holder == resource.account.id else holder

"""Users and roles: what they may do by all of their policies together."""

from __future__ import annotations

from fixtures.iam.rights_holders import RightsHolder
from muster import Facts, control, counted, declared, not_applicable


@control(severity="high")
def test_iam_identity_no_privilege_escalation(rights_holder: RightsHolder, facts: Facts) -> None:
    """No user or role can raise its own rights by all its policies together.

    Why: One policy passes a role, another one starts machines: each looks harmless, and who holds both is an
        administrator under another name.
    Fix: Take one of the actions away, limit it to named users, roles, policies and programs that are not the holder's
        own, or cut the holder's rights by a permissions boundary. Who is to be an administrator belongs among
        admin_principals in facts.yaml.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
    """
    administrators = [each for each in rights_holder.principals if declared(facts.admin_principals, each)]
    if administrators:
        not_applicable(f"{administrators[0]} is declared to hold administrator rights")
    ways = rights_holder.escalations
    assert not ways, f"gets more rights than it has, by {ways[0]}" + (
        f" and {counted(len(ways) - 1, 'other way')}" if len(ways) > 1 else ""
    )

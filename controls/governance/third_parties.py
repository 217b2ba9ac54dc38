"""Third parties: who from outside has access is in one register, whatever it is that they reach."""

from __future__ import annotations

from fixtures.third_parties import ThirdParties
from muster import Facts, control, declared


@control(severity="high")
def test_third_parties_registered(third_parties: ThirdParties, facts: Facts) -> None:
    """Every third party with access is in the register.

    Why: When a partner is broken into, the first question is what he reaches; it is answered from the register or
        not at all.
    Fix: Add the account to trusted_accounts in facts.yaml with company, owner, reason and a last day, or to
        accounts.yaml if it is ours; or take it out of the policies of the roles, buckets, keys, queues and topics, and
        the sharing of the snapshots that let it in.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_common-scenarios_third-party.html
    """
    reached = third_parties.reached(facts.accounts, facts.organization_id)
    strangers = {
        party: arns
        for party, arns in reached.items()
        if not declared(facts.trusted_accounts, party) and not declared(facts.network_perimeter, party)
    }
    assert not strangers, "lets in accounts that are in no register: " + "; ".join(
        f"{party} to {', '.join(arns)}" for party, arns in strangers.items()
    )

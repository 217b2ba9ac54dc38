"""KMS keys: whom they are shared with is written down."""

from __future__ import annotations

from fixtures.kms import KmsKey
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_kms_key_sharing_declared(kms_key: KmsKey, facts: Facts) -> None:
    """Keys are shared only with declared accounts.

    Why: Who may use a key reads what it encrypts, wherever a copy of that has got to, and a grant shows in no policy.
    Fix: Take the account out of the key policy, or retire the grant. One of ours belongs into accounts.yaml; a third
        party belongs among trusted_accounts in facts.yaml, by its account id.
    See: https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-modifying-external-accounts.html
    """
    if kms_key.metadata.manager != "CUSTOMER":
        not_applicable("the key is managed by AWS")
    outsiders = kms_key.outsiders(facts.accounts, facts.organization_id)
    strangers = [each for each in outsiders if not declared(facts.trusted_accounts, each)]
    assert not strangers, f"is shared with {', '.join(strangers)}, and nobody declared that"

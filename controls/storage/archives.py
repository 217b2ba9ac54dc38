"""Archives: nobody from outside takes them out, or deletes them."""

from __future__ import annotations

from fixtures.glacier import GlacierVault
from muster import control


@control(severity="high")
def test_glacier_vault_not_public(glacier_vault: GlacierVault) -> None:
    """No archive vault is public.

    Why: What was put away for years is all that there ever was, and nobody looks whether a stranger takes it out.
    Fix: Name the accounts in the statement's Principal, or fix their organization by aws:PrincipalOrgID.
    See: https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html
    """
    ways_in = glacier_vault.ways_in
    assert not ways_in, f"lets anyone in: {', '.join(ways_in)}"

"""Contacts of the account: AWS reaches somebody who can act."""

from __future__ import annotations

from fixtures.account import SecurityContact
from muster import control


@control(severity="medium")
def test_account_security_contact(security_contact: SecurityContact) -> None:
    """A security contact is registered.

    Why: When AWS sees a leaked key or an attack it writes to this contact; without one the mail ends in the mailbox of
        the root user, which nobody reads at night.
    Fix: Register the mailbox and the number of those who handle incidents as the account's security contact.
    See: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html
    """
    missing = security_contact.missing
    assert not missing, f"lacks {' and '.join(missing)} for matters of security"

"""The account as AWS knows it: whom AWS reaches, and where the account can be used."""

from __future__ import annotations

from fixtures.account import AlternateContacts, PrimaryContact, RegionSwitches, SecurityContact
from muster import Facts, control, not_applicable


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


@control(severity="medium")
def test_account_alternate_contacts(alternate_contacts: AlternateContacts) -> None:
    """Billing, operations and security contacts differ.

    Why: One mailbox for all three is read by those who pay, and what AWS writes of an attack lies there till Monday.
    Fix: Register a contact of its own for each, with the mailbox of the people whose matter it is.
    See: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-alternate.html
    """
    assert not alternate_contacts.flaws, "; ".join(alternate_contacts.flaws)


@control(severity="medium")
def test_account_primary_contact_declared(primary_contact: PrimaryContact, facts: Facts) -> None:
    """The account contact is the declared one.

    Why: Who is the contact is taken for the owner: AWS calls that number before it closes an account or gives it back.
    Fix: Enter name, company and number of the declared contact (account_contacts in facts.yaml) in the account's
        settings, or correct the declaration.
    See: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-update-contact-primary.html
    """
    declared = [each for each in facts.account_contacts if each.account == primary_contact.account.id]
    not_applicable(None if declared else "no contact is declared (account_contacts); attest-account-contacts states it")
    differences = [text for each in declared for text in primary_contact.contact.differences(*each.compared)]
    assert not differences, f"has as its contact {', '.join(differences)}"


@control(severity="medium")
def test_account_regions_approved(region_switches: RegionSwitches, facts: Facts) -> None:
    """Only approved opt-in regions are switched on.

    Why: In a region that nobody uses, nobody looks; what an intruder starts there runs for months.
    Fix: Disable the region, or add it to approved_regions in facts.yaml.
    See: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
    """
    switched_on = [each.name for each in region_switches.regions if each.is_opted_in]
    strange = [name for name in switched_on if name not in facts.approved_regions]
    assert not strange, f"has switched on {', '.join(strange)}"

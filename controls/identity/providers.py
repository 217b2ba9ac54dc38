"""Identity providers: people come through one, and nobody else is let in by one."""

from __future__ import annotations

from fixtures.iam.identity_providers import ConsoleAccess, IdentityProvider
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_iam_federation_configured(console_access: ConsoleAccess, facts: Facts) -> None:
    """People sign in through an identity provider.

    Why: Who leaves the company loses one sign-in, and with it every account. Passwords of IAM users are forgotten, one
        account at a time.
    Fix: Let people in through Identity Center or a SAML provider, and delete the passwords of IAM users. Those for
        emergencies belong among break_glass_users in facts.yaml, an instance of Identity Center that the account does
        not see as identity_center_arn.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp
    """
    by_password = [user for user in console_access.users if not declared(facts.break_glass_users, user)]
    gaps = [f"IAM users sign in with a password of their own: {', '.join(by_password)}"] if by_password else []
    if console_access.users and facts.identity_center_arn is None and not console_access.providers:
        gaps.append("no instance of Identity Center is active in the regions asked, and no SAML provider holds")
    assert not gaps, "; ".join(gaps)


@control(severity="high")
def test_iam_identity_providers_declared(identity_provider: IdentityProvider, facts: Facts) -> None:
    """Only declared identity providers are trusted.

    Why: A provider that an intruder adds is a door past all that is asked of users. One whose metadata run out locks
        everybody out.
    Fix: Delete a provider that nobody knows of; declare the others among identity_providers in facts.yaml. Give a SAML
        provider new metadata before the old ones run out.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers.html
    """
    if identity_provider.is_of_identity_center:
        not_applicable("Identity Center made the provider, and keeps it")
    gaps = [] if declared(facts.identity_providers, identity_provider.arn) else ["was declared by nobody"]
    if identity_provider.has_expired:
        gaps.append(f"has metadata that ran out on {identity_provider.expires:%Y-%m-%d}")
    assert not gaps, " and ".join(gaps)

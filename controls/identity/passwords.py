"""Passwords: who has one, and the rules for them: long ones, of all kinds of characters, and each only once."""

from __future__ import annotations

from fixtures.iam.credentials import CredentialHolder
from fixtures.iam.password_policy import PasswordPolicy
from muster import Facts, control, counted, declared


@control(severity="medium")
def test_iam_console_users_break_glass(credential_holder: CredentialHolder, facts: Facts) -> None:
    """Only break-glass IAM users can sign in with a password.

    Why: People sign in through the identity provider, which knows when they leave; a password here outlives that.
    Fix: Delete the user's console password; declare those that are for emergencies (break_glass_users).
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-users-federation-idp
    """
    for_emergencies = declared(facts.break_glass_users, credential_holder.name)
    assert for_emergencies or not credential_holder.has_password, "can sign in by a password, and is for no emergency"


@control(severity="medium")
def test_iam_password_policy_present(password_policy: PasswordPolicy) -> None:
    """The account has its own password policy.

    Why: AWS's defaults ask for eight characters, remember no password, and are nobody's decision.
    Fix: Set a custom password policy for the account, also where nobody has a password yet.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    assert password_policy.is_set, "is left to AWS: the account has set no password policy"


@control(severity="low")
def test_iam_password_expiry(password_policy: PasswordPolicy, max_password_age_days: int = 90) -> None:
    """IAM passwords expire.

    Why: Where a password is the only factor, one that leaked opens the account until somebody changes it.
    Fix: Turn on password expiration in the account's password policy, after at most max_password_age_days.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    age = password_policy.max_age_days
    assert password_policy.expires_within(max_password_age_days), (
        f"lets passwords live {counted(age, 'day') if age else 'for ever'}; {max_password_age_days} are allowed"
    )


@control(severity="medium")
def test_iam_password_length(password_policy: PasswordPolicy, min_length: int = 14) -> None:
    """IAM passwords are long.

    Why: Each character more multiplies the work of guessing; without a policy of the account's own, AWS takes eight.
    Fix: Set a custom password policy for the account with a minimum length of at least min_length.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    assert password_policy.asks_for(min_length), f"{password_policy.shortest_password}; {min_length} are asked for"


@control(severity="medium")
def test_iam_password_reuse(password_policy: PasswordPolicy, remembered: int = 24) -> None:
    """IAM passwords are not used again.

    Why: A password that leaked years ago opens the account once more when its owner goes back to it.
    Fix: Set a custom password policy for the account that prevents the reuse of as many passwords as it can, 24.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    assert password_policy.remembers(remembered), (
        f"refuses {password_policy.remembered or 'no'} earlier passwords; {remembered} are asked for"
    )


@control(severity="medium")
def test_iam_password_complexity(
    password_policy: PasswordPolicy, required_classes: tuple[str, ...] = ("upper", "lower", "number", "symbol")
) -> None:
    """IAM passwords mix classes of characters.

    Why: Words are what guessing begins with. Without a policy of the account's own, three of four classes are enough.
    Fix: Set a custom password policy for the account that asks for upper and lower case, numbers and symbols.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    missing = password_policy.missing_classes(required_classes)
    assert not missing, f"takes passwords without characters of class {', '.join(missing)}"

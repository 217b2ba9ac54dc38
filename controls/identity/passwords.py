"""The rules for passwords: long ones, of all kinds of characters, and each only once."""

from __future__ import annotations

from fixtures.iam.password_policy import PasswordPolicy
from muster import control


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

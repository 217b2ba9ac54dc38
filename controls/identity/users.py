"""IAM users: how they sign in, and where their permissions come from."""

from fixtures.iam.credentials import ConsoleUser
from fixtures.iam.password_policy import PasswordPolicy
from fixtures.iam.users import User
from muster import control


@control(severity="medium")
def test_iam_password_length(password_policy: PasswordPolicy, min_length: int = 14) -> None:
    """IAM passwords are long.

    Why: Each character more multiplies the work of guessing; without a policy of the account's own, AWS takes eight.
    Fix: Set a custom password policy for the account with a minimum length of at least min_length.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html
    """
    assert password_policy.asks_for(min_length), f"{password_policy.shortest_password}; {min_length} are asked for"


@control(severity="high")
def test_iam_user_console_mfa(console_user: ConsoleUser) -> None:
    """Every IAM user who can sign in to the console has MFA.

    Why: Passwords are reused, guessed and phished. A second factor makes a stolen one worth little.
    Fix: Have the user register an MFA device, or delete the password of a user who does not need the console.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
    """
    assert console_user.has_mfa, "can sign in with a password alone"


@control(severity="medium")
def test_iam_user_no_direct_policies(user: User) -> None:
    """IAM users get permissions only through groups.

    Why: What is granted to a single user is forgotten when that user moves on; a group shows who may do what.
    Fix: Put the user into a group that has the permissions, then detach and delete the user's own policies.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html
    """
    assert not user.direct_policies, f"holds by itself: {', '.join(user.direct_policies)}"

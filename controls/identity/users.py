"""IAM users: how they sign in, and where their permissions come from."""

from fixtures.iam.credentials import ConsoleUser, CredentialHolder
from fixtures.iam.users import User
from fixtures.tags import is_tagged
from muster import Facts, control, counted, declared


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


@control(severity="high")
def test_iam_user_mfa(credential_holder: CredentialHolder, facts: Facts, service_tag: str = "service-account") -> None:
    """Every IAM user has MFA, unless declared a service account.

    Why: A user's keys work without MFA only as far as policies let them. Where every person has a device, policies can
        ask for it everywhere.
    Fix: Have the user register an MFA device. A user of a machine gets the tag service_tag and stands among
        service_accounts in facts.yaml; better, give the machine a role.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
    """
    tagged = is_tagged(credential_holder.tags, service_tag)
    of_machine = tagged and declared(facts.service_accounts, credential_holder.name)
    assert credential_holder.has_mfa or of_machine, "has no MFA device, and is " + (
        "tagged a service account that nobody declared" if tagged else f"not tagged {service_tag}"
    )


@control(severity="medium")
def test_iam_user_single_key(credential_holder: CredentialHolder) -> None:
    """No IAM user has two active access keys.

    Why: The second key is for the hour of a rotation. One that stays is one more to lose, and nobody knows which of
        the two is used.
    Fix: Move what uses the older key to the newer one, then deactivate the older and delete it.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    """
    active = credential_holder.active_keys
    assert len(active) <= 1, f"has active access keys: {', '.join(map(str, active))}"


@control(severity="medium")
def test_iam_user_console_unused(console_user: ConsoleUser, max_idle_days: int = 45) -> None:
    """Console passwords nobody uses are removed.

    Why: A password that its owner has forgotten is not changed when it leaks, and its use by somebody else not noticed.
    Fix: Delete the user's console password; who comes back can be given a new one.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
    """
    needed = console_user.last_needed
    assert console_user.was_needed_within(max_idle_days), (
        f"signed in last, or was given the password, on {needed:%Y-%m-%d}, more than"
        f" {counted(max_idle_days, 'day')} ago"
    )


@control(severity="medium")
def test_iam_user_initial_key_absent(console_user: ConsoleUser) -> None:
    """Console users have no access key left over from their making.

    Why: A key that was made along with the user, and that nobody asked for, lies in some download folder.
    Fix: Delete the access key. Who needs one makes it when it is needed.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_access-keys.html
    """
    unused = console_user.active_unused_keys
    assert not unused, (
        f"can sign in to the console, and has active access keys never used: {', '.join(map(str, unused))}"
    )


@control(severity="low")
def test_iam_user_in_group(user: User) -> None:
    """Every IAM user belongs to a group.

    Why: A group says what somebody is there for; a user in none has rights of its own, or is forgotten.
    Fix: Put the user into the group of those who do the same work, or delete it.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_groups.html
    """
    assert user.groups, "is in no group"


@control(severity="medium")
def test_iam_user_admin_hardware_mfa(user: User) -> None:
    """IAM users with administrator rights have hardware MFA.

    Why: A virtual device is a secret on a telephone, which can be copied; an administrator's is worth the work.
    Fix: Assign a security key or hardware token to the user, or take the rights away.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa.html
    """
    is_administrator = bool(user.broad_services(()))
    assert not is_administrator or user.has_hardware_mfa, (
        f"is an administrator, and has no MFA device of hardware; its devices: {', '.join(user.mfa_devices) or 'none'}"
    )

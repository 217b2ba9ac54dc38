"""The root user: locked away, and out of use."""

from datetime import timedelta

from fixtures.iam.root_user import RootUser
from muster import Facts, control, declared, not_applicable


@control(severity="critical")
def test_iam_root_mfa(root_user: RootUser) -> None:
    """The root user has MFA.

    Why: No policy limits the root user. With a password alone, one guessed or stolen secret is the whole account.
    Fix: Sign in as the root user and assign an MFA device to it; in a member account, delete the root credentials.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-mfa-for-root.html
    """
    protected = root_user.has_mfa or root_user.has_no_credentials
    assert protected, "has no MFA device, and is not shown to be without password, keys and certificates"


@control(severity="high")
def test_iam_root_hardware_mfa(root_user: RootUser) -> None:
    """The root user has a hardware MFA device.

    Why: A virtual device is a secret on a telephone, which can be copied, and is stolen with it.
    Fix: Assign a security key or hardware token to the root user and remove its virtual devices; in a member account,
        delete the root credentials.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/enable-hw-mfa-for-root.html
    """
    gap = root_user.hardware_mfa_gap
    assert gap is None, gap


@control(severity="critical")
def test_iam_root_no_access_keys(root_user: RootUser) -> None:
    """The root user has no access keys.

    Why: A root key works from anywhere, without MFA, and no policy in the account limits what it may do.
    Fix: Move what uses the key to a role, then sign in as the root user, deactivate the key and delete it.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user_manage_delete-key.html
    """
    assert not root_user.has_access_keys, "has an access key"


@control(severity="high")
def test_iam_root_unused(root_user: RootUser, facts: Facts, root_quiet_days: int = 30) -> None:
    """The root user has not been used recently, save where announced.

    Why: Hardly a task needs the root user. A use that nobody announced is bad habit, or somebody else.
    Fix: Find out who used it and for what. Do such work with a role; announce what only the root user can do, by its
        day in UTC, among root_uses in facts.yaml.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/root-user-best-practices.html
    """
    announced = {use.date for use in declared(facts.root_uses, root_user.account.id)}
    surprises = root_user.unannounced_uses(timedelta(days=root_quiet_days), announced)
    assert not surprises, f"used {', '.join(surprises)}, which nobody announced"


@control(severity="high")
def test_iam_root_no_signing_certificates(root_user: RootUser) -> None:
    """Neither the root user nor any IAM user has a signing certificate.

    Why: An X.509 certificate signs requests of old interfaces for years, and no rule on access keys looks at it.
    Fix: Delete the certificates: the root user's on its security credentials page, a user's with
        DeleteSigningCertificate.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html
    """
    holders = ["the root user"] * root_user.has_signing_certificates + root_user.certified_users
    assert not holders, f"has signing certificates of {', '.join(holders)}"


@control(severity="medium")
def test_iam_root_credentials_absent(root_user: RootUser) -> None:
    """Member accounts have no root credentials.

    Why: Managing root users centrally removes nothing by itself: what was there before still opens the account.
    Fix: Delete the root credentials of the member from the management account, by a privileged root session.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user-access-management.html
    """
    not_applicable(root_user.why_no_member)
    credentials = root_user.credentials
    assert not credentials, f"has {', '.join(credentials)}"

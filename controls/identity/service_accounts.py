"""IAM users that machines work as: known, without a password, and with few rights."""

from __future__ import annotations

from fixtures.iam.credentials import CredentialHolder
from fixtures.iam.users import User
from fixtures.tags import is_tagged
from muster import Facts, control, declared, not_applicable

NO_SERVICE_ACCOUNT = "the user is neither tagged nor declared a service account"


@control(severity="medium")
def test_iam_service_account_registered(
    credential_holder: CredentialHolder, facts: Facts, service_tag: str = "service-account"
) -> None:
    """Every IAM user without a person behind it is in the service account register.

    Why: A key that works without a person has nobody who notices when it leaks, and nobody who takes it away.
    Fix: Give the machine a role instead. Where it can take none, give the user the tag service_tag, and an entry among
        service_accounts in facts.yaml: who answers for it, what it is for, and until when it is to be looked at again.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#bp-workloads-use-roles
    """
    if credential_holder.has_password or not credential_holder.active_keys:
        not_applicable("the user has a password, or no access key that works")
    tagged = is_tagged(credential_holder.tags, service_tag)
    missing = [] if tagged else [f"the tag {service_tag}"]
    missing += [] if declared(facts.service_accounts, credential_holder.name) else ["an entry among service_accounts"]
    assert not missing, f"works by access keys alone, and has not {' and '.join(missing)}"


@control(severity="high")
def test_iam_service_account_no_console(
    credential_holder: CredentialHolder, facts: Facts, service_tag: str = "service-account"
) -> None:
    """Service accounts cannot sign in to the console.

    Why: No machine uses the console. The password of one is known to several people, and hides which of them came.
    Fix: Delete the user's console password; people sign in as themselves.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_admin-change-user.html
    """
    tagged = is_tagged(credential_holder.tags, service_tag)
    if not tagged and not declared(facts.service_accounts, credential_holder.name):
        not_applicable(NO_SERVICE_ACCOUNT)
    assert not credential_holder.has_password, "is a service account, and has a console password"


@control(severity="critical")
def test_iam_service_account_no_admin(
    user: User,
    facts: Facts,
    service_tag: str = "service-account",
    broad_services: tuple[str, ...] = ("iam", "organizations", "sts", "kms", "s3"),
) -> None:
    """Service accounts hold no broad rights.

    Why: The key of a machine lies in a file and works from anywhere. What it may do, whoever finds the file may do.
    Fix: Grant the actions that the machine calls, on the resources that it uses, or cut its rights by a permissions
        boundary.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/best-practices.html#grant-least-privilege
    """
    tagged = is_tagged(user.tags, service_tag)
    if not tagged and not declared(facts.service_accounts, user.name):
        not_applicable(NO_SERVICE_ACCOUNT)
    broad = user.broad_services(broad_services)
    assert not broad, f"may do everything in {', '.join('every service' if each == '*' else each for each in broad)}"


@control(severity="medium")
def test_iam_service_account_boundary(user: User, facts: Facts, service_tag: str = "service-account") -> None:
    """Service accounts carry a permissions boundary.

    Why: A policy more, given in a hurry, stays for years; a boundary says what the machine will never be able to do.
    Fix: Set a permissions boundary on the user that allows what the machine is there for.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
    """
    if not is_tagged(user.tags, service_tag) and not declared(facts.service_accounts, user.name):
        not_applicable(NO_SERVICE_ACCOUNT)
    assert user.boundary_arn is not None, "is a service account, and has no permissions boundary"
    assert not user.boundary_bounds_nothing, f"has {user.boundary_arn} for a boundary, which allows everything"


@control(severity="medium")
def test_iam_service_account_network_bound(user: User, facts: Facts, service_tag: str = "service-account") -> None:
    """Service account credentials work only from known networks.

    Why: The key of a machine lies in a file. Bound to the machine's network, it is worth nothing to whoever copies it.
    Fix: Deny the user every action from elsewhere than the network_perimeter of facts.yaml, by aws:SourceIp,
        aws:SourceVpc or aws:SourceVpce.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html
    """
    if not is_tagged(user.tags, service_tag) and not declared(facts.service_accounts, user.name):
        not_applicable(NO_SERVICE_ACCOUNT)
    assert user.is_denied_elsewhere(lambda network: bool(declared(facts.network_perimeter, network))), (
        "is a service account, and no policy denies it everything from networks that are not ours"
    )

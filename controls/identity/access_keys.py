"""IAM access keys: a key does not outlive its use."""

from fixtures.iam.credentials import AccessKey
from fixtures.iam.service_keys import ServiceKey
from muster import control, counted, not_applicable


@control(severity="medium")
def test_iam_user_key_age(access_key: AccessKey, max_key_age_days: int = 90) -> None:
    """Access keys are rotated.

    Why: A leaked key leaves no trace until it is used. Rotation bounds how long it works.
    Fix: Create a second key, move the workload to it, then deactivate the first and delete it; better, use a role.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id-credentials-access-keys-update.html
    """
    if not access_key.is_active:
        not_applicable("the key is inactive")
    young = access_key.is_younger_than(max_key_age_days)
    assert young, (
        f"was last rotated on {access_key.last_rotated:%Y-%m-%d}, more than {counted(max_key_age_days, 'day')} ago"
    )


@control(severity="medium")
def test_iam_user_key_unused(access_key: AccessKey, max_idle_days: int = 45) -> None:
    """Access keys nobody uses are removed.

    Why: Nobody misses a forgotten key, so nobody notices when somebody else uses it.
    Fix: Deactivate the key, wait for complaints, then delete it.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_finding-unused.html
    """
    if not access_key.is_active:
        not_applicable("the key is inactive")
    needed = access_key.was_needed_within(max_idle_days)
    assert needed, (
        f"was last used or made on {access_key.last_needed:%Y-%m-%d}, more than {counted(max_idle_days, 'day')} ago"
    )


@control(severity="high")
def test_iam_service_api_keys_bounded(
    service_key: ServiceKey,
    exempt_services: tuple[str, ...] = ("codecommit.amazonaws.com", "cassandra.amazonaws.com"),
    max_key_age_days: int = 90,
) -> None:
    """Long-term API keys of a service are absent, or expire.

    Why: Such a key is used as it is, without a signature or MFA; one without an end works for whoever finds it.
        CodeCommit and Keyspaces (cassandra) take a name and a password instead, which cannot expire.
    Fix: Delete the key and use short-term keys or a role; if it has to be, make one that expires.
    See: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys.html
    """
    if service_key.of_service in exempt_services:
        not_applicable(f"it is for {service_key.of_service}, which is not asked about")
    if service_key.status != "Active":
        not_applicable(f"the key is {service_key.status.lower()}")
    bounded = service_key.expires is not None and service_key.is_younger_than(max_key_age_days)
    assert bounded, f"is of {service_key.created:%Y-%m-%d} and " + (
        "never expires" if service_key.expires is None else f"older than {counted(max_key_age_days, 'day')}"
    )

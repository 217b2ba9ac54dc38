"""Trails: every API call is recorded, and the record can be trusted."""

from __future__ import annotations

from fixtures.cloudtrail import Trail, owner_elsewhere
from fixtures.key_owners import key_owner
from muster import Facts, control, declared, judged_in, not_applicable


@control(severity="critical")
def test_cloudtrail_multi_region(trails: list[Trail], max_silent_days: int = 7) -> None:
    """A multi-region trail is recording.

    Why: Without a record of API calls nobody can say who did what; intruders like the regions that nobody watches.
    Fix: Create a trail for all regions with read and write management events, start its logging, and see that its log
        files arrive in the bucket.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/receive-cloudtrail-log-files-from-multiple-regions.html
    """
    flaws = {trail.name: trail.flaw(max_silent_days) for trail in trails}
    assert None in flaws.values(), "has no trail that is the record of everything: " + (
        "; ".join(f"{name} {flaw}" for name, flaw in flaws.items()) or "there is none"
    )


@control(severity="medium")
def test_cloudtrail_log_validation(trail: Trail) -> None:
    """Trail logs can be proven untouched.

    Why: Signed digests show whether a log file was changed or deleted after it was delivered.
    Fix: Turn on log file validation in the settings of the trail.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-log-file-validation-intro.html
    """
    assert trail.validates_log_files, "delivers its log files without digests to check them by"


@control(severity="medium")
def test_cloudtrail_kms(trail: Trail, facts: Facts) -> None:
    """Trail logs are encrypted with a key of our own.

    Why: With a KMS key, access to the bucket alone is not enough to read the logs, and each use of the key is recorded.
    Fix: Set a KMS key on the trail whose key policy lets CloudTrail encrypt.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
    """
    assert trail.kms_key, "has no KMS key"
    owner = key_owner(trail, trail.kms_key, facts.accounts, facts.audit_account_id)
    assert owner.is_ours or declared(facts.trusted_accounts, owner.id), f"has {owner}"


@control(severity="high")
def test_cloudtrail_management_events(trails: list[Trail]) -> None:
    """All management events are recorded.

    Why: A trail that leaves out reading calls, or a busy service, does not show how somebody looked around first.
    Fix: Let a trail for all regions record management events, reading and writing, with no source excluded.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-management-events-with-cloudtrail.html
    """
    if owner := owner_elsewhere(trails):
        judged_in(owner, f"the trail that records this account belongs to account {owner}")
    assert any(trail.records_every_management_event for trail in trails if trail.is_ours), (
        "has no multi-region trail that is switched on and records all management events; "
        f"its trails: {', '.join(trail.name for trail in trails) or 'none'}"
    )


@control(severity="high")
def test_cloudtrail_delivering(trail: Trail, max_silence_hours: int = 24) -> None:
    """Trails are delivering their logs.

    Why: A trail that is on and cannot write keeps nothing, and nobody notices until the log is needed.
    Fix: Let the policies of the bucket and of the key let CloudTrail write, and watch LatestDeliveryError.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/create-s3-bucket-policy-for-cloudtrail.html
    """
    if not trail.status.is_logging:
        not_applicable("the trail is switched off")
    silence = trail.silence(max_silence_hours)
    assert silence is None, silence


@control(severity="medium")
def test_cloudtrail_log_group(trail: Trail, max_silence_hours: int = 24) -> None:
    """Trails feed CloudWatch Logs.

    Why: Alarms and searches need the events within minutes; files in a bucket are read after the fact.
    Fix: Give the trail a log group and a role that may write there.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/send-cloudtrail-events-to-cloudwatch-logs.html
    """
    if not trail.is_ours:
        judged_in(trail.owner_id, f"the trail belongs to account {trail.owner_id}")
    if not trail.status.is_logging:
        not_applicable("the trail is switched off")
    silence = trail.logs_silence(max_silence_hours)
    assert silence is None, silence


@control(severity="medium")
def test_cloudtrail_organization_trail(trails: list[Trail]) -> None:
    """An organization trail covers the account.

    Why: An account's own trail is its administrators' to change; the organization's is in every account, also in the
        next one, and no member can stop it.
    Fix: Make a multi-region trail for the organization in the management account, or in a delegated administrator.
    See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/creating-trail-organization.html
    """
    assert any(trail.records_the_organization for trail in trails), (
        "has no trail of the organization that records management events in every region, and delivers; "
        f"its trails: {', '.join(trail.name for trail in trails) or 'none'}"
    )

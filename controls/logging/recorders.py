"""AWS Config: what is configured how, and since when, is on record."""

from __future__ import annotations

from fixtures.audit_buckets import gap
from fixtures.config import ConfigRecording
from fixtures.config_rules import ConfigRules
from fixtures.s3 import Bucket
from muster import Facts, control, not_applicable

# Global types are recorded in one region; elsewhere AWS proposes to leave them out. The second control asks for it.
GLOBAL_TYPES = ("AWS::IAM::User", "AWS::IAM::Group", "AWS::IAM::Role", "AWS::IAM::Policy")


@control(severity="high")
def test_config_recorder_on(config_recording: ConfigRecording, may_leave_out: tuple[str, ...] = GLOBAL_TYPES) -> None:
    """AWS Config records in every region.

    Why: Without a history of settings nobody can tell when a resource became unsafe, or what it was like before.
    Fix: Set up AWS Config in the region with a recorder of all types of resources and a delivery channel, and start the
        recorder.
    See: https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
    """
    flaws = config_recording.flaws(may_leave_out)
    assert None in flaws, f"has no recorder of everything at work: {'; '.join(filter(None, flaws)) or 'there is none'}"


@control(severity="medium")
def test_config_records_everything(
    config_recordings: list[ConfigRecording], allowed_exclusions: tuple[str, ...] = ()
) -> None:
    """AWS Config records every resource type.

    Why: What is not recorded has no history, and rules of Config on it are never evaluated.
    Fix: Let the recorder of each region record all resource types, and that of one region IAM's as well.
    See: https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
    """
    may_leave_out = (*GLOBAL_TYPES, *allowed_exclusions)
    flaws = {each.region: flaw for each in config_recordings if (flaw := each.leaves_out(may_leave_out))}
    if not any(each.records_iam(GLOBAL_TYPES) for each in config_recordings):
        flaws["every region"] = "no recorder at work records IAM, in a region where AWS Config can"
    assert not flaws, "has no record of everything: " + "; ".join(f"{place}: {flaw}" for place, flaw in flaws.items())


@control(severity="high")
def test_config_bucket_in_audit_account(config_recording: ConfigRecording, buckets: list[Bucket], facts: Facts) -> None:
    """AWS Config history lands in the audit account.

    Why: Whoever takes over the account that is recorded can then not delete what it looked like before.
    Fix: Let the delivery channel deliver to a bucket of the audit account, and declare that bucket (audit_buckets).
    See: https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-policy.html
    """
    not_applicable(None if config_recording.buckets else "nothing is delivered")
    is_audit_account = config_recording.account.id == facts.audit_account_id
    flaws = [
        gap(name, buckets, facts.audit_buckets, is_audit_account=is_audit_account) for name in config_recording.buckets
    ]
    assert not any(flaws), "; ".join(filter(None, flaws))


@control(severity="medium")
def test_config_rules_defined(
    config_rules_of_regions: list[ConfigRules],
    facts: Facts,
    required_managed_rules: tuple[str, ...] = (
        *("CLOUD_TRAIL_ENABLED", "S3_BUCKET_LEVEL_PUBLIC_ACCESS_PROHIBITED"),
        *("INCOMING_SSH_DISABLED", "ENCRYPTED_VOLUMES"),
    ),
    required_global_rules: tuple[str, ...] = ("ROOT_ACCOUNT_MFA_ENABLED", "IAM_PASSWORD_POLICY"),
    required_custom_rules: tuple[str, ...] = (),
) -> None:
    """The agreed AWS Config rules are active.

    Why: A rule of Config tells of a mistake within minutes of the change; a nightly audit tells of it the next morning.
    Fix: Add the rules in every approved region, best by a conformance pack of the organization.
    See: https://docs.aws.amazon.com/config/latest/developerguide/managed-rules-by-aws-config.html
    """
    approved = [each for each in config_rules_of_regions if each.region in facts.approved_regions]
    regions = approved if facts.approved_regions else config_rules_of_regions
    assert regions, f"is asked in none of the approved regions {', '.join(facts.approved_regions)}"
    lacks = {each.region: each.missing(required_managed_rules, required_custom_rules) for each in regions}
    lacks["every region"] = [
        rule for rule in required_global_rules if all(each.missing((rule,)) for each in config_rules_of_regions)
    ]
    missing = [f"{', '.join(rules)} in {region}" for region, rules in lacks.items() if rules]
    assert not missing, f"lacks rules: {'; '.join(missing)}"

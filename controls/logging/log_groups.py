"""Log groups: logs are there when they are asked for."""

from __future__ import annotations

from fixtures.key_owners import key_owner
from fixtures.logs import LogGroup, LogPolicies
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_log_group_retention(log_group: LogGroup, retention_days: int = 365) -> None:
    """Log groups keep logs long enough.

    Why: Intrusions are often found months later; what was deleted by then cannot be looked into.
    Fix: Raise the retention of the log group, or let its events never expire.
    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/Working-with-log-groups-and-streams.html
    """
    if log_group.only_passes_on:
        not_applicable("the log group passes events on and keeps none itself")
    end = log_group.early_end(retention_days)
    assert end is None, f"keeps events for {end} only"


@control(severity="low")
def test_log_group_kms(log_group: LogGroup, facts: Facts) -> None:
    """Log groups are encrypted with our key.

    Why: With a key of our own, rights on the logs alone are not enough to read them, and each use of it is recorded.
    Fix: Associate a KMS key with the log group; what was written before stays as it is.
    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
    """
    not_applicable("keeps nothing, and only passes events on" if log_group.only_passes_on else None)
    assert log_group.kms_key, "is encrypted with no key of ours"
    owner = key_owner(log_group, log_group.kms_key, facts.accounts, facts.audit_account_id)
    assert owner.is_ours or declared(facts.trusted_accounts, owner.id), f"has {owner}"


@control(severity="high")
def test_log_policy_not_public(log_policies: LogPolicies, facts: Facts) -> None:
    """No outsider can read or write our log groups.

    Why: Who can write to our logs can hide among noise what they do, or say what never was.
    Fix: Name our accounts in the policy, or bind a service to ours by aws:SourceAccount or aws:SourceArn. A third party
        belongs among trusted_accounts in facts.yaml, by its account id.
    See: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/iam-access-control-overview-cwl.html
    """
    open_ = log_policies.open_statements
    assert not open_, f"lets anyone at its log groups: {', '.join(open_)}"
    outsiders = log_policies.outsiders(facts.accounts, facts.organization_id)
    strangers = [each for each in outsiders if not declared(facts.trusted_accounts, each)]
    assert not strangers, f"lets {', '.join(strangers)} at its log groups, which nobody declared"

"""What synthetic runs are about: fourteen nouns, four settings each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Topic:
    """One made-up control: what it asks of which noun, and what a failure of it reads like."""

    id: str
    domain: str
    service: str
    noun: str
    lists: str
    reads: str
    title: str
    why: str
    fix: str
    fails: str
    parameters: Mapping[str, Any]


# noun: domain, service, the call that lists it, the call that reads one
_NOUNS = {
    "bucket": ("storage", "s3", "list_buckets", "get_bucket_encryption"),
    "user": ("identity", "iam", "list_users", "list_mfa_devices"),
    "trail": ("logging", "cloudtrail", "describe_trails", "get_trail_status"),
    "db": ("database", "rds", "describe_db_instances", "describe_db_parameters"),
    "security-group": ("network", "ec2", "describe_security_groups", "describe_security_group_rules"),
    "key": ("encryption", "kms", "list_keys", "get_key_rotation_status"),
    "function": ("compute", "lambda", "list_functions", "get_function_url_config"),
    "topic": ("messaging", "sns", "list_topics", "get_topic_attributes"),
    "webacl": ("edge", "wafv2", "list_web_acls", "get_logging_configuration"),
    "vault": ("resilience", "backup", "list_backup_vaults", "get_backup_vault_notifications"),
    "project": ("delivery", "codebuild", "list_projects", "batch_get_projects"),
    "alarm": ("monitoring", "cloudwatch", "describe_alarms", "describe_alarm_history"),
    "detector": ("detection", "guardduty", "list_detectors", "get_detector"),
    "policy": ("organization", "organizations", "list_policies", "describe_policy"),
}

# setting: what is wished for, why, how it fails, the thresholds
_SETTINGS: dict[str, tuple[str, str, str, dict[str, Any]]] = {
    "encrypted": ("are encrypted", "A copied disk can be read by whoever holds it.", "is not encrypted", {}),
    "logged": ("are logged", "What leaves no trace cannot be looked into.", "writes no log", {}),
    "tagged": ("name an owner", "Nobody repairs what belongs to nobody.", "has no tag owner", {"tags": ["owner"]}),
    "reviewed": (
        "were reviewed of late",
        "Rights that nobody looks at only ever grow.",
        "was reviewed 211 days ago\nassert 211 <= 90",
        {"max_age_days": 90},
    ),
}


def _plural(noun: str) -> str:
    return noun[:-1] + "ies" if noun.endswith("y") and noun != "key" else noun + "s"


TOPICS = tuple(
    Topic(
        id=f"{service}-{noun}-{setting}",
        domain=domain,
        service=service,
        noun=noun,
        lists=lists,
        reads=reads,
        title=f"{_plural(noun).replace('-', ' ').capitalize()} {wish}",
        why=why,
        fix=f"Change the {noun.replace('-', ' ')} in the console or the template that made it, and run this again.",
        fails=fails,
        parameters=parameters,
    )
    for setting, (wish, why, fails, parameters) in _SETTINGS.items()
    for noun, (domain, service, lists, reads) in _NOUNS.items()
)
"""Fifty-six of them, spread over all domains even when only the first few are taken."""

"""What is backed up: everything that cannot be made again."""

from __future__ import annotations

from fixtures.backup_coverage import BackupCandidate
from fixtures.tags import carries
from muster import control, not_applicable


@control(severity="medium")
def test_backup_plan_covers(
    backup_candidate: BackupCandidate,
    resource_types: tuple[str, ...] = ("RDS", "Aurora", "DynamoDB", "EBS", "EFS", "FSx"),
    grace_days: int = 2,
    max_point_age_days: int = 2,
    exempt_tag: str = "environment=development",
) -> None:
    """Databases, tables, volumes and file systems are in a backup plan.

    Why: What was made after the plans were written is in none of them, and that shows on the day it is needed.
    Fix: Let a plan's selection cover it, by a tag say, and see why its jobs fail where one does already.
    See: https://docs.aws.amazon.com/aws-backup/latest/devguide/assigning-resources.html
    """
    not_applicable(backup_candidate.why_not_judged(resource_types, grace_days))
    if carries(backup_candidate.tags, exempt_tag):
        not_applicable(f"it is tagged {exempt_tag}")
    last = backup_candidate.last_backup
    assert backup_candidate.is_backed_up_within(max_point_age_days), (
        f"was last backed up by AWS Backup on {last:%Y-%m-%d %H:%M}" if last else "was never backed up by AWS Backup"
    )

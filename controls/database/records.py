"""Records of databases: who signed in and what was asked is kept where the database cannot delete it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fixtures.rds_access import DatabaseServer
from muster import control, not_applicable

REQUIRED_LOGS: Mapping[str, Sequence[str]] = {
    "postgres": ("postgresql",),
    "mysql": ("error", "audit"),
    "mariadb": ("error", "audit"),
    "aurora-mysql": ("audit",),
    "aurora-postgresql": ("postgresql",),
    "docdb": ("audit",),
    "neptune": ("audit",),
    "sqlserver": ("error",),
    "oracle": ("audit", "alert"),
}


@control(severity="medium")
def test_rds_logs_exported(
    database_server: DatabaseServer, required_logs: Mapping[str, Sequence[str]] = REQUIRED_LOGS
) -> None:
    """Databases export their logs.

    Why: A log on the database's own disk is gone after days, or as soon as whoever broke in deletes it.
    Fix: Export the logs that required_logs names for the engine to CloudWatch Logs; audit logs need an option or a
        parameter group that turns them on as well.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html
    """
    missing = database_server.logs_not_exported(required_logs)
    if missing is None:
        not_applicable(f"no log is required of {database_server.engine}")
    assert not missing, (
        f"exports {', '.join(database_server.exported_logs) or 'no log'} and not {', '.join(missing or ())}"
    )

"""What changed from one fleet to the next, row by row: told in the run folder of each account, and of all together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from muster.errors import UsageError
from muster.evidence.fleet_record import FleetRecord
from muster.evidence.manifest import sha256_of
from muster.evidence.run_folder import RunFolder
from muster.fleet.since import Since, SinceRun
from muster.verdict import UNREADABLE
from reports.drift.baseline import verified
from reports.drift.changes import CHANGES, row_key
from reports.drift.compare import Changed, Drift, compare
from reports.drift.stored import drift_in, write_drift
from reports.run import ReportedRun

NEW_TO_THE_FLEET = ("the account is new to the fleet",)


def compare_account(folder: Path, since: SinceRun) -> None:
    """Write `drift.json` into the run folder of an account that is not sealed yet, and let its run pass if it may.

    Raises `UsageError` where the earlier run folder is not what its fleet says.
    """
    current = ReportedRun.load(folder)
    drift = _drift(current, since) if since.fleet is not None else None
    record = {**current.record, "fail_on": since.fail_on, "since": drift.since if drift is not None else None}
    if drift is not None:
        write_drift(current.folder, drift)
        is_old = record["exit_code"] == 1 and not drift.is_new and not record["problems"]
        record["exit_code"] = 0 if since.fail_on == "new" and is_old else record["exit_code"]
    current.folder.write_run(record)


def write_fleet_drift(folder: Path, since: Since) -> None:
    """Write `drift.json` of a fleet: what changed in any account. What stayed as it was, its account alone tells."""
    if since.name is None or since.started is None:
        return
    now = FleetRecord.read(folder)
    drifts = [drift for drift in _of_accounts(folder, now) if drift is not None]
    changes = [each for drift in drifts for each in drift.changes if not each.change.startswith("still")]
    told = Drift(
        since=since.name,
        since_started=since.started,
        run=now.fleet,
        mocked=now.mocked,
        changes=tuple(sorted(changes, key=lambda each: (CHANGES.index(each.change), *each.key))),
        incomparable={name: why for drift in drifts for name, why in drift.incomparable.items()},
        not_asked=sum(drift.not_asked for drift in drifts),
        not_asked_before=sum(drift.not_asked_before for drift in drifts),
        unexplained=sum(drift.unexplained for drift in drifts),
        since_signed_by=since.signed_by,
    )
    write_drift(RunFolder(folder), told)


def _of_accounts(folder: Path, fleet: FleetRecord) -> Iterator[Drift | None]:
    for name, account in fleet.accounts.items():
        if account.run is not None:
            yield drift_in(folder / account.folder(name), account.run)


def _drift(current: ReportedRun, since: SinceRun) -> Drift:
    if since.folder is None:
        return _all_new(current, since)
    baseline = verified(since.folder, f"--since={since.folder}")
    if sha256_of(since.folder / "manifest.json") != since.manifest_sha256:
        raise UsageError(f"--since={since.folder}: it is not the run folder that its fleet names; name another fleet")
    return replace(compare(baseline.run, current), since_signed_by=baseline.signed_by)


def _all_new(current: ReportedRun, since: SinceRun) -> Drift:
    """An account that was not there before: whatever fails in it is new."""
    changes = [
        Changed(
            *row_key(row),
            change="new failure" if row.status == "fail" else "newly unreadable",
            was=None,
            now=row.status,
            reason=row.reason,
            why=NEW_TO_THE_FLEET,
            name=row.name,
        )
        for row in current.rows()
        if row.status == "fail" or row.status in UNREADABLE
    ]
    return Drift(
        since=str(since.fleet),
        since_started=str(since.started),
        run=current.name,
        mocked=current.is_mocked,
        changes=tuple(changes),
        incomparable={},
        not_asked=0,
        not_asked_before=0,
        unexplained=0,
    )

"""A small run of a made-up account, recorded as any run is, without a network: three file systems, one waiver."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from muster.estate.declarations import Facts, Waiver
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import Signer
from muster.reading.access import Access, the_estate
from muster.reading.reads import Answer
from muster.run.options import Options
from muster.run.plan import Plan
from muster.run.planning import Planner
from muster.run.run import Run
from muster.suites import Suites
from reports.run import ReportedRun as FinishedRun
from reports.session.plugin import make
from tests.conftest import CONTROLS, ROOT
from tests.engine.lamps import FakeTransport
from tests.integrity.sealed import seal

STARTED = datetime(2026, 11, 20, 22, tzinfo=UTC)
NAME = "20261120T220000Z-controls-prod"
CONTROL, ATTESTED = "efs-encrypted", "attest-security-policy"
ARN = "arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/"
EXPECTED = {"fs-good": "pass", "fs-bad": "fail", "fs-old": "waived"}
Record = dict[str, Any]

WAIVER = Waiver(
    id="W-1",
    control=CONTROL,
    account="prod",
    resource=f"{ARN}fs-old",
    reason="It is empty and goes away with the old data centre",
    owner="storage-team",
    approver="security-lead",
    ticket="SEC-1",
    expires=date(2027, 6, 30),
)


def make_recorded(parent: Path, signer: Signer | None = None) -> Path:
    """Record the run in a folder under `parent`, and seal it."""
    run = judged(parent)
    run.conclude(0)
    return seal(run.folder.path, signer)


def judged(parent: Path) -> Run:
    """The run when all is judged, and nothing is concluded yet."""
    plan = Plan(
        run=NAME,
        folder=parent / NAME,
        started=STARTED,
        as_of=STARTED,
        profiles=(),
        accounts=(Access("prod", "aws", "111122223333", ("eu-west-1",)), the_estate()),
        controls={CONTROL: {}, ATTESTED: {"max_age_days": 365}},
        facts=Facts(),
        waivers=(WAIVER,),
        attestations=(),
        redaction_key="00" * 32,
    )
    run = Run(plan, lent={"prod": lambda _access, _counts: FakeTransport(ANSWERS)})
    run.begin(CONTROLS, options(parent), ["pytest"], {})
    run.enter()
    run.judge(CONTROLS[CONTROL], "prod")
    run.judge(CONTROLS[ATTESTED], "estate")
    return run


def judge_again(folder: Path, reports: Path) -> Path:
    """What `--replay` does, in one process; gives the new folder. Raises `UsageError` where it is refused."""
    planner = planner_of(folder, reports)
    run = Run(planner.plan())
    run.begin(CONTROLS, options(reports, folder), ["pytest"], planner.frameworks)
    run.enter()
    for control, account in sorted(planner.asked):
        run.judge(CONTROLS[control], account)
    run.conclude(0)
    make(FinishedRun.load(run.folder.path), ["html"], None)
    run.seal(None, reports / "latest")
    return run.folder.path


def planner_of(folder: Path, reports: Path, public_key: Path | None = None) -> Planner:
    """The planner of a replay."""
    return Planner(options(reports, folder, public_key), CONTROLS)


def options(reports: Path, replay: Path | None = None, public_key: Path | None = None) -> Options:
    """Nothing but where run folders are, and which is judged again."""
    return Options((), (), (), None, ROOT / "estate", reports, replay, ROOT, Suites(ROOT), public_key)


def file_system(name: str, *, encrypted: bool) -> dict[str, Any]:
    return {"FileSystemArn": f"{ARN}{name}", "FileSystemId": name, "Encrypted": encrypted, "Tags": [], "Name": name}


ANSWERS = {
    "sts:get_caller_identity": Answer(
        {"Account": "111122223333", "Arn": "arn:aws:sts::111122223333:assumed-role/MusterAudit/muster"}
    ),
    "efs:describe_file_systems": Answer(
        {
            "FileSystems": [
                file_system("fs-good", encrypted=True),
                file_system("fs-bad", encrypted=False),
                file_system("fs-old", encrypted=False),
            ]
        }
    ),
}


def statuses(folder: Path) -> dict[str, str]:
    """The status of each file system."""
    rows = RunFolder(folder).rows()
    return {row.resource.rpartition("/")[2]: row.status for row in rows if row.control == CONTROL}


def edit_run(folder: Path, edit: Callable[[Record], object]) -> None:
    """Edit `run.json`; nothing is sealed again."""
    record = RunFolder(folder).read_run()
    edit(record)
    (folder / "run.json").write_text(json.dumps(record))

"""The plan of a fleet as a file, for whoever judges its accounts without Dask: a container an account, say.

It holds the key of the redaction and external ids. It is no evidence: nobody but its user may read it, and it is gone
when the fleet is concluded.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from muster.errors import UsageError
from muster.evidence.signing import Signer
from muster.fleet.fleet import Fleet
from muster.fleet.judging import controls_of
from muster.run.options import Options
from muster.run.plan import Plan
from muster.suites import Suites, shipped_suite

SUFFIX = ".plan.json"


def plan_file_of(folder: Path) -> Path:
    """Where the plan of a fleet stands: beside its folder."""
    return folder.with_name(f"{folder.name}{SUFFIX}")


def write_plan_file(fleet: Fleet) -> Path:
    """Write the plan of a fleet that was begun. Raises OSError where it cannot be written, or one is there."""
    path = plan_file_of(fleet.folder.path)
    data = {
        "plan": fleet.raw.to_json(),
        "units": dict(fleet.units),
        "arguments": list(fleet.arguments),
        "frameworks": dict(fleet.frameworks),
        "own": str(fleet.options.suites.own) if fleet.options.suites.own else None,
        "estate": str(fleet.options.estate),
        "reports": str(fleet.options.reports),
        "root": str(fleet.options.root),
    }
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        json.dump(data, handle)
    return path


def read_plan_file(folder: Path, signer: Signer | None = None) -> Fleet:
    """The fleet in a folder, by the plan beside it. Raises `UsageError` where there is none."""
    path = plan_file_of(folder.resolve())
    try:
        data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        plan = Plan.from_json(data["plan"])
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}: no fleet was begun there, or it is concluded") from error
    except (ValueError, LookupError, TypeError) as error:
        raise UsageError(f"{path}: it is no plan of a fleet: begin a new one") from error
    own = Path(data["own"]) if data["own"] else None
    options = Options(
        profiles=plan.profiles,
        accounts=(),
        controls=(),
        severity=None,
        estate=Path(data["estate"]),
        reports=Path(data["reports"]),
        replay=None,
        root=Path(data["root"]),
        suites=Suites(shipped_suite(), own),
    )
    return Fleet(
        plan, controls_of(own), options, data["arguments"], data["frameworks"], signer=signer, units=data["units"]
    )

"""Audits of empty accounts as a user runs them: a pytest process over an estate that is made for it."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from subprocess import STDOUT, Popen

from benchmarks.figures import BenchmarkFailed, megabytes
from benchmarks.places import new_place
from benchmarks.population import ROOT
from muster.evidence.run_folder import RunFolder
from muster.judging.catalogue import import_controls
from muster.suites import Suites

AUDITED = (0, 1)


@dataclass(frozen=True)
class Audited:
    """What an audit took (seconds, megabytes at the peak, calls), when it began (epoch), and its last line."""

    wall: float
    cpu: float
    memory: float
    calls: int
    begun: float
    last_line: str


def aws_controls() -> list[str]:
    """The ids of all controls of AWS accounts."""
    return [name for name, control in import_controls(Suites.at(ROOT)).items() if control.kind == "aws"]


def first_controls() -> list[str]:
    """The AWS controls of the first catalogue, which tell the engine from the growth of the catalogue."""
    return (ROOT / "benchmarks" / "first_catalogue.txt").read_text(encoding="utf-8").split()


def audit(
    url: str,
    regions: Sequence[str],
    accounts: int = 1,
    root: Path = ROOT,
    options: Sequence[str] = (),
    controls: Sequence[str] | None = None,
) -> Audited:
    """Judge so many accounts in these regions at an endpoint, by every AWS control unless some are named.

    Raises `BenchmarkFailed`.
    """
    folder = new_place()
    (folder / "estate").mkdir()
    entries = {f"account-{number:03}": _entry(111100000000 + number, url, regions) for number in range(accounts)}
    (folder / "estate" / "accounts.yaml").write_text(json.dumps({"accounts": entries}))
    where = (f"--estate={folder / 'estate'}", f"--reports={folder / 'runs'}", "--account=all")
    selected = () if options else (f"--control={','.join(aws_controls() if controls is None else controls)}",)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:hypothesispytest",
        *where,
        *selected,
        *options,
    ]
    environment = {**os.environ, **dict.fromkeys(("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"), "benchmark")}
    begun = time.time()
    with (folder / "output").open("w") as output:
        process = Popen(command, cwd=root, env=environment, stdout=output, stderr=STDOUT)
        _, status, used = os.wait4(process.pid, 0)
    wall = time.time() - begun
    said = (folder / "output").read_text(encoding="utf-8")
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in AUDITED:
        raise BenchmarkFailed(said[-2_000:])
    cpu = used.ru_utime + used.ru_stime
    return Audited(wall, cpu, megabytes(used.ru_maxrss), _calls(folder / "runs"), begun, _last(said))


def _entry(account_id: int, url: str, regions: Sequence[str]) -> dict[str, object]:
    role = f"arn:aws:iam::{account_id}:role/audit"
    return {"id": str(account_id), "role_arn": role, "endpoint_url": url, "regions": list(regions)}


def _calls(runs: Path) -> int:
    """The calls of the only run, 0 if it only collected. Raises `BenchmarkFailed` for errors among its rows."""
    found = [RunFolder(path.parent).read_run() for path in runs.glob("2*/run.json")]
    if not found:
        return 0
    (record,) = found
    if record["counts"]["error"] or record["counts"]["not_run"]:
        raise BenchmarkFailed(f"the audit has errors: {record['counts']}")
    return sum(kinds["calls"] for kinds in record["calls"].values())


def _last(said: str) -> str:
    return next((line for line in reversed(said.splitlines()) if line.strip()), "")

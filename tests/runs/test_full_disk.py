"""A full disk: the run ends with a line that says so, and what it leaves does not pass for a whole run."""

from __future__ import annotations

import json
import resource
import subprocess

import pytest

from muster.evidence.verify import verify
from tests.runs.audits import Audits
from tests.runs.test_endings import FEW_CALLS, start, wait_for_rows

KIB = 1024


def limited(audits: Audits, size: int, *arguments: str) -> subprocess.CompletedProcess[str]:
    """An audit whose files cannot grow beyond a size in bytes: to who writes, the disk is full."""
    return subprocess.run(
        audits.command("--account=demo", *arguments),
        cwd=audits.project,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size)),
    )


def said(output: str) -> list[str]:
    return [line for line in output.splitlines() if "cannot be written" in line]


@pytest.mark.parametrize("workers", [[], ["-n", "2"]], ids=["one process", "two workers"])
def test_a_run_that_cannot_even_begin_leaves_no_folder(audits: Audits, workers: list[str]) -> None:
    done = limited(audits, 4 * KIB, "--control=iam-root-mfa", *workers)

    assert done.returncode == 4, done.stdout
    assert said(done.stdout + done.stderr)
    assert "Traceback" not in done.stdout + done.stderr
    assert list(audits.reports.glob("2*")) == []


def test_a_run_whose_reports_cannot_be_written_says_so(audits: Audits) -> None:
    done = limited(audits, 60 * KIB, "--control=iam-root-mfa")  # fewer than the page has

    assert done.returncode == 4, done.stdout
    assert len(said(done.stdout + done.stderr)) == 1
    assert "Traceback" not in done.stdout + done.stderr
    (folder,) = audits.reports.glob("2*")
    assert not (folder / "manifest.json").exists()


def test_a_disk_that_fills_up_ends_the_run(audits: Audits) -> None:
    process = start(audits, FEW_CALLS, "--account=demo", slow=True)
    wait_for_rows(audits.reports)
    (folder,) = audits.reports.glob("2*")
    size = (folder / "verdicts.jsonl").stat().st_size
    resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, size))
    output, _ = process.communicate(timeout=110)

    assert process.returncode == 4, output
    assert said(output)
    assert "Traceback" not in output
    assert json.loads((folder / "run.json").read_text())["ended"] is None
    assert {"unfinished", "lost"} <= {defect.kind for defect in verify(folder).defects}

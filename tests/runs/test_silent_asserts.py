"""Asserts that do nothing let every control pass: such a run is refused, however Python was told to leave them out."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import ROOT
from tests.runs.audits import Audits

ONE = ("--control=iam-root-mfa", "--account=demo")
JUDGE = "import boto3, muster; muster.judge(boto3.Session('a', 'b'), ['iam-root-mfa'], ['eu-west-1'])"


@pytest.mark.parametrize(
    ("arguments", "optimize", "where"),
    [
        pytest.param(["--assert=plain"], "1", "controls/", id="plain asserts"),
        pytest.param(["--assert=plain", "-n", "2"], "2", "controls/", id="workers"),
        pytest.param([], "1", "fixtures/", id="asserts that pytest writes anew in controls, and not in nouns"),
    ],
)
def test_an_audit_without_asserts_is_refused(audits: Audits, arguments: list[str], optimize: str, where: str) -> None:
    outcome = audits(*ONE, *arguments, environment={"PYTHONOPTIMIZE": optimize})

    assert outcome.code == 4, outcome.output
    assert f"asserts do nothing in {where}" in outcome.output
    assert outcome.folder is None


def test_an_audit_whose_workers_have_no_asserts_is_refused(audits: Audits) -> None:
    workers = f"2*popen//python={sys.executable} -O"
    outcome = audits(*ONE, "--assert=plain", "--dist=load", "--tx", workers)

    assert outcome.code == 4, outcome.output
    assert "asserts do nothing in controls/" in outcome.output
    assert {row.status for row in outcome.rows} == {"not_run"}


def test_plain_asserts_that_are_heard_are_taken(audits: Audits) -> None:
    outcome = audits(*ONE, "--assert=plain")

    assert outcome.code == 1, outcome.output
    assert [row.status for row in outcome.rows] == ["fail"]


def test_judging_from_python_without_asserts_is_refused() -> None:
    done = subprocess.run(
        [sys.executable, "-O", "-c", JUDGE], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )

    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("muster.errors.UsageError: asserts do nothing in controls/")

"""Audits of the two sandbox companies, each run once for all tests that only look at what came out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ESTATES
from tests.runs.audits import Audits, Outcome, write_estate

ALL = ("--profile=regulated,code-repository", "--account=demo,demo-github")
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "sandbox", "AWS_SECRET_ACCESS_KEY": "sandbox"}


@pytest.fixture(scope="session", autouse=True)
def credentials() -> Any:
    """Credentials of nobody, with which the sandbox lets everybody in; never the user's own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_CONFIG_FILE", "/dev/null")
        patch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
        for name, value in CREDENTIALS.items():
            patch.setenv(name, value)
        yield


@pytest.fixture
def audits(tmp_path: Path, sandbox: dict[str, Any]) -> Audits:
    """Audits of the demo company with an estate and reports of the test's own."""
    return Audits(write_estate(tmp_path / "estate", ESTATES["demo"], "demo", sandbox), tmp_path / "runs")


@pytest.fixture
def model_audits(tmp_path: Path, sandbox: dict[str, Any]) -> Audits:
    """The same for the model company."""
    return Audits(write_estate(tmp_path / "estate", ESTATES["model"], "model", sandbox), tmp_path / "runs")


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any]) -> Outcome:
    """All controls over the demo company, in one process."""
    folder = tmp_path_factory.mktemp("whole")
    return Audits(write_estate(folder / "estate", ESTATES["demo"], "demo", sandbox), folder / "runs")(*ALL)


@pytest.fixture(scope="session")
def spread_run(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any]) -> Outcome:
    """The same over two workers."""
    folder = tmp_path_factory.mktemp("spread")
    audits = Audits(write_estate(folder / "estate", ESTATES["demo"], "demo", sandbox), folder / "runs")
    return audits(*ALL, "-n", "2")

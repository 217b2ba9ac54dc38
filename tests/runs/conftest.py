"""Audits of the sandbox companies with an estate and reports of a test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ESTATES
from tests.runs.audits import Audits, write_estate


@pytest.fixture
def audits(tmp_path: Path, sandbox: dict[str, Any]) -> Audits:
    """Audits of the demo company with an estate and reports of the test's own."""
    return Audits(write_estate(tmp_path / "estate", ESTATES["demo"], "demo", sandbox), tmp_path / "runs")


@pytest.fixture
def model_audits(tmp_path: Path, sandbox: dict[str, Any]) -> Audits:
    """The same for the model company."""
    return Audits(write_estate(tmp_path / "estate", ESTATES["model"], "model", sandbox), tmp_path / "runs")

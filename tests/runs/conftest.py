"""Audits of the sandbox companies with an estate and reports of a test's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ESTATES
from tests.runs.audits import Audits, write_estate


@pytest.fixture
def audits(tmp_path: Path, sandbox: dict[str, Any], small_project: Path) -> Audits:
    """Audits of the demo company by the few controls of a small project."""
    return small_audits(tmp_path, "demo", sandbox, small_project)


@pytest.fixture
def model_audits(tmp_path: Path, sandbox: dict[str, Any], small_project: Path) -> Audits:
    """The same of the model company."""
    return small_audits(tmp_path, "model", sandbox, small_project)


@pytest.fixture
def catalogue_audits(tmp_path: Path, sandbox: dict[str, Any]) -> Audits:
    """Audits of the demo company by all controls there are."""
    return Audits(write_estate(tmp_path / "estate", ESTATES["demo"], "demo", sandbox), tmp_path / "runs")


@pytest.fixture
def model_catalogue_audits(tmp_path: Path, sandbox: dict[str, Any]) -> Audits:
    """The same of the model company."""
    return Audits(write_estate(tmp_path / "estate", ESTATES["model"], "model", sandbox), tmp_path / "runs")


def small_audits(folder: Path, company: str, sandbox: dict[str, Any], project: Path) -> Audits:
    """Audits of a company by a small project, whose controls read no facts and no attestations."""
    estate = write_estate(folder / "estate", ESTATES[company], company, sandbox, "[pw]*.yaml")  # people and waivers
    return Audits(estate, folder / "runs", project)

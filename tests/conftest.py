"""What suites share: one sandbox for the whole session, and what an audit of each of its accounts found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muster.catalogue import import_controls
from muster.control import Control
from muster.sandbox import Sandbox
from tests.recorded import Recording, record

ROOT = Path(__file__).parent.parent
CONTROLS = import_controls(ROOT / "controls")
ESTATES = {"demo": ROOT / "estate", "model": ROOT / "fixtures" / "sandbox" / "estates" / "model"}


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the project."""
    return ROOT


@pytest.fixture(scope="session")
def controls() -> dict[str, Control]:
    """Every control by id."""
    return dict(CONTROLS)


@pytest.fixture(scope="session")
def sandbox() -> Iterator[dict[str, Any]]:
    """A sandbox with both accounts: endpoints, accounts, and which failures its seeds declare."""
    process = Sandbox(["model", "demo"], ROOT)
    try:
        yield process.ready()
    finally:
        process.stop()


@pytest.fixture(scope="session")
def demo(sandbox: dict[str, Any]) -> Recording:
    """What all controls find in the demo company, and every answer that they rest on."""
    return record("demo", ESTATES["demo"], sandbox, CONTROLS)


@pytest.fixture(scope="session")
def model(sandbox: dict[str, Any]) -> Recording:
    """The same for the model company."""
    return record("model", ESTATES["model"], sandbox, CONTROLS)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `control` is run for every control there is: a new one is in it without anybody's doing."""
    if "control" in metafunc.fixturenames:
        metafunc.parametrize("control", CONTROLS.values(), ids=list(CONTROLS))

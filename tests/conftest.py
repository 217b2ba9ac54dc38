"""What suites share: one sandbox for the whole session, and what an audit of each of its accounts found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.run.sandbox import Sandbox
from tests.recorded import Recording, record
from tests.runs.audits import Audits, Outcome, write_estate

ROOT = Path(__file__).parent.parent
CONTROLS = import_controls(ROOT / "controls")
ESTATES = {"demo": ROOT / "estate", "model": ROOT / "fixtures" / "sandbox" / "estates" / "model"}
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
    process = Sandbox(["model", "demo", "empty"], ROOT)
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


@pytest.fixture(scope="session")
def empty(sandbox: dict[str, Any]) -> Recording:
    """The same for an account in which nobody has made anything; its estate is the model company's."""
    return record("empty", ESTATES["model"], sandbox, CONTROLS)


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


def pytest_configure(config: pytest.Config) -> None:
    """Let the proofs write down what they prove; not in an xdist worker, which sees a part of them."""
    if not hasattr(config, "workerinput"):
        from tests.proofs.record import RecordOfProofs

        config.pluginmanager.register(RecordOfProofs(CONTROLS))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `control` is run for every control there is: a new one is in it without anybody's doing."""
    if "control" in metafunc.fixturenames:
        metafunc.parametrize("control", CONTROLS.values(), ids=list(CONTROLS))

"""What suites share: one sandbox for the whole session, and what an audit of each of its accounts found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.plugin.garbage import Garbage
from muster.proving.recorded import Recording, record
from muster.reading.sessions.models import LOADER
from muster.run.sandbox import Sandbox
from muster.suites import Suites
from tests.chromium import browser
from tests.counts import Counts, count
from tests.proofs.record import RecordOfProofs
from tests.runs.audits import Audits, Outcome, write_estate
from tests.runs.small_project import make_small_project
from tests.shared import COMPANIES, SandboxOfWorkers, Shared, sandbox_of_controller

ROOT = Path(__file__).parent.parent
__all__ = ["browser", "count"]  # fixtures
# No example fails because the machine is busy; everything else as Hypothesis has it, here or in CI.
settings.register_profile("patient", settings(), deadline=None)
settings.load_profile("patient")
CONTROLS = import_controls(Suites.at(ROOT))
ESTATES = {"demo": ROOT / "estate", "model": ROOT / "fixtures" / "sandbox" / "estates" / "model"}
ALL = ("--profile=regulated,code-repository", "--account=demo,demo-github")
# Whole audits and long files, longest first: a worker that is given one at the end is waited for by all others.
LONG = (
    *("runs/test_kills", "fleet", "installed", "benchmarks", "runs", "docs", "nights", "reports", "honesty"),
    *("hostile/test_hostile", "proofs/test_discriminating"),
)
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "sandbox",
    "AWS_SECRET_ACCESS_KEY": "sandbox",
    "MUSTER_TEST_TOKEN": "sandbox",
}


@pytest.fixture(autouse=True)
def models_for_all_reads() -> Iterator[None]:
    """Models are loaded for what a run asks until its process ends; that of tests goes on to the next one."""
    yield
    if LOADER.loads_for is not None:
        LOADER.forget()


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
def shared(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Shared:
    """What is made once a session, however many workers it has."""
    is_worker = hasattr(request.config, "workerinput")
    return Shared(tmp_path_factory.getbasetemp().parent if is_worker else None)


@pytest.fixture(scope="session")
def sandbox(shared: Shared) -> Iterator[dict[str, Any]]:
    """A sandbox with all accounts: endpoints, accounts, and which failures its seeds declare."""
    if shared.folder is not None:
        yield sandbox_of_controller(shared.folder)
        return
    process = Sandbox(COMPANIES, Suites.at(ROOT))
    try:
        yield process.ready()
    finally:
        process.stop()


@pytest.fixture(scope="session")
def demo(sandbox: dict[str, Any], shared: Shared) -> Recording:
    """What all controls find in the demo company, and every answer that they rest on."""
    return shared.once("demo", lambda: record("demo", ESTATES["demo"], sandbox, CONTROLS))


@pytest.fixture(scope="session")
def model(sandbox: dict[str, Any], shared: Shared) -> Recording:
    """The same for the model company."""
    return shared.once("model", lambda: record("model", ESTATES["model"], sandbox, CONTROLS))


@pytest.fixture(scope="session")
def empty(sandbox: dict[str, Any], shared: Shared) -> Recording:
    """The same for an account in which nobody has made anything; its estate is the model company's."""
    return shared.once("empty", lambda: record("empty", ESTATES["model"], sandbox, CONTROLS))


@pytest.fixture(scope="session")
def whole_run(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any], shared: Shared) -> Outcome:
    """All controls over the demo company, in one process."""
    return shared.once("whole", lambda: _audited(tmp_path_factory.mktemp("whole"), sandbox, *ALL))


@pytest.fixture(scope="session")
def spread_run(tmp_path_factory: pytest.TempPathFactory, sandbox: dict[str, Any], shared: Shared) -> Outcome:
    """The same over two workers."""
    return shared.once("spread", lambda: _audited(tmp_path_factory.mktemp("spread"), sandbox, *ALL, "-n", "2"))


@pytest.fixture(scope="session")
def small_project(tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Path:
    """A project with a handful of controls."""
    return shared.once("small project", lambda: make_small_project(tmp_path_factory.mktemp("small") / "project"))


def _audited(folder: Path, sandbox: dict[str, Any], *arguments: str) -> Outcome:
    return Audits(write_estate(folder / "estate", ESTATES["demo"], "demo", sandbox), folder / "runs")(*arguments)


def pytest_configure(config: pytest.Config) -> None:
    """Let the proofs write down what they prove, and workers share a sandbox: in the one process that sees all."""
    # What has been collected stays to the end: a fifth of the tests' CPU went into looking at it for garbage.
    config.pluginmanager.register(Garbage())
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(proofs := RecordOfProofs(CONTROLS))
        config.pluginmanager.register(Counts(CONTROLS, proofs))
        config.pluginmanager.register(SandboxOfWorkers(ROOT))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that takes `control` is run for every control there is: a new one is in it without anybody's doing."""
    if "control" in metafunc.fixturenames:
        metafunc.parametrize("control", CONTROLS.values(), ids=list(CONTROLS))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes long."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> int:
    path = item.path.relative_to(ROOT / "tests").as_posix() if item.path.is_relative_to(ROOT / "tests") else ""
    return next((place for place, begins in enumerate(LONG) if path.startswith(begins)), len(LONG))

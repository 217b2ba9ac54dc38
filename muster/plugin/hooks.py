"""The pytest plugin: which parts take part in a session, and in which of its processes.

`pytest controls` (or plain `pytest`) is an audit; `pytest tests` is not, and none of this touches it. Without xdist one
process conducts, collects and judges; with xdist the controller conducts, the workers collect and judge.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from muster.errors import ControlError, UsageError
from muster.evidence.run_folder import RunFolder
from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.plugin.collector import Collector
from muster.plugin.conductor import Conductor
from muster.plugin.garbage import Garbage
from muster.plugin.judge import JudgingProcess
from muster.plugin.options import add_options, audit_options, read_options
from muster.plugin.orphans import end_with
from muster.plugin.parts import refuse_missing_parts
from muster.plugin.places import settle_places
from muster.plugin.pointed import choose_pointed_at
from muster.plugin.progress import ProgressLine
from muster.plugin.refused_worker import RefusedWorker
from muster.plugin.sigterm import EndsOnSigterm
from muster.plugin.terminal import PrintableTerminal
from muster.plugin.unentered import NotEntered
from muster.plugin.untyped import refuse_untyped_endings
from muster.plugin.where import controls_folders, is_audit, point_at_controls, suites_of
from muster.run.planning import Planner
from muster.verdict import SEVERITIES

REPORT_OF_FLEETS = "reports.session.fleet_plugin"
SPOOLER = "reports.session.spooled"
"""It takes part in workers, too: pytest's terminal keeps reports there, to which nobody looks."""
# A failing assert explains itself only if pytest sees the file before Python does.
pytest.register_assert_rewrite("controls")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of an audit."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Answer --list-controls and --explain, and end; nothing else is to end an audit that nobody wanted to end."""
    # Of what else is asked, pytest has read nothing where it is to print its help.
    if not hasattr(config, "workerinput") and (is_audit(config) or config.getoption("help")):
        refuse_untyped_endings(config)
    if not config.getoption("list_controls") and config.getoption("explain") is None:
        return None
    from muster.plugin.list_controls import tell_of_controls  # rich, where it is used

    try:
        tell_of_controls(config, _controls(config))
    except (UsageError, ControlError) as error:
        raise pytest.UsageError(str(error)) from error
    return 0


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Let the parts of an audit take part, if this session is one."""
    for severity in SEVERITIES:
        config.addinivalue_line("markers", f"{severity}: a control of {severity} severity")
    for domain in sorted(
        {path.name for folder in controls_folders(config) for path in folder.iterdir() if path.is_dir()}
    ):
        config.addinivalue_line("markers", f"{domain}: a control of the domain {domain}")
    if config.getoption("showfixtures"):
        from muster.plugin.list_nouns import noun_fixtures  # where it is asked for

        config.pluginmanager.register(noun_fixtures(suites_of(config)), "muster-nouns")
    elif is_audit(config):
        try:
            _take_part(config)
        except (UsageError, ControlError) as error:
            if hasattr(config, "workerinput"):
                config.pluginmanager.register(RefusedWorker(config, str(error)), "muster-refused-worker")
                return
            raise pytest.UsageError(str(error)) from error
    elif not hasattr(config, "workerinput"):
        _refuse_to_audit_nothing(config)


def _refuse_to_audit_nothing(config: pytest.Config) -> None:
    """Raise `UsageError` where an audit was asked for and pytest is pointed elsewhere: it would pass, but of that."""
    if asked := audit_options(config):
        where = ", ".join(config.args)
        raise pytest.UsageError(
            f"{asked[0]} asks for an audit, and there are no controls in {where}: leave that out"
            " (it may come from $PYTEST_ADDOPTS or the setting testpaths), or name controls/"
        )


def _take_part(config: pytest.Config) -> None:
    refuse_missing_parts(config)
    point_at_controls(config)
    plugins = config.pluginmanager
    plugins.register(Garbage(), "muster-garbage")
    controls = _controls(config)
    worker_input = getattr(config, "workerinput", None)
    if worker_input is not None:
        end_with(RunFolder(Path(worker_input["muster_folder"])).conductor)
        collector = Collector.from_text(worker_input["muster"], controls, controls_folders(config))
        plugins.register(collector, "muster-collector")
        plugins.register(JudgingProcess.of_worker(config, worker_input["muster_plan"], controls), "muster-judge")
        plugins.import_plugin(SPOOLER)
        return
    choose_pointed_at(config, controls)
    plugins.register(EndsOnSigterm(), "muster-sigterm")
    plugins.register(PrintableTerminal(config), "muster-terminal")
    plugins.register(NotEntered(), "muster-not-entered")
    settle_places(config)
    if config.getoption("fleet") is not None:
        from muster.plugin.fleet_conductor import FleetConductor  # where there is a fleet

        plugins.register(FleetConductor(config, controls), "muster-fleet")
        plugins.import_plugin(REPORT_OF_FLEETS)
        return
    planner = Planner(read_options(config), controls)
    conductor = Conductor(config, planner, controls)
    plugins.register(conductor, "muster-conductor")
    if not config.getoption("collectonly"):
        plugins.register(ProgressLine.of(config, conductor), "muster-progress")
    if config.getoption("dist", "no") == "no" or config.getoption("collectonly"):
        plugins.register(conductor.collector(controls_folders(config)), "muster-collector")
        plugins.register(JudgingProcess(config, lambda: conductor.begin().audit, controls), "muster-judge")
    else:
        from muster.plugin.conductor_of_workers import WorkerConductor  # xdist, where it is used

        plugins.register(WorkerConductor(conductor, controls), "muster-worker-conductor")
    for name in _reports(config):
        plugins.import_plugin(f"reports.session.{name}")


def _reports(config: pytest.Config) -> list[str]:
    """The reports that take part; they see what the conductor left in the stash.

    One that was not asked for is not imported: the first read would wait for it.
    """
    option = config.getoption
    asked = {
        "plugin": True,
        "drift_plugin": option("since") is not None or option("fail_on") == "new",
        "notify_plugin": option("notify") is not None,
        "pytest_html": True,
        "spooled": True,
    }
    return [name for name, is_asked in asked.items() if is_asked]


def _controls(config: pytest.Config) -> Mapping[str, Control]:
    return import_controls(suites_of(config))

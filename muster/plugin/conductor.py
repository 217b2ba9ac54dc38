"""The conductor: what pytest must know of a run. One a run, in pytest's main process."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from pathlib import Path

import pytest

from muster.errors import UsageError
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import Signer
from muster.judging.control import Control
from muster.plugin.collector import Collector
from muster.plugin.items import PROPERTY, ControlItem
from muster.plugin.narrowing import hidden_options, narrowing
from muster.plugin.options import read_options
from muster.plugin.places import keep
from muster.plugin.unwritable import LastWord, not_written
from muster.printable import counted, one_line
from muster.run.options import Options, refuse_unwritable
from muster.run.pairs import Pairs
from muster.run.planning import Planner
from muster.run.record import command_line
from muster.run.run import Run
from muster.run.signers import signer_from

PYTEST_DEFAULT = "fE"
RUN_FOLDER = pytest.StashKey[RunFolder]()
"""The folder of the run that was begun, for reports that take part in the session."""


KEPT_AT = pytest.StashKey[str | None]()
"""Where the sealed run is kept, beside its folder on this machine: its address, None where nowhere else."""

PLANNER = pytest.StashKey[Planner]()
"""What the session plans, before its run is begun."""


class Conductor:
    """Conducts one run: begins it when pytest is ready, notes what pytest finished, concludes it when pytest ends."""

    def __init__(self, config: pytest.Config, planner: Planner, controls: Mapping[str, Control]) -> None:
        self._config = config
        self._planner = planner
        config.stash[PLANNER] = planner
        self._controls = controls
        self._options: Options = read_options(config)
        self.run: Run | None = None
        # None until pytest has collected: before a run is begun without xdist, and after it with xdist.
        self.selected: Pairs | None = None
        self.distributed = False
        self._signer: Signer | None = None
        self._last_word: LastWord | None = None
        # The figures are the last word, unless -r asks for pytest's own list of what failed.
        if getattr(config.option, "reportchars", None) == PYTEST_DEFAULT:
            config.option.reportchars = ""
        if not config.getoption("collectonly"):
            self._signer = signer_from(config.getoption("sign_key"), config.getoption("sign_kms"), os.environ)
            if self._signer is not None:
                planner.refuse_to_sign(self._signer)
            self._refuse_unwritable_reports()
            planner.start_sandbox()
            folder = self._claimed().path
            self._report_beside(folder)
            self._last_word = LastWord(folder)
            config.pluginmanager.register(self._last_word, "muster-last-word")

    def collector(self, folders: tuple[Path, ...]) -> Collector:
        """The collector of what was selected."""
        selected = {name: self._controls[name] for name in self._planner.selection.controls}
        return Collector.of(selected, self._planner.account_names, folders)

    def begin(self) -> Run:
        """Begin the run and enter every account, so that a wrong one stops it before it is read."""
        if self.run is None:
            run = Run(self._planner.plan(), shared=self.distributed, asked=self._planner.asked)
            try:
                run.begin(self._controls, self._options, command_line(), self._planner.frameworks)
                self.run = run
                self._config.stash[RUN_FOLDER] = run.folder
                run.enter()
                self._say_what_is_waited_for(run)
            except OSError as error:
                raise UsageError(not_written(run.folder.path, error)) from error
        return self.run

    def _say_what_is_waited_for(self, run: Run) -> None:
        terminal = self._config.pluginmanager.get_plugin("terminalreporter")
        for each in run.reckonings:
            if not each.is_enough and terminal is not None:
                terminal.write_line(f"muster: {one_line(each.line)}: it will wait then, unless --budget=fail")

    def pytest_report_header(self) -> str:
        """One line on what is asked of whom, and one on whose evidence is judged again."""
        planner = self._planner
        accounts = ", ".join(planner.accounts_asked)
        mocked = " (sandbox)" if planner.is_mocked else ""
        run = f", run {planner.folder.path.name}" if planner.folder is not None else ""
        number = counted(len(planner.selection.controls), "control")
        line = f"muster: {number}{planner.of_profiles}, accounts {accounts}{mocked}{run}"
        line += "".join(f"\nmuster: {one_line(each)}" for each in hidden_options())
        if planner.discovered is not None and planner.discovered.is_asked:
            line += f"\nmuster: {one_line(planner.discovered.line)}"
        if planner.replay_of is None:
            return line
        return f"{line}\nmuster: replay of {planner.replay_of}; the facts, waivers and attestations are that run's"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what was selected, without xdist."""
        items = (item for item in session.items if isinstance(item, ControlItem))
        self.selected = Pairs((item.control.id, item.account) for item in items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what was finished: an item whose worker died reports nothing of ours."""
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call" and self.run is not None:
                data = json.loads(str(value))
                self.run.finish((data["control"], data["account"]), sum(data["counts"].values()))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Conclude: what the run says of itself may turn pytest's 0 into a 1."""
        if self.run is not None:
            session.exitstatus = self._conclude(self.run, int(session.exitstatus))

    def pytest_unconfigure(self) -> None:
        """Seal the folder once all reports are in it, and let the sandbox go."""
        if self._planner.sandbox is not None:
            self._planner.sandbox.stop()
        if self.run is None:
            # Nothing was judged: the folder, which nobody else has, holds at most an empty report.
            if self._planner.folder is not None:
                shutil.rmtree(self._planner.folder.path, ignore_errors=True)
            return
        if self._last_word is not None and self._last_word.is_lost:
            return
        try:
            if not self.run.is_concluded:
                # Pytest broke down before its session was one: a worker that died while it started, say.
                self._conclude(self.run, int(pytest.ExitCode.INTERNAL_ERROR))
            self.run.seal(self._signer, self._options.latest)
            self._config.stash[KEPT_AT] = keep(self._config, self.run.folder.path)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        except OSError as error:
            raise pytest.UsageError(not_written(self.run.folder.path, error)) from error

    def _conclude(self, run: Run, exit_code: int) -> int:
        # Whoever waits at the door of an account was begun before there was an item to judge.
        run.audit.stop()
        # What pytest never came to collect was not left out by anybody: it was not run.
        run.selected |= self._planner.asked if self.selected is None else self.selected
        return run.conclude(exit_code, left_out_by=narrowing(self._config))

    def _refuse_unwritable_reports(self) -> None:
        options = self._config.option
        for option, name in (("--html", "htmlpath"), ("--junitxml", "xmlpath")):
            if (path := getattr(options, name, None)) is not None:
                refuse_unwritable(option, Path(path).absolute())

    def _claimed(self) -> RunFolder:
        try:
            return self._planner.claim()
        except UsageError:
            if self._planner.sandbox is not None:
                self._planner.sandbox.stop()
            raise

    def _report_beside(self, folder: Path) -> None:
        options = self._config.option
        if getattr(options, "htmlpath", None) is None:
            options.htmlpath = str(folder / "report.html")
            options.self_contained_html = True
        if getattr(options, "xmlpath", "") is None:
            options.xmlpath = str(folder / "junit.xml")

"""The conductor: begins a run, notes what was finished, and concludes it. One a run, in pytest's main process."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from muster.errors import UsageError
from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import Signer, sign_manifest
from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.plugin.collector import Collector
from muster.plugin.items import PROPERTY, ControlItem
from muster.plugin.options import read_options
from muster.reading.reads import THREADS, utc_now
from muster.reading.redaction import Redactor
from muster.run.audit import Audit
from muster.run.conclusion import Pair, Tally, counts_of, exit_fails, problems
from muster.run.options import Options
from muster.run.plan import Plan
from muster.run.planning import Planner
from muster.run.record import command_line, run_record
from muster.run.signers import signer_from
from muster.run.without_secrets import without_secrets

PYTEST_DEFAULT = "fE"
NOT_RUN = "the run ended before this control was judged to its end; rows of it above are not all"
RUN_FOLDER = pytest.StashKey[RunFolder]()
"""The folder of the run that was begun, for reports that take part in the session."""


class Conductor:
    """Conducts one run. `selected` and `finished` are what was to be judged and what was."""

    def __init__(self, config: pytest.Config, planner: Planner, controls: Mapping[str, Control]) -> None:
        self._config = config
        self._planner = planner
        self._controls = controls
        self._options: Options = read_options(config)
        self._record: dict[str, Any] = {}
        self.audit: Audit | None = None
        self.selected: set[Pair] = set()
        self.finished: set[Pair] = set()
        self.distributed = False
        self.calls_incomplete = False
        self._signer: Signer | None = None
        # The figures are the last word, unless -r asks for pytest's own list of what failed.
        if config.option.reportchars == PYTEST_DEFAULT:
            config.option.reportchars = ""
        if not config.getoption("collectonly"):
            self._signer = signer_from(config.getoption("sign_key"), config.getoption("sign_kms"), os.environ)
            planner.start_sandbox()
            self._report_beside(planner.folder.path)

    def collector(self, folder: Path) -> Collector:
        """The collector of what was selected."""
        selected = {name: self._controls[name] for name in self._planner.selection.controls}
        return Collector.of(selected, self._planner.account_names, folder)

    def begin(self) -> Audit:
        """Make the run folder and enter every account, so that a wrong one stops the run before it is read."""
        if self.audit is None:
            plan = self._planner.plan()
            plan = without_secrets(plan, Redactor(bytes.fromhex(plan.redaction_key)))
            folder = self._planner.folder
            folder.create()
            self._record = run_record(
                plan, self._controls, self._options.root, command_line(), self._planner.frameworks
            )
            folder.write_run(self._record)
            self.audit = Audit(plan, shared=self.distributed)
            self._config.stash[RUN_FOLDER] = folder
            self._enter_all(self.audit)
            folder.write_run(self._record)
        return self.audit

    def pytest_report_header(self) -> str:
        """One line on what is asked of whom."""
        planner = self._planner
        accounts = ", ".join(name for name, kind in planner.account_names.items() if kind != "estate")
        mocked = " (sandbox)" if planner.is_mocked else ""
        return f"muster: {len(planner.selection.controls)} controls, accounts {accounts}{mocked}, run {planner.run}"

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        """Note what was selected, without xdist."""
        pairs = {(item.control.id, item.account) for item in session.items if isinstance(item, ControlItem)}
        self.selected |= pairs

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note what was finished: an item whose worker died reports nothing of ours."""
        for name, value in report.user_properties:
            if name == PROPERTY and report.when == "call":
                data = json.loads(str(value))
                self.finished.add((data["control"], data["account"]))

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Conclude: rows for what was not run, problems, `run.json`, the exit code."""
        if self.audit is None:
            return
        self._conclude(session, self.audit, self.audit.plan)

    def pytest_unconfigure(self) -> None:
        """Seal the folder once all reports are in it, and let the sandbox go."""
        if self._planner.sandbox is not None:
            self._planner.sandbox.stop()
        folder = self._planner.folder
        if self.audit is None:
            # Nothing was judged: the folder holds at most an empty report.
            shutil.rmtree(folder.path, ignore_errors=True)
            return
        write_manifest(folder)
        self._sign(folder)
        latest = self._options.latest
        latest.unlink(missing_ok=True)
        latest.symlink_to(os.path.relpath(folder.path, latest.parent))

    def _sign(self, folder: RunFolder) -> None:
        if self._signer is not None:
            try:
                sign_manifest(folder, self._signer)
            except UsageError as error:
                raise pytest.UsageError(str(error)) from error

    def _report_beside(self, folder: Path) -> None:
        options = self._config.option
        if getattr(options, "htmlpath", None) is None:
            options.htmlpath = str(folder / "report.html")
            options.self_contained_html = True
        if options.xmlpath is None:
            options.xmlpath = str(folder / "junit.xml")

    def _enter_all(self, audit: Audit) -> None:
        names = [access.name for access in audit.plan.accounts]
        with ThreadPoolExecutor(THREADS) as pool:
            accounts = list(pool.map(audit.account, names))
        self._record["callers"] = {account.name: account.caller for account in accounts if account.caller}
        self._record["account_ids"] = {account.name: account.id for account in accounts}
        self._record["regions"] = {account.name: list(account.regions) for account in accounts}

    def _conclude(self, session: pytest.Session, audit: Audit, plan: Plan) -> None:
        folder = self._planner.folder
        self._fill_in(audit, plan)
        tally = Tally.of(folder.rows(), plan.waivers)
        found = problems(
            tally,
            waivers=plan.waivers,
            selected=self.selected,
            finished=self.finished,
            account_ids=self._record.get("account_ids", {}),
            audited_elsewhere=plan.facts.audited_elsewhere,
            today=plan.as_of.date(),
        )
        if session.exitstatus == pytest.ExitCode.OK and exit_fails(tally.counts, found):
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        self._record |= {
            "ended": utc_now(),
            "exit_code": int(session.exitstatus),
            "counts": counts_of(tally),
            "problems": [problem.as_data() for problem in found],
            "calls": audit.doorkeeper.counts.as_data(),
            "calls_incomplete": self.calls_incomplete,
            "torn_lines": folder.torn_lines(),
        }
        folder.write_run(self._record)
        folder.drop_shared()

    def _fill_in(self, audit: Audit, plan: Plan) -> None:
        """A `not_run` row for every control and account that was selected and left no finished verdict."""
        missing = sorted(self.selected - self.finished)
        # Empty where the run was stopped before it had entered its accounts.
        known = self._record.get("account_ids", {})
        resources = {name: audit.account(name).arn for name in known}
        self._planner.folder.append(
            Finding("global", resources.get(account, account), "not_run", NOT_RUN, ()).as_verdict(
                control, account, plan.controls[control], run=plan.run
            )
            for control, account in missing
        )

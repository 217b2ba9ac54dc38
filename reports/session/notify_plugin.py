"""`--notify`: one message a run, once it is sealed and kept: how it ended, and what changed.

It is sent every night, also when nothing changed: a night without a message is one that did not run.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

import pytest

from muster.errors import UsageError
from muster.evidence.run_folder import RunFolder
from muster.plugin.conductor import KEPT_AT, RUN_FOLDER
from muster.plugin.where import is_audit
from muster.printable import one_line
from muster.run.notices import Notifier, notifier
from reports.drift.changes import NEW
from reports.drift.compare import Changed, Drift
from reports.drift.stored import read_drift
from reports.formats.wording import cut
from reports.run import ReportedRun, status_words

MOST_CHANGES = 50
MOST_PROBLEMS = 20
LONGEST_REASON = 300


def pytest_configure(config: pytest.Config) -> None:
    """Take part where an audit is conducted and somebody is to be told."""
    kind = config.getoption("notify")
    if kind is None or hasattr(config, "workerinput") or not is_audit(config) or config.getoption("collectonly"):
        return
    try:
        told = notifier(kind, os.environ)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
    config.pluginmanager.register(Messenger(config, told), "muster-notify")


class Messenger:
    """Tells of the run of one session."""

    def __init__(self, config: pytest.Config, told: Notifier) -> None:
        self._config = config
        self._told = told

    @pytest.hookimpl(trylast=True)
    def pytest_unconfigure(self) -> None:
        """Tell, once the conductor has sealed the run."""
        folder: RunFolder | None = self._config.stash.get(RUN_FOLDER, None)
        if folder is None or KEPT_AT not in self._config.stash:
            return
        run = ReportedRun.load(folder.path)
        message = message_of(run, read_drift(run), self._config.stash[KEPT_AT])
        try:
            self._told.send(message["text"].partition("\n")[0], message)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error


def message_of(run: ReportedRun, drift: Drift | None, kept_at: str | None) -> dict[str, Any]:
    """What is sent: plain JSON, with `text` for people."""
    record = run.record
    changed = [each for each in drift.changes if not each.change.startswith("still")] if drift is not None else []
    return {
        "text": "\n".join(_lines(run, drift, changed, kept_at)),
        "run": run.name,
        "profiles": list(record["profiles"]),
        "accounts": run.accounts,
        "mocked": run.is_mocked,
        "exit_code": record["exit_code"],
        "counts": dict(record["counts"] or {}),
        "problems": [problem["text"] for problem in (record["problems"] or [])[:MOST_PROBLEMS]],
        "since": drift.since if drift is not None else None,
        "changes": dict(drift.counts) if drift is not None else None,
        "changed": [_changed(each) for each in changed[:MOST_CHANGES]],
        "kept_at": kept_at,
    }


def _lines(run: ReportedRun, drift: Drift | None, changed: list[Changed], kept_at: str | None) -> list[str]:
    counts: Mapping[str, int] = run.record["counts"] or {}
    figures = ", ".join(f"{counts[name]:,} {status_words(name)}" for name in counts if counts[name])  # type: ignore[arg-type]  # names of run.json
    new = sum(each.change in NEW for each in changed)
    said = f"{new:,} new" if drift is not None else "nothing to compare with"
    lines = [one_line(f"Muster {run.name}: {said}; {figures}; exit code {run.record['exit_code']}")]
    lines += [one_line(str(note)) for note in run.notes]
    lines += [one_line(f"! {problem['text']}") for problem in (run.record["problems"] or [])[:MOST_PROBLEMS]]
    lines += [
        one_line(
            f"{each.change}: {each.control} {each.resource} ({each.account}, {each.region}):"
            f" {cut(each.reason, LONGEST_REASON)}"
        )
        for each in changed[:MOST_CHANGES]
    ]
    if len(changed) > MOST_CHANGES:
        lines.append(f"… and {len(changed) - MOST_CHANGES:,} more, in drift.json")
    return [*lines, *([f"Evidence: {kept_at}"] if kept_at else [])]


def _changed(each: Changed) -> dict[str, Any]:
    return {
        "change": each.change,
        "control": each.control,
        "account": each.account,
        "region": each.region,
        "resource": each.resource,
        "name": each.name,
        "reason": cut(each.reason, LONGEST_REASON),
    }

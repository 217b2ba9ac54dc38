"""What an audit's summary shows: whatever names, owners, requirements and reasons hold, a terminal obeys none of it."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from rich.text import Text

from reports.console import console_of
from reports.drift.compare import compare
from reports.run import ReportedRun
from reports.session.drift_plugin import print_drift
from reports.session.terminal import print_summary
from tests.engine.test_printable import TEXTS, unfit
from tests.reports.formats.samples import row, run_of

OF_RICH = re.compile(r"\x1b\[[0-9;]*m")


def on(markup: bool) -> tuple[io.StringIO, Any]:
    out = io.StringIO()
    return out, SimpleNamespace(_tw=SimpleNamespace(_file=out, hasmarkup=markup, fullwidth=120))


def hostile_run(folder: Path, text: str) -> ReportedRun:
    """A run with the text wherever somebody may have typed it."""
    rows = [
        replace(row(status, f"arn:{text}", reason=f"is {text}", account=text, region=text), judged_in=text)
        for status in ("fail", "error", "not_run")
    ]
    said = f"waiver {text} (x, owner {text}) ran out"
    record = {"problems": [{"kind": "stale", "text": said}], "uncovered": {text: [text, text]}}
    return run_of(folder, rows, **record)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXTS)
@example("\x1b[8mhidden\x1b[2J\r\x9b31m\u202e")
@pytest.mark.parametrize("markup", [False, True], ids=["plain", "coloured"])
def test_the_summary_shows_nothing_unfit(tmp_path_factory: pytest.TempPathFactory, markup: bool, text: str) -> None:
    run = hostile_run(tmp_path_factory.mktemp("run"), text)
    out, reporter = on(markup)

    print_summary(run, console_of(reporter), Path("report.html"))
    print_drift(compare(run, run), console_of(reporter))

    assert out.getvalue()
    assert unfit(OF_RICH.sub("", out.getvalue())) == set()
    assert markup or "\x1b" not in out.getvalue()


def test_a_colour_that_somebody_typed_is_spelled_out_beside_those_of_rich() -> None:
    out, reporter = on(markup=True)
    console_of(reporter).print(Text("\x1b[31mred", "bold green"))

    assert r"\x1b[31mred" in out.getvalue()
    assert len(OF_RICH.findall(out.getvalue())) == 2


@pytest.mark.parametrize(("number", "end"), [(10, "1.9"), (200, "1.9 and 190 more (uncovered in run.json)")])
def test_of_many_requirements_without_a_control_some_are_named(tmp_path: Path, number: int, end: str) -> None:
    run = run_of(tmp_path, [], uncovered={"rules": [f"1.{place}" for place in range(number)]})
    out, reporter = on(markup=False)
    print_summary(run, console_of(reporter), Path("report.html"))

    (line,) = (line for line in out.getvalue().splitlines() if line.startswith("rules: "))
    assert line.startswith(f"rules: {number} requirements have no control yet: 1.0, 1.1")
    assert line.endswith(end)


def test_what_is_out_of_scope_is_counted_by_rule(tmp_path: Path) -> None:
    run = run_of(tmp_path, [], out_of_scope={"shop-window": 1200, "play": 3, "hall": 0})
    out, reporter = on(markup=False)
    print_summary(run, console_of(reporter), Path("report.html"))

    assert "1,203 verdicts are not applicable" in out.getvalue()
    assert "1,200 by shop-window, 3 by play." in out.getvalue()
    assert "hall" not in out.getvalue()

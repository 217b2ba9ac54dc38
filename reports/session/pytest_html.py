"""`report.html`: pytest-html's table, a row a control and account, with what an auditor asks of each.

Pytest-html puts cells and logs into the page as they are, so that everything from an account is escaped here.
https://pytest-html.readthedocs.io/en/latest/user_guide.html
"""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

import pytest

from muster.evidence.run_folder import RowRange, RunFolder
from muster.plugin.conductor import RUN_FOLDER
from muster.plugin.items import PROPERTY
from muster.printable import printable, spelled
from muster.verdict import SEVERITIES, STATUSES, Status, Verdict
from reports.formats.wording import parameters_text
from reports.run import ReportedRun, Summary, status_words

MOST_ROWS = 200
# The columns that pytest-html has of itself, in its order: result, test, duration, links.
RESULT, TEST, DURATION = 0, 1, 2
STYLE = Path(__file__).with_name("pytest_html.css")


class HtmlReport:
    """The hooks of pytest-html for one session."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._run: ReportedRun | None = None

    @property
    def run(self) -> ReportedRun | None:
        """The run of this session, once it has begun."""
        folder: RunFolder | None = self._config.stash.get(RUN_FOLDER, None)
        if self._run is None and folder is not None and folder.run.exists():
            self._run = ReportedRun.load(folder.path)
        return self._run

    def pytest_html_report_title(self, report: Any) -> None:
        """Name the run; a sandbox says so."""
        report.title = "Muster report"

    @pytest.hookimpl(optionalhook=True)
    def pytest_html_results_summary(self, prefix: list[str], summary: list[str], postfix: list[str]) -> None:
        """Put the figures above the table."""
        run = ReportedRun.load(self.run.folder.path) if self.run is not None else None
        if run is not None:
            prefix.append(summary_html(run))

    def pytest_html_results_table_header(self, cells: list[str]) -> None:
        """Name the columns."""
        cells[TEST:DURATION] = [
            '<th class="sortable" data-column-type="control">Control</th>',
            '<th class="sortable" data-column-type="severity">Severity</th>',
            '<th class="sortable" data-column-type="account">Account</th>',
            "<th>Verdicts</th>",
        ]
        del cells[-1]

    def pytest_html_results_table_row(self, report: Any, cells: list[str]) -> None:
        """Fill the columns of a control and account.

        Pytest-html shows no setup or teardown that passed, but what was logged in it: without cells it makes no row,
        which it would leave out afterwards.
        """
        if report.when in ("setup", "teardown") and report.outcome == "passed" and not report.sections:
            cells.clear()
            return
        data = _data(report)
        if data is None:
            cells[TEST:DURATION] = [cells[TEST], "<td></td>", "<td></td>", "<td></td>"]
        else:
            title = self.run.control(data["control"])["title"] if self.run is not None else ""
            order = SEVERITIES.index(data["severity"])
            cells[TEST:DURATION] = [
                f'<td class="col-control"><b>{escape(data["control"])}</b><br>{escape(title)}</td>',
                f'<td class="col-severity severity-{escape(data["severity"])}">'
                f"<span hidden>{order}</span>{escape(data['severity'])}</td>",
                f'<td class="col-account">{escape(data["account"])}</td>',
                f"<td>{escape(_counts(data['counts']))}</td>",
            ]
        del cells[-1]

    def pytest_html_results_table_html(self, report: Any, data: list[str]) -> None:
        """Put Why, Fix and the resources into the row's details."""
        found = _data(report)
        if found is None or self.run is None:
            data[:] = [f"<pre>{escape(str(report.longrepr or ''))}</pre>"]
            return
        rows = list(self.run.rows(RowRange(found["start"], found["length"])))
        data[:] = [details_html(self.run, found["control"], rows)]


def details_html(run: ReportedRun, control_id: str, rows: list[Verdict]) -> str:
    """What a row unfolds to: why, how to fix it, the thresholds, and the resources that need somebody."""
    control = run.control(control_id)
    links = " ".join(f'<a href="{escape(link)}">{escape(link)}</a>' for link in control["see"])
    parameters = "".join(f" <code>{escape(printable(text))}</code>" for text in parameters_text(control))
    # A pass with a reason owes it to a fact, which somebody answers for.
    shown_rows = [
        row for row in rows if row.status not in ("pass", "not_applicable") or (row.status == "pass" and row.reason)
    ]
    table = "".join(_resource_html(row) for row in shown_rows[:MOST_ROWS])
    more = len(shown_rows) - MOST_ROWS
    return (
        '<div class="details">'
        f"<p><b>Why</b> {escape(control['why'])}</p><p><b>Fix</b> {escape(control['fix'])}</p><p><b>See</b> {links}</p>"
        + (f"<p><b>Parameters</b>{parameters}</p>" if parameters else "")
        + (
            f"<table><tr><th>Status</th><th>Resource</th><th>Region</th><th>Reason</th></tr>{table}</table>"
            if shown_rows
            else f"<p>{escape(_no_findings(rows))}</p>"
        )
        + (f"<p>and {more:,} more, in verdicts.jsonl</p>" if more > 0 else "")
        + "</div>"
    )


def summary_html(run: ReportedRun) -> str:
    """The figures of the run: status by severity, what else is wrong, who asked and when."""
    summary = Summary.of(run)
    record = run.record
    head = "".join(f"<th>{escape(status_words(status))}</th>" for status in STATUSES)
    lines = "".join(f"<tr><th>{severity}</th>{_figures(summary.by_severity[severity])}</tr>" for severity in SEVERITIES)
    problems = "".join(f"<li>{escape(problem['text'])}</li>" for problem in record["problems"] or [])
    notes = "".join(f'<p class="mocked">{escape(printable(str(note)))}</p>' for note in run.notes)
    return (
        '<div class="muster">'
        + notes
        + '<p><a href="index.html">The evidence page</a> has every resource, search, and the answers behind each.</p>'
        + f"<p>Run <code>{escape(record['run'])}</code>, {escape(_period(record))}, by {escape(record['by'])}</p>"
        + f"<table><tr><th>Severity</th>{head}</tr>{lines}<tr><th>all</th>{_figures(summary.totals)}</tr></table>"
        + (f"<p><b>The run also fails because</b></p><ul>{problems}</ul>" if problems else "")
        + "<p>Each row below is one control in one account: the figures above count verdicts.</p></div>"
    )


def escape(text: str) -> str:
    """A text as HTML that shows it, and nothing of it that is unfit to be shown."""
    return html.escape(spelled(text))


def _period(record: Any) -> str:
    return f"{record['started']} to {record['ended'] or 'not ended'}"


def _figures(counts: Any) -> str:
    shades = {status: status if counts[status] else "zero" for status in STATUSES}
    return "".join(f'<td class="{shades[status]}">{counts[status]}</td>' for status in STATUSES)


def _resource_html(row: Verdict) -> str:
    waiver = f" (waiver {row.waiver})" if row.waiver else ""
    cells = (status_words(row.status) + waiver, row.called, row.region, row.reason)
    return f'<tr class="{row.status}">' + "".join(f"<td>{_cell(text)}</td>" for text in cells) + "</tr>"


def _cell(text: str) -> str:
    """A text from an account: escaped, cut where nobody reads on, and isolated from the direction of its letters."""
    return f"<bdi>{escape(printable(text))}</bdi>"


def _no_findings(rows: list[Verdict]) -> str:
    passed = sum(row.status == "pass" for row in rows)
    if passed:
        return f"{passed:,} {'verdict passes' if passed == 1 else 'verdicts pass'}; none fails."
    return "; ".join(sorted({row.reason for row in rows})[:3])


def _counts(counts: dict[Status, int]) -> str:
    return ", ".join(f"{number:,} {status_words(status)}" for status, number in counts.items())


def _data(report: Any) -> Any:
    for name, value in getattr(report, "user_properties", ()):
        if name == PROPERTY:
            return json.loads(str(value))
    return None


def pytest_configure(config: pytest.Config) -> None:
    """Take part where pytest-html writes a report of an audit."""
    from muster.plugin.where import is_audit

    if hasattr(config, "workerinput") or not config.pluginmanager.hasplugin("html") or not is_audit(config):
        return
    config.option.css = [*(config.option.css or []), str(STYLE)]
    config.pluginmanager.register(HtmlReport(config), "muster-html")

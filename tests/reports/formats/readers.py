"""Each format read back as its users read it, with a parser that is not ours."""

from __future__ import annotations

import csv
import io
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any
from xml.etree import ElementTree

import cmarkgfm
from prometheus_client.parser import text_string_to_metric_families

from muster.verdict import STATUSES
from reports.formats.junit import OF_THE_RUN


def csv_rows(text: str) -> list[dict[str, str]]:
    """The lines of the table."""
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def json_lines(text: str) -> list[Any]:
    """A value a line; lines end in a line feed and in nothing else that Unicode calls a line end."""
    return [json.loads(line) for line in text.split("\n") if line]


def asff_findings(text: str) -> list[Any]:
    """The findings of all requests."""
    return [finding for request in json_lines(text) for finding in request["Findings"]]


def sarif_run(text: str) -> Any:
    """The one run of the log."""
    (run,) = json.loads(text)["runs"]
    return run


def sarif_text(message: str) -> str:
    """What a viewer shows of a message (SARIF 2.1.0, 3.11.5 and 3.11.6)."""
    plain = message.replace("{{", "{").replace("}}", "}")
    return re.sub(r"\\([\\\[\]])", r"\1", plain)


def oscal_result(text: str) -> Any:
    """The one result of the assessment."""
    (result,) = json.loads(text)["assessment-results"]["results"]
    return result


def oscal_property(owner: Mapping[str, Any], name: str) -> str | None:
    """The value of a property."""
    return next((said["value"] for said in owner["props"] if said["name"] == name), None)


def markdown_tables(text: str) -> list[list[list[str]]]:
    """The tables, as GitHub renders them: tables of lines of cells, code in them unwrapped."""
    html = cmarkgfm.github_flavored_markdown_to_html(text)
    tables = re.findall(r"<table>.*?</table>", html, re.DOTALL)
    lines = [re.findall(r"<tr>.*?</tr>", table, re.DOTALL) for table in tables]
    return [[[_plain(cell) for cell in _CELL.findall(line)] for line in table] for table in lines]


def prometheus_samples(text: str) -> Iterator[tuple[str, dict[str, str], float]]:
    """Every sample: name, labels, value."""
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, sample.labels, sample.value


def junit_cases(text: str) -> list[ElementTree.Element]:
    """The test cases of controls."""
    return [each for each in ElementTree.fromstring(text).iter("testcase") if each.get("classname") != OF_THE_RUN]


def _junit_statuses(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for case in junit_cases(text):
        (said,) = [
            end.get("message") or end.text or "" for end in case if end.get("message") or end.tag == "system-out"
        ]
        for number, status in re.findall(
            r"(\d+) (pass|fail|error|waived|not applicable|not run)\b", said.split("\n")[0]
        ):
            found[status.replace(" ", "_")] += int(number)
    return found


def _sarif_statuses(text: str) -> Counter[str]:
    rules = sarif_run(text)["tool"]["driver"]["rules"]
    return sum((Counter(rule["properties"]["counts"]) for rule in rules), Counter())


def _markdown_statuses(text: str) -> Counter[str]:
    total = markdown_tables(text)[0][-1]
    return Counter({status: int(cell.replace(",", "")) for status, cell in zip(STATUSES, total[1:], strict=True)})


def _prometheus_statuses(text: str) -> Counter[str]:
    found: Counter[str] = Counter()
    for name, labels, value in prometheus_samples(text):
        if name == "muster_verdicts":
            found[labels["status"]] += int(value)
    return found


def _crosswalk_statuses(text: str) -> Counter[str]:
    """A control has a line for each requirement that it stands for, with the same figures on each."""
    found = {(line["control"], line["account"]): line for line in csv_rows(text)}
    return Counter({status: sum(int(line[status]) for line in found.values()) for status in STATUSES})


STATUSES_IN: Mapping[str, Callable[[str], Counter[str]]] = {
    "asff": lambda text: Counter(finding["ProductFields"]["muster/status"] for finding in asff_findings(text)),
    "crosswalk": _crosswalk_statuses,
    "csv": lambda text: Counter(line["status"] for line in csv_rows(text)),
    "junit": _junit_statuses,
    "markdown": _markdown_statuses,
    "ocsf": lambda text: Counter(event["status_code"] for event in json_lines(text)),
    "oscal": lambda text: Counter(
        str(oscal_property(observation, "status")).replace("-", "_")
        for observation in oscal_result(text)["observations"]
    ),
    "prometheus": _prometheus_statuses,
    "sarif": _sarif_statuses,
}
"""How many rows of each status a format tells of."""

_CELL = re.compile(r"<t[dh][^>]*>(.*?)</t[dh]>", re.DOTALL)


def _plain(cell: str) -> str:
    return unescape(re.sub(r"</?code>", "", cell))

"""Writes `index.html`: one file that holds its style, its script and its data, and asks nobody for anything.

The content security policy admits the page's own script and style by their hashes, and no source at all beside them.
https://developer.mozilla.org/en-US/docs/Web/HTTP/Guides/CSP
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import os
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from muster.verdict import SEVERITIES, STATUSES
from reports.drift.compare import Drift
from reports.page.answers import embedded_answers, packed_pieces
from reports.page.data import PageData, page_data, score
from reports.run import ReportedRun, status_words
from reports.writing import new_text, refuse_no_file

NAME = "index.html"

# In the order in which they build on each other; they share one scope.
SCRIPTS = (
    "dom",
    "store",
    "search",
    "rows",
    "detail",
    "charts",
    "overview",
    "declared",
    "crosswalk",
    "views",
    "print",
    "main",
)

_HERE = Path(__file__).parent


def write_page(run: ReportedRun, drift: Drift | None, folder: Path | None = None) -> Path:
    """Write the page of a run into its folder, or another, and give its path; the same run makes the same bytes.

    With `drift`, the page also tells what changed. Raises `BadEvidence` if the folder's rows and `run.json` do not
    agree, and `UsageError` where a link or no file stands in the way.
    """
    target = folder or run.folder.path
    refuse_no_file(target / NAME)
    with new_text(target, NAME) as page:
        page.writelines(_html(run, page_data(run, drift, way_to(run.folder.path, target))))
    return target / NAME


def way_to(run: Path, page: Path) -> str:
    """How a page in one folder calls the files of the run in another: empty in the run's own."""
    real_run, real_page = run.resolve(), page.resolve()
    return "" if real_run == real_page else quote(os.path.relpath(real_run, real_page)) + "/"


def _html(run: ReportedRun, data: PageData) -> Iterator[str]:
    """The page, piece by piece: with its answers it may have ten megabytes and more."""
    style, script = _style(), _script()
    # No text of the run stands in the markup but its name, which Jinja2 escapes: the rest is packed.
    return (
        _environment()
        .get_template("template.html.j2")
        .generate(
            style=style,
            script=script,
            style_hash=csp_hash(style),
            script_hash=csp_hash(script),
            run=run.record["run"],
            mocked=run.is_mocked,
            notes=run.notes,
            files=data.main["files"],
            data=packed_pieces(data.json_pieces()),
            answers=_as_object(embedded_answers(data.answers, run.folder.path)),
            severities=SEVERITIES,
            statuses=STATUSES,
            shown=status_words,
            by_severity=data.by_severity,
            totals=data.totals,
            score=score_text(score(data.totals)),
        )
    )


def _as_object(members: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A JSON object, member by member."""
    yield "{"
    for number, (name, text) in enumerate(members):
        yield f"{',' if number else ''}{json.dumps(name)}:{json.dumps(text)}"
    yield "}"


def score_text(share: float | None) -> str:
    """A score as people read it, rounded down: 99.97 % of passes is not 100 %."""
    return "none" if share is None else f"{math.floor(share * 1000) / 10:.1f} %"


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )


@cache
def _style() -> str:
    return (_HERE / "page.css").read_text(encoding="utf-8")


@cache
def _script() -> str:
    parts = ((_HERE / "scripts" / f"{name}.js").read_text(encoding="utf-8") for name in SCRIPTS)
    return '"use strict";\n(() => {\n' + "\n".join(parts) + "})();\n"


def csp_hash(text: str) -> str:
    """What a content security policy calls a script or a style."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode('ascii')}'"

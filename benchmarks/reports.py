"""Reports: what it costs to make all of them from the folder of a large run, the page that compares it included."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import Figure, peak_memory, timed
from reports.drift.compare import compare
from reports.formats import FORMATS, write_documents
from reports.page.page import write_page
from reports.run import ReportedRun
from tests.reports.synthetic import Size, make_run

# 50 controls in 4 accounts, 500 resources each.
SIZE = Size(resources=500, controls=50, accounts=4)
SECONDS = 20.0
MEGABYTES = 400.0


def measure(size: Size = SIZE) -> list[Figure]:
    """Make the evidence page, with what changed since the night before, and every machine format."""
    with TemporaryDirectory() as place:
        runs = [ReportedRun.load(make_run(Path(place), size, night=night)) for night in (0, 1)]
        with timed() as paging:
            page = write_page(runs[1], compare(*runs))
        with timed() as formatting:
            written = write_documents(runs[1], list(FORMATS), runs[1].folder.path)
        made = page.stat().st_size + sum(document.path.stat().st_size for document in written)
    peak = peak_memory()
    return [
        Figure("verdict rows", size.rows, ""),
        Figure("the page, compared with a run as large", paging.seconds, "s"),
        Figure(f"{len(FORMATS)} machine formats", formatting.seconds, "s"),
        Figure("all of them", paging.seconds + formatting.seconds, "s", at_most=SECONDS),
        Figure("written", made / 1_000_000, "MB"),
        Figure(peak.name, peak.value, peak.unit, at_most=MEGABYTES),
    ]

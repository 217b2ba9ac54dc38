"""The machine formats of a run: what each is called, which file it makes, and the one pass that makes them.

None of them needs more than Muster itself: they are written as their specifications say, row by row, and tests hold
what is written against the published schemas and models.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from muster.errors import UsageError
from muster.files.problems import did_you_mean
from reports.formats.asff import Asff
from reports.formats.crosswalk import Crosswalk
from reports.formats.csv_table import CsvTable
from reports.formats.document import ReportFile, entries
from reports.formats.junit import JUnit
from reports.formats.markdown import Markdown
from reports.formats.ocsf import Ocsf
from reports.formats.oscal import Oscal
from reports.formats.prometheus import Prometheus
from reports.formats.sarif import Sarif
from reports.run import ReportedRun
from reports.writing import new_text, refuse_no_file


@dataclass(frozen=True)
class Format:
    """A format: the file it makes in the run folder, and the document that writes it."""

    file_name: str
    document: Callable[[ReportedRun, TextIO], ReportFile]


FORMATS: Mapping[str, Format] = {
    "asff": Format("findings.asff.jsonl", Asff),
    "crosswalk": Format("crosswalk.csv", Crosswalk),
    "csv": Format("verdicts.csv", CsvTable),
    "junit": Format("controls.junit.xml", JUnit),
    "markdown": Format("summary.md", Markdown),
    "ocsf": Format("findings.ocsf.jsonl", Ocsf),
    "oscal": Format("assessment-results.oscal.json", Oscal),
    "prometheus": Format("muster.prom", Prometheus),
    "sarif": Format("findings.sarif", Sarif),
}


@dataclass(frozen=True)
class Written:
    """A file that was made; `notes` say what the format had no room for."""

    path: Path
    notes: tuple[str, ...]


def write_formats(run: ReportedRun, names: Sequence[str]) -> list[Path]:
    """Make these formats in the run folder and give the files, in the order asked for.

    Raises `UsageError` for a format that does not exist, before anything is written.
    """
    return [written.path for written in write_documents(run, names, run.folder.path)]


def write_documents(run: ReportedRun, names: Sequence[str], folder: Path) -> list[Written]:
    """Make these formats in a folder. Each file appears whole or not at all; the same run gives the same bytes.

    Raises `UsageError` for a format that does not exist and where a link or no file stands in the way, before anything
    is written, and `BadEvidence` where the rows are not of this run.
    """
    formats = [_format(name) for name in dict.fromkeys(names)]
    for known in formats:
        refuse_no_file(folder / known.file_name)
    with ExitStack() as stack:
        files = [stack.enter_context(new_text(folder, known.file_name)) for known in formats]
        documents = [known.document(run, file) for known, file in zip(formats, files, strict=True)]
        for entry in entries(run):
            for document in documents:
                document.add(entry)
        notes = [document.finish() for document in documents]
    return [Written(folder / known.file_name, tuple(said)) for known, said in zip(formats, notes, strict=True)]


def _format(name: str) -> Format:
    if name not in FORMATS:
        raise UsageError(f'no format is called "{name}": {did_you_mean(name, FORMATS)}')
    return FORMATS[name]

"""The run folder: the evidence of one run, written so that a kill at any moment leaves nothing that lies."""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from muster.errors import RunOver
from muster.evidence.conductor_lock import ConductorLock
from muster.evidence.json_object import read_object
from muster.evidence.plain_files import lines_of, open_plain, write_plain
from muster.verdict import Verdict

_BETWEEN = ",\n    "


@dataclass(frozen=True)
class RowRange:
    """Where the rows of one item stand in `verdicts.jsonl`, in bytes."""

    start: int
    length: int


class RunFolder:
    """`verdicts.jsonl`, `reads/`, `run.json` and the reports of one run."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.verdicts = path / "verdicts.jsonl"
        self.reads = path / "reads"
        self.run = path / "run.json"
        self.manifest = path / "manifest.json"
        # Where the processes of a run find each other's answers; gone when the run is over.
        self.shared = path / ".shared"
        # A file of its own name in there: the answers' are hashes.
        self.conductor = ConductorLock(self.shared / "conductor")

    @classmethod
    def claim(cls, parent: Path, name: str) -> Self:
        """A new folder in `parent`, which no other run has: under this name, or the name with the first free number.

        Two runs that begin in one second ask for one name; making the folder is what decides between them.
        """
        parent.mkdir(parents=True, exist_ok=True)
        for free in itertools.chain([name], (f"{name}-{number}" for number in itertools.count(2))):
            with contextlib.suppress(FileExistsError):
                (parent / free).mkdir()
                return cls(parent / free)
        raise AssertionError("numbers do not end")

    def create(self) -> None:
        """Fill the folder with no rows and no reads yet."""
        self.reads.mkdir(parents=True)
        self.verdicts.touch()

    def keep(self, answers: Mapping[str, str]) -> None:
        """Keep answers that came before there was a folder: their texts, by their hashes."""
        for sha256, text in answers.items():
            (self.reads / f"{sha256}.json").write_text(text, encoding="utf-8")

    def close_to_workers(self) -> None:
        """Take no rows of other processes any more: whoever is at it is waited for, whoever comes later is refused."""
        with self.verdicts.open("rb") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            self.conductor.let_go()

    def append(self, verdicts: Iterable[Verdict], *, as_worker: bool = False) -> RowRange:
        """Append rows in one piece; processes take turns.

        A line that a killed process left torn is closed first, so that it cannot swallow one of ours. Raises `RunOver`
        for a worker (`as_worker`) of a run that nobody conducts any more.
        """
        data = "".join(verdict.as_line() for verdict in verdicts).encode()
        with self.verdicts.open("a+b") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            if as_worker and not self.conductor.is_held():
                raise RunOver(f"{self.path}: the run is over, or was killed: it takes no rows any more")
            start = handle.seek(0, os.SEEK_END)
            if start and not self._ends_in_newline(handle.fileno(), start):
                data, start = b"\n" + data, start + 1
                length = len(data) - 1
            else:
                length = len(data)
            handle.write(data)
        return RowRange(start, length)

    def rows(
        self, where: RowRange | None = None, torn: Callable[[bytes], object] = lambda _: None
    ) -> Iterator[Verdict]:
        """The rows in a range, or all; lines that are no whole row are left out, and told to `torn`.

        Raises FileNotFoundError if there is no `verdicts.jsonl`, and `BadEvidence` if it is no plain file.
        """
        with open_plain(self.path, self.verdicts.name) as handle:
            if where is not None:
                handle.seek(where.start)
                lines: Iterable[bytes] = handle.read(where.length).splitlines()
            else:
                lines = lines_of(handle)
            for line in lines:
                row = _row(line)
                if row is not None:
                    yield row
                elif line.strip():
                    torn(line)

    def answers(self) -> set[str]:
        """The hashes of the answers that are in the folder."""
        with os.scandir(self.reads) as entries:
            return {entry.name.removesuffix(".json") for entry in entries}

    def write_run(self, data: dict[str, Any]) -> None:
        """Write `run.json` in one step: the old one stands until the new one is whole."""
        members = ",\n".join(f"  {json.dumps(name)}: {_spelled(value)}" for name, value in data.items())
        write_plain(self.path, self.run.name, f"{{\n{members}\n}}\n".encode())

    def read_run(self) -> dict[str, Any]:
        """What `run.json` says. Raises FileNotFoundError if there is none, and `BadEvidence` if it holds no object."""
        return read_object(self.path, self.run.name)

    def drop_shared(self) -> None:
        """Remove what only the processes of the run needed."""
        shutil.rmtree(self.shared, ignore_errors=True)

    def torn_lines(self) -> int:
        """How many lines of `verdicts.jsonl` are no whole row."""
        torn: list[int] = []
        for _ in self.rows(torn=lambda line: torn.append(len(line))):
            pass
        return len(torn)

    @staticmethod
    def _ends_in_newline(descriptor: int, size: int) -> bool:
        return os.pread(descriptor, 1, size - 1) == b"\n"


def _spelled(value: object) -> str:
    """A member of `run.json`: what it holds a line each, because JSON that is indented to its bottom takes long."""
    if isinstance(value, dict) and value:
        lines = (f"{json.dumps(name)}: {json.dumps(inner)}" for name, inner in value.items())
        return f"{{\n    {_BETWEEN.join(lines)}\n  }}"
    if isinstance(value, list) and value:
        return f"[\n    {_BETWEEN.join(map(json.dumps, value))}\n  ]"
    return json.dumps(value)


def _row(line: bytes) -> Verdict | None:
    try:
        return Verdict.from_line(line)
    except ValueError:
        return None

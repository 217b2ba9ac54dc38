"""The answers that verdicts rest on, read from `reads/`: a file that is not what its name says is no evidence."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from muster.errors import BadEvidence
from muster.evidence.plain_files import MOST_BYTES, read_plain
from muster.reading.archive import parse_recorded
from muster.reading.reads import Answer, Call, canonical_json
from reports.encodable import encodable, encodable_data
from reports.record import refuse_depth

_HASH = re.compile(r"[0-9a-f]{64}")


class NoAnswer(BadEvidence):
    """What should be a recorded answer and is none, in a few words: missing, changed, no plain file."""


def file_of(sha256: str) -> str:
    """Where an answer stands in the run folder."""
    return f"reads/{sha256}.json" if _HASH.fullmatch(sha256) else "no file of reads/"


def read_bytes(run: Path, sha256: str, *, at_most: int = MOST_BYTES) -> bytes:
    """The file of an answer of the run in a folder. Raises `NoAnswer`."""
    if not _HASH.fullmatch(sha256):
        raise NoAnswer("the verdict names no SHA-256")
    try:
        data = read_plain(run, file_of(sha256), at_most=at_most)
    except FileNotFoundError as error:
        raise NoAnswer("missing from the run folder") from error
    except (BadEvidence, OSError) as error:
        raise NoAnswer("no plain file that can be read") from error
    if hashlib.sha256(data).hexdigest() != sha256:
        raise NoAnswer("changed: the file does not hash to its name")
    return data


def read_recorded(run: Path, sha256: str, *, at_most: int = MOST_BYTES) -> tuple[Call, Answer]:
    """The question and the answer of this hash. Raises `NoAnswer`."""
    data = read_bytes(run, sha256, at_most=at_most)
    try:
        call, answer = parse_recorded(data.decode())
        refuse_depth([call.request, answer.content])
    except ValueError as error:
        raise NoAnswer(f"no recorded answer: {error}") from error
    return call, answer


@dataclass(frozen=True)
class RecordedAnswer:
    """An answer that a verdict rests on: the call, when it was made (UTC), and `said`: the request and what came back.

    Where `problem` says what is wrong with the file, what it says is no evidence, and the rest is empty.
    """

    sha256: str
    call: str = ""
    region: str = ""
    at: str = ""
    said: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None

    @classmethod
    def read(cls, run: Path, sha256: str) -> RecordedAnswer:
        """The answer of this hash of the run in a folder."""
        try:
            call, answer = read_recorded(run, sha256)
        except NoAnswer as error:
            return cls(sha256, problem=str(error))
        said: dict[str, Any] = {"request": call.request, "content": answer.content}
        if answer.error is not None:
            said = {"request": call.request, "error": vars(answer.error)}
        return cls(sha256, encodable(call.name), encodable(call.region), encodable(answer.at), encodable_data(said))

    @property
    def line(self) -> str:
        """What was said, as one line of JSON."""
        return canonical_json(self.said)

    @property
    def text(self) -> str:
        """What was said, as JSON for people."""
        return json.dumps(self.said, indent=2, sort_keys=True, ensure_ascii=False)

    @property
    def file(self) -> str:
        """Where it stands in the run folder."""
        return file_of(self.sha256)

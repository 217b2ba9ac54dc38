"""What the formats share: a document is fed a run's rows one by one, each with the ids that formats give it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol
from uuid import UUID, uuid5

from muster.verdict import Verdict
from reports.run import ReportedRun

NAMESPACE = UUID("b15764ea-70a8-4b8b-868b-21a8d83d34d9")
"""The namespace of every UUID in the formats: the same words give the same UUID, on any machine."""


@dataclass(frozen=True)
class IdentifiedRow:
    """A row and its ids.

    `uuid` is the row's alone; `fingerprint` (64 hex digits) stands for its control, account, region and resource, and
    is the same in every run. Where a run has several rows of one resource, the later ones have their own.
    """

    row: Verdict
    uuid: str
    fingerprint: str


class ReportFile(Protocol):
    """A file in the making."""

    def add(self, entry: IdentifiedRow) -> None:
        """Take the next row of the run."""

    def finish(self) -> list[str]:
        """Write what is still to be written; gives, as sentences, what the format had no room for."""


def entries(run: ReportedRun) -> Iterator[IdentifiedRow]:
    """The rows of a run with their ids, in the order in which they were written."""
    seen: set[bytes] = set()
    for row in run.rows():
        key = "\0".join((row.control, row.account, row.region, row.resource))
        digest = sha256(key.encode()).digest()
        while digest in seen:
            key += "\0again"
            digest = sha256(key.encode()).digest()
        seen.add(digest)
        yield IdentifiedRow(row, uuid_of(row.run, key), digest.hex())


def uuid_of(*words: str) -> str:
    """The UUID (version 5) that these words always have."""
    return str(uuid5(NAMESPACE, "\0".join(words)))

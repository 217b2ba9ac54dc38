"""An auditor's sample: some resources of a control's population, drawn so that anybody can draw them again.

Every resource of the population is ranked by the SHA-256 of `SEED|CONTROL|ACCOUNT|REGION|RESOURCE` (UTF-8, in hex), and
the first `n` are the sample. No generator of random numbers is in it: `sha256sum` and a spreadsheet repeat it.
"""

from __future__ import annotations

import hashlib
import heapq
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches

from muster.errors import UsageError
from muster.printable import counted
from muster.verdict import STATUSES, Status, Verdict
from reports.answers import RecordedAnswer
from reports.run import UNFINISHED, ReportedRun

METHOD = "ranked by SHA-256 of SEED|CONTROL|ACCOUNT|REGION|RESOURCE, the lowest first"

ResourceKey = tuple[str, str, str]
"""Account, region, resource."""


@dataclass(frozen=True)
class SampledResource:
    """One resource of the sample, with its verdicts (nearly always one) and their answers by hash."""

    rank_sha256: str
    account: str
    region: str
    resource: str
    verdicts: tuple[Verdict, ...]

    @property
    def statuses(self) -> str:
        """Its status; all of them, if it has several."""
        return ", ".join(dict.fromkeys(row.status for row in self.verdicts))

    @property
    def reasons(self) -> str:
        """Why, where a status needs a reason."""
        return "; ".join(dict.fromkeys(row.reason for row in self.verdicts if row.reason))

    @property
    def reads(self) -> tuple[str, ...]:
        """The hashes of the answers behind it, each once."""
        return tuple(dict.fromkeys(sha256 for row in self.verdicts for sha256 in row.reads))


@dataclass(frozen=True)
class Sample:
    """A sample, and what it was drawn from: `population` resources with these `counts` of statuses.

    `answers` are by hash. `cautions` say what may be missing from the population.
    """

    control: str
    seed: str
    population: int
    counts: Mapping[Status, int]
    items: tuple[SampledResource, ...]
    answers: Mapping[str, RecordedAnswer]
    cautions: tuple[str, ...]


def rank_sha256(seed: str, control: str, key: ResourceKey) -> str:
    """What a resource is ranked by."""
    return hashlib.sha256("|".join((seed, control, *key)).encode("utf-8", "surrogatepass")).hexdigest()


def draw(run: ReportedRun, control: str, size: int, seed: str) -> Sample:
    """Draw `size` resources, or all if there are fewer. Raises UsageError if there is nothing to draw from."""
    if size < 1:
        raise UsageError(f"-n {size}: a sample has one item at least")
    if control not in run.record["controls"]:
        near = get_close_matches(control, run.record["controls"], n=1)
        raise UsageError(
            f"--control={control}: the run asked no such control" + (f"; is it {near[0]}?" if near else "")
        )
    rows = [row for row in run.rows() if row.control == control]
    if not rows:
        raise UsageError(f"--control={control}: {run.folder.verdicts} has no row of it, so there is no population")
    population = dict.fromkeys((row.account, row.region, row.resource) for row in rows)
    ranked = heapq.nsmallest(size, ((rank_sha256(seed, control, key), key) for key in population))
    chosen: dict[ResourceKey, list[Verdict]] = {key: [] for _, key in ranked}
    for row in rows:
        if (row.account, row.region, row.resource) in chosen:
            chosen[row.account, row.region, row.resource].append(row)
    items = tuple(SampledResource(rank, *key, tuple(chosen[key])) for rank, key in ranked)
    counts: Counter[Status] = Counter(row.status for row in rows)
    return Sample(
        control=control,
        seed=seed,
        population=len(population),
        counts={status: counts[status] for status in STATUSES},
        items=items,
        answers={sha256: run.answer(item.account, sha256) for item in items for sha256 in item.reads},
        cautions=tuple(_cautions(run, counts)),
    )


def _cautions(run: ReportedRun, counts: Mapping[Status, int]) -> Iterable[str]:
    unseen = counts.get("error", 0) + counts.get("not_run", 0)
    if unseen:
        yield (
            f"{counted(unseen, 'verdict is', 'verdicts are')} unreadable or not run: behind them"
            " may be resources that nobody saw"
        )
    torn = run.folder.torn_lines()
    if torn:
        told = counted(torn, "line of verdicts.jsonl is no whole row", "lines of verdicts.jsonl are no whole rows")
        yield f"{told}: what stood there is not in the population"
    yield from (str(note) for note in run.notes if note.word in ("PART", UNFINISHED.word))

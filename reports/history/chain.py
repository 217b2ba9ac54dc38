"""The chain of manifests: each names the run before it and that run's hash, so that what was taken out shows."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from reports.history.folders import RunFiles


def chain_problems(runs: Sequence[RunFiles]) -> list[str]:
    """Sentences on each link that does not hold, in the order of the runs.

    Only the links are looked at here. Whether its answers are those of its manifest, `python -m muster verify` tells.
    """
    sealed = sorted((run for run in runs if run.manifest is not None), key=lambda run: run.name)
    by_name = {run.name: run for run in sealed}
    before = {later.name: earlier.name for earlier, later in pairwise(sealed)}
    broken = [problem for run in sealed if (problem := _problem(run, before.get(run.name), by_name)) is not None]
    return [*_unsealed([run.name for run in runs if run.manifest_sha256 is None]), *broken]


def _unsealed(names: Sequence[str]) -> list[str]:
    if not names:
        return []
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return [f"no manifest.json, so that nothing tells what stood before: {', '.join(names[:3])}{more}"]


def _problem(run: RunFiles, before: str | None, by_name: dict[str, RunFiles]) -> str | None:
    assert run.manifest is not None
    previous = run.manifest.previous
    if previous is None:
        return before and (
            f"{run.name} names no run before it, though {before} is here: that one was added later, or ran elsewhere"
        )
    if previous.run not in by_name:
        return f"{run.name} follows on {previous.run}, which is not here with its manifest: it was removed or moved"
    if by_name[previous.run].manifest_sha256 != previous.manifest_sha256:
        return f"{previous.run} is not as it was when {run.name} ended: its manifest was written again"
    if before != previous.run:
        return f"{run.name} follows on {previous.run}, not on {before}: that one was added later, or overlapped"
    return None

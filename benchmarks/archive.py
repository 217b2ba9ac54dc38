"""Evidence: what it costs to keep the answers of a large account, to seal them, and to judge from them again."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.figures import BenchmarkFailed, Figure, peak_memory, timed
from benchmarks.population import READS_A_BUCKET, REGIONS, Buckets, bucket_name
from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.reading.archive import FolderArchive
from muster.reading.reads import Archive, Call, Transport
from muster.reading.sessions.offline import NotRecorded
from muster.run.replay import past_answers

ANSWERS = 40_000
# An API that takes 50 ms gives 32 threads at most 640 answers a second: keeping them must take little of that second.
KEEP_MILLISECONDS = 0.5
LOAD_MILLISECONDS = 0.25


def measure(answers: int = ANSWERS) -> list[Figure]:
    """Keep answers in a run folder, seal it, load it as a replay does, and fetch every answer from what was loaded."""
    calls = _calls(answers)
    with TemporaryDirectory() as place:
        run, replay = RunFolder(Path(place) / "run"), RunFolder(Path(place) / "replay")
        run.create()
        with timed() as keeping:
            _fetch(FolderArchive(run.reads), calls, Buckets(answers))
        with timed() as sealing:
            write_manifest(run)
        with timed() as loading:
            past = past_answers(run.path)
        with timed() as replaying:
            _fetch(FolderArchive(replay.reads, past=past), calls, NotRecorded())
        size = _same_size(run, replay, answers)
    return [
        Figure("answers", answers, ""),
        Figure("kept, in all", keeping.seconds, "s"),
        Figure("kept, each", 1000 * keeping.seconds / answers, "ms", at_most=KEEP_MILLISECONDS),
        Figure("on disk", size / 1_000_000, "MB"),
        Figure("sealed by the manifest", sealing.seconds, "s"),
        Figure("loaded for a replay, in all", loading.seconds, "s"),
        Figure("loaded for a replay, each", 1000 * loading.seconds / answers, "ms", at_most=LOAD_MILLISECONDS),
        Figure("kept again by the replay", replaying.seconds, "s"),
        peak_memory(),
    ]


def _calls(number: int) -> list[Call]:
    """That many calls: some reads of each bucket, in the bucket's region."""
    asked = ((bucket, operation) for bucket in range(number) for operation in READS_A_BUCKET)
    return [
        Call("benchmark", REGIONS[bucket % len(REGIONS)], "s3", operation, {"Bucket": bucket_name(bucket)})
        for (bucket, operation), _ in zip(asked, range(number), strict=False)
    ]


def _fetch(archive: Archive, calls: Iterable[Call], transport: Transport) -> None:
    for call in calls:
        archive.fetch(call, partial(transport.send, call))


def _same_size(run: RunFolder, replay: RunFolder, answers: int) -> int:
    """The bytes of the kept answers, once it is sure that all were kept, and that the replay has the same."""
    kept = {path.name: path.stat().st_size for path in run.reads.iterdir()}
    again = {path.name for path in replay.reads.iterdir()}
    if len(kept) != answers or kept.keys() != again:
        raise BenchmarkFailed(
            f"{answers} answers became {len(kept)} files; {len(again ^ kept.keys())} differ on replay"
        )
    return sum(kept.values())

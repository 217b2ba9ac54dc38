"""The command `python -m benchmarks [name …]`: medians beside their goals; ends with 1 if a goal is missed."""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib import import_module
from tempfile import TemporaryDirectory
from typing import Any

from benchmarks.figures import BenchmarkFailed, Figure, middle, surroundings
from benchmarks.population import ROOT

# What an earlier commit measured, by benchmark and figure, and the command that told it.
BEFORE = ROOT / "benchmarks" / "before.json"


@dataclass(frozen=True)
class Benchmark:
    """A module of this package with a function `measure`.

    `warm_up` has it compile what its processes will import; `most` is how many passes it is worth, `longest` the
    seconds after which one is given up: several times what it takes on a machine that has nothing else to do.
    """

    module: str
    title: str
    warm_up: bool = False
    most: int | None = None
    longest: float = 300.0

    @property
    def measure(self) -> Callable[[], list[Figure]]:
        """One pass, in this process."""
        function: Callable[[], list[Figure]] = import_module(f"benchmarks.{self.module}").measure
        return function


BENCHMARKS: Mapping[str, Benchmark] = {
    each.module: each
    for each in (
        Benchmark("audit", "pytest --profile=baseline --account=demo", warm_up=True),
        Benchmark("organization", "the same over an organization of five accounts", warm_up=True),
        Benchmark("memory", "10,000 buckets, 6 controls, answers in memory"),
        Benchmark("latency", "500 buckets, 4 reads each, 50 ms an answer"),
        Benchmark("regions", "an empty account of 17 regions, every AWS control"),
        Benchmark("waiting", "one empty account, every AWS control, answers of 0, 50 and 200 ms", most=1),
        Benchmark(
            "fleet", "40 empty accounts of 17 regions, every AWS control, answers of 100 ms", most=1, longest=900.0
        ),
        Benchmark(
            "github",
            "1,000 repositories on GitHub, 30 ms an answer, 5,000 requests an hour of 20 s",
            most=1,
            longest=900.0,
        ),
        Benchmark("fleets", "40 such accounts by workers of a fleet, over a simulated AWS", most=1, longest=3600.0),
        Benchmark("fleet_kills", "200 accounts, a worker killed every 5 s", most=1, longest=1800.0),
        Benchmark("connections", "TLS handshakes of many buckets, and of many services and regions", most=1),
        Benchmark("collection", "400 controls in 40 accounts, collected", most=1),
        Benchmark("archive", "40,000 answers kept, sealed and replayed", longest=900.0),
        Benchmark("reports", "every report of a run of 100,000 verdict rows"),
    )
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run what was named, or all."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="name", help=f"of {', '.join(BENCHMARKS)} (default: all)")
    parser.add_argument("--passes", type=int, default=3, metavar="N", help="medians of so many passes (default: 3)")
    parser.add_argument("--one-pass", action="store_true", help="one pass of one benchmark, here, as JSON")
    options = parser.parse_args(arguments)
    unknown = sorted(set(options.names) - set(BENCHMARKS))
    if unknown or options.passes < 1:
        parser.error(f"no such benchmark: {', '.join(unknown)}" if unknown else "--passes: expected 1 or more")
    names = options.names or list(BENCHMARKS)
    try:
        if options.one_pass:
            print(json.dumps([asdict(figure) for figure in BENCHMARKS[names[0]].measure()]))
            return 0
    except BenchmarkFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    # All are measured, also where one of them fails.
    missed = [name for name in names if not _is_kept(BENCHMARKS[name], options.passes)]
    return 1 if missed else 0


def _is_kept(benchmark: Benchmark, passes: int) -> bool:
    """Whether something could be measured, and no goal was missed."""
    try:
        return not _report(benchmark, passes)
    except BenchmarkFailed as failure:
        print(failure, file=sys.stderr, flush=True)
        return False


def _report(benchmark: Benchmark, passes: int) -> bool:
    """Print the figures of a benchmark; whether one of its goals was missed."""
    passes = min(passes, benchmark.most or passes)
    print(f"{benchmark.module}: {benchmark.title} (median of {passes}; {surroundings()})", flush=True)
    with TemporaryDirectory() as compiled:
        # Where bytecode is not kept, each process compiles all that it imports: 2 s of no interest.
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        environment["PYTHONPYCACHEPREFIX"] = compiled
        if benchmark.warm_up:
            _pass(benchmark, environment)
        figures = middle([_pass(benchmark, environment) for _ in range(passes)])
    before = json.loads(BEFORE.read_text(encoding="utf-8"))["figures"].get(benchmark.module, {})
    print(*(replace(figure, before=before.get(figure.name)) for figure in figures), "", sep="\n", flush=True)
    return any(figure.is_missed for figure in figures)


def _pass(benchmark: Benchmark, environment: Mapping[str, str]) -> list[Figure]:
    """One pass in a process of its own, so that none finds the memory, the clients or the clutter of another."""
    command = [sys.executable, "-m", "benchmarks", "--one-pass", benchmark.module]
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        try:
            output, _ = process.communicate(timeout=benchmark.longest)
        except BaseException as interruption:
            os.killpg(process.pid, signal.SIGKILL)
            if isinstance(interruption, subprocess.TimeoutExpired):
                raise BenchmarkFailed(
                    f"{benchmark.module}: a pass took longer than {benchmark.longest:.0f} s"
                ) from None
            raise
    if process.returncode != 0:
        raise BenchmarkFailed(f"{benchmark.module}: nothing was measured (its own message stands above)")
    figures: list[dict[str, Any]] = json.loads(output)
    return [Figure(**figure) for figure in figures]


if __name__ == "__main__":
    sys.exit(main())

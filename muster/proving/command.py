"""`muster prove`: an organization's own controls are proved and tried for honesty, and the proofs are written down."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from muster.errors import UsageError
from muster.judging.catalogue import import_controls
from muster.judging.closure import closure_of
from muster.judging.control import Control
from muster.printable import counted
from muster.proving.half_answers import Turn, turns
from muster.proving.honesty import DENIED, TIMED_OUT, UNPARSABLE, dishonesties
from muster.proving.left_out import FILE, LeftOutKey, left_out_in
from muster.proving.proofs import flaws_of_failing, flaws_of_passing, flaws_of_telling_apart
from muster.proving.recorded import Recording, record
from muster.run.kinds import AWS
from muster.run.record import PROOFS
from muster.run.sandbox import Sandbox
from muster.selection.chosen import matching_controls
from muster.suites import Suites

COMPANIES = ("demo", "model", "empty")
MEMBERS = ("demo_member", "model_member")
# Where each company's estate is, in a suite; the shipped example is the demo company's.
ESTATES = {
    "demo": "estate",
    "model": "fixtures/sandbox/estates/model",
    "empty": "fixtures/sandbox/estates/model",
}


def prove(root: Path, patterns: Collection[str]) -> tuple[str, bool]:
    """Prove the controls of the suite in a folder, or those of them that are named.

    Gives what to tell, and whether all are proved. Those that are stand in its `controls/proved.json` from then on, by
    which each run says so. Raises `UsageError` where there is no suite, or no such control in it, and `FileError` where
    a `fixtures/left-out.yaml` is not of the form.
    """
    suites = Suites.at(root)
    known = import_controls(suites)
    mine = [name for name, each in known.items() if suites.root_of(each.path) == (suites.own or suites.shipped)]
    if not mine:
        raise UsageError(f"{root}: there are no controls here: begin one with `muster new control ID`")
    chosen = {name: known[name] for name in (matching_controls(tuple(patterns), mine) if patterns else mine)}
    left_out = {folder: left_out_in(folder) for folder in suites.folders("fixtures")}
    recordings = _recorded(suites, known, chosen)
    turned = {name: list(_turns(control, recordings)) for name, control in chosen.items()}
    flaws = {
        name: [*_flaws(control, recordings), *_told_turns(turned[name], frozenset().union(*left_out.values()))]
        for name, control in chosen.items()
    }
    own = left_out.get(suites.own / "fixtures", frozenset()) if suites.own is not None else frozenset()
    needless = [] if patterns else sorted(own - {turn.key for each in turned.values() for turn in each})
    if suites.own is not None:
        _write_down(suites.own / PROOFS, mine, {name: closure_of(known[name]).sha256 for name in chosen}, flaws)
    told = _told(flaws, recordings, chosen) + "".join(
        f"fixtures/{FILE}: {operation}: nothing needs {key} any more, and it would hide what comes: take it out\n"
        for operation, key in needless
    )
    return told, not any(flaws.values()) and not needless


def _recorded(suites: Suites, known: Mapping[str, Control], chosen: Mapping[str, Control]) -> Mapping[str, Recording]:
    """What the chosen controls find in each company, which are filled as if all controls were asked."""
    sandbox = Sandbox((*COMPANIES, *MEMBERS), suites)
    try:
        seeded = sandbox.ready()
        return {name: record(name, _estate(suites, name), seeded, chosen, known) for name in COMPANIES}
    finally:
        sandbox.stop()


def _estate(suites: Suites, company: str) -> Path:
    """The estate of a company: the organization may have written one that goes with its own controls."""
    own = suites.own / "fixtures" / "sandbox" / "estates" / company if suites.own is not None else None
    return own if own is not None and own.is_dir() else suites.shipped / ESTATES[company]


def _flaws(control: Control, recordings: Mapping[str, Recording]) -> Iterator[str]:
    model, demo, empty = (recordings[name] for name in ("model", "demo", "empty"))
    yield from flaws_of_passing(control, model)
    yield from flaws_of_failing(control, demo)
    if control.kind == AWS.name:
        yield from flaws_of_telling_apart(control, model, demo, empty)
    for recording in (demo, model):
        for call in recording.reads_of(control):
            for error in (*DENIED[control.kind], TIMED_OUT, UNPARSABLE):
                yield from dishonesties(recording, control, call, error)


def _turns(control: Control, recordings: Mapping[str, Recording]) -> Iterator[Turn]:
    for name in ("demo", "model"):
        yield from turns(recordings[name], control)


def _told_turns(turned: Collection[Turn], left_out: Collection[LeftOutKey]) -> Iterator[str]:
    """What half an answer does, once a key, unless it is documented that the key is left out."""
    seen = {str(turn): turn for turn in turned if turn.key not in left_out}
    for told, turn in seen.items():
        yield told if turn.key is None else f"{told} (is the key documented to be left out? name it in fixtures/{FILE})"


def _write_down(path: Path, mine: Collection[str], closures: Mapping[str, str], flaws: Mapping[str, list[str]]) -> None:
    """Keep what was proved before, of controls that are still there and were not put to the proof now."""
    before: dict[str, str] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    kept = {name: sha256 for name, sha256 in before.items() if name in mine and name not in flaws}
    proved = {name: sha256 for name, sha256 in closures.items() if not flaws[name]}
    path.write_text(json.dumps(dict(sorted({**kept, **proved}.items())), indent=2) + "\n", encoding="utf-8")


def _told(flaws: Mapping[str, list[str]], recordings: Mapping[str, Recording], chosen: Mapping[str, Control]) -> str:
    reads = sum(len(recordings[name].reads_of(control)) for name in ("demo", "model") for control in chosen.values())
    proved = sum(not found for found in flaws.values())
    lines = []
    for name, found in flaws.items():
        lines += [f"{name}: {'proved' if not found else 'not proved'}", *(f"    {flaw}" for flaw in found)]
    return "\n".join(
        [
            *lines,
            "",
            f"{proved} of {len(flaws)} proved; each of {counted(reads, 'read')} was denied, and"
            " answered by halves; so nothing of"
            " what is proved became a pass",
            "",
        ]
    )

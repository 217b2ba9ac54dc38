"""Why a verdict changed: the resource, the control, a parameter, a waiver, the facts, or nothing but the time."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from muster.reading.marks import MARK
from muster.reading.reads import Answer, Call, canonical_json
from muster.verdict import Verdict
from reports.answers import NoAnswer, read_recorded
from reports.run import ReportedRun

# Answers held at a time: lists are shared by many rows, and large.
HELD = 32


@dataclass(frozen=True)
class _Known:
    """What is held of an answer: its question, and digests of all it says and of each thing in it, by names."""

    key: str
    name: str
    whole: str
    parts: Mapping[str, frozenset[str]] = field(repr=False)

    def says_of(self, names: frozenset[str]) -> frozenset[str]:
        """The digests of the things under these names; empty if the answer names none of them."""
        return frozenset(digest for name in names for digest in self.parts.get(name, ()))


class Causes:
    """Finds causes from two run folders: what `run.json` says of each, and the answers that rows rest on."""

    def __init__(self, previous: ReportedRun, current: ReportedRun) -> None:
        self._previous, self._current = previous, current
        key_then, key_now = (run.record.get("redaction_key_id") for run in (previous, current))
        # Marks of different keys differ even where the secret is the same.
        marks_compare = key_then is not None and key_then == key_now
        self._then = _loader(previous, marks_compare=marks_compare)
        self._now = _loader(current, marks_compare=marks_compare)
        self._common = _changes_for_all(previous.record, current.record)

    def of(self, was: Verdict, now: Verdict) -> tuple[str, ...]:
        """The causes of the change from one row to the other, likeliest first."""
        found = [*self._of_answers(was, now), *self._of_control(was, now), *self._of_waivers(was, now)]
        return tuple(found or self._common or ["nothing that it rests on changed but the time"])

    def _of_answers(self, was: Verdict, now: Verdict) -> Iterator[str]:
        then = {answer.key: answer for sha256 in was.reads if (answer := self._then(sha256))}
        names = _names_of(now.resource)
        changed = dict[str, None]()
        for sha256 in now.reads:
            answer = self._now(sha256)
            if answer is not None and answer.key in then and _differ(then[answer.key], answer, names):
                changed[answer.name] = None
        if changed:
            yield f"the resource changed: {', '.join(changed)}"

    def _of_control(self, was: Verdict, now: Verdict) -> Iterator[str]:
        then, today = (run.record["controls"].get(now.control, {}) for run in (self._previous, self._current))
        if then.get("source_sha256") != today.get("source_sha256"):
            yield "the control changed"
        elif then.get("closure_sha256") and then["closure_sha256"] != today.get("closure_sha256"):
            yield "the code under the control changed"
        names = sorted({*was.parameters, *now.parameters})
        differing = [
            f"{name}: {was.parameters.get(name)!r} → {now.parameters.get(name)!r}"
            for name in names
            if was.parameters.get(name) != now.parameters.get(name)
        ]
        if differing:
            yield f"a parameter changed: {', '.join(differing)}"

    def _of_waivers(self, was: Verdict, now: Verdict) -> Iterator[str]:
        if was.waiver == now.waiver:
            return
        if now.waiver is None:
            kept = next((w for w in self._current.record["waivers"] if w["id"] == was.waiver), None)
            yield f"the waiver {was.waiver} {'does not hold any more' if kept else 'was removed'}"
        else:
            yield f"the waiver {now.waiver} holds"


def _changes_for_all(then: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What changed for every control; given as a cause only where nothing nearer did."""
    facts = sorted(
        name for name in {*then["facts"], *now["facts"]} if then["facts"].get(name) != now["facts"].get(name)
    )
    found = [f"the facts changed: {', '.join(facts)}"] if facts else []
    if then["versions"].get("muster") != now["versions"].get("muster") or _commits(then) != _commits(now):
        found.append("the code beside the control may have changed: the runs are of different commits")
    return found


def _commits(record: Mapping[str, Any]) -> tuple[object, ...]:
    """The commits of the shipped suite and of the organization's own, and whether files differed from them."""
    return record["git"], record.get("own_git")


def _loader(run: ReportedRun, *, marks_compare: bool) -> Callable[[str], _Known | None]:
    """Loads the answers of a run by hash; None for one that is lost, which explains nothing (verifying finds it)."""

    @lru_cache(maxsize=HELD)
    def load(sha256: str) -> _Known | None:
        try:
            call, answer = read_recorded(run.folder.path, sha256)
        except NoAnswer:
            return None
        return _known(call, answer, marks_compare=marks_compare)

    return load


def _known(call: Call, answer: Answer, *, marks_compare: bool) -> _Known:
    def digest(value: object) -> str:
        text = canonical_json(value)
        comparable = text if marks_compare else MARK.sub(_without_hash, text)
        return hashlib.sha256(comparable.encode(errors="surrogatepass")).hexdigest()

    parts: dict[str, set[str]] = {}
    for part in _listed(answer.content):
        names = [value for value in part.values() if isinstance(value, str)]
        if names:
            told = digest(part)
            for name in names:
                parts.setdefault(name, set()).add(told)
    error = answer.error.code if answer.error else None
    frozen = {name: frozenset(digests) for name, digests in parts.items()}
    return _Known(call.key, call.name, digest([answer.content, error]), frozen)


def _without_hash(mark: re.Match[str]) -> str:
    return f"[redacted {mark['what']}]"


def _listed(content: Any) -> Iterator[dict[str, Any]]:
    """The things that an answer lists, at any depth."""
    match content:
        case dict():
            for value in content.values():
                yield from _listed(value)
        case list():
            for item in content:
                if isinstance(item, dict):
                    yield item
                yield from _listed(item)


def _names_of(resource: str) -> frozenset[str]:
    """How answers may call a resource: its ARN, or the last part of it."""
    return frozenset({resource, resource.rpartition("/")[2], resource.rpartition(":")[2]})


def _differ(then: _Known, now: _Known, names: frozenset[str]) -> bool:
    """Whether two answers to one question differ in what they say of a resource, or at all if they do not name it."""
    of_then, of_now = then.says_of(names), now.says_of(names)
    return of_then != of_now if of_then or of_now else then.whole != now.whole

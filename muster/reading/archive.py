"""The archive of answers: a file an answer, named by the SHA-256 of what it says.

Within a process a question in flight is waited for; between the processes of a run (`shared`) a lock file a question
does the same, so that nothing is read twice however the work is spread.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import threading
from collections.abc import Callable, Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any, TypeVar

from muster.once import Latest, Once
from muster.reading.reads import Answer, ApiError, Call, Recorded, canonical_json
from muster.reading.unchanged import Unchanged, Validator

Told = TypeVar("Told", Validator, Unchanged)
LATEST = 512
"""Answers of a run that are in memory, beside what nouns made of them."""
PARTIAL = ".partial"
"""How the name of an answer ends until it is written whole."""


def recorded_text(call: Call, answer: Answer) -> str:
    """The text of an answer's file: the question, the answer, its request ids and time, as canonical JSON."""
    return canonical_json(
        {
            "account": call.account,
            "region": call.region,
            "service": call.service,
            "operation": call.operation,
            "request": call.request,
            **({"look": call.look} if call.look > 1 else {}),
            "content": answer.content,
            "error": vars(answer.error) if answer.error else None,
            "request_ids": answer.request_ids,
            "at": answer.at,
            **({"validator": vars(answer.validator)} if answer.validator is not None else {}),
            **({"unchanged": vars(answer.unchanged)} if answer.unchanged is not None else {}),
        }
    )


def parse_recorded(text: str) -> tuple[Call, Answer]:
    """The question and answer that a file of `reads/` holds. Raises ValueError if it holds none."""
    try:
        data = json.loads(text)
    except RecursionError as deep:
        raise ValueError("it is nested too deep") from deep
    look, validator, unchanged = 1, None, None
    if isinstance(data, dict):
        look = data.pop("look", 1)
        validator, unchanged = _texts(data, "validator", Validator), _texts(data, "unchanged", Unchanged)
    _require(data, _KINDS)
    if type(look) is not int or look < 1:
        raise ValueError("look is of another kind than in an answer")
    error = None
    if data["error"] is not None:
        _require(data["error"], _KINDS_OF_ERROR)
        error = ApiError(**data["error"])
    call = Call(data["account"], data["region"], data["service"], data["operation"], data["request"], look)
    return call, Answer(data["content"], error, tuple(data["request_ids"]), data["at"], validator, unchanged)


# What JSON makes of each part of an answer's file.
_KINDS: Mapping[str, type | tuple[type, ...]] = {
    "account": str,
    "region": str,
    "service": str,
    "operation": str,
    "request": dict,
    "content": object,
    "error": (dict, type(None)),
    "request_ids": list,
    "at": str,
}
_KINDS_OF_ERROR: Mapping[str, type | tuple[type, ...]] = {"code": str, "message": str, "status": (int, type(None))}


def _texts(data: dict[str, Any], name: str, of: type[Told]) -> Told | None:
    """What stands under a name that may be left out, all its parts texts; takes it out of the data."""
    if name not in data:
        return None
    told = data.pop(name)
    _require(told, {each.name: str for each in fields(of)})
    return of(**told)


def _require(data: object, kinds: Mapping[str, type | tuple[type, ...]]) -> None:
    if not isinstance(data, dict) or data.keys() != kinds.keys():
        raise ValueError(f"expected the keys {', '.join(kinds)}, and no other")
    wrong = [name for name, kind in kinds.items() if not isinstance(data[name], kind)]
    if wrong:
        raise ValueError(f"{wrong[0]} is of another kind than in an answer")


class MemoryArchive:
    """Keeps answers for as long as it lives: for `muster.judge`, and under the other archives."""

    def __init__(self) -> None:
        self._answers = Once[tuple[str, str], Recorded]()

    def fetch(self, call: Call, ask: Callable[[], Answer]) -> Recorded:
        """The answer to this call; the first caller asks, the others wait for it."""
        return self._answers.get((call.account, call.key), lambda: self._obtain(call, ask))

    def close(self) -> None:
        """Nothing is kept that could come too late."""

    def forget(self, account: str) -> None:
        """Let go of the answers of an account that nobody will ask for any more."""
        self._answers.forget(lambda key: key[0] == account)

    def __len__(self) -> int:
        return len(self._answers)

    def _obtain(self, call: Call, ask: Callable[[], Answer]) -> Recorded:
        # What nouns see went through JSON once, as it does on replay: tuples are lists, keys are strings.
        text = recorded_text(call, ask())
        return Recorded(self._keep(text), parse_recorded(text)[1])

    def _keep(self, text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()


class FolderArchive:
    """Keeps answers in `folder` (`reads/` of a run), where the run's other processes find them too if `shared`.

    `past` maps the keys of calls to the texts of an earlier run: what was asked then is not asked again. In memory are
    the hashes, and the latest answers: nouns keep what they made of an answer, so that few look at one again.
    """

    def __init__(self, folder: Path, *, shared: Path | None = None, past: Mapping[str, str] | None = None) -> None:
        self._folder = folder
        self._shared = shared
        self._past = past or {}
        self._hashes = Once[tuple[str, str], str]()
        self._latest = Latest[str, Recorded](LATEST)
        self._writing = threading.Lock()
        self._is_closed = False
        folder.mkdir(parents=True, exist_ok=True)
        if shared is not None:
            shared.mkdir(parents=True, exist_ok=True)

    def fetch(self, call: Call, ask: Callable[[], Answer]) -> Recorded:
        """The answer to this call; the first caller asks, the others wait for it."""
        sha256 = self._hashes.get((call.account, call.key), lambda: self._obtain(call, ask))
        return self._latest.get(sha256) or self._remember(self._read(sha256))

    def forget(self, account: str) -> None:
        """Let go of what is known of an account that nobody will ask for any more."""
        self._hashes.forget(lambda key: key[0] == account)

    def close(self) -> None:
        """Write no answer any more: what is still under way when a run is sealed comes too late to be evidence.

        What a worker that was killed had begun to write is no answer, and goes.
        """
        with self._writing:
            self._is_closed = True
            for torn in self._folder.glob(f"*{PARTIAL}"):
                torn.unlink(missing_ok=True)

    def __len__(self) -> int:
        return len(self._hashes)

    def _obtain(self, call: Call, ask: Callable[[], Answer]) -> str:
        past = self._past.get(call.key)
        if past is not None:
            return self._keep(past)
        if self._shared is None:
            return self._keep(recorded_text(call, ask()))
        note = self._shared / hashlib.sha256(call.key.encode()).hexdigest()
        with note.open("a+") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            handle.seek(0)
            sha256 = handle.read()
            if not sha256:
                sha256 = self._keep(recorded_text(call, ask()))
                handle.write(sha256)
            return sha256

    def _keep(self, text: str) -> str:
        data = text.encode()
        sha256 = hashlib.sha256(data).hexdigest()
        path = str(self._file(sha256))
        with self._writing:
            if not self._is_closed:
                _write(path, data)
        # What nouns see went through JSON once, as it does on replay: tuples are lists, keys are strings.
        self._remember(Recorded(sha256, parse_recorded(text)[1]))
        return sha256

    def _read(self, sha256: str) -> Recorded:
        return Recorded(sha256, parse_recorded(self._file(sha256).read_text(encoding="utf-8"))[1])

    def _remember(self, recorded: Recorded) -> Recorded:
        self._latest.put(recorded.sha256, recorded)
        return recorded

    def _file(self, sha256: str) -> Path:
        return self._folder / f"{sha256}.json"


def _write(path: str, data: bytes) -> None:
    """Write a file in one step, by as few calls of the system as that takes: at each of them threads change places."""
    partial = f"{path.removesuffix('.json')}{PARTIAL}"
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o666)
    try:
        # A full disk writes a part, and then says why.
        left = memoryview(data)
        while left:
            left = left[os.write(descriptor, left) :]
    finally:
        os.close(descriptor)
    os.rename(partial, path)

"""An earlier run, of which it is asked what has not changed since: that is not sent again, and costs no rate limit.

Every question is put all the same; only where the API answers that nothing changed (304) the content is taken from the
folder of that run, which has been verified.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from muster.errors import BadEvidence, UsageError
from muster.evidence.json_object import read_object
from muster.evidence.plain_files import listed_entries, read_plain
from muster.evidence.record import RunRecord
from muster.evidence.verify import verify
from muster.printable import one_line
from muster.reading.access import Access
from muster.reading.archive import parse_recorded
from muster.reading.marks import MARK
from muster.reading.reads import Call
from muster.reading.redaction import key_id
from muster.reading.unchanged import EarlierAnswer, Unchanged

OPTION = "--unchanged-since"
LATEST = "latest"
NIGHTS_BACK = 60
"""How many runs back `latest` looks for one that entered the same accounts."""
KINDS = ("github",)
"""The kinds of account whose answers may be known to be unchanged."""
# What of an account's way in decides what it is answered.
_WAY = ("kind", "endpoint_url", "sandbox", "token_env", "app_id")


@dataclass(frozen=True)
class EarlierRun:
    """The run in this folder; `accounts` are those that it entered in the same way.

    `has_our_marks` says that what it redacted is marked with the key of the run that asks.
    """

    folder: Path
    run: str
    accounts: tuple[str, ...]
    has_our_marks: bool = False

    @classmethod
    def load(cls, folder: Path, accounts: tuple[Access, ...], redaction_key: str) -> Self:
        """What that run knows of these accounts, for one that redacts with this key (hex).

        Raises `UsageError`, in one line, where its evidence does not hold.
        """
        asked = f"{OPTION}={folder}"
        try:
            if defects := verify(folder).defects:
                raise UsageError(one_line(f"{asked}: its evidence does not verify: {defects[0]}"))
            record = RunRecord.read(folder)
            data = read_object(folder, "run.json")
        except (OSError, BadEvidence) as error:
            raise UsageError(one_line(f"{asked}: no run to ask what has changed since: {error}")) from error
        if record.replay_of is not None:
            raise UsageError(f"{asked}: that run is a replay, which asked nobody")
        has_our_marks = data.get("redaction_key_id") == key_id(redaction_key)
        return cls(folder.resolve(), record.run, _entered_alike(data, accounts), has_our_marks)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for workers and, without the folder, for `run.json`."""
        return {**self.as_evidence(), "folder": str(self.folder), "has_our_marks": self.has_our_marks}

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """What `as_data` wrote down."""
        return cls(Path(data["folder"]), data["run"], tuple(data["accounts"]), data["has_our_marks"])

    def as_evidence(self) -> dict[str, Any]:
        """What `run.json` says of it."""
        return {"run": self.run, "accounts": list(self.accounts)}

    def answer(self, call: Call) -> EarlierAnswer | None:
        """What it was answered to this question, where it can be asked whether that has changed."""
        name = self._files.get(call.key)
        if name is None:
            return None
        _, answer = parse_recorded(self._text(name))
        if answer.validator is None:
            return None
        read = name.removeprefix("reads/").removesuffix(".json")
        first = answer.unchanged.first_read if answer.unchanged is not None else answer.at
        return EarlierAnswer(answer.content, answer.validator, Unchanged(self.run, read, first))

    def known(self, account: str) -> int:
        """How many answers of an account it can be asked about."""
        return sum(json.loads(key)[0] == account for key in self._files)

    @cached_property
    def _files(self) -> dict[str, str]:
        """The files of the answers that can be asked about, by the key of their call.

        One with a mark in it is asked anew, unless the mark was made with the key of this run.
        """
        files = {}
        for name in listed_entries(self.folder):
            if name.startswith("reads/") and name.endswith(".json"):
                text = self._text(name)
                if '"validator":{' in text and (self.has_our_marks or not MARK.search(text)):
                    call, answer = parse_recorded(text)
                    if call.account in self.accounts and answer.validator is not None and answer.error is None:
                        files[call.key] = name
        return files

    def _text(self, name: str) -> str:
        data = read_plain(self.folder, name)
        if name != f"reads/{hashlib.sha256(data).hexdigest()}.json":
            raise BadEvidence(f"{name}: its name is not its SHA-256")
        return data.decode()


def earlier_run(asked: str | None, runs: Path, accounts: tuple[Access, ...], redaction_key: str) -> EarlierRun | None:
    """The run that the option names, `latest` the newest of `runs` that entered one of these accounts.

    None where nothing is asked, and for `latest` on the first night. Raises `UsageError` as `EarlierRun.load` does.
    """
    if asked is None:
        return None
    if asked != LATEST:
        return EarlierRun.load(Path(asked), accounts, redaction_key)
    sealed = sorted(
        (each.parent for each in runs.glob("*/manifest.json") if not each.parent.is_symlink()), reverse=True
    )
    found = next((folder for folder in sealed[:NIGHTS_BACK] if _is_of_these(folder, accounts)), None)
    return EarlierRun.load(found, accounts, redaction_key) if found is not None else None


def _is_of_these(folder: Path, accounts: tuple[Access, ...]) -> bool:
    try:
        is_replay = RunRecord.read(folder).replay_of is not None
        data = read_object(folder, "run.json")
    except (OSError, BadEvidence):
        return False
    return not is_replay and bool(_entered_alike(data, accounts))


def _entered_alike(data: Mapping[str, Any], accounts: tuple[Access, ...]) -> tuple[str, ...]:
    """The accounts that a run, by its `run.json`, entered in the same way; a sandbox is gone with its run."""
    known = {entry["name"]: entry for entry in data["accounts"]}
    ids = data.get("account_ids") or {}
    return tuple(
        access.name
        for access in accounts
        if access.kind in KINDS
        and not access.sandbox
        and access.name in known
        and ids.get(access.name) == access.id
        and all(known[access.name].get(name) == getattr(access, name) for name in _WAY)
    )

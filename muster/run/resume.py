"""A run that goes on where another was cut short: what that one read, a while ago at most, is not asked again.

Everything is judged anew, by what is declared now; only answers are taken over. The run says so: `resumed` in
`run.json`, and each answer keeps the time at which it was given.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from muster.errors import BadEvidence, UsageError
from muster.evidence.json_object import read_object
from muster.evidence.plain_files import is_plain, listed_entries, read_plain
from muster.evidence.record import RunRecord
from muster.evidence.verify import verify
from muster.printable import one_line
from muster.reading.access import Access
from muster.reading.archive import parse_recorded
from muster.reading.sessions.own_questions import RATE_LIMIT

HOURS = 6.0
"""How old an answer may be that is taken over, unless --resume-hours says otherwise."""
MOST_HOURS = 24.0
START_IS_TOLD_TO = timedelta(seconds=1)
"""A run says to the second when it began: an answer of that second was given before."""


@dataclass(frozen=True)
class Resumed:
    """What is taken over of another run.

    `folder` is its run folder and `run` its name; `accounts` are those whose answers are taken, by name, and `hosts`
    where these came from; what was answered before `not_before` is asked anew, and so is what says that it was answered
    after `not_after`, when this run began: nobody can tell how old that is. `sealed` says whether that run came to its
    end, so that its folder could be verified: one that was killed vouches for its answers by their hashes alone.
    """

    folder: Path
    run: str
    accounts: tuple[str, ...]
    hosts: Mapping[str, tuple[str, ...]]
    not_before: datetime
    not_after: datetime
    sealed: bool

    @classmethod
    def load(cls, folder: Path, hours: float, now: datetime, accounts: tuple[Access, ...]) -> Self:
        """What can be taken over for these accounts. Raises `UsageError`, in one line, where nothing may be."""
        asked = f"--resume={folder}"
        try:
            sealed = is_plain(folder, "manifest.json")
            if sealed and (defects := verify(folder).defects):
                raise UsageError(one_line(f"{asked}: its evidence does not verify: {defects[0]}"))
            record = RunRecord.read(folder)
            data = read_object(folder, "run.json")
        except (OSError, BadEvidence) as error:
            raise UsageError(one_line(f"{asked}: no run to go on from: {error}")) from error
        if record.replay_of is not None:
            raise UsageError(f"{asked}: that run is a replay, which asked nobody")
        known = _entered(data)
        same = {each.name: known[each.name] for each in accounts if _is_same(each, known.get(each.name))}
        if not same:
            raise UsageError(f"{asked}: none of the accounts of this run was entered in it in the same way")
        return cls(
            folder=folder.resolve(),
            run=record.run,
            accounts=tuple(same),
            hosts={name: tuple(entry["hosts"]) for name, entry in same.items()},
            not_before=now - timedelta(hours=hours),
            not_after=now + START_IS_TOLD_TO,
            sealed=sealed,
        )

    def with_hosts(self, access: Access) -> Access:
        """The access, which was led to those hosts in the other run: they say whether it is mocked."""
        return replace(access, hosts=tuple(sorted({*access.hosts, *self.hosts.get(access.name, ())})))

    def answers(self) -> Mapping[str, str]:
        """The texts of the answers that are taken over, by the key of their call; read when they are looked for.

        Raises `BadEvidence` for a file that is not what its name says.
        """
        return PastAnswers(self.folder, self._usable)

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for workers and, without the folder, for `run.json`."""
        return {
            "folder": str(self.folder),
            "run": self.run,
            "accounts": list(self.accounts),
            "hosts": {name: list(hosts) for name, hosts in self.hosts.items()},
            "not_before": self.not_before.isoformat().replace("+00:00", "Z"),
            "not_after": self.not_after.isoformat().replace("+00:00", "Z"),
            "sealed": self.sealed,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """What `as_data` wrote down."""
        return cls(
            folder=Path(data["folder"]),
            run=data["run"],
            accounts=tuple(data["accounts"]),
            hosts={name: tuple(hosts) for name, hosts in data["hosts"].items()},
            not_before=datetime.fromisoformat(data["not_before"]),
            not_after=datetime.fromisoformat(data["not_after"]),
            sealed=data["sealed"],
        )

    def as_evidence(self) -> dict[str, Any]:
        """What `run.json` says of it."""
        return {name: value for name, value in self.as_data().items() if name not in ("folder", "hosts", "not_after")}

    def taken_over(self, folder: Path) -> int:
        """How many answers of a run's folder were given in the other run: they are in both, byte for byte."""
        return len(set(self._usable.values()) & listed_entries(folder).keys())

    @cached_property
    def _usable(self) -> dict[str, str]:
        """The files of the answers that are taken over, by the key of their call; each is looked into once."""
        usable = {}
        for name in listed_entries(self.folder):
            if name.startswith("reads/") and name.endswith(".json"):
                call, answer = parse_recorded(_text_of(self.folder, name))
                is_fresh = self.not_before <= datetime.fromisoformat(answer.at) <= self.not_after
                # Who the credentials lead to, and what may still be asked, is asked in each run before anything else.
                is_anew = call.service == "sts" or call.name == RATE_LIMIT
                if answer.error is None and is_fresh and call.account in self.accounts and not is_anew:
                    usable[call.key] = name
        return usable


def resumed_by(folder: Path | None, hours: float, now: datetime, accounts: tuple[Access, ...]) -> Resumed | None:
    """What --resume takes over for these accounts; None where it was not given. Raises as `Resumed.load` does."""
    return None if folder is None else Resumed.load(folder, hours, now, accounts)


class PastAnswers(Mapping[str, str]):
    """Answers of a run folder by the key of their call; a text is read each time it is looked up."""

    def __init__(self, folder: Path, files: Mapping[str, str]) -> None:
        self._folder = folder
        self._files = files

    def __getitem__(self, key: str) -> str:
        return _text_of(self._folder, self._files[key])

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def refuse_hours(hours: float) -> None:
    """Raise `UsageError` for an age at which answers tell of another day."""
    if not 0 < hours <= MOST_HOURS:
        raise UsageError(f"--resume-hours={hours:g}: more than 0 and at most {MOST_HOURS:g} hours are expected")


def _entered(data: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The accounts that a run entered, by name: the id that they turned out to have, and the way in."""
    ids = data.get("account_ids")
    if not isinstance(ids, dict):
        return {}
    return {
        entry["name"]: {"id": ids[entry["name"]], "hosts": entry.get("hosts") or (), **_way(entry)}
        for entry in data["accounts"]
        if isinstance(ids.get(entry["name"]), str) and ids[entry["name"]]
    }


def _way(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: entry.get(name) for name in ("kind", "endpoint_url", "sandbox", "regions")}


def _is_same(access: Access, known: Mapping[str, Any] | None) -> bool:
    """Whether a run entered the same account in the same way; one whose id nobody declares may be another by now.

    A sandbox that a run starts is gone with it, and the estate is read, not asked.
    """
    if known is None or not access.id or access.sandbox or access.kind == "estate":
        return False
    way = {**_way(access.as_evidence()), "id": access.id}
    regions = None if access.regions is None else list(access.regions)
    return all(known[name] == value for name, value in {**way, "regions": regions}.items())


def _text_of(folder: Path, name: str) -> str:
    data = read_plain(folder, name)
    if name != f"reads/{hashlib.sha256(data).hexdigest()}.json":
        raise BadEvidence(f"{name}: its name is not its SHA-256")
    return data.decode()

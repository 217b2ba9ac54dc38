"""The run folders at one place, local or in object storage: what each says of itself, before any row is read."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any, TypeVar

import fsspec
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from muster.errors import UsageError
from muster.evidence.fleet_record import FLEET, FleetRecord
from muster.evidence.json_object import parse_object
from muster.evidence.manifest import sha256_of
from muster.evidence.plain_files import NotPlain, is_plain, read_plain
from muster.evidence.record import Flag, Name, RecordedPart, ReplayOf
from muster.verdict import Severity

_FILES = ("run.json", "manifest.json")
_OF_FLEETS = (FLEET, "manifest.json")
_NAME = re.compile(r"(\d{8})T\d{6}Z")


class _Evidence(BaseModel):
    """A part of a file of evidence: what is not used here may be there or not."""

    model_config = ConfigDict(frozen=True, extra="ignore")


Model = TypeVar("Model", bound=BaseModel)


class AccountRecord(_Evidence):
    """What `run.json` says of one account."""

    name: str
    kind: str
    id: str
    mocked: Flag
    missing: str | None = None
    tags: Mapping[str, str] = {}


class ControlRecord(_Evidence):
    """What `run.json` says of one control."""

    title: str
    severity: Severity
    domain: str
    kind: str
    parameters: Mapping[str, Any]
    source_sha256: str


class ComparedRecord(_Evidence):
    """The part of `run.json` that is compared between runs."""

    run: Name
    started: AwareDatetime
    ended: AwareDatetime | None
    mocked: Flag
    replay_of: ReplayOf | None
    part: RecordedPart | None = None
    profiles: tuple[str, ...]
    by: str
    exit_code: int | None
    counts: Mapping[str, int] | None
    account_ids: Mapping[str, str] = {}
    accounts: tuple[AccountRecord, ...]
    controls: Mapping[str, ControlRecord]


class Previous(_Evidence):
    """The run that a manifest names as the one before."""

    run: str
    manifest_sha256: str


class ChainLink(_Evidence):
    """The part of `manifest.json` that chains a run to the one before it, and the hashes of its files by name."""

    run: str
    previous: Previous | None
    files: Mapping[str, str] = {}


@dataclass(frozen=True)
class RunFiles:
    """One run folder.

    `verdicts` is the address of its rows, None where there are none; `problems` are sentences on what could not be
    read. `record` and `manifest` are None where their file is missing or is none. `fleet` is the fleet that it is one
    account of; the manifest by which it is chained is then the fleet's. `edited` are the files with what was judged
    that are not what the manifest says.
    """

    name: str
    record: ComparedRecord | None
    manifest: ChainLink | None
    manifest_sha256: str | None
    verdicts: str | None
    problems: tuple[str, ...]
    fleet: str | None = None
    edited: tuple[str, ...] = ()

    @property
    def run(self) -> str:
        """The run's own name, which its rows carry; the folder's, where `run.json` cannot tell."""
        return self.record.run if self.record is not None else self.name

    @property
    def night(self) -> date | None:
        """The day (UTC) on which it began; None where neither `run.json` nor the folder's name tells."""
        if self.record is not None:
            return self.record.started.astimezone(UTC).date()
        found = _NAME.match(self.name)
        try:
            return datetime.strptime(found[1], "%Y%m%d").replace(tzinfo=UTC).date() if found else None
        except ValueError:
            return None

    @property
    def is_replay(self) -> bool:
        """Whether it judged an earlier run's answers again, and so says nothing of a night of its own."""
        return self.record is not None and self.record.replay_of is not None


@dataclass(frozen=True)
class RunStore:
    """Where run folders stand: an fsspec file system and the runs found, by name, those of fleets among them.

    `fleets` are the folders of fleets, which have no rows of their own.
    https://filesystem-spec.readthedocs.io/en/latest/api.html
    """

    filesystem: Any
    is_local: bool
    runs: tuple[RunFiles, ...]
    fleets: tuple[RunFiles, ...] = ()


def find_runs(location: str) -> RunStore:
    """The run folders that stand directly in a folder or under a URL (`s3://bucket/prefix`).

    Raises UsageError where there is no such place, no run folder in it, or one run twice, and where the library
    behind a URL's scheme is not installed.
    """
    filesystem, root = _open(location)
    is_local = "file" in _protocols(filesystem)
    try:
        listed = filesystem.ls(root, detail=True)
        entries = sorted(each["name"] for each in listed if each["type"] == "directory" and not each.get("islink"))
        found = [run for entry in entries for run in _runs_of(filesystem, entry, is_local=is_local)]
        fleets = [each for each in found if each.verdicts is None and each.fleet == each.name]
        found = [each for each in found if each not in fleets]
    except (FileNotFoundError, NotADirectoryError) as error:
        raise UsageError(f"{location}: no such folder: name the one in which run folders stand") from error
    except OSError as error:
        raise UsageError(f"{location}: cannot be read: {error}") from error
    if not found:
        raise UsageError(f"{location}: no run folder in it: expected folders with run.json and verdicts.jsonl")
    twice = [name for name, number in Counter(run.run for run in found).items() if number > 1]
    if twice:
        where = ", ".join(run.name for run in found if run.run == twice[0])
        raise UsageError(f"{location}: run {twice[0]} stands in several folders ({where}): move all but one away")
    return RunStore(filesystem, is_local, tuple(sorted(found, key=lambda run: run.run)), tuple(fleets))


def _open(location: str) -> tuple[Any, str]:
    try:
        filesystem, root = fsspec.core.url_to_fs(location)
    except (ImportError, ValueError) as error:
        raise UsageError(f"{location}: {error} (for s3:// : pip install 'muster[history-s3]')") from error
    return filesystem, root


def _protocols(filesystem: Any) -> Sequence[str]:
    protocol: str | tuple[str, ...] = filesystem.protocol
    return (protocol,) if isinstance(protocol, str) else protocol


def _runs_of(filesystem: Any, folder: str, *, is_local: bool) -> Iterator[RunFiles]:
    """The run in a folder; of a fleet the fleet itself, and the run of each account that it names."""
    run = _run_files(filesystem, folder, is_local=is_local)
    if run is not None:
        yield run
        return
    name = folder.rstrip("/").rpartition("/")[2]
    texts = {
        file: path for path in filesystem.ls(folder, detail=False) if (file := path.rpartition("/")[2]) in _OF_FLEETS
    }
    if FLEET not in texts:
        return
    problems: list[str] = []
    read = {file: _text(filesystem, folder, file, problems, is_local=is_local) for file in texts}
    sealed = read.get("manifest.json")
    record = _parsed(FleetRecord, read[FLEET], f"{name}/{FLEET}", problems)
    accounts = record.accounts.items() if record is not None else ()
    problems += [f"{name}: {account} was not judged" for account, each in accounts if each.run is None]
    yield RunFiles(
        name=name,
        record=None,
        manifest=_parsed(ChainLink, sealed, f"{name}/manifest.json", problems),
        manifest_sha256=None if sealed is None else hashlib.sha256(sealed).hexdigest(),
        verdicts=None,
        problems=tuple(problems),
        fleet=name,
    )
    for account, each in accounts:
        if each.run is not None:
            found = _run_files(filesystem, f"{folder.rstrip('/')}/{each.folder(account)}", is_local=is_local)
            if found is not None:
                yield replace(found, fleet=name)


def _run_files(filesystem: Any, folder: str, *, is_local: bool) -> RunFiles | None:
    """The run in a folder; None if it has no file of a run."""
    name = folder.rstrip("/").rpartition("/")[2]
    paths = {path.rpartition("/")[2]: path for path in filesystem.ls(folder, detail=False)}
    if not {"run.json", "verdicts.jsonl"} & paths.keys():
        return None
    problems: list[str] = []
    texts = {file: _text(filesystem, folder, file, problems, is_local=is_local) for file in _FILES if file in paths}
    problems += [f"{name} has no {file}" for file in ("run.json", "verdicts.jsonl") if file not in paths]
    verdicts = paths.get("verdicts.jsonl")
    if verdicts is not None and is_local and not is_plain(Path(folder), "verdicts.jsonl"):
        problems.append(f"{name}/verdicts.jsonl cannot be read: it is a link, or no plain file")
        verdicts = None
    sealed = texts.get("manifest.json")
    manifest = _parsed(ChainLink, sealed, f"{name}/manifest.json", problems)
    edited = _edited(filesystem, manifest, texts.get("run.json"), verdicts, is_local=is_local)
    problems += [f"{name}/{file} is not what its manifest says: it was edited" for file in edited]
    return RunFiles(
        name=name,
        record=_parsed(ComparedRecord, texts.get("run.json"), f"{name}/run.json", problems),
        manifest=manifest,
        manifest_sha256=None if sealed is None else hashlib.sha256(sealed).hexdigest(),
        verdicts=None if verdicts is None else (verdicts if is_local else filesystem.unstrip_protocol(verdicts)),
        problems=tuple(problems),
        edited=edited,
    )


def _edited(
    filesystem: Any, manifest: ChainLink | None, record: bytes | None, verdicts: str | None, *, is_local: bool
) -> tuple[str, ...]:
    """Which of the two files that tell what was judged are not what the manifest says; of the others verify tells."""
    if manifest is None:
        return ()
    found: dict[str, str] = {}
    if record is not None:
        found["run.json"] = hashlib.sha256(record).hexdigest()
    if verdicts is not None and is_local:
        found["verdicts.jsonl"] = sha256_of(Path(verdicts))
    elif verdicts is not None:
        with filesystem.open(verdicts, "rb") as handle:
            found["verdicts.jsonl"] = hashlib.file_digest(handle, "sha256").hexdigest()
    return tuple(name for name, sha256 in found.items() if manifest.files.get(name) != sha256)


def _text(filesystem: Any, folder: str, file: str, problems: list[str], *, is_local: bool) -> bytes | None:
    """What stands in a file; on this machine in a plain one alone: a link or a pipe leads elsewhere, or nowhere."""
    try:
        if is_local:
            return read_plain(Path(folder), file)
        found: bytes = filesystem.cat_file(f"{folder.rstrip('/')}/{file}")
    except (OSError, NotPlain) as error:
        problems.append(f"{folder.rstrip('/').rpartition('/')[2]}/{file} cannot be read: {error}")
        return None
    return found


def _parsed(model: type[Model], data: bytes | None, what: str, problems: list[str]) -> Model | None:
    if data is None:
        return None
    try:
        return model.model_validate(parse_object(data))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        problems.append(f"{what} cannot be read: {place + ': ' if place else ''}{first['msg']}")
    except ValueError as error:
        problems.append(f"{what} cannot be read: {error}")
    return None

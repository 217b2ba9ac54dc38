"""`run.json` in full, as reports show it: what stands in it has the forms that runs give it, or it is refused.

A run folder is handed on, and whoever had it may have changed it. A report looks into nearly all of `run.json`, so it
is checked once, whole, and everything that reads it after that may rely on what is written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from muster.errors import BadEvidence
from muster.evidence.record import Name, RecordedPart, ReplayOf, Sha256
from muster.verdict import STATUSES, Severity
from reports.encodable import encodable_data

# Deeper than anything that AWS answers or a run writes, and far from what a reader's stack holds.
DEEPEST = 100
# What JavaScript counts exactly, and every other reader, too.
LARGEST = 2**53 - 1
YEARS = range(1990, 3000)


def moment(text: str) -> datetime:
    """A time as runs write it: ISO 8601 with its offset. Raises ValueError for anything else."""
    found = datetime.fromisoformat(text)
    if found.tzinfo is None or found.year not in YEARS:
        raise ValueError("a time has an offset from UTC, and a year of ours")
    return found


def refuse_depth(data: Any) -> None:
    """Raise ValueError for JSON that is nested so deep that a reader may break on it."""
    layer = [data]
    for _ in range(DEEPEST):
        layer = [
            inner
            for value in layer
            if isinstance(value, dict | list)
            for inner in (value.values() if isinstance(value, dict) else value)
        ]
        if not layer:
            return
    raise ValueError("it is nested too deep")


def _moment(text: str) -> str:
    moment(text)
    return text


def _day(text: str) -> str:
    if date.fromisoformat(text).year not in YEARS:
        raise ValueError("a day has a year of ours")
    return text


Moment = Annotated[str, AfterValidator(_moment)]
DayText = Annotated[str, AfterValidator(_day)]
SafeNumber = Annotated[int, Field(ge=0, le=LARGEST)]


class _Part(BaseModel):
    """A part of `run.json`; what else stands in it is shown nowhere but as JSON."""

    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)


class _Account(_Part):
    name: str
    kind: str
    id: str | None
    regions: list[str] | None
    mocked: bool
    tags: dict[str, str]
    missing: str | None = None
    hosts: list[str] = []


class _Control(_Part):
    title: str
    severity: Severity
    domain: str
    why: str
    fix: str
    see: list[str]
    kind: str
    parameters: dict[str, Any]
    defaults: dict[str, Any] = {}
    file: str
    line: SafeNumber
    source_sha256: Sha256
    closure_sha256: Sha256 | None = None
    proved: bool | None = None


class _Requirement(_Part):
    title: str
    level: int | str | None = None
    not_judged: str | None = None
    controls: list[str]


class _Framework(_Part):
    title: str
    requirements: dict[str, _Requirement]


class _Waiver(_Part):
    id: str
    control: str
    account: str
    resource: str
    reason: str
    owner: str
    approver: str
    ticket: str
    granted: DayText | None = None
    expires: DayText


class _Attestation(_Part):
    control: str
    statement: str
    owner: str
    approver: str | None = None
    date: DayText
    valid_for_days: Annotated[int, Field(ge=0, le=36_500)]
    evidence: str | None = None
    decision: str | None = None
    reasons: list[str] = []


class _Problem(_Part):
    kind: str
    text: str


class _Git(_Part):
    commit: str | None
    changed_files: bool | None


class _NotAsked(_Part):
    accounts: list[str]
    controls: list[str]
    by: list[str]


class _FoundAccount(_Part):
    id: str
    name: str
    state: str
    path: str
    tags: dict[str, str]
    account: str | None
    reason: str | None


class _Organization(_Part):
    management: str
    role_name: str
    id: str | None
    accounts: list[_FoundAccount] | None
    selected: list[str] = []


class _Resumed(_Part):
    """What a run took over of one that was cut short; `answers` is how many, None until it ended."""

    run: Name
    accounts: list[str]
    not_before: Moment
    sealed: bool
    answers: SafeNumber | None = None


class _UnchangedSince(_Part):
    """The run that it was asked of what had not changed since; `accounts` are those that both entered in one way."""

    run: Name
    accounts: list[str]


class _Record(_Part):
    """All of it. What a run that was killed had not come to is None, or not there."""

    run: Name
    profiles: list[Name]
    mocked: bool
    replay_of: ReplayOf | None
    by: str
    arguments: list[str]
    started: Moment
    as_of: Moment
    ended: Moment | None
    exit_code: Annotated[int, Field(ge=0, le=255)] | None
    counts: dict[str, SafeNumber] | None
    problems: list[_Problem] | None
    part: RecordedPart | None = None
    resumed: _Resumed | None = None
    unchanged_since: _UnchangedSince | None = None
    fleet: Name | None = None
    out_of_scope: dict[str, SafeNumber] | None = None
    calls: dict[str, dict[str, SafeNumber]] | None
    torn_lines: SafeNumber | None = None
    callers: dict[str, str] = {}
    account_ids: dict[str, str] = {}
    regions: dict[str, list[str]] = {}
    accounts: list[_Account]
    controls: dict[str, _Control]
    permissions: dict[str, str] = {}
    frameworks: dict[str, _Framework] = {}
    uncovered: dict[str, list[str]]
    organization: _Organization | None = None
    unreachable: dict[str, str] = {}
    not_asked: _NotAsked | None = None
    redaction_key_id: str | None = None
    facts: dict[str, Any]
    waivers: list[_Waiver]
    attestations: list[_Attestation]
    versions: dict[str, str]
    git: _Git
    own_git: _Git | None = None
    estate_git: _Git | None = None


def checked_record(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """The object, with its texts as UTF-8 can hold them. Raises `BadEvidence` where it is no record of a run."""
    try:
        refuse_depth(data)
        clean: Mapping[str, Any] = encodable_data(data)
        record = _Record.model_validate(clean)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise BadEvidence(f"run.json: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    except ValueError as error:
        raise BadEvidence(f"run.json: {error}") from error
    if record.counts is not None and record.counts.keys() != set(STATUSES):
        raise BadEvidence(f"run.json: counts: expected {', '.join(STATUSES)}")
    if "muster" not in record.versions:
        raise BadEvidence("run.json: versions.muster: it is missing")
    return clean

"""Run folders of any size without an audit: so many resources × controls × accounts, the same bytes each time.

Nothing in them is random: what a resource's verdict is follows from a checksum of its name, so that a test may count on
it. `night` moves that checksum for some resources, which gives two runs of one estate something to differ in.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from zlib import crc32

from muster.evidence.run_folder import RunFolder
from muster.reading.archive import recorded_text
from muster.reading.reads import Answer, ApiError, Call
from muster.verdict import STATUSES, Status, Verdict
from tests.reports.synthetic_record import (
    HOSTILE,
    REGIONS,
    AccountOf,
    ControlOf,
    account_of,
    control_of,
    record_of,
    utc,
    waivers_of,
)

__all__ = ["HOSTILE", "REGIONS", "Size", "make_run"]

STARTED = datetime(2026, 11, 20, 22, 0, tzinfo=UTC)
DENIED = "AccessDenied"


@dataclass(frozen=True)
class Size:
    """How large a run is: `resources` rows a control and account, `controls` × `accounts` of them."""

    resources: int = 8
    controls: int = 12
    accounts: int = 3

    @property
    def rows(self) -> int:
        """How many rows that makes."""
        return self.resources * self.controls * self.accounts


def make_run(
    parent: Path,
    size: Size = Size(),
    *,
    night: int = 0,
    mocked: bool = True,
    hostile: bool = False,
    answers: int = 200,
    record: Mapping[str, Any] | None = None,
) -> Path:
    """Write a run folder under `parent` and give its path.

    `night` counts nightly runs of the same estate; `hostile` names resources, reasons, owners and answers as an
    attacker would; `answers` bounds the answers written beyond the lists; `record` overrides keys of `run.json`.
    """
    started = STARTED + timedelta(days=night)
    run = f"{started:%Y%m%dT%H%M%SZ}-synthetic"
    folder = RunFolder(parent / run)
    folder.create()
    topics = [control_of(number) for number in range(size.controls)]
    accounts = [account_of(number) for number in range(size.accounts)]
    waivers = list(waivers_of(topics, accounts, hostile=hostile))
    writer = _Writer(folder, started, night, hostile, answers, waivers)
    for topic in topics:
        folder.append(row for account in accounts for row in writer.rows(topic, account, size.resources))
    folder.write_run(
        record_of(run, started, topics, accounts, waivers, writer.counts, mocked=mocked, hostile=hostile)
        | dict(record or {})
    )
    return folder.path


@dataclass
class _Writer:
    """Writes the rows and answers of one run, and counts."""

    folder: RunFolder
    started: datetime
    night: int
    hostile: bool
    answers_left: int
    waivers: Sequence[Mapping[str, Any]]

    def __post_init__(self) -> None:
        self.counts: dict[str, int] = dict.fromkeys(STATUSES, 0)
        self._row = 0
        self._kept: dict[str, str] = {}

    def rows(self, control: ControlOf, account: AccountOf, resources: int) -> Iterator[Verdict]:
        """The rows of one control in one account."""
        lists = {region: self._list(control, account, region, resources) for region in REGIONS}
        for number in range(resources):
            region = REGIONS[number % len(REGIONS)]
            name = self._name(control, account, number)
            arn = f"arn:aws:{control.topic.service}:{region}:{account.id}:{control.topic.noun}/{name}"
            if self.night and (crc32(arn.encode()) + self.night) % 43 == 0:
                continue  # gone since the night before
            yield self._verdict(control, account, region, arn, lists[region])

    def _verdict(self, control: ControlOf, account: AccountOf, region: str, arn: str, listed: str) -> Verdict:
        status, waiver = self._status(control, account, arn)
        self.counts[status] += 1
        self._row += 1
        reads: tuple[str, ...] = (listed,)
        if status in ("fail", "error") and self.answers_left > 0:
            reads += (self._single(control, account, region, arn, status),)
        reason = _reason(control, account, region, arn, status)
        if self.hostile and status != "pass":
            reason += f" {HOSTILE[self._row % len(HOSTILE)]}"
        return Verdict(
            run=self.folder.path.name,
            control=control.id,
            account=account.name,
            region=region,
            resource=arn,
            status=status,
            reason=reason,
            parameters=control.parameters,
            reads=() if status == "not_run" else reads,
            waiver=waiver,
            judged_in="444455556666" if status == "not_applicable" and account.name == "sandbox" else None,
            at=utc(self.started + timedelta(microseconds=1_000_000 + 1_137 * self._row)),
        )

    def _name(self, control: ControlOf, account: AccountOf, number: int) -> str:
        if self.hostile and number < len(HOSTILE):
            return HOSTILE[number]
        return f"{account.name}-{control.topic.noun}-{number:05}"

    def _status(self, control: ControlOf, account: AccountOf, arn: str) -> tuple[Status, str | None]:
        score = crc32(f"{control.id} {arn}".encode())
        if self.night and score % 7 == self.night % 7:
            score = crc32(f"{control.id} {arn} {self.night}".encode())
        # A control's share of failures is its own: some hold everywhere, some fail in one resource of four.
        share = crc32(control.id.encode()) % 9 * 3
        mark = score % 100
        if mark < share:
            waiver = _waiver_for(self.waivers, control.id, account.name, score)
            return ("waived", waiver) if waiver else ("fail", None)
        for status, end in (("error", 2), ("not_applicable", 6)):
            share += end
            if mark < share:
                return status, None  # type: ignore[return-value]  # mypy widens a literal in a tuple to str
        return ("not_run", None) if score % 997 == 0 else ("pass", None)

    def _list(self, control: ControlOf, account: AccountOf, region: str, resources: int) -> str:
        names = [self._name(control, account, number) for number in range(min(resources, 20))]
        call = Call(account.name, region, control.topic.service, control.topic.lists, {})
        return self._keep(call, Answer({"Items": names, "Total": resources}, at=utc(self.started)))

    def _single(self, control: ControlOf, account: AccountOf, region: str, arn: str, status: Status) -> str:
        self.answers_left -= 1
        call = Call(account.name, region, control.topic.service, control.topic.reads, {"Resource": arn})
        error = ApiError(DENIED, "not authorized", 403) if status == "error" else None
        content = None if error else {"Resource": arn, "Setting": {"Enabled": False}, "Size": 9_007_199_254_740_993}
        return self._keep(call, Answer(content, error, ("request-1",), utc(self.started)))

    def _keep(self, call: Call, answer: Answer) -> str:
        digest = self._kept.get(call.key)
        if digest is None:
            text = recorded_text(call, answer)
            digest = self._kept[call.key] = sha256(text.encode()).hexdigest()
            (self.folder.reads / f"{digest}.json").write_text(text, encoding="utf-8")
        return digest


def _reason(control: ControlOf, account: AccountOf, region: str, arn: str, status: Status) -> str:
    topic = control.topic
    reasons: dict[Status, str] = {
        "pass": "",
        "fail": topic.fails,
        "waived": topic.fails,
        "error": (
            f"{topic.service}:{topic.reads} in {region}: {DENIED}: User: arn:aws:sts::{account.id}:assumed-role/Audit/m"
            f" is not authorized to perform this on resource {arn}"
            if crc32(arn.encode()) % 5
            else f"{topic.service}:{topic.reads} in {region}: ThrottlingException: Rate exceeded"
        ),
        "not_applicable": "the resource is being deleted",
        "not_run": "the run ended before this control was judged to its end; rows of it above are not all",
    }
    return reasons[status]


def _waiver_for(waivers: Iterable[Mapping[str, Any]], control: str, account: str, score: int) -> str | None:
    found = (w for w in waivers if w["control"] == control and w["account"] in ("*", account))
    waiver = next(found, None)
    return str(waiver["id"]) if waiver is not None and score % 3 == 0 else None

"""A sandbox company as one audit saw it, and the same company with an answer changed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from muster.estate.accounts import AwsAccountEntry, GitHubAccountEntry
from muster.estate.answers import estate_answers
from muster.estate.declarations import Facts
from muster.estate.files import Estate
from muster.estate.holders import with_accounts
from muster.judging.control import Control
from muster.judging.judgement import Finding, judge_control
from muster.proving.dates import copy_estate
from muster.reading.access import Access, the_estate
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, ApiError, Call, Reads, Recorded
from muster.reading.redaction import Redactor
from muster.reading.sessions.offline import NotRecorded
from muster.run.entering import Doorkeeper, entered
from muster.run.kinds import AWS, access_of
from muster.selection.profiles import load_profiles
from muster.suites import Suites

MEMBER = "_member"
"""Behind a company's name: an account of its organization that does not manage it."""


class KeepingArchive(MemoryArchive):
    """Remembers which call each answer belongs to."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, tuple[Call, Answer]] = {}

    def fetch(self, call: Call, ask: Callable[[], Answer]) -> Recorded:
        """The answer, which is asked for once."""
        recorded = super().fetch(call, ask)
        self.calls[recorded.sha256] = (call, recorded.answer)
        return recorded


@dataclass(frozen=True)
class FromMemory:
    """An archive that gives recorded answers as they are, but for one call; nobody is asked anything."""

    answers: Mapping[str, Recorded]
    changed: str
    answer: Answer

    def fetch(self, call: Call, ask: Callable[[], Answer]) -> Recorded:
        """The answer that was recorded, or what it was changed into."""
        if call.key == self.changed:
            return Recorded("changed", self.answer)
        return self.answers.get(call.key) or Recorded("not recorded", NOT_RECORDED)

    def close(self) -> None:
        """Nothing is kept."""

    def forget(self, account: str) -> None:
        """Nobody lets anything go in a test of one control."""


NOT_RECORDED = Answer(error=ApiError("NotRecorded", "the recorded company was not asked this"))


@dataclass(frozen=True)
class Recording:
    """One company: its accounts by kind, its facts, the findings of every control, and all answers by hash.

    `members` are the accounts in which controls were judged that say nothing of the one that manages the organization.
    """

    name: str
    accounts: Mapping[str, Access]
    facts: Facts
    now: datetime
    findings: Mapping[str, list[Finding]]
    answers: Mapping[str, tuple[Call, Answer]]
    declared: Mapping[str, list[list[str]]]
    members: Mapping[str, Access] = field(default_factory=dict)

    @cached_property
    def _by_key(self) -> Mapping[str, Recorded]:
        return {call.key: Recorded(sha256, answer) for sha256, (call, answer) in self.answers.items()}

    def access_to(self, control: Control) -> Access:
        """The way into the account in which a control was judged."""
        return self.members.get(control.id, self.accounts[control.kind])

    def answer_to(self, call: Call) -> Answer:
        """What was answered to a call."""
        return self._by_key[call.key].answer

    def reads_of(self, control: Control) -> list[Call]:
        """Every call that the control's findings rest on."""
        return self.reads_behind(self.findings[control.id])

    def reads_behind(self, findings: Iterable[Finding]) -> list[Call]:
        """Every call that these findings rest on."""
        hashes = dict.fromkeys(sha256 for finding in findings for sha256 in finding.reads)
        return [self.answers[sha256][0] for sha256 in hashes]

    def judged_without(self, control: Control, call: Call, error: ApiError) -> list[Finding]:
        """The findings of a control if this one call had been answered with an error."""
        return self.judged_with(control, call, Answer(error=error))

    def judged_with(self, control: Control, call: Call, answer: Answer) -> list[Finding]:
        """The findings of a control if this one call had been answered so."""
        access = self.access_to(control)
        archive = FromMemory(self._by_key, call.key, answer)
        reads = Reads(access.name, NotRecorded(), archive, lambda _, content: content, patience=0)
        account = entered(access, reads, self.now, helpers=0)
        return judge_control(control, account, control.parameters, self.facts, threads=1)


def record(
    name: str,
    folder: Path,
    sandbox: Mapping[str, Any],
    controls: Mapping[str, Control],
    known: Mapping[str, Control] | None = None,
) -> Recording:
    """Judge a sandbox company by controls, over the real client libraries, and keep everything.

    `known` are all controls, of which the estate in `folder` may speak; the same where None.
    """
    now = datetime.now(UTC)
    with TemporaryDirectory() as copy:
        copy_estate(folder, Path(copy))
        estate = Estate.load(Path(copy), known or controls, now.date())
    facts = with_accounts(estate.facts, estate.accounts, sandbox["ids"])
    accounts = accesses(name, sandbox)
    archive = KeepingArchive()
    # The company is held to the regulated profile, and frameworks are those that are shipped.
    frameworks = load_profiles(*Suites.at(Path.cwd()).folders("profiles")).frameworks
    declared = estate_answers(estate, estate.accounts.values(), ("baseline", "regulated"), frameworks)
    doorkeeper = Doorkeeper(archive=archive, redact=Redactor(b"tests"), now=now, declared=declared)
    inside = {kind: doorkeeper.enter(access) for kind, access in accounts.items()}
    for kind, account in inside.items():
        account.warm(
            [noun for control in controls.values() if control.kind == kind for noun in control.arguments.values()]
        )
    findings = {
        control.id: judge_control(control, inside[control.kind], control.parameters, facts)
        for control in controls.values()
    }
    member = f"{name}{MEMBER}"
    if member not in sandbox["accounts"]:
        return Recording(name, accounts, facts, now, findings, archive.calls, sandbox["declared"][name])
    access = access_of(AwsAccountEntry(name=member, sandbox=member), sandbox)
    elsewhere = {id_: access for id_, found in findings.items() if _says_nothing(controls[id_], found)}
    account = doorkeeper.enter(access)
    findings |= {id_: judge_control(controls[id_], account, controls[id_].parameters, facts) for id_ in elsewhere}
    declared_failures = {**sandbox["declared"][name], **sandbox["declared"][member]}
    return Recording(name, accounts, facts, now, findings, archive.calls, declared_failures, elsewhere)


def _says_nothing(control: Control, findings: Sequence[Finding]) -> bool:
    return control.kind == AWS.name and all(finding.status == "not_applicable" for finding in findings)


def accesses(name: str, sandbox: Mapping[str, Any]) -> dict[str, Access]:
    """The ways into a sandbox company: its AWS account, its GitHub organization, its estate."""
    entries = (
        AwsAccountEntry(name=name, sandbox=name),
        GitHubAccountEntry(name=f"{name}-github", sandbox=name, github=sandbox["accounts"][name]["github"]),
    )
    return {access.kind: access for access in (*(access_of(entry, sandbox) for entry in entries), the_estate())}

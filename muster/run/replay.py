"""A recorded run that is judged again: verified first, then read as what somebody else asked, declared and answered.

Nothing of it becomes ours. What it declares is judged by, because its verdicts rest on it, and stays under the name of
the run that declared it; and a signature of ours is set under it only where we know who had signed it.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, Strict, ValidationError

from muster.errors import BadEvidence, UsageError
from muster.estate.declarations import Facts, Waiver
from muster.estate.recorded import recorded_facts, recorded_waivers
from muster.evidence.json_object import read_object
from muster.evidence.plain_files import listed_entries, read_plain
from muster.evidence.record import Flag, Name, RecordedAccount, ReplayOf, RunRecord
from muster.evidence.signing import Signer, fingerprint
from muster.evidence.verification import Verification
from muster.evidence.verify import verify
from muster.judging.control import Control
from muster.printable import one_line
from muster.reading.access import Access, access_from_data
from muster.reading.archive import parse_recorded
from muster.run.kinds import KINDS
from muster.selection.parameters import ParameterError, checked_parameters
from muster.verdict import Status

# What may stand in the name of the new run: nothing that means something to a path or a pattern.
PLAIN_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 ._@+=,-]*")
# Outside of these years, adding a threshold of some days to a time leaves the calendar.
YEARS = range(2000, 3000)


def _plain(name: str) -> str:
    if not PLAIN_NAME.fullmatch(name):
        raise ValueError("the estate gives nothing such a name")
    return name


def _within_years(moment: datetime) -> datetime:
    if moment.year not in YEARS:
        raise ValueError("no run was made in that year")
    return moment


def _kind(name: str) -> str:
    if name not in KINDS:
        raise ValueError(f"there is no such kind of account (there are {', '.join(KINDS)})")
    return name


PlainName = Annotated[Name, AfterValidator(_plain)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")


class _RecordedAccess(RecordedAccount):
    """How an account was entered, as far as a replay must know or keeps it."""

    name: PlainName
    kind: Annotated[str, Strict(), AfterValidator(_kind)]
    id: Annotated[str, Strict()]
    regions: tuple[Annotated[str, Strict()], ...] | None
    sandbox: Flag = False
    hosts: tuple[str, ...] = ()
    tags: dict[str, str] = Field(default_factory=dict)
    profile: str | None = None
    role_arn: str | None = None
    external_id_env: str | None = None
    endpoint_url: str | None = None
    token_env: str | None = None
    calls_per_second: float | None = None
    missing: str | None = None
    missing_status: Status = "error"


def _each_once(accounts: tuple[_RecordedAccess, ...]) -> tuple[_RecordedAccess, ...]:
    if len({account.name for account in accounts}) < len(accounts):
        raise ValueError("two accounts have one name")
    return accounts


class _RecordedControl(_Part):
    parameters: dict[str, Any]
    scoped: Flag = False


class _RecordedRequirement(_Part):
    title: str
    controls: tuple[str, ...]


class _RecordedFramework(_Part):
    title: str
    requirements: dict[str, _RecordedRequirement]


class _RecordedAttestation(_Part):
    """What every report shows of a statement, and whatever else the run kept of it."""

    model_config = ConfigDict(extra="allow")

    control: str
    statement: str
    owner: str
    date: str
    valid_for_days: int


class _Recorded(_Part):
    """What of `run.json` a replay depends on, beside what evidence always reads of it."""

    profiles: tuple[PlainName, ...]
    as_of: Annotated[AwareDatetime, AfterValidator(_within_years)]
    accounts: Annotated[tuple[_RecordedAccess, ...], AfterValidator(_each_once)]
    controls: dict[str, _RecordedControl]
    frameworks: dict[str, _RecordedFramework]
    uncovered: dict[str, tuple[str, ...]]
    facts: dict[str, Any]
    waivers: tuple[dict[str, Any], ...]
    attestations: tuple[_RecordedAttestation, ...]
    people: dict[str, dict[str, str | None]] = Field(default_factory=dict)


@dataclass(frozen=True)
class RecordedRun:
    """A run folder that was verified and can be judged again. `of` says whose evidence it is."""

    folder: Path
    of: ReplayOf
    record: RunRecord
    accounts: tuple[Access, ...]
    parameters: Mapping[str, Mapping[str, Any]]
    frameworks: Mapping[str, Any]
    uncovered: Mapping[str, tuple[str, ...]]
    facts: Facts
    waivers: tuple[Waiver, ...]
    attestations: tuple[Mapping[str, Any], ...]
    people: Mapping[str, Mapping[str, Any]]
    scoped: frozenset[str] = frozenset()

    @classmethod
    def load(cls, path: Path, public_key: bytes | None = None) -> Self:
        """The run in a folder; `public_key` (PEM) is the key that it must be signed with, if one is given.

        Raises `UsageError`, in one line, for what is no run folder, does not verify, or cannot be judged again.
        """
        try:
            result = verify(path, public_key)
            record, of = _verified(result)
            data = read_object(result.folder, "run.json")
            recorded = _Recorded.model_validate(data)
            accounts = tuple(access_from_data(account.model_dump()) for account in recorded.accounts)
            facts = recorded_facts(recorded.facts)
            waivers = recorded_waivers(recorded.waivers)
            past_answers(result.folder)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise UsageError(one_line(f"--replay={path}: run.json: {place}: {first['msg']}")) from error
        except (BadEvidence, UsageError) as error:
            raise UsageError(one_line(f"--replay={path}: {error}")) from error
        except OSError as error:
            raise UsageError(one_line(f"--replay={path}: {error.filename}: {error.strerror}")) from error
        return cls(
            folder=result.folder,
            of=of,
            record=record,
            accounts=accounts,
            parameters={name: control.parameters for name, control in recorded.controls.items()},
            frameworks=data["frameworks"],
            uncovered=recorded.uncovered,
            facts=facts,
            waivers=waivers,
            attestations=tuple(entry.model_dump() for entry in recorded.attestations),
            people=recorded.people,
            scoped=frozenset(name for name, control in recorded.controls.items() if control.scoped),
        )

    def controls(self, known: Mapping[str, Control]) -> dict[str, Mapping[str, object]]:
        """The controls that were selected, with their thresholds.

        Raises `UsageError` where one is no control any more, or takes no such threshold.
        """
        gone = [name for name in self.parameters if name not in known]
        if gone:
            what = one_line(", ".join(gone))
            raise UsageError(f"--replay={self.folder}: it judged {what}, which is no control any more")
        try:
            return {name: checked_parameters(known[name], given) for name, given in self.parameters.items()}
        except ParameterError as error:
            where = ".".join(map(str, error.path))
            raise UsageError(one_line(f"--replay={self.folder}: run.json: {where}: {error.problem}")) from error

    def refuse_to_sign(self, signer: Signer, trusted: bytes | None) -> None:
        """Raise `UsageError` unless the recorded run is signed by the signer itself, or by a key that is trusted.

        A signature vouches for all that it covers. Under a replay that is what another folder said, and nobody but
        who signed that folder can have vouched for it.
        """
        known = {fingerprint(key) for key in (signer.public_key, trusted) if key is not None}
        if self.of.signed_by not in known:
            raise UsageError(
                f"--replay={self.folder}: the recorded run is {self.of.whose}; a signature under the replay would vouch"
                " for it all the same. Leave the signing key out (--sign-key, --sign-kms, $MUSTER_SIGNING_KEY), or name"
                " the key that you trust to have signed that run (--public-key=FILE)"
            )


def past_answers(folder: Path) -> dict[str, str]:
    """The texts of all answers in the `reads/` of a run folder, by the key of their call.

    Raises `BadEvidence` for a file that is not what its name says, or no answer.
    """
    entries = listed_entries(folder)
    return answers_named(folder, [name for name in entries if name.startswith("reads/") and name.endswith(".json")])


def answers_named(folder: Path, names: Iterable[str]) -> dict[str, str]:
    """The texts of these answers of a run folder, by the key of their call. Raises as `past_answers` does."""
    found = {}
    for name in names:
        text = read_plain(folder, name)
        if name != f"reads/{hashlib.sha256(text).hexdigest()}.json":
            raise BadEvidence(f"{name}: its name is not its SHA-256")
        try:
            found[parse_recorded(text.decode())[0].key] = text.decode()
        except ValueError as error:
            raise BadEvidence(f"{name}: it is no recorded answer: {error}") from error
    return found


def _verified(result: Verification) -> tuple[RunRecord, ReplayOf]:
    """What a verified folder says of its run, and whose evidence it is. Raises `BadEvidence` if something was found."""
    if result.defects:
        first, *others = result.defects
        more = f" and {len(others):,} more" if others else ""
        raise BadEvidence(
            f"its evidence does not verify ({first}{more}), so it is not judged again:"
            f" python -m muster verify {result.folder}"
        )
    assert result.record is not None
    of = ReplayOf(run=result.record.run, manifest_sha256=result.manifest_sha256, signed_by=result.signed_by)
    return result.record, of

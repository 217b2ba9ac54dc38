"""`run.json` as evidence reads it: the part that what is checked depends on, in the forms it has had."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    Strict,
    ValidationError,
    model_validator,
)

from muster.errors import BadEvidence
from muster.evidence.json_object import read_object

LONGEST_NAME = 255


def is_name(text: str) -> bool:
    """Whether a text may be what a run, a profile or an account is called."""
    return text not in ("", ".", "..") and "/" not in text and text.isprintable() and len(text) <= LONGEST_NAME


def _name(name: str) -> str:
    if not is_name(name):
        raise ValueError("a name is one line of text without /")
    return name


# What a run, a profile or an account is called: data of somebody else's, which may stand in a path as one part of it.
Name = Annotated[str, Strict(), AfterValidator(_name)]
Sha256 = Annotated[str, Strict(), Field(pattern=r"^[0-9a-f]{64}$")]
Flag = Annotated[bool, Strict()]
Number = Annotated[int, Strict(), Field(ge=0)]


class _Part(BaseModel):
    """A part of `run.json`; what else stands in it is not looked at here."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class ReplayOf(_Part):
    """The run whose answers were judged again: its name, the hash of its manifest, and who had signed that.

    `signed_by` is the fingerprint of the key (`muster.evidence.signing.fingerprint`); None where nobody had signed,
    so that whoever could write the folder could have made all of it. In runs of before this was kept, `run.json` had
    the name alone, and both are None.
    """

    run: Name
    manifest_sha256: Sha256 | None
    signed_by: Sha256 | None

    @model_validator(mode="before")
    @classmethod
    def _name_alone(cls, data: Any) -> Any:
        return {"run": data, "manifest_sha256": None, "signed_by": None} if isinstance(data, str) else data

    @property
    def whose(self) -> str:
        """Who vouches for that run, as a sentence ends."""
        if self.manifest_sha256 is None:
            return "of before it was kept who had signed what was judged again"
        return f"signed by the key {self.signed_by}" if self.signed_by else "not signed: nobody vouches for it"

    def __str__(self) -> str:
        """The run and whose evidence it is, as people read it."""
        manifest = f"manifest {self.manifest_sha256}; " if self.manifest_sha256 else ""
        return f"{self.run} ({manifest}{self.whose})"


class RecordedAccount(_Part):
    """An account that was asked, and of which kind it is."""

    name: Name
    kind: Annotated[str, Strict()]
    mocked: Flag


class RecordedControl(_Part):
    """A control that was selected, and of which kind its accounts are."""

    kind: Annotated[str, Strict()]


class RecordedPart(_Part):
    """What of the asked pairs of control and account a run left out, by control, and what took them away."""

    asked: Number
    judged: Number
    left_out: Mapping[str, tuple[str, ...]]
    by: tuple[str, ...]


class RunRecord(_Part):
    """What `run.json` says of a run. `ended` and what is counted at the end are None in a run that was stopped."""

    run: Name
    profiles: tuple[Name, ...]
    mocked: Flag
    replay_of: ReplayOf | None
    as_of: AwareDatetime
    ended: AwareDatetime | None
    counts: Mapping[str, Number] | None
    torn_lines: Number | None = None
    part: RecordedPart | None = None
    accounts: tuple[RecordedAccount, ...]
    controls: Mapping[str, RecordedControl]

    @classmethod
    def parse(cls, data: Mapping[str, Any]) -> Self:
        """The record that an object is. Raises `BadEvidence` where it is none, naming the place."""
        try:
            return cls.model_validate(data)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            place = ".".join(map(str, first["loc"]))
            raise BadEvidence(f"run.json: {place}: {first['msg']}") from error

    @classmethod
    def read(cls, folder: Path) -> Self:
        """The record of the run in a folder. Raises as `read_object` does."""
        return cls.parse(read_object(folder, "run.json"))

    def selected(self) -> Iterator[tuple[str, str]]:
        """Each control with each account of its kind, save what the run says it left out: what it was to judge."""
        left_out = self.part.left_out if self.part is not None else {}
        for control, recorded in self.controls.items():
            for account in self.accounts:
                if account.kind == recorded.kind and account.name not in left_out.get(control, ()):
                    yield control, account.name

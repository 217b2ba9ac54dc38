"""The hostile cases as they are written down: `cases/CONTROL.yaml` holds those of one control, one account a case.

What a case does not answer, the sound account of `baseline/` answers (a file a service).
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, tzinfo=UTC)


class Case(BaseModel):
    """One account, what a control must say of it, and the sentence of AWS's documentation that says so.

    `answers` maps `service:operation` to what boto3 would return (see `told_aws.Told` for the forms). `another_type`
    marks a case in which a value has a type that AWS's model does not give it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    case: str
    answers: dict[str, Any] = Field(default_factory=dict)
    facts: dict[str, Any] = Field(default_factory=dict)
    parameters: dict[str, Any] = Field(default_factory=dict)
    regions: tuple[str, ...] = ("eu-west-1",)
    now: datetime = NOW
    another_type: bool = False
    verdict: Literal["pass", "fail", "error", "not_applicable"]
    reason: str = ""
    why: str


def cases() -> list[tuple[str, Case]]:
    """Every case with the id of its control."""
    return [
        (path.stem, Case.model_validate(entry))
        for path in sorted((HERE / "cases").glob("*.yaml"))
        for entry in _content(path)
    ]


def baseline() -> dict[str, Any]:
    """What the sound account answers, by `service:operation`."""
    return {name: told for path in sorted((HERE / "baseline").glob("*.yaml")) for name, told in _content(path).items()}


def _content(path: Path) -> Any:
    return yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)

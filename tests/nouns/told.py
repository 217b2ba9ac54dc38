"""Accounts of AWS that answer as a test tells them; what is told is held against botocore's model.

Nothing goes over a wire: that boto3 brings such answers, the proofs show.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from muster import Facts
from muster.judging.account import Account
from muster.judging.judgement import Finding, judge_control
from muster.reading.reads import Answer, ApiError, Call
from muster.selection.chosen import matching_controls
from tests.conftest import CONTROLS
from tests.engine import lamps
from tests.hostile.shapes import misshapen, output_shape

Content = Mapping[str, Any]
Told = Content | ApiError | Callable[[Call], Content | ApiError]
"""What an operation answers: a content, an error, or either by the question."""


def account(told: Mapping[str, Told], **arguments: Any) -> Account:
    """The account 111122223333 in eu-west-1, whose operations (`service:operation`) answer as told."""
    return lamps.account({name: _answering(name, answer) for name, answer in told.items()}, **arguments)


def judged(
    subject: Account, *patterns: str, facts: Mapping[str, Any] | None = None, **parameters: Any
) -> list[tuple[str, Finding]]:
    """What the controls that the patterns name find, each with its control's id; all take `parameters`."""
    declared = Facts.model_validate_json(json.dumps(facts or {}))
    chosen = [CONTROLS[name] for name in matching_controls(patterns, CONTROLS)]
    return [
        (control.id, finding)
        for control in chosen
        for finding in judge_control(control, subject, {**control.parameters, **parameters}, declared, threads=1)
    ]


def refused(code: str = "AccessDenied") -> ApiError:
    """The error of this code."""
    return ApiError(code, "not for you", 403)


def _answering(name: str, told: Told) -> Callable[[Call], Answer]:
    shape = output_shape(name)

    def answer(call: Call) -> Answer:
        found = told(call) if callable(told) else told
        if isinstance(found, ApiError):
            return Answer(error=found)
        assert list(misshapen(found, shape)) == [], name
        return Answer(found)

    return answer

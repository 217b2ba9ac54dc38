"""What the estate declares, without the secrets that somebody wrote into it: it is evidence like any answer."""

from __future__ import annotations

import glob
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from muster.errors import UsageError
from muster.estate.declarations import Waiver
from muster.estate.recorded import facts_from_data
from muster.reading.marks import MARK
from muster.reading.redaction import Redactor
from muster.run.plan import Plan

MARK_BEGINS = "[redacted "
MARK_IN_PATTERN = glob.escape(MARK_BEGINS)
Declared = TypeVar("Declared", bound=BaseModel)


def without_secrets(plan: Plan, redact: Redactor) -> Plan:
    """The plan without the secrets that people wrote into the estate's people, facts, waivers and attestations.

    A run judges by this plan, not by the files: names of resources have marks where they held a secret, so what is
    declared under such a name is found under the same mark; and a replay, which has only what was kept, judges the
    same. Raises `UsageError` for a secret where no mark can stand, in `owner/name` of a repository say.
    """
    return replace(
        plan,
        facts=_declared_without(plan.facts, "facts.yaml", redact, facts_from_data),
        waivers=tuple(_waiver_without(waiver, redact) for waiver in plan.waivers),
        attestations=tuple(redact.data(dict(attestation)) for attestation in plan.attestations),
        people={id_: redact.data(dict(person)) for id_, person in plan.people.items()},
    )


def _declared_without(
    declared: Declared, file: str, redact: Redactor, from_data: Callable[[dict[str, Any]], Declared]
) -> Declared:
    data = declared.model_dump(mode="json")
    redacted = redact.data(data)
    if redacted == data:
        return declared
    try:
        return from_data(redacted)
    except ValidationError as error:
        places = ", ".join(".".join(map(str, problem["loc"])) for problem in error.errors())
    # Not chained: the cause shows what the entry held.
    raise UsageError(
        f"{file}: {places} holds what looks like a secret, which must not get into the evidence: take it out,"
        " or give the thing that is named so another name"
    )


def _waiver_without(waiver: Waiver, redact: Redactor) -> Waiver:
    """The waiver with each mark in its pattern meaning itself: to `fnmatch` its brackets are a set of characters."""
    plain = waiver.model_copy(update={"resource": waiver.resource.replace(MARK_IN_PATTERN, MARK_BEGINS)})
    redacted = _declared_without(plain, f"waivers.yaml: {redact.text(waiver.id)}", redact, _waiver_from_data)
    pattern = MARK.sub(lambda mark: glob.escape(mark.group()), redacted.resource)
    return redacted.model_copy(update={"resource": pattern})


def _waiver_from_data(data: dict[str, Any]) -> Waiver:
    return Waiver.model_validate_json(json.dumps(data))

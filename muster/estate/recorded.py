"""Declarations as `run.json` keeps them, in the forms of earlier versions too, for a run that is judged again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from muster.errors import UsageError
from muster.estate.declarations import Facts, Waiver
from muster.estate.excuses import EXCUSING_FACTS
from muster.files.problems import problems
from muster.files.strict_yaml import dotted
from muster.files.values import EstateModel

# What earlier versions did not ask of a fact that excuses: it held for as long as it stood in the file.
NOT_DECLARED = {
    "owner": "nobody declared",
    "approver": "not asked for",
    "reason": "no reason was declared",
    "expires": "9999-12-31",
}

Model = TypeVar("Model", bound=EstateModel)


def recorded_facts(data: Mapping[str, Any]) -> Facts:
    """The facts that a run recorded. Raises `UsageError` if they are not of a form that was ever written."""
    older = {}
    for kind in EXCUSING_FACTS:
        entries = data.get(kind.fact, [])
        older[kind.fact] = [_excuse(entry) for entry in entries] if isinstance(entries, list) else entries
    return _validated({**data, **older}, Facts)


def recorded_waivers(data: Sequence[Mapping[str, Any]]) -> tuple[Waiver, ...]:
    """The waivers that a run recorded. Raises `UsageError` if they are not of a form that was ever written."""
    return tuple(_validated(dict(entry), Waiver) for entry in data)


def _excuse(entry: Any) -> Any:
    """An entry with all that is asked for today: earlier a name alone, or a thing without approver and last day."""
    if isinstance(entry, str):
        return {"name": entry, **NOT_DECLARED}
    if not isinstance(entry, Mapping) or "expires" in entry:
        return entry
    # A reason could be a single word.
    return {**NOT_DECLARED, **entry, "reason": f"as recorded: {entry.get('reason')}"}


def _validated(data: Mapping[str, Any], model: type[Model]) -> Model:
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        first = problems(error, data, model)[0]
        raise UsageError(
            f"the recorded run declares what is not taken any more: {dotted(first.path)}: {first.text};"
            " judge it with the version of Muster that made it (versions in run.json)"
        ) from error

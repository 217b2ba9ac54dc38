"""Declarations as `run.json` keeps them, in the forms of earlier versions too, for a run that is judged again."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import ValidationError

from muster.errors import UsageError
from muster.estate.declarations import Facts, Waiver
from muster.estate.excuse import ExcusingFact
from muster.estate.excuses import EXCUSING_FACTS, AdminPrincipal, CloudShellPrincipal, fits
from muster.files.problems import file_problems
from muster.files.strict_yaml import dotted
from muster.files.values import EstateModel, ExactName, NamePattern

# What earlier versions did not ask of a fact that excuses: it held for as long as it stood in the file.
NOT_DECLARED = {
    "owner": "nobody declared",
    "approver": "not asked for",
    "reason": "no reason was declared",
    "expires": "9999-12-31",
}

Model = TypeVar("Model", bound=EstateModel)


class AdminPrincipalOfAnyKind(AdminPrincipal):
    """A user, group and role alike, by a pattern of their names, as earlier versions took it."""

    name: NamePattern

    def covers(self, what: str) -> bool:
        """Whether the name fits the pattern, whatever kind and path stand before it."""
        return fits(what.rpartition("/")[2], self.name)


class CloudShellPrincipalOfAnyKind(CloudShellPrincipal):
    """A user, group and role alike, by their name, as earlier versions took it."""

    name: ExactName

    def covers(self, what: str) -> bool:
        """Whether that is the name, whatever kind and path stand before it."""
        return what.rpartition("/")[2] == self.name


OF_ANY_KIND: Mapping[str, type[ExcusingFact]] = {
    each.fact: each for each in (AdminPrincipalOfAnyKind, CloudShellPrincipalOfAnyKind)
}


def facts_from_data(data: Mapping[str, Any]) -> Facts:
    """The facts that were dumped as plain JSON, those of earlier versions among them. Raises `ValidationError`."""
    listed = {name: data[name] for name in OF_ANY_KIND if isinstance(data.get(name), list)}
    of_any_kind = {name: [entry for entry in entries if _names_no_kind(entry)] for name, entries in listed.items()}
    of_a_kind = {name: [entry for entry in entries if not _names_no_kind(entry)] for name, entries in listed.items()}
    facts = Facts.model_validate_json(json.dumps({**data, **of_a_kind}))
    found = {
        name: tuple(OF_ANY_KIND[name].model_validate_json(json.dumps(entry)) for entry in entries)
        for name, entries in of_any_kind.items()
    }
    return facts.model_copy(update={name: getattr(facts, name) + more for name, more in found.items()})


def recorded_facts(data: Mapping[str, Any]) -> Facts:
    """The facts that a run recorded. Raises `UsageError` if they are not of a form that was ever written."""
    older = {}
    for kind in EXCUSING_FACTS:
        entries = data.get(kind.fact, [])
        older[kind.fact] = [_excuse(entry) for entry in entries] if isinstance(entries, list) else entries
    try:
        return facts_from_data({**data, **older})
    except ValidationError as error:
        raise _not_taken(error, {**data, **older}, Facts) from error


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


def _names_no_kind(entry: Any) -> bool:
    """Whether it is a principal of IAM by a name alone, in which no slash can stand."""
    return isinstance(entry, Mapping) and "/" not in str(entry.get("name", "/"))


def _validated(data: Mapping[str, Any], model: type[Model]) -> Model:
    try:
        return model.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise _not_taken(error, data, model) from error


def _not_taken(error: ValidationError, data: Mapping[str, Any], model: type[EstateModel]) -> UsageError:
    first = file_problems(error, data, model)[0]
    return UsageError(
        f"the recorded run declares what is not taken any more: {dotted(first.path)}: {first.text};"
        " judge it with the version of Muster that made it (versions in run.json)"
    )

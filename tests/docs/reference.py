"""docs/reference.md out of the models: what each file of an estate, each profile and each framework may hold."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic.fields import FieldInfo

from muster.estate.accounts import AccountsFile
from muster.estate.declarations import Facts
from muster.estate.excuse import Excuse, ExcusingFact
from muster.estate.files import AttestationsFile, WaiversFile
from muster.estate.people import PeopleFile
from muster.files.problems import NOT_IN_FILE
from muster.files.values import EstateModel, Expected
from muster.selection.entries import Framework, Profile

FILES: Mapping[str, type[EstateModel]] = {
    "estate/accounts.yaml": AccountsFile,
    "estate/facts.yaml": Facts,
    "estate/waivers.yaml": WaiversFile,
    "estate/attestations.yaml": AttestationsFile,
    "estate/people.yaml": PeopleFile,
    "profiles/NAME.yaml": Profile,
    "profiles/frameworks/NAME.yaml": Framework,
}
HEAD = """\
# Reference of the files that you write

Made by tests/docs/test_reference.py out of the models by which Muster reads these files: mend a description there, in
`muster/estate/` and `muster/selection/entries.py`. A key that stands in no table is refused, and so is a value
of another type. A dash under *default* says that the key must be there; *none*, that nothing is said where it is
left out.
"""
PLAIN = {str: "text", int: "a whole number", float: "a number", object: "any value"}


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *(line for name, model in FILES.items() for line in file_section(name, model))])


def file_section(name: str, model: type[EstateModel]) -> Iterator[str]:
    """A file: its own keys, and the entries in it, each kind once."""
    yield f"## {name}\n"
    yield from described(model)
    for entry in entries_of(model):
        yield f"### {title_of(entry)}\n"
        yield from described(entry)


def described(model: type[EstateModel]) -> Iterator[str]:
    """What a model is, and a table of its keys; those of an excuse are told once, where excuses are."""
    yield inspect.cleandoc(model.__doc__ or "").split("\n\n")[0] + "\n"
    own = own_fields(model)
    if issubclass(model, Excuse) and model is not Excuse:
        yield f"Beside its own keys it has those of {link(Excuse)}.\n"
    hints = hints_of(model)
    yield "| key | expected | default | meaning |\n| --- | --- | --- | --- |"
    for key, field in own.items():
        yield f"| `{key}` | {cell(expected(hints[key]))} | {default_of(field)} | {cell(field.description or '')} |"
    yield ""


def own_fields(model: type[EstateModel]) -> dict[str, FieldInfo]:
    """The keys that may stand in the file, without those of an excuse for what is one."""
    told = set(Excuse.model_fields) if model is not Excuse and issubclass(model, Excuse) else set()
    fields = model.model_fields.items()
    return {key: field for key, field in fields if key not in told and field.json_schema_extra is not NOT_IN_FILE}


def entries_of(model: type[EstateModel]) -> list[type[EstateModel]]:
    """The models that stand in a file of this one, at whatever depth; before excuses, what all of them have."""
    found: list[type[EstateModel]] = []
    hints = hints_of(model)
    for key in own_fields(model):
        for entry in models_in(hints[key]):
            found += [entry, *entries_of(entry)]
    found = list(dict.fromkeys(found))
    return [Excuse, *found] if any(issubclass(entry, ExcusingFact) for entry in found) else found


def models_in(hint: Any) -> Iterator[type[EstateModel]]:
    """The models that a type speaks of."""
    if isinstance(hint, type) and issubclass(hint, EstateModel):
        yield hint
    elif get_origin(hint) is not Literal:
        for part in get_args(hint):
            yield from models_in(part)


def expected(hint: Any) -> str:
    """A type in words; those of `Expected`, where it has them."""
    if isinstance(hint, type) and issubclass(hint, EstateModel):
        return link(hint)
    if hint in PLAIN:
        return PLAIN[hint]
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Annotated:
        words = [each.words for each in arguments[1:] if isinstance(each, Expected)]
        return words[-1] if words else expected(arguments[0])
    if origin in (Union, UnionType):
        return " or ".join(expected(part) for part in arguments if part is not type(None))
    if origin is Literal:
        return "one of " + ", ".join(f"`{value}`" for value in arguments)
    if origin is tuple:
        return f"a list, each item {expected(arguments[0])}"
    if origin is dict:
        return f"by key ({expected(arguments[0])}): {expected(arguments[1])}"
    raise TypeError(f"{hint} has no words; give it an Expected")


def default_of(field: FieldInfo) -> str:
    """What holds where the key is left out."""
    if field.is_required():
        return "–"
    value = field.get_default(call_default_factory=True, validated_data={})
    return f"`{value}`" if value else "none"


def hints_of(model: type[EstateModel]) -> dict[str, Any]:
    """The types of a model's fields, with what is annotated."""
    return get_type_hints(model, include_extras=True)


def link(model: type[EstateModel]) -> str:
    """A link to where the entry is told."""
    return f"[{title_of(model)}](#{title_of(model).lower().replace(' ', '-')})"


def title_of(model: type[EstateModel]) -> str:
    """What messages call the entry."""
    return str(model.model_config["title"])


def cell(text: str) -> str:
    """Text as a table takes it."""
    return text.replace("|", "\\|")

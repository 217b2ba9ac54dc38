"""What every noun owes, made from botocore's model: a key that is missing or of another type is an error of the list,
an empty list is nothing, and what a read returns is checked.

A new noun is in it without anybody's doing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from typing import Any

import pytest

from muster.judging.keys import Key, Mismatch, at, steps_of
from muster.judging.read import Read
from muster.judging.resource import NOUNS, Resource
from muster.judging.typed import FieldCheck
from muster.reading.reads import Answer
from tests.conftest import CONTROLS
from tests.engine.lamps import account
from tests.nouns.model_answers import full_answer

assert CONTROLS, "the nouns of the catalogue are imported with its controls"
LISTED = [noun for noun in NOUNS.values() if noun.lists is not None]
WITH_READS = [noun for noun in NOUNS.values() if any(isinstance(member, Read) for member in vars(noun).values())]
NO_LISTS: list[Any] = [{}, None, [], "", {"Error": "?"}]
NO_ENTRIES: list[Any] = [None, "text", 7, True, []]
VALUES = ["text", "", 7, 0.5, True, None, [], ["text"], {}, {"Key": 7}]
OWN = account({}).id
Change = Callable[[dict[str, Any], str], None]


def listed(noun: type[Resource], content: Any) -> list[Resource]:
    """The resources in an answer; raises `Unreadable` where the list is."""
    assert noun.lists is not None
    return account({noun.lists[0]: Answer(content)}).all(noun)


def gaps(noun: type[Resource], content: Any) -> list[str]:
    """Why the list is unreadable, if it is."""
    assert noun.lists is not None
    return [gap.reason for gap in account({noun.lists[0]: Answer(content)}).listing(noun).gaps]


def sound_answer(noun: type[Resource]) -> Any:
    """An answer with all that the model promises, whose things are the account's own."""
    assert noun.lists is not None
    content = deepcopy(full_answer(noun.lists[0]))
    if noun.owner_key is not None:
        for entry in entries(noun, content):
            entry[noun.owner_key] = OWN
    return content


def entries(noun: type[Resource], content: Any) -> list[Any]:
    assert noun.lists is not None
    found: list[Any] = at(content, steps_of(noun.lists[1]))
    return found


def changed(noun: type[Resource], key: Key, change: Change) -> Any:
    """The full answer, in which the last key of a path was changed in every entry."""
    assert noun.lists is not None
    content = sound_answer(noun)
    *way, last = key.path.replace("?", "").split(".")
    for entry in entries(noun, content):
        for parent in parents(entry, way):
            change(parent, last.removesuffix("[]"))
    return content


def parents(entry: Any, way: list[str]) -> Iterator[dict[str, Any]]:
    if not way:
        yield entry
        return
    step, *rest = way
    inner = entry[step.removesuffix("[]")]
    for each in inner if step.endswith("[]") else [inner]:
        yield from parents(each, rest)


def is_taken(of: FieldCheck, value: Any) -> bool:
    try:
        of.check(value)
    except Mismatch:
        return False
    return True


def is_optional(key: Key) -> bool:
    """Whether what a path ends with may be left out, by the field's own word."""
    return key.steps[-1].is_optional


@pytest.mark.parametrize("noun", LISTED, ids=lambda noun: noun.noun)
def test_a_full_answer_is_a_resource(noun: type[Resource]) -> None:
    (resource,) = listed(noun, sound_answer(noun))

    assert resource.arn


@pytest.mark.parametrize("noun", LISTED, ids=lambda noun: noun.noun)
def test_an_empty_list_is_nothing(noun: type[Resource]) -> None:
    assert noun.lists is not None
    content = sound_answer(noun)
    content[noun.lists[1].partition("[]")[0]].clear()

    assert listed(noun, content) == []


@pytest.mark.parametrize("noun", LISTED, ids=lambda noun: noun.noun)
def test_an_answer_without_the_list_is_an_error(noun: type[Resource]) -> None:
    assert [content for content in NO_LISTS if len(gaps(noun, content)) != 1] == []


@pytest.mark.parametrize("noun", LISTED, ids=lambda noun: noun.noun)
def test_an_entry_that_is_none_is_an_error(noun: type[Resource]) -> None:
    assert [entry for entry in NO_ENTRIES if len(gaps(noun, with_entry(noun, entry))) != 1] == []


def with_entry(noun: type[Resource], entry: Any) -> Any:
    """The full answer with one entry more in its list."""
    assert noun.lists is not None
    content = deepcopy(full_answer(noun.lists[0]))
    inner = content
    *way, last = noun.lists[1].removesuffix("[]").split(".")
    for step in way:
        inner = inner[step.removesuffix("[]")][0]
    inner[last].append(entry)
    return content


def fields(noun: type[Resource]) -> list[tuple[FieldCheck, Key]]:
    """What a noun takes out of each entry, and where it stands there."""
    return [(each, each.key) for each in noun._checks if each.key is not None]


@pytest.mark.parametrize("noun", LISTED, ids=lambda noun: noun.noun)
def test_a_key_that_is_missing_is_an_error_unless_its_absence_means_something(noun: type[Resource]) -> None:
    for of, key in fields(noun):
        content = changed(noun, key, lambda parent, name: parent.pop(name))

        assert len(gaps(noun, content)) == (0 if is_optional(key) else 1), of.label


@pytest.mark.parametrize("noun", LISTED, ids=lambda noun: noun.noun)
def test_a_key_of_another_type_is_an_error(noun: type[Resource]) -> None:
    for of, key in fields(noun):
        through_a_list = "[]" in key.path
        refused = [value for value in VALUES if through_a_list or not is_taken(of, value)]

        assert refused, f"{of.label}: any value goes: say what the field is"
        for value in refused:
            content = changed(noun, key, lambda parent, name, value=value: parent.update({name: value}))  # type: ignore[misc]
            if through_a_list and (value == [] or _fits(noun, of, content)):
                continue
            assert len(gaps(noun, content)) == 1, f"{of.label}: {value!r} was taken"


@pytest.mark.parametrize("noun", [noun for noun in LISTED if noun.owner_key], ids=lambda noun: noun.noun)
@pytest.mark.parametrize(
    ("owner", "unreadable"),
    [pytest.param("999988887777", 0, id="another account"), pytest.param(int(OWN), 1, id="a number")],
)
def test_what_somebody_else_owns_is_not_listed(noun: type[Resource], owner: Any, unreadable: int) -> None:
    content = sound_answer(noun)
    for entry in entries(noun, content):
        entry[noun.owner_key] = owner

    assert listed(noun, content) == [] if not unreadable else len(gaps(noun, content)) == 1


def _fits(noun: type[Resource], of: FieldCheck, content: Any) -> bool:
    """Whether what the path leads to is of the field's type all the same."""
    assert of.key is not None
    try:
        return is_taken(of, of.key.value_in(entries(noun, content)[0]))
    except Mismatch:
        return False


@pytest.mark.parametrize("noun", WITH_READS, ids=lambda noun: noun.noun)
def test_a_read_returns_what_it_says_or_nothing(noun: type[Resource]) -> None:
    for member in vars(noun).values():
        if isinstance(member, Read):
            with pytest.raises(Mismatch):
                member.check(object())

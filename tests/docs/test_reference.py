"""docs/reference.md tells every key of every file that people write; it is written here, out of the models."""

from __future__ import annotations

import re

import pytest

from muster.files.values import EstateModel
from tests.conftest import ROOT
from tests.docs.reference import FILES, entries_of, own_fields, page
from tests.made_files import hold

MODELS = list(dict.fromkeys(each for model in FILES.values() for each in (model, *entries_of(model))))


def test_the_page_is_what_the_models_say() -> None:
    hold(ROOT / "docs" / "reference.md", page())


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_key_has_a_meaning(model: type[EstateModel]) -> None:
    assert [key for key, field in own_fields(model).items() if not (field.description or "").endswith(".")] == []
    assert model.__doc__


@pytest.mark.parametrize(
    "row",
    [
        "| `calls_per_second` | a number above 0 | none |",
        "| `external_id` | text | none |",
        "| `source_profile` | text | none |",
        "| `audited_elsewhere` | a list, each item 12 digits, quoted | none |",
        "| `resource` | text | – |",
        "| `regions` | `all`, or a list of regions | `all` |",
        "| `public_buckets` | a list, each item [a declared public bucket](#a-declared-public-bucket) | none |",
        "| `valid_for_days` | a whole number from 1 to 730 | – |",
        "| `extends` | a list, each item text | none |",
        "| `controls` | a list of ids of controls, each alone or as `ID: {THRESHOLD: VALUE}` | – |",
    ],
)
def test_what_people_look_for_is_told(row: str) -> None:
    assert f"\n{row} " in page()


def test_every_link_leads_to_an_entry() -> None:
    text = page()
    headings = re.findall(r"^### (.+)$", text, re.MULTILINE)

    assert set(re.findall(r"\(#([^)]+)\)", text)) <= {heading.lower().replace(" ", "-") for heading in headings}
    assert len(set(headings)) == len(headings)


def test_what_comes_from_elsewhere_is_no_key() -> None:
    """The accounts among the facts are those of accounts.yaml, and an account's name is its key there."""
    facts = page().partition("## estate/facts.yaml")[2].partition("###")[0]

    assert "| `accounts` |" not in facts
    assert "| `approved_regions` |" in facts

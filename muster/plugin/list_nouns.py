"""The nouns as pytest shows them: `pytest --fixtures` lists each with its docstring."""

from __future__ import annotations

import importlib
from types import ModuleType
from typing import Any

import pytest

from muster.judging.resource import NOUNS, Resource
from muster.suites import Suites


def noun_fixtures(suites: Suites) -> ModuleType:
    """A plugin with a fixture a noun, singular and plural; only ever listed, the engine gives controls their nouns."""
    suites.import_together()
    for folder in suites.folders("fixtures"):
        for path in sorted(folder.rglob("*.py")):
            if "sandbox" not in path.relative_to(folder).parts:
                importlib.import_module(".".join(path.relative_to(folder.parent).with_suffix("").parts))
    shown = ModuleType("nouns")
    for noun in NOUNS.values():
        setattr(shown, noun.noun, _fixture(noun, noun.noun, noun.__doc__ or ""))
        setattr(shown, noun.plural, _fixture(noun, noun.plural, f"All of them: {noun.__doc__}"))
    return shown


def _fixture(noun: type[Resource], name: str, text: str) -> Any:
    def resource() -> None:
        raise NotImplementedError("nouns are given to controls by the engine")

    resource.__doc__, resource.__module__, resource.__name__ = text, noun.__module__, name
    return pytest.fixture(name=name)(resource)

"""The stage on which nouns are tried."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.nouns.stage import Stage


@pytest.fixture(scope="session")
def stage_of_all() -> Stage:
    """The stage with its clients."""
    return Stage()


@pytest.fixture
def stage(stage_of_all: Stage) -> Iterator[Stage]:
    """An account in which there is nothing yet."""
    with stage_of_all.opened():
        yield stage_of_all

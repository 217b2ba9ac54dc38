"""Kinds of account: what the estate can declare, nouns can live in and the engine can enter are the same kinds."""

from __future__ import annotations

import typing

from muster.estate.accounts import AccountEntry
from muster.judging.control import Control
from muster.run.kinds import KINDS

DECLARED = {model.kind for model in typing.get_args(AccountEntry)}


def test_every_kind_of_entry_is_a_kind_of_account() -> None:
    assert set(KINDS) - {"estate"} == DECLARED


def test_every_control_is_of_a_kind_that_can_be_entered(control: Control) -> None:
    assert control.kind in KINDS

"""Pairs of a control and an account are a set like any other."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from muster.run.pairs import Pairs

NAMES = st.sampled_from(["a", "b", "c"])
SETS = st.sets(st.tuples(NAMES, NAMES))


@given(first=SETS, second=SETS)
def test_they_are_what_a_set_is(first: set[tuple[str, str]], second: set[tuple[str, str]]) -> None:
    pairs, others = Pairs(first), Pairs(second)

    assert sorted(pairs) == sorted(first)
    assert len(pairs) == len(first)
    assert pairs - others == first - second
    assert pairs & others == first & second
    assert pairs | others == first | second


@given(pairs=SETS, taken=SETS)
def test_some_are_taken_out(pairs: set[tuple[str, str]], taken: set[tuple[str, str]]) -> None:
    left = Pairs(pairs)
    for pair in taken:
        left.discard(pair)

    assert set(left) == pairs - taken


def test_they_are_counted_by_account() -> None:
    pairs = Pairs([("s3-versioned", "prod"), ("iam-mfa", "prod"), ("iam-mfa", "stage"), ("iam-mfa", "dev")])
    pairs.discard(("iam-mfa", "dev"))

    assert pairs.of_accounts() == {"prod": 2, "stage": 1}


def test_what_is_no_pair_is_none_of_them() -> None:
    no_pair: Any = "iam-mfa"

    assert no_pair not in Pairs([("iam-mfa", "prod")])

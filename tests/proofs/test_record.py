"""The record of proofs: what was proved is written down, what failed is struck out, the rest stays as it was."""

from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any, cast

import pytest

from muster.judging.closure import closure_of
from tests.conftest import CONTROLS
from tests.proofs.record import LAST, PROVING, RecordOfProofs

PASSES, FAILS = sorted(PROVING, reverse=True)
ID = "efs-encrypted"
OURS = {ID: CONTROLS[ID], "ec2-imdsv2": CONTROLS["ec2-imdsv2"]}


def recorded(*ended: tuple[str, str], before: dict[str, str]) -> dict[str, str]:
    """The record after these proofs (`test[control]`) ended so."""
    record = RecordOfProofs(OURS)
    for proof, outcome in ended:
        report = SimpleNamespace(
            nodeid=f"tests/proofs/test_proofs.py::{proof}",
            when="call",
            passed=outcome == "passed",
            failed=outcome == "failed",
        )
        record.pytest_runtest_logreport(cast(pytest.TestReport, report))
    text: dict[str, Any] = json.loads(record.text(before))
    assert text.pop("") == LAST[""]
    return text


BOTH = ((f"{PASSES}[{ID}]", "passed"), (f"{FAILS}[{ID}]", "passed"))


def test_a_control_that_passes_and_fails_where_it_should_is_proved() -> None:
    assert recorded(*BOTH, before={ID: "old"}) == {ID: closure_of(CONTROLS[ID]).sha256}


def test_half_a_proof_proves_nothing() -> None:
    assert recorded(BOTH[0], before={ID: "old"}) == {ID: "old"}


def test_what_failed_in_any_proof_is_struck_out() -> None:
    failed = ("test_every_finding_names_the_answers_it_rests_on[efs-encrypted]", "failed")

    assert recorded(*BOTH, failed, before={ID: "old"}) == {}


def test_what_was_not_put_to_the_proof_stays_and_what_is_no_control_any_more_goes() -> None:
    before = {"ec2-imdsv2": "kept", "gone-control": "gone"}

    assert recorded(*BOTH, before=before) == {ID: closure_of(CONTROLS[ID]).sha256, "ec2-imdsv2": "kept"}

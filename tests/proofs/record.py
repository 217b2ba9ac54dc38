"""The record of proofs, controls/proved.json: written by the proofs themselves, for what they proved."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from muster.judging.closure import closure_of
from muster.judging.control import Control
from muster.run.record import PROOFS
from tests.made_files import hold

ROOT = Path(__file__).parents[2]
PROVING = {"test_passes_in_the_model_company", "test_fails_in_the_demo_company_on_exactly_what_is_broken"}
_PROOF = re.compile(r"tests/proofs/test_proofs\.py::(?P<test>\w+)\[(?P<control>[a-z0-9-]+)\]$")
# The last line never changes: so lines of controls merge one by one (.gitattributes).
LAST = {"": "the closure of each control that tests/proofs last saw pass and fail where it should"}


class RecordOfProofs:
    """A plugin that hears how each proof ends, and at the end writes down which controls they proved."""

    def __init__(self, controls: Mapping[str, Control]) -> None:
        self._controls = controls
        self._passed: dict[str, set[str]] = {}
        self._failed: set[str] = set()

    @property
    def proved(self) -> set[str]:
        """The controls that passed and failed where they should, and in no proof otherwise."""
        return {name for name, tests in self._passed.items() if tests >= PROVING} - self._failed

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a proof of a control."""
        proof = _PROOF.search(report.nodeid)
        if proof is None:
            return
        if report.failed:
            self._failed.add(proof["control"])
        elif report.when == "call" and report.passed:
            self._passed.setdefault(proof["control"], set()).add(proof["test"])

    def pytest_sessionfinish(self) -> None:
        """Write the record, if there was a proof at all."""
        if self._passed or self._failed:
            hold(ROOT / PROOFS, self.text(_record_before()))

    def text(self, before: Mapping[str, str]) -> str:
        """What the record says now: of a control that was not put to the proof what it said before, if it said it."""
        proved = self.proved
        record = {
            name: closure_of(control).sha256 if name in proved else before.get(name)
            for name, control in self._controls.items()
            if name not in self._failed
        }
        return json.dumps({name: found for name, found in record.items() if found} | LAST, indent=2) + "\n"


def _record_before() -> dict[str, str]:
    try:
        before: dict[str, str] = json.loads((ROOT / PROOFS).read_text(encoding="utf-8"))
    except ValueError:
        # Two branches were merged line by line into what is no JSON: what is not proved now has no proof.
        return {}
    return before

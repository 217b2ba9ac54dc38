"""Every control is proved: there is an account where it passes, and one where it fails on exactly what was broken.

The tests are made from the controls that exist, so that one without a proof fails here.
"""

from __future__ import annotations

import json

import pytest

from muster.judging.closure import closure_of
from muster.judging.control import Control
from muster.proving.proofs import failing, flaws_of_failing, flaws_of_passing, statuses
from muster.proving.recorded import Recording
from muster.run.record import PROOFS
from tests.conftest import ROOT
from tests.made_files import IN_CI
from tests.proofs.record import LAST


def test_passes_in_the_model_company(control: Control, model: Recording) -> None:
    assert list(flaws_of_passing(control, model)) == []


def test_fails_in_the_demo_company_on_exactly_what_is_broken(control: Control, demo: Recording) -> None:
    assert list(flaws_of_failing(control, demo)) == []


def test_passes_something_in_the_demo_company_where_there_is_more_than_one(control: Control, demo: Recording) -> None:
    findings = demo.findings[control.id]
    judged = [finding for finding in findings if finding.status in ("pass", "fail")]

    if len(judged) == 1 or control.first_noun.one == "account":
        assert failing(findings), "what there is one of is broken in the demo company"
    else:
        assert statuses(findings)["pass"] >= 1


def test_seeds_break_nothing_that_is_not_a_control(
    demo: Recording, model: Recording, controls: dict[str, Control]
) -> None:
    assert set(demo.declared) <= set(controls)
    assert model.declared == {}


def test_nothing_is_left_to_fill_in() -> None:
    """`python -m muster new control` marks what its author has to say."""
    left = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for folder in ("controls", "fixtures", "profiles", "tests/hostile")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.suffix in (".py", ".yaml")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if "fill in" in line.lower()
    ]

    assert left == []


@pytest.mark.skipif(not IN_CI, reason="it is written here, by these very tests")
def test_the_record_of_proofs_is_of_these_sources(controls: dict[str, Control]) -> None:
    record = json.loads((ROOT / PROOFS).read_text())

    assert record == {name: closure_of(control).sha256 for name, control in controls.items()} | LAST


def test_every_finding_names_the_answers_it_rests_on(control: Control, demo: Recording, model: Recording) -> None:
    for recording in (demo, model):
        for finding in recording.findings[control.id]:
            assert finding.reads, f"{finding.resource} rests on nothing"
            assert set(finding.reads) <= set(recording.answers)

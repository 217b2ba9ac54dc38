"""A proof tells a control from every other, and from an account in which nobody has made anything."""

from __future__ import annotations

from itertools import combinations

import pytest

from muster.judging.control import Control
from muster.judging.judgement import Finding
from muster.proving.proofs import flaws_of_telling_apart, is_one_of_a_kind
from muster.proving.recorded import Recording
from tests.conftest import CONTROLS

# The account that is empty is one of AWS.
OF_AWS = [control.id for control in CONTROLS.values() if control.kind == "aws"]
Failures = frozenset[tuple[str, str, str]]


def failures(findings: list[Finding], *, with_reason: bool) -> Failures:
    """What fails, by resource, region and, of what there is one in a place, the reason."""
    return frozenset(
        (finding.resource, finding.region, finding.reason if with_reason else "")
        for finding in findings
        if finding.status == "fail"
    )


def test_no_two_controls_are_proved_by_the_same_broken_things(controls: dict[str, Control], demo: Recording) -> None:
    """Of many things of a kind, other ones must be broken; of one thing, another part of it, which the reason names."""
    by_what_is_broken: dict[Failures, list[Control]] = {}
    for control in controls.values():
        by_what_is_broken.setdefault(failures(demo.findings[control.id], with_reason=False), []).append(control)
    alike = []
    for broken, of_these in by_what_is_broken.items():
        for one, other in combinations(of_these if broken else (), 2):
            reasons = [failures(demo.findings[control.id], with_reason=True) for control in (one, other)]
            if not is_one_of_a_kind(one, demo) or reasons[0] == reasons[1]:
                alike.append((one.id, other.id))

    assert alike == []


@pytest.mark.parametrize("name", OF_AWS)
def test_what_it_says_of_the_companies_is_of_their_making(
    name: str, model: Recording, demo: Recording, empty: Recording
) -> None:
    assert list(flaws_of_telling_apart(CONTROLS[name], model, demo, empty)) == []

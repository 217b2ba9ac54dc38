"""A proof tells a control from every other, and from an account in which nobody has made anything."""

from __future__ import annotations

from collections import Counter
from itertools import combinations

import pytest

from muster.judging.control import Control
from muster.judging.judgement import Finding
from tests.conftest import CONTROLS
from tests.recorded import Recording

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
    alike = []
    for one, other in combinations(controls.values(), 2):
        broken = failures(demo.findings[one.id], with_reason=False)
        if broken and broken == failures(demo.findings[other.id], with_reason=False):
            reasons = [failures(demo.findings[control.id], with_reason=True) for control in (one, other)]
            if not is_one_of_a_kind(one, demo) or reasons[0] == reasons[1]:
                alike.append((one.id, other.id))

    assert alike == []


@pytest.mark.parametrize("name", OF_AWS)
def test_a_pass_of_the_model_company_is_one_of_its_own_making(
    name: str, model: Recording, demo: Recording, empty: Recording
) -> None:
    control = CONTROLS[name]
    passes, before = passed(model, control), passed(empty, control)
    if is_one_of_a_kind(control, demo) and passes == before:
        # Good from the start: then what is broken in the demo company must be of somebody's making.
        assert statuses(demo, control)["fail"] > statuses(empty, control)["fail"]
    else:
        assert passes > before, "what passes in the model company passes where nobody has made anything"


def is_one_of_a_kind(control: Control, recording: Recording) -> bool:
    """Whether a control judges one thing an account or region, which goes by the account's ARN, not each of many."""
    accounts = {finding.resource for finding in recording.findings[control.id]}
    return len(accounts) == 1 and accounts.pop().endswith(":root")


def statuses(recording: Recording, control: Control) -> Counter[str]:
    return Counter(finding.status for finding in recording.findings[control.id])


def passed(recording: Recording, control: Control) -> int:
    return statuses(recording, control)["pass"]

"""No control is fooled: each hostile account gets the verdict that AWS's documentation gives it.

A case is a line of `cases/CONTROL.yaml`; how it is written is said in `case.py` and `told_aws.py`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any

import pytest

from muster.estate.declarations import Facts
from muster.judging.control import Control
from muster.judging.judgement import Finding, judge_control
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, Call, Reads, Transport
from muster.reading.redaction import Redactor
from muster.run.entering import entered
from muster.verdict import Status
from tests.conftest import CONTROLS
from tests.counts import Count
from tests.hostile.case import Case, baseline, cases_of, judged_controls, sound_facts, sound_for
from tests.hostile.shapes import misshapen, output_shape
from tests.hostile.told_aws import Told, ToldAws, contents, with_texts
from tests.hostile.told_estate import ToldEstate
from tests.hostile.told_github import ToldGitHub

JUDGED = judged_controls()
# The status of an account is the worst of its resources'.
WORST_FIRST: tuple[Status, ...] = ("error", "fail", "pass", "not_applicable")
IDS = {"aws": "111122223333", "github": "acme-example", "estate": "estate"}
BENIGN = Case(case="the sound account", verdict="pass", why="https://docs.aws.amazon.com/")


@dataclass(frozen=True)
class SoundAccount:
    """What the sound account answers and declares, and what a run has once: the client library and its redactor."""

    answers: Mapping[str, Any]
    facts: Mapping[str, Any]
    aws: ToldAws
    redactor: Redactor


@dataclass(frozen=True)
class ToldThen:
    """A transport whose answers came when the case says that the run began."""

    transport: Transport
    now: datetime

    def send(self, call: Call) -> Answer:
        return replace(self.transport.send(call), at=self.now.isoformat())


@pytest.fixture(scope="module")
def sound() -> SoundAccount:
    return SoundAccount(baseline(), sound_facts(), ToldAws(), Redactor(b"hostile"))


def judged(sound: SoundAccount, control: Control, case: Case, told: Told) -> Finding:
    """The worst that the control finds in the account of the case, which answers as told."""
    sound.aws.told = told
    transports: Mapping[str, Transport] = {
        "aws": sound.aws,
        "github": ToldGitHub(told),
        "estate": ToldEstate(told),
    }
    transport = ToldThen(transports[control.kind], case.now)
    reads = Reads("hostile", transport, MemoryArchive(), sound.redactor, patience=0)
    access = Access("hostile", control.kind, IDS[control.kind], case.regions)
    account = entered(access, reads, case.now, helpers=0)
    facts = facts_in_force(json.dumps({**sound.facts, **case.facts}, default=str), case.now.date())
    found = judge_control(control, account, {**control.parameters, **case.parameters}, facts, threads=1)
    return min(found, key=lambda finding: WORST_FIRST.index(finding.status))


@cache
def facts_in_force(declared: str, on: date) -> Facts:
    """What is declared, as JSON, and has not ended; most cases declare the same."""
    return Facts.model_validate_json(declared).in_force(on)


# One test a control, one subtest a case: what pytest spends on a test is more than what most cases take.
@pytest.mark.parametrize("of_control", JUDGED)
def test_a_hostile_account_gets_the_verdict_it_deserves(
    sound: SoundAccount, of_control: str, subtests: pytest.Subtests, count: Count
) -> None:
    for case in cases_of(of_control):
        with subtests.test(case.case):
            answers = case.told(sound.answers)
            assert misshapen_places(answers, types=not case.another_type) == []

            told = Told({**sound.answers, **answers})
            found = judged(sound, CONTROLS[of_control], case, told)

            assert not told.untold, f"say in the case or in tests/hostile/baseline what answers {told.untold}"
            own = answers.keys() - case.of_each
            assert told.asked & (own or answers.keys()), "the control reads nothing of what the case answers"
            assert found.status == case.verdict, f"{found.status}: {found.reason}\n{case.why}"
            assert case.reason in found.reason
            count("hostile accounts: {}, each with the verdict that it deserves")


@pytest.mark.parametrize("of_control", JUDGED)
def test_the_sound_account_passes(sound: SoundAccount, of_control: str) -> None:
    benign = BENIGN.model_copy(update=sound_for(of_control))
    told = Told({**sound.answers, **benign.answers})
    found = judged(sound, CONTROLS[of_control], benign, told)

    assert not told.untold
    assert found.status == "pass", found.reason


def test_the_sound_account_answers_in_the_shape_that_botocore_knows(sound: SoundAccount) -> None:
    assert misshapen_places(sound.answers) == []


def misshapen_places(answers: Mapping[str, Any], *, types: bool = True) -> list[str]:
    """Where answers are not as botocore's model has them."""
    return [
        f"{name}{place}"
        for name, told in answers.items()
        if not name.startswith(("github:", "estate:"))
        for content in contents(told)
        for place in misshapen(with_texts(content), output_shape(name), types=types)
    ]


@pytest.mark.parametrize("of_control", JUDGED)
def test_cases_are_told_apart_and_say_where_it_stands(of_control: str) -> None:
    cases = cases_of(of_control)

    assert cases
    assert len({case.case for case in cases}) == len(cases)
    assert [case.case for case in cases if "https://" not in case.why] == []

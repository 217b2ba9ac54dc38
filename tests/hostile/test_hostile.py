"""No control is fooled: each hostile account gets the verdict that AWS's documentation gives it.

A case is a line of `cases/CONTROL.yaml`; how it is written is said in `case.py` and `told_aws.py`.
"""

from __future__ import annotations

import json

import pytest

from muster.estate.declarations import Facts
from muster.judging.control import Control
from muster.judging.judgement import Finding, judge_control
from muster.reading.access import Access
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Reads
from muster.reading.redaction import Redactor
from muster.run.entering import entered
from muster.verdict import Status
from tests.conftest import CONTROLS
from tests.hostile.case import Case, baseline, cases, sound_facts
from tests.hostile.shapes import misshapen, output_shape
from tests.hostile.told_aws import Told, ToldAws, contents, with_texts
from tests.hostile.told_github import ToldGitHub

BASELINE = baseline()
FACTS = sound_facts()
CASES = cases()
JUDGED = sorted({control for control, _ in CASES})
# The status of an account is the worst of its resources'.
WORST_FIRST: tuple[Status, ...] = ("error", "fail", "pass", "not_applicable")
IDS = {"aws": "111122223333", "github": "acme-example"}
BENIGN = Case(case="the sound account", verdict="pass", why="https://docs.aws.amazon.com/")


@pytest.fixture(scope="module")
def aws() -> ToldAws:
    """The client library, loaded once for all cases."""
    return ToldAws()


def judged(aws: ToldAws, control: Control, case: Case) -> list[Finding]:
    """What the control finds in the account of the case."""
    aws.told = Told({**BASELINE, **case.told(BASELINE)})
    transport = aws if control.kind == "aws" else ToldGitHub(aws.told)
    reads = Reads("hostile", transport, MemoryArchive(), Redactor(b"hostile"), patience=0)
    account = entered(Access("hostile", control.kind, IDS[control.kind], case.regions), reads, case.now)
    facts = Facts.model_validate_json(json.dumps({**FACTS, **case.facts}, default=str)).in_force(case.now.date())
    return judge_control(control, account, {**control.parameters, **case.parameters}, facts, threads=1)


def worst(findings: list[Finding]) -> Finding:
    return min(findings, key=lambda finding: WORST_FIRST.index(finding.status))


@pytest.mark.parametrize(
    ("of_control", "case"), [pytest.param(id_, case, id=f"{id_}-{case.case}") for id_, case in CASES]
)
def test_a_hostile_account_gets_the_verdict_it_deserves(aws: ToldAws, of_control: str, case: Case) -> None:
    found = worst(judged(aws, CONTROLS[of_control], case))

    assert not aws.told.untold, f"say in the case or in tests/hostile/baseline what answers {aws.told.untold}"
    assert aws.told.asked & case.told(BASELINE).keys(), "the control reads nothing of what the case answers"
    assert found.status == case.verdict, f"{found.status}: {found.reason}\n{case.why}"
    assert case.reason in found.reason


@pytest.mark.parametrize("of_control", JUDGED)
def test_the_sound_account_passes(aws: ToldAws, of_control: str) -> None:
    found = worst(judged(aws, CONTROLS[of_control], BENIGN))

    assert not aws.told.untold
    assert found.status == "pass", found.reason


@pytest.mark.parametrize(
    "case", [pytest.param(BENIGN, id="baseline"), *(pytest.param(case, id=f"{id_}-{case.case}") for id_, case in CASES)]
)
def test_an_answer_has_the_shape_that_botocore_knows(case: Case) -> None:
    wrong = [
        f"{name}{place}"
        for name, told in (BASELINE if case is BENIGN else case.told(BASELINE)).items()
        if not name.startswith("github:")
        for content in contents(told)
        for place in misshapen(with_texts(content), output_shape(name), types=not case.another_type)
    ]

    assert wrong == []


@pytest.mark.parametrize("of_control", JUDGED)
def test_cases_are_told_apart_and_say_where_it_stands(of_control: str) -> None:
    of_this = [case for id_, case in CASES if id_ == of_control]

    assert len({case.case for case in of_this}) == len(of_this)
    assert [case.case for case in of_this if "https://" not in case.why] == []

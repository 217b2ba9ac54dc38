"""A control that is judged in the account of a role: there, elsewhere, and where no account has the role."""

from __future__ import annotations

import pytest

from muster import Facts, elsewhere, judged_in
from muster.judging.judgement import Finding
from tests.engine.lamps import Lamp, lamps
from tests.engine.test_judgement import MODULE, a_control, judged

HERE, OTHER = "111122223333", "444455556666"


@pytest.fixture(autouse=True)
def _registry_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(MODULE, "CONTROLS", {})


def is_in_the_hall(lamp: Lamp, facts: Facts) -> None:
    judged_in(elsewhere("audit", facts, lamp), "the hall is there")
    assert lamp.name == "hall", "stands elsewhere"


def found(**facts: str) -> Finding:
    (finding,) = judged(is_in_the_hall, {"lamps:list_lamps": lamps("hall")}, facts=Facts.model_validate(facts))
    return finding


def test_it_is_judged_in_the_account_that_has_the_role() -> None:
    assert found(audit_account_id=HERE).status == "pass"


def test_elsewhere_it_says_where_it_is_judged() -> None:
    finding = found(audit_account_id=OTHER)

    assert (finding.status, finding.judged_in, finding.reason) == ("not_applicable", OTHER, "the hall is there")


def test_where_no_account_has_the_role_it_fails() -> None:
    finding = found(security_account_id=HERE)

    assert (finding.status, finding.judged_in) == ("fail", None)
    assert finding.reason.startswith("is judged in no account, for none has the role audit: give it to an entry")


def test_the_account_of_the_role_is_a_fact_that_the_control_reads() -> None:
    assert a_control(is_in_the_hall).facts == {"audit_account_id"}

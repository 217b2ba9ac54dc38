"""The estate's own files as controls see them: waivers with an end, statements in force, regulated accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from muster.estate.declarations import Facts
from muster.judging.judgement import judge_control
from muster.reading.access import the_estate
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Reads
from muster.reading.redaction import Redactor
from muster.reading.sessions.offline import EstateTransport
from muster.run.entering import entered
from tests.conftest import CONTROLS

NOW = datetime(2026, 11, 26, tzinfo=UTC)
STATEMENT = {"control": "attest-root-custody", "owner": "security-lead", "date": "2026-11-01", "valid_for_days": 30}
WAIVER = {
    "id": "W-1",
    "control": "efs-encrypted",
    "owner": "storage-team",
    "reason": "The copy is under way",
    "granted": "2026-11-01",
    "expires": "2027-01-30",
}
ACCOUNT = {"name": "prod", "regulations": ["pci-dss"]}


def found(control: str, facts: dict[str, Any] | None = None, **answers: Any) -> tuple[str, str]:
    """The verdict of an estate that answers so, and its reason."""
    declared = {
        "people": {"security-lead": {"name": "Aiko Tanaka"}},
        "profiles": ["baseline", "regulated"],
        "frameworks": ["cis-aws-7.0"],
        "waivers": [],
        "attestations": [],
        "regulated_accounts": [],
        **answers,
    }
    reads = Reads("estate", EstateTransport(declared), MemoryArchive(), Redactor(b"tests"), patience=0)
    known = CONTROLS[control]
    account = entered(the_estate(), reads, NOW)
    (finding,) = judge_control(known, account, known.parameters, Facts.model_validate(facts or {}), threads=1)
    return finding.status, finding.reason


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        pytest.param({}, "pass", "", id="for 90 days"),
        pytest.param({"expires": "2027-01-31"}, "fail", "is granted for 91 days", id="for a day more"),
        pytest.param({"granted": None}, "fail", "does not say when it was granted", id="since nobody knows when"),
        pytest.param({"granted": "2026-10-01", "expires": "2026-11-26"}, "pass", "", id="on its last day"),
        pytest.param({"granted": "2026-10-01", "expires": "2026-11-25"}, "fail", "expired on", id="a day after it"),
        pytest.param({"granted": "2026-11-26"}, "pass", "", id="granted today"),
        pytest.param({"granted": "2026-11-27"}, "fail", "still to come", id="granted tomorrow"),
        pytest.param({"owner": " "}, "fail", "who answers for it", id="of nobody"),
        pytest.param({"reason": ""}, "fail", "and why", id="without a reason"),
        pytest.param({"expires": "soon"}, "error", "", id="until no day"),
        pytest.param({"expires": None}, "error", "", id="until nothing"),
    ],
)
def test_a_waiver_ends(changed: dict[str, Any], status: str, reason: str) -> None:
    verdict, why = found("waivers-dated", waivers=[{**WAIVER, **changed}])

    assert verdict == status
    assert reason in why


def test_an_estate_without_exceptions_has_none_without_an_end() -> None:
    assert found("waivers-dated")[0] == "pass"


def test_one_waiver_without_an_end_is_found_among_others() -> None:
    endless = {**WAIVER, "id": "W-2", "expires": "2027-10-31"}

    assert "W-2" in found("waivers-dated", waivers=[WAIVER, endless])[1]


@pytest.mark.parametrize(
    ("changed", "status", "reason"),
    [
        pytest.param({}, "pass", "", id="in force"),
        pytest.param({"valid_for_days": 25}, "pass", "", id="on its last day"),
        pytest.param({"valid_for_days": 24}, "fail", "ran out on 2026-11-25", id="a day after it"),
        pytest.param({"date": "2026-11-27"}, "fail", "still to come", id="of tomorrow"),
        pytest.param({"owner": "somebody"}, "fail", "whom people.yaml does not know", id="by somebody unknown"),
        pytest.param({"date": "lately"}, "error", "", id="of no day"),
        pytest.param({"valid_for_days": "30"}, "error", "", id="for a text"),
    ],
)
def test_a_statement_is_in_force(changed: dict[str, Any], status: str, reason: str) -> None:
    verdict, why = found("attestations-current", attestations=[{**STATEMENT, **changed}])

    assert verdict == status
    assert reason in why


def test_without_a_register_of_people_nobody_is_known() -> None:
    assert found("attestations-current", attestations=[STATEMENT], people={})[0] == "fail"


@pytest.mark.parametrize(
    ("framework", "profiles", "status", "reason"),
    [
        pytest.param("cis-aws-7.0", ["baseline", "regulated"], "pass", "", id="held to it"),
        pytest.param(
            "cis-aws-7.0", ["baseline"], "fail", "judges by baseline, not by all of regulated", id="held to less"
        ),
        pytest.param("cis-aws-7.0", [], "fail", "judges by no profile", id="asked a control alone"),
        pytest.param(
            "pci-dss-4.0", ["regulated"], "fail", "no framework pci-dss-4.0", id="framework that is not there"
        ),
        pytest.param(None, ["regulated"], "fail", "names no framework for pci-dss", id="regulation nobody declared"),
    ],
)
def test_a_regulated_account_is_held_to_its_regulations(
    framework: str | None, profiles: list[str], status: str, reason: str
) -> None:
    regulations = ({"name": "pci-dss", "framework": framework},) if framework else ()
    verdict, why = found(
        "profile-matches-regulations", {"regulations": regulations}, regulated_accounts=[ACCOUNT], profiles=profiles
    )

    assert verdict == status
    assert reason in why


def test_an_estate_without_regulated_accounts_has_nothing_to_match() -> None:
    assert found("profile-matches-regulations")[0] == "not_applicable"

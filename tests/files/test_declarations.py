"""waivers.yaml and attestations.yaml: what an entry may say, what it covers and for how long."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from muster.errors import FileError
from muster.estate.declarations import AttestationEntry, Facts, Waiver
from muster.estate.excuses import AdminPrincipal
from muster.estate.files import load_facts, load_waivers
from muster.files.problems import shown
from muster.printable import spelled
from tests.excuses import excuse
from tests.files.estates import ATTESTATION, CONTROLS, TODAY, WAIVER, as_yaml, estate, problem


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        pytest.param(
            {"control": "iam-root-mfaa"},
            3,
            'control: there is no control "iam-root-mfaa"; did you mean "iam-root-mfa"?',
            id="unknown control",
        ),
        pytest.param(
            {"approver": " Web-Team"},
            8,
            'approver: " Web-Team" is the owner as well; expected somebody else to approve',
            id="approved by the owner",
        ),
        pytest.param(
            {"reason": "because"},
            6,
            'reason: "because" is too short; expected at least 10 characters',
            id="short reason",
        ),
        pytest.param(
            {"account": "pro*"},
            4,
            'account: "pro*" cannot name an account; expected letters, digits and . _ - (all and tag:… are how'
            " accounts are selected)",
            id="pattern of accounts",
        ),
        pytest.param(
            {"expires": "2027-11-24"},
            10,
            "expires: 2027-11-24 is more than a year away (today is 2026-11-23); expected 2027-11-23 at the latest",
            id="longer than a year from today",
        ),
        pytest.param(
            {"expires": "2027-06-02", "granted": "2026-06-01"},
            10,
            "expires: 2027-06-02 is more than a year away (granted 2026-06-01); expected 2027-06-01 at the latest",
            id="longer than a year from its grant",
        ),
        pytest.param(
            {"granted": "2026-11-25"},
            11,
            "granted: 2026-11-25 lies in the future (today is 2026-11-23); expected a day that has come",
            id="granted in the future",
        ),
        pytest.param(
            {"expires": "2026-05-01", "granted": "2026-06-01"},
            10,
            "expires: 2026-05-01 is before it was granted (2026-06-01); correct one",
            id="over before it began",
        ),
        pytest.param(
            {"expires": "2026-12-01T10:00:00"},
            10,
            "expires: 2026-12-01T10:00:00 is not a date; expected YYYY-MM-DD, without a time",
            id="date with a time",
        ),
        pytest.param(
            {"expires": "soon"},
            10,
            'expires: "soon" is not a date; expected YYYY-MM-DD, without a time',
            id="no date",
        ),
    ],
)
def test_what_is_wrong_with_a_waiver(tmp_path: Path, change: dict[str, object], line: int, message: str) -> None:
    told = problem(tmp_path, waivers=as_yaml("waivers", {**WAIVER, **change}))
    assert told == f"waivers.yaml:{line}: waivers.0.{message}"


def test_two_waivers_do_not_share_an_id(tmp_path: Path) -> None:
    told = problem(tmp_path, waivers=as_yaml("waivers", WAIVER, WAIVER))
    assert told == 'waivers.yaml:11: waivers.1.id: the id "W-1" is taken on line 2; give each waiver its own'


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"expires": "2027-11-23"}, id="a year from today"),
        pytest.param({"expires": "2025-01-01"}, id="expired: told by the run, not here"),
        pytest.param({"granted": "2026-11-24"}, id="granted tomorrow, where it is tomorrow already"),
        pytest.param({"granted": "2024-02-29", "expires": "2025-03-01"}, id="a year from a leap day"),
        pytest.param({"account": "*"}, id="every account"),
    ],
)
def test_what_a_waiver_may_say(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "waivers.yaml"
    path.write_text(as_yaml("waivers", {**WAIVER, **change}))
    assert [waiver.id for waiver in load_waivers(path, CONTROLS, TODAY)] == ["W-1"]


@pytest.mark.parametrize(
    ("account", "resource", "asked", "covered"),
    [
        pytest.param("prod", "arn:aws:s3:::www-*", "arn:aws:s3:::www-shop", True, id="pattern"),
        pytest.param("prod", "arn:aws:s3:::www-*", "arn:aws:s3:::data", False, id="another resource"),
        pytest.param("prod", "arn:aws:s3:::WWW", "arn:aws:s3:::www", False, id="upper case differs"),
        pytest.param("stage", "arn:aws:s3:::www", "arn:aws:s3:::www", False, id="another account"),
        pytest.param("*", "arn:aws:s3:::www", "arn:aws:s3:::www", True, id="every account"),
        pytest.param("prod", "arn:aws:s3:::www", "arn:aws:s3:::www-shop", False, id="a name is not a beginning"),
    ],
)
def test_what_a_waiver_covers(account: str, resource: str, asked: str, covered: bool) -> None:
    waiver = Waiver.model_validate({**WAIVER, "account": account, "resource": resource})
    assert waiver.covers("iam-root-mfa", "prod", asked) is covered


def test_a_waiver_covers_one_control() -> None:
    waiver = Waiver.model_validate({**WAIVER, "account": "*", "resource": "*"})
    assert not waiver.covers("iam-root-unused", "prod", "arn:aws:iam::111122223333:root")


@pytest.mark.parametrize(
    ("today", "expired"), [("2027-01-31", False), ("2027-02-01", True)], ids=["last day", "day after"]
)
def test_a_waiver_holds_through_its_last_day(today: str, expired: bool) -> None:
    assert Waiver.model_validate(WAIVER).is_expired(datetime.date.fromisoformat(today)) is expired


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        pytest.param(
            {"control": "attest-root-custodi"},
            2,
            'control: there is no control "attest-root-custodi"; did you mean "attest-root-custody"?',
            id="unknown control",
        ),
        pytest.param(
            {"control": "iam-root-mfa"},
            2,
            'control: "iam-root-mfa" is not a control that takes statements; expected attest-<what>',
            id="control that reads an API",
        ),
        pytest.param(
            {"valid_for_days": 731}, 6, "valid_for_days: 731 is out of range; expected at most 730", id="too long"
        ),
        pytest.param({"valid_for_days": 0}, 6, "valid_for_days: 0 is out of range; expected at least 1", id="no day"),
        pytest.param(
            {"date": "2026-11-25"},
            5,
            "date: 2026-11-25 lies in the future (today is 2026-11-23); expected a day that has come",
            id="made in the future",
        ),
        pytest.param(
            {"reasons": ["...... ...... ......"]},
            9,
            'reasons.0: "...... ...... ......" gives no reason; say in words why this is so',
            id="a reason of dots",
        ),
        *(
            pytest.param(
                {"evidence": evidence},
                7,
                f"evidence: {shown(evidence)} is not evidence; expected an https link, or a document's reference",
                id=f"evidence: {name}",
            )
            for name, evidence in {
                "dots": "......",
                "one letter": "x x x x x",
                "a script": "javascript:alert(1)",
                "a script in capitals": " JavaScript:alert(1)",
                "a script with a zero-width space": "java\u200bscript:alert(1)",
                "a script in wide letters": "ｊａｖａｓｃｒｉｐｔ：alert(1)",
                "data": "data:text/html;base64,PHA+",
                "a file": "file:///etc/passwd",
                "a file without slashes": "file:report.pdf",
                "mail": "mailto:web-team@example.com",
                "a link without a host": "https:///report",
                "a link to dots": "https://.../report",
                "a link to a part of nothing": "https://#report",
                "a link with a name alone": "https://reports@",
                "what is yet to be done": "TODO",
                "nothing, in a word": "none.",
            }.items()
        ),
        pytest.param({"reasons": []}, 9, "reasons: too few entries; expected at least 1", id="no reason"),
        pytest.param({"reasons": [""]}, 9, "reasons.0: empty; expected text", id="empty reason"),
        pytest.param(
            {"evidence": "http://wiki.example.com/x"},
            7,
            'evidence: "http://wiki.example.com/x" is not evidence; expected an https link, or a document\'s reference',
            id="link without TLS",
        ),
        pytest.param(
            {"approver": "security-lead"},
            10,
            'approver: "security-lead" is the owner as well; expected somebody else to approve',
            id="approved by the owner",
        ),
    ],
)
def test_what_is_wrong_with_an_attestation(tmp_path: Path, change: dict[str, object], line: int, message: str) -> None:
    told = problem(tmp_path, attestations=as_yaml("attestations", {**ATTESTATION, **change}))
    assert told == spelled(f"attestations.yaml:{line}: attestations.0.{message}")


@pytest.mark.parametrize(
    "evidence",
    [
        "https://wiki.example.com/x#part",
        "https://wiki/page",
        "https://münchen.example:8443",
        "Register: version 7",
        "SEC-1412",
        "Ordner 3",
        "監査報告書 2026",
    ],
)
def test_what_evidence_may_be(tmp_path: Path, evidence: str) -> None:
    (read,) = estate(tmp_path, attestations=as_yaml("attestations", {**ATTESTATION, "evidence": evidence})).attestations
    assert read.evidence == evidence


def test_a_control_is_attested_once(tmp_path: Path) -> None:
    told = problem(tmp_path, attestations=as_yaml("attestations", ATTESTATION, ATTESTATION))
    assert told.startswith('attestations.yaml:10: attestations.1.control: "attest-root-custody" is attested on line 2')


@pytest.mark.parametrize(
    ("today", "current"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-12-01", True), ("2026-12-02", False)],
    ids=["day before", "first day", "last day", "day after"],
)
def test_an_attestation_counts_for_its_days(today: str, current: bool) -> None:
    assert AttestationEntry.model_validate(ATTESTATION).is_current(datetime.date.fromisoformat(today)) is current


def of_facts(folder: Path, **fields: object) -> str:
    (folder / "facts.yaml").write_text(as_yaml("public_buckets", excuse(**{"name": "www", **fields})))
    with pytest.raises(FileError) as caught:
        load_facts(folder / "facts.yaml", TODAY, {"public_buckets"})
    return str(caught.value).removeprefix(f"{folder}/")


@pytest.mark.parametrize(
    ("change", "line", "message"),
    [
        pytest.param(
            {"approver": "web-team"},
            3,
            'approver: "web-team" is the owner as well; expected somebody else to approve',
            id="approved by the owner",
        ),
        pytest.param(
            {"reason": "x x x x x x"},
            4,
            'reason: "x x x x x x" gives no reason; say in words why this is so',
            id="no reason",
        ),
        pytest.param(
            {"expires": "2027-11-24"},
            5,
            "expires: 2027-11-24 is more than a year away (today is 2026-11-23); expected 2027-11-23 at the latest",
            id="longer than a year",
        ),
        pytest.param(
            {"name": "www-*", "expires": "2027-11-23"},
            6,
            'name: "www-*" is a pattern; each thing is named by itself here',
            id="a pattern where names are exact",
        ),
    ],
)
def test_what_is_wrong_with_a_fact_that_excuses(
    tmp_path: Path, change: dict[str, object], line: int, message: str
) -> None:
    assert of_facts(tmp_path, **change) == f"facts.yaml:{line}: public_buckets.0.{message}"


@pytest.mark.parametrize("key", ["owner", "approver", "reason", "expires"])
def test_a_fact_that_excuses_says_all_that_a_waiver_says(tmp_path: Path, key: str) -> None:
    entry = excuse(name="www", expires="2027-11-23")
    del entry[key]
    (tmp_path / "facts.yaml").write_text(as_yaml("public_buckets", entry))
    with pytest.raises(FileError, match=rf"facts\.yaml:2: public_buckets\.0\.{key}: missing; add it"):
        load_facts(tmp_path / "facts.yaml", TODAY)


@pytest.mark.parametrize("pattern", ["role/*", "user/**", "role/?*?", "group/a*", "role/*abc?"])
def test_a_pattern_of_administrators_that_fits_almost_any_name(pattern: str) -> None:
    with pytest.raises(ValidationError, match="fits almost any name"):
        AdminPrincipal.model_validate(excuse(name=pattern))


def test_a_fact_that_nothing_reads_is_refused(tmp_path: Path) -> None:
    (tmp_path / "facts.yaml").write_text("audit_buckets: [logs]\napproved_regions: [eu-west-1]\npublic_buckets: []\n")
    with pytest.raises(FileError) as caught:
        load_facts(tmp_path / "facts.yaml", TODAY, {"audit_buckets"})
    assert str(caught.value).endswith(
        "facts.yaml:2: approved_regions: no control reads this fact, so it would change nothing; take it out"
    )


@pytest.mark.parametrize(("day", "left"), [("2027-01-31", 1), ("2027-02-01", 0)], ids=["last day", "day after"])
def test_a_fact_excuses_through_its_last_day(day: str, left: int) -> None:
    facts = Facts.model_validate({"public_buckets": [excuse(name="www", expires="2027-01-31")]})
    assert len(facts.in_force(datetime.date.fromisoformat(day)).public_buckets) == left

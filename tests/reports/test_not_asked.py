"""What a run did not ask, in sentences: as much as its record tells, and nothing where it asked all there is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from reports.not_asked import omissions_of
from tests.reports.formats.samples import account, run_of

ALL = {
    "accounts": [account("prod", "aws", "111122223333", regions=None), account("estate", "estate", "estate")],
    "not_asked": {"accounts": [], "controls": [], "by": []},
    "uncovered": {},
    "facts": {},
}
NARROWED = [
    account(name, "aws", "111122223333", regions=regions)
    for name, regions in (("a", ["eu-west-1"]), ("b", None), ("c", ["eu-west-1"]), ("d", ["us-east-1", "us-east-2"]))
]
PART = {"asked": 216, "judged": 12, "left_out": {"iam-user-mfa": ["prod", "dev"]}, "by": ["-k model"]}
MISSING = account("no github account", "github", "", missing="the estate has no account of kind github")
REPLAY = {"run": "r", "manifest_sha256": None, "signed_by": None}
LEFT_OUT = {"accounts": [], "controls": ["s3-bucket-tagged"], "by": ["--severity=high"]}


def omissions(folder: Path, **record: Any) -> list[tuple[str, tuple[str, ...]]]:
    """All but the last, which every run has: that other services were not asked."""
    *told, services = omissions_of(run_of(folder, [], **{**ALL, **record}))
    assert services.text == "4 services of AWS asked, and no other: nothing is known of what is elsewhere"
    return [(each.text, each.names) for each in told]


def test_a_run_of_everything_left_out_what_no_control_speaks_of_and_nothing_else(tmp_path: Path) -> None:
    assert omissions(tmp_path) == []


@pytest.mark.parametrize(
    ("record", "text", "names"),
    [
        pytest.param(
            {"part": PART},
            "204 controls in their accounts were left out by -k model",
            ("iam-user-mfa: prod, dev",),
            id="a part",
        ),
        pytest.param(
            {"part": {**PART, "by": []}},
            "204 controls in their accounts were left out by something that pytest does not name",
            ("iam-user-mfa: prod, dev",),
            id="a part by nobody",
        ),
        pytest.param(
            {"not_asked": {"accounts": ["archive", "lab"], "controls": [], "by": []}},
            "2 accounts of the estate not in this run",
            ("archive", "lab"),
            id="accounts of the estate",
        ),
        pytest.param(
            {"not_asked": LEFT_OUT},
            "1 control of the profiles not selected (--severity=high)",
            ("s3-bucket-tagged",),
            id="controls of the profiles",
        ),
        pytest.param(
            {"profiles": [], "not_asked": {"accounts": [], "controls": [], "by": ["--control=s3-*"]}},
            "Controls were named one by one (--control=s3-*), and no profile",
            (),
            id="no profile",
        ),
        pytest.param(
            {"accounts": [MISSING]},
            "0 controls without an account of their kind: the estate has no account of kind github",
            (),
            id="a kind of account",
        ),
        pytest.param(
            {"uncovered": {"cis": ["1.1", "1.2"], "other": []}},
            "2 requirements of cis without a control",
            ("1.1", "1.2"),
            id="requirements",
        ),
        pytest.param(
            {"not_asked": None},
            "This run kept no record of the accounts of its estate and the controls of its profiles beside its own",
            (),
            id="a run of before this was kept",
        ),
        pytest.param(
            {"not_asked": None, "replay_of": REPLAY},
            "A replay asks nobody; what the recorded run did not ask, its own run.json tells",
            (),
            id="a replay",
        ),
    ],
)
def test_what_was_not_asked(tmp_path: Path, record: dict[str, Any], text: str, names: tuple[str, ...]) -> None:
    assert omissions(tmp_path, **record) == [(text, names)]


def test_accounts_that_were_narrowed_to_the_same_regions_stand_together(tmp_path: Path) -> None:
    said = "nothing is known of other regions"

    assert omissions(tmp_path, accounts=NARROWED) == [
        (f"2 accounts asked in eu-west-1 alone: {said}", ("a", "c")),
        (f"1 account asked in us-east-1, us-east-2 alone: {said}", ("d",)),
    ]


def test_an_approved_region_that_was_not_asked_is_named(tmp_path: Path) -> None:
    told = omissions(tmp_path, accounts=NARROWED, facts={"approved_regions": ["eu-west-1", "us-east-1"]})

    assert [text.partition(" nor of ")[2] for text, _ in told] == [
        "us-east-1, which facts.yaml approves",
        "eu-west-1, which facts.yaml approves",
    ]


def test_services_without_a_control_are_none_of_those_asked(tmp_path: Path) -> None:
    run = run_of(tmp_path, [], **ALL)
    asked = {"s3-bucket": ["s3:list_buckets", "s3:get_bucket_acl"], "kms-key": ["kms:list_keys", "estate:people"]}
    controls = {name: {"kind": "aws", "operations": operations} for name, operations in asked.items()}
    record = {**run.record, "controls": {**controls, "gh": {"kind": "github", "operations": ["github:GET /orgs"]}}}

    (told,) = omissions_of(replace(run, record=record))
    assert (told.text, told.names) == (
        "2 services of AWS asked, and no other: nothing is known of what is elsewhere",
        ("kms", "s3"),
    )


ORGANIZATION = {"management": "root", "role_name": "Audit", "id": "o-1", "unmatched": [], "reads": []}


def found(name: str, reason: str | None) -> dict[str, Any]:
    state = {"id": "111122223333", "state": "ACTIVE", "path": "/lab", "tags": {}}
    return {**state, "name": name, "account": None if reason else name, "reason": reason}


@pytest.mark.parametrize(
    ("record", "text", "names"),
    [
        pytest.param(
            {"organization": {**ORGANIZATION, "accounts": [found("shop", None), found("lab", "excluded: a toy")]}},
            "1 account of the organization left out",
            ("111122223333 lab (/lab): excluded: a toy",),
            id="left out",
        ),
        pytest.param(
            {"organization": {**ORGANIZATION, "accounts": None}},
            "The organization was not asked which accounts it has (--discover)",
            (),
            id="not asked",
        ),
        pytest.param(
            {"unreachable": {"shop": "AccessDenied"}},
            "1 account that could not be entered",
            ("shop: AccessDenied",),
            id="not entered",
        ),
    ],
)
def test_what_is_not_known_of_an_organization(
    tmp_path: Path, record: dict[str, Any], text: str, names: tuple[str, ...]
) -> None:
    assert omissions(tmp_path, **record) == [(text, names)]

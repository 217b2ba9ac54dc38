"""The organization in accounts.yaml: what it may say, and which of its accounts are chosen by where they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry, AwsAccountEntry
from muster.estate.selecting import select_accounts
from muster.run.discovery import refuse_undiscovered
from tests.files.estates import estate, problem

ENTRY = 'accounts:\n  root: {id: "999900001111", profile: root}\n  code: {github: acme, token_env: T}\norganization:\n'
UNITS = {"root": "/", "shop": "/workloads/prod", "lab": "/workloads", "other": "/workloads-old"}
ENTRIES: Mapping[str, AccountEntry] = {
    name: AwsAccountEntry(name=name, id="111122223333", profile="p") for name in (*UNITS, "partner")
}


def test_an_organization_is_kept_as_the_file_says(tmp_path: Path) -> None:
    organization = estate(
        tmp_path,
        accounts=ENTRY + "  management: root\n  role_name: audit/MusterAudit\n  external_id_env: X\n"
        '  exclude: [{account: "111122223333", reason: thrown away each night}]\n',
    ).organization
    assert organization is not None
    assert (organization.role_name, organization.regions) == ("audit/MusterAudit", "all")
    assert [each.account for each in organization.exclude] == ["111122223333"]


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        pytest.param(
            "management: rot, role_name: r",
            'organization.management: "rot" is no AWS account of this file; did you mean "root"?',
            id="no entry",
        ),
        pytest.param(
            "management: code, role_name: r",
            'organization.management: "code" is no AWS account of this file; known: root',
            id="not of AWS",
        ),
        pytest.param(
            'management: root, role_name: "arn:aws:iam::1:role/r"',
            'organization.role_name: "arn:aws:iam::1:role/r" is not the name of a role;'
            " expected one such as MusterAudit, and no ARN",
            id="an ARN",
        ),
        pytest.param(
            'management: root, role_name: r, exclude: [{account: "999900001111", reason: thrown away each night}]',
            "organization.exclude.0.account: 999900001111 is root of this file, which is judged; keep one",
            id="an entry excluded",
        ),
        pytest.param(
            'management: root, role_name: r, exclude: [{account: "111122223333", reason: short}]',
            'organization.exclude.0.reason: "short" is too short; expected at least 10 characters',
            id="no reason",
        ),
        pytest.param(
            "management: root, role_name: r, external_id: x, external_id_env: X",
            "organization.external_id_env: external_id is given as well; keep one",
            id="two external ids",
        ),
    ],
)
def test_what_is_wrong_with_an_organization(tmp_path: Path, lines: str, message: str) -> None:
    accounts = ENTRY.rstrip("\n") + f" {{{lines}}}\n"
    assert problem(tmp_path, accounts=accounts) == f"accounts.yaml:4: {message}"


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        pytest.param("ou:/workloads", ["shop", "lab"], id="a unit and what is under it, by whole names"),
        pytest.param("ou:/workloads/prod/", ["shop"], id="a unit under it"),
        pytest.param("ou:/", ["root", "shop", "lab", "other"], id="the whole organization"),
        pytest.param("ou:/workloads/prod,root", ["root", "shop"], id="beside a name"),
    ],
)
def test_accounts_are_chosen_by_unit(selector: str, chosen: list[str]) -> None:
    assert [entry.name for entry in select_accounts(ENTRIES, [selector], units=UNITS)] == chosen


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        pytest.param("ou:/workload", 'is in ou:/workload; did you mean "ou:/workloads"?', id="no such unit"),
        pytest.param("ou:workloads", "is no path of units; expected ou:/workloads/prod", id="no path"),
    ],
)
def test_a_unit_without_accounts_is_a_mistake(selector: str, message: str) -> None:
    with pytest.raises(UsageError) as raised:
        select_accounts(ENTRIES, [selector], units=UNITS)
    assert message in str(raised.value)


@pytest.mark.parametrize("selector", ["all", "ou:/", "tag:env=prod", "root, all"])
def test_what_only_the_organization_knows_is_refused_before_it_is_asked(selector: str) -> None:
    with pytest.raises(UsageError, match="add --discover"):
        refuse_undiscovered([selector])


def test_an_account_of_the_file_may_be_named_without_asking() -> None:
    refuse_undiscovered(["root"])

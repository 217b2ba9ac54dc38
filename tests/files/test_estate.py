"""An estate as a whole: which files it is made of, what it declares, and that a kept estate comes back whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from muster.errors import FileError
from muster.estate.declarations import Facts
from muster.estate.files import Estate
from muster.estate.holders import with_accounts
from muster.selection.profiles import load_profiles
from tests.excuses import excuse
from tests.files.estates import CONTROLS, TODAY, estate, problem

ROOT = Path(__file__).parents[2]
ACCOUNTS_WITH_ROLES = """\
accounts:
  demo: {sandbox: demo, roles: [management]}
  logs: {id: "111122223333", profile: logs, roles: [audit]}
  logs-again: {id: "111122223333", profile: logs-again}
  code: {github: acme-demo, sandbox: demo}
"""


def test_files_that_are_missing_declare_nothing(tmp_path: Path) -> None:
    read = estate(tmp_path)
    assert (read.facts, read.waivers, read.attestations) == (Facts(), (), ())


def test_accounts_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"accounts\.yaml: there is no such file"):
        Estate.load(tmp_path, CONTROLS, TODAY)


def test_a_broken_link_is_no_missing_file(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").symlink_to(tmp_path / "moved-away.yaml")
    assert problem(tmp_path) == "waivers.yaml: there is no such file; create it, or name another"


@pytest.mark.parametrize(
    ("misnamed", "meant"),
    [
        ("people.yml", "people"),
        ("Waivers.yaml", "waivers"),
        ("fact.yaml", "facts"),
        ("attestation.YML", "attestations"),
    ],
)
def test_a_file_that_would_be_left_out_for_its_name_is_refused(tmp_path: Path, misnamed: str, meant: str) -> None:
    (tmp_path / misnamed).write_text("people: {}\n")
    assert problem(tmp_path) == f"{misnamed}: the file would be left out; rename it to {meant}.yaml"


def test_files_that_are_nothing_of_the_estates_may_stand_beside_it(tmp_path: Path) -> None:
    for name in ("README.md", "accounts-of-last-year.yaml", "people.yaml.orig"):
        (tmp_path / name).write_text("nothing of ours")
    assert estate(tmp_path).accounts


def test_undeclared_facts_are_none_and_empty() -> None:
    assert (Facts().audit_account_id, Facts().public_buckets) == (None, ())


@pytest.mark.parametrize(
    ("facts", "message"),
    [
        pytest.param(
            "audit_account_id: 111122223333",
            "audit_account_id: 111122223333 is a number to YAML, which loses leading zeros; quote the 12 digits",
            id="unquoted account",
        ),
        pytest.param(
            'accounts: ["111122223333"]', "accounts: is taken from accounts.yaml; take it out", id="accounts again"
        ),
        pytest.param(
            'audit_account_id: "999988887777"',
            "audit_account_id: logs has the role audit in accounts.yaml, and is another account; keep one",
            id="another account of a role",
        ),
        pytest.param(
            'management_account_id: "999988887777"',
            "management_account_id: demo has the role management in accounts.yaml, and is another account; keep one",
            id="another account than a sandbox",
        ),
        pytest.param(
            "organization_id: o-example",
            'organization_id: "o-example" is no id of an organization; expected o- and 10 to 32 letters and digits',
            id="no organization",
        ),
        pytest.param(
            "required_ous: [Production]",
            'required_ous.0: "Production" is no id of an organizational unit; expected one such as ou-exam-prod0001',
            id="a unit by its name",
        ),
        pytest.param(
            f"delegated_admins: [{json.dumps(excuse(account='111122223333', service='GuardDuty'))}]",
            'delegated_admins.0.service: "GuardDuty" is no service principal; expected one such as'
            " guardduty.amazonaws.com",
            id="a service by its name",
        ),
        pytest.param(
            f"management_workloads: [{json.dumps(excuse(name='billing-*'))}]",
            'management_workloads.0.name: "billing-*" is no ARN of an account, nor a pattern of one'
            " (arn:aws:ec2:*:111122223333:instance/*)",
            id="a workload by its name",
        ),
        pytest.param(
            "approved_regions: [Ireland]",
            'approved_regions.0: "Ireland" is not an AWS region; expected one such as eu-west-1',
            id="no region",
        ),
        pytest.param(
            "public_buckets: [www]",
            'public_buckets.0: "www" stands where a mapping (key: value) is expected',
            id="public bucket without an owner",
        ),
        pytest.param(
            f"public_buckets: [{json.dumps(excuse(name='www', reason=' '))}]",
            "public_buckets.0.reason: empty; expected text",
            id="blank reason",
        ),
        pytest.param(
            f"public_repositories: [{json.dumps(excuse(name='website'))}]",
            'public_repositories.0.name: "website" is not a repository; expected owner/name',
            id="repository without an owner",
        ),
        pytest.param(
            f"declared_deploy_keys: [{json.dumps(excuse(repository='website', title='release-bot'))}]",
            'declared_deploy_keys.0.repository: "website" is not a repository; expected owner/name',
            id="a key of a repository without an owner",
        ),
        *(
            pytest.param(
                f"{fact}: [{json.dumps(excuse(name=name))}]", f"{fact}.0.name: {message}", id=f"{fact}: {name}"
            )
            for fact, name, message in (
                (
                    "admin_principals",
                    "MusterBreakGlass*",
                    '"MusterBreakGlass*" would be a user, a group and a role alike; write user/MusterBreakGlass*,'
                    " group/MusterBreakGlass* or role/MusterBreakGlass*, as its ARN ends, path and all",
                ),
                (
                    "cloudshell_principals",
                    "ops",
                    '"ops" would be a user, a group and a role alike; write user/ops, group/ops or role/ops, as its ARN'
                    " ends, path and all",
                ),
                (
                    "admin_principals",
                    "arn:aws:iam::111122223333:role/ci/ops",
                    '"arn:aws:iam::111122223333:role/ci/ops" is an ARN; write what it ends with: role/ci/ops',
                ),
                ("admin_principals", "role/", '"role/" names nobody; expected one such as role/ops'),
                (
                    "cloudshell_principals",
                    "role/ops-*",
                    '"role/ops-*" is a pattern; each thing is named by itself here',
                ),
            )
        ),
        pytest.param(
            f"root_uses: [{json.dumps(excuse(account='111122223333', date='2026-11-23T10:00:00', person='ops'))}]",
            'root_uses.0.date: "2026-11-23T10:00:00" is not a date; expected YYYY-MM-DD, without a time',
            id="root use with a time",
        ),
        pytest.param(
            f"root_uses: [{json.dumps(excuse(account='111122223333', date='2026-11-23', person='Security Lead'))}]",
            'root_uses.0.person: "Security Lead" is the approver as well; expected somebody else to approve the use',
            id="a use of root approved by who uses it",
        ),
        pytest.param(
            "admin_principals: role/MusterBreakGlass*",
            'admin_principals: "role/MusterBreakGlass*" stands where a list is expected; write [one, two], or a line'
            " with a dash for each",
            id="text for a list",
        ),
    ],
)
def test_what_is_wrong_with_a_fact(tmp_path: Path, facts: str, message: str) -> None:
    assert problem(tmp_path, facts=f"{facts}\n", accounts=ACCOUNTS_WITH_ROLES) == f"facts.yaml:1: {message}"


@pytest.mark.parametrize(
    ("facts", "sandboxes", "told"),
    [
        pytest.param("", {"demo": "444455556666"}, ("444455556666", "111122223333", None), id="roles of entries"),
        pytest.param("", {}, (None, "111122223333", None), id="a sandbox that nobody started"),
        pytest.param(
            'security_account_id: "999988887777"',
            {},
            (None, "111122223333", "999988887777"),
            id="one that has no entry",
        ),
        pytest.param('audit_account_id: "111122223333"', {}, (None, "111122223333", None), id="the same said twice"),
    ],
)
def test_facts_tell_which_account_has_which_role(
    tmp_path: Path, facts: str, sandboxes: dict[str, str], told: tuple[str | None, ...]
) -> None:
    read = estate(tmp_path, accounts=ACCOUNTS_WITH_ROLES, facts=f"{facts}\naudit_buckets: []\n")
    known = with_accounts(read.facts, read.accounts, sandboxes)
    assert (known.management_account_id, known.audit_account_id, known.security_account_id) == told
    assert known.accounts == (*sandboxes.values(), "111122223333")


def test_a_day_may_be_written_as_text(tmp_path: Path) -> None:
    use = excuse(account="111122223333", date="2026-11-23", person="ops", expires="2027-11-23")
    facts = f"root_uses: [{json.dumps(use)}]\n"
    assert estate(tmp_path, facts=facts).facts.root_uses[0].date == TODAY


@pytest.mark.parametrize("folder", ["estate", "fixtures/sandbox/estates/model"])
def test_the_shipped_estates_load(folder: str) -> None:
    profiles = load_profiles(ROOT / "profiles").profiles.values()
    known = {control for profile in profiles for control in profile.controls}
    assert Estate.load(ROOT / folder, known, TODAY).accounts


def test_the_model_company_attests_all_that_profiles_ask_for() -> None:
    profiles = load_profiles(ROOT / "profiles").profiles.values()
    known = {control for profile in profiles for control in profile.controls}
    model = Estate.load(ROOT / "fixtures/sandbox/estates/model", known, TODAY)
    current = {entry.control for entry in model.attestations if entry.is_current(TODAY)}
    assert current == {control for control in known if control.startswith("attest-")}

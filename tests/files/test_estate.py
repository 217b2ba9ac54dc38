"""The estate files: what an entry may say, how accounts are selected, and that a kept estate comes back whole."""

from __future__ import annotations

import datetime
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.errors import FileError, UsageError
from muster.estate import (
    AccountEntry,
    Attestation,
    AwsAccountEntry,
    Estate,
    Facts,
    GitHubAccountEntry,
    Waiver,
    load_waivers,
    select_accounts,
)
from muster.profiles import load_profiles

ROOT = Path(__file__).parents[2]
TODAY = datetime.date(2026, 11, 23)
CONTROLS = ("s3-bucket-public-access-blocked", "iam-root-mfa", "attest-root-custody", "attest-security-policy")

ACCOUNTS = """\
accounts:
  demo: {sandbox: demo}
  prod:
    id: "111122223333"
    role_arn: arn:aws:iam::111122223333:role/audit/MusterAudit
    external_id_env: MUSTER_EXTERNAL_ID
    source_profile: hub
    regions: all
    tags: {env: prod, team: shop}
  stage: {id: "444455556666", profile: stage, regions: [eu-west-1, us-gov-west-1], tags: {env: stage}}
  local: {id: "123456789012", endpoint_url: "http://127.0.0.1:4566", regions: [us-east-1], calls_per_second: 5}
  code: {github: acme-demo, token_env: GITHUB_TOKEN, endpoint_url: "https://github.example.com/api/v3"}
  code-demo: {github: acme-demo, sandbox: demo, tags: {env: prod}}
"""

WAIVER = {
    "id": "W-1",
    "control": "iam-root-mfa",
    "account": "prod",
    "resource": "arn:aws:iam::111122223333:root",
    "reason": "root has no password",
    "owner": "web-team",
    "approver": "security-lead",
    "ticket": "SEC-1",
    "expires": "2027-01-31",
}

ATTESTATION = {
    "control": "attest-root-custody",
    "statement": "Root is sealed",
    "owner": "security-lead",
    "date": "2026-11-01",
    "valid_for_days": 30,
    "evidence": "Custody sheet 4",
    "decision": "Two keepers",
    "reasons": ["Neither can act alone"],
}


def estate(folder: Path, **files: str) -> Estate:
    for name, text in {"accounts": ACCOUNTS, **files}.items():
        (folder / f"{name}.yaml").write_text(text)
    return Estate.load(folder, CONTROLS, TODAY)


def as_yaml(key: str, *entries: Mapping[str, object]) -> str:
    """The entries as a YAML file, a line a field: the first entry's first field stands on line 2."""
    lines = [f"{key}:"]
    for entry in entries:
        fields = [f"{name}: {value if name in DATES else json.dumps(value)}" for name, value in entry.items()]
        lines += [f"  - {fields[0]}", *(f"    {field}" for field in fields[1:])]
    return "\n".join(lines) + "\n"


DATES = ("granted", "expires", "date")


def problem(folder: Path, **files: str) -> str:
    with pytest.raises(FileError) as caught:
        estate(folder, **files)
    return str(caught.value).removeprefix(f"{folder}/")


def test_accounts_are_read_in_the_order_of_the_file(tmp_path: Path) -> None:
    accounts = estate(tmp_path).accounts
    assert list(accounts) == ["demo", "prod", "stage", "local", "code", "code-demo"]
    assert [entry.name for entry in accounts.values()] == list(accounts)


def test_the_two_kinds_of_account_are_told_apart(tmp_path: Path) -> None:
    kinds = {name: entry.kind for name, entry in estate(tmp_path).accounts.items()}
    assert kinds == dict.fromkeys(("demo", "prod", "stage", "local"), "aws") | dict.fromkeys(
        ("code", "code-demo"), "github"
    )


def test_an_entry_keeps_what_the_file_says(tmp_path: Path) -> None:
    assert estate(tmp_path).accounts["stage"] == AwsAccountEntry(
        name="stage", id="444455556666", profile="stage", regions=("eu-west-1", "us-gov-west-1"), tags={"env": "stage"}
    )


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        pytest.param(
            '{id: "111122223333", role_arn: prod-role}',
            'prod.role_arn: "prod-role" is not a role ARN (arn:aws:iam::<12 digits>:role/<name>)',
            id="no ARN",
        ),
        pytest.param(
            '{id: "111122223333", role_arn: "arn:aws:iam::111122223333:user/x"}',
            'prod.role_arn: "arn:aws:iam::111122223333:user/x" is not a role ARN'
            " (arn:aws:iam::<12 digits>:role/<name>)",
            id="ARN of a user",
        ),
        pytest.param(
            '{id: "111122223333", role_arn: "arn:aws:iam::444455556666:role/x"}',
            "prod.role_arn: the role is in account 444455556666 and the entry's id is 111122223333; correct one",
            id="role of another account",
        ),
        pytest.param(
            "{id: 111122223333, profile: p}",
            "prod.id: 111122223333 is a number to YAML, which loses leading zeros; quote the 12 digits",
            id="unquoted id",
        ),
        pytest.param(
            '{id: "1111", profile: p}',
            'prod.id: "1111" is not an AWS account id; expected 12 digits, quoted',
            id="short id",
        ),
        pytest.param(
            "{profile: p}",
            "prod.id: missing; add the account's 12 digits, quoted: the run stops if it enters another one",
            id="no id",
        ),
        pytest.param(
            '{id: "111122223333"}',
            "prod: no way in; expected one of sandbox, role_arn, profile, endpoint_url or github",
            id="no way in",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, role_arn: "arn:aws:iam::111122223333:role/x"}',
            "prod.profile: role_arn and profile exclude each other; keep one way in",
            id="two ways in",
        ),
        pytest.param(
            '{sandbox: demo, id: "111122223333"}',
            "prod.id: a sandbox brings its own account id; leave it out",
            id="sandbox with an id",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, external_id: x}',
            "prod.external_id: serves to assume a role; add role_arn, or leave it out",
            id="external id without a role",
        ),
        pytest.param(
            '{id: "111122223333", role_arn: "arn:aws:iam::111122223333:role/x", external_id: x, external_id_env: X}',
            "prod.external_id_env: external_id is given as well; keep one",
            id="external id twice",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, regions: [eu-west-1, europe]}',
            'prod.regions.1: "europe" is not an AWS region; expected one such as eu-west-1',
            id="no region",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, regions: [eu-west-1, eu-west-1]}',
            'prod.regions.1: "eu-west-1" is named twice; keep one',
            id="region twice",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, regions: eu-west-1}',
            'prod.regions: "eu-west-1"; expected all, or a list such as [eu-west-1]',
            id="regions not a list",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, regions: []}',
            "prod.regions: empty; expected all, or a list such as [eu-west-1]",
            id="no regions",
        ),
        pytest.param(
            '{id: "111122223333", endpoint_url: "localhost:4566"}',
            'prod.endpoint_url: "localhost:4566" is not an endpoint; expected http://host:port or https://host',
            id="endpoint without scheme",
        ),
        pytest.param(
            '{id: "111122223333", endpoint_url: "https://me:pw@host"}',
            "prod.endpoint_url: an endpoint carries no user name or password; take them out of the address",
            id="endpoint with a password",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, calls_per_second: 0}',
            "prod.calls_per_second: 0 is out of range; expected more than 0",
            id="no calls at all",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, calls_per_second: .nan}',
            "prod.calls_per_second: nan is not a number that can be counted with",
            id="calls not a number",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, tags: {live: true}}',
            "prod.tags.live: true is not text to YAML; quote it",
            id="tag that is no text",
        ),
        pytest.param(
            '{id: "111122223333", rolearn: x, profile: p}',
            'prod.rolearn: not a key of an AWS account; did you mean "role_arn"?',
            id="misspelt key",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, token_env: GITHUB_TOKEN}',
            "prod.token_env: not a key of an AWS account; known: calls_per_second, endpoint_url, external_id,"
            " external_id_env, id, profile, regions, role_arn, sandbox, source_profile, tags",
            id="GitHub key in an AWS account",
        ),
        pytest.param(
            "{github: acme-demo, token_env: GITHUB_TOKEN, regions: all}",
            "prod.regions: not a key of a GitHub account; known: calls_per_second, endpoint_url, github, sandbox,"
            " tags, token_env",
            id="AWS key in a GitHub account",
        ),
        pytest.param(
            "{github: acme-demo}",
            "prod: no way in; expected token_env (or sandbox) beside github",
            id="GitHub without a token",
        ),
        pytest.param(
            "{github: acme-demo, token_env: GITHUB_TOKEN, sandbox: demo}",
            "prod.token_env: sandbox is given as well; keep one way in",
            id="GitHub with two ways in",
        ),
        pytest.param(
            "{github: acme/website, token_env: GITHUB_TOKEN}",
            'prod.github: "acme/website" is not a GitHub organization; expected letters, digits and -',
            id="repository for an organization",
        ),
        pytest.param(
            "{sandbox: demo, name: other}",
            "prod.name: an account is named by its key; leave name out",
            id="a name beside the key",
        ),
        pytest.param("demo", 'prod: "demo" stands where a mapping (key: value) is expected', id="text for an entry"),
    ],
)
def test_what_is_wrong_with_an_account(tmp_path: Path, entry: str, message: str) -> None:
    accounts = f"accounts:\n  other: {{sandbox: demo}}\n  prod: {entry}\n"
    assert problem(tmp_path, accounts=accounts) == f"accounts.yaml:3: accounts.{message}"


def test_a_token_in_the_place_of_a_name_is_not_repeated(tmp_path: Path) -> None:
    told = problem(tmp_path, accounts="accounts:\n  code: {github: acme, token_env: ghp_abcdef}\n")
    assert told.startswith("accounts.yaml:2: accounts.code.token_env: expected the name of an environment variable")
    assert "ghp_" not in told


@pytest.mark.parametrize("name", ["all", "tag:env=prod", "a b", "prod,stage", ""])
def test_a_name_that_could_not_be_selected_is_refused(tmp_path: Path, name: str) -> None:
    told = problem(tmp_path, accounts=f'accounts:\n  "{name}": {{sandbox: demo}}\n')
    assert told.startswith(f'accounts.yaml:2: accounts.{name}: "{name}" cannot name an account')


def test_an_estate_has_an_account(tmp_path: Path) -> None:
    assert problem(tmp_path, accounts="accounts: {}\n") == (
        "accounts.yaml:1: accounts: too few entries; expected at least 1"
    )


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        pytest.param(["prod"], ["prod"], id="one"),
        pytest.param(["stage,demo"], ["demo", "stage"], id="several by commas, in the order of the file"),
        pytest.param(["stage", "demo"], ["demo", "stage"], id="several by repetition"),
        pytest.param(["stage, stage,", "stage"], ["stage"], id="each once"),
        pytest.param(["tag:env=prod"], ["prod", "code-demo"], id="by tag"),
        pytest.param(["tag:env=prod,demo"], ["demo", "prod", "code-demo"], id="by tag and name"),
        pytest.param(["all"], ["demo", "prod", "stage", "local", "code", "code-demo"], id="all"),
    ],
)
def test_selecting_accounts(tmp_path: Path, wanted: list[str], names: list[str]) -> None:
    assert [entry.name for entry in select_accounts(estate(tmp_path).accounts, wanted)] == names


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        pytest.param(
            "prd",
            'there is no account "prd" in the estate; did you mean "prod"?'
            " (known: demo, prod, stage, local, code, code-demo)",
            id="misspelt",
        ),
        pytest.param(
            "tag:env=prd",
            'no account of the estate has tag:env=prd; did you mean "tag:env=prod"?',
            id="tag that none has",
        ),
        pytest.param("tag:env", '"tag:env" is not a tag; expected tag:key=value', id="tag without a value"),
        pytest.param(
            " , ",
            "no account is named; known: all, code, code-demo, demo, local, prod, stage",
            id="nothing",
        ),
    ],
)
def test_a_selection_that_finds_nothing(tmp_path: Path, wanted: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        select_accounts(estate(tmp_path).accounts, [wanted])
    assert str(caught.value) == message


def test_the_fallback_is_asked_for_unknown_names_only(tmp_path: Path) -> None:
    asked: list[str] = []

    def cli_profile(name: str) -> AccountEntry | None:
        asked.append(name)
        return AwsAccountEntry(name=name, profile=name) if name == "elsewhere" else None

    chosen = select_accounts(estate(tmp_path).accounts, ["elsewhere,demo", "elsewhere"], cli_profile)
    assert ([entry.name for entry in chosen], asked) == (["demo", "elsewhere"], ["elsewhere"])


def test_files_that_are_missing_declare_nothing(tmp_path: Path) -> None:
    read = estate(tmp_path)
    assert (read.facts, read.waivers, read.attestations) == (Facts(), (), ())


def test_accounts_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"accounts\.yaml: there is no such file"):
        Estate.load(tmp_path, CONTROLS, TODAY)


def test_a_broken_link_is_no_missing_file(tmp_path: Path) -> None:
    (tmp_path / "waivers.yaml").symlink_to(tmp_path / "moved-away.yaml")
    assert problem(tmp_path) == "waivers.yaml: there is no such file; create it, or name another"


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
            "public_buckets: [{name: www, owner: web, reason: ' '}]",
            "public_buckets.0.reason: empty; expected text",
            id="blank reason",
        ),
        pytest.param(
            "public_repositories: [{name: website, owner: web, reason: open}]",
            'public_repositories.0.name: "website" is not a repository; expected owner/name',
            id="repository without an owner",
        ),
        pytest.param(
            'root_uses: [{account: "111122223333", date: 2026-11-23 10:00:00, person: A, reason: b}]',
            "root_uses.0.date: 2026-11-23T10:00:00 is not a date; expected YYYY-MM-DD, without a time",
            id="root use with a time",
        ),
        pytest.param(
            "admin_principals: MusterBreakGlass*",
            'admin_principals: "MusterBreakGlass*" stands where a list is expected; write [one, two], or a line with'
            " a dash for each",
            id="text for a list",
        ),
    ],
)
def test_what_is_wrong_with_a_fact(tmp_path: Path, facts: str, message: str) -> None:
    assert problem(tmp_path, facts=f"{facts}\n") == f"facts.yaml:1: {message}"


def test_a_day_may_be_written_as_text(tmp_path: Path) -> None:
    facts = 'root_uses: [{account: "111122223333", date: "2026-11-23", person: A, reason: b}]\n'
    assert estate(tmp_path, facts=facts).facts.root_uses[0].date == TODAY


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
            "expires: 2026-05-01 is before the waiver was granted (2026-06-01); correct one",
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
    assert told == f"attestations.yaml:{line}: attestations.0.{message}"


def test_a_control_is_attested_once(tmp_path: Path) -> None:
    told = problem(tmp_path, attestations=as_yaml("attestations", ATTESTATION, ATTESTATION))
    assert told.startswith('attestations.yaml:10: attestations.1.control: "attest-root-custody" is attested on line 2')


@pytest.mark.parametrize(
    ("today", "current"),
    [("2026-10-31", False), ("2026-11-01", True), ("2026-12-01", True), ("2026-12-02", False)],
    ids=["day before", "first day", "last day", "day after"],
)
def test_an_attestation_counts_for_its_days(today: str, current: bool) -> None:
    assert Attestation.model_validate(ATTESTATION).is_current(datetime.date.fromisoformat(today)) is current


def test_a_kept_estate_comes_back_whole(tmp_path: Path) -> None:
    facts = (ROOT / "estate" / "facts.yaml").read_text()
    waivers = as_yaml("waivers", {**WAIVER, "granted": "2026-06-01"})
    read = estate(tmp_path, facts=facts, waivers=waivers, attestations=as_yaml("attestations", ATTESTATION))
    assert Estate.from_data(json.loads(json.dumps(read.as_data()))) == read


def test_an_account_named_by_its_cli_profile_is_kept_too(tmp_path: Path) -> None:
    entry = AwsAccountEntry(name="elsewhere", profile="elsewhere")
    kept = Estate({"elsewhere": entry}, Facts(), (), (), tmp_path)
    assert Estate.from_data(json.loads(json.dumps(kept.as_data()))) == kept


def test_kept_data_of_another_form_is_refused(tmp_path: Path) -> None:
    data = estate(tmp_path).as_data()
    del data["facts"]
    with pytest.raises(UsageError, match="the estate kept with the run cannot be read: facts: missing"):
        Estate.from_data(data)


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


NAMES = st.from_regex(r"[a-z0-9._-]{1,8}", fullmatch=True).filter(lambda name: name != "all")
REGIONS = st.just("all") | st.lists(st.sampled_from(["eu-west-1", "us-east-1"]), min_size=1, unique=True).map(tuple)
TAGS = st.dictionaries(st.text(min_size=1, max_size=4), st.text(max_size=4), max_size=2)
ENTRIES = st.one_of(
    st.builds(
        AwsAccountEntry,
        name=NAMES,
        id=st.none() | st.from_regex(r"[0-9]{12}", fullmatch=True),
        profile=NAMES,
        regions=REGIONS,
        tags=TAGS,
        calls_per_second=st.none() | st.floats(0.1, 1000),
    ),
    st.builds(GitHubAccountEntry, name=NAMES, github=st.just("acme"), token_env=st.just("GITHUB_TOKEN"), tags=TAGS),
)


@given(entries=st.lists(ENTRIES, min_size=1, max_size=4, unique_by=lambda entry: entry.name))
def test_any_accounts_survive_the_round_trip(entries: list[AccountEntry]) -> None:
    kept = Estate({entry.name: entry for entry in entries}, Facts(), (), (), Path("estate"))
    assert Estate.from_data(json.loads(json.dumps(kept.as_data()))) == kept


@given(entries=st.lists(ENTRIES, min_size=1, max_size=4, unique_by=lambda entry: entry.name), data=st.data())
def test_any_names_select_just_themselves(entries: list[AccountEntry], data: st.DataObject) -> None:
    known = {entry.name: entry for entry in entries}
    wanted = data.draw(st.lists(st.sampled_from(list(known)), min_size=1, max_size=6))
    assert [entry.name for entry in select_accounts(known, wanted)] == [name for name in known if name in wanted]

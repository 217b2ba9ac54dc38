"""accounts.yaml: what an entry may say, and how accounts are selected by name, tag and fallback."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry, AwsAccountEntry
from muster.estate.selecting import select_accounts
from tests.files.estates import ACCOUNT_ENTRIES, estate, problem


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
            "prod: no way in; expected one of sandbox, role_arn, profile, credentials, endpoint_url or github",
            id="no way in",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, role_arn: "arn:aws:iam::111122223333:role/x"}',
            "prod.profile: role_arn and profile exclude each other; keep one way in",
            id="two ways in",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, credentials: default}',
            "prod.credentials: profile and credentials exclude each other; keep one way in",
            id="a profile and the default chain",
        ),
        pytest.param(
            '{id: "111122223333", credentials: AKIAIOSFODNN7EXAMPLE}',
            "prod.credentials: expected default: keys never stand in a file, the machine is signed in with them",
            id="credentials in the file",
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
            '{id: "111122223333", profile: p, roles: [audit, securty]}',
            'prod.roles.1: "securty" is no role of an account; did you mean "security"?',
            id="no role",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, roles: [audit, audit]}',
            'prod.roles.1: "audit" is named twice; keep one',
            id="a role twice",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, roles: audit}',
            'prod.roles: "audit" stands where a list is expected; write [one, two], or a line with a dash for each',
            id="roles not a list",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, roles: [security, management]}',
            "prod.roles: other has the role management already; an estate is of one organization, in which one account"
            " has it",
            id="a role of another account",
        ),
        pytest.param(
            "{github: acme-demo, token_env: GITHUB_TOKEN, roles: [audit]}",
            "prod.roles: not a key of a GitHub account; known: app_id, calls_per_second, endpoint_url, github,"
            " private_key_path_env, sandbox, tags, token_env",
            id="role of a code host",
        ),
        pytest.param(
            '{id: "111122223333", rolearn: x, profile: p}',
            'prod.rolearn: not a key of an AWS account; did you mean "role_arn"?',
            id="misspelt key",
        ),
        pytest.param(
            '{id: "111122223333", profile: p, token_env: GITHUB_TOKEN}',
            "prod.token_env: not a key of an AWS account; known: calls_per_second, credentials, endpoint_url,"
            " external_id, external_id_env, id, profile, regions, regulations, role_arn, roles, sandbox and 2 more",
            id="GitHub key in an AWS account",
        ),
        pytest.param(
            "{github: acme-demo, token_env: GITHUB_TOKEN, regions: all}",
            "prod.regions: not a key of a GitHub account; known: app_id, calls_per_second, endpoint_url, github,"
            " private_key_path_env, sandbox, tags, token_env",
            id="AWS key in a GitHub account",
        ),
        pytest.param(
            "{github: acme-demo}",
            "prod: no way in; expected token_env, app_id (or sandbox) beside github",
            id="GitHub without a token",
        ),
        pytest.param(
            "{github: acme-demo, token_env: GITHUB_TOKEN, sandbox: demo}",
            "prod.token_env: sandbox is given as well; keep one way in",
            id="GitHub with two ways in",
        ),
        pytest.param(
            '{github: acme, token_env: T, app_id: "12", private_key_path_env: K}',
            "prod.app_id: token_env is given as well; keep one way in",
            id="a token and an App",
        ),
        pytest.param(
            '{github: acme, app_id: "12"}',
            "prod.app_id: add private_key_path_env, the variable with the path of the App's private key",
            id="an App without its key",
        ),
        pytest.param(
            "{github: acme, token_env: T, private_key_path_env: K}",
            "prod.private_key_path_env: serves a GitHub App; add app_id, or leave it out",
            id="a key without its App",
        ),
        pytest.param(
            "{github: acme, app_id: my-app, private_key_path_env: K}",
            'prod.app_id: "my-app" is no GitHub App; expected its App ID, quoted, or its client ID (Iv…), which its'
            " page says",
            id="an App by its name",
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
    accounts = f"accounts:\n  other: {{sandbox: demo, roles: [management]}}\n  prod: {entry}\n"
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
            'there is no account "prd" in the estate; did you mean "prod"?',
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


@given(entries=st.lists(ACCOUNT_ENTRIES, min_size=1, max_size=4, unique_by=lambda entry: entry.name), data=st.data())
def test_any_names_select_just_themselves(entries: list[AccountEntry], data: st.DataObject) -> None:
    known = {entry.name: entry for entry in entries}
    wanted = data.draw(st.lists(st.sampled_from(list(known)), min_size=1, max_size=6))
    assert [entry.name for entry in select_accounts(known, wanted)] == [name for name in known if name in wanted]


CODE = 'accounts:\n  code: {{github: acme, token_env: T, endpoint_url: "{}"}}\n'


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://github.example.com/api/v3",
        "https://github.example.com:8443/api/v3/",
        "https://api.acme.ghe.com",
        "http://127.0.0.1:5005",
        "https://localhost:5005",
        "http://stand-in:8080",
    ],
)
def test_an_endpoint_of_github_is_that_of_its_rest_api(tmp_path: Path, endpoint: str) -> None:
    accounts = estate(tmp_path, accounts=CODE.format(endpoint)).accounts
    assert accounts["code"].endpoint_url == endpoint


@pytest.mark.parametrize(
    ("endpoint", "message"),
    [
        (
            "https://github.com",
            '"https://github.com" is GitHub itself, whose API is asked without it; leave endpoint_url',
        ),
        ("https://api.github.com", "is GitHub itself"),
        ("https://github.example.com", "expected https://github.example.com/api/v3"),
        ("https://github.example.com/api/graphql", "expected https://github.example.com/api/v3"),
        ("https://github.example.com:8443/", "expected https://github.example.com:8443/api/v3"),
        ("https://acme.ghe.com", "expected https://api.acme.ghe.com"),
        ("https://api.acme.ghe.com/api/v3", "expected https://api.acme.ghe.com"),
        ("http://api.acme.ghe.com", "expected https://api.acme.ghe.com"),
        ("https://github.example.com/api/v3?page=2", "take off what follows ? or #"),
    ],
)
def test_another_endpoint_is_refused_with_the_one_that_is_expected(tmp_path: Path, endpoint: str, message: str) -> None:
    told = problem(tmp_path, accounts=CODE.format(endpoint))
    assert told.startswith("accounts.yaml:2: accounts.code.endpoint_url: ")
    assert message in told

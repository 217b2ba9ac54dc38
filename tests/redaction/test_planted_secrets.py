"""No secret of an account, of an organization on GitHub, or of the estate gets into the evidence of its audit."""

from __future__ import annotations

import base64
import html
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import requests

from muster.reading.marks import MARK
from muster.verdict import Verdict
from tests.redaction.declared import WAIVED, plant_in_estate
from tests.redaction.garden import ACCOUNT, REGION, Garden
from tests.redaction.hub import GITHUB_OPERATIONS, ORGANIZATION, ORGANIZATION_TEXTS, REFUSING, serve_planted
from tests.redaction.planted import SECRETS
from tests.redaction.planting import OPERATIONS, plant_everything
from tests.runs.audits import Audits, Outcome
from tests.shared import Shared

BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}")
# Of no form that redaction knows: it is kept out because nobody writes it down.
TOKEN = "a token of nobody, in plain words"
EVERY_OPERATION = OPERATIONS | GITHUB_OPERATIONS | {"estate:attestations"}


@pytest.fixture(scope="module")
def garden(sandbox: dict[str, Any], shared: Shared) -> Garden:
    """The account, planted by one of the workers: the sandbox is of all of them."""
    return shared.once("garden", lambda: planted(Garden(sandbox["aws_endpoint"])))


def planted(garden: Garden) -> Garden:
    plant_everything(garden)
    return garden


@pytest.fixture(scope="module")
def github() -> str:
    """The endpoint of the organization in which secrets are planted."""
    return serve_planted()


@pytest.fixture(scope="module")
def audited(garden: Garden, github: str, tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Outcome:
    return shared.once("planted", lambda: audit(garden, github, tmp_path_factory.mktemp("planted")))


def audit(garden: Garden, github: str, folder: Path) -> Outcome:
    estate = folder / "estate"
    estate.mkdir()
    plant_in_estate(estate)
    (estate / "accounts.yaml").write_text(
        f"""accounts:
  planted:
    id: "{ACCOUNT}"
    role_arn: arn:aws:iam::{ACCOUNT}:role/MusterAudit
    endpoint_url: {garden.endpoint_url}
    regions: [{REGION}]
    tags: {{note: {json.dumps(SECRETS["GitLab token"].text)}}}
  planted-github:
    github: {ORGANIZATION}
    endpoint_url: {github}
    token_env: PLANTED_TOKEN
"""
    )
    sandbox_only = {
        "AWS_ACCESS_KEY_ID": "sandbox",
        "AWS_SECRET_ACCESS_KEY": "sandbox",
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "PLANTED_TOKEN": TOKEN,
    }
    audits = Audits(estate, folder / "runs")
    both = "--account=planted,planted-github"
    outcome = audits("--profile=regulated,code-repository", both, environment=sandbox_only)
    assert outcome.folder is not None, outcome.output
    return outcome


def files(outcome: Outcome) -> list[Path]:
    assert outcome.folder is not None
    return [path for path in sorted(outcome.folder.rglob("*")) if path.is_file()]


def spellings(text: str) -> Iterator[str]:
    """A text as it stands, and as whoever decodes it would read it."""
    yield text
    yield html.unescape(text)
    yield unquote(text)
    yield text.replace("\\n", "\n").replace('\\"', '"').replace("\\\\", "\\")
    for run in set(BASE64.findall(html.unescape(text))):
        for start in range(4):
            body = run[start:].replace("-", "+").replace("_", "/")
            yield base64.b64decode(body[: len(body) // 4 * 4]).decode("latin-1")


def test_every_kind_of_secret_was_planted_in_many_fields(garden: Garden) -> None:
    fields = Counter(kind for _, kind in garden.planted)

    assert len(SECRETS) >= 30
    assert {kind: fields[kind] for kind in SECRETS if fields[kind] < 10} == {}


@pytest.mark.parametrize(
    "path",
    [
        f"orgs/{ORGANIZATION}",
        f"orgs/{ORGANIZATION}/members?per_page=100",
        f"orgs/{ORGANIZATION}/repos?per_page=100",
        f"repos/{ORGANIZATION}/described-1/rules/branches/main",
        f"repos/{ORGANIZATION}/described-2/branches/main/protection",
        f"repos/{ORGANIZATION}/{REFUSING}/rules/branches/main",
        f"orgs/{ORGANIZATION}/secret-scanning/alerts?per_page=100",
        f"orgs/{ORGANIZATION}/dependabot/alerts?per_page=100",
        f"orgs/{ORGANIZATION}/code-scanning/alerts?per_page=100",
        f"orgs/{ORGANIZATION}/security-advisories?state=triage&per_page=100",
        f"repos/{ORGANIZATION}/described-0/keys?per_page=100",
        f"repos/{ORGANIZATION}/described-0/environments?per_page=100",
    ],
    ids=[
        *("organization", "members", "repositories", "rules", "protection", "error"),
        *("secrets", "dependencies", "code", "reported flaws", "keys", "environments"),
    ],
)
def test_every_answer_of_github_holds_every_kind(github: str, path: str) -> None:
    answer = requests.get(f"{github}/{path}", headers={"Authorization": "Bearer nobody"}, timeout=10).json()
    texts = list(spellings(json.dumps(answer)))

    assert [kind for kind, secret in SECRETS.items() if not any(secret.needle in text for text in texts)] == []


@pytest.mark.parametrize("field", ORGANIZATION_TEXTS)
def test_every_text_of_the_organization_is_kept_with_marks(audited: Outcome, field: str) -> None:
    (answer,) = (read["content"] for read in audited.reads() if read["operation"] == "GET /orgs/{org}")

    assert len(MARK.findall(answer[field])) >= len(SECRETS)


@pytest.mark.parametrize("field", ["name", "description", "homepage", "topics", "custom_properties", "default_branch"])
def test_every_text_of_repositories_is_kept_with_marks(audited: Outcome, field: str) -> None:
    (answer,) = (read["content"] for read in audited.reads() if read["operation"] == "GET /orgs/{org}/repos")

    assert any(MARK.search(json.dumps(repository[field])) for repository in answer)


def test_every_field_holds_many_kinds(garden: Garden) -> None:
    kinds = Counter(field for field, _ in garden.planted)

    assert {field: number for field, number in kinds.items() if number < 2} == {}


def test_every_operation_that_returns_what_people_typed_was_asked(audited: Outcome) -> None:
    asked = {f"{read['service']}:{read['operation']}" for read in audited.reads()}

    assert EVERY_OPERATION - asked == set()


def test_every_such_answer_had_secrets_that_left_their_marks(audited: Outcome) -> None:
    marked = {
        f"{read['service']}:{read['operation']}"
        for read in audited.reads()
        if "[redacted secret: " in json.dumps(read["content"])
    }

    assert EVERY_OPERATION - marked == set()


@pytest.mark.parametrize("kind", SECRETS)
def test_no_secret_is_in_the_evidence(audited: Outcome, everything: dict[str, list[str]], kind: str) -> None:
    needle = SECRETS[kind].needle

    assert [name for name, texts in everything.items() if any(needle in text for text in texts)] == []


def test_the_token_of_github_is_in_no_file(everything: dict[str, list[str]]) -> None:
    assert [name for name, texts in everything.items() if any(TOKEN in text for text in texts)] == []


def test_the_message_of_an_error_is_kept_without_its_secrets(audited: Outcome) -> None:
    rows = [row for row in audited.rows if row.resource.endswith(f"/{ORGANIZATION}/{REFUSING}")]
    refused = next(row for row in rows if row.control == "gh-branch-protected")

    assert refused.status == "error"
    assert MARK.search(refused.reason)


def test_a_repository_named_like_a_token_is_asked_by_its_name(audited: Outcome) -> None:
    operation = "GET /repos/{owner}/{repo}/branches/{branch}/protection"
    answers = [read for read in audited.reads() if read["operation"] == operation]
    named = [answer for answer in answers if MARK.search(answer["request"]["repo"])]

    assert named
    assert all(answer["error"] is None and answer["content"]["restrictions"] for answer in named)


@pytest.mark.parametrize("declared", ["facts", "waivers", "attestations", "accounts"])
def test_what_the_estate_declares_is_kept_with_marks(audited: Outcome, declared: str) -> None:
    assert MARK.search(json.dumps(audited.run[declared]))


def test_a_bucket_named_like_a_token_can_be_waived(audited: Outcome) -> None:
    waived = [row.resource for row in audited.rows if row.control == WAIVED and row.status == "waived"]

    assert any(MARK.search(resource) for resource in waived)


def test_a_bucket_named_like_a_token_can_be_declared(audited: Outcome) -> None:
    rows = [row for row in audited.rows if row.control == "s3-bucket-public-access-blocked"]
    declared = {row.resource for row in rows if row.status == "not_applicable"}

    assert any(MARK.search(resource) for resource in declared)


def test_a_replay_comes_to_the_same_rows(audited: Outcome, tmp_path: Path) -> None:
    replayed = Audits(tmp_path, tmp_path / "runs")(f"--replay={audited.folder}")

    assert replayed.code == audited.code, replayed.output
    assert [lasting(row) for row in replayed.rows] == [lasting(row) for row in audited.rows]
    assert replayed.run["facts"] == audited.run["facts"]
    assert replayed.run["waivers"] == audited.run["waivers"]
    assert replayed.run["attestations"] == audited.run["attestations"]


def lasting(row: Verdict) -> dict[str, Any]:
    """What of a row a replay must come to again: all but its run and its time."""
    return {name: value for name, value in vars(row).items() if name not in ("run", "at")}


@pytest.fixture(scope="module")
def everything(audited: Outcome) -> dict[str, list[str]]:
    """Each file of the run folder in all its spellings, and what the audit printed."""
    named = {path.name: path.read_text(errors="replace") for path in files(audited)} | {"output": audited.output}
    return {name: list(spellings(text)) for name, text in named.items()}


@pytest.mark.parametrize(
    "spelled",
    [
        "hunter2-in-plain-sight",
        "hunter2%2Din%2Dplain%2Dsight",
        "hunter2&#45;in&#45;plain&#45;sight",
        base64.b64encode(b"is hunter2-in-plain-sight seen?").decode(),
        "x" + base64.b64encode(b"is hunter2-in-plain-sight seen?").decode(),
    ],
    ids=["as it is", "URL-encoded", "in HTML", "in base64", "in base64 behind a letter"],
)
def test_the_search_finds_what_is_there(spelled: str) -> None:
    assert any("hunter2-in-plain-sight" in text for text in spellings(json.dumps({"a": spelled})))


def test_policies_can_still_be_read(audited: Outcome) -> None:
    answers = [read["content"] for read in audited.reads() if read["operation"] == "get_bucket_policy"]
    policies = [content["Policy"] for content in answers if content]
    parsed = [json.loads(policy) for policy in policies]

    assert parsed
    assert all(document["Statement"][0]["Action"] == "s3:GetObject" for document in parsed)
    assert any(MARK.search(policy) for policy in policies)


def test_the_audit_judges_by_the_marks_that_variables_hold_secrets(audited: Outcome) -> None:
    reasons = [
        row.reason
        for row in audited.rows
        if row.control == "codebuild-no-secrets" and row.resource.endswith(":project/planted")
    ]

    assert len(reasons) == 1
    assert "the variable V0, by its value" in reasons[0]

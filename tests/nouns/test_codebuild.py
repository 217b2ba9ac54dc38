"""CodeBuild: which variables and source URLs give a secret away, and that no verdict repeats it."""

from __future__ import annotations

from typing import Any

import pytest
from moto.codebuild.models import CodeBuildBackend

from fixtures.build_specifications import EnvironmentVariable
from muster.judging.judgement import Finding
from tests.nouns.stage import Stage

REGION = "eu-west-1"
CONTROL = "codebuild-no-secrets"
PLAIN_URL = "https://bitbucket.org/acme/shop.git"


def variable(name: str, value: str, kind: str | None = "PLAINTEXT") -> dict[str, str]:
    return {"name": name, "value": value, **({"type": kind} if kind else {})}


def create(stage: Stage, name: str, *variables: dict[str, str], url: str = PLAIN_URL) -> None:
    stage.client("codebuild").create_project(
        name=name,
        source={"type": "BITBUCKET", "location": url},
        artifacts={"type": "NO_ARTIFACTS"},
        environment={
            "type": "LINUX_CONTAINER",
            "image": "aws/codebuild/standard:7.0",
            "computeType": "BUILD_GENERAL1_SMALL",
            "environmentVariables": list(variables),
        },
        serviceRole="arn:aws:iam::123456789012:role/build",
    )


def judged(stage: Stage, **parameters: Any) -> list[Finding]:
    return stage.judge([CONTROL], [REGION], parameters={CONTROL: parameters})


def verdict(stage: Stage, **parameters: Any) -> Finding:
    (only,) = judged(stage, **parameters)
    return only


@pytest.mark.parametrize(
    "given",
    [
        pytest.param(variable("DB_PASSWORD", "acme/db:password", "SECRETS_MANAGER"), id="name of a secret"),
        pytest.param(variable("NPM_TOKEN", "/acme/npm", "PARAMETER_STORE"), id="name of a parameter"),
        pytest.param(variable("STAGE", "production"), id="harmless text"),
        pytest.param(variable("ACCOUNT", "123456789012"), id="account id"),
        pytest.param(variable("IMAGE", "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822c"), id="digest"),
        pytest.param(variable("SITE", "https://www.example.com/path"), id="URL"),
    ],
)
def test_a_project_without_secrets_passes(stage: Stage, given: dict[str, str]) -> None:
    create(stage, "shop", given)

    assert verdict(stage).status == "pass"


@pytest.mark.parametrize(
    ("given", "place"),
    [
        pytest.param(variable("DB_PASSWORD", "hunter2"), "DB_PASSWORD, by its name", id="name"),
        pytest.param(variable("dbPassword", "hunter2"), "dbPassword, by its name", id="name in camel case"),
        pytest.param(variable("PGPASSWORD", "hunter2"), "PGPASSWORD, by its name", id="name run together"),
        pytest.param(variable("DB_PASSWORD", "hunter2", None), "DB_PASSWORD, by its name", id="no type is plain text"),
        pytest.param(variable("LOGIN", "AKIAIOSFODNN7EXAMPLE"), "LOGIN, by its value", id="access key"),
        pytest.param(
            variable("REGISTRY", "postgres://app:hunter2hunter2@db.example.com/shop"),
            "REGISTRY, by its value",
            id="address with a password",
        ),
        pytest.param(
            variable("CERTIFICATE", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----"),
            "CERTIFICATE, by its value",
            id="private key",
        ),
    ],
)
def test_a_secret_in_plain_text_fails(stage: Stage, given: dict[str, str], place: str) -> None:
    create(stage, "shop", given)

    found = verdict(stage)
    assert (found.status, found.reason) == ("fail", f"shows secrets to whoever can see it: the variable {place}")
    assert given["value"] not in found.reason


@pytest.mark.parametrize(
    ("url", "status"),
    [
        pytest.param(PLAIN_URL, "pass", id="plain"),
        pytest.param("https://git-codecommit.eu-west-1.amazonaws.com/v1/repos/shop", "pass", id="CodeCommit"),
        pytest.param("acme-sources/shop/source.zip", "pass", id="S3 path"),
        pytest.param("https://alice:hunter2@bitbucket.org/acme/shop.git", "fail", id="user and password"),
        pytest.param("https://x-token-auth:abc@bitbucket.org/acme/shop.git", "fail", id="access token"),
        pytest.param("https://0123456789abcdef@github.com/acme/shop.git", "fail", id="token in the user's place"),
    ],
)
def test_source_urls_with_credentials_fail(stage: Stage, url: str, status: str) -> None:
    create(stage, "shop", url=url)

    found = verdict(stage)
    assert found.status == status
    assert url not in found.reason


def test_secondary_sources_are_looked_at_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    create(stage, "shop")
    original = CodeBuildBackend.batch_get_projects
    secondary = {"sourceIdentifier": "themes", "location": "https://alice:hunter2@bitbucket.org/acme/themes.git"}

    def with_secondary(self: CodeBuildBackend, names: list[str]) -> list[dict[str, Any]]:
        return [{**project, "secondarySources": [secondary]} for project in original(self, names)]

    monkeypatch.setattr(CodeBuildBackend, "batch_get_projects", with_secondary)
    assert verdict(stage).reason.endswith("the URL of the source themes")


def test_every_exposed_place_is_named(stage: Stage) -> None:
    create(stage, "shop", variable("A_TOKEN", "x"), variable("B_SECRET", "y"), url="https://a:bcdefgh@example.com/x")

    assert verdict(stage).reason.endswith(
        "the variable A_TOKEN, by its name; the variable B_SECRET, by its name; the URL of the source"
    )


def test_a_profile_may_choose_the_words(stage: Stage) -> None:
    create(stage, "shop", variable("API_KEY", "x"), variable("TOKENIZERS_PARALLELISM", "false"))

    assert verdict(stage).status == "fail"
    assert verdict(stage, secret_words=["API_KEY"]).reason.endswith("the variable API_KEY, by its name")
    assert verdict(stage, secret_words=["PASSWORD"]).status == "pass"


def test_more_projects_than_one_call_describes_are_all_judged(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fixtures.codebuild.PROJECTS_A_CALL", 2)
    for name in ("api", "shop", "site"):
        create(stage, name, variable("A_TOKEN", "x"))

    assert [found.status for found in judged(stage)] == ["fail"] * 3


def test_a_listed_project_that_is_not_described_is_an_error(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    create(stage, "shop")
    monkeypatch.setattr(CodeBuildBackend, "list_projects", lambda self: ["shop", "gone"])

    found = verdict(stage)
    assert found.status == "error"
    assert "did not describe gone" in found.reason


def test_without_projects_there_is_nothing_to_judge(stage: Stage) -> None:
    assert verdict(stage).status == "not_applicable"


@pytest.mark.parametrize("kind", ["PARAMETER_STORE", "SECRETS_MANAGER"])
def test_references_are_not_plain(kind: str) -> None:
    assert not EnvironmentVariable(**variable("DB_PASSWORD", "name", kind)).is_plain


def test_a_type_yet_unknown_counts_as_plain() -> None:
    assert EnvironmentVariable(**variable("DB_PASSWORD", "name", "SOMETHING_NEW")).is_plain

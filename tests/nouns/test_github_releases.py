"""Releases of repositories on GitHub: which one counts, and what GitHub's 404 means; fed answers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

import controls.github.releases  # noqa: F401  # its controls are asked for by id
from muster.reading.reads import ApiError
from tests.nouns.test_github import ANSWERS, SHOP, Scripted, by_name, entered, judge

RELEASES = "/repos/{owner}/{repo}/releases"
IMMUTABLE = "/repos/{owner}/{repo}/immutable-releases"
ATTESTATIONS = "/repos/{owner}/{repo}/attestations/{subject_digest}"
REPOSITORY = "/repos/{owner}/{repo}"
NOT_FOUND = ApiError("404", "Not Found", 404)
SPDX = "https://spdx.dev/Document/v2.3"


def asset(name: str, **other: Any) -> dict[str, Any]:
    url = f"https://github.com/acme/shop/releases/download/v1/{name}"
    return {"name": name, "state": "uploaded", "digest": f"sha256:{name}", "browser_download_url": url, **other}


def release(*names: str, **other: Any) -> dict[str, Any]:
    assets = [asset(name) for name in names]
    return {"tag_name": "v1", "draft": False, "published_at": "2026-06-01T09:00:00Z", "assets": assets, **other}


def attestation(predicate: str, repository: int = 7) -> dict[str, Any]:
    payload = base64.b64encode(json.dumps({"predicateType": predicate}).encode()).decode()
    return {"repository_id": repository, "bundle": {"dsseEnvelope": {"payload": payload}}}


def found(control: str, *releases: dict[str, Any], **changes: Any) -> tuple[str, str]:
    """Status and reason of the one repository, which has number 7."""
    answers = {
        **ANSWERS,
        "/orgs/{org}/repos": [{**SHOP, "id": 7}],
        RELEASES: list(releases),
        ATTESTATIONS: NOT_FOUND,
        REPOSITORY: {"security_and_analysis": {}},
        **changes,
    }
    finding = by_name(judge(entered(Scripted(answers)), control))["shop"]
    return finding.status, finding.reason


@pytest.mark.parametrize(
    ("answer", "repository", "status"),
    [
        pytest.param({"enabled": True, "enforced_by_owner": True}, {}, "pass", id="on"),
        pytest.param({"enabled": False, "enforced_by_owner": False}, {}, "fail", id="off"),
        pytest.param(NOT_FOUND, {"security_and_analysis": {}}, "fail", id="404 to an administrator"),
        pytest.param(NOT_FOUND, {"private": True}, "error", id="404 to whoever is none"),
        pytest.param(NOT_FOUND, NOT_FOUND, "error", id="404 to whoever does not see the repository"),
        pytest.param(ApiError("403", "Forbidden", 403), {"security_and_analysis": {}}, "error", id="forbidden"),
    ],
)
def test_404_means_off_to_an_administrator_alone(answer: Any, repository: Any, status: str) -> None:
    assert found("gh-releases-immutable", release(), **{IMMUTABLE: answer, REPOSITORY: repository})[0] == status


def test_releases_of_an_archived_repository_cannot_be_changed() -> None:
    status, reason = found("gh-releases-immutable", **{"/orgs/{org}/repos": [{**SHOP, "archived": True}]})

    assert (status, reason) == (
        "not_applicable",
        "the repository is archived: its releases cannot be changed any more",
    )


def test_one_page_of_releases_is_asked_for() -> None:
    transport = Scripted({**ANSWERS, RELEASES: []})
    judge(entered(transport), "gh-releases-signed")

    (asked,) = [call.request for call in transport.asked if call.operation == f"GET {RELEASES}"]
    assert asked == {"owner": "acme", "repo": "shop", "page": 1}


@pytest.mark.parametrize(
    ("releases", "status", "reason"),
    [
        pytest.param(
            [release("old", published_at="2026-01-01T00:00:00Z"), release("new", "new.asc")],
            "pass",
            "",
            id="by its day",
        ),
        pytest.param([release("draft", draft=True, published_at=None)], "not_applicable", "no published", id="a draft"),
        pytest.param([release("a", published_at=None)], "error", "does not say when", id="published on no day"),
        pytest.param([release()], "not_applicable", "v1, has no files of its own", id="without files"),
        pytest.param([release("a", "b.asc")], "fail", "offers a in", id="a signature of another file"),
        pytest.param([release("a", "b", "sha256sums", "sha256sums.sig")], "pass", "", id="checksums that are signed"),
        pytest.param([release("a", "checksums.txt.sig")], "fail", "offers a in", id="a signature of no checksums"),
    ],
)
def test_which_release_and_which_files_count(releases: list[dict[str, Any]], status: str, reason: str) -> None:
    told, why = found("gh-releases-signed", *releases)

    assert told == status
    assert reason in why


@pytest.mark.parametrize(
    ("attestations", "signed", "billed"),
    [
        pytest.param([], "fail", "fail", id="none"),
        pytest.param([attestation("https://slsa.dev/provenance/v1")], "pass", "fail", id="where it was built"),
        pytest.param([attestation(SPDX)], "pass", "pass", id="SPDX"),
        pytest.param([attestation("https://cyclonedx.org/bom")], "pass", "pass", id="CycloneDX"),
        pytest.param([attestation(SPDX, repository=8)], "fail", "fail", id="of another repository"),
        pytest.param([attestation("SPDX")], "pass", "fail", id="a word of its own"),
        pytest.param([{"repository_id": 7, "bundle": None}], "pass", "error", id="without its statement"),
        pytest.param([{"repository_id": "7"}], "fail", "fail", id="of a repository by another type"),
        pytest.param([{}], "error", "error", id="of nothing"),
    ],
)
def test_attestations_are_of_the_repository_and_of_a_type(attestations: Any, signed: str, billed: str) -> None:
    told = {ATTESTATIONS: {"attestations": attestations}}

    assert found("gh-releases-signed", release("a", "b"), **told)[0] == signed
    assert found("gh-releases-sbom", release("a", "b"), **told)[0] == billed


def test_a_file_that_was_not_uploaded_whole_is_none() -> None:
    half = release(assets=[asset("a"), asset("a.asc", state="starter", digest=None)])

    assert found("gh-releases-signed", half) == (
        "fail",
        "offers a in its newest release with neither signature nor attestation",
    )

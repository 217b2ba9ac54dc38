"""Who and what reaches an organization on GitHub: people, apps, tokens, and where its audit log goes; fed answers."""

from __future__ import annotations

from typing import Any

import pytest

import controls.github.credentials
import controls.github.members
import controls.github.organization
import controls.github.outsiders  # noqa: F401  # their controls are asked for by id
from muster import Facts
from muster.judging.control import CONTROLS
from muster.judging.judgement import judge_control
from muster.reading.reads import ApiError
from tests.excuses import excuse
from tests.nouns.test_github import ANSWERS, ORGANIZATION, SHOP, Scripted, by_name, entered

COLLABORATORS = "/repos/{owner}/{repo}/collaborators"
OUTSIDERS = "/orgs/{org}/outside_collaborators"
TOKENS = "/orgs/{org}/personal-access-tokens"
CREDENTIALS = "/orgs/{org}/credential-authorizations"
STREAMS = "/enterprises/{enterprise}/audit-log/streams"
LOG = "/orgs/{org}/audit-log"
SAML = "QUERY OrganizationSaml"
CONTRIBUTIONS = "QUERY MemberContributions"
ENTERPRISE = {**ORGANIZATION, "login": "acme", "node_id": "O_1", "plan": {"name": "enterprise"}}
STREAM = {"id": 1, "stream_type": "Amazon S3", "enabled": True, "paused_at": None}
TOKEN = {
    "owner": {"login": "olga"},
    "token_id": 7,
    "access_granted_at": "2026-10-01T09:00:00Z",
    "token_expires_at": "2027-01-01T09:00:00Z",
    "token_last_used_at": "2026-11-20T09:00:00Z",
}
CLASSIC = {
    "login": "ivan",
    "credential_id": 8,
    "credential_type": "personal access token",
    "credential_authorized_at": "2026-10-01T09:00:00Z",
    "credential_accessed_at": "2026-11-20T09:00:00Z",
    "authorized_credential_expires_at": "2027-01-01T09:00:00Z",
    "scopes": ["read:org"],
}
SSH_KEY = {
    "login": "ada",
    "credential_id": 9,
    "credential_type": "SSH key",
    "credential_authorized_at": "2026-10-01T09:00:00Z",
    "credential_accessed_at": "2026-11-20T09:00:00Z",
}


def provider(url: str | None) -> dict[str, Any]:
    return {"organization": {"samlIdentityProvider": None if url is None else {"ssoUrl": url}}}


def person(login: str, right: str = "push") -> dict[str, Any]:
    rights = ("pull", "triage", "push", "maintain", "admin")
    held = {each: rights.index(each) <= rights.index(right) for each in rights}
    return {"login": login, "permissions": held, "role_name": right}


def member(login: str, contributes: bool = True) -> dict[str, Any]:
    collection = {"hasAnyContributions": contributes, "hasAnyRestrictedContributions": False}
    return {"role": "MEMBER", "node": {"login": login, "contributionsCollection": collection}}


def members(*edges: dict[str, Any]) -> dict[str, Any]:
    page = {"hasNextPage": False, "endCursor": None}
    return {"organization": {"membersWithRole": {"totalCount": len(edges), "pageInfo": page, "edges": list(edges)}}}


SOUND = {
    **ANSWERS,
    "/orgs/{org}": ENTERPRISE,
    "/orgs/{org}/members": [{"login": "olga"}, {"login": "ivan"}],
    OUTSIDERS: [],
    COLLABORATORS: [person("olga", "admin")],
    TOKENS: [TOKEN],
    CREDENTIALS: [CLASSIC, SSH_KEY],
    SAML: provider("https://login.example/saml"),
    CONTRIBUTIONS: members(member("olga"), member("ivan")),
    LOG: [],
    STREAMS: [STREAM],
}


def judged(control: str, changes: dict[str, Any], *, parameters: dict[str, Any] | None = None, **facts: Any) -> Any:
    """The only finding of the control, and what was asked for it, by operation."""
    transport = Scripted({**SOUND, **changes})
    chosen = {**CONTROLS[control].parameters, **(parameters or {})}
    found = judge_control(CONTROLS[control], entered(transport), chosen, Facts.model_validate(facts), threads=1)
    (finding,) = by_name(found).values()
    return finding, [call.operation.removeprefix("GET ") for call in transport.asked]


DECLARED = excuse(login="Jordan-Ext")
ADMIN = excuse(login="jordan-ext", permission="admin")


@pytest.mark.parametrize(
    ("rights", "facts", "status", "reason"),
    [
        pytest.param("push", [DECLARED], "pass", "jordan", id="declared, in another case"),
        pytest.param("pull", [], "fail", "lets in jordan-ext, whom nobody has declared", id="undeclared"),
        pytest.param("maintain", [DECLARED], "fail", "jordan-ext maintain in acme/shop, where push", id="too much"),
        pytest.param("admin", [ADMIN], "pass", "jordan", id="declared to administer"),
        pytest.param("admin", [DECLARED, ADMIN], "pass", "jordan", id="declared twice, once to administer"),
    ],
)
def test_people_from_outside(rights: str, facts: list[Any], status: str, reason: str) -> None:
    changes = {OUTSIDERS: [{"login": "jordan-ext"}], COLLABORATORS: [person("jordan-ext", rights)]}

    finding, _ = judged("gh-outside-collaborators-declared", changes, outside_collaborators=facts)
    assert finding.status == status
    assert reason.lower() in finding.reason.lower()


def test_no_repository_is_asked_where_nobody_is_from_outside() -> None:
    finding, asked = judged("gh-outside-collaborators-declared", {})

    assert (finding.status, asked) == ("pass", [OUTSIDERS])


def test_a_right_that_github_may_add_is_an_error() -> None:
    unknown = {"login": "jordan-ext", "permissions": {"pull": False, "review": True}}
    changes = {OUTSIDERS: [{"login": "jordan-ext"}], COLLABORATORS: [unknown]}

    finding, _ = judged("gh-outside-collaborators-declared", changes, outside_collaborators=[DECLARED])
    assert finding.status == "error"


def test_an_administrator_from_outside_is_one_in_whatever_case() -> None:
    finding, _ = judged("gh-repo-admins-bounded", {COLLABORATORS: [person("Dora", "admin")]})
    assert finding.status == "pass"

    changes = {OUTSIDERS: [{"login": "dora"}], COLLABORATORS: [person("Dora", "admin")]}
    finding, _ = judged("gh-repo-admins-bounded", changes)
    assert finding.reason == "is administered by Dora from outside, whom nobody has declared for that"


@pytest.mark.parametrize(
    ("of_control", "changes", "status", "reason"),
    [
        pytest.param("gh-tokens-bounded", {}, "pass", "", id="all are bounded"),
        pytest.param(
            "gh-tokens-bounded", {CREDENTIALS: [{**CLASSIC, "authorized_credential_expires_at": None}]},
            "fail", "the personal access token 8 of ivan never ends", id="classic token without an end",
        ),
        pytest.param(
            "gh-tokens-bounded", {CREDENTIALS: [{**CLASSIC, "scopes": ["repo", "admin:org", "delete_repo"]}]},
            "fail", "has admin:org, delete_repo", id="classic token that may all",
        ),
        pytest.param(
            "gh-tokens-bounded", {CREDENTIALS: [{k: v for k, v in CLASSIC.items() if k != "scopes"}]},
            "error", "does not tell its scopes", id="classic token that does not tell",
        ),
        pytest.param(
            "gh-tokens-bounded", {CREDENTIALS: [{**SSH_KEY, "credential_accessed_at": "2026-08-25T00:00:00Z"}]},
            "pass", "", id="key of ninety days",
        ),
        pytest.param(
            "gh-tokens-bounded", {CREDENTIALS: [{**SSH_KEY, "credential_accessed_at": "2026-08-24T23:59:59Z"}]},
            "fail", "the SSH key 9 of ada was last used on 2026-08-24", id="key of more",
        ),
        pytest.param(
            "gh-tokens-bounded",
            {TOKENS: [{**TOKEN, "token_expires_at": "2026-11-22T00:00:00Z", "token_last_used_at": None}]},
            "pass", "", id="one that has ended",
        ),
        pytest.param(
            "gh-tokens-bounded", {CREDENTIALS: ApiError("404", "Not Found", 404)}, "error", "Not Found", id="not shown",
        ),
        pytest.param(
            "gh-org-sso", {SAML: provider(None)}, "fail", "its plan is enterprise", id="no provider",
        ),
        pytest.param("gh-org-sso", {SAML: {"organization": {"samlIdentityProvider": {"ssoUrl": None}}}}, "fail",
            "no identity provider", id="provider without an address"),
        pytest.param(
            "gh-members-active", {CONTRIBUTIONS: members(member("olga"), member("Ivan", contributes=False))},
            "fail", "did nothing in 180 days: Ivan", id="somebody who left",
        ),
    ],
)  # fmt: skip
def test_how_people_and_their_programs_sign_in(
    of_control: str, changes: dict[str, Any], status: str, reason: str
) -> None:
    finding, _ = judged(of_control, changes)
    assert finding.status == status, finding.reason
    assert reason in finding.reason


@pytest.mark.parametrize(
    ("plan", "saml", "enterprise", "is_asked"),
    [
        pytest.param("enterprise", "https://login.example/saml", False, True, id="by the organization's provider"),
        pytest.param("enterprise", None, True, True, id="by the enterprise's provider"),
        pytest.param("enterprise", None, False, False, id="by nobody's"),
        pytest.param("team", None, True, False, id="on a plan without"),
    ],
)
def test_classic_tokens_are_asked_for_where_people_sign_in_by_saml(
    plan: str, saml: str | None, enterprise: bool, is_asked: bool
) -> None:
    changes = {"/orgs/{org}": {**ENTERPRISE, "plan": {"name": plan}}, SAML: provider(saml)}
    facts: dict[str, Any] = (
        {"identity_providers": [excuse(name="github.com/enterprises/acme-group")]} if enterprise else {}
    )

    _, asked = judged("gh-tokens-bounded", changes, github_enterprise="acme-group", **facts)
    assert (CREDENTIALS in asked) == is_asked


@pytest.mark.parametrize(
    "of_control", ["gh-owners-few", "gh-members-active", "gh-repo-admins-bounded", "gh-org-sso", "gh-tokens-bounded"]
)
def test_a_token_that_sees_only_what_everybody_sees_of_members_cannot_tell(of_control: str) -> None:
    denied = {OUTSIDERS: ApiError("403", "Resource not accessible by integration", 403)}

    finding, _ = judged(of_control, {**denied, SAML: provider(None)})
    assert finding.status == "error"


def test_an_enterprise_that_is_not_declared_vouches_for_nobody() -> None:
    facts: dict[str, Any] = {"identity_providers": [excuse(name="github.com/enterprises/other-group")]}

    finding, _ = judged("gh-org-sso", {SAML: provider(None)}, github_enterprise="acme-group", **facts)
    assert finding.status == "fail"


@pytest.mark.parametrize("days", [365, 366])
def test_contributions_are_counted_over_a_year_at_most(days: int) -> None:
    finding, _ = judged("gh-members-active", {}, parameters={"max_idle_days": days})
    assert finding.status == ("pass" if days == 365 else "error")


EXPORT = {"action": "org.audit_log_export", "@timestamp": 1795348800000}  # 2026-11-22 12:00


@pytest.mark.parametrize(
    ("changes", "status", "reason"),
    [
        pytest.param({}, "pass", "", id="streamed"),
        pytest.param({STREAMS: []}, "fail", "is streamed nowhere by the enterprise acme-group", id="no stream"),
        pytest.param({STREAMS: [{**STREAM, "enabled": False}]}, "fail", "Amazon S3: turned off", id="turned off"),
        pytest.param({STREAMS: [{**STREAM, "paused_at": "2026-11-22T00:00:00Z"}]}, "pass", "", id="paused for a day"),
        pytest.param(
            {STREAMS: [{**STREAM, "paused_at": "2026-11-21T23:59:59Z"}]}, "fail", "paused", id="paused for more"
        ),
        pytest.param({STREAMS: [{**STREAM, "enabled": False}, STREAM]}, "pass", "", id="one of two"),
        pytest.param({STREAMS: [], LOG: [EXPORT]}, "fail", "by hand at 2026-11-22 12:00", id="exported by hand"),
        pytest.param({STREAMS: [{**STREAM, "enabled": "true"}]}, "error", "whether it runs", id="a text for a switch"),
        pytest.param({STREAMS: ApiError("404", "Not Found", 404)}, "error", "Not Found", id="streams not shown"),
        pytest.param({LOG: ApiError("403", "Forbidden", 403)}, "error", "Forbidden", id="log not shown"),
        pytest.param(
            {"/orgs/{org}": {**ENTERPRISE, "plan": {"name": "team"}}}, "not_applicable", "the plan team", id="plan"
        ),
        pytest.param({"/orgs/{org}": {**ENTERPRISE, "plan": None}}, "error", "plan is not shown", id="plan not shown"),
    ],
)
def test_where_the_audit_log_goes(changes: dict[str, Any], status: str, reason: str) -> None:
    finding, _ = judged("gh-audit-log-exported", changes, github_enterprise="acme-group")
    assert finding.status == status, finding.reason
    assert reason in finding.reason


def test_without_an_enterprise_nobody_knows_where_the_audit_log_goes() -> None:
    finding, asked = judged("gh-audit-log-exported", {})

    assert (finding.status, STREAMS in asked) == ("fail", False)
    assert "no enterprise that facts.yaml declares (github_enterprise)" in finding.reason


@pytest.mark.parametrize(("organization", "status"), [("Acme", "pass"), ("acme-two", "error")])
def test_where_the_token_may_not_see_streams_the_store_is_declared(organization: str, status: str) -> None:
    denied = {STREAMS: ApiError("403", "Resource not accessible by integration", 403)}
    stores = [excuse(organization=organization, store="s3://acme-audit/github")]

    finding, _ = judged("gh-audit-log-exported", denied, github_enterprise="acme-group", audit_log_stores=stores)
    assert finding.status == status
    assert status == "error" or "acme-audit/github among audit_log_stores" in finding.reason


@pytest.mark.parametrize(
    ("total", "register", "status", "reason"),
    [
        pytest.param(1, ["Acme/Shop"], "pass", "", id="there, in another case"),
        pytest.param(1, ["acme/billing"], "fail", "names acme/billing, which is not there", id="not there"),
        pytest.param(2, ["acme/billing"], "error", "acme/billing is not found: the token sees 1 of", id="not seen"),
        pytest.param(2, ["acme/shop"], "pass", "", id="there, and others are not seen"),
        pytest.param(1, ["mallory/shop"], "fail", "is in none of our organizations", id="in none of ours"),
        pytest.param(1, ["acme-two/shop"], "pass", "", id="in another one of ours, which is judged by itself"),
    ],
)
def test_repositories_of_the_register(total: int, register: list[str], status: str, reason: str) -> None:
    changes = {"/orgs/{org}": {**ENTERPRISE, "total_private_repos": total}, "/orgs/{org}/repos": [SHOP]}
    facts: dict[str, Any] = {"github_organizations": ["ACME", "acme-two"], "code_repositories": register}

    finding, _ = judged("gh-org-declared", changes, **facts)
    assert finding.status == status, finding.reason
    assert reason in finding.reason

"""Tokens, keys and secrets on GitHub, and the log of what is done with them."""

from __future__ import annotations

from fixtures.github_audit_log import GithubAuditLog
from fixtures.github_secrets import GithubSecrets
from fixtures.github_settings import provider_of
from fixtures.github_tokens import GithubTokens
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_gh_tokens_bounded(
    github_tokens: GithubTokens,
    facts: Facts,
    max_token_days: int = 366,
    max_idle_days: int = 90,
    forbidden_scopes: tuple[str, ...] = ("admin:org", "delete_repo"),
) -> None:
    """Personal access tokens expire.

    Why: A token lies in a file or a pipeline and works for whoever finds it, without a second factor, until it ends.
    Fix: Revoke the tokens and keys that are named, or let their owners replace them by ones that end and may do less.
        Set the longest lifetime in the organization's settings of personal access tokens.
    See: https://docs.github.com/en/organizations/managing-programmatic-access-to-your-organization/setting-a-personal-access-token-policy-for-your-organization
    """
    enterprise = declared(facts.identity_providers, provider_of(facts.github_enterprise))
    gaps = github_tokens.gaps(max_token_days, max_idle_days, forbidden_scopes, enterprise_signs_in=bool(enterprise))
    assert not gaps, "; ".join(gaps)


@control(severity="low")
def test_gh_secrets_current(
    github_secrets: GithubSecrets,
    max_secret_age_days: int = 180,
    forbidden_names: tuple[str, ...] = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"),
) -> None:
    """Secrets for workflows are few and renewed.

    Why: Every workflow that may read a secret can give it away. The key of a cloud works from anywhere; a role that
        GitHub's own tokens may take leaves nothing to steal.
    Fix: Let workflows take a role by OpenID Connect and delete the keys. Give every other secret that is named a new
        value.
    See: https://docs.github.com/en/actions/how-tos/secure-your-work/security-harden-deployments/oidc-in-aws
    """
    gaps = github_secrets.gaps(max_secret_age_days, forbidden_names)
    assert not gaps, "; ".join(gaps)


@control(severity="medium")
def test_gh_audit_log_exported(github_audit_log: GithubAuditLog, facts: Facts, max_gap_hours: int = 24) -> None:
    """The audit log of the code host is kept.

    Why: GitHub forgets after 180 days who did what, and what somebody did with git after seven. A copy elsewhere is out
        of reach of whoever takes over an owner.
    Fix: Let the enterprise stream its audit log to a store of ours, and declare github_enterprise in facts.yaml. GitHub
        shows streams to classic tokens of the enterprise's owners alone: where the run has another token, or copies are
        made otherwise, the store belongs among audit_log_stores.
    See: https://docs.github.com/en/enterprise-cloud@latest/admin/monitoring-activity-in-your-enterprise/reviewing-audit-logs-for-your-enterprise/streaming-the-audit-log-for-your-enterprise
    """
    not_applicable(github_audit_log.why_not_judged)
    stores = declared(facts.audit_log_stores, github_audit_log.account.id)
    gap = None if stores else github_audit_log.gap(facts.github_enterprise, max_gap_hours)
    assert gap is None, gap

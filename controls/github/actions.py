"""GitHub Actions: what workflows may do, and whose they are."""

from __future__ import annotations

from fixtures.github_actions import GithubActions, GithubActionsPolicy
from fixtures.github_fork_workflows import GithubForkWorkflows
from fixtures.github_runners import GithubRunners
from muster import control, counted, not_applicable


@control(severity="high")
def test_gh_workflow_token_read_only(github_actions: GithubActions) -> None:
    """Workflow tokens can only read by default.

    Why: Every step of every workflow holds this token; one that may write, or approve pull requests, lets a single
        dependency of a build change what is released.
    Fix: Under Actions, General, Workflow permissions choose read access and take away the approval of pull requests,
        first in the organization, then in the repositories named; a workflow that writes says so in its job.
    See: https://docs.github.com/en/organizations/managing-organization-settings/disabling-or-limiting-github-actions-for-your-organization#setting-the-permissions-of-the-github_token-for-your-organization
    """
    not_applicable(github_actions.why_nothing_runs)
    gap = github_actions.token.gap
    assert gap is None, gap


@control(severity="high")
def test_gh_fork_workflows_approved(
    github_fork_workflows: GithubForkWorkflows, policies: tuple[str, ...] = ("all_external_contributors",)
) -> None:
    """Workflows of strangers wait for approval.

    Why: By default anyone whose first correction was merged runs code of his own in our workflows from then on; a
        workflow that gets secrets or a token that may write hands them out.
    Fix: Require approval for all external contributors in public repositories. In private ones run no workflows of
        forks, or require approval for them, and send them neither write tokens nor secrets.
    See: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/enabling-features-for-your-repository/managing-github-actions-settings-for-a-repository#controlling-changes-from-forks-to-workflows-in-public-repositories
    """
    not_applicable(github_fork_workflows.why_nothing_runs)
    gap = github_fork_workflows.gap(policies)
    assert gap is None, gap


@control(severity="medium")
def test_gh_runners_ephemeral(github_runners: GithubRunners, exempt_labels: tuple[str, ...] = ()) -> None:
    """Self-hosted runners serve one job only.

    Why: A runner that stays carries what one job left behind into the next one, of whichever repository.
    Fix: Register the runners named with --ephemeral, or by just-in-time configuration, on machines that are thrown
        away after the job.
    See: https://docs.github.com/en/actions/reference/security/secure-use#hardening-for-self-hosted-runners
    """
    not_applicable(github_runners.why_nothing_runs)
    not_applicable(github_runners.why_none)
    lasting = github_runners.lasting(exempt_labels)
    assert lasting is None, lasting


@control(severity="high")
def test_gh_self_hosted_runners_private(github_runners: GithubRunners) -> None:
    """Self-hosted runners serve no public repository.

    Why: Anyone can fork a public repository, and have a pull request run what he likes on a machine within our
        network.
    Fix: Take public repositories off the runner groups named, and remove the runners of public repositories: these
        build on GitHub's own machines.
    See: https://docs.github.com/en/actions/how-tos/manage-runners/self-hosted-runners/manage-access
    """
    not_applicable(github_runners.why_no_stranger)
    not_applicable(github_runners.why_nothing_runs)
    reached = github_runners.open_to_public
    assert reached is None, reached


@control(severity="low")
def test_gh_build_logs_kept(github_actions_policy: GithubActionsPolicy, min_days: int = 90) -> None:
    """Build logs are kept long enough.

    Why: What a build did, and with whose code, is asked weeks after a release, when a weakness in it is found.
    Fix: Raise the days under Actions, General, Artifact and log retention of the organization. A repository may still
        set fewer for itself.
    See: https://docs.github.com/en/organizations/managing-organization-settings/configuring-the-retention-period-for-github-actions-artifacts-and-logs-in-your-organization
    """
    kept = github_actions_policy.log_retention
    assert kept.days >= min(min_days, kept.maximum_days), (
        f"keeps logs for {counted(kept.days, 'day')}, of {kept.maximum_days} that are allowed"
    )

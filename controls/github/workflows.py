"""Workflows on GitHub: whose code they run, and with which rights."""

from __future__ import annotations

from fixtures.github_actions_use import GithubActionsUse
from fixtures.github_workflows import GithubWorkflows
from muster import control, not_applicable


@control(severity="high")
def test_gh_actions_restricted(github_actions_use: GithubActionsUse) -> None:
    """Workflows use only allowed actions, pinned by commit.

    Why: An action runs with the secrets of the workflow that uses it. Whoever owns it, or takes it over, moves its tag
        to other code, and every build runs that from then on.
    Fix: Allow selected actions only, and require them to be pinned to a full-length commit SHA; write the commit in
        the place of each tag that is named. What a lockfile (actions.lock) holds is not looked at.
    See: https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
    """
    not_applicable(github_actions_use.why_nothing_runs)
    gap = github_actions_use.gap
    assert gap is None, gap


@control(severity="medium")
def test_gh_workflow_images_pinned(github_workflows: GithubWorkflows) -> None:
    """Jobs run in and beside images pinned by digest.

    Why: The steps of a job run in its container, with its secrets, and its services answer them. Whoever may push to
        the registry moves the tag to another image, and every build runs that from then on.
    Fix: Write the digest behind the name (postgres:17@sha256:…) in container and services; Dependabot and Renovate
        keep it current. Images that steps use (docker://) are judged by gh-actions-restricted.
    See: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#jobsjob_idcontainer
    """
    not_applicable(github_workflows.why_no_image_runs)
    loose = github_workflows.loose_images
    assert loose is None, loose


@control(severity="critical")
def test_gh_workflows_safe(github_workflows: GithubWorkflows) -> None:
    """Workflows do not run strangers' code with our rights.

    Why: A workflow that starts on pull_request_target, workflow_run or issue_comment has secrets and a token that may
        write: one that checks out a stranger's pull request hands them to him. So does a title that is pasted into a
        script, which runs what it says. The default branch is looked at, and a condition (if) excuses nothing.
    Fix: Build pull requests on pull_request. Give a script its text by a variable of the environment (env), and take it
        there as "$TITLE".
    See: https://docs.github.com/en/actions/reference/security/secure-use#mitigating-the-risks-of-untrusted-code-checkout
    """
    not_applicable(github_workflows.why_unjudged)
    dangers = github_workflows.dangers()
    assert dangers is None, dangers


@control(severity="medium")
def test_gh_workflow_permissions_explicit(
    github_workflows: GithubWorkflows, top_level_write: tuple[str, ...] = ()
) -> None:
    """Workflows name the permissions they need.

    Why: A workflow that says nothing gets what the organization gives by default, today and after somebody has changed
        it; what may be written at the top may be written by every step of every job.
    Fix: Begin each workflow with permissions that read (contents: read, or {}), and name what a job writes in the job.
    See: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
    """
    not_applicable(github_workflows.why_unjudged)
    unsaid = github_workflows.unsaid_permissions(top_level_write)
    assert unsaid is None, unsaid


@control(severity="high")
def test_gh_workflows_audited(
    github_workflows: GithubWorkflows,
    min_severity: str = "medium",
    min_confidence: str = "medium",
    ignored_audits: tuple[str, ...] = (),
) -> None:
    """Workflows pass a static analysis.

    Why: Credentials left behind in artifacts, caches that anybody can fill, secrets handed on to every step: there are
        more ways to lose a build than anyone looks for by eye.
    Fix: Mend the lines that are named; https://docs.zizmor.sh/audits/ says how, for each audit. A comment in the file
        excuses nothing, a waiver does.
    See: https://docs.github.com/en/actions/reference/security/secure-use
    """
    not_applicable(github_workflows.why_unaudited)
    findings = github_workflows.audit_findings(min_severity, min_confidence, ignored_audits)
    assert findings is None, findings

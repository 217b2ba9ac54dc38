"""Checks on GitHub: what must have passed before a change is merged."""

from __future__ import annotations

from collections.abc import Mapping

from fixtures.github_branches import GithubDefaultBranch
from muster import control, not_applicable

SCANS: Mapping[str, tuple[str, ...]] = {"sast": ("CodeQL", "semgrep*"), "sca": ("dependency-review*",)}


@control(severity="medium")
def test_gh_branch_status_checks(
    github_default_branch: GithubDefaultBranch, required_checks: tuple[str, ...] = ()
) -> None:
    """Checks must pass before merging.

    Why: A change whose tests fail, or never ran, is found out by those who use it.
    Fix: Require status checks to pass in a rule set for the default branch. A required workflow goes by the name of its
        file under required_checks (build.yml).
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#require-status-checks-to-pass-before-merging
    """
    not_applicable(github_default_branch.why_not_judged)
    assert github_default_branch.demands_checks(required_checks), (
        f"lets {github_default_branch.title} be changed without {', '.join(required_checks) or 'any check'}:"
        f" {github_default_branch.checks}"
    )


@control(severity="low")
def test_gh_branch_up_to_date(github_default_branch: GithubDefaultBranch) -> None:
    """Changes are tested against the current branch.

    Why: Two changes that pass their tests each by itself can break what is released once both are in.
    Fix: Require branches to be up to date before merging, or merge by a merge queue.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/available-rules-for-rulesets#require-status-checks-to-pass-before-merging
    """
    not_applicable(github_default_branch.why_not_judged)
    is_current = github_default_branch.demands("strict_required_status_checks_policy")
    assert is_current or github_default_branch.demands("merge_queue"), (
        f"lets changes into {github_default_branch.title} that were tested against an older one:"
        f" {github_default_branch.checks}"
    )


@control(severity="medium")
def test_gh_branch_scans_required(
    github_default_branch: GithubDefaultBranch,
    scans: Mapping[str, tuple[str, ...]] = SCANS,
) -> None:
    """Changes cannot merge unscanned.

    Why: A finding that stops nothing is looked at later, which is never.
    Fix: Require code scanning results, and the check of dependencies, in a rule set for the default branch.
    See: https://docs.github.com/en/code-security/code-scanning/managing-your-code-scanning-configuration/set-code-scanning-merge-protection
    """
    not_applicable(github_default_branch.why_not_judged)
    unscanned = github_default_branch.unscanned(scans)
    assert not unscanned, f"lets changes merge without {', '.join(unscanned)}: {github_default_branch.checks}"


@control(severity="low")
def test_gh_signoff_required(
    github_default_branch: GithubDefaultBranch,
    signoff_checks: tuple[str, ...] = ("DCO*", "*cla*"),
    accept_check_alone: bool = True,
) -> None:
    """Contributors vouch for what they give.

    Why: Without their word nobody can show that strangers were allowed to give what they gave.
    Fix: Require a check of sign-offs or of a contributor agreement, and sign-off for commits made on the web.
    See: https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/managing-repository-settings/managing-the-commit-signoff-policy-for-your-repository
    """
    not_applicable(github_default_branch.why_nobody_signs_off)
    gap = github_default_branch.signoff_gap(signoff_checks, accept_check_alone)
    assert gap is None, gap

"""Ways round the rules on GitHub: nobody is above them, and whoever goes round one is seen."""

from __future__ import annotations

from fixtures.github_branches import GithubDefaultBranch
from muster import Facts, control, declared, not_applicable


@control(severity="high")
def test_gh_branch_admins_bound(github_default_branch: GithubDefaultBranch, facts: Facts) -> None:
    """Administrators are bound by the same rules.

    Why: An administrator's account is the one that is worth stealing; rules that spare it protect from the others.
    Fix: Take everybody off the bypass lists of rule sets, do not allow bypassing the classic protection, or declare who
        must go round them under rule_bypassers in facts.yaml.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets
    """
    not_applicable(github_default_branch.why_nobody_is_bound)
    gap = github_default_branch.bypass_gap(
        [each for each in github_default_branch.bypassers if declared(facts.rule_bypassers, each)]
    )
    assert gap is None, gap


@control(severity="medium")
def test_gh_rules_not_bypassed(
    github_default_branch: GithubDefaultBranch, allowed_actors: tuple[str, ...] = ()
) -> None:
    """Nobody went round the rules.

    Why: Who may go round a rule is seldom shown; who did is, and should be able to say why.
    Fix: Ask those that are named, and take them off the bypass list if they need not be on it; name robots that
        release under allowed_actors in a profile.
    See: https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/managing-rulesets-for-a-repository#viewing-insights-for-rulesets
    """
    not_applicable(github_default_branch.why_no_bypass_is_recorded)
    actors = github_default_branch.bypassed_by(allowed_actors)
    assert not actors, f"had its rules for {github_default_branch.title} gone round this month by {', '.join(actors)}"

"""What machines may do with repositories on GitHub, and what may be deployed from there."""

from __future__ import annotations

from fixtures.github_deploy_keys import GithubDeployKeys
from fixtures.github_environments import GithubEnvironments
from muster import Facts, control, declared, not_applicable


@control(severity="medium")
def test_gh_deploy_keys(github_deploy_keys: GithubDeployKeys, facts: Facts, max_key_age_days: int = 365) -> None:
    """Deploy keys are read-only and current.

    Why: A deploy key belongs to nobody, never expires, and lies on a machine: who copies it pushes without a name.
    Fix: Replace keys that may push by a GitHub App, or make them read-only. Declare the ones that have to push under
        declared_deploy_keys in facts.yaml, and make each key anew once a year.
    See: https://docs.github.com/en/authentication/connecting-to-github-with-ssh/managing-deploy-keys
    """
    subject_of = github_deploy_keys.subject_of
    flaws = [
        *(
            f"{each} may push, and nobody has declared it"
            for each in github_deploy_keys.writing
            if not declared(facts.declared_deploy_keys, subject_of(each))
        ),
        *(f"{each} is of {each.created:%Y-%m-%d}" for each in github_deploy_keys.older_than(max_key_age_days)),
    ]
    assert not flaws, f"has deploy keys: {'; '.join(flaws)}"


@control(severity="medium")
def test_gh_environments_guarded(
    github_environments: GithubEnvironments,
    protected_environments: tuple[str, ...] = ("production", "prod"),
    no_self_review: bool = True,
) -> None:
    """Production deployments need a reviewer.

    Why: Without one, whoever may push a branch may run what it holds in production, with production's secrets.
    Fix: Require reviewers in the environment's settings, prevent self-review, and limit it to protected branches or to
        patterns of branches that not everybody can push.
    See: https://docs.github.com/en/actions/reference/workflows-and-actions/deployments-and-environments
    """
    not_applicable(github_environments.why_not_judged)
    if not github_environments.named(protected_environments):
        not_applicable(f"has no environment {' or '.join(protected_environments)}")
    gaps = github_environments.gaps(protected_environments, no_self_review)
    assert not gaps, f"has an environment that is not guarded: {'; '.join(gaps)}"

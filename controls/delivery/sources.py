"""Where builds and pipelines take code from, and who can make them do so."""

from __future__ import annotations

from fixtures.code_places import is_on_github
from fixtures.codebuild import BuildProject
from muster import Facts, control, declared, not_applicable


@control(severity="high")
def test_codebuild_sources_declared(build_project: BuildProject, facts: Facts) -> None:
    """Builds take code only from our organizations.

    Why: A build runs whatever its source holds, with the project's role: whose source it is, theirs is the role.
    Fix: Take the code from a repository of ours. A place that is ours is declared among github_organizations or
        code_hosts in facts.yaml, as gitlab.com/acme; another account's bucket as s3.amazonaws.com/bucket.
    See: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectSource.html
    """
    if not build_project.takes_code:
        not_applicable("it takes its code from a pipeline, or none")
    elsewhere = build_project.sources_elsewhere(
        lambda place: is_on_github(place, facts.github_organizations) or bool(declared(facts.code_hosts, place))
    )
    assert not elsewhere, f"builds code from places that nobody declared: {'; '.join(elsewhere)}"


@control(severity="high")
def test_codebuild_webhooks_anchored(build_project: BuildProject) -> None:
    """Strangers cannot trigger builds.

    Why: A pattern that also fits part of a text lets in an account whose id contains ours, and anybody can open a pull
        request; their build runs with the project's role, and knows its secrets.
    Fix: Give the webhook filter groups, let each pattern for an actor, a reference or a repository begin with ^ and end
        with $, and ask for approval of pull requests by a role that may write.
    See: https://docs.aws.amazon.com/codebuild/latest/userguide/webhooks.html
        https://docs.aws.amazon.com/codebuild/latest/userguide/pull-request-build-policy.html
    """
    if build_project.webhook is None:
        not_applicable("no code host starts its builds")
    gaps = build_project.webhook.gaps
    assert not gaps, f"has a webhook through which strangers start builds: {'; '.join(gaps)}"

"""Build projects: what a build may use is not what everybody may read."""

from __future__ import annotations

from fixtures.codebuild import BuildProject
from muster import control

SECRET_WORDS = ("PASSWORD", "SECRET", "TOKEN", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")


@control(severity="critical")
def test_codebuild_no_secrets(build_project: BuildProject, secret_words: tuple[str, ...] = SECRET_WORDS) -> None:
    """Build projects hold no secrets.

    Why: Whoever may look at the project or its build history reads plain variables and source URLs, so a secret in them
        is given away to all of these people.
    Fix: Keep the secret in Secrets Manager or Parameter Store, name it in the variable with the type that says so, and
        connect source providers by a connection. Then replace the secret: it has been readable.
    See: https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-env-vars.html
        https://docs.aws.amazon.com/codebuild/latest/userguide/multiple-access-tokens.html
    """
    exposed = build_project.exposed_secrets(secret_words)
    assert not exposed, f"shows secrets to whoever can see it: {'; '.join(exposed)}"


@control(severity="high")
def test_codebuild_not_public(build_project: BuildProject) -> None:
    """Build results are not public.

    Why: Logs and artifacts of a public project show anyone how we build, and now and then what a build knew in secret.
    Fix: Set the project's visibility to private, read the logs as a stranger would, and replace what they gave away.
    See: https://docs.aws.amazon.com/codebuild/latest/userguide/public-builds.html
    """
    assert not build_project.is_public, f"shows its builds to anyone: its visibility is {build_project.visibility}"


@control(severity="medium")
def test_codebuild_unprivileged(build_project: BuildProject) -> None:
    """Builds run without privileges.

    Why: In privileged mode a build reaches every device of its host, and so does whatever a dependency brings into it.
    Fix: Turn privileged mode off. A project that has to build images gets a waiver, and builds nothing else.
    See: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_ProjectEnvironment.html
    """
    assert not build_project.is_privileged, "runs its builds in privileged mode"

"""Build projects: what builds use and write is for us alone, is on record, and is gone when nobody builds."""

from __future__ import annotations

from fixtures.build_outputs import BuildOutput
from fixtures.codebuild import BuildProject
from muster import control, counted, not_applicable

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


@control(severity="medium")
def test_codebuild_logged(build_project: BuildProject) -> None:
    """Builds log.

    Why: What a build fetched, ran and sent away is seen in its log alone, once its machine is gone.
    Fix: Turn on logs in CloudWatch Logs or in S3 for the project.
    See: https://docs.aws.amazon.com/codebuild/latest/APIReference/API_LogsConfig.html
    """
    logs = build_project.logs
    assert build_project.is_logged, (
        f"leaves no log of its builds: CloudWatch Logs is {logs.in_cloudwatch} and S3 {logs.in_s3}"
    )


@control(severity="medium")
def test_codebuild_outputs_encrypted(build_output: BuildOutput) -> None:
    """Build logs, artifacts and reports are encrypted.

    Why: What a build writes to a bucket is what we ship and how it was made, and the bucket may have readers besides.
    Fix: Take the setting away that disables encryption, of S3 logs, of each artifact or of the report group's export.
    See: https://docs.aws.amazon.com/codebuild/latest/userguide/security-encryption.html
    """
    if not build_output.in_s3:
        not_applicable("it writes nothing to S3 itself")
    plain = [what for what, is_plain in build_output.in_s3.items() if is_plain]
    assert not plain, f"has encryption disabled for what it writes to S3: {', '.join(plain)}"


@control(severity="low")
def test_codebuild_project_unused(build_project: BuildProject, max_idle_days: int = 90) -> None:
    """Build projects nobody runs are removed.

    Why: A forgotten project keeps a role with rights, and often a webhook by which its code host can still start it.
    Fix: Delete the project, its webhook and its role; or run it, if it is kept for an emergency.
    See: https://docs.aws.amazon.com/codebuild/latest/userguide/delete-project.html
    """
    if build_project.newest_build is None and not build_project.is_older_than(max_idle_days):
        not_applicable(f"it was made in the last {counted(max_idle_days, 'day')}, and has not been needed yet")
    last = build_project.last_built
    assert build_project.was_built_within(max_idle_days), (
        f"was last built on {last:%Y-%m-%d}, more than {counted(max_idle_days, 'day')} ago"
        if last
        else f"was made on {build_project.made:%Y-%m-%d}, and has no build in the year for which they are kept"
    )

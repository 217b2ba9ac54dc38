"""Pipelines: where code comes from, and what becomes of it on its way to those who use it."""

from __future__ import annotations

from fixtures.code_places import is_on_github
from fixtures.codeartifact import PackageRepository
from fixtures.codeconnections import CodeConnection
from fixtures.codedeploy import DeploymentGroup
from fixtures.codepipeline import Pipeline
from fixtures.key_owners import key_owner
from muster import Facts, control, declared, not_applicable

ALL_AT_ONCE = (
    "CodeDeployDefault.AllAtOnce",
    "CodeDeployDefault.LambdaAllAtOnce",
    "CodeDeployDefault.ECSAllAtOnce",
)


@control(severity="medium")
def test_codepipeline_source_connected(pipeline: Pipeline, facts: Facts) -> None:
    """Pipelines take code through a connection.

    Why: The token of a person reaches all that the person reaches, and the pipeline stops when they leave. And what a
        pipeline fetches is released under our name.
    Fix: Let the source action use a connection of CodeConnections, to a repository in a place that is declared among
        github_organizations or code_hosts in facts.yaml, as gitlab.com/acme.
    See: https://docs.aws.amazon.com/codepipeline/latest/userguide/update-github-action-connections.html
    """
    gaps = pipeline.sources_elsewhere(
        lambda place: is_on_github(place, facts.github_organizations) or bool(declared(facts.code_hosts, place))
    )
    assert not gaps, f"does not take its code through a connection from a place of ours: {'; '.join(gaps)}"


@control(severity="low")
def test_codepipeline_artifacts_encrypted(pipeline: Pipeline, facts: Facts) -> None:
    """Pipeline artifacts are encrypted with our key.

    Why: What stages pass on is the code and what is built from it; with a key of our own its policy says who reads it.
    Fix: Name a KMS key of the account's in the artifact store of each region.
    See: https://docs.aws.amazon.com/codepipeline/latest/userguide/S3-artifact-encryption.html
    """
    stores = pipeline.stores_without_key_of_ours
    assert not stores, f"keeps what it passes on under a key that AWS manages: {', '.join(stores)}"
    owners = {key_owner(pipeline, each, facts.accounts, facts.audit_account_id) for each in pipeline.keys}
    strange = sorted(str(each) for each in owners if not (each.is_ours or declared(facts.trusted_accounts, each.id)))
    assert not strange, f"has artifacts under {', and under '.join(strange)}"


@control(severity="medium")
def test_code_connection_declared(code_connection: CodeConnection, facts: Facts) -> None:
    """Connections to code hosts are known.

    Why: A connection lets AWS read and write at a code host for whoever may use it, and outlives the reason for it.
    Fix: Delete a connection that nobody knows of, or that was never completed. Declare the others by their names among
        the connections of an entry of code_hosts in facts.yaml.
    See: https://docs.aws.amazon.com/dtconsole/latest/userguide/connections.html
    """
    host = code_connection.host
    gaps = (
        []
        if declared(facts.code_hosts, f"{host}#{code_connection.name}")
        else [f"leads to {host}, and no entry of code_hosts there names it"]
    )
    if code_connection.status != "AVAILABLE":
        gaps.append(f"does not work: its status is {code_connection.status}")
    assert not gaps, "; ".join(gaps)


@control(severity="high")
def test_codeartifact_publishing_closed(package_repository: PackageRepository) -> None:
    """Internal packages cannot be shadowed from outside.

    Why: Where a package of ours may also come from outside, whoever publishes a higher version of the name there has
        their code in our builds.
    Fix: Block upstream in the origin controls of each package that is published in the repository.
    See: https://docs.aws.amazon.com/codeartifact/latest/ug/package-origin-controls.html
    """
    if not any(package.is_ours for package in package_repository.packages):
        not_applicable("nobody publishes packages in it")
    shadowed = [package.shown for package in package_repository.packages if package.can_be_shadowed]
    assert not shadowed, f"takes {len(shadowed)} of our packages from outside as well: {', '.join(shadowed[:10])}"


@control(severity="low")
def test_codedeploy_rolls_back(
    deployment_group: DeploymentGroup, all_at_once: tuple[str, ...] = ALL_AT_ONCE, alarms_required: bool = False
) -> None:
    """Deployments go step by step and roll back.

    Why: A bad version that is everywhere at once is an outage; one that comes in steps, and goes by itself, is none.
    Fix: Let the group roll back when a deployment fails, and choose a configuration that deploys in steps.
    See: https://docs.aws.amazon.com/codedeploy/latest/userguide/deployments-rollback-and-redeploy.html
    """
    gaps = deployment_group.gaps(all_at_once, alarms_required=alarms_required)
    assert not gaps, " and ".join(gaps)

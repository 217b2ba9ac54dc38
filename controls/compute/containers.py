"""Containers: tasks that stay what they are, and Kubernetes that is looked after and not for everybody."""

from __future__ import annotations

from fixtures.ecs import TaskDefinition
from fixtures.eks import EksCluster
from muster import control


@control(severity="high")
def test_ecs_tasks_unprivileged(task_definition: TaskDefinition) -> None:
    """Containers are confined.

    Why: Who breaks into a container that is privileged, or that shares the host's processes or network as root, has the
        machine, and every other container on it.
    Fix: Register a revision without `privileged`, without pidMode host, and with another network mode or, where the
        host's network is needed, with a user that is not root; then let services use that revision.
    See: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html
    """
    ways_out = task_definition.ways_out
    assert not ways_out, f"gets out in revision {task_definition.latest.number}: {'; '.join(ways_out)}"


@control(severity="critical")
def test_ecs_tasks_no_secrets(task_definition: TaskDefinition) -> None:
    """Task definitions hold no secrets.

    Why: Whoever may look at a task definition reads its variables and commands, and every revision keeps its own.
    Fix: Keep the secret in Secrets Manager or Parameter Store, name it under `secrets` of the container, and register a
        new revision. Then replace the secret, and deregister the revisions that have it.
    See: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html
    """
    exposed = task_definition.exposed_secrets
    assert not exposed, f"shows secrets to whoever can see it: {'; '.join(exposed)}"


@control(severity="high")
def test_eks_endpoint_restricted(eks_cluster: EksCluster) -> None:
    """Kubernetes endpoints are not open to the internet.

    Why: A flaw in Kubernetes, or a token that leaked, is used from anywhere where its API answers everybody.
    Fix: Turn the public endpoint off, or name the address ranges that administrators and pipelines come from.
    See: https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
    """
    open_ranges = eks_cluster.open_ranges
    assert not open_ranges, f"answers the internet: its endpoint is public for {', '.join(open_ranges)}"


@control(severity="high")
def test_eks_version_supported(
    eks_cluster: EksCluster, min_version: str = "1.32", allow_extended: bool = False
) -> None:
    """Kubernetes clusters run a supported version.

    Why: Flaws are mended in versions that are supported. Extended support mends fewer of them and costs six times as
        much, and at its end AWS changes the version by itself, at a time that nobody chose.
    Fix: Move the cluster to a version in standard support, one minor version at a time.
    See: https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
    """
    current = eks_cluster.is_at_least(min_version) and eks_cluster.is_supported(extended_too=allow_extended)
    assert current, (
        f"runs Kubernetes {eks_cluster.settings.version}, in {eks_cluster.support or 'no support at all'};"
        f" at least {min_version} is asked"
    )

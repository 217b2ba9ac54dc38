"""Containers: tasks that stay what they are, off the internet, and tell what they do."""

from __future__ import annotations

from fixtures.ecs import TaskDefinition
from fixtures.ecs_services import EcsService
from muster import control, not_applicable


@control(severity="high")
def test_ecs_tasks_unprivileged(task_definition: TaskDefinition) -> None:
    """Containers are confined.

    Why: Who breaks into a container that is privileged, or that shares the host's processes or memory, or its network
        as root, has the machine, and every other container on it.
    Fix: Register a revision without `privileged` and capabilities that come to the same, without pidMode and ipcMode
        host, and with another network mode or, where the host's network is needed, with a user that is not root; then
        let services use that revision.
    See: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html
    """
    ways_out = task_definition.ways_out
    assert not ways_out, f"gets out of its container: {'; '.join(ways_out)}"


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


@control(severity="medium")
def test_ecs_tasks_read_only_root(task_definition: TaskDefinition) -> None:
    """Containers have a read-only root file system.

    Why: Who breaks into a container brings tools along, and changes programs: nowhere, if nothing can be written.
    Fix: Register a revision with readonlyRootFilesystem in each container, and volumes for what has to be written.
    See: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/security-tasks-containers.html
    """
    if task_definition.is_of_windows:
        not_applicable("containers of Windows have no such setting")
    writable = task_definition.writable
    assert not writable, f"lets {', '.join(writable)} write to the root file system"


@control(severity="medium")
def test_ecs_tasks_logged(task_definition: TaskDefinition) -> None:
    """Containers log.

    Why: What a container said is gone with it, and containers come and go all day, the broken ones first.
    Fix: Register a revision with a log driver in the logConfiguration of each container.
    See: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/using_awslogs.html
    """
    unlogged = task_definition.unlogged
    assert not unlogged, f"has no log driver for {', '.join(unlogged)}"


@control(severity="high")
def test_ecs_service_no_public_ip(ecs_service: EcsService) -> None:
    """Container services have no public address.

    Why: Each task with a public address is on the internet by itself, past the load balancer and what stands before it.
    Fix: Turn assignPublicIp off, in private subnets with a NAT gateway or endpoints for what the tasks call.
    See: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-task-networking.html
    """
    assert not ecs_service.gives_public_addresses, "starts tasks with public addresses: assignPublicIp is ENABLED"

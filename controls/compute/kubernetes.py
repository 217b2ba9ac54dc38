"""Kubernetes: it is looked after, not for everybody, keeps its secrets, and tells what it does."""

from __future__ import annotations

from fixtures.eks import EksCluster
from fixtures.key_owners import key_owner
from muster import Facts, control, declared


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


@control(severity="medium")
def test_eks_secrets_encrypted(eks_cluster: EksCluster, facts: Facts) -> None:
    """Kubernetes secrets are encrypted with our key.

    Why: With a key of ours, we say who may read the secrets of a cluster, see each use of the key, and can end it.
    Fix: Associate an encryption configuration for secrets with a KMS key; it cannot be taken away later.
    See: https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html
    """
    assert eks_cluster.secrets_key, "encrypts its secrets with no key of ours"
    owner = key_owner(eks_cluster, eks_cluster.secrets_key, facts.accounts, facts.audit_account_id)
    assert owner.is_ours or declared(facts.trusted_accounts, owner.id), f"encrypts its secrets with {owner}"


@control(severity="medium")
def test_eks_control_plane_logged(
    eks_cluster: EksCluster,
    log_types: tuple[str, ...] = ("api", "audit", "authenticator", "controllerManager", "scheduler"),
) -> None:
    """Kubernetes control planes log.

    Why: Who did what in a cluster, by which identity, stands in the logs of its control plane, and nowhere else.
    Fix: Turn the types of log on; they go to CloudWatch.
    See: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
    """
    missing = [each for each in log_types if each not in eks_cluster.logged]
    assert not missing, f"does not log {', '.join(missing)}"

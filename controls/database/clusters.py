"""RDS clusters: encrypted, out of the internet's reach, and still there when a zone is lost."""

from __future__ import annotations

from fixtures.rds import DbCluster
from fixtures.tags import carries
from muster import control, not_applicable


@control(severity="high")
def test_rds_cluster_encrypted(db_cluster: DbCluster, allow_aws_owned_key: bool = True) -> None:
    """Database clusters are encrypted.

    Why: The storage of a cluster, its backups and its replicas are all in clear or none of them: there is one setting.
    Fix: Restore a snapshot of the cluster with a KMS key, and move the application to the new cluster.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Overview.Encryption.html
    """
    assert db_cluster.is_encrypted(allow_aws_owned_key=allow_aws_owned_key), (
        f"stores its data with encryption type {db_cluster.encryption_type or 'none'}"
    )


@control(severity="critical")
def test_rds_cluster_not_public(db_cluster: DbCluster) -> None:
    """Database clusters are not public.

    Why: A cluster can be opened to the internet as a whole, and none of its instances says so.
    Fix: Modify the cluster, or its shard group, to be not publicly accessible; leave the internet access gateway out.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/multi-az-db-clusters-concepts.html
    """
    assert not db_cluster.ways_in, f"can be reached from the internet, by {', '.join(db_cluster.ways_in)}"


@control(severity="medium")
def test_rds_cluster_multi_az(db_cluster: DbCluster, exempt_tag: str = "environment=development") -> None:
    """Database clusters survive losing a zone.

    Why: With all instances in one zone the database is gone as long as the zone is, and with it what needs it.
    Fix: Add a reader in another zone; give a limitless cluster a shard group with a compute redundancy of 1 or 2.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html
    """
    if carries(db_cluster.tags, exempt_tag):
        not_applicable(f"the cluster is tagged {exempt_tag}")
    groups = ", ".join(f"{each.name} with {each.standbys} standbys" for each in db_cluster.shard_groups) or "none"
    assert db_cluster.survives_losing_a_zone, (
        f"lives in one zone: its shard groups are {groups}"
        if db_cluster.is_limitless
        else "lives in one zone: its MultiAZ is false"
    )

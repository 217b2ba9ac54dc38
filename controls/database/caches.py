"""Caches: what they hold is encrypted, on disk and on the way."""

from __future__ import annotations

from fixtures.elasticache import Cache, ServerlessCache
from muster import control, not_applicable


@control(severity="medium")
def test_elasticache_encrypted(cache: Cache) -> None:
    """Caches encrypt data at rest and in transit.

    Why: A cache holds sessions and rows of databases; its disk, its backups and the network under it are not ours.
    Fix: Set the transit encryption mode to required. Encryption at rest takes a new group, restored from a backup, and
        a single node outside any group takes one for either.
    See: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/encryption.html
    """
    unencrypted = cache.unencrypted
    assert not unencrypted, f"leaves data unencrypted {' and '.join(unencrypted)}"


@control(severity="medium")
def test_elasticache_authenticated(cache: Cache) -> None:
    """Caches ask for a password or user.

    Why: A cache that asks nobody gives sessions, and whatever else is in it, to each program that reaches it.
    Fix: Give the replication group a user group, or an AUTH token, which takes encryption in transit. In the group put
        a default user of your own, switched off, in the place of AWS's, which needs no password.
    See: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth.html
    """
    if cache.is_memcached:
        not_applicable("Memcached has no passwords: its security group alone says who reaches it")
    assert cache.open_door is None, cache.open_door


@control(severity="medium")
def test_elasticache_serverless_authenticated(serverless_cache: ServerlessCache) -> None:
    """Serverless caches ask for a user.

    Why: A serverless cache without a user group answers each program that reaches it, as any other cache would.
    Fix: Give the cache a user group, with users that have a password or sign in by IAM, and a default user of your own,
        switched off, in the place of AWS's, which needs no password.
    See: https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
    """
    if serverless_cache.is_memcached:
        not_applicable("Memcached has no passwords: its security group alone says who reaches it")
    assert serverless_cache.open_door is None, serverless_cache.open_door

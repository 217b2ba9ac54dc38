"""Migrations of databases: what copies one is out of the internet's reach."""

from __future__ import annotations

from fixtures.dms import ReplicationInstance
from muster import control


@control(severity="critical")
def test_dms_not_public(replication_instance: ReplicationInstance) -> None:
    """Replication instances are not public.

    Why: A replication instance holds the passwords of both databases that it stands between, and often is forgotten.
    Fix: Make a new instance without a public address, because that cannot be changed, and delete this one.
    See: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_ReplicationInstance.PublicPrivate.html
    """
    assert not replication_instance.is_public, "is publicly accessible: it has a public address"

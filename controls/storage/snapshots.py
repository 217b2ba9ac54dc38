"""EBS snapshots: nobody from outside makes a disk of them, and nobody without the key."""

from __future__ import annotations

from fixtures.ebs import Snapshot, SnapshotSharing
from muster import control


@control(severity="critical")
def test_ebs_snapshot_not_public(snapshot: Snapshot) -> None:
    """No snapshot is public.

    Why: Anyone with an AWS account can make a volume of a public snapshot, and search it for keys and personal data.
    Fix: Make the snapshot private again, share it with the accounts that need it, and change what was secret in it.
    See: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html
    """
    assert not snapshot.is_public, "may be copied by anyone: its permission to create volumes is for all"


@control(severity="medium")
def test_ebs_snapshot_public_sharing_blocked(snapshot_sharing: SnapshotSharing, allow_existing: bool = False) -> None:
    """Snapshots cannot be made public.

    Why: A snapshot is public after one call, by mistake as well; with public sharing blocked, that call has no effect.
    Fix: Block all public sharing of snapshots in the region.
    See: https://docs.aws.amazon.com/ebs/latest/userguide/block-public-access-snapshots.html
    """
    good = ("block-all-sharing", "block-new-sharing") if allow_existing else ("block-all-sharing",)
    assert snapshot_sharing.state in good, (
        f"lets snapshots in {snapshot_sharing.region} be public: the state is {snapshot_sharing.state}"
    )


@control(severity="medium")
def test_ebs_snapshot_encrypted(snapshot: Snapshot) -> None:
    """Snapshots are encrypted.

    Why: A snapshot holds all that was on the disk, and outlives it; in clear it is read by whoever may copy it.
    Fix: Copy the snapshot with encryption, and delete this one; encrypt volumes, whose snapshots are encrypted then.
    See: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-copy-snapshot.html
    """
    assert snapshot.is_encrypted, "is not encrypted"

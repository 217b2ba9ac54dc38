"""EBS volumes: a disk cannot be read without its key."""

from __future__ import annotations

from fixtures.ebs import Volume
from fixtures.ec2 import EbsDefaults
from muster import control


@control(severity="high")
def test_ebs_default_encryption(ebs_defaults: EbsDefaults) -> None:
    """New volumes are encrypted by default.

    Why: Where encryption has to be asked for, somebody forgets, and a copied volume or snapshot gives its data away.
    Fix: Turn on EBS encryption by default in the region. Volumes that are there stay as they are.
    See: https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
    """
    assert ebs_defaults.encrypts, (
        f"leaves new volumes in {ebs_defaults.region} unencrypted unless encryption is asked for"
    )


@control(severity="medium")
def test_ebs_volume_encrypted(volume: Volume) -> None:
    """Volumes are encrypted.

    Why: Whoever copies a volume that is in clear, or a snapshot of it, reads all that is on the disk.
    Fix: Copy a snapshot of the volume with a KMS key, make a volume of the copy, and attach that one instead.
    See: https://docs.aws.amazon.com/ebs/latest/userguide/ebs-encryption.html
    """
    assert volume.is_encrypted, "stores its data in clear: Encrypted is false"

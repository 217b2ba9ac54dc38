"""EBS volumes: a disk cannot be read without its key."""

from __future__ import annotations

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

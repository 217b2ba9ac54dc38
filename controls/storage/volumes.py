"""EBS volumes: a disk cannot be read without its key."""

from __future__ import annotations

from fixtures.region import Region
from muster import control


@control(severity="high")
def test_ebs_default_encryption(region: Region) -> None:
    """New volumes are encrypted by default.

    Why: Where encryption has to be asked for, somebody forgets, and a copied volume or snapshot gives its data away.
    Fix: Turn on EBS encryption by default in the region. Volumes that are there stay as they are.
    See: https://docs.aws.amazon.com/ebs/latest/userguide/encryption-by-default.html
    """
    assert region.encrypts_new_volumes, (
        f"leaves new volumes in {region.name} unencrypted unless encryption is asked for"
    )

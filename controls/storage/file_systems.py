"""EFS file systems: a disk cannot be read without its key."""

from __future__ import annotations

from fixtures.efs import FileSystem
from muster import control


@control(severity="medium")
def test_efs_encrypted(file_system: FileSystem) -> None:
    """File systems are encrypted.

    Why: Encryption puts a key, with permissions and a log of its own, between the stored data and whoever gets at it.
    Fix: Encryption is set for good when a file system is made: make an encrypted one and copy the data over.
    See: https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
    """
    assert file_system.is_encrypted, "is not encrypted"

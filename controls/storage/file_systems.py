"""EFS file systems: a disk cannot be read without its key, and clients see no more of it than they need."""

from __future__ import annotations

from fixtures.efs import EfsAccessPoint, FileSystem
from muster import control


@control(severity="medium")
def test_efs_encrypted(file_system: FileSystem) -> None:
    """File systems are encrypted.

    Why: Encryption puts a key, with permissions and a log of its own, between the stored data and whoever gets at it.
    Fix: Encryption is set for good when a file system is made: make an encrypted one and copy the data over.
    See: https://docs.aws.amazon.com/efs/latest/ug/encryption-at-rest.html
    """
    assert file_system.is_encrypted, "is not encrypted"


@control(severity="medium")
def test_efs_policy_not_public(file_system: FileSystem) -> None:
    """No file system is open to every client.

    Why: Without a policy every client that reaches a mount target reads and writes everything, as root if it says so.
    Fix: Give the file system a policy that names who may mount it, or asks for an access point or a mount target.
    See: https://docs.aws.amazon.com/efs/latest/ug/access-control-block-public-access.html
    """
    opening = ["that there is no policy"] if not file_system.has_policy else file_system.open_statements
    assert not opening, f"lets every client in: by {', '.join(opening)}"


@control(severity="medium")
def test_efs_access_points_confined(efs_access_point: EfsAccessPoint) -> None:
    """File system access points fix root and user.

    Why: An application that is taken over sees the directory of its access point as its user, and not the others'.
    Fix: Make a new access point with a root directory of its own and a POSIX user: neither can be changed afterwards.
    See: https://docs.aws.amazon.com/efs/latest/ug/efs-access-points.html
    """
    left_open = efs_access_point.left_open
    assert not left_open, f"does not confine its clients: {', '.join(left_open)}"

"""Network ACLs: the outer fence of a subnet keeps remote administration in."""

from __future__ import annotations

from fixtures.security_groups import NetworkAcl
from muster import control


@control(severity="medium")
def test_nacl_no_admin_ports(
    network_acl: NetworkAcl, admin_ports: tuple[int, ...] = (22, 3389), open_share: float = 0.1
) -> None:
    """No network ACL lets the internet reach remote administration.

    Why: A network ACL still holds where a security group was opened by mistake; one that admits everything does not.
    Fix: Put entries that deny the ports before those that allow them, or allow only what the subnet serves. The
        default network ACL admits everything and has to be changed as well.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
    """
    openings = network_acl.openings(admin_ports, open_share=open_share)
    assert not openings, f"lets the internet reach {', '.join(openings)}"

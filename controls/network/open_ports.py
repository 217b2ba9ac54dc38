"""Security groups: what nobody outside has to reach is not open to the internet."""

from __future__ import annotations

from fixtures.security_groups import SecurityGroup
from muster import control


@control(severity="critical")
def test_sg_no_all_ports_open(
    security_group: SecurityGroup, open_prefix_ipv4: int = 1, open_prefix_ipv6: int = 3, open_share: float = 0.1
) -> None:
    """No security group opens every port to the internet.

    Why: Whatever is started behind such a group is on the internet at once, whether its owner knows that it listens or
        not.
    Fix: Replace the rule by rules for the ports that are served, or let in only the addresses that need more.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    openings = security_group.whole_openings(
        open_prefix_ipv4=open_prefix_ipv4, open_prefix_ipv6=open_prefix_ipv6, open_share=open_share
    )
    assert not openings, f"opens {', '.join(openings)}"


@control(severity="high")
def test_sg_no_high_risk_ports(
    security_group: SecurityGroup,
    high_risk_ports: tuple[int, ...] = (
        *(20, 21, 23, 25, 110, 135, 143, 389, 1433, 1434, 1521, 2379, 2483, 3000, 3306, 4333, 5000, 5432, 5439, 5500),
        *(5601, 5984, 6379, 7199, 8080, 8086, 8088, 8111, 8182, 8888, 9042, 9092, 9142, 9160, 9200, 9300, 11211, 27017),
        *(27018, 50000),
    ),
    open_prefix_ipv4: int = 1,
    open_prefix_ipv6: int = 3,
    open_share: float = 0.1,
) -> None:
    """Databases, caches and clear-text services are closed to the internet.

    Why: Scanners find an open database within the hour; many of these services ask for no password, or send it in
        clear.
    Fix: Let in the security group of the application instead of addresses, or only the networks that need the service.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
    """
    openings = security_group.openings(
        high_risk_ports, open_prefix_ipv4=open_prefix_ipv4, open_prefix_ipv6=open_prefix_ipv6, open_share=open_share
    )
    assert not openings, f"opens {', '.join(openings)}"


@control(severity="critical")
def test_sg_no_file_sharing_open(
    security_group: SecurityGroup,
    ports: tuple[int, ...] = (139, 445),
    open_prefix_ipv4: int = 1,
    open_prefix_ipv6: int = 3,
    open_share: float = 0.1,
) -> None:
    """File sharing ports are closed to the internet.

    Why: Worms have gone through file sharing for twenty years, and what is shared is often for anyone who asks.
    Fix: Remove the rule, and reach the files through a VPN or a file system of AWS in private subnets.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
    """
    openings = security_group.openings(
        ports,
        protocols=("tcp",),
        open_prefix_ipv4=open_prefix_ipv4,
        open_prefix_ipv6=open_prefix_ipv6,
        open_share=open_share,
    )
    assert not openings, f"opens {', '.join(openings)}"


@control(severity="high")
def test_sg_public_ports_authorized(
    security_group: SecurityGroup,
    authorized_ports: tuple[int, ...] = (80, 443),
    authorized_udp_ports: tuple[int, ...] = (),
    open_prefix_ipv4: int = 1,
    open_prefix_ipv6: int = 3,
    open_share: float = 0.1,
) -> None:
    """Only authorized ports are open to the internet.

    Why: Each port that answers the internet is one more program that must have no flaw, and that nobody counts on.
    Fix: Remove the rule, or let in only the addresses that need it. What all the world is to reach goes through a load
        balancer on an authorized port.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-18
    """
    openings = security_group.unauthorized_openings(
        {"tcp": authorized_ports, "udp": authorized_udp_ports},
        open_prefix_ipv4=open_prefix_ipv4,
        open_prefix_ipv6=open_prefix_ipv6,
        open_share=open_share,
    )
    assert not openings, f"opens {', '.join(openings)}"

"""Names in DNS: they lead to what is ours."""

from __future__ import annotations

from fixtures.route53 import DnsRecord
from muster import Facts, control, declared, not_applicable


@control(severity="high")
def test_dns_no_dangling_records(dns_record: DnsRecord, facts: Facts) -> None:
    """DNS names do not point at resources we gave up.

    Why: An address, a bucket or an environment that we let go is anybody's for the asking, who then answers under our
        name, with a certificate for it.
    Fix: Delete the record, or let it point at what is ours now. What is ours elsewhere, such as another account's load
        balancer, the name servers of its zone or a range of an office, is declared in the estate's facts, under
        network_perimeter.
    See: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/protection-from-dangling-dns.html
    """
    if not dns_record.addresses and not dns_record.hosts:
        not_applicable("the record sends nobody to a public address or to a thing of AWS's")
    left = [each for each in dns_record.strangers if not declared(facts.network_perimeter, each)]
    assert not left, f"points at {', '.join(left)}, which is not ours"

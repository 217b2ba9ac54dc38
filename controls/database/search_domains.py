"""Search domains: what is indexed is encrypted wherever it is, and given to nobody who has no name."""

from __future__ import annotations

from fixtures.opensearch import SearchDomain
from muster import control


@control(severity="high")
def test_opensearch_encrypted(search_domain: SearchDomain) -> None:
    """Search domains encrypt data at rest and between nodes.

    Why: An index is a copy of the data that it finds, on disks and on the way between the nodes.
    Fix: Turn on encryption at rest and node-to-node encryption; on old versions, make a new domain and move the data.
    See: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/encryption-at-rest.html
        https://docs.aws.amazon.com/opensearch-service/latest/developerguide/ntn.html
    """
    unencrypted = search_domain.unencrypted
    assert not unencrypted, f"has its data in clear {' and '.join(unencrypted)}"


@control(severity="medium")
def test_opensearch_tls_required(search_domain: SearchDomain) -> None:
    """Search domains answer only over TLS 1.2.

    Why: Over plain HTTP, or a TLS that can be broken, queries, answers and passwords are read on the way.
    Fix: Require HTTPS for all traffic to the domain, with a TLS policy of version 1.2 at least.
    See: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/infrastructure-security.html
    """
    weak = search_domain.weak_transport
    assert weak is None, f"lets clients in without TLS 1.2: {weak}"


@control(severity="medium")
def test_opensearch_access_controlled(search_domain: SearchDomain) -> None:
    """Search domains use fine-grained access control and audit logs.

    Why: Without it whoever reaches the domain reads every index, and nobody can tell afterwards who did.
    Fix: Turn on fine-grained access control, end its migration period, and publish audit logs to CloudWatch Logs.
    See: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/fgac.html
        https://docs.aws.amazon.com/opensearch-service/latest/developerguide/audit-logs.html
    """
    lax = search_domain.lax_access
    assert not lax, f"does not control who reads what: {', '.join(lax)}"

"""Redshift clusters and search domains: the internet does not reach them."""

from __future__ import annotations

from fixtures.opensearch import SearchDomain
from fixtures.redshift import RedshiftCluster
from muster import control


@control(severity="critical")
def test_redshift_not_public(redshift_cluster: RedshiftCluster) -> None:
    """Redshift clusters are not public.

    Why: Whoever finds a warehouse on the internet can guess passwords, and behind them is all that was gathered.
    Fix: Modify the cluster to be not publicly accessible, and let clients connect from inside the VPC.
    See: https://docs.aws.amazon.com/redshift/latest/mgmt/rs-security-group-public-private.html
    """
    assert not redshift_cluster.is_public, "is publicly accessible: its name resolves to a public address"


@control(severity="critical")
def test_opensearch_not_public(search_domain: SearchDomain) -> None:
    """Search domains are not open to the internet.

    Why: What is indexed can be read, changed and deleted by whoever reaches a domain that asks nobody who they are.
    Fix: Put the domain into a VPC, or name accounts, or narrow addresses, in its access policy.
    See: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/vpc.html
    """
    open_statements = [] if search_domain.vpc else search_domain.open_statements
    assert not open_statements, f"lets the internet in: {', '.join(open_statements)} of its policy"

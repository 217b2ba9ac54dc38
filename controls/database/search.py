"""Warehouses and search, with servers and without: the internet does not reach them, and warehouses are encrypted."""

from __future__ import annotations

from fixtures.opensearch import SearchDomain
from fixtures.opensearch_serverless import SearchNetworkPolicy
from fixtures.redshift import RedshiftCluster, RedshiftWorkgroup
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


@control(severity="critical")
def test_redshift_serverless_not_public(redshift_workgroup: RedshiftWorkgroup) -> None:
    """Redshift Serverless workgroups are not public.

    Why: A warehouse without servers holds the same data, and one click lets the internet try passwords on it.
    Fix: Modify the workgroup to be not publicly accessible, and let clients connect from inside the VPC.
    See: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-connecting.html
    """
    assert not redshift_workgroup.is_public, "is publicly accessible: its endpoint has a public address"


@control(severity="high")
def test_search_collection_not_public(search_network_policy: SearchNetworkPolicy) -> None:
    """Serverless search collections are not open to the internet.

    Why: A public collection, or its dashboard, is one stolen key away from whoever has it, wherever they are.
    Fix: Let the network policy name VPC endpoints, or the services that need it, and set AllowFromPublic to false.
    See: https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-network.html
    """
    public = search_network_policy.public_blocks
    assert not public, f"lets the internet reach {'; '.join(public)}"


@control(severity="high")
def test_redshift_encrypted(redshift_cluster: RedshiftCluster) -> None:
    """Redshift clusters are encrypted.

    Why: A warehouse is a copy of what many databases hold, and its snapshots are as much in clear as itself.
    Fix: Modify the cluster to use a KMS key; it is copied meanwhile, and can be read and not written.
    See: https://docs.aws.amazon.com/redshift/latest/mgmt/changing-cluster-encryption.html
    """
    assert redshift_cluster.is_encrypted, "stores its data in clear: its Encrypted is false"

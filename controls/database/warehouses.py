"""Warehouses: what goes in and out is encrypted and recorded."""

from __future__ import annotations

from fixtures.redshift import RedshiftCluster, RedshiftWorkgroup
from muster import control


@control(severity="medium")
def test_redshift_tls_required(redshift_cluster: RedshiftCluster) -> None:
    """Redshift accepts only TLS connections.

    Why: A client that was set up without TLS sends its password and each answer in clear.
    Fix: Set require_ssl to true in the cluster's parameter group, one of your own, and reboot the cluster.
    See: https://docs.aws.amazon.com/redshift/latest/mgmt/connecting-ssl-support.html
    """
    flaws = redshift_cluster.takes_clear_connections
    assert not flaws, f"takes connections in clear: {', '.join(flaws)}"


@control(severity="medium")
def test_redshift_audit_logged(redshift_cluster: RedshiftCluster) -> None:
    """Redshift clusters log.

    Why: Who connected, who was refused and who changed users is told by the audit log alone.
    Fix: Turn on audit logging to CloudWatch Logs or S3; where deliveries fail, let the bucket's policy take them.
    See: https://docs.aws.amazon.com/redshift/latest/mgmt/db-auditing.html
    """
    flaw = redshift_cluster.audit_logging.flaw
    assert flaw is None, f"keeps no record of its use: {flaw}"


@control(severity="medium")
def test_redshift_serverless_tls_required(redshift_workgroup: RedshiftWorkgroup) -> None:
    """Redshift Serverless accepts only TLS connections.

    Why: A client that was set up without TLS sends its password and each answer in clear.
    Fix: Set the configuration parameter require_ssl of the workgroup to true.
    See: https://docs.aws.amazon.com/redshift/latest/mgmt/serverless-security-other.html
    """
    assert redshift_workgroup.requires_tls, "takes connections in clear: its require_ssl is not true"

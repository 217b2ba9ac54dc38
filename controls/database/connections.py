"""Databases as clients see them: over TLS, with a certificate that holds, and by names that nobody guesses."""

from __future__ import annotations

from fixtures.rds import DbInstance
from fixtures.rds_access import DatabaseServer
from fixtures.rds_proxies import DbProxy
from muster import control, counted, not_applicable

DEFAULT_NAMES = ("admin", "postgres", "root", "sa", "administrator")


@control(severity="high")
def test_rds_tls_required(database_server: DatabaseServer) -> None:
    """Databases accept only TLS connections.

    Why: A client that was set up without TLS sends passwords and data in clear, and nobody sees it by anything else.
    Fix: Set rds.force_ssl (PostgreSQL, SQL Server), require_secure_transport (MySQL, MariaDB) or tls (DocumentDB) in a
        parameter group of your own, for a cluster in the cluster's, and reboot where that asks for it.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html
    """
    not_applicable(database_server.why_no_parameter)
    flaws = database_server.takes_clear_connections
    assert not flaws, f"takes connections in clear: {', '.join(flaws)}"


@control(severity="low")
def test_rds_iam_sign_in(database_server: DatabaseServer) -> None:
    """Databases accept IAM sign-in.

    Why: A token of IAM ends after minutes, and belongs to somebody; a password of the database is copied and stays.
    Fix: Turn on IAM database authentication, of a cluster or of an instance outside any, and give its users that role.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    """
    not_applicable(database_server.why_no_iam_sign_in)
    assert database_server.lets_sign_in_by_iam, "takes passwords only: IAMDatabaseAuthenticationEnabled is false"


@control(severity="low")
def test_rds_admin_name_custom(database_server: DatabaseServer, default_names: tuple[str, ...] = DEFAULT_NAMES) -> None:
    """Database administrators have no default name.

    Why: Whoever tries passwords tries them on the names that every database has.
    Fix: The name is set for good when a database is made: make one with another name, and move the data over.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.MasterAccounts.html
    """
    not_applicable(database_server.why_no_admin)
    name = database_server.admin_name
    assert name.lower() not in default_names, f"has an administrator of the name {name}"


@control(severity="high")
def test_rds_certificate_current(db_instance: DbInstance, min_days: int = 90) -> None:
    """Database server certificates are current.

    Why: On the day a certificate ends clients that check it stop, and those that go on have stopped checking.
    Fix: Give clients the new certificate authority, and then rotate the instance's server certificate to it.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL-certificate-rotation.html
    """
    assert db_instance.certificate_days_left >= min_days, (
        f"has a server certificate that ends on {db_instance.certificate_ends:%Y-%m-%d}, "
        f"{counted(db_instance.certificate_days_left, 'day')} from now"
    )


@control(severity="medium")
def test_rds_proxy_tls_required(db_proxy: DbProxy) -> None:
    """Database proxies accept only TLS connections.

    Why: Clients send their passwords and read their rows from the proxy; that the database behind it requires TLS is
        nothing to them.
    Fix: Turn on the proxy's setting that requires Transport Layer Security.
    See: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-proxy.howitworks.html#rds-proxy-security.tls
    """
    assert db_proxy.requires_tls, "takes connections in clear: its RequireTLS is false"

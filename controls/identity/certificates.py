"""Certificates in IAM: none is there that nobody can use any more."""

from __future__ import annotations

from fixtures.iam.server_certificates import ServerCertificate
from muster import control


@control(severity="medium")
def test_iam_server_certificate_not_expired(server_certificate: ServerCertificate) -> None:
    """Expired certificates are removed from IAM.

    Why: An expired certificate that is still there will be put in front of users by mistake, and teaches them to click
        warnings away.
    Fix: Have what uses the certificate take one of ACM, then delete it from IAM.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_server-certs.html
    """
    assert server_certificate.is_valid, f"expired on {server_certificate.expires:%Y-%m-%d}"

"""Certificates: renewed before browsers and clients turn away, and with keys that nobody works out."""

from __future__ import annotations

from fixtures.acm import Certificate
from muster import control, counted, not_applicable


@control(severity="high")
def test_certificate_not_expiring(certificate: Certificate, min_days: int = 30) -> None:
    """Certificates are renewed in time.

    Why: On the day a certificate ends whatever it serves stops, and people learn to click warnings away.
    Fix: Renew or replace it; for one that ACM renews by itself, see why it has not: most often a DNS record is gone.
    See: https://docs.aws.amazon.com/acm/latest/userguide/managed-renewal.html
    """
    if not certificate.is_in_use and not certificate.is_exported:
        not_applicable("nothing uses the certificate")
    assert certificate.days_left >= min_days, (
        f"ends on {certificate.not_after:%Y-%m-%d}, {counted(certificate.days_left, 'day')} from now"
    )


@control(severity="medium")
def test_certificate_key_strong(certificate: Certificate, weak_algorithms: tuple[str, ...] = ("RSA_1024",)) -> None:
    """Certificates have strong keys.

    Why: A key of 1,024 bits can be worked out from the certificate, and whoever has done it is our server.
    Fix: Replace the certificate by one with an RSA key of 2,048 bits at least, or one on an elliptic curve.
    See: https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html
    """
    assert certificate.key_algorithm not in weak_algorithms, f"has a key of the kind {certificate.key_algorithm}"

"""Certificates: renewed before browsers and clients turn away."""

from __future__ import annotations

from fixtures.acm import Certificate
from muster import control, not_applicable


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
        f"ends on {certificate.not_after:%Y-%m-%d}, {certificate.days_left} days from now"
    )

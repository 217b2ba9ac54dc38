"""Sensitive data: it is looked for in buckets, by somebody who does not know where it should be."""

from __future__ import annotations

from fixtures.macie2 import DataDiscovery
from muster import control, not_applicable


@control(severity="medium")
def test_macie_on(data_discovery: DataDiscovery) -> None:
    """Macie looks for sensitive data in buckets.

    Why: Nobody knows by heart which of a thousand objects holds names and card numbers; Macie looks.
    Fix: Turn Macie on in each region that holds buckets, best for all accounts by its delegated administrator.
    See: https://docs.aws.amazon.com/macie/latest/user/getting-started.html
    """
    if not data_discovery.buckets:
        not_applicable("no bucket of the account is in the region")
    status = data_discovery.status
    assert status == "ENABLED", f"has {len(data_discovery.buckets)} buckets and Macie {status or 'off'}"


@control(severity="medium")
def test_macie_discovery_on(data_discovery: DataDiscovery) -> None:
    """Macie samples buckets by itself.

    Why: Jobs look where somebody sends them; what turns up where nobody expects it is found by samples alone.
    Fix: Turn automated sensitive data discovery on in Macie, for the account or the whole organization.
    See: https://docs.aws.amazon.com/macie/latest/user/discovery-asdd.html
    """
    if not data_discovery.buckets:
        not_applicable("no bucket of the account is in the region")
    states = data_discovery.status or "off", data_discovery.sampling or "off"
    assert states == ("ENABLED", "ENABLED"), f"has Macie {states[0]}, and its automated discovery {states[1]}"

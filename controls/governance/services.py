"""The services of AWS in use: somebody answers for each."""

from __future__ import annotations

from fixtures.responsibilities import ServicesInUse
from muster import Facts, control


@control(severity="medium")
def test_responsibility_covers_services(services_in_use: ServicesInUse, facts: Facts, review_days: int = 365) -> None:
    """Every AWS service in use has a responsible owner.

    Why: A service that somebody tried out and nobody answers for is configured by its defaults, and AWS secures only
        what lies below it.
    Fix: Add the service to responsibilities in facts.yaml: what AWS secures, what we secure, who answers for that, and
        when it was last looked at. Where AWS Config keeps no inventory, turn it on.
    See: https://docs.aws.amazon.com/config/latest/developerguide/looking-up-discovered-resources.html
    """
    gaps = list(services_in_use.gaps(facts.responsibilities, review_days))
    assert not gaps, f"has services that nobody is known to answer for: {'; '.join(gaps)}"

"""Regions: nothing is in those that are not approved."""

from __future__ import annotations

from fixtures.enabled_regions import EnabledRegion
from muster import Facts, asked_at_once, control


@control(severity="medium")
def test_region_unapproved_empty(enabled_regions: list[EnabledRegion], facts: Facts) -> None:
    """Nothing runs in unapproved regions.

    Why: What runs where nobody works was forgotten there, or started by somebody who wanted it so.
    Fix: Find out whose it is and remove it, or add the region to approved_regions in facts.yaml.
    See: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
    """
    unapproved = [each for each in enabled_regions if each.name not in facts.approved_regions]
    found = {each.name: each.contents for each in asked_at_once(unapproved, lambda each: each.contents)}
    told = [f"{name} ({', '.join(contents)})" for name, contents in found.items() if contents]
    assert not told, f"has something in regions that nobody approved: {'; '.join(told)}"

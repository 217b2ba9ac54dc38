"""Stack sets: what every account needs is there, and as it should be."""

from __future__ import annotations

from fixtures.organizations import Organization
from muster import Facts, control, elsewhere, judged_in, not_applicable


@control(severity="medium")
def test_org_stack_sets_deployed(organization: Organization, facts: Facts) -> None:
    """The baseline stack sets reach the whole organization.

    Why: An account that joins without the baseline has no trail, no detector and no audit role until somebody notices.
    Fix: Give the stack set service-managed permissions and automatic deployment, to the root or to every required unit;
        declare its name (baseline_stack_sets).
    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-orgs-manage-auto-deployment.html
    """
    judged_in(elsewhere("management", facts, organization), "the baseline is deployed from the management account")
    not_applicable(organization.why_none)
    gaps = organization.deployment_gaps(facts.baseline_stack_sets, facts.required_ous)
    assert not gaps, f"has a baseline that does not reach every account: {'; '.join(gaps)}"


@control(severity="medium")
def test_org_stack_instances_current(
    organization: Organization, facts: Facts, max_drift_age_days: int | None = None
) -> None:
    """No baseline stack instance is stale.

    Why: What was changed by hand, or failed to update, is no baseline any more, while everybody counts on it.
    Fix: Correct what keeps the instance from its update, and run the stack set's operation again.
    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-drift.html
    """
    judged_in(elsewhere("management", facts, organization), "the baseline is deployed from the management account")
    not_applicable(organization.why_none)
    stale = organization.stale_instances(facts.baseline_stack_sets, max_drift_age_days)
    assert not stale, f"has a baseline that is stale: {'; '.join(stale)}"

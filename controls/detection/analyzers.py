"""Access Analyzer: access from outside is found before somebody uses it."""

from __future__ import annotations

from fixtures.accessanalyzer import AccessAnalysis
from muster import Facts, control, judged_in


@control(severity="medium")
def test_access_analyzer_external(access_analysis: AccessAnalysis, facts: Facts) -> None:
    """Access Analyzer looks for outside access in every region.

    Why: It finds buckets, roles, keys and queues that somebody outside can use, as soon as a policy changes.
    Fix: Create an analyzer for external access in the region, for the account or the whole organization.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-getting-started.html
    """
    security = facts.security_account_id
    # Others lean on the security account's analyzer, so that one has to look at all of the organization.
    leaned_on = security == access_analysis.account.id
    watched = access_analysis.watches_from_outside(for_organization=leaned_on)
    if not leaned_on and not watched:
        judged_in(security, f"account {security} has the organization's analyzers")
    assert watched, f"has no active analyzer for access from outside the {'organization' if leaned_on else 'account'}"


@control(severity="low")
def test_access_analyzer_unused(all_access_analysis: list[AccessAnalysis], facts: Facts) -> None:
    """Unused permissions are looked for.

    Why: Rights that nobody uses are missed by nobody when somebody else does.
    Fix: Create an analyzer for unused access in one region, for the account or the whole organization: IAM is the same
        in all of them.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-create-unused.html
    """
    security, ours = facts.security_account_id, {each.account.id for each in all_access_analysis}
    # Others lean on the security account's analyzer, so that one has to look at all of the organization.
    leaned_on = security in ours
    watched = any(each.watches_for_unused(for_organization=leaned_on) for each in all_access_analysis)
    if not leaned_on and not watched:
        judged_in(security, f"account {security} has the organization's analyzers")
    assert watched, f"has no active analyzer for unused access of the {'organization' if leaned_on else 'account'}"

"""Identity Center: people work as members of groups, and as administrators for a short time."""

from __future__ import annotations

from datetime import timedelta

from fixtures.sso_access import IdentityCenterAccess
from muster import Facts, control, counted, elsewhere, judged_in, not_applicable

NO_INSTANCE = "there is no Identity Center here"


@control(severity="medium")
def test_sso_assignments_to_groups(identity_center_access: IdentityCenterAccess, facts: Facts) -> None:
    """Identity Center access is granted to groups.

    Why: What is granted to a person stays when the work changes; a group shows who may do what, and why.
    Fix: Assign the permission set to a group, put the person into that, and remove the person's own assignment.
    See: https://docs.aws.amazon.com/singlesignon/latest/userguide/assignusers.html
    """
    judged_in(elsewhere("management", facts, identity_center_access), "the management account is told of all of it")
    not_applicable(None if identity_center_access.instances else NO_INSTANCE)
    people = [str(each) for each in identity_center_access.assignments if each.principal_type != "GROUP"]
    assert not people, f"grants access to single people: {', '.join(people)}"


@control(severity="medium")
def test_sso_session_short(
    identity_center_access: IdentityCenterAccess, facts: Facts, max_admin_session_hours: int = 4
) -> None:
    """Identity Center sessions with administrator rights are short.

    Why: An open session of an administrator can be stolen or used by whoever passes; a short one is over by then.
    Fix: Shorten the session duration of the permission set.
    See: https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
    """
    judged_in(elsewhere("management", facts, identity_center_access), "the management account is told of all of it")
    not_applicable(None if identity_center_access.instances else NO_INSTANCE)
    limit = timedelta(hours=max_admin_session_hours)
    long = [
        f"{each.name} ({each.session})" for each in identity_center_access.administering_sets if each.duration > limit
    ]
    assert not long, (
        f"lets administrators work for longer than {counted(max_admin_session_hours, 'hour')} at a"
        f" time: {', '.join(long)}"
    )

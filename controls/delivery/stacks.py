"""Stacks: what made our systems gives away no secrets, stays, and is what its template says."""

from __future__ import annotations

from fixtures.cloudformation import Stack
from muster import control, not_applicable


@control(severity="critical")
def test_stack_outputs_no_secrets(stack: Stack) -> None:
    """Stack outputs and parameters hold no secrets.

    Why: Outputs and parameters are shown to whoever may look at a stack, and outputs are exported for others to use.
    Fix: Let the template refer to the secret in Secrets Manager, declare parameters for secrets with NoEcho, and take
        secrets out of outputs. Then replace the secret.
    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/security-best-practices.html
    """
    exposed = stack.exposed_secrets
    assert not exposed, f"shows secrets to whoever can see it: {', '.join(exposed)}"


@control(severity="low")
def test_stack_termination_protected(stack: Stack) -> None:
    """Stacks are protected from deletion.

    Why: Whoever deletes a stack deletes all that it made, in one call and often in the wrong account.
    Fix: Turn termination protection on for the stack; its nested stacks follow.
    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-protect-stacks.html
    """
    if stack.root is not None:
        not_applicable("it is nested, and protected with its root")
    not_applicable(stack.why_nothing_was_made)
    assert stack.is_protected_from_deletion, "can be deleted by one call: its termination protection is off"


@control(severity="medium")
def test_stack_not_drifted(stack: Stack, max_check_age_days: int = 30) -> None:
    """Nothing was changed behind the templates.

    Why: What was changed by hand stands in no template: it was reviewed by nobody, and is gone or stays by chance.
    Fix: Detect the drift, take the change back or put it into the template, and detect drift time and again.
    See: https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-drift.html
    """
    not_applicable(stack.why_nothing_was_made)
    gap = stack.drift_gap(max_check_age_days)
    assert gap is None, f"is not known to be as its template says: {gap}"

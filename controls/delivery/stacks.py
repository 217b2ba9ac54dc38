"""Stacks: what made our systems does not give away their secrets."""

from __future__ import annotations

from fixtures.cloudformation import Stack
from muster import control


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

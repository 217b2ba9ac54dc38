"""Start scripts: what a machine is told when it starts is told to many more than the machine."""

from __future__ import annotations

from fixtures.start_scripts import StartScript
from muster import control, not_applicable


@control(severity="critical")
def test_ec2_user_data_no_secrets(start_script: StartScript) -> None:
    """Start scripts hold no secrets.

    Why: User data is read by every program on the machine, and by whoever may look at instances or templates.
    Fix: Let the script fetch the secret from Secrets Manager or Parameter Store, with the machine's role. Then replace
        the secret, and delete the versions of templates that have it.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
    """
    not_applicable(start_script.why_gone)
    exposed = start_script.exposed
    assert not exposed, f"starts machines with a secret: {', '.join(exposed)}"

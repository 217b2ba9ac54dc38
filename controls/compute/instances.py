"""EC2 instances: what runs on one cannot be tricked out of its role's credentials."""

from __future__ import annotations

from fixtures.ec2 import Instance
from muster import control, not_applicable


@control(severity="high")
def test_ec2_imdsv2(instance: Instance) -> None:
    """Instances answer metadata calls only by session.

    Why: Without session tokens, a program that fetches whatever address it is given fetches its role's credentials too.
    Fix: Set the instance's metadata option HttpTokens to required, once its software is known to ask for tokens.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
    """
    if instance.is_terminated:
        not_applicable("the instance is terminated")
    assert instance.session_tokens == "required" or instance.metadata_service == "disabled", (
        f"answers metadata calls that carry no session token: its HttpTokens are {instance.session_tokens}"
    )

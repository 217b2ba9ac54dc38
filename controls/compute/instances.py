"""EC2 instances, those of today and tomorrow: off the internet, and with a role that nobody tricks them out of."""

from __future__ import annotations

from fixtures.ec2 import Instance
from fixtures.images import InstanceDefaults, LaunchTemplate
from muster import Facts, control, declared, not_applicable

TERMINATED = "the instance is terminated"


@control(severity="high")
def test_ec2_imdsv2(instance: Instance) -> None:
    """Instances answer metadata calls only by session.

    Why: Without session tokens, a program that fetches whatever address it is given fetches its role's credentials too.
    Fix: Set the instance's metadata option HttpTokens to required, once its software is known to ask for tokens.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
    """
    if instance.is_terminated:
        not_applicable(TERMINATED)
    assert instance.session_tokens == "required" or instance.metadata_service == "disabled", (
        f"answers metadata calls that carry no session token: its HttpTokens are {instance.session_tokens}"
    )


@control(severity="medium")
def test_ec2_imdsv2_account_default(instance_defaults: InstanceDefaults, require_enforced: bool = False) -> None:
    """New instances use session metadata by default.

    Why: What nobody thinks of when an instance is started is right from the start, for every instance to come.
    Fix: Set the region's metadata defaults to HttpTokens required; where the profile asks for it, enforce them as well.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    options = instance_defaults.metadata_options
    asks_for_tokens = options.session_tokens == "required" and (options.enforced == "enabled" or not require_enforced)
    assert asks_for_tokens, (
        f"starts instances in {instance_defaults.region} with HttpTokens {options.session_tokens or 'unset'}"
        f" and enforcement {options.enforced or 'unset'}, unless more is said"
    )


@control(severity="medium")
def test_ec2_launch_template_imdsv2(launch_template: LaunchTemplate) -> None:
    """Launch templates ask for session metadata.

    Why: Instances come and go with their group: what their template leaves open, each new one leaves open again.
    Fix: Make a version of the template with HttpTokens required, make it the default version, and let Auto Scaling
        groups that name another one start by it.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-IMDS-new-instances.html
    """
    careless = [
        f"{options.session_tokens or 'unset'} in {name}"
        for name, options in launch_template.metadata_options.items()
        if not options.ask_for_sessions
    ]
    assert not careless, (
        f"starts instances that answer metadata calls without a session token: HttpTokens are {'; '.join(careless)}"
    )


@control(severity="medium")
def test_ec2_launch_template_no_public_ip(launch_template: LaunchTemplate) -> None:
    """Launch templates assign no public address.

    Why: A template that asks for a public address puts each instance of a group on the internet, in any subnet.
    Fix: Make a version whose network interfaces ask for no public address, make it the default version, and let Auto
        Scaling groups that name another one start by it.
    See: https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-25
    """
    asking = launch_template.versions_with_public_addresses
    assert not asking, f"asks for a public address in {'; '.join(asking)}"


@control(severity="high")
def test_ec2_no_public_ip(instance: Instance, facts: Facts) -> None:
    """Instances have no public address unless declared.

    Why: Whatever listens on an instance with a public address is one mistake in a security group away from everybody.
    Fix: Put the instance into a private subnet behind a load balancer. One that has to face the internet belongs among
        public_instances in facts.yaml, by its id.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/using-instance-addressing.html
    """
    if instance.is_terminated:
        not_applicable(TERMINATED)
    addresses = instance.public_addresses
    meant = not addresses or declared(facts.public_instances, instance.id)
    assert meant, f"has the public address {', '.join(addresses)}, and nobody declared it public"


@control(severity="medium")
def test_ec2_instance_role(instance: Instance, facts: Facts) -> None:
    """Instances use a role to call AWS.

    Why: Without a role, programs on an instance call AWS with access keys that lie in its files and never change.
    Fix: Attach an instance profile with a role of its own. An instance that calls nothing of AWS belongs among
        roleless_instances in facts.yaml, by its id.
    See: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2.html
    """
    if not instance.is_running:
        not_applicable(f"the instance is {instance.state}")
    meant = instance.profile is not None or declared(facts.roleless_instances, instance.id)
    assert meant, "runs without an instance profile, and nobody declared that it needs none"


@control(severity="high")
def test_ec2_internet_facing_covered(instance: Instance, facts: Facts) -> None:
    """Every internet-facing instance has its protection written down.

    Why: An instance that the internet reaches is attacked all day. What stands before it is forgotten unless somebody
        wrote it down, and looks at it again.
    Fix: Take the instance off the internet. One that has to face it belongs among public_instances in facts.yaml, by
        its id, with its protection: a firewall for web applications, detection of intruders, how it is hardened.
    See: https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
    """
    if instance.is_terminated:
        not_applicable(TERMINATED)
    faces = instance.internet_facing
    covered = not faces or any(entry.protection for entry in declared(facts.public_instances, instance.id))
    assert covered, f"faces the internet at {', '.join(faces)}, and nobody wrote down what protects it"

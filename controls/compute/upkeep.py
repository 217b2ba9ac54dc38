"""Upkeep of machines: somebody can reach each of them, and sees that it has its patches."""

from __future__ import annotations

from datetime import timedelta

from fixtures.ec2 import Instance
from fixtures.managed_nodes import ManagedNode
from muster import Facts, control, counted, declared, not_applicable


@control(severity="medium")
def test_ec2_managed(instance: Instance) -> None:
    """Instances are managed by Systems Manager.

    Why: Nobody knows what runs on a machine that reports to nobody, and nobody can mend it without a door left open.
    Fix: Run the SSM Agent on it, give its role AmazonSSMManagedInstanceCore, or turn on the default host management,
        and let it reach the endpoints of Systems Manager.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/managed_instances.html
    """
    if not instance.is_running:
        not_applicable(f"the instance is {instance.state}")
    assert instance.agent == "Online", f"does not report to Systems Manager: its agent is {instance.agent or 'unknown'}"


@control(severity="high")
def test_ec2_patched(managed_node: ManagedNode, max_report_age_days: int = 30) -> None:
    """Instances have their patches.

    Why: What is attacked first are the flaws whose patches are out, on machines that do not have them yet.
    Fix: Let Patch Manager scan and install by a patch policy, and look into what it could not install.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html
    """
    gaps = managed_node.patch_gaps(max_report_age_days)
    assert not gaps, f"is not known to have all of its patches: {', '.join(gaps)}"


@control(severity="medium")
def test_ec2_hardening_associated(managed_node: ManagedNode, facts: Facts) -> None:
    """Instances keep their hardening baseline applied.

    Why: A machine is hardened on its first day, and softens with every change that nobody takes back.
    Fix: Let State Manager apply the baseline time and again, look into what it could not apply, and name the
        associations among hardening_associations in facts.yaml.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/systems-manager-state.html
    """
    named = facts.hardening_associations
    gaps = managed_node.unhardened(named) if named else ["nobody declared which associations harden it"]
    assert not gaps, f"is not known to keep its baseline: {', '.join(gaps)}"


@control(severity="medium")
def test_ec2_image_approved(instance: Instance, facts: Facts) -> None:
    """Instances run approved images.

    Why: An image of a stranger brings whatever he left in it, and one that is deprecated brings flaws that are known.
    Fix: Build the instance anew from a current image of ours or of Amazon. Another owner of images belongs among
        image_owners in facts.yaml, by its account id.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-allowed-amis.html
    """
    if not instance.is_running:
        not_applicable(f"the instance is {instance.state}")
    image = instance.image
    ours = image.is_of_amazon or image.owner == instance.account.id or declared(facts.image_owners, image.owner)
    flaws = [] if ours else [f"is of {image.alias or image.owner}, which nobody declared"]
    flaws += [f"is deprecated since {image.deprecated:%Y-%m-%d}"] if instance.has_deprecated_image else []
    assert not flaws, f"runs {image.id}, which {' and '.join(flaws)}"


@control(severity="low")
def test_ec2_instance_age(instance: Instance, max_age_days: int = 180) -> None:
    """Instances are rebuilt regularly.

    Why: On a machine that is never made anew, what was changed by hand stays, and so does an intruder.
    Fix: Build instances anew from a current image, by a group that replaces them after a time.
    See: https://docs.aws.amazon.com/autoscaling/ec2/userguide/asg-max-instance-lifetime.html
    """
    if not instance.is_running:
        not_applicable(f"the instance is {instance.state}")
    age = instance.age_of(instance.made)
    assert age <= timedelta(max_age_days), f"was made on {instance.made:%Y-%m-%d}, {counted(age.days, 'day')} ago"

"""Upkeep of machines: somebody can reach each of them, and sees that it has its patches."""

from __future__ import annotations

from fixtures.ec2 import Instance
from fixtures.managed_nodes import ManagedNode
from muster import control, not_applicable


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
def test_ec2_patched(managed_node: ManagedNode) -> None:
    """Instances have their patches.

    Why: What is attacked first are the flaws whose patches are out, on machines that do not have them yet.
    Fix: Let Patch Manager scan and install by a patch policy, and look into what it could not install.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/patch-manager-compliance-states.html
    """
    states = managed_node.patch_states
    patched = bool(states) and all(state == "COMPLIANT" for state in states)
    assert patched, f"has not all of its patches: it is {', '.join(states) or 'one that never reported on them'}"

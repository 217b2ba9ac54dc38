"""EC2 key pairs: the keys to machines are few, known, and not old."""

from __future__ import annotations

from fixtures.ec2 import Instance, KeyPair
from muster import control, not_applicable


@control(severity="medium")
def test_ec2_key_pair_age(key_pair: KeyPair, max_key_pair_age_days: int = 365) -> None:
    """EC2 key pairs are rotated.

    Why: A private key is copied from computer to computer, and opens every instance of its pair until it is replaced.
    Fix: Make a new key pair, replace the key inside the instances, and delete the old pair; or use Session Manager,
        which needs no keys.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/replacing-key-pair.html
    """
    assert key_pair.is_younger_than(max_key_pair_age_days), f"is of {key_pair.created:%Y-%m-%d}"


@control(severity="low")
def test_ec2_key_pair_used(key_pair: KeyPair) -> None:
    """EC2 key pairs nobody uses are removed.

    Why: A key pair that lies about is picked for the next instance, by people who do not know who else has its key.
    Fix: Delete the key pair; that takes no key from any instance.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/delete-key-pair.html
    """
    assert key_pair.is_used, f"is used by no instance, launch template or launch configuration: {key_pair.name}"


@control(severity="medium")
def test_ec2_instance_key_current(
    instance: Instance, max_key_pair_age_days: int = 365, rekey_tag: str = "ssh-key-rotated"
) -> None:
    """Running instances accept only current keys.

    Why: An instance keeps the key that it was started with, also when the key pair is deleted, or made anew.
    Fix: Replace the key inside the instance, and write the day (2026-11-01) into its tag ssh-key-rotated, or the one
        that the profile names; or start the instance anew without a key, and use Session Manager.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/replacing-key-pair.html
    """
    if not instance.is_running:
        not_applicable(f"the instance is {instance.state}")
    old_key = instance.old_key(max_key_pair_age_days, rekey_tag)
    assert old_key is None, f"accepts a key that is not current: {old_key}"

"""Machine images: nobody from outside starts, and reads, what we have built."""

from __future__ import annotations

from fixtures.images import Image, ImageSharing
from fixtures.shared_copies import DiskCopy
from muster import Facts, control, declared


@control(severity="critical")
def test_ec2_image_not_public(image: Image) -> None:
    """No image of ours is public.

    Why: Anyone can start a public image, and finds the software, the settings and the secrets that were baked into it.
    Fix: Make the image private, share it with named accounts, and change what was secret in it.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-intro.html
    """
    assert not image.is_public, "may be started by anyone: its launch permission is public"


@control(severity="medium")
def test_ec2_image_public_sharing_blocked(image_sharing: ImageSharing) -> None:
    """Images cannot be made public.

    Why: An image is public after one call, by mistake as well; with public sharing blocked, that call is refused.
    Fix: Block public access for images in the region.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/block-public-access-to-amis.html
    """
    assert image_sharing.state == "block-new-sharing", (
        f"lets images in {image_sharing.region} be made public: the state is {image_sharing.state}"
    )


@control(severity="medium")
def test_ec2_image_shared_declared(disk_copy: DiskCopy, facts: Facts) -> None:
    """Images and snapshots are shared only with declared accounts.

    Why: Whoever may use an image or a snapshot makes our disk in his own account, where we see nothing of it.
    Fix: Take the permission away. An account of ours belongs into accounts.yaml, one of a third party among
        trusted_accounts in facts.yaml, by its id.
    See: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/sharingamis-explicit.html
    """
    outsiders = disk_copy.outsiders(facts.accounts, facts.organization_id)
    strangers = [each for each in outsiders if not declared(facts.trusted_accounts, each)]
    assert not strangers, f"is shared with {', '.join(strangers)}, and nobody declared that"

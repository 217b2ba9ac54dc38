"""Image repositories: images are scanned, stay what they were, and are not given to strangers."""

from __future__ import annotations

from fixtures.ecr import ImageRepository
from muster import control, not_applicable


@control(severity="medium")
def test_ecr_scan_on_push(image_repository: ImageRepository) -> None:
    """Images are scanned.

    Why: Most of an image is other people's software; a scan at the push finds its known weaknesses before it runs.
    Fix: Add a scan rule to the registry whose filter fits the repository, `*` for all of them.
    See: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """
    assert image_repository.is_scanned, (
        f"is not scanned: no rule of the registry ({image_repository.registry_scanning.type} scanning) fits its name,"
        " and it has no setting of its own that counts"
    )


@control(severity="medium")
def test_ecr_tags_immutable(image_repository: ImageRepository, movable_tags: tuple[str, ...] = ("latest",)) -> None:
    """Image tags cannot be moved.

    Why: If a tag can be moved, what was tested under it and what runs under it may be two images.
    Fix: Set the repository's tags to immutable, excluding at most those that the profile names in movable_tags, and
        deploy by other tags.
    See: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
    """
    excluded = ", ".join(image_repository.excluded_tags)
    assert image_repository.keeps_tags(movable_tags), (
        f"lets tags be moved: its setting is {image_repository.tag_mutability}"
        f"{f', with the exclusions {excluded}' if excluded else ''}"
    )


@control(severity="critical")
def test_ecr_not_public(image_repository: ImageRepository) -> None:
    """No image repository is open to anyone.

    Why: Images hold our code and configuration; an open policy hands them out, or lets strangers put in their own.
    Fix: Name the accounts or the organization that need the repository in its policy and in the registry's, or add a
        condition that does.
    See: https://docs.aws.amazon.com/AmazonECR/latest/userguide/repository-policies.html
    """
    ways_in = image_repository.ways_in
    assert not ways_in, f"lets anyone in: {', '.join(ways_in)}"


@control(severity="high")
def test_ecr_images_clean(
    image_repository: ImageRepository, min_severity: str = "CRITICAL", max_open_days: int = 14
) -> None:
    """Deployed images have no serious known vulnerability.

    Why: Containers are started again and again from the newest image, or from the one that a service has been left at,
        with every flaw that it had when it was built.
    Fix: Build the image anew from a base and packages in which the flaw is mended, and let services go by that.
    See: https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning.html
    """
    if image_repository.newest is None:
        not_applicable("it holds no image")
    flaws = image_repository.flaws(min_severity, max_open_days)
    assert not flaws, f"holds images that are deployed and not clean: {', '.join(flaws)}"

"""Releases on GitHub: what people take from them is what we made, and stays so."""

from __future__ import annotations

from fixtures.github_releases import GithubReleases
from muster import control, not_applicable


@control(severity="medium")
def test_gh_releases_immutable(github_releases: GithubReleases) -> None:
    """Published releases cannot be changed.

    Why: Whoever gets hold of one token can put other files under a version that everybody trusts already.
    Fix: Enable release immutability in the settings of the repository, or for all repositories of the organization; it
        holds for releases that are published from then on.
    See: https://docs.github.com/en/code-security/how-tos/secure-your-supply-chain/establish-provenance-and-integrity/preventing-changes-to-your-releases
    """
    not_applicable(github_releases.why_none_is_published)
    assert github_releases.are_immutable, "lets releases be changed after they were published: immutability is off"


@control(severity="medium")
def test_gh_releases_signed(
    github_releases: GithubReleases,
    signature_endings: tuple[str, ...] = (".asc", ".sig", ".minisig", ".sigstore", ".sigstore.json", ".intoto.jsonl"),
    manifest_names: tuple[str, ...] = ("*SHA256SUMS*", "*SHA512SUMS*", "*checksums*"),
) -> None:
    """Release files can be proven to be ours.

    Why: Who takes a file from a mirror, or from a release that somebody has changed, cannot tell it from ours.
    Fix: Attest what is built in the workflow that releases it (actions/attest-build-provenance), or publish a signature
        beside each file, or one of a list of their checksums.
    See: https://docs.github.com/en/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations
    """
    not_applicable(github_releases.why_nothing_is_offered)
    unproven = github_releases.unproven(signature_endings, manifest_names)
    assert unproven is None, f"offers {unproven} in its newest release with neither signature nor attestation"


@control(severity="low")
def test_gh_releases_sbom(
    github_releases: GithubReleases,
    sbom_names: tuple[str, ...] = ("*.spdx", "*.spdx.json", "*.cdx.json", "*.cdx.xml", "*sbom*", "bom.json"),
) -> None:
    """Releases come with a bill of materials.

    Why: When a flaw is found in a library, nobody who runs a release can tell whether it is in there.
    Fix: Publish a bill of materials in SPDX or CycloneDX with the release, or attest one (actions/attest-sbom).
    See: https://docs.github.com/en/actions/how-tos/secure-your-work/use-artifact-attestations/use-artifact-attestations#generating-an-attestation-for-a-software-bill-of-materials-sbom
    """
    not_applicable(github_releases.why_nothing_is_offered)
    has_bill = github_releases.has_bill_of_materials(sbom_names)
    assert has_bill, "has a newest release without a bill of materials, as a file or as an attestation"

"""What we release: statements on projects, builds, dependencies and artifacts."""

from __future__ import annotations

from fixtures.attestations import Attestation
from muster import control


@control(severity="medium")
def test_attest_project_documents(attestation: Attestation, max_age_days: int = 365) -> None:
    """Our open projects are documented.

    Why: Whoever depends on a project must be able to find out how it is used and verified, who decides, how flaws are
        told, and when support ends.
    Fix: Write for each project its documents for users, contributors and those who must trust it, hold them against
        the last release, and attest it.
    See: https://docs.github.com/en/communities/setting-up-your-project-for-healthy-contributions
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="high")
def test_attest_build_environment(attestation: Attestation, max_age_days: int = 180) -> None:
    """Our build environment is run as production.

    Why: Whoever reaches the machine that builds can put into every release whatever they like, under our name.
    Fix: Build from versioned definitions in environments that are made anew, kept apart, scanned, watched and logged,
        reachable only by those who need them, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_appsec_regularly_assess_security_properties_of_pipelines.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_dependency_policy(attestation: Attestation, max_age_days: int = 365) -> None:
    """Which dependencies we take is decided.

    Why: Most of what we ship was written by others; each package that is taken without a look brings its flaws, its
        licence and its authors with it.
    Fix: Decide which registries, licences and ages are taken, how flaws are judged and by when they are mended, and
        what suppliers must show; record what deviates, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_appsec_centralize_services_for_packages_and_dependencies.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap


@control(severity="medium")
def test_attest_artifact_handling(attestation: Attestation, max_age_days: int = 365) -> None:
    """What we ship is kept and deployed with care.

    Why: Between the build and the running service an artifact can be exchanged, and a deployment by hand can be
        anything.
    Fix: Sign artifacts and check them on deployment, keep registries to few known administrators, review, pin and scan
        what configures deployments, run them automatically, and attest it.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_appsec_deploy_software_programmatically.html
    """
    gap = attestation.gap(max_age_days)
    assert gap is None, gap

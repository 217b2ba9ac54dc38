"""Files in repositories on GitHub: what is there can be read, and what comes from others is taken with care."""

from __future__ import annotations

from fixtures.github_files import GithubTree
from fixtures.github_update_robots import GithubUpdateRobots
from fixtures.shown import some_of
from muster import control, not_applicable


@control(severity="low")
def test_gh_no_binaries(
    github_tree: GithubTree,
    binary_endings: tuple[str, ...] = (
        *(".exe", ".dll", ".so", ".dylib", ".jar", ".war", ".class", ".pyc", ".wasm", ".o", ".a"),
        *(".msi", ".apk", ".deb", ".rpm"),
    ),
    exempt_paths: tuple[str, ...] = ("gradle/wrapper/gradle-wrapper.jar",),
) -> None:
    """Repositories hold no programs that nobody can read.

    Why: A program that was built elsewhere passes every review unread, and does whatever its maker wanted.
    Fix: Remove the files named, build them from source where they are needed, or take them from a registry by version
        and checksum.
    See: https://docs.github.com/en/packages/learn-github-packages/introduction-to-github-packages
    """
    not_applicable(github_tree.why_nothing_is_there)
    programs = github_tree.ending_in(binary_endings, exempt_paths)
    assert not programs, f"holds programs: {some_of(programs)}"


@control(severity="medium")
def test_gh_dependency_updates(
    github_update_robots: GithubUpdateRobots,
    min_cooldown_days: int = 7,
    trust_presets: bool = True,
    renovate_files: tuple[str, ...] = (
        *("renovate.json", "renovate.json5", ".github/renovate.json", ".github/renovate.json5"),
        *(".renovaterc", ".renovaterc.json"),
    ),
) -> None:
    """Dependencies are updated by a robot, with care.

    Why: What nobody updates keeps flaws that are long mended; what is updated within the hour brings in releases that
        somebody has poisoned, most of which are found within days.
    Fix: Add .github/dependabot.yml with a cooldown of default-days in each entry, or let Renovate wait with
        minimumReleaseAge; forbid Dependabot to run code of dependencies. Fixes of known flaws wait for neither.
    See: https://docs.github.com/en/code-security/dependabot/working-with-dependabot/dependabot-options-reference
    """
    not_applicable(github_update_robots.why_nothing_is_updated)
    gap = github_update_robots.gap(renovate_files, min_cooldown_days, trusts_presets=trust_presets)
    assert gap is None, gap

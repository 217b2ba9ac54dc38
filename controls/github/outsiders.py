"""Who and what reaches code on GitHub beside the members, and who runs a repository."""

from __future__ import annotations

from fixtures.github_apps import GithubApps
from fixtures.github_collaborators import GithubOutsiders, GithubRepositoryAdmins
from fixtures.github_webhooks import GithubWebhooks
from muster import Facts, control, declared, not_applicable


@control(severity="high")
def test_gh_outside_collaborators_declared(
    github_outsiders: GithubOutsiders, facts: Facts, max_permission: str = "push"
) -> None:
    """Outside collaborators are known.

    Why: Somebody from outside is let in for one job, and stays when it is done; nobody here sees them come or go.
    Fix: Remove those that nobody needs. The others belong among outside_collaborators in facts.yaml, with who answers
        for them and until when; one who needs more than others with permission, too.
    See: https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-outside-collaborators/adding-outside-collaborators-to-repositories-in-your-organization
    """
    entries = {login: declared(facts.outside_collaborators, login) for login in github_outsiders.logins}
    limits = {login: [each.permission or max_permission for each in known] for login, known in entries.items()}
    gaps = github_outsiders.gaps(limits)
    assert not gaps, "; ".join(gaps)


@control(severity="medium")
def test_gh_repo_admins_bounded(
    github_repository_admins: GithubRepositoryAdmins, facts: Facts, min_admins: int = 2, max_admins: int = 5
) -> None:
    """Repositories have few administrators, and more than one.

    Why: Whoever administers a repository can take away all that guards it, and the repository, too. One alone who
        leaves takes it along.
    Fix: Give administrators who only write the role write or maintain. One from outside who has to administer belongs
        among outside_collaborators in facts.yaml, with the permission admin.
    See: https://docs.github.com/en/organizations/managing-user-access-to-your-organizations-repositories/managing-repository-roles/repository-roles-for-an-organization
    """
    not_applicable(github_repository_admins.why_not_judged)
    gaps = github_repository_admins.count_gaps(min_admins, max_admins)
    entries = {login: declared(facts.outside_collaborators, login) for login in github_repository_admins.from_outside}
    strangers = [login for login, known in entries.items() if "admin" not in [each.permission for each in known]]
    gaps += [f"is administered by {login} from outside, whom nobody has declared for that" for login in strangers]
    assert not gaps, "; ".join(gaps)


@control(severity="high")
def test_gh_apps_declared(github_apps: GithubApps, facts: Facts) -> None:
    """Installed apps are known and bounded.

    Why: An app acts by itself, day and night, with rights that somebody once clicked through; who takes over its maker
        has them, too.
    Fix: Remove apps that nobody needs, and take back what was not agreed. The others belong among declared_apps in
        facts.yaml, with what they may write, and whether on all repositories.
    See: https://docs.github.com/en/apps/using-github-apps/reviewing-and-modifying-installed-github-apps
    """
    entries = [(each, declared(facts.declared_apps, each.slug)) for each in github_apps.installations]
    gaps = [gap for each, agreed in entries for gap in each.gaps(agreed)]
    assert not gaps, "; ".join(gaps)


@control(severity="medium")
def test_gh_webhooks_secured(github_webhooks: GithubWebhooks) -> None:
    """Webhooks use TLS and a secret.

    Why: A hook tells what happens in the code. Sent in clear it is read on the way; without a secret anybody can send
        the other side an event that never was, and start a release by it.
    Fix: Give each hook that is named an https address, check its certificate, and set a secret that the other side
        checks.
    See: https://docs.github.com/en/webhooks/using-webhooks/best-practices-for-using-webhooks
    """
    gaps = [gap for each in github_webhooks.active for gap in each.gaps]
    assert not gaps, "; ".join(gaps)

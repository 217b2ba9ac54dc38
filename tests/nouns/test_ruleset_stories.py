"""Five stories of rule sets, of which other tools tell half: what Muster makes of each.

Each is an organization of the sandbox's GitHub, asked over loopback as a nightly run asks. What GitHub does with rules:
https://docs.github.com/en/repositories/configuring-branches-and-merges-in-your-repository/managing-rulesets/about-rulesets
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from fixtures.sandbox import serve
from fixtures.sandbox.github_branches import CLASSIC, RULES
from fixtures.sandbox.hub import server
from fixtures.sandbox.hub.rule_sets import HubRuleSet, HubRuleSuite, RuleSets
from fixtures.sandbox.hub.state import Branch, ClassicProtection, Hub, HubOrganization, HubRepository
from muster import Facts
from muster.judging.account import Account
from muster.judging.judgement import Finding, judge_control
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Reads
from muster.reading.redaction import Redactor
from muster.reading.sessions.counts import Counts
from muster.reading.sessions.github import GitHubTransport
from tests.conftest import CONTROLS
from tests.excuses import excuse

NOW = datetime(2026, 11, 23, tzinfo=UTC)
HUB = Hub()
ADMINS = {"actor_id": 5, "actor_type": "RepositoryRole", "bypass_mode": "always"}
ONE_APPROVAL = {**RULES["pull_request"], "required_approving_review_count": 1}
Judge = Callable[..., Finding]


@pytest.fixture(scope="module")
def endpoint() -> str:
    return serve.serve(server.application(HUB))


@pytest.fixture
def shop() -> HubRepository:
    """The only repository of its organization, which nothing protects yet."""
    organization = HUB.add(HubOrganization("acme", "Acme", two_factor_required=True, plan="enterprise"))
    organization.repositories = [HubRepository("shop")]
    return organization.repositories[0]


@pytest.fixture
def judged(endpoint: str) -> Judge:
    """What a control finds in the repository."""

    def judge(control: str, **facts: Any) -> Finding:
        transport = GitHubTransport("token", Counts(), endpoint_url=endpoint)
        reads = Reads("code", transport, MemoryArchive(), Redactor(b"tests"))
        account = Account("code", "acme", "github", "https://github.com/acme", (), "global", NOW, reads)
        of = CONTROLS[control]
        (finding,) = judge_control(of, account, of.parameters, Facts.model_validate(facts), threads=1)
        return finding

    return judge


def organizations(*sets: HubRuleSet, **settings: Any) -> None:
    """Give the organization these rule sets."""
    HUB.organizations["acme"].parts[RuleSets] = RuleSets(sets=list(sets), **settings)


def own(repository: HubRepository, *sets: HubRuleSet, **settings: Any) -> None:
    """Give the repository these rule sets of its own."""
    repository.parts[RuleSets] = RuleSets(sets=list(sets), **settings)


class TestARuleSetWithBypassActors:
    """Its rules hold for all but those on its bypass list. A tool that looks at rules alone calls that protected."""

    def test_the_rules_are_there(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules=RULES, free=[ADMINS]))

        assert judged("gh-branch-reviews").status == "pass"

    def test_and_administrators_are_not_bound_by_them(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules=RULES, free=[ADMINS]))

        found = judged("gh-branch-admins-bound")
        assert (found.status, found.reason) == ("fail", "lets go free of its rules: RepositoryRole admin")

    def test_unless_somebody_declares_why(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules=RULES, free=[ADMINS]))

        found = judged("gh-branch-admins-bound", rule_bypassers=[excuse(name="RepositoryRole admin")])
        assert found.status == "pass"

    @pytest.mark.parametrize("mode", ["always", "exempt", "pull_request"])
    def test_in_whatever_way_they_are_free(self, shop: HubRepository, judged: Judge, mode: str) -> None:
        """On pull requests only, they have to open one; nobody has to approve it."""
        own(shop, HubRuleSet(name="main", rules=RULES, free=[{**ADMINS, "bypass_mode": mode}]))

        assert judged("gh-branch-admins-bound").status == "fail"

    def test_the_list_is_hidden_from_a_token_that_only_reads(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules=RULES, free=[ADMINS]), token_may_write=False)

        found = judged("gh-branch-admins-bound")
        assert found.status == "error"
        assert "who may go round the rule set main is not shown to this token" in found.reason

    def test_what_was_done_by_it_is_not(self, shop: HubRepository, judged: Judge) -> None:
        own(
            shop,
            HubRuleSet(name="main", rules=RULES, free=[ADMINS]),
            suites=[HubRuleSuite("olga")],
            token_may_write=False,
        )

        found = judged("gh-rules-not-bypassed")
        assert (found.status, found.reason) == ("fail", "had its rules for main gone round this month by olga")

    def test_a_hidden_list_frees_nobody_of_what_another_source_demands(
        self, shop: HubRepository, judged: Judge
    ) -> None:
        rules = {"pull_request": RULES["pull_request"], "deletion": {}, "non_fast_forward": {}}
        own(shop, HubRuleSet(name="main", rules=rules), token_may_write=False)
        organizations(HubRuleSet(name="everywhere", rules=rules))

        assert judged("gh-branch-admins-bound").status == "pass"


class TestARuleSetOfTheOrganization:
    """It holds for repositories that have no rule of their own. A tool that asks repositories finds them bare."""

    def test_it_protects_a_repository_without_any(self, shop: HubRepository, judged: Judge) -> None:
        organizations(HubRuleSet(name="everywhere", rules=RULES))

        for control in ("gh-branch-protected", "gh-branch-reviews", "gh-branch-no-force-push"):
            assert judged(control).status == "pass"

    def test_but_not_one_that_it_spares(self, shop: HubRepository, judged: Judge) -> None:
        organizations(HubRuleSet(name="everywhere", rules=RULES, but_for=["shop"]))

        assert judged("gh-branch-protected").status == "fail"

    def test_a_weaker_one_of_the_repository_takes_nothing_away(self, shop: HubRepository, judged: Judge) -> None:
        organizations(HubRuleSet(name="everywhere", rules=RULES))
        own(shop, HubRuleSet(name="ours", rules={"pull_request": ONE_APPROVAL}))

        assert judged("gh-branch-reviews").status == "pass"

    def test_whom_its_own_rule_set_frees_the_organizations_still_binds(
        self, shop: HubRepository, judged: Judge
    ) -> None:
        organizations(HubRuleSet(name="everywhere", rules=RULES))
        own(shop, HubRuleSet(name="ours", rules={"pull_request": ONE_APPROVAL}, free=[ADMINS]))

        assert judged("gh-branch-admins-bound").status == "pass"

    def test_who_is_free_of_both_is_free(self, shop: HubRepository, judged: Judge) -> None:
        owners = {"actor_id": None, "actor_type": "OrganizationAdmin", "bypass_mode": "always"}
        rules = {"pull_request": RULES["pull_request"]}
        organizations(HubRuleSet(name="everywhere", rules=rules, free=[owners]))
        own(shop, HubRuleSet(name="ours", rules=rules, free=[ADMINS]))

        found = judged("gh-branch-admins-bound")
        assert "whoever is OrganizationAdmin and RepositoryRole admin at once" in found.reason


class TestARuleSetInEvaluateMode:
    """It is tried out: GitHub notes what it would have refused, and refuses nothing."""

    @pytest.mark.parametrize("enforcement", ["evaluate", "disabled"])
    def test_it_protects_nothing(self, shop: HubRepository, judged: Judge, enforcement: Any) -> None:
        own(shop, HubRuleSet(name="to come", rules=RULES, enforcement=enforcement))

        found = judged("gh-branch-protected")
        assert (found.status, found.reason) == (
            "fail",
            "lets main be changed without a pull request: nothing protects it",
        )

    def test_nobody_is_bound_by_it(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="to come", rules=RULES, enforcement="evaluate"))

        assert judged("gh-branch-admins-bound").status == "not_applicable"

    def test_it_makes_no_rule_in_force_weaker(self, shop: HubRepository, judged: Judge) -> None:
        weak = HubRuleSet(name="to come", rules={"pull_request": ONE_APPROVAL}, enforcement="evaluate", free=[ADMINS])
        own(shop, HubRuleSet(name="main", rules=RULES), weak)

        assert judged("gh-branch-reviews").status == "pass"
        assert judged("gh-branch-admins-bound").status == "pass"


class TestClassicProtectionUnderAWeakerRuleSet:
    """Both apply, and the strictest of each holds. A tool that takes rule sets first, and classic protection only where
    there are none, sees the weaker half.
    """

    def test_the_stricter_number_of_approvals_holds(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules={"pull_request": ONE_APPROVAL}))
        shop.branch().protection = CLASSIC

        assert judged("gh-branch-reviews").status == "pass"

    def test_what_only_one_of_them_demands_holds(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules={"deletion": {}}))
        shop.branch().protection = ClassicProtection(approvals=2, allow_deletions=True)

        assert judged("gh-branch-no-force-push").status == "pass"

    def test_two_halves_of_a_number_are_no_whole(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules={"pull_request": ONE_APPROVAL}))
        shop.branch().protection = ClassicProtection(approvals=1)

        found = judged("gh-branch-reviews")
        assert found.status == "fail"
        assert found.reason.startswith("asks for 1 of 2 approvals before main is changed")

    def test_administrators_are_bound_by_the_weaker_half_alone(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules={"pull_request": ONE_APPROVAL}))
        shop.branch().protection = ClassicProtection(approvals=2, enforce_admins=False)

        assert judged("gh-branch-admins-bound").reason == "lets go free of its rules: RepositoryRole admin"

    def test_or_by_all_of_it_where_the_rule_set_demands_as_much(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules=RULES))
        shop.branch().protection = ClassicProtection(approvals=1, dismissers=None, enforce_admins=False)

        assert judged("gh-branch-admins-bound").status == "pass"


class TestADefaultBranchRenamed:
    """`main` is `trunk` now. What names the default branch follows it; what names `main` does not."""

    @pytest.fixture(autouse=True)
    def renamed(self, shop: HubRepository) -> None:
        shop.default_branch = "trunk"
        shop.branches = {"trunk": Branch("trunk"), "main": Branch("main")}

    def test_a_rule_set_for_the_default_branch_follows(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="default", rules=RULES, include=["~DEFAULT_BRANCH"]))

        assert judged("gh-branch-protected").status == "pass"

    def test_a_rule_set_for_main_stays_behind(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="main", rules=RULES, include=["refs/heads/main"]))

        found = judged("gh-branch-protected")
        assert found.reason == "lets trunk be changed without a pull request: nothing protects it"

    def test_and_so_does_one_that_excludes_the_new_name(self, shop: HubRepository, judged: Judge) -> None:
        own(shop, HubRuleSet(name="all", rules=RULES, include=["~ALL"], exclude=["refs/heads/tr*"]))

        assert judged("gh-branch-protected").status == "fail"

    def test_classic_protection_of_the_old_name_protects_the_old_branch(
        self, shop: HubRepository, judged: Judge
    ) -> None:
        shop.branch("main").protection = CLASSIC

        assert judged("gh-branch-protected").status == "fail"

    def test_classic_protection_that_was_renamed_with_it_holds(self, shop: HubRepository, judged: Judge) -> None:
        shop.branch("trunk").protection = CLASSIC

        assert judged("gh-branch-protected").status == "pass"

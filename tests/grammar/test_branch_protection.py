"""Protection of branches: sources are added up, the strictest of each holds, and nobody is freed by one source of what
another demands."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.branch_protection import Actor, Demands, Free, Mode, Protection, Source, strictest

NAMES = st.frozensets(
    st.sampled_from(("pull_request", "deletion", "non_fast_forward", "update", "required_signatures"))
)
THINGS = st.frozensets(st.sampled_from("abc"), max_size=3)
DEMANDS = st.builds(
    Demands,
    rules=NAMES,
    approvals=st.integers(0, 10),
    checks=THINGS,
    workflows=THINGS,
    scans=THINGS,
    pushers=st.none() | THINGS,
    dismissers=st.none() | THINGS,
)
OWNERS = Actor("OrganizationAdmin")
ADMINS = Actor("RepositoryRole", "5")
TEAM = Actor("Team", "7")
OLGA = Actor("User", "1")
IVAN = Actor("User", "2")
BOT = Actor("Integration", "15368")
KEY = Actor("DeployKey")
ACTORS = st.sampled_from((OWNERS, ADMINS, TEAM, OLGA, IVAN, BOT, KEY))
FREE = st.frozensets(st.builds(Free, ACTORS, st.sampled_from(("always", "pull_request", "exempt"))), max_size=4)
SOURCES = st.builds(Source, st.just("a source"), DEMANDS, free=FREE, hides_free=st.booleans())


@given(st.lists(SOURCES, max_size=4), SOURCES)
def test_another_source_weakens_nothing(sources: list[Source], another: Source) -> None:
    assert Protection([*sources, another]).demands.covers(Protection(sources).demands)


@given(st.lists(SOURCES, max_size=4), SOURCES, st.sets(ACTORS))
def test_another_source_frees_nobody(sources: list[Source], another: Source, actors: set[Actor]) -> None:
    before = strictest(source.left_for(actors) for source in sources)

    assert strictest(source.left_for(actors) for source in [*sources, another]).covers(before)


@given(st.lists(SOURCES, max_size=4).flatmap(lambda some: st.tuples(st.just(some), st.permutations(some))))
def test_sources_have_no_order(orders: tuple[list[Source], list[Source]]) -> None:
    one, other = (Protection(order) for order in orders)

    assert one.demands == other.demands
    assert one.free() == other.free()
    assert bool(one.hidden()) == bool(other.hidden())


@given(DEMANDS, DEMANDS, DEMANDS)
def test_demands_are_added_up_in_any_way(one: Demands, two: Demands, three: Demands) -> None:
    assert one | one == one
    assert one | two == two | one
    assert (one | two) | three == one | (two | three)
    assert one | Demands() == one


@given(SOURCES, st.sets(ACTORS), st.sets(ACTORS))
def test_whoever_is_more_is_bound_by_no_more(source: Source, actors: set[Actor], more: set[Actor]) -> None:
    assert source.left_for(actors).covers(source.left_for(actors | more))


@given(st.lists(SOURCES, max_size=4), ACTORS)
def test_whom_no_source_frees_is_bound_by_all(sources: list[Source], actor: Actor) -> None:
    bound = [replace(source, free=frozenset(each for each in source.free if each.actor != actor)) for source in sources]

    assert str(actor) not in Protection(bound).free()


def rules(*names: str, free: Any = (), hides: bool = False, **more: Any) -> Source:
    named = frozenset(Free(each) if isinstance(each, Actor) else each for each in free)
    return Source("a rule set", Demands(rules=frozenset(names), **more), free=named, hides_free=hides)


def on(mode: Mode, actor: Actor = ADMINS) -> Free:
    return Free(actor, mode)


def test_the_example_of_githubs_documentation() -> None:
    """A branch with a rule set of the repository, one of the organization, and classic protection beside them."""
    repository = rules("required_signatures", "pull_request", approvals=3)
    classic = rules("required_linear_history", "pull_request", approvals=2)
    organization = rules("non_fast_forward", "pull_request", approvals=1)

    assert Protection([repository, classic, organization]).demands == Demands(
        rules=frozenset({"required_signatures", "required_linear_history", "non_fast_forward", "pull_request"}),
        approvals=3,
    )


@pytest.mark.parametrize(
    ("sources", "free"),
    [
        pytest.param([rules("pull_request")], [], id="nobody"),
        pytest.param([rules("pull_request", free=[ADMINS])], ["RepositoryRole 5"], id="somebody"),
        pytest.param([rules("pull_request", free=[on("exempt")])], ["RepositoryRole 5"], id="exempt leaves no trace"),
        pytest.param(
            [rules("pull_request", approvals=1, free=[on("pull_request")])],
            ["RepositoryRole 5"],
            id="on pull requests, without an approval",
        ),
        pytest.param(
            [rules("pull_request", "deletion", free=[on("pull_request")])], [], id="on pull requests, which are asked"
        ),
        pytest.param([rules("update", free=[TEAM])], [], id="whoever may push, where others may not"),
        pytest.param([rules("update", "deletion", free=[TEAM])], ["Team 7"], id="and who may delete besides"),
        pytest.param(
            [rules("pull_request", free=[ADMINS]), rules("pull_request")], [], id="bound by another source all the same"
        ),
        pytest.param(
            [rules("pull_request", approvals=2, free=[ADMINS]), rules("pull_request", approvals=1)],
            ["RepositoryRole 5"],
            id="another source that asks less",
        ),
        pytest.param(
            [rules("pull_request", free=[ADMINS]), rules("pull_request", free=[TEAM])],
            ["whoever is RepositoryRole 5 and Team 7 at once"],
            id="two lists, on which one person may be",
        ),
        pytest.param(
            [rules("pull_request", free=[OLGA]), rules("pull_request", free=[IVAN])],
            [],
            id="two persons, one list each",
        ),
        pytest.param(
            [rules("pull_request", free=[OLGA]), rules("pull_request", free=[TEAM])],
            ["whoever is Team 7 and User 1 at once"],
            id="a person who may be in the team",
        ),
        pytest.param(
            [rules("pull_request", free=[BOT]), rules("pull_request", free=[TEAM])], [], id="an app is in no team"
        ),
        pytest.param([rules("pull_request", free=[KEY])], ["DeployKey"], id="deploy keys"),
    ],
)
def test_who_is_free_of_what_binds_others(sources: list[Source], free: list[str]) -> None:
    assert Protection(sources).free() == free


@pytest.mark.parametrize(
    ("sources", "is_open"),
    [
        pytest.param([rules("pull_request")], False, id="a list that is shown"),
        pytest.param([rules("pull_request", hides=True)], True, id="a hidden list"),
        pytest.param([rules("pull_request", hides=True), rules("pull_request")], False, id="bound by another source"),
        pytest.param([rules("pull_request", hides=True)] * 2, True, id="two hidden lists"),
        pytest.param([rules("update", hides=True)], False, id="a list of who may push"),
        pytest.param(
            [rules("pull_request", hides=True), rules("pull_request", free=[BOT])], True, id="free of the other"
        ),
    ],
)
def test_a_hidden_list_leaves_open_who_is_free(sources: list[Source], is_open: bool) -> None:
    assert bool(Protection(sources).hidden()) is is_open


def test_whom_the_organization_declares_is_not_missed() -> None:
    protection = Protection([rules("pull_request", free=[BOT, TEAM])])

    assert protection.free([BOT]) == ["Team 7"]
    assert protection.free([BOT, TEAM]) == []


def test_what_a_source_does_not_tell_is_open_unless_another_demands_it() -> None:
    mute = Source("a mute one", Demands(rules=frozenset({"pull_request"})), untold=frozenset({"approvals"}))

    assert Protection([mute, rules("pull_request", approvals=2)]).holds(two_approvals, ["approvals"])
    assert not Protection([rules("pull_request", approvals=1)]).holds(two_approvals, ["approvals"])
    with pytest.raises(LookupError, match="a mute one does not say whether it demands approvals"):
        Protection([mute, rules("pull_request", approvals=1)]).holds(two_approvals, ["approvals"])


def two_approvals(demands: Demands) -> bool:
    return demands.approvals >= 2

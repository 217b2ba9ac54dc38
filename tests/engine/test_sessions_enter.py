"""Entering accounts: the identity is checked before anything else, and whoever stays outside says why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from muster.errors import Unreadable, UsageError
from muster.reading.access import AbsentAccount, Access, the_estate
from muster.reading.archive import MemoryArchive
from muster.reading.reads import Answer, Call, Reads
from muster.reading.sessions.github import GitHubTransport
from muster.run import entering
from muster.run.entering import Doorkeeper
from tests.engine.lamps import DENIED, NOW, FakeTransport, Told, as_sent

ROLE = "arn:aws:sts::111122223333:assumed-role/MusterAudit/muster"
PROD = Access("prod", "aws", "111122223333", ("eu-west-1",))


def caller(account: str = "111122223333", arn: str = ROLE) -> Answer:
    return Answer({"Account": account, "Arn": arn, "UserId": "A:muster"})


IDENTITY: dict[str, Told] = {"sts:get_caller_identity": caller()}
REGIONS = Answer({"Regions": [{"RegionName": name} for name in ("us-east-1", "ap-south-1", "eu-west-1")]})
ODD_REGIONS: list[Any] = [
    [],
    None,
    {},
    "eu-west-1",
    [{}],
    ["eu-west-1"],
    [{"RegionName": 7}],
    [{"RegionName": ""}],
    [{"RegionName": []}],
    [{"RegionName": "eu-west-1"}, {"RegionName": "../x"}],
]


def regions(listed: Any) -> dict[str, Told]:
    return {**IDENTITY, "ec2:describe_regions": Answer({"Regions": listed})}


def entered(access: Access, told: Mapping[str, Told]) -> tuple[Any, FakeTransport]:
    transport = FakeTransport(told)
    return entering.entered(access, Reads(access.name, transport, MemoryArchive(), as_sent), NOW), transport


def test_the_account_is_who_the_credentials_say() -> None:
    account, transport = entered(PROD, IDENTITY)
    assert (account.name, account.id, account.kind, account.caller) == ("prod", "111122223333", "aws", ROLE)
    assert (account.arn, account.regions, account.unreachable) == (
        "arn:aws:iam::111122223333:root",
        ("eu-west-1",),
        None,
    )
    assert (account.now, account.home_region) == (NOW, "us-east-1")
    assert transport.names() == ["sts:get_caller_identity"]


def test_another_account_stops_the_run_before_anything_else_is_asked() -> None:
    transport = FakeTransport({"sts:get_caller_identity": caller("444455556666")})
    with pytest.raises(
        UsageError, match=r"account prod: the estate expects 111122223333, .* are of 444455556666 .*Nothing"
    ):
        entering.entered(PROD, Reads("prod", transport, MemoryArchive(), as_sent), NOW)
    assert transport.names() == ["sts:get_caller_identity"]


def test_an_id_that_the_estate_leaves_open_is_told_by_the_credentials() -> None:
    account, _ = entered(Access("prod", "aws", "", ("eu-west-1",)), IDENTITY)
    assert (account.id, account.arn) == ("111122223333", "arn:aws:iam::111122223333:root")


def test_every_enabled_region_is_asked_where_the_estate_says_all() -> None:
    account, transport = entered(Access("prod", "aws", "", None), {**IDENTITY, "ec2:describe_regions": REGIONS})
    assert account.regions == ("ap-south-1", "eu-west-1", "us-east-1")
    assert transport.calls[1].request == {}


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        pytest.param({"sts:get_caller_identity": DENIED}, "sts:get_caller_identity in us-east-1", id="denied"),
        pytest.param({**IDENTITY, "ec2:describe_regions": DENIED}, "ec2:describe_regions in", id="no regions"),
        pytest.param({"sts:get_caller_identity": Answer({})}, "Account", id="an identity that says nothing"),
        pytest.param({"sts:get_caller_identity": caller(arn="nobody")}, "nobody", id="a caller that is no ARN"),
        pytest.param({"sts:get_caller_identity": Answer([])}, "malformed", id="an identity of another type"),
        pytest.param({**IDENTITY, "ec2:describe_regions": Answer({})}, "Regions", id="regions that say nothing"),
        *(pytest.param(regions(odd), "ec2:describe_regions: malformed", id=f"regions {odd}") for odd in ODD_REGIONS),
    ],
)
def test_an_account_that_cannot_be_entered_says_why(told: dict[str, Told], reason: str) -> None:
    account, _ = entered(Access("prod", "aws", "111122223333", None), told)
    assert account.unreachable_status == "error"
    assert account.unreachable.startswith("the account prod could not be entered: ")
    assert reason in account.unreachable
    assert account.id == "111122223333"
    assert len(account.unreachable_reads) == len(told)


@pytest.mark.parametrize(
    ("arn", "region", "partition", "home"),
    [
        ("arn:aws-us-gov:iam::111122223333:user/a", "us-gov-east-1", "aws-us-gov", "us-gov-west-1"),
        ("arn:aws-cn:iam::111122223333:user/a", "cn-north-1", "aws-cn", "cn-north-1"),
    ],
)
def test_other_partitions_keep_their_own_names_and_home(arn: str, region: str, partition: str, home: str) -> None:
    told = {"sts:get_caller_identity": caller(arn=arn)}
    account, transport = entered(Access("prod", "aws", "111122223333", (region,)), told)
    assert account.arn == f"arn:{partition}:iam::111122223333:root"
    assert [call.region for call in transport.calls] == [home]


def doorkeeper(**arguments: Any) -> Doorkeeper:
    return Doorkeeper(MemoryArchive(), as_sent, NOW, {"attestations": [{"control": "attest-a"}]}, **arguments)


@pytest.mark.parametrize("status", ["not_run", "not_applicable"])
def test_an_account_that_does_not_exist_is_entered_without_asking_anybody(status: Any) -> None:
    access = AbsentAccount("no github account", "github", "", missing="the estate has none", missing_status=status)
    account = doorkeeper().enter(access)
    assert (account.unreachable, account.unreachable_status) == ("the estate has none", status)


def test_the_estate_answers_with_what_it_declares() -> None:
    account = doorkeeper().enter(the_estate())
    assert account.reads.content("estate:attestations", "global", {}) == [{"control": "attest-a"}]
    with pytest.raises(Unreadable, match="NoSuchDeclaration: the estate declares no secrets"):
        account.reads.content("estate:secrets", "global", {})


@pytest.mark.parametrize("access", [PROD, Access("code", "github", "acme", token_env="NOT_SET")], ids=["aws", "github"])
def test_a_replay_asks_nobody_and_needs_no_credentials(access: Access, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NOT_SET", raising=False)
    account = doorkeeper(replay=True).enter(access)
    with pytest.raises(Unreadable, match="NotRecorded: the recorded run did not ask a:b"):
        account.reads.content("a:b", "eu-west-1", {})
    assert doorkeeper().counts.as_data() == {}


def test_a_replay_of_an_account_that_was_not_recorded_is_unreachable() -> None:
    account = doorkeeper(replay=True).enter(PROD)
    assert "NotRecorded" in (account.unreachable or "")


CODE = Access("code", "github", "acme", token_env="MUSTER_TEST_TOKEN")


@pytest.mark.parametrize("value", [None, ""], ids=["not set", "empty"])
def test_a_github_token_that_is_missing_is_named_and_not_guessed(
    monkeypatch: pytest.MonkeyPatch, value: str | None
) -> None:
    monkeypatch.delenv("MUSTER_TEST_TOKEN", raising=False)
    if value is not None:
        monkeypatch.setenv("MUSTER_TEST_TOKEN", value)
    with pytest.raises(UsageError, match=r"^account code: its token is expected in \$MUSTER_TEST_TOKEN, which"):
        doorkeeper().enter(CODE)


@pytest.mark.parametrize(
    ("endpoint", "arn"),
    [
        (None, "https://github.com/acme"),
        ("https://github.example.com/api/v3", "https://github.example.com/acme"),
        ("https://github.example.com/api/v3/", "https://github.example.com/acme"),
        ("https://api.shop.ghe.com", "https://shop.ghe.com/acme"),
    ],
)
def test_an_organization_is_named_by_its_address_on_the_web(
    monkeypatch: pytest.MonkeyPatch, endpoint: str | None, arn: str
) -> None:
    monkeypatch.setenv("MUSTER_TEST_TOKEN", "t")
    account = doorkeeper().enter(Access("code", "github", "acme", token_env="MUSTER_TEST_TOKEN", endpoint_url=endpoint))
    assert (account.arn, account.kind, account.id, account.regions) == (arn, "github", "acme", ())
    assert isinstance(account.reads._transport, GitHubTransport)


def test_an_identity_that_breaks_what_reads_it_leaves_its_account_unreachable() -> None:
    def broken(_: Call) -> Answer:
        raise RecursionError("maximum recursion depth exceeded")

    account, _ = entered(PROD, {"sts:get_caller_identity": broken})
    assert account.unreachable == (
        "the account prod could not be entered: sts:get_caller_identity in us-east-1: RecursionError"
    )

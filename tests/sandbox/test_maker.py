"""A maker makes what it was told to, and declares what that breaks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto import mock_aws

from fixtures.sandbox.maker import Maker
from fixtures.sandbox.seed import ACCOUNTS, Seed

TOPIC = Maker(
    "sns:create_topic",
    name="Name",
    arn="TopicArn",
    keeps={"Attributes": {"DisplayName": "sound"}},
    broken_by={"topic-named": {"Attributes": {"DisplayName": "broken"}}},
)
QUEUE = Maker("sqs:create_queue", name="QueueName", arn="arn:aws:sqs:{region}:{account}:{name}", keeps={})
USER = Maker("iam:create_user", name="UserName", arn="User.Arn", keeps={}, broken_by={"user-kept": {}}, is_global=True)


@pytest.fixture
def seed() -> Iterator[Seed]:
    with mock_aws():
        yield Seed(ACCOUNTS["demo"])


def shown(seed: Seed, arn: str, region: str = "eu-west-1") -> str:
    attributes = seed.client("sns", region).get_topic_attributes(TopicArn=arn)["Attributes"]
    return str(attributes["DisplayName"])


def test_a_thing_keeps_every_control(seed: Seed) -> None:
    arn = TOPIC(seed, "orders")

    assert arn == "arn:aws:sns:eu-west-1:444455556666:orders"
    assert shown(seed, arn) == "sound"
    assert seed.declared == {}


def test_a_thing_breaks_what_it_is_told_to_where_it_is_made(seed: Seed) -> None:
    arn = TOPIC(seed, "orders", "topic-named", region="us-east-1")

    assert shown(seed, arn, "us-east-1") == "broken"
    assert seed.declared == {"topic-named": [(arn, "us-east-1")]}


def test_what_is_given_comes_last(seed: Seed) -> None:
    assert shown(seed, TOPIC(seed, "orders", "topic-named", Attributes={"DisplayName": "given"})) == "given"


def test_an_arn_that_the_answer_leaves_out_is_put_together(seed: Seed) -> None:
    assert QUEUE(seed, "orders", region="us-east-1") == "arn:aws:sqs:us-east-1:444455556666:orders"


def test_a_thing_without_a_region_is_broken_in_none(seed: Seed) -> None:
    arn = USER(seed, "anna", "user-kept")

    assert seed.declared == {"user-kept": [(arn, "global")]}


def test_what_nobody_knows_how_to_break_is_refused(seed: Seed) -> None:
    with pytest.raises(ValueError, match="nothing is said of how to break queue-encrypted"):
        QUEUE(seed, "orders", "queue-encrypted")


def test_both_companies_follow_from_a_maker(seed: Seed) -> None:
    model, demo = TOPIC.seeds("orders")

    model(seed)
    demo(seed)

    things = ["acme-model-orders", "acme-demo-orders", "acme-demo-orders-2"]
    arns = [f"arn:aws:sns:eu-west-1:444455556666:{name}" for name in things]
    assert [shown(seed, arn) for arn in arns] == ["sound", "sound", "broken"]
    assert seed.declared == {"topic-named": [(arns[-1], "eu-west-1")]}

"""SNS topics: strangers neither publish nor listen."""

from __future__ import annotations

from fixtures.sns import Topic
from muster import control


@control(severity="critical")
def test_sns_topic_not_public(topic: Topic) -> None:
    """No topic is open to anyone.

    Why: Who can subscribe reads along, and who can publish makes our systems act on messages that we never sent.
    Fix: Name accounts in the policy's statements, or fix the caller by a condition such as aws:SourceAccount.
    See: https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html
    """
    open_statements = topic.open_statements
    assert not open_statements, f"lets anyone in: {', '.join(open_statements)} of its policy"

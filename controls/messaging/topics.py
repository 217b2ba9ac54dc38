"""SNS topics: strangers neither publish nor listen, and what is kept until it is delivered is encrypted."""

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


@control(severity="medium")
def test_sns_topic_encrypted(topic: Topic) -> None:
    """Topics are encrypted.

    Why: Messages are kept until they are delivered; a KMS key asks for a permission of its own, and records its use.
    Fix: Turn on server-side encryption of the topic, with a key that its publishers may use.
    See: https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html
    """
    assert topic.kms_key, "keeps messages without a KMS key: it has no KmsMasterKeyId"

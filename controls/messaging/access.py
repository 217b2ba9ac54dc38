"""Queues and event buses: strangers neither send nor read."""

from __future__ import annotations

from fixtures.events import EventBus
from fixtures.sqs import Queue
from muster import control


@control(severity="critical")
def test_sqs_queue_not_public(queue: Queue) -> None:
    """No queue is open to anyone.

    Why: Who can send makes our systems work on messages that we never sent, and who can receive takes ours away.
    Fix: Name accounts in the policy's statements; bind a service such as S3 or SNS to its source by aws:SourceArn.
    See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
    """
    open_statements = queue.open_statements
    assert not open_statements, f"lets anyone in: {', '.join(open_statements)} of its policy"


@control(severity="high")
def test_event_bus_not_public(event_bus: EventBus) -> None:
    """No event bus is open to anyone.

    Why: Rules act on what arrives: a stranger who can put events on the bus starts what they start.
    Fix: Name the accounts that may put events there, or their organization by aws:PrincipalOrgID.
    See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-bus-perms.html
    """
    open_statements = event_bus.open_statements
    assert not open_statements, f"lets anyone in: {', '.join(open_statements)} of its policy"

"""Message brokers: who sends and listens is inside."""

from __future__ import annotations

from fixtures.brokers import Broker
from muster import control


@control(severity="high")
def test_broker_not_public(broker: Broker) -> None:
    """Message brokers are not public.

    Why: A broker on the internet can be asked for everything that our systems tell each other, by whoever has a
        password.
    Fix: Make a new broker of Amazon MQ without public access, because that cannot be changed; turn off the public
        access of an MSK cluster.
    See: https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/using-amazon-mq-securely.html
        https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html
    """
    why = broker.why_public
    assert why is None, f"is reached from the internet: {why}"

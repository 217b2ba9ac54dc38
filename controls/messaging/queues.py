"""Queues and streams: what waits in them to be read is encrypted."""

from __future__ import annotations

from fixtures.kinesis import Stream
from fixtures.sqs import Queue
from muster import control


@control(severity="medium")
def test_sqs_queue_encrypted(queue: Queue) -> None:
    """Queues are encrypted.

    Why: Messages lie in a queue for days, orders and addresses among them, and encryption with SQS's own key is free.
    Fix: Turn on server-side encryption of the queue, with a key of SQS or of KMS.
    See: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-server-side-encryption.html
    """
    assert queue.is_encrypted, "keeps messages in clear: it has no KmsMasterKeyId, and SqsManagedSseEnabled is false"


@control(severity="medium")
def test_kinesis_encrypted(stream: Stream) -> None:
    """Streams are encrypted.

    Why: A stream keeps for days what went through it, and whoever gets at the storage has all of it.
    Fix: Turn on server-side encryption of the stream with a KMS key.
    See: https://docs.aws.amazon.com/streams/latest/dev/server-side-encryption.html
    """
    assert stream.encryption == "KMS", f"keeps records with encryption {stream.encryption}"

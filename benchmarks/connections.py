"""Connections: TLS handshakes that reading many buckets, and many services in many regions, costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from benchmarks.figures import BenchmarkFailed, Figure
from benchmarks.population import READS_A_BUCKET, ROOT, bucket_name
from benchmarks.regions import REGIONS
from benchmarks.tls_aws import tls_aws
from muster.judging.catalogue import import_controls
from muster.judging.closure import operations_of
from muster.reading.reads import OF_A_SERVICE, Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts
from muster.suites import Suites

BUCKETS, TIMES = 500, 4
KEYS = {"aws_access_key_id": "benchmark", "aws_secret_access_key": "benchmark"}


def measure(buckets: int = BUCKETS, regions: Sequence[str] = REGIONS, times: int = TIMES) -> list[Figure]:
    """Ask through 32 threads; a handshake a thread and host is what is needed at most, one a host at least."""
    reads = [
        Call("benchmark", regions[number % len(regions)], "s3", operation, {"Bucket": bucket_name(number)})
        for number in range(buckets)
        for operation in (*READS_A_BUCKET, "get_bucket_acl")
    ]
    questions = _questions()
    everywhere = [
        Call("benchmark", region, service, operation, {})
        for _ in range(times)
        for region in regions
        for service, operation in questions.items()
    ]
    return [
        *_counted(f"{buckets} buckets x 5 reads", reads, regions),
        *_counted(f"{len(regions)} regions x {len(questions)} services, {times} times", everywhere, regions),
    ]


def _counted(what: str, calls: Sequence[Call], regions: Iterable[str]) -> list[Figure]:
    with tls_aws(list(regions)) as handshakes, ThreadPoolExecutor(OF_A_SERVICE) as pool:
        counts = Counts()
        transport = AwsTransport(new_session(**KEYS), counts)
        answers = list(pool.map(transport.send, calls))
    unasked = {
        call.name: answer.error
        for call, answer in zip(calls, answers, strict=True)
        if answer.error is None or answer.error.status != 403
    }
    if unasked:
        raise BenchmarkFailed(f"{what}: not all were asked: {unasked}")
    hosts = len(handshakes)
    return [
        Figure(f"{what}: calls", len(calls), ""),
        Figure(f"{what}: hosts", hosts, ""),
        Figure(f"{what}: handshakes", handshakes.total(), "", at_most=OF_A_SERVICE * hosts, strict=True),
        Figure(f"{what}: most at a host", max(handshakes.values()), "", at_most=OF_A_SERVICE, strict=True),
    ]


def _questions() -> dict[str, str]:
    """For each service that controls read, one of its operations that needs nothing to be named."""
    found: dict[str, str] = {}
    for name in sorted(operations_of(import_controls(Suites.at(ROOT)).values())):
        service, _, operation = name.partition(":")
        if service in ("github", "estate") or service in found:
            continue
        client = new_session(**KEYS).client(service, region_name="us-east-1")
        shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation]).input_shape
        if shape is None or not shape.required_members:
            found[service] = operation
    return found

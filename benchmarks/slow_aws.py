"""A server that answers as S3 does, late: `python -m benchmarks.slow_aws BUCKETS SECONDS`.

It says on its standard output where it listens, and ends when its standard input does. Waiting costs it no CPU, so that
what is measured against it is the caller.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from subprocess import PIPE, Popen
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from benchmarks.conversations import Conversation
from benchmarks.population import ACCOUNT_ID, REGIONS, ROOT, bucket_name, bucket_policy

S3 = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'


@contextmanager
def slow_aws(buckets: int, seconds: float) -> Iterator[str]:
    """The endpoint URL of such a server, which runs for as long as the block."""
    command = [sys.executable, "-m", "benchmarks.slow_aws", str(buckets), str(seconds)]
    with Popen(command, cwd=ROOT, stdin=PIPE, stdout=PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.stdin.close()


async def serve(buckets: int, seconds: float) -> None:
    """Serve on a free port of 127.0.0.1 until the standard input ends."""
    loop = asyncio.get_running_loop()

    def respond(head: bytes, body: bytes, transport: asyncio.Transport) -> None:
        loop.call_later(seconds, transport.write, _response(*answer(_target(head, body), buckets)))

    server = await loop.create_server(lambda: Conversation(respond), "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()
    print(f"http://{host}:{port}", flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def answer(target: str, buckets: int) -> tuple[str, str]:
    """Media type and body for a request target: `/` lists the buckets, `/BUCKET?policy` reads one of them."""
    url = urlsplit(target)
    query = parse_qs(url.query, keep_blank_values=True)
    if url.path == "/" and "Action" in query:
        return "text/xml", _IDENTITY
    if url.path == "/":
        return "application/xml", _bucket_list(buckets)
    if "policy" in query:
        return "application/json", bucket_policy(int(url.path.rpartition("-")[2]))
    return "application/xml", next(body for name, body in _BODIES.items() if name in query or name in url.path)


def _target(head: bytes, form: bytes) -> str:
    """The target of a request, and what a form in its body asks appended to it."""
    target = head.split(b" ", 2)[1].decode()
    return f"{target}?{form.decode()}" if form else target


def _response(media_type: str, body: str) -> bytes:
    content = body.encode()
    head = (
        "HTTP/1.1 200 OK\r\nx-amz-request-id: BENCHMARK0000000\r\nx-amz-id-2: benchmark\r\nServer: benchmark\r\n"
        f"Date: Tue, 24 Nov 2026 00:00:00 GMT\r\nContent-Type: {media_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def _bucket_list(number: int) -> str:
    buckets = "".join(
        f"<Bucket><Name>{escape(bucket_name(each))}</Name><CreationDate>2026-01-31T09:30:00.000Z</CreationDate>"
        f"<BucketRegion>{REGIONS[each % len(REGIONS)]}</BucketRegion></Bucket>"
        for each in range(number)
    )
    return f"<ListAllMyBucketsResult {S3}><Buckets>{buckets}</Buckets></ListAllMyBucketsResult>"


_SWITCHES = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
_BLOCK = "".join(f"<{name}>true</{name}>" for name in _SWITCHES)
_KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT_ID}:key/00000000-0000-4000-8000-000000000000"
_BODIES: Mapping[str, str] = {
    # That of a bucket, and of the account: S3 Control has it in its path.
    "publicAccessBlock": f"<PublicAccessBlockConfiguration {S3}>{_BLOCK}</PublicAccessBlockConfiguration>",
    "versioning": f"<VersioningConfiguration {S3}><Status>Enabled</Status></VersioningConfiguration>",
    "encryption": (
        f"<ServerSideEncryptionConfiguration {S3}><Rule><ApplyServerSideEncryptionByDefault>"
        f"<SSEAlgorithm>aws:kms</SSEAlgorithm><KMSMasterKeyID>{_KEY}</KMSMasterKeyID>"
        "</ApplyServerSideEncryptionByDefault></Rule></ServerSideEncryptionConfiguration>"
    ),
}
_IDENTITY = (
    '<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>'
    f"<Arn>arn:aws:iam::{ACCOUNT_ID}:user/benchmark</Arn><UserId>AIDABENCHMARK</UserId><Account>{ACCOUNT_ID}</Account>"
    "</GetCallerIdentityResult><ResponseMetadata><RequestId>benchmark</RequestId></ResponseMetadata>"
    "</GetCallerIdentityResponse>"
)

if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), float(sys.argv[2])))

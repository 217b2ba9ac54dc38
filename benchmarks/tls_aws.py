"""Every host of AWS's on loopback, behind a proxy that counts the TLS handshakes; each question is denied."""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest import mock

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# A star stands for one label.
HOSTS = ("*.{}amazonaws.com", "*.ecr.{}amazonaws.com", "*.sagemaker.{}amazonaws.com")
DENIED = b"<Error><Code>AccessDenied</Code><Message>a benchmark</Message></Error>"
RESPONSE = b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n" % len(DENIED) + DENIED


@contextmanager
def tls_aws(regions: Sequence[str]) -> Iterator[Counter[str]]:
    """Send what this process asks of AWS to loopback; gives the handshakes by host."""
    handshakes = Counter[str]()
    with TemporaryDirectory() as place:
        certificate = _certificate(
            Path(place), [form.format(each) for form in HOSTS for each in ("", *(f"{region}." for region in regions))]
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
        ready = threading.Event()
        ports: list[int] = []
        ends: list[Callable[[], object]] = []

        async def serve() -> None:
            async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
                with suppress(ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError, ssl.SSLError):
                    await _converse(reader, writer, context, handshakes)

            server = await asyncio.start_server(connected, "127.0.0.1", 0, backlog=1024)
            stopped = asyncio.Event()
            ports.append(server.sockets[0].getsockname()[1])
            ends.append(partial(asyncio.get_running_loop().call_soon_threadsafe, stopped.set))
            ready.set()
            await stopped.wait()
            server.close()

        thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
        thread.start()
        ready.wait()
        here = {"HTTPS_PROXY": f"http://127.0.0.1:{ports[0]}", "AWS_CA_BUNDLE": str(certificate), "NO_PROXY": ""}
        with mock.patch.dict(os.environ, here):
            yield handshakes
        ends[0]()
        thread.join(timeout=5)


async def _converse(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, context: ssl.SSLContext, handshakes: Counter[str]
) -> None:
    """One connection: a tunnel is asked for, TLS begins in it, and each request is answered."""
    tunnel = await reader.readuntil(b"\r\n\r\n")
    host = tunnel.split(b" ", 2)[1].decode().partition(":")[0]
    writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
    await writer.drain()
    await writer.start_tls(context)
    handshakes[host] += 1
    while True:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = head.partition(b"\r\ncontent-length:")[2].partition(b"\r\n")[0].strip()
        await reader.readexactly(int(length or 0))
        writer.write(RESPONSE)
        await writer.drain()


def _certificate(folder: Path, names: Sequence[str]) -> Path:
    """A file with a certificate for these names that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "benchmark")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(each) for each in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "benchmark.pem"
    path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM) + secret)
    return path

"""Packed runs in object storage: `s3://BUCKET/PREFIX`, an object a run.

It sends what keeping runs takes, and nothing else; like a signer it acts as the user who runs Muster, never in the role
of an account under audit. That a run is kept for years is the bucket's business (Object Lock, deploy/).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from muster.errors import NotARead, UsageError
from muster.evidence.packed import SUFFIX
from muster.evidence.record import is_name

SERVICE = "s3"
MAY_SEND = frozenset({"s3:ListObjectsV2", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"})
ADDRESS = re.compile(r"s3://(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(?P<path>.*))?")
SCHEME = "s3://"
MOST_BYTES_AT_ONCE = 5 * 1024**3
"""https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html: an object that is put at once, in bytes."""


class S3Store:
    """The packed runs under a prefix of a bucket. Every method raises `UsageError` where S3 does not do it."""

    def __init__(self, address: str, client: Any) -> None:
        """`client` is boto3's client of S3. Raises `UsageError` for what is no such address."""
        found = ADDRESS.fullmatch(address)
        if found is None:
            raise UsageError(f"{address}: an address of runs is s3://BUCKET/PREFIX")
        self.bucket = found["bucket"]
        path = (found["path"] or "").strip("/")
        self.prefix = f"{path}/" if path else ""
        self._client = client
        self._client.meta.events.register("before-parameter-build.s3", _nothing_else)

    @classmethod
    def of_run(cls, address: str, client: Any) -> tuple[Self, str]:
        """The store in which the packed run at an address stands (`s3://BUCKET/PREFIX/RUN.zip`), and its name."""
        place, _, file = address.rpartition("/")
        name = file.removesuffix(SUFFIX)
        if not file.endswith(SUFFIX) or not is_name(name):
            raise UsageError(f"{address}: the address of a packed run is s3://BUCKET/PREFIX/RUN{SUFFIX}")
        return cls(place, client), name

    def address(self, name: str) -> str:
        """Where the run of this name stands."""
        return f"{SCHEME}{self.bucket}/{self.prefix}{name}{SUFFIX}"

    def names(self) -> list[str]:
        """The names of its runs, sorted, which is by time."""
        with self._sending("list what is there"):
            pages = self._client.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix, Delimiter="/"
            )
            keys = [entry["Key"] for page in pages for entry in page.get("Contents", ())]
        files = (key.removeprefix(self.prefix) for key in keys)
        return sorted(name for file in files if file.endswith(SUFFIX) and is_name(name := file.removesuffix(SUFFIX)))

    def put(self, name: str, packed: Path) -> None:
        """Keep a packed run under its name. One that is there already is never written over."""
        if packed.stat().st_size > MOST_BYTES_AT_ONCE:
            raise UsageError(f"{packed}: larger than {MOST_BYTES_AT_ONCE:,} bytes: copy it with `aws s3 cp`")
        with packed.open("rb") as body, self._sending(f"keep {name}"):
            self._client.put_object(
                Bucket=self.bucket,
                Key=f"{self.prefix}{name}{SUFFIX}",
                Body=body,
                ContentType="application/zip",
                IfNoneMatch="*",
            )

    def get(self, name: str, target: Path) -> None:
        """Write the packed run of this name to a file."""
        with self._sending(f"fetch {name}"):
            answer = self._client.get_object(Bucket=self.bucket, Key=f"{self.prefix}{name}{SUFFIX}")
            with target.open("wb") as handle:
                for chunk in answer["Body"].iter_chunks(1024 * 1024):
                    handle.write(chunk)

    def remove(self, names: Iterable[str]) -> None:
        """Remove runs; where the bucket keeps versions, each gets a delete marker."""
        for name in names:
            with self._sending(f"remove {name}"):
                self._client.delete_object(Bucket=self.bucket, Key=f"{self.prefix}{name}{SUFFIX}")

    @contextmanager
    def _sending(self, what: str) -> Iterator[None]:
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            needed = ", ".join(sorted(MAY_SEND)).replace("ListObjectsV2", "ListBucket")
            raise UsageError(
                f"s3://{self.bucket}/{self.prefix}: cannot {what}: {error}. The caller needs {needed} there"
            ) from error


def _nothing_else(model: Any, **_: Any) -> None:
    name = f"{model.service_model.service_name}:{model.name}"
    if name not in MAY_SEND:
        raise NotARead(f"{name} is not for a store of runs: it sends {', '.join(sorted(MAY_SEND))} only")

"""Every operation that botocore knows, and what stands in its answers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import botocore
from botocore import xform_name
from botocore.loaders import JSONFileLoader, create_loader

from muster.reading.sessions.guard import is_read

BOTOCORE_DATA = Path(botocore.__file__).parent / "data"
DEPTH = 4


@dataclass(frozen=True)
class Operation:
    """What botocore's model says of an operation.

    `texts` and `bytes` are the paths in its answer (`Keys[].Value`) at which such values stand; for operations that
    the guard refuses they are not looked up.
    """

    service: str
    name: str
    signing_name: str
    method: str
    texts: tuple[str, ...]
    bytes: tuple[str, ...]

    @property
    def id(self) -> str:
        """`ec2:DescribeVpcs`."""
        return f"{self.service}:{self.name}"

    @property
    def question(self) -> str:
        """`ec2:describe_vpcs`, as nouns spell it."""
        return f"{self.service}:{xform_name(self.name)}"


@cache
def operations() -> tuple[Operation, ...]:
    """Every operation of every service; of the models themselves, which are large, nothing is kept."""
    loader, files = create_loader(), JSONFileLoader()
    services = loader.list_available_services("service-2")
    versions = {service: loader.determine_latest_version(service, "service-2") for service in services}
    return tuple(
        operation
        for service, version in versions.items()
        for operation in _operations_in(service, files.load_file(f"{BOTOCORE_DATA}/{service}/{version}/service-2"))
    )


def _operations_in(service: str, model: dict[str, Any]) -> Iterator[Operation]:
    signing_name = model["metadata"].get("signingName", model["metadata"]["endpointPrefix"])
    for name, operation in model["operations"].items():
        output = operation.get("output") if is_read(service, name) else None
        found = list(_values(model["shapes"], output["shape"], "", DEPTH)) if output else []
        yield Operation(
            service,
            name,
            signing_name,
            operation["http"]["method"],
            tuple(path for path, kind in found if kind in ("string", "map")),
            tuple(path for path, kind in found if kind == "blob"),
        )


def _values(shapes: dict[str, Any], name: str, path: str, depth: int) -> Iterator[tuple[str, str]]:
    """The values that are no objects in a shape, `depth` structures deep, each with its kind."""
    shape = shapes[name]
    match shape["type"]:
        case "structure":
            for member, target in shape["members"].items() if depth else ():
                yield from _values(shapes, target["shape"], f"{path}.{member}".removeprefix("."), depth - 1)
        case "list":
            yield from _values(shapes, shape["member"]["shape"], f"{path}[]", depth)
        case kind:
            yield path, kind

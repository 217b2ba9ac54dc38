"""Whether a told answer has the names, and the types, that botocore's model gives the answers of an operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name

_TYPES: Mapping[str, tuple[type, ...]] = {
    "string": (str,),
    "boolean": (bool,),
    "integer": (int,),
    "long": (int,),
    "float": (int, float),
    "double": (int, float),
    "timestamp": (datetime, str),
    "blob": (str, bytes),
}


@cache
def output_shape(name: str) -> Any:
    """The model of what `service:operation` answers; None where it answers nothing.

    Raises LookupError for an operation that botocore does not know.
    """
    service, _, operation = name.partition(":")
    model = _service(service)
    by_method = {xform_name(each): each for each in model.operation_names}
    return model.operation_model(by_method[operation]).output_shape


def misshapen(content: Any, shape: Any, *, types: bool = True, at: str = "") -> Iterator[str]:
    """The places of a content that the model does not have, and with `types` those of another type."""
    match shape.type_name, content:
        case "structure", dict() if not shape.is_document_type:
            for name, value in content.items():
                if name in shape.members:
                    yield from misshapen(value, shape.members[name], types=types, at=f"{at}.{name}")
                else:
                    yield f"{at}.{name}: {shape.name} has no such member"
        case "list", list():
            for value in content:
                yield from misshapen(value, shape.member, types=types, at=f"{at}[]")
        case "map", dict():
            for value in content.values():
                yield from misshapen(value, shape.value, types=types, at=f"{at}{{}}")
        case type_name, _ if types and not _is_of_type(content, shape):
            yield f"{at}: {content!r} is no {type_name}"


def _is_of_type(content: Any, shape: Any) -> bool:
    if shape.type_name == "structure" and shape.is_document_type:
        return True  # whatever JSON there is
    expected = _TYPES.get(shape.type_name, ())
    return isinstance(content, expected) and (bool in expected or not isinstance(content, bool))


@cache
def _service(name: str) -> Any:
    return _session().get_service_model(name)


@cache
def _session() -> Any:
    # One: each looks through botocore's folders for all that there is.
    return botocore.session.get_session()

"""Bodies of answers, looked at before botocore parses them: it takes what it cannot parse for an empty answer.

A body that nobody can parse is never quoted: which part of it is secret cannot be told.
"""

from __future__ import annotations

import json
import struct
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import ErrorString

from botocore.parsers import ResponseParserError

from muster.reading.named_once import NamedTwice, named_once
from muster.reading.sessions.asking import is_asking, now_asking

HTML = (b"<!doctype html", b"<html")
UNPARSABLE = ResponseParserError.__name__
"""The code of the error that an answer becomes which nobody could parse."""
# What botocore's parsers and handlers raise beside their own error where a body is not what the model promises: JSON or
# CBOR nested too deep and times of no calendar (both RuntimeError), numbers and lengths out of range, text that is no
# UTF-8, base64 or number (all ValueError), a value of another type, a wrapper that is not there.
PARSING_FAULTS = (
    ResponseParserError,
    ElementTree.ParseError,
    RuntimeError,
    OverflowError,
    ValueError,
    TypeError,
    AttributeError,
    LookupError,
    struct.error,
)


class BadBody(ResponseParserError):  # type: ignore[misc]  # botocore has no types
    """A body that is no answer; its text says why, and quotes nothing of it."""


def refuse_non_answers(operation_model: Any, response_dict: Any, **_: Any) -> None:
    """Raise `BadBody` for a body that is not what the operation's protocol and model promise.

    That is a web page, a body that breaks off, an empty one where the answer has members, JSON of another type, XML of
    another root. A hook of botocore's `before-parse`. Answers that are errors are left to botocore; of one that is not
    the JSON of an error, which botocore would quote whole, it sees the size. Raises `LimitPassed` for more values than
    an answer may have, before anybody makes them.
    """
    body = response_dict["body"]
    if not isinstance(body, bytes):
        return
    protocol = operation_model.service_model.resolved_protocol
    if is_asking():
        now_asking().allowance.parse(values_in(body, protocol))
    if response_dict["status_code"] >= 300:
        if "json" in protocol and not _is_object(body):
            said = f"an error without its reason: {len(body):,} bytes that are no JSON"
            response_dict["body"] = json.dumps({"message": said}).encode()
        return
    problem = _problem(operation_model, protocol, response_dict, body)
    if problem is not None:
        raise BadBody(f"{operation_model.name}: the answer {problem}")


def values_in(body: bytes, protocol: str) -> int:
    """About how many values a body holds, counted in no time: elements of XML, what commas part in JSON."""
    if "json" in protocol:
        return body.count(b",")
    # Of CBOR only its bytes can be counted without parsing it; a member with its name has some 27 of them.
    return len(body) // 16 if "cbor" in protocol else body.count(b"</") + body.count(b"/>")


def said_of(error: BaseException) -> str:
    """Why an answer could not be parsed; botocore's own text, and that of most other errors, quotes the answer."""
    if isinstance(error, BadBody):
        return str(error)
    cause = error.__context__ if isinstance(error, ResponseParserError) and error.__context__ else error
    return f"botocore cannot parse the answer: {type(cause).__name__}"


def _problem(operation_model: Any, protocol: str, response_dict: Any, body: bytes) -> str | None:
    promised = response_dict["headers"].get("content-length", "")
    if promised.isdecimal() and int(promised) != len(body):
        return f"breaks off: {len(body):,} of {int(promised):,} bytes came"
    if body[:64].lstrip().lower().startswith(HTML):
        return "is a web page: a proxy stands in between"
    shape = operation_model.output_shape
    if shape is None or not _has_members_in_body(shape):
        return None
    if not body.strip():
        return "is empty"
    payload = shape.members.get(shape.serialization.get("payload"))
    if payload is not None and payload.type_name in ("string", "blob"):
        return None
    if "json" in protocol:
        return _json_problem((payload or shape).type_name, body)
    if protocol == "rest-xml":
        return _rest_xml_problem(shape, payload, body)
    if protocol in ("query", "ec2"):
        return _query_problem(operation_model, shape, body)
    # CBOR: the three highest bits of the first byte say what it is, 5 is a map (RFC 8949, 3.1).
    return None if body[0] >> 5 == 5 else "is not the structure that was asked for"


def _has_members_in_body(shape: Any) -> bool:
    """Whether an answer says anything beside its headers and status."""
    return any("location" not in member.serialization for member in shape.members.values())


def _json_problem(type_name: str, body: bytes) -> str | None:
    try:
        value = json.loads(body, object_pairs_hook=named_once)
    except NamedTwice as error:
        return f"is not to be relied on: {error}"
    except json.JSONDecodeError as error:
        return f"is not JSON: {error.msg}: line {error.lineno}, column {error.colno}"
    except (ValueError, RecursionError) as error:
        return f"is not JSON: {type(error).__name__}"
    expected = list if type_name == "list" else dict
    return None if isinstance(value, expected) else f"is not the {type_name} that was asked for"


def _query_problem(operation_model: Any, shape: Any, body: bytes) -> str | None:
    """The root is named by the operation, and a wrapper in it by the model.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html
    """
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  # as botocore does; expat itself stops entities that multiply
    except ElementTree.ParseError as error:
        return f"is not XML: {_where(error)}"
    if _name(root) != f"{operation_model.name}Response":
        return "is the XML of something else"
    wrapper = shape.serialization.get("resultWrapper")
    if wrapper is not None and wrapper not in map(_name, root):
        return f"lacks its {wrapper}"
    return None


def _rest_xml_problem(shape: Any, payload: Any, body: bytes) -> str | None:
    """The root is the payload; else the model does not name it, so it is known by what stands in it."""
    try:
        root = ElementTree.fromstring(body)  # noqa: S314  # as above
    except ElementTree.ParseError as error:
        return f"is not XML: {_where(error)}"
    if payload is not None:
        known = {shape.serialization["payload"], payload.name, payload.serialization.get("name")}
        return None if _name(root) in known else "is the XML of something else"
    known = {_xml_name(name, member) for name, member in shape.members.items()}
    if _name(root) in known or not len(root) or not known.isdisjoint(map(_name, root)):
        return None
    return "is the XML of something else"


def _xml_name(name: str, member: Any) -> str:
    if member.type_name == "list" and member.serialization.get("flattened"):
        name = member.member.serialization.get("name", name)
    return str(member.serialization.get("name", name))


def _where(error: ElementTree.ParseError) -> str:
    """What is wrong where, without the name of the element or entity that expat would quote."""
    line, column = error.position
    return f"{ErrorString(error.code)}: line {line}, column {column}"


def _name(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body or b"{}"), dict)
    except (ValueError, RecursionError):
        return False

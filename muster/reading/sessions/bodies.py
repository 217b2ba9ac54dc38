"""Bodies of answers, looked at before botocore parses them: it takes what it cannot parse for an empty answer.

A body that nobody can parse is never quoted: which part of it is secret cannot be told.
"""

from __future__ import annotations

import json
from typing import Any

from botocore.parsers import ResponseParserError

HTML = (b"<!doctype html", b"<html")
UNPARSABLE = ResponseParserError.__name__
"""The code of the error that an answer becomes which nobody could parse."""


class NonAnswer(ResponseParserError):  # type: ignore[misc]  # botocore has no types
    """A body that is no answer; its text says why, and quotes nothing of it."""


def refuse_non_answers(operation_model: Any, response_dict: Any, **_: Any) -> None:
    """Raise `NonAnswer` for a body that is a web page, or not the JSON that the protocol promises.

    A hook of botocore's `before-parse`. Answers that are errors are left to botocore; of one that is not the JSON of
    an error, which botocore would quote whole, it sees the size.
    """
    body = response_dict["body"]
    if not isinstance(body, bytes):
        return
    if response_dict["status_code"] >= 300:
        if "json" in operation_model.service_model.metadata.get("protocol", "") and not _is_object(body):
            said = f"an error without its reason: {len(body):,} bytes that are no JSON"
            response_dict["body"] = json.dumps({"message": said}).encode()
        return
    if body[:64].lstrip().lower().startswith(HTML):
        raise NonAnswer(f"{operation_model.name}: the answer is a web page: a proxy stands in between")
    if "json" in operation_model.service_model.metadata.get("protocol", "") and _must_be_json(operation_model, body):
        try:
            json.loads(body)
        except ValueError as error:
            raise NonAnswer(f"{operation_model.name}: the answer is not JSON: {error}") from error


def said_of(error: ResponseParserError) -> str:
    """Why an answer could not be parsed; botocore's own text quotes the answer."""
    if isinstance(error, NonAnswer):
        return str(error)
    cause = f": {error.__context__}" if error.__context__ is not None else ""
    return f"botocore cannot parse the answer{cause}"


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body or b"{}"), dict)
    except ValueError:
        return False


def _must_be_json(operation_model: Any, body: bytes) -> bool:
    """Whether the body holds members of the answer; what travels in headers, or as a blob, needs no JSON."""
    shape = operation_model.output_shape
    if shape is None or operation_model.has_streaming_output:
        return False
    payload = shape.serialization.get("payload")
    if payload is not None:
        return bool(body) and shape.members[payload].type_name in ("structure", "list", "map")
    in_body = [member for member in shape.members.values() if "location" not in member.serialization]
    return bool(body) or bool(in_body)

"""Bodies of answers, looked at before botocore parses them: it takes what it cannot parse for an empty answer."""

from __future__ import annotations

import json
from typing import Any

from botocore.parsers import ResponseParserError

HTML = (b"<!doctype html", b"<html")


def refuse_non_answers(operation_model: Any, response_dict: Any, **_: Any) -> None:
    """Raise `ResponseParserError` for a body that is a web page, or not the JSON that the protocol promises.

    A hook of botocore's `before-parse`. Answers that are errors are left to botocore.
    """
    body = response_dict["body"]
    if response_dict["status_code"] >= 300 or not isinstance(body, bytes):
        return
    if body[:64].lstrip().lower().startswith(HTML):
        raise ResponseParserError(f"{operation_model.name}: the answer is a web page: a proxy stands in between")
    if "json" in operation_model.service_model.metadata.get("protocol", "") and _must_be_json(operation_model, body):
        try:
            json.loads(body)
        except ValueError as error:
            raise ResponseParserError(f"{operation_model.name}: the answer is not JSON: {error}") from error


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

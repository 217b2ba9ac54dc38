"""An AWS that answers as told: boto3 checks each request and follows the pages, and nothing goes over a wire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from itertools import pairwise
from types import SimpleNamespace
from typing import Any

from muster.reading.reads import Answer, Call
from muster.reading.sessions.aws import AwsTransport
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.counts import Counts

NOT_TOLD = {"$error": "NotTold", "$message": "neither the case nor the baseline says what this answers"}
NOBODY = {"aws_access_key_id": "hostile", "aws_secret_access_key": "hostile", "region_name": "eu-west-1"}
_call: ContextVar[Call] = ContextVar("call")


@dataclass(frozen=True)
class Told:
    """The answers of one account by `service:operation`; what was asked, and what nothing was told of.

    An answer is the content that boto3 returns, or one of these:

    - `{$error: Code, $message: text}`: the error of that code;
    - `{$pages: [content, content]}`: its pages, each but the last with the token that asks for the next;
    - a list of `{$when: {Name: value}, $answer: …}`: the first whose request fits. null means that the request does
      not have the name, and `$region` is the region asked.

    Within a content `{$json: …}` stands for its JSON text; the policy documents of IAM are such texts here, which boto3
    decodes.
    """

    answers: Mapping[str, Any]
    asked: set[str] = field(default_factory=set)
    untold: set[str] = field(default_factory=set)

    def answer(self, call: Call, request: Mapping[str, Any]) -> tuple[int, dict[str, Any]]:
        """The HTTP status, and the content that botocore would have parsed."""
        self.asked.add(call.name)
        told = self._chosen(call, {**request, "$region": call.region})
        if "$error" in told:
            return 400, {"Error": {"Code": told["$error"], "Message": told.get("$message", "")}}
        content: dict[str, Any] = with_texts(_page(told["$pages"], request) if "$pages" in told else told)
        return 200, content

    def content(self, call: Call) -> Any:
        """What the account tells of a question as it stands, for an API that answers JSON."""
        self.asked.add(call.name)
        if call.name not in self.answers:
            self.untold.add(call.name)
            return NOT_TOLD
        told = self.answers[call.name]
        is_by_request = isinstance(told, list) and any(isinstance(each, dict) and "$when" in each for each in told)
        return self._chosen(call, call.request) if is_by_request else told

    def _chosen(self, call: Call, request: Mapping[str, Any]) -> Mapping[str, Any]:
        told = self.answers.get(call.name, [])
        for each in told if isinstance(told, list) else [{"$when": {}, "$answer": told}]:
            if all(request.get(name) == value for name, value in each["$when"].items()):
                answer: Mapping[str, Any] = each["$answer"]
                return answer
        self.untold.add(f"{call.name} {json.dumps(dict(request), default=str)}")
        return NOT_TOLD


class ToldAws:
    """A transport to an account that answers what `told` says, which is another one from case to case."""

    def __init__(self) -> None:
        self.told = Told({})
        session = new_session(**NOBODY)
        session.events.register("before-parameter-build", _keep_request)
        session.events.register("before-call", self._answer)
        self._aws = AwsTransport(session, Counts())

    def send(self, call: Call) -> Answer:
        """Ask, by the client library."""
        token = _call.set(call)
        try:
            return self._aws.send(call)
        finally:
            _call.reset(token)

    def _answer(self, context: Mapping[str, Any], **_: Any) -> tuple[SimpleNamespace, dict[str, Any]]:
        status, content = self.told.answer(_call.get(), context["asked"])
        return SimpleNamespace(status_code=status), {**content, "ResponseMetadata": {"HTTPStatusCode": status}}


def with_texts(content: Any) -> Any:
    """The content with the JSON text of each `{$json: …}` in its place."""
    match content:
        case {"$json": value}:
            return json.dumps(value)
        case dict():
            return {name: with_texts(value) for name, value in content.items()}
        case list():
            return [with_texts(value) for value in content]
    return content


def contents(told: Any) -> list[Any]:
    """Every content that an answer may give, errors left out."""
    if isinstance(told, list):
        # GitHub answers lists as such.
        by_request = [each for each in told if isinstance(each, dict) and "$when" in each]
        return [content for each in by_request for content in contents(each["$answer"])] if by_request else [told]
    if isinstance(told, dict) and "$pages" in told:
        return list(told["$pages"])
    return [] if isinstance(told, dict) and "$error" in told else [told]


def _keep_request(params: Mapping[str, Any], context: dict[str, Any], **_: Any) -> None:
    context["asked"] = dict(params)


def _page(pages: Sequence[Mapping[str, Any]], request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The page that the request asks for by a token that the page before gave."""
    sent = [value for value in request.values() if isinstance(value, str)]
    for before, page in pairwise(pages):
        if any(value in sent for value in before.values() if isinstance(value, str)):
            return page
    return pages[0]

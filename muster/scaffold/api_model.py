"""What the client library's model says of a service: how things of a kind are listed and made, and what a list tells.

The only module here that knows the library; nothing is asked of anybody.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name

from muster.errors import UsageError
from muster.files.problems import did_you_mean

_LISTING = re.compile(r"(?:List|Describe|Get)(?P<subject>\w+?)(?:V\d)?")
_PLACEHOLDERS: Mapping[str, Any] = {"boolean": False, "integer": 1, "long": 1, "list": [], "map": {}, "structure": {}}


@dataclass(frozen=True)
class ListOperation:
    """An operation that lists things without being told which: `DescribeClusters` lists each `Cluster`.

    `result` leads to the list in its answer, `members` has the type of each member of an entry; an entry without any
    is a mere text.
    """

    service: str
    operation: str
    subject: str
    result: str
    members: Mapping[str, str]

    @property
    def asked(self) -> str:
        """The operation as nouns name it: `redshift:describe_clusters`."""
        return f"{self.service}:{xform_name(self.operation)}"

    @property
    def page(self) -> str:
        """The operation's page in AWS's documentation, by the address that leads there from every SDK."""
        return f"https://docs.aws.amazon.com/goto/WebAPI/{_service(self.service).metadata['uid']}/{self.operation}"

    def member(self, *names: str, kind: str = "string") -> str | None:
        """The first of these members that an entry has, whatever its case."""
        known = {name.lower(): name for name, of in self.members.items() if of == kind}
        return next((known[name.lower()] for name in names if name.lower() in known), None)

    @property
    def arn(self) -> str | None:
        """The member that is the ARN of the thing itself, and not of something beside it."""
        return self.member(f"{self.subject}Arn", "Arn")

    @property
    def id(self) -> str | None:
        """The member that AWS made up to tell things apart."""
        return self.member(f"{self.subject}Id", "Id")

    @property
    def name(self) -> str | None:
        """The member by which people call the thing."""
        return self.member(f"{self.subject}Identifier", f"{self.subject}Name", "Name", "Identifier")

    @property
    def tags(self) -> str | None:
        """The member that has the tags."""
        return self.member("Tags", "TagList", kind="list") or self.member("Tags", kind="map")


@dataclass(frozen=True)
class Making:
    """The operation that makes a thing: the parameter that names it, what else it must be told, where its ARN is."""

    method: str
    name: str | None
    required: Mapping[str, Any]
    arn: tuple[str, ...]


def is_service(name: str) -> bool:
    """Whether the library knows a service by this name."""
    return name in _session().get_available_services()


def has_regions(service: str) -> bool:
    """Whether a service is asked in each region, and not once for all."""
    return bool(_session().get_available_regions(service))


def signing_name(service: str) -> str:
    """The name by which the service goes in ARNs and permissions."""
    name: str = _service(service).signing_name
    return name


def listings(service: str) -> list[ListOperation]:
    """Everything of a service that can be listed by one question. Raises `UsageError` for no service."""
    model = _service(service)
    results = _results_of_pages(service)
    found = []
    for operation in model.operation_names:
        named, shape = _LISTING.fullmatch(operation), model.operation_model(operation)
        if (
            named is None
            or singular(named["subject"]) == named["subject"]
            or shape.output_shape is None
            or (shape.input_shape and shape.input_shape.required_members)
        ):
            continue
        for result, entry in _lists(shape.output_shape, results.get(operation)):
            members = {name: of.type_name for name, of in getattr(entry, "members", {}).items()}
            found.append(ListOperation(service, operation, singular(named["subject"]), result, members))
    return found


def listing_of(service: str, noun: str) -> ListOperation | None:
    """How things are listed that a class of this name stands for: `RedshiftCluster` for each `Cluster`.

    Of several, the one that is named most like it, and then the one that tells most.
    """
    fitting = [each for each in listings(service) if noun.lower().endswith(each.subject.lower())]
    return max(fitting, key=lambda each: (len(each.subject), len(each.members)), default=None)


def making_of(service: str, subject: str) -> Making | None:
    """How a thing is made, if the service has an operation that is named so."""
    model = _service(service)
    operation = f"Create{subject}"
    if operation not in model.operation_names:
        return None
    shape = model.operation_model(operation)
    members = shape.input_shape.members if shape.input_shape else {}
    required = shape.input_shape.required_members if shape.input_shape else []
    name = next((each for each in _names(subject) if each in members), None)
    if name is None and f"{subject}Id" in required:
        name = f"{subject}Id"
    told = {each: _PLACEHOLDERS.get(members[each].type_name, "fill in") for each in required if each != name}
    return Making(xform_name(operation), name, told, next(_ways_to_arn(shape.output_shape, subject), ()))


def singular(plural: str) -> str:
    """One of them: `Clusters` is each `Cluster`, `Policies` each `Policy`, `Queues` each `Queue`."""
    if plural.endswith("ies"):
        return f"{plural[:-3]}y"
    return re.sub(r"(?<=ss|xx|ch|sh)es$|(?<!s)s$", "", plural)


def _names(subject: str) -> tuple[str, ...]:
    return (f"{subject}Name", f"{subject}Identifier", "Name", "name", f"{subject[0].lower()}{subject[1:]}Name")


def _lists(output: Any, result: str | None) -> Iterator[tuple[str, Any]]:
    """Where the answer has its list, and the shape of an entry."""
    if result is None:
        lists = [name for name, member in output.members.items() if member.type_name == "list"]
        if len(lists) != 1:
            return
        (result,) = lists
    shape = output
    for step in result.split("."):
        shape = shape.members[step]
    if shape.type_name == "list":
        yield result, shape.member


def _ways_to_arn(output: Any, subject: str, way: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for name, member in output.members.items() if output is not None else ():
        if name.lower() in ("arn", f"{subject.lower()}arn"):
            yield (*way, name)
        elif member.type_name == "structure" and not way:
            yield from _ways_to_arn(member, subject, (name,))


def _results_of_pages(service: str) -> dict[str, str]:
    """Where each operation that answers in pages has its one list."""
    try:
        pages = _session().get_component("data_loader").load_service_model(service, "paginators-1")["pagination"]
    except botocore.exceptions.UnknownServiceError:
        return {}
    return {
        operation: page["result_key"]
        for operation, page in pages.items()
        if isinstance(page.get("result_key"), str) and re.fullmatch(r"\w+(\.\w+)*", page["result_key"])
    }


@cache
def _service(name: str) -> Any:
    if not is_service(name):
        services = _session().get_available_services()
        raise UsageError(f"--service={name}: no service of the client library; {did_you_mean(name, services)}")
    return _session().get_service_model(name)


@cache
def _session() -> Any:
    """A session of its own, from which no client is made; `Any`, because the library has no types."""
    return botocore.session.Session()

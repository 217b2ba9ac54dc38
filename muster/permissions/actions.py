"""The IAM actions behind operations, by the names that the client library's model has of these. Nobody is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name

from muster.errors import UsageError
from muster.permissions.facts import PermissionFacts
from muster.reading.sessions.own_questions import OF_WHOEVER_ENTERS, OWN_QUESTIONS

EVERYTHING = "*"
# What controls ask of others than AWS; IAM has no part in it.
_OF_OTHERS = ("github:", "estate:")


@dataclass(frozen=True, order=True)
class GrantedAction:
    """One action (`s3:GetBucketAcl`) on one resource, an ARN with wildcards or `*`."""

    action: str
    resource: str = EVERYTHING

    @property
    def service(self) -> str:
        """The prefix of the action."""
        return self.action.partition(":")[0]


def asked_of_aws(operations: Iterable[str]) -> list[str]:
    """The operations that AWS is asked by controls which ask these, and by entering an account; sorted."""
    return sorted(name for name in {*operations, *OWN_QUESTIONS} if not name.startswith(_OF_OTHERS))


def grants_of_role(operations: Iterable[str], facts: PermissionFacts) -> list[GrantedAction]:
    """What the role that is entered must be allowed, for controls that ask these operations; sorted.

    Raises `UsageError` for an operation that the client library does not know.
    """
    asked = [name for name in asked_of_aws(operations) if name not in OF_WHOEVER_ENTERS]
    return sorted({grant for name in asked for grant in _grants(name, facts)})


def action_of(name: str, facts: PermissionFacts) -> str:
    """`rds:describe_db_instances` → `rds:DescribeDBInstances`.

    Raises `UsageError` for an operation that the client library does not know.
    """
    service = name.partition(":")[0]
    if name in facts.actions:
        return facts.actions[name]
    if service in facts.by_path:
        return facts.by_path[service].action
    signing_name = _model(service, name).signing_name
    return f"{facts.prefixes.get(signing_name, signing_name)}:{_operation(name).name}"


def _grants(name: str, facts: PermissionFacts) -> Iterator[GrantedAction]:
    action = action_of(name, facts)
    by_path = facts.by_path.get(name.partition(":")[0])
    if by_path is None:
        yield GrantedAction(action)
    else:
        path = _operation(name).http["requestUri"].removeprefix(by_path.without or "")
        for each in (re.sub(r"{[^}]+}", "*", path), *facts.paths_besides.get(name, ())):
            yield GrantedAction(action, by_path.arn + each)
    if name in facts.besides:
        yield GrantedAction(facts.besides[name])


def _operation(name: str) -> Any:
    """The model of an operation: `rds:describe_db_instances`."""
    service, _, method = name.partition(":")
    model = _model(service, name)
    found = [known for known in model.operation_names if xform_name(known) == method]
    if not found:
        raise UsageError(f"{name}: the client library's service {service} has no such operation")
    return model.operation_model(found[0])


def _model(service: str, name: str) -> Any:
    if service not in _session().get_available_services():
        raise UsageError(f"{name}: the client library knows no service {service}")
    return _session().get_service_model(service)


@cache
def _session() -> Any:
    """A session of its own, from which no client is made; `Any`, because the library has no types."""
    return botocore.session.Session()

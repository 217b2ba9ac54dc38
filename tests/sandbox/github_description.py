"""GitHub's published description of its REST API, as githubkit ships it: the model of each operation's answer."""

from __future__ import annotations

import inspect
import pkgutil
import re
from functools import cache
from importlib import import_module
from typing import Any

import githubkit_schemas.ghec_v2022_11_28.rest
import githubkit_schemas.v2022_11_28.rest
from pydantic import TypeAdapter, ValidationError

# github.com first; what only an enterprise has stands in the other.
DESCRIPTIONS = (githubkit_schemas.v2022_11_28.rest, githubkit_schemas.ghec_v2022_11_28.rest)
_OPERATION = re.compile(r"^\s*(GET /\S*)$", re.MULTILINE)


def misfit(operation: str, content: Any) -> str | None:
    """Where a content is not what the operation is described to answer, or None.

    Raises:
        LookupError: GitHub describes no such operation.
    """
    model = _model_of(operation)
    if model is None:
        # The status 204 says all.
        return None if content == {} else f"{operation}: answers something, and is described to answer nothing"
    try:
        model.validate_python(content)
    except ValidationError as error:
        told = [f"{'.'.join(str(step) for step in each['loc'])}: {each['msg']}" for each in error.errors()[:5]]
        return f"{operation}: {'; '.join(told)}"
    return None


class _Asked(Exception):
    def __init__(self, model: Any) -> None:
        self.model = model


class _Recorder:
    """Stands where a client of githubkit's would send its request, and says what answer it would expect."""

    def request(self, _method: str, _url: str, **how: Any) -> None:
        raise _Asked(how.get("response_model"))


@cache
def _model_of(operation: str) -> TypeAdapter[Any] | None:
    client, name = next(found[operation] for found in map(_operations, DESCRIPTIONS) if operation in found)
    recorder = _Recorder()
    method = getattr(client(recorder), name)
    parameters = inspect.signature(method).parameters.values()
    try:
        method(**{each.name: "x" for each in parameters if each.default is inspect.Parameter.empty})
    except _Asked as asked:
        return None if asked.model is None else TypeAdapter(asked.model)
    raise LookupError(f"{operation}: githubkit sends nothing for it")


@cache
def _operations(description: Any) -> dict[str, tuple[type, str]]:
    """The client and method of each operation, which the method's text names as we do."""
    found = {}
    for each in pkgutil.iter_modules(description.__path__):
        module = import_module(f"{description.__name__}.{each.name}")
        for client in vars(module).values():
            if not inspect.isclass(client) or client.__module__ != module.__name__:
                continue
            for name, method in vars(client).items():
                named = _OPERATION.search(getattr(method, "__doc__", None) or "")
                if named and not name.startswith(("_", "async_")):
                    found[named[1]] = (client, name)
    return found

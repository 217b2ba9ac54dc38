"""`fixtures/permissions.yaml`: what IAM asks for where it is not an action of the operation's own name."""

from __future__ import annotations

from collections.abc import Mapping

from muster.files.strict_yaml import load, validate
from muster.files.values import EstateModel, Items, Text
from muster.suites import Suites

FILE = "permissions.yaml"


class ActionByPath(EstateModel):
    """A service whose resources are the paths of its requests: `arn` is what stands before a path.

    `without` is the beginning of paths that IAM leaves out.
    """

    action: Text
    arn: Text
    without: Text | None = None


class PermissionFacts(EstateModel):
    """Exceptions, by signing name (`prefixes`), by operation (`s3:list_buckets`), or by service (`by_path`)."""

    prefixes: Mapping[str, Text] = {}
    actions: Mapping[str, Text] = {}
    besides: Mapping[str, Text] = {}
    by_path: Mapping[str, ActionByPath] = {}
    paths_besides: Mapping[str, Items[Text]] = {}


def permission_facts(suites: Suites) -> PermissionFacts:
    """The facts of all suites; the organization's own win. Raises `FileError` for a file that is not of the form."""
    found: dict[str, dict[str, object]] = {}
    for folder in suites.folders("fixtures"):
        if (folder / FILE).is_file():
            read = validate(load(folder / FILE), PermissionFacts)
            for name in PermissionFacts.model_fields:
                found[name] = {**found.get(name, {}), **getattr(read, name)}
    return PermissionFacts.model_validate(found)

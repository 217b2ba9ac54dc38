"""Service models as audits load them: what reads need is there, what only writes need is not."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader, create_loader
from botocore.model import ServiceModel

from muster.judging.closure import operations_of
from muster.reading.sessions.guard import is_read
from muster.reading.sessions.models import ReadsAlone, ReadsLoader
from tests.conftest import CONTROLS

ELSEWHERE = {"github", "estate"}
SERVICES = sorted({name.partition(":")[0] for name in operations_of(CONTROLS.values())} - ELSEWHERE)


def undocumented(model: Any) -> Any:
    """A part of a model without its texts; a member may be called documentation, and is no text."""
    match model:
        case dict():
            kept = {name: each for name, each in model.items() if name != "documentation" or not isinstance(each, str)}
            return {name: undocumented(each) for name, each in kept.items()}
        case list():
            return [undocumented(each) for each in model]
        case _:
            return model


def names(model: Any) -> set[str]:
    """The shapes that a part of a model refers to."""
    match model:
        case dict():
            own = {model["shape"]} if isinstance(model.get("shape"), str) else set()
            return own.union(*map(names, model.values()))
        case list():
            return set().union(*map(names, model))
        case _:
            return set()


@cache
def ours_of(service: str) -> Any:
    """As loaded; clients change some of it when they are made."""
    return Loader(file_loader=ReadsAlone()).load_service_model(service, "service-2")


@cache
def botocores(service: str) -> Any:
    return undocumented(create_loader().load_service_model(service, "service-2"))


@pytest.mark.parametrize("service", SERVICES)
def test_reads_are_as_in_botocores_own_model(service: str) -> None:
    ours, whole = ours_of(service), botocores(service)

    assert undocumented(ours["operations"]) == whole["operations"]
    assert ours["metadata"] == whole["metadata"]
    needed = [operation for name, operation in whole["operations"].items() if is_read(service, name)]
    shapes = undocumented(ours["shapes"])
    seen: set[str] = set()
    while needed:
        found = names(needed) - seen
        seen |= found
        assert {name: shapes.get(name) for name in found} == {name: whole["shapes"][name] for name in found}
        needed = [whole["shapes"][name] for name in found]
    assert seen


@pytest.mark.parametrize("service", SERVICES)
def test_errors_are_all_there(service: str) -> None:
    ours, whole = ours_of(service), botocores(service)
    errors = {name for name, shape in whole["shapes"].items() if shape.get("exception")}

    assert errors <= ours["shapes"].keys()


def test_what_only_writes_need_is_left_out() -> None:
    shapes = ours_of("kms")["shapes"]

    assert shapes["DescribeKeyResponse"]["members"]
    assert shapes["CreateKeyRequest"]["members"] == {}
    assert "CreateKeyResponse" not in shapes


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_can_be_looked_at_before_it_is_refused(service: str) -> None:
    model = ServiceModel(ours_of(service), service)

    for name in model.operation_names:
        assert model.operation_model(name).has_streaming_input in (True, False)
    assert all(shape.type_name == "structure" for shape in model.error_shapes)


SAYS_WHAT_IT_TAKES = """
from muster.reading.sessions.clients import new_session
from muster.reading.sessions.hosts import is_aws_host

keys = {"region_name": "eu-west-1", "aws_access_key_id": "a", "aws_secret_access_key": "b"}
print(new_session().client("kms", **keys).meta.service_model.operation_names == ["ListKeys"])
print(new_session().client("cloudfront", **keys).meta.service_model.api_version)
print(is_aws_host("https://kms.example.org"))
"""


def test_models_and_versions_of_the_users_own_are_not_taken(tmp_path: Path) -> None:
    model = botocores("kms")
    only_keys = {**model, "operations": {"ListKeys": model["operations"]["ListKeys"]}}
    partitions = create_loader().load_data("partitions")
    partitions["partitions"][0]["outputs"]["dnsSuffix"] = "example.org"
    files = {"kms/2014-11-01/service-2.json": only_keys, "partitions.json": partitions}
    for name, data in files.items():
        path = tmp_path / ".aws" / "models" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data))
    (tmp_path / "config").write_text("[default]\napi_versions =\n    cloudfront = 2014-11-06\n")
    environment = {**os.environ, "HOME": str(tmp_path), "AWS_CONFIG_FILE": str(tmp_path / "config")}

    done = subprocess.run(
        [sys.executable, "-c", SAYS_WHAT_IT_TAKES], env=environment, capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == ["False", "2020-05-31", "False"]


class TestModelsOfARun:
    def test_of_reads_what_nobody_asks_is_left_out_as_well(self) -> None:
        loader = ReadsLoader()
        loader.load_for(["kms:describe_key"])

        shapes = loader.load_service_model("kms", "service-2")["shapes"]

        assert shapes["DescribeKeyResponse"] == ours_of("kms")["shapes"]["DescribeKeyResponse"]
        assert shapes["ListKeysRequest"]["members"] == {}
        assert "ListKeysResponse" not in shapes

    def test_what_was_loaded_for_fewer_questions_is_loaded_anew(self) -> None:
        loader = ReadsLoader()
        for asked in (["kms:describe_key"], ["kms:list_keys"]):
            loader.load_for(asked)
            shapes = loader.load_service_model("kms", "service-2")["shapes"]

        assert "ListKeysResponse" in shapes

    def test_what_was_loaded_for_all_stays(self) -> None:
        loader = ReadsLoader()
        whole = loader.load_service_model("kms", "service-2")
        loader.load_for(["kms:describe_key"])

        assert loader.load_service_model("kms", "service-2") is whole

    def test_what_is_let_go_of_is_loaded_for_all_reads(self) -> None:
        loader = ReadsLoader()
        loader.load_for(["kms:describe_key"])
        loader.forget()

        assert "ListKeysResponse" in loader.load_service_model("kms", "service-2")["shapes"]

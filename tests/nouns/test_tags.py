"""Tags: one form of them, whichever the service has."""

from __future__ import annotations

from typing import Any

import pytest

from fixtures.tags import Tags
from muster.judging.keys import Mismatch
from muster.judging.typed import check_of


@pytest.mark.parametrize(
    ("answer", "tags"),
    [
        pytest.param([{"Key": "Name", "Value": "web"}], {"Name": "web"}, id="Key and Value"),
        pytest.param([{"key": "Name", "value": "web"}], {"Name": "web"}, id="key and value"),
        pytest.param([{"TagKey": "Name", "TagValue": "web"}], {"Name": "web"}, id="TagKey and TagValue"),
        pytest.param({"Name": "web"}, {"Name": "web"}, id="an object"),
        pytest.param([{"key": "ours"}], {"ours": ""}, id="a tag without a value"),
        pytest.param([], {}, id="no tags"),
    ],
)
def test_tags_are_read_in_every_form(answer: Any, tags: dict[str, str]) -> None:
    assert check_of(Tags)(answer) == tags


@pytest.mark.parametrize(
    "answer", [[{"Name": "web"}], ["web"], [{"Key": "Name", "Value": 1}], {"Name": None}, "Name=web", None, [None]]
)
def test_what_is_no_tags_is_malformed(answer: Any) -> None:
    with pytest.raises(Mismatch):
        check_of(Tags)(answer)

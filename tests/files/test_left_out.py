"""fixtures/left-out.yaml: which keys an API leaves out where there is none, each with the page that says so."""

from __future__ import annotations

from pathlib import Path

import pytest

from muster.errors import FileError
from muster.proving.left_out import FILE, left_out_in


def test_keys_are_known_by_their_operation(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("left_out:\n  sqs:list_queues:\n    QueueUrls: https://example.com/none\n")

    assert left_out_in(tmp_path) == {("sqs:list_queues", "QueueUrls")}


def test_a_suite_without_the_file_names_none(tmp_path: Path) -> None:
    assert left_out_in(tmp_path) == frozenset()


@pytest.mark.parametrize(
    ("text", "field"),
    [
        pytest.param("left_out:\n  sqs:list_queues:\n    QueueUrls: it is so\n", "QueueUrls", id="no page"),
        pytest.param(
            "left_out:\n  ListQueues:\n    QueueUrls: https://example.com/none\n", "ListQueues", id="no operation"
        ),
        pytest.param("left:\n  sqs:list_queues: {}\n", "left", id="another key"),
    ],
)
def test_what_is_not_of_the_form_is_refused_by_its_line(tmp_path: Path, text: str, field: str) -> None:
    (tmp_path / FILE).write_text(text)

    with pytest.raises(FileError, match=field):
        left_out_in(tmp_path)

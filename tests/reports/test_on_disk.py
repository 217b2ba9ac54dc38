"""Reports on disk are used as the list that pytest would have kept."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from tempfile import TemporaryFile
from typing import Any

import pytest

from reports.session.on_disk import CountedIds, ReportsOnDisk


def report(name: str, **more: Any) -> pytest.TestReport:
    keywords: Any = {name: 1}
    return pytest.TestReport(f"test_a.py::{name}", ("test_a.py", 1, name), keywords, "passed", None, "call", **more)


FIVE = [report(name) for name in "abcde"]


@pytest.fixture
def on_disk() -> Iterator[ReportsOnDisk]:
    """Five reports, of which the first three are on disk."""
    with TemporaryFile() as file:
        reports = ReportsOnDisk(file, FIVE)
        for index in range(3):
            reports.put_on_disk(index)
        yield reports


def names(reports: Any) -> list[str]:
    return [each.nodeid.rpartition("::")[2] for each in reports]


def without_second(reports: Any) -> Any:
    del reports[1]
    return reports


def without_first_four(reports: Any) -> Any:
    del reports[:4]
    return reports


def with_another_first(reports: Any) -> Any:
    reports.insert(0, report("f"))
    return reports


def with_others_replaced(reports: Any) -> Any:
    reports[1:4] = [report("x"), report("y")]
    reports[0] = report("z")
    return reports


def with_more(reports: Any) -> Any:
    reports += [report("f")]
    reports.extend([report("g")])
    return reports


def with_none(reports: Any) -> Any:
    reports.clear()
    return reports


@pytest.mark.parametrize(
    "use",
    [
        pytest.param(lambda reports: reports, id="read"),
        pytest.param(lambda reports: [reports[0], reports[-1]], id="one"),
        pytest.param(lambda reports: reports[1:4], id="some"),
        pytest.param(lambda reports: reports + [FIVE[0]], id="added to a list"),  # noqa: RUF005  # as others write it
        pytest.param(lambda reports: [FIVE[0]] + reports, id="a list added to"),  # noqa: RUF005
        pytest.param(reversed, id="backwards"),
        pytest.param(without_second, id="one taken out"),
        pytest.param(without_first_four, id="some taken out"),
        pytest.param(with_another_first, id="one put in"),
        pytest.param(with_others_replaced, id="some replaced"),
        pytest.param(with_more, id="more"),
        pytest.param(with_none, id="cleared"),
    ],
)
def test_they_are_used_as_a_list(on_disk: ReportsOnDisk, use: Callable[[Any], Any]) -> None:
    assert names(use(on_disk)) == names(use(list(FIVE)))


def test_all_that_was_told_of_a_report_comes_back(on_disk: ReportsOnDisk) -> None:
    told = report("f", user_properties=[("of", "me")], sections=[("Captured", "a\nb")], wasxfail="later", duration=0.5)
    on_disk.append(told)
    on_disk.put_on_disk(5)

    assert on_disk[5] is not told
    assert vars(on_disk[5]) == vars(told)


def test_a_report_keeps_the_worker_that_it_came_from(on_disk: ReportsOnDisk) -> None:
    worker = threading.Lock()  # like xdist's, it cannot be written
    on_disk.append(report("f", node=worker))
    on_disk.put_on_disk(5)

    assert on_disk.newest is None
    assert on_disk[5].node is worker


def test_what_cannot_be_written_stays_in_memory(on_disk: ReportsOnDisk) -> None:
    told = report("f", extra=lambda: None)
    on_disk.append(told)
    on_disk.put_on_disk(5)

    assert on_disk[5] is told


@pytest.mark.parametrize("index", [0, 7], ids=["is there already", "is gone"])
def test_it_is_nothing_to_put_what_is_there_or_gone(on_disk: ReportsOnDisk, index: int) -> None:
    on_disk.put_on_disk(index)

    assert names(on_disk) == names(FIVE)


def test_ids_that_are_gone_are_counted() -> None:
    ids = CountedIds("ab")
    ids.let_go("a")
    ids.let_go("never there")
    ids.add("c")

    assert set(ids) == {"b", "c"}
    assert len(ids) == 3

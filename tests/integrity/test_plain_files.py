"""Files of a folder that somebody else may have written: plain ones are read, and no link is followed."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.evidence.plain_files import (
    NotPlain,
    is_plain,
    listed_entries,
    new_plain,
    open_plain,
    read_plain,
    sha256_of_plain,
    write_plain,
)

SHA256_OF_ABC = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a file in it and one below, beside a file that is none of its business."""
    (tmp_path / "secret").write_text("not for you")
    made = tmp_path / "run"
    (made / "reads").mkdir(parents=True)
    (made / "run.json").write_text("abc")
    (made / "reads" / "a.json").write_text("abc")
    return made


@pytest.mark.parametrize("name", ["run.json", "reads/a.json"])
def test_a_plain_file_is_read(folder: Path, name: str) -> None:
    assert read_plain(folder, name) == b"abc"
    assert sha256_of_plain(folder, name) == SHA256_OF_ABC
    assert is_plain(folder, name)


@pytest.mark.parametrize("name", ["nothing", "nowhere/run.json", "n" * 300])
def test_a_file_that_is_not_there_is_not_found(folder: Path, name: str) -> None:
    with pytest.raises(FileNotFoundError):
        open_plain(folder, name)
    assert not is_plain(folder, name)


def link(folder: Path) -> str:
    (folder / "a-link").symlink_to(folder.parent / "secret")
    return "a-link"


def link_to_a_plain_file_of_the_folder(folder: Path) -> str:
    (folder / "a-link").symlink_to("run.json")
    return "a-link"


def file_in_a_linked_folder(folder: Path) -> str:
    (folder / "linked").symlink_to(folder / "reads")
    return "linked/a.json"


def file_in_a_file(_: Path) -> str:
    return "run.json/a.json"


def pipe(folder: Path) -> str:
    os.mkfifo(folder / "pipe")
    return "pipe"


def listening_socket(folder: Path) -> str:
    with socket.socket(socket.AF_UNIX) as listening, contextlib.chdir(folder):  # the address of a socket is short
        listening.bind("socket")
    return "socket"


@pytest.mark.parametrize(
    "make",
    [
        link,
        link_to_a_plain_file_of_the_folder,
        file_in_a_linked_folder,
        file_in_a_file,
        pipe,
        listening_socket,
        pytest.param(lambda _: "reads", id="folder"),
        pytest.param(lambda _: "../secret", id="above"),
        pytest.param(lambda _: "reads/../../secret", id="above by a detour"),
        pytest.param(lambda folder: str(folder.parent / "secret"), id="absolute"),
        pytest.param(lambda _: "", id="nothing"),
        pytest.param(lambda _: "run.json\0", id="a name that no file has"),
    ],
)
def test_what_is_no_plain_file_is_refused_and_named(folder: Path, make: Callable[[Path], str]) -> None:
    name = make(folder)

    with pytest.raises(NotPlain) as refused:
        read_plain(folder, name)
    assert str(refused.value).startswith((name, repr(name)))
    assert not is_plain(folder, name)


def test_a_device_is_refused() -> None:
    with pytest.raises(NotPlain):
        open_plain(Path("/dev"), "null")


def test_a_file_that_is_too_large_is_refused(folder: Path) -> None:
    assert read_plain(folder, "run.json", at_most=3) == b"abc"
    with pytest.raises(NotPlain, match=r"run\.json: it has more than 2 bytes"):
        read_plain(folder, "run.json", at_most=2)


def test_the_folder_that_the_user_named_may_be_a_link(folder: Path) -> None:
    (folder.parent / "latest").symlink_to(folder.name)

    assert read_plain(folder.parent / "latest", "run.json") == b"abc"


def test_everything_in_a_folder_is_listed_and_links_are_not_followed(folder: Path) -> None:
    for make in (link, file_in_a_linked_folder, pipe):
        make(folder)

    assert listed_entries(folder) == {
        "a-link": False,
        "linked": False,
        "pipe": False,
        "reads/a.json": True,
        "run.json": True,
    }


@pytest.mark.parametrize("name", ["new.html", "run.json", "reads/new.json"])
def test_a_file_is_written(folder: Path, name: str) -> None:
    write_plain(folder, name, b"new")

    assert read_plain(folder, name) == b"new"


def test_a_link_is_replaced_and_not_written_through(folder: Path) -> None:
    name = link(folder)
    write_plain(folder, name, b"new")

    assert read_plain(folder, name) == b"new"
    assert (folder.parent / "secret").read_text() == "not for you"


@pytest.mark.parametrize(
    "make",
    [
        file_in_a_linked_folder,
        pytest.param(lambda _: "../outside", id="above"),
        pytest.param(lambda _: "reads", id="a folder"),
    ],
)
def test_nothing_is_written_elsewhere_and_nothing_half_is_left(folder: Path, make: Callable[[Path], str]) -> None:
    name = make(folder)
    before = sorted(folder.parent.rglob("*"))

    with pytest.raises(NotPlain):
        write_plain(folder, name, b"new")
    assert sorted(folder.parent.rglob("*")) == before


def test_a_file_in_the_making_is_not_there_until_it_is_whole(folder: Path) -> None:
    with new_plain(folder, "new.html") as handle:
        handle.write(b"new")
        assert not is_plain(folder, "new.html")

    assert read_plain(folder, "new.html") == b"new"


def test_a_file_that_is_never_whole_leaves_what_stood_there(folder: Path) -> None:
    before = sorted(folder.parent.rglob("*"))

    def break_off() -> None:
        with new_plain(folder, "run.json") as handle:
            handle.write(b"half")
            raise KeyError

    with pytest.raises(KeyError):
        break_off()

    assert sorted(folder.parent.rglob("*")) == before
    assert read_plain(folder, "run.json") == b"abc"

"""Files of a folder that somebody else may have written: plain files alone are read, and no link is followed.

A run folder is handed on, unpacked, copied from a bucket. A link in it could lead a reader to any file of the machine
(and a writer over it), and a pipe in it would keep a reader waiting for good. So a file is named by the folder, which
the user chose, and its path inside it, which is data; every part of that path is opened from the one above, as what it
must be. https://man7.org/linux/man-pages/man2/open.2.html (O_NOFOLLOW, O_NONBLOCK)
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from muster.errors import BadEvidence
from muster.printable import counted

# What a file that is read whole may have, in bytes: a manifest of a million files has some 140 MB.
MOST_BYTES = 256 * 1024 * 1024
# And a line of a file that is read line by line: a row that rests on 10,000 answers has some 700 KB.
MOST_BYTES_OF_LINE = 16 * 1024 * 1024

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
# A pipe without a writer is opened at once with O_NONBLOCK, and seen to be none of ours.
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
# How the system says "that is a link", "one of its folders is none", "that is a socket".
_NOT_PLAIN = {errno.ELOOP, errno.ENOTDIR, errno.EMLINK, errno.ENXIO, errno.EISDIR}


class NotPlain(BadEvidence):
    """What stands there is a link, a folder, a pipe or a device, is larger than it may be, or lies outside."""


def open_plain(folder: Path, name: str) -> BufferedReader:
    """A plain file of a folder, open for reading; `name` is its path inside the folder, with `/`.

    Raises FileNotFoundError where there is none, `NotPlain` where it is something else, OSError where the system
    says no. `folder` itself may be a link: the user named it.
    """
    with _folder_of(folder, name) as (parent, last):
        try:
            descriptor = os.open(last, _FILE, dir_fd=parent)
        except OSError as error:
            raise _said_of(name, error) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise NotPlain(f"{name}: it is no plain file")
    return os.fdopen(descriptor, "rb")


def read_plain(folder: Path, name: str, *, at_most: int = MOST_BYTES) -> bytes:
    """The bytes of a plain file of a folder. Raises as `open_plain` does, and `NotPlain` beyond `at_most`."""
    with open_plain(folder, name) as handle:
        data = handle.read(at_most + 1)
    if len(data) > at_most:
        raise NotPlain(f"{name}: it has more than {counted(at_most, 'byte')}")
    return data


def sha256_of_plain(folder: Path, name: str) -> str:
    """The SHA-256 of a plain file of a folder, in hex. Raises as `open_plain` does."""
    with open_plain(folder, name) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def lines_of(handle: BinaryIO, *, at_most: int = MOST_BYTES_OF_LINE) -> Iterator[bytes]:
    """The lines of a file; one that is longer than it may be is cut, and so is no whole line any more."""
    while line := handle.readline(at_most):
        yield line
        while len(line) == at_most and not line.endswith(b"\n"):
            line = handle.readline(at_most)


def write_plain(folder: Path, name: str, data: bytes) -> None:
    """Write a file of a folder in one step. Raises as `new_plain` does."""
    with new_plain(folder, name) as handle:
        handle.write(data)


@contextmanager
def new_plain(folder: Path, name: str) -> Iterator[BinaryIO]:
    """A file of a folder in the making: it takes its name in one step once it is whole, and is gone if it never is.

    What stood there is replaced, be it a link, and never written through. Raises as `open_plain` does; the folders in
    `name` must be there.
    """
    with _folder_of(folder, name) as (parent, last):
        partial = f".{secrets.token_hex(8)}.partial"
        is_in_place = False
        with os.fdopen(os.open(partial, _NEW_FILE, 0o666, dir_fd=parent), "wb") as handle:
            try:
                yield handle
                _put_in_place(handle, partial, last, parent, name)
                is_in_place = True
            finally:  # a full disk, a folder of that name, Ctrl-C: nothing half is left
                if not is_in_place:
                    os.unlink(partial, dir_fd=parent)


def _put_in_place(handle: BinaryIO, partial: str, last: str, parent: int, name: str) -> None:
    try:
        handle.flush()
        os.replace(partial, last, src_dir_fd=parent, dst_dir_fd=parent)
    except OSError as error:
        raise _said_of(name, error) from error


def is_plain(folder: Path, name: str) -> bool:
    """Whether a folder has a plain file of that name that can be opened."""
    try:
        open_plain(folder, name).close()
    except (OSError, NotPlain):
        return False
    return True


def listed_entries(folder: Path) -> dict[str, bool]:
    """Everything in a folder and its folders by its path inside it, sorted, and whether it is a plain file.

    Folders are left out, for what is in them stands for them; links are not followed.
    """
    return dict(sorted(_entries(folder, PurePosixPath())))


def _entries(folder: Path, inside: PurePosixPath) -> Iterator[tuple[str, bool]]:
    waiting = [inside]
    while waiting:
        at = waiting.pop()
        with os.scandir(folder / at) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(at / entry.name)
                else:
                    yield (at / entry.name).as_posix(), entry.is_file(follow_symlinks=False)


@contextmanager
def _folder_of(folder: Path, name: str) -> Iterator[tuple[int, str]]:
    """The folder that a path inside a folder ends in, opened part by part, and the last part of the path."""
    *above, last = _parts(name)
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        for part in above:
            try:
                below = os.open(part, _FOLDER, dir_fd=descriptor)
            except OSError as error:
                raise _said_of(name, error) from error
            os.close(descriptor)
            descriptor = below
        yield descriptor, last
    finally:
        os.close(descriptor)


def _parts(name: str) -> tuple[str, ...]:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or not path.parts or "\0" in name:
        raise NotPlain(f"{name!r}: it is no path inside the folder")
    return path.parts


def _said_of(name: str, error: OSError) -> Exception:
    if error.errno in _NOT_PLAIN:
        return NotPlain(f"{name}: it is a link, or no plain file")
    if error.errno == errno.ENAMETOOLONG:
        return FileNotFoundError(errno.ENOENT, "no file has so long a name", name)
    return type(error)(error.errno, error.strerror, name)

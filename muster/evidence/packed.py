"""A run in one file: its folder as a `.zip`, whose bytes depend on nothing but what is in it.

A thousand accounts are then a thousand objects and not a million files. What a packed run holds may have been written
by anybody: names in it are data, and it is unpacked up to limits only.
https://docs.python.org/3/library/zipfile.html#decompression-pitfalls
"""

from __future__ import annotations

import shutil
import tempfile
import zipfile
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from muster.errors import BadEvidence, UsageError
from muster.evidence.manifest import Manifest
from muster.evidence.plain_files import listed_entries, open_plain
from muster.evidence.record import is_name
from muster.printable import counted

SUFFIX = ".zip"
MOST_FILES = 2_000_000
MOST_BYTES = 16 * 1024**3
"""What all files of a packed run may have when they are unpacked, in bytes."""
MOST_BYTES_OF_MANIFEST = 256 * 1024**2

_AT_ONCE = 1024 * 1024
# The first moment that a .zip can say: when it was packed is no evidence of anything.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PLAIN_FILE = 0o100644 << 16


def pack_run(run: Path, target: Path) -> None:
    """Write the plain files of the folder of a run or fleet as `target`, in one step: it is whole, or not there.

    Raises `UsageError` for what is too large to be unpacked again.
    """
    names = [name for name, is_plain in listed_entries(run).items() if is_plain]
    if len(names) > MOST_FILES or sum((run / name).lstat().st_size for name in names) > MOST_BYTES:
        limits = f"{MOST_FILES:,} files or {counted(MOST_BYTES, 'byte')}"
        raise UsageError(f"{run}: too large to be packed: it has more than {limits}; copy the folder")
    partial = target.with_suffix(".partial")
    try:
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
            for name in names:
                _add(archive, run, name)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def unpacked_run(packed: Path, *, only: Collection[str] = ()) -> Iterator[Path]:
    """The folder of a packed run, named as the run is, for as long as the context lasts.

    Of `only` some names the files are unpacked that have one, those in folders among them.

    Raises `BadEvidence` where it is no packed run, or larger than one may be.
    """
    with tempfile.TemporaryDirectory(prefix="muster-run-") as parent:
        yield unpack_run(packed, Path(parent), only=only)


def unpack_run(packed: Path, parent: Path, *, only: Collection[str] = (), at_most: int = MOST_BYTES) -> Path:
    """Unpack a run of at most so many bytes into a new folder of `parent`, named as the run is.

    Raises as `unpacked_run` does.
    """
    try:
        with zipfile.ZipFile(packed) as archive:
            entries = _checked(packed, archive, at_most)
            folder = parent / _run_name(packed, archive)
            folder.mkdir()
            for entry in entries:
                if not only or PurePosixPath(entry.filename).name in only:
                    _extract(archive, entry, folder)
            return folder
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadEvidence(f"{packed}: no packed run: {error}") from error


def _add(archive: zipfile.ZipFile, run: Path, name: str) -> None:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    entry.external_attr = _PLAIN_FILE
    entry.compress_type = zipfile.ZIP_DEFLATED
    with open_plain(run, name) as source, archive.open(entry, "w", force_zip64=True) as into:
        shutil.copyfileobj(source, into, _AT_ONCE)


def _checked(packed: Path, archive: zipfile.ZipFile, at_most: int) -> list[zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) > at_most:
        raise BadEvidence(
            f"{packed}: no packed run: it has more than {MOST_FILES:,} files or {counted(at_most, 'byte')}"
        )
    names = [entry.filename for entry in entries]
    wrong = next((name for name in names if not _is_inside(name)), None)
    if wrong is not None:
        raise BadEvidence(f"{packed}: no packed run: {wrong!r} is no path inside a folder")
    if len(set(names)) < len(names):
        raise BadEvidence(f"{packed}: no packed run: it has two files of one name")
    return entries


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and path.as_posix() == name


def _run_name(packed: Path, archive: zipfile.ZipFile) -> str:
    """The name that its manifest gives the run; without one, that of the file."""
    name = packed.stem
    if "manifest.json" in archive.namelist():
        with archive.open("manifest.json") as handle:
            name = Manifest.parse(handle.read(MOST_BYTES_OF_MANIFEST)).run
    if not is_name(name):
        raise BadEvidence(f"{packed}: no packed run: {name!r} is no name of a run")
    return name


def _extract(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, folder: Path) -> None:
    path = folder / entry.filename
    path.parent.mkdir(parents=True, exist_ok=True)
    # What it says of its size was counted; zipfile gives no more than that.
    with archive.open(entry) as source, path.open("xb") as into:
        shutil.copyfileobj(source, into, _AT_ONCE)

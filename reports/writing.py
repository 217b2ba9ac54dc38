"""Writing what was made: where to, and so that nothing that a folder holds can lead it elsewhere."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import TextIO

from muster.errors import UsageError
from muster.evidence.plain_files import new_plain

_FILES_OF_A_RUN = ("run.json", "verdicts.jsonl", "manifest.json")
_FILES_OF_A_FLEET = ("fleet.json", "manifest.json")


def folder_beside(run: Path) -> Path:
    """Where the reports of a finished run go: beside its folder, in which nothing may be added; made if need be.

    Raises `UsageError` where something else stands in that place, or it cannot be made.
    """
    real = run.resolve()
    folder = real.with_name(f"{real.name}.reports")
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be made: {error.strerror}; --output=DIR writes elsewhere") from error
    if folder.is_symlink():
        raise UsageError(f"{folder}: it is a link, and not followed: remove it, or write elsewhere with --output=DIR")
    return folder


def refuse_run_folder(folder: Path) -> None:
    """Raise `UsageError` for a folder that is, or lies in, that of a run: what is added there is no evidence."""
    real = folder.resolve()
    for above in (real, *real.parents):
        if any(all((above / name).exists() for name in files) for files in (_FILES_OF_A_RUN, _FILES_OF_A_FLEET)):
            raise UsageError(
                f"{folder}: it is the sealed folder of a run, and what is added to it breaks its manifest:"
                " write elsewhere with --output"
            )


def refuse_no_file(path: Path) -> None:
    """Raise `UsageError` where something other than a plain file stands in the place of a file to be written."""
    try:
        mode = path.lstat().st_mode
    except (FileNotFoundError, NotADirectoryError):
        return
    if not stat.S_ISREG(mode):
        raise UsageError(f"{path}: it is a link, or no plain file: remove it, or write elsewhere with --output")


@contextmanager
def new_text(folder: Path, name: str) -> Iterator[TextIO]:
    """A text file in the making, UTF-8, line ends as they are written; raises as `new_plain` does."""
    with new_plain(folder, name) as handle:
        text = TextIOWrapper(handle, encoding="utf-8", newline="")
        try:
            yield text
            text.flush()
        finally:
            text.detach()

"""Folders for what audits write, which stay until all benchmarks have ended.

Ext4 looks at every inode that was freed within a minute before it gives one, so that whoever removes a run folder makes
the next run up to a sixth dearer than it is for a user, who keeps it.
https://elixir.bootlin.com/linux/v6.1/source/fs/ext4/ialloc.c (recently_deleted)
"""

from __future__ import annotations

import atexit
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp


def new_place() -> Path:
    """An empty folder."""
    return Path(mkdtemp(dir=_all_places()))


@cache
def _all_places() -> str:
    places = TemporaryDirectory(prefix="benchmarks-")
    atexit.register(places.cleanup)
    return places.name

"""Ways in which a run folder can be no run folder: each file as something else, as another text, as another JSON."""

from __future__ import annotations

import copy
import json
import os
import random
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Mutation = Callable[[Path, random.Random], str]
"""Spoils a folder and says how."""

DEEP = 100_000
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    10**40,
    1e308,
    "",
    "x" * 10_000,
    "\ud800",
    "\x00\x1b[2J",
    "x/../../../tmp/pwn",
    "**",
    "2026-13-45",
    "9999-12-31T23:59:59Z",
    [],
    [[]],
    [None],
    {},
    {"a": {"b": []}},
    {"": None},
)
TEXTS: dict[str, bytes] = {
    "nothing": b"",
    "a list": b"[]",
    "null": b"null",
    "a number": b"7",
    "a text": b'"run"',
    "an empty object": b"{}",
    "deep lists": b"[" * DEEP,
    "deep objects": b'{"a":' * DEEP,
    "deep and closed": b"[" * DEEP + b"]" * DEEP,
    "a number that is none": b'{"run": NaN}',
    "a long number": b'{"run": ' + b"9" * 10_000 + b"}",
    "no UTF-8": b'{"run": "\xff\xfe"}',
    "NUL": b"\x00" * 100,
    "a name twice": b'{"run": "a", "run": "b"}',
    "another encoding": '{"run": "grün"}'.encode("utf-16"),
    "a long line": b"x" * 3_000_000,
}


@contextmanager
def within(seconds: int) -> Iterator[None]:
    """Raise TimeoutError in what takes longer: a reader that waits for a pipe waits for good."""

    def ring(*_: Any) -> None:
        raise TimeoutError(f"it took more than {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def files(folder: Path) -> list[Path]:
    """The files of the run, the answers included."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def other_text(folder: Path, chance: random.Random) -> str:
    path = chance.choice(files(folder))
    name = chance.choice(sorted(TEXTS))
    path.write_bytes(TEXTS[name])
    return f"{path.name} is {name}"


def other_bytes(folder: Path, chance: random.Random) -> str:
    path = chance.choice(files(folder))
    data = bytearray(path.read_bytes())
    for place in chance.sample(range(len(data)), chance.randint(1, 8)):
        data[place] ^= chance.randint(1, 255)
    path.write_bytes(data)
    return f"bytes of {path.name} changed"


def truncated(folder: Path, chance: random.Random) -> str:
    path = chance.choice(files(folder))
    data = path.read_bytes()
    path.write_bytes(data[: chance.randrange(len(data))])
    return f"{path.name} truncated"


def removed(folder: Path, chance: random.Random) -> str:
    path = chance.choice(files(folder))
    path.unlink()
    return f"{path.name} removed"


def no_plain_file(folder: Path, chance: random.Random) -> str:
    """A file, or the folder of answers, is something else."""
    path = chance.choice([*files(folder), folder / "reads"])
    shutil.move(path, folder.parent / "elsewhere")
    kind = chance.choice(["folder", "pipe", "link", "dangling link", "link to itself", "link to a device"])
    if kind == "folder":
        path.mkdir()
        (path / "inside.json").write_text("{}")
    elif kind == "pipe":
        os.mkfifo(path)
    else:
        target = {"link": "../elsewhere", "dangling link": "nothing", "link to itself": path.name}
        path.symlink_to(target.get(kind, "/dev/zero"))
    return f"{path.name} is a {kind}"


def something_added(folder: Path, chance: random.Random) -> str:
    name = chance.choice(["new\nline", "\x1b[2J", os.fsdecode(b"\xff"), "reads/new.json", "reads/deep", "n" * 200])
    if name == "reads/deep":
        deep_folders(folder / name)
    else:
        (folder / name).write_text("{}")
    return f"{name!r} added"


def deep_folders(path: Path) -> None:
    """Folders in folders, deeper than a path can name."""
    path.mkdir()
    descriptor = os.open(path, os.O_RDONLY)
    for _ in range(50):
        os.mkdir("d" * 100, dir_fd=descriptor)
        below = os.open("d" * 100, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)


def other_json(folder: Path, chance: random.Random) -> str:
    """Somewhere in a JSON file, or in a row, another value stands, or none."""
    path = chance.choice([path for path in files(folder) if path.suffix == ".json"] + [folder / "verdicts.jsonl"])
    if path.suffix == ".json":
        return f"{path.name}: {write_other(path, json.loads(path.read_text()), chance)}"
    lines = path.read_text().splitlines()
    number = chance.randrange(len(lines))
    changed, how = other_value(json.loads(lines[number]), chance)
    lines[number] = json.dumps(changed)
    path.write_text("\n".join(lines) + "\n")
    return f"row {number}: {how}"


def other_record(folder: Path, chance: random.Random) -> str:
    """Somewhere in `run.json`, where a replay looks most."""
    path = folder / "run.json"
    return f"run.json: {write_other(path, json.loads(path.read_text()), chance)}"


def write_other(path: Path, data: Any, chance: random.Random) -> str:
    changed, how = other_value(data, chance)
    path.write_text(json.dumps(changed, indent=2))
    return how


def other_value(data: Any, chance: random.Random) -> tuple[Any, str]:
    """The data with another value at one place, and which."""
    data = copy.deepcopy(data)
    place, path = data, []
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = chance.choice(keys)
        path.append(str(key))
        inner = place[key]
        if not (isinstance(inner, dict | list) and inner) or chance.random() < 0.3:
            break
        place = inner
    if chance.random() < 0.2:
        del place[key]
        return data, f"{'.'.join(path)} is gone"
    place[key] = chance.choice([value for value in VALUES if json.dumps(value) != json.dumps(place[key])])
    return data, f"{'.'.join(path)} is {str(place[key])[:30]!r}"


MUTATIONS: tuple[Mutation, ...] = (
    other_text,
    other_bytes,
    truncated,
    removed,
    no_plain_file,
    something_added,
    other_json,
    other_json,
    other_record,
    other_record,
)

"""A process that has loaded what an audit loads, and forks one for each: half of a small audit is imports.

An audit stays a process of its own, begun in the project's folder with the command line, environment and streams that
it is given. What a new interpreter alone can show (`PYTHON…` variables, signals, workers) is tested with one.
"""

from __future__ import annotations

import atexit
import importlib
import json
import os
import runpy
import select
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

SECONDS = 120.0
WRITE = os.O_WRONLY | os.O_CREAT | os.O_APPEND
# What an audit imports later than pytest's own plugins, and what none of them is part of.
LATER = (
    "boto3",
    "botocore.session",
    "muster.run.run",
    "muster.reading.sessions.aws",
    "reports.writing",
    "rich.table",
    "pydantic",
)


@dataclass(frozen=True)
class Prepared:
    """The process that stands ready in a project's folder: where it listens."""

    address: str

    def run(self, arguments: Sequence[str], environment: Mapping[str, str], text: str) -> tuple[int, str]:
        """Run pytest with these arguments: its exit code, and what it said, stdout before stderr."""
        with tempfile.TemporaryDirectory() as folder, socket.socket(socket.AF_UNIX) as connection:
            streams = [str(Path(folder, name)) for name in ("stdin", "stdout", "stderr")]
            Path(streams[0]).write_text(text)
            connection.settimeout(SECONDS)
            connection.connect(self.address)
            asked = {"arguments": list(arguments), "environment": dict(environment), "streams": streams}
            connection.sendall(json.dumps(asked).encode() + b"\n")
            code = json.loads(connection.makefile().readline())
            return code, "".join(Path(name).read_text() for name in streams[1:])


@cache
def prepared(project: Path) -> Prepared:
    """The process of a project, which ends with this one."""
    address = str(Path(tempfile.mkdtemp(), "audits"))
    server = subprocess.Popen(
        [sys.executable, __file__, address], cwd=project, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    atexit.register(server.communicate)
    assert server.stdout is not None
    assert server.stdout.readline() == b"ready\n"
    return Prepared(address)


def serve(address: str) -> None:
    """Fork an audit for each connection until stdin ends, which is when whoever asks has ended."""
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(address)
        listening.listen()
        sys.stdout.write("ready\n")
        sys.stdout.flush()
        while True:
            ready, _, _ = select.select([listening, sys.stdin], [], [])
            if sys.stdin in ready:
                return
            connection, _ = listening.accept()
            if os.fork() == 0:
                listening.close()
                answer(connection)
            connection.close()
            _reap()


def answer(connection: socket.socket) -> None:
    """Fork once more for the audit itself, wait for it, and send how it ended."""
    asked = json.loads(connection.makefile().readline())
    audit = os.fork()
    if audit == 0:
        connection.close()
        become(asked)
    _, status = os.waitpid(audit, 0)
    connection.sendall(json.dumps(os.waitstatus_to_exitcode(status)).encode() + b"\n")
    os._exit(0)


def become(asked: Mapping[str, Any]) -> None:
    """Run pytest here as `python -m pytest` would, with the streams, environment and arguments that were asked for."""
    for number, (name, flags) in enumerate(zip(asked["streams"], (os.O_RDONLY, WRITE, WRITE), strict=True)):
        opened = os.open(name, flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    os.environ.clear()
    os.environ.update(asked["environment"])
    sys.argv = ["pytest", *asked["arguments"]]
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)
    sys.exit("unreachable: pytest ends with its exit code")


def prepare() -> None:
    """Load what an audit loads, through pytest where pytest has its own way of loading it."""
    sys.path[0] = str(Path.cwd())
    with open(os.devnull, "w") as nowhere:
        shown, sys.stdout = sys.stdout, nowhere
        pytest.main(["--help", "-p", "no:hypothesispytest", "-p", "no:cacheprovider"])
        sys.stdout = shown
    for name in LATER:
        importlib.import_module(name)


def _reap() -> None:
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return


if __name__ == "__main__":
    prepare()
    serve(sys.argv[1])

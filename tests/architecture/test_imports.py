"""The house stands: imports go one way, and what each room may know is kept."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, python_files, text_of

# What each room may import of the house itself. The engine's face is all that authors of controls and nouns need.
MAY_IMPORT = {
    "muster": {"muster"},
    "fixtures": {"muster (face)", "fixtures"},
    "controls": {"muster (face)", "fixtures"},
    "reports": {"muster", "reports"},
}
CLIENT_LIBRARIES = {"boto3", "botocore", "github", "requests", "urllib3"}
# Who asks by them; and five that ask nothing of an account: a signer, a store of runs, a topic, and two who look names
# up in botocore's model.
KNOW_A_CLIENT_LIBRARY = {"sessions", "kms_signer.py", "s3_store.py", "sns_topic.py", "api_model.py", "actions.py"}
ROOMS = sorted(MAY_IMPORT)


def files(room: str) -> list[Path]:
    return [path for path in python_files(room) if "sandbox" not in path.parts]


@cache
def imports(path: Path) -> tuple[tuple[str, int], ...]:
    """Modules that a file imports when it runs, and the lines; imports for type checkers are left out."""
    return tuple(_imports(ast.parse(text_of(path))))


def _imports(tree: ast.Module) -> Iterator[tuple[str, int]]:
    for block in ast.walk(tree):
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test):
            block.body.clear()
            block.body.append(ast.Pass())
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module, node.lineno


def allowed(module: str, room: str) -> bool:
    package = module.partition(".")[0]
    if package not in MAY_IMPORT:
        return True
    return package in MAY_IMPORT[room] or (module == "muster" and "muster (face)" in MAY_IMPORT[room])


@pytest.mark.parametrize("room", ROOMS)
def test_imports_go_from_left_to_right(room: str) -> None:
    wrong = [
        f"{path}:{line}: {module}"
        for path in files(room)
        for module, line in imports(path)
        if not allowed(module, room)
    ]

    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_only_the_sessions_import_client_libraries(room: str) -> None:
    wrong = [
        f"{path}:{line}: {module}"
        for path in files(room)
        if not KNOW_A_CLIENT_LIBRARY & set(path.parts)
        for module, line in imports(path)
        if module.partition(".")[0] in CLIENT_LIBRARIES
    ]

    assert wrong == []


@pytest.mark.parametrize("room", ROOMS)
def test_nothing_but_the_sandbox_imports_moto(room: str) -> None:
    assert [path for path in files(room) for module, _ in imports(path) if module.startswith("moto")] == []


# The rooms of the engine along the way of the data, and what each may import of the others; all stand on the ground.
GROUND = {"errors", "verdict", "helpers", "once", "printable", "suites"}
ENGINE_ROOMS = {
    "files": set(),
    "estate": {"files"},
    "reading": set(),
    "judging": {"estate", "reading"},
    "selection": {"files", "judging"},
    "scaffold": {"files", "judging"},
    "proving": {"estate", "files", "judging", "reading", "run", "selection"},
    "permissions": {"files", "judging", "reading", "run"},
    "evidence": set(),
    "run": {"estate", "reading", "judging", "selection", "evidence"},
    "fleet": {"estate", "evidence", "judging", "reading", "run"},
    "plugin": {"judging", "selection", "evidence", "run", "fleet"},
}
# `muster` itself, `python -m muster` and `muster.judge` are doors: they see every room.
DOORS = {"__init__", "__main__", "api", "commands", "mocked"}


def engine_room(module: str) -> str:
    return module.split(".")[1] if "." in module else "__init__"


def test_the_rooms_of_the_engine_import_one_way() -> None:
    wrong = []
    for path in files("muster"):
        room = engine_room(module_name(path))
        may = GROUND | {room} | ENGINE_ROOMS.get(room, set())
        wrong += [
            f"{path}:{line}: {module}"
            for module, line in imports(path)
            if room not in DOORS and module.partition(".")[0] == "muster" and engine_room(module) not in may
        ]

    assert wrong == []


@pytest.mark.parametrize("room", ENGINE_ROOMS)
def test_every_way_between_rooms_is_gone(room: str) -> None:
    """A way that nobody goes would let in what nobody meant."""
    gone = {
        engine_room(module)
        for path in files("muster")
        if engine_room(module_name(path)) == room
        for module, _ in imports(path)
        if module.startswith("muster.")
    }

    assert ENGINE_ROOMS[room] <= gone


def test_whoever_may_know_a_client_library_is_there() -> None:
    assert {part for room in ROOMS for path in files(room) for part in path.parts} >= KNOW_A_CLIENT_LIBRARY


def test_the_engine_has_these_rooms_and_no_other() -> None:
    found = {path.name for path in (ROOT / "muster").iterdir() if path.name not in ("__pycache__", "py.typed")}

    assert found == set(ENGINE_ROOMS) | {"commands"} | {f"{name}.py" for name in GROUND | DOORS - {"commands"}}


def test_the_engine_imports_itself_without_circles() -> None:
    graph = {
        module_name(path): {module for module, _ in imports(path) if module.startswith("muster.")}
        for path in files("muster")
    }

    assert list(TopologicalSorter(graph).static_order())


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


IMPORT_ALL = """
import socket, sys, importlib, pathlib
def refuse(*a, **k):
    raise AssertionError("something was called while importing")
socket.socket.connect = socket.create_connection = refuse
sys.modules["boto3"] = sys.modules["botocore"] = sys.modules["github"] = sys.modules["moto"] = None
for room in ("controls", "fixtures"):
    for path in sorted(pathlib.Path(room).rglob("*.py")):
        if "sandbox" not in path.parts and path.name != "__main__.py":
            importlib.import_module(".".join(path.with_suffix("").parts))
"""


def test_importing_controls_and_nouns_calls_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", IMPORT_ALL], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr

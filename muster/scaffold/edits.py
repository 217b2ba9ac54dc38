"""Additions to files that are there: what people wrote in them stays as it is."""

from __future__ import annotations

import ast
import re
from collections.abc import Collection, Mapping

from muster.errors import UsageError


def with_imports(text: str, imports: Mapping[str, Collection[str]]) -> str:
    """A Python file that imports these names from these modules as well; in what order is the formatter's."""
    for module, names in imports.items():
        body = ast.parse(text).body
        from_it = [node for node in body if isinstance(node, ast.ImportFrom) and node.module == module]
        if from_it:
            wanted = sorted({alias.name for alias in from_it[0].names} | set(names))
            text = _replaced(text, from_it[0], f"from {module} import {', '.join(wanted)}")
        else:
            last = [node for node in body if isinstance(node, ast.Import | ast.ImportFrom)][-1]
            text = _after(text, last, f"from {module} import {', '.join(sorted(names))}")
    return text


def with_last(text: str, piece: str) -> str:
    """A Python file that ends with a further piece."""
    return f"{text.rstrip()}\n\n\n{piece.strip()}\n"


def with_line_in(text: str, function: str, lines: str) -> str:
    """A Python file whose function does something more in the end. Raises `UsageError` if it has no such function."""
    found = [node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef) and node.name == function]
    if not found:
        raise UsageError(f"no function {function} to add to: {lines.strip()}")
    return _after(text, found[0].body[-1], lines.rstrip())


def with_key(text: str, table: str, entry: str) -> str:
    """A Python file whose table (a dict by that name) has a further entry; as it is, where it has no such table."""
    for node in ast.parse(text).body:
        name = node.targets[0] if isinstance(node, ast.Assign) else getattr(node, "target", None)
        if isinstance(name, ast.Name) and name.id == table and isinstance(value := getattr(node, "value", 0), ast.Dict):
            return _after(text, value.values[-1], f", {entry}") if value.values else text
    return text


def with_control(text: str, control_id: str) -> str:
    """A profile with a further control, the last of its list. Raises `UsageError` where it has none to follow."""
    lines = text.splitlines(keepends=True)
    starts = [number for number, line in enumerate(lines) if re.match(r"controls:\s*$", line)]
    if not starts:
        raise UsageError(f"the profile lists no controls line by line: add {control_id} by hand")
    end = next(
        (number for number in range(starts[0] + 1, len(lines)) if re.match(r"[^\s#]", lines[number])), len(lines)
    )
    listed = [number for number in range(starts[0], end) if lines[number].strip()]
    lines.insert(listed[-1] + 1, f"  - {control_id}\n")
    return "".join(lines)


def _replaced(text: str, node: ast.stmt, by: str) -> str:
    lines = text.splitlines()
    lines[node.lineno - 1 : node.end_lineno] = [by]
    return "\n".join(lines) + "\n"


def _after(text: str, node: ast.stmt | ast.expr, addition: str) -> str:
    """The text with an addition behind a node: on lines of its own behind a statement."""
    lines = text.splitlines()
    assert node.end_lineno is not None
    if isinstance(node, ast.stmt):
        lines.insert(node.end_lineno, addition)
    else:
        line, column = lines[node.end_lineno - 1].encode(), node.end_col_offset or 0
        lines[node.end_lineno - 1] = (line[:column] + addition.encode() + line[column:]).decode()
    return "\n".join(lines) + "\n"

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


def defines(text: str, function: str) -> bool:
    """Whether a Python file has a function of this name at its top."""
    return any(isinstance(node, ast.FunctionDef) and node.name == function for node in ast.parse(text).body)


def maker_in(text: str, noun: str) -> str | None:
    """The name of the maker of a file of seeds: the only one, or of several that which is called like the noun."""
    makers = _makers(text)
    return noun if noun in makers else next(iter(makers)) if len(makers) == 1 else None


def with_entry(text: str, noun: str, entry: str) -> str:
    """A file of seeds whose maker (`maker_in`) can break something more; as it is where it has none."""
    maker = maker_in(text, noun)
    return text if maker is None else _after(text, _makers(text)[maker].values[-1], f", {entry}")


def _makers(text: str) -> dict[str, ast.Dict]:
    """What the makers of a file of seeds can break, by their names."""
    assigned = [node for node in ast.parse(text).body if isinstance(node, ast.Assign)]
    found = [(target, _broken_by(node.value)) for node in assigned for target in node.targets]
    return {target.id: table for target, table in found if isinstance(target, ast.Name) and table is not None}


def _broken_by(value: ast.expr | None) -> ast.Dict | None:
    """What a maker's `broken_by` says, if it says anything."""
    for keyword in value.keywords if isinstance(value, ast.Call) else ():
        if keyword.arg == "broken_by" and isinstance(keyword.value, ast.Dict) and keyword.value.values:
            return keyword.value
    return None


def with_control(text: str, control_id: str) -> str:
    """A profile with a further control, behind its like, or the last of the list; as it is where it has it already.

    Raises `UsageError` where it lists none, line by line.
    """
    lines = text.splitlines(keepends=True)
    if any(re.match(rf"  - {re.escape(control_id)}\s*(:|#|$)", line) for line in lines):
        return text
    listed = [number for number, line in enumerate(lines) if re.match(r"  - [a-z]", line)]
    if not listed:
        raise UsageError(f"the profile lists no controls line by line: add {control_id} by hand")
    alike = [number for number in listed if lines[number].startswith(f"  - {control_id.partition('-')[0]}-")]
    lines.insert((alike or listed)[-1] + 1, f"  - {control_id}\n")
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

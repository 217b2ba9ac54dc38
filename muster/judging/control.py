"""Controls: plain test functions that say when a resource passes, and what the engine knows of each."""

from __future__ import annotations

import ast
import hashlib
import inspect
import re
import textwrap
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NoReturn, TypeGuard, TypeVar, overload

from muster.errors import ControlError, NotApplicable
from muster.estate.declarations import Facts
from muster.estate.roles import ROLES, RoleName, fact_of
from muster.judging.elsewhere import elsewhere
from muster.judging.resource import Resource
from muster.judging.source import text_of
from muster.verdict import SEVERITIES, Severity

F = TypeVar("F", bound=Callable[..., None])
SECTIONS = ("Why", "Fix", "See")


@dataclass(frozen=True)
class Control:
    """A control as the engine knows it; everything is taken from its function and the place of its file.

    `subject` is the noun of the singular argument (None: the control judges the account as a whole), `arguments` maps
    every noun argument to its type, `parameters` are the thresholds with their defaults.
    """

    id: str
    severity: Severity
    title: str
    why: str
    fix: str
    see: tuple[str, ...]
    domain: str
    path: Path
    line: int
    function: Callable[..., None]
    subject: str | None
    arguments: Mapping[str, type[Resource]]
    wants_facts: bool
    parameters: Mapping[str, object]

    @property
    def first_noun(self) -> type[Resource]:
        """The noun that the control is about; it tells the kind of account and the service."""
        return next(iter(self.arguments.values()))

    @property
    def kind(self) -> str:
        """The kind of account that the control runs in."""
        return self.first_noun.kind

    @property
    def service(self) -> str:
        """The service that the control reads first: its items go to the same worker."""
        return self.first_noun.service

    @cached_property
    def facts(self) -> frozenset[str]:
        """The facts of the estate that the function reads, the account of a role among them."""
        if not self.wants_facts:
            return frozenset()
        nodes = list(ast.walk(ast.parse(textwrap.dedent(text_of(self.function)))))
        read = {node.attr for node in nodes if isinstance(node, ast.Attribute) and _is_facts(node.value)}
        read |= {fact_of(role) for node in nodes if isinstance(node, ast.Call) for role in _roles_of(node)}
        return frozenset(read & set(Facts.model_fields))

    @cached_property
    def source_hash(self) -> str:
        """SHA-256 of the function's source text."""
        return hashlib.sha256(text_of(self.function).encode()).hexdigest()


CONTROLS: dict[str, Control] = {}
"""Every control by id. Filled as the files of controls/ are imported."""
RETIRED: dict[str, str] = {}
"""What to ask for instead of each control that is gone, by its id. Filled in the same way."""


def control(*, severity: Severity) -> Callable[[F], F]:
    """Declare a test function to be a control.

    Its id is the function's name without `test_`, in kebab case. Raises `ControlError` if the function is not of the
    form that docs/writing-a-control.md describes.
    """

    def declare(function: F) -> F:
        known = _describe(function, severity)
        if known.id in RETIRED:
            raise ControlError(f"{known.path}:{known.line}: the id {known.id} is retired for good: choose another")
        other = CONTROLS.get(known.id)
        if other is not None and (other.path, other.line) != (known.path, known.line):
            raise ControlError(f"{known.path}:{known.line}: the id {known.id} is taken by {other.path}:{other.line}")
        CONTROLS[known.id] = known
        return function

    return declare


def retired(control_id: str, *, instead: str) -> None:
    """Keep the id of a control that is gone from being used again: waivers and evidence still speak of it.

    Stands in the file where the control stood; `instead` says what to ask for now. Raises `ControlError` for a control
    that is still there.
    """
    if control_id in CONTROLS:
        raise ControlError(f"{control_id} is retired, and stands in {CONTROLS[control_id].path} all the same")
    RETIRED[control_id] = instead


@overload
def not_applicable(reason: None) -> None: ...
@overload
def not_applicable(reason: str) -> NoReturn: ...
def not_applicable(reason: str | None) -> None:
    """Say that the control's rule does not speak of this resource, and why; nothing is said where there is no reason.

    So a noun that knows why it is exempt exempts itself in one line: `not_applicable(key.why_not_ours_to_rotate)`.
    """
    if reason is not None:
        raise NotApplicable(reason)


@overload
def judged_in(account_id: None, reason: str | None) -> None: ...
@overload
def judged_in(account_id: str, reason: None) -> None: ...
@overload
def judged_in(account_id: str, reason: str) -> NoReturn: ...
def judged_in(account_id: str | None, reason: str | None) -> None:
    """Say that another account owns what has to be judged; the run fails if that account gives no verdict.

    Nothing is said where no account is named, or no reason.
    """
    if account_id is not None and reason is not None:
        raise NotApplicable(reason, judged_in=account_id)


def _describe(function: Callable[..., None], severity: Severity) -> Control:
    code = function.__code__
    path, line = Path(code.co_filename), code.co_firstlineno
    where = f"{path}:{line}: {function.__name__}"
    if severity not in SEVERITIES:
        raise ControlError(f"{where}: severity {severity!r} is none of {', '.join(SEVERITIES)}")
    if not re.fullmatch(r"test_[a-z0-9]+(_[a-z0-9]+)+", function.__name__):
        raise ControlError(f"{where}: a control is named test_<what>_<is so>")
    if inspect.iscoroutinefunction(function) or inspect.isgeneratorfunction(function):
        raise ControlError(f"{where}: a control is a plain function, its asserts would never run")
    title, sections = _docstring(function, where)
    arguments, subject, wants_facts, parameters = _arguments(function, where)
    return Control(
        id=_id_of(function),
        severity=severity,
        title=title,
        why=sections["Why"],
        fix=sections["Fix"],
        see=tuple(sections["See"].split()),
        domain=path.parent.name,
        path=path,
        line=line,
        function=function,
        subject=subject,
        arguments=arguments,
        wants_facts=wants_facts,
        parameters=parameters,
    )


def _id_of(function: Callable[..., None]) -> str:
    return function.__name__.removeprefix("test_").replace("_", "-")


def _docstring(function: Callable[..., None], where: str) -> tuple[str, dict[str, str]]:
    text = textwrap.dedent(inspect.getdoc(function) or "")
    title, *blocks = re.split(rf"^({'|'.join(SECTIONS)}):[ \n]", text, flags=re.MULTILINE)
    sections = {name: " ".join(body.split()) for name, body in zip(blocks[::2], blocks[1::2], strict=True)}
    title = " ".join(title.split())
    if not title.endswith(".") or tuple(sections) != SECTIONS or not all(sections.values()):
        raise ControlError(f"{where}: the docstring is a title that ends with a period, then Why:, Fix: and See:")
    return title.removesuffix("."), sections


def _arguments(
    function: Callable[..., None], where: str
) -> tuple[dict[str, type[Resource]], str | None, bool, dict[str, object]]:
    try:
        hints = typing.get_type_hints(function)
    except NameError as error:
        raise ControlError(f"{where}: an annotation names what is not there: {error}") from error
    nouns: dict[str, type[Resource]] = {}
    parameters: dict[str, object] = {}
    singular: list[str] = []
    wants_facts = False
    for name, argument in inspect.signature(function).parameters.items():
        hint = hints.get(name)
        if argument.default is not argument.empty:
            parameters[name] = argument.default
        elif hint is Facts and name == "facts":
            wants_facts = True
        elif _is_noun(hint) and name == hint.noun:
            nouns[name] = hint.asked_by(_id_of(function))
            singular.append(name)
        elif typing.get_origin(hint) is list and _is_noun(item := typing.get_args(hint)[0]) and name == item.plural:
            nouns[name] = item
        else:
            raise ControlError(
                f"{where}: argument {name!r} is none of: a noun under its own name (bucket: Bucket), all of them"
                " (buckets: list[Bucket]), facts: Facts, or a threshold with a default"
            )
    if not nouns or len(singular) > 1 or len({noun.kind for noun in nouns.values()}) > 1:
        raise ControlError(f"{where}: a control takes nouns of one kind of account, at most one of them singular")
    return nouns, singular[0] if singular else None, wants_facts, parameters


def _is_noun(hint: Any) -> TypeGuard[type[Resource]]:
    return isinstance(hint, type) and issubclass(hint, Resource)


def _roles_of(call: ast.Call) -> list[RoleName]:
    """The role that `elsewhere("audit", facts, bucket)` names; none of another call."""
    is_elsewhere = isinstance(call.func, ast.Name) and call.func.id == elsewhere.__name__
    return [role for role in ROLES if is_elsewhere and ast.unparse(call.args[0]) == repr(role)]


def _is_facts(node: ast.expr) -> bool:
    return isinstance(node, ast.Name) and node.id == "facts"

"""Suites: folders with `controls/`, `fixtures/`, `profiles/`. One is shipped; an organization's own stands beside it.

The packages `controls` and `fixtures` are one each, of two folders: whatever is in either is imported by one name.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from muster.errors import UsageError

PACKAGES = ("controls", "fixtures")
# What makes a folder a suite; nouns that no control speaks of, and no profile asks for, judge nothing.
_MARKS = ("controls/**/*.py", "profiles/*.yaml")
_IN_A_WHEEL = Path(__file__).parent / "suite"


def shipped_suite() -> Path:
    """The folder of the shipped suite: inside the installed package, or the checkout that it is a part of."""
    return _IN_A_WHEEL if _IN_A_WHEEL.is_dir() else Path(__file__).parents[1]


@dataclass(frozen=True)
class Suites:
    """The shipped suite, and the organization's own where there is one; both are absolute."""

    shipped: Path
    own: Path | None = None

    @classmethod
    def at(cls, root: Path) -> Suites:
        """The suites of a session in this folder, which may hold one itself."""
        shipped = shipped_suite()
        has_one = any(next(root.glob(mark), None) for mark in _MARKS)
        return cls(shipped, root if has_one and not root.samefile(shipped) else None)

    @property
    def roots(self) -> tuple[Path, ...]:
        """Their folders, the shipped one first."""
        return (self.shipped,) if self.own is None else (self.shipped, self.own)

    def folders(self, part: str) -> tuple[Path, ...]:
        """The folders of this part that there are."""
        return tuple(root / part for root in self.roots if (root / part).is_dir())

    def root_of(self, path: Path) -> Path:
        """The suite that a file is a part of. Raises `ValueError` for a file of neither."""
        found = [root for root in self.roots if path.is_relative_to(root)]
        if not found:
            raise ValueError(f"{path} is in neither suite: {', '.join(map(str, self.roots))}")
        # The own one may stand in a checkout of the shipped one, or the other way round.
        return max(found, key=lambda root: len(root.parts))

    def import_together(self) -> None:
        """Let `controls` and `fixtures` be imported, from both suites as if they stood in one folder.

        Raises `UsageError` where another package has the name, or a file would hide one of the shipped suite.
        """
        if str(self.shipped) not in sys.path:
            sys.path.insert(0, str(self.shipped))
        for package in PACKAGES:
            folder = self.shipped / package
            _refuse_another(package, folder)
            if self.own is not None and (self.own / package).is_dir():
                _add(package, folder, self.own / package)


def _refuse_another(package: str, folder: Path) -> None:
    found = importlib.import_module(package)
    where = [Path(path).resolve() for path in found.__path__]
    if folder.resolve() not in where:
        raise UsageError(
            f"{package}/ of Muster ({folder}) cannot be imported: {where[0] if where else package} has that name and"
            " was imported before; audit in a session of its own, without -p and conftest.py files that import it"
        )


def _add(package: str, shipped: Path, own: Path) -> None:
    """Let a package go on in a second folder, and so each package in it that both folders have."""
    path = importlib.import_module(package).__path__
    if str(own) not in path:
        path.append(str(own))
    for twin in _twins(shipped, own):
        if twin.is_dir():
            _add(f"{package}.{twin.name}", shipped / twin.name, twin)
        else:
            raise UsageError(f"{twin}: the shipped suite has a file of this name, {shipped / twin.name}: rename yours")


def _twins(shipped: Path, own: Path) -> Iterator[Path]:
    """What both folders have of Python, but for what makes a folder a package."""
    for path in sorted(own.iterdir()):
        is_python = path.suffix == ".py" and path.name != "__init__.py"
        is_package = path.is_dir() and path.name != "__pycache__"
        if (is_python or is_package) and (shipped / path.name).exists():
            yield path

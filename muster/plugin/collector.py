"""Collecting: an item for each control and account of its kind."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from muster.judging.control import Control
from muster.plugin.items import ControlFile


@dataclass(frozen=True, eq=False)  # pytest hashes its plugins where a folder has a conftest.py
class Collector:
    """Collects the files of controls/; what it yields depends on the selection alone, so that all workers agree."""

    by_file: Mapping[Path, list[Control]]
    accounts: Mapping[str, str]
    folders: tuple[Path, ...]

    @classmethod
    def of(cls, selected: Mapping[str, Control], accounts: Mapping[str, str], folders: tuple[Path, ...]) -> Self:
        """The collector of these controls in these accounts (name to kind)."""
        by_file: dict[Path, list[Control]] = {}
        for control in sorted(selected.values(), key=lambda control: (control.path, control.line)):
            by_file.setdefault(control.path, []).append(control)
        return cls(by_file, accounts, folders)

    @classmethod
    def from_text(cls, text: str, controls: Mapping[str, Control], folders: tuple[Path, ...]) -> Self:
        """The collector that `as_text` wrote down in the controller."""
        data = json.loads(text)
        return cls.of({name: controls[name] for name in data["controls"]}, data["accounts"], folders)

    def as_text(self) -> str:
        """The selection, for workers."""
        names = [control.id for controls in self.by_file.values() for control in controls]
        return json.dumps({"controls": names, "accounts": dict(self.accounts)})

    def pytest_collect_file(self, file_path: Path, parent: pytest.Collector) -> ControlFile | None:
        """Collect a file of controls/ that was found in a folder."""
        # A file that was named on the command line comes by way of pytest_pycollect_makemodule.
        if parent.session.isinitpath(file_path):
            return None
        return self._file(file_path, parent)

    @pytest.hookimpl(tryfirst=True)
    def pytest_pycollect_makemodule(self, module_path: Path, parent: pytest.Collector) -> ControlFile | None:
        """Collect a file of controls/ that was named."""
        return self._file(module_path, parent)

    def _file(self, path: Path, parent: pytest.Collector) -> ControlFile | None:
        folder = next((folder for folder in self.folders if folder in path.parents), None)
        if path.suffix != ".py" or path.name.startswith("_") or folder is None:
            return None
        # By where it stands in its suite, which may be installed anywhere: a node id is the same on every machine.
        nodeid = path.relative_to(folder.parent).as_posix()
        collected: ControlFile = ControlFile.from_parent(parent, path=path, nodeid=nodeid)
        collected.controls = self.by_file.get(path, [])
        collected.accounts = dict(self.accounts)
        return collected

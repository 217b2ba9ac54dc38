"""An environment with Muster installed from its wheel, beside a package that has the name of one of its folders."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.shared import Shared

# On PyPI there is a package of this name, for tests.
ANOTHER = 'OWNER = "somebody else"\n'


@dataclass(frozen=True)
class Installed:
    """The environment; commands are carried out in a folder as somebody types them who has activated it."""

    folder: Path

    def run(self, command: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        program, *arguments = shlex.split(command)
        python = self.folder / "bin" / "python"
        return subprocess.run(
            [python, "-m", program, *arguments] if program == "pytest" else [self.folder / "bin" / program, *arguments],
            cwd=cwd,
            env={**_clean(os.environ), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory, shared: Shared) -> Installed:
    """Muster in an environment of its own; what it depends on is that of the tests."""
    return shared.once("installed", lambda: _install(tmp_path_factory.mktemp("installed")))


def _install(parent: Path) -> Installed:
    wheels, folder = parent / "wheels", parent / "environment"
    _python("-m", "hatchling", "build", "--target", "wheel", "--directory", str(wheels))
    (wheel,) = wheels.glob("*.whl")
    venv.create(folder, symlinks=True)
    paths = sysconfig.get_paths("venv", {"base": str(folder), "platbase": str(folder)})
    site = Path(paths["purelib"])
    # Of the tests' environment its packages, and not its own Muster: .pth files in it are not followed from here.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = ["-m", "pip", f"--python={folder / 'bin' / 'python'}", "install", "--quiet", "--no-index", "--no-deps"]
    _python(*pip, "--force-reinstall", "--disable-pip-version-check", str(wheel))
    (site / "fixtures.py").write_text(ANOTHER)
    return Installed(folder)


def _python(*arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _clean(environment: Mapping[str, str]) -> dict[str, str]:
    """Without what the tests' own session set, and without a path to the checkout."""
    left_out = ("PYTEST_", "PYTHONPATH", "CI")
    return {name: value for name, value in environment.items() if not name.startswith(left_out)}

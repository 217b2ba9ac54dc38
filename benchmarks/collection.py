"""Collection: four hundred controls in forty accounts, of which nobody is asked."""

from __future__ import annotations

import re
from pathlib import Path
from shutil import copy, copytree
from tempfile import TemporaryDirectory

from benchmarks.audits import audit, aws_controls
from benchmarks.figures import BenchmarkFailed, Figure
from benchmarks.population import ROOT

CONTROLS, ACCOUNTS = 400, 40
SECONDS = 4.0
NOBODY = "http://127.0.0.1:9"


def measure(controls: int = CONTROLS, accounts: int = ACCOUNTS) -> list[Figure]:
    """Collect copies of the controls, each under ids of its own."""
    names = aws_controls()
    with TemporaryDirectory() as place:
        root = Path(place)
        for name in ("muster", "fixtures", "reports", "profiles"):
            (root / name).symlink_to(ROOT / name)
        for name in ("conftest.py", "pytest.ini"):
            copy(ROOT / name, root / name)
        copies = -(-controls // len(names))
        for number in range(copies):
            _copy(root / "controls", number)
        wanted = [f"{name}-{number}" if number else name for number in range(copies) for name in names][:controls]
        options = ("--collect-only", f"--control={','.join(wanted)}")
        collected = min(
            (audit(NOBODY, ["eu-west-1"], accounts, root, options) for _ in range(3)), key=lambda it: it.wall
        )
    found = re.match(r"([0-9]+) tests? collected", collected.last_line)
    if found is None or int(found[1]) != controls * accounts:
        raise BenchmarkFailed(f"{controls} controls in {accounts} accounts: {collected.last_line}")
    return [
        Figure("items", int(found[1]), ""),
        Figure("wall, Python's start included", collected.wall, "s", at_most=SECONDS),
        Figure("CPU", collected.cpu, "s"),
        Figure("peak memory", collected.memory, "MB"),
    ]


def _copy(folder: Path, number: int) -> None:
    """The controls once more: in files and under names that end with a number, the first time as they are."""
    if number == 0:
        copytree(ROOT / "controls", folder)
        return
    for path in sorted((ROOT / "controls").rglob("*.py")):
        if path.stem.startswith("_"):
            continue
        text = re.sub(r"^def (test_\w+)", rf"def \1_{number}", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
        copied = folder / path.parent.relative_to(ROOT / "controls") / f"{path.stem}_{number}.py"
        copied.write_text(text, encoding="utf-8")

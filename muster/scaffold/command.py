"""`python -m muster new control ID`: writes the pieces of a control, and says what comes next."""

from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from muster.errors import UsageError
from muster.judging.catalogue import import_controls
from muster.judging.control import Control
from muster.scaffold.options import ScaffoldOptions
from muster.scaffold.pieces import Piece, pieces
from muster.scaffold.wanted import Wanted, want
from muster.suites import Suites

ROOT = Path(__file__).parents[2]


def new_control(options: ScaffoldOptions, root: Path = ROOT) -> str:
    """Write the pieces into the project, and give what to tell whoever asked for them.

    Raises `UsageError`, before anything is written, for a control that cannot or must not be.
    """
    if importlib.util.find_spec("ruff") is None:
        raise UsageError("new control formats what it writes with ruff: install Muster with its [dev] extra")
    wanted = want(root, options, _known(root))
    written = pieces(root, wanted)
    for piece in written:
        path = root / piece.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(piece.text, encoding="utf-8")
    _format([root / piece.path for piece in written if piece.path.suffix == ".py"])
    return _said(wanted, written)


def _known(root: Path) -> Mapping[str, Control]:
    """The controls; all nouns are imported with them, those too that no control speaks of yet."""
    for path in sorted((root / "fixtures").rglob("*.py")):
        if "sandbox" not in path.relative_to(root).parts:
            importlib.import_module(".".join(path.relative_to(root).with_suffix("").parts))
    return import_controls(Suites.at(root))


def _format(paths: Sequence[Path]) -> None:
    for command in (["check", "--select=I", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, "--quiet", *paths], check=True)  # noqa: S603  # our own interpreter


def _said(wanted: Wanted, written: Sequence[Piece]) -> str:
    width = max(len(str(piece.path)) for piece in written)
    folders = dict.fromkeys(str(piece.path.parent if len(piece.path.parts) > 2 else piece.path) for piece in written)
    words = [wanted.id, "fill_in", *([wanted.noun_class, wanted.argument] if wanted.noun is None else [])]
    return "\n".join(
        [
            *(f"{piece.path!s:{width}}  {piece.added}" for piece in written),
            "",
            "Until what it says is filled in, the proof of it fails. Next:",
            "",
            f"    grep -rin 'fill in' {' '.join(folders)}",
            f"    pytest --control={wanted.id}",
            f"    pytest tests/proofs tests/honesty tests/nouns tests/hostile -k '{' or '.join(words)}'",
            "",
        ]
    )

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
from muster.scaffold.target import Target
from muster.scaffold.wanted import Wanted, want
from muster.suites import Suites


def new_control(options: ScaffoldOptions, folder: Path) -> str:
    """Write the pieces into the checkout or repository at this folder, and give what to tell whoever asked for them.

    Raises `UsageError`, before anything is written, for a control that cannot or must not be.
    """
    target = Target.at(folder)
    can_format = importlib.util.find_spec("ruff") is not None
    if not can_format and not target.is_own:
        raise UsageError("new control formats what it writes with ruff: install Muster with its [dev] extra")
    wanted = want(target, options, _known(target.suites))
    written = pieces(target, wanted)
    for piece in written:
        path = target.root / piece.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(piece.text, encoding="utf-8")
    if can_format:
        _format([target.root / piece.path for piece in written if piece.path.suffix == ".py"])
    return _said(wanted, written, _next_in_own(wanted) if target.is_own else _next_in_checkout(wanted))


def _known(suites: Suites) -> Mapping[str, Control]:
    """The controls; all nouns are imported with them, those too that no control speaks of yet."""
    suites.import_together()
    for folder in suites.folders("fixtures"):
        for path in sorted(folder.rglob("*.py")):
            if "sandbox" not in path.relative_to(folder).parts:
                importlib.import_module(".".join(path.relative_to(folder.parent).with_suffix("").parts))
    return import_controls(suites)


def _format(paths: Sequence[Path]) -> None:
    for command in (["check", "--select=I", "--fix"], ["format"]):
        subprocess.run([sys.executable, "-m", "ruff", *command, "--quiet", *paths], check=True)  # noqa: S603  # our own interpreter


def _said(wanted: Wanted, written: Sequence[Piece], commands: Sequence[str]) -> str:
    width = max(len(str(piece.path)) for piece in written)
    folders = dict.fromkeys(str(piece.path.parent if len(piece.path.parts) > 2 else piece.path) for piece in written)
    return "\n".join(
        [
            *(f"{piece.path!s:{width}}  {piece.added}" for piece in written),
            "",
            "Until what it says is filled in, the proof of it fails. Next:",
            "",
            f"    grep -rin 'fill in' {' '.join(folders)}",
            *(f"    {command}" for command in commands),
            "",
        ]
    )


def _next_in_checkout(wanted: Wanted) -> list[str]:
    words = [wanted.id, "fill_in", *([wanted.noun_class, wanted.argument] if wanted.noun is None else [])]
    return [
        f"pytest --control={wanted.id}",
        f"pytest tests/proofs tests/honesty tests/nouns tests/hostile -k '{' or '.join(words)}'",
    ]


def _next_in_own(wanted: Wanted) -> list[str]:
    return [f"muster prove {wanted.id}", f"pytest --profile={wanted.profile} --control={wanted.id}"]

"""Pages of docs/ as something that can be carried out: the files they show, and the commands."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

DOCS = Path(__file__).parents[2] / "docs"


@dataclass(frozen=True)
class Page:
    """A page of docs/, by its name."""

    name: str

    @cached_property
    def _blocks(self) -> list[tuple[str, str]]:
        text = (DOCS / self.name).read_text(encoding="utf-8")
        return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)

    @property
    def commands(self) -> list[str]:
        """The lines of all blocks without a language, without the remarks behind them."""
        lines = [line for language, block in self._blocks if not language for line in block.splitlines()]
        return [re.sub(r"\s+# .*", "", line) for line in lines]

    def files(self, *languages: str) -> dict[str, str]:
        """The text of each block that names a file in its first line, by that name."""
        blocks = [block for language, block in self._blocks if language in languages]
        named = [re.fullmatch(r"# (\w[\w/.-]+)(?:, under [^\n]*)?\n(.*)", block, re.DOTALL) for block in blocks]
        return {block[1]: block[2] for block in named if block}

    def more_of(self, name: str) -> str:
        """What a later block adds to a file: its first line names the file, and says `one more`."""
        return next(block.partition("\n")[2] for _, block in self._blocks if block.startswith(f"# {name}, one more\n"))

"""The terminal that pytest writes to, for reports that write to it with rich."""

from __future__ import annotations

from typing import Any

from rich.console import Console


def console_of(terminalreporter: Any) -> Console:
    """A rich console on pytest's own terminal, as wide and as colourful as pytest takes it to be."""
    writer = terminalreporter._tw
    return Console(file=writer._file, force_terminal=writer.hasmarkup, width=max(80, writer.fullwidth), highlight=False)

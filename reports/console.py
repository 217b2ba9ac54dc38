"""The terminal that pytest writes to, for reports that write to it with rich."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console, ConsoleOptions, RenderableType
from rich.segment import Segment

from muster.printable import spelled


class PrintableConsole(Console):
    """A rich console on which every text is fit to be shown: what colours there are, are rich's own."""

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The segments of what is printed, with their texts spelled out."""
        for segment in super().render(renderable, options):
            yield segment if segment.control else segment._replace(text=spelled(segment.text))


def console_of(terminalreporter: Any) -> Console:
    """A rich console on pytest's own terminal, as wide and as colourful as pytest takes it to be."""
    writer = terminalreporter._tw
    return PrintableConsole(
        file=writer._file, force_terminal=writer.hasmarkup, width=max(80, writer.fullwidth), highlight=False
    )

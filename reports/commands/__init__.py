"""Sub-commands of `python -m reports`: each has `add_parser(subparsers)` and `run(arguments) -> int`."""

from __future__ import annotations

from reports.commands import history, poam, sample

COMMANDS = (history, sample, poam)
"""In the order in which the help names them."""

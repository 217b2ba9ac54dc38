"""Sub-commands of `python -m reports`: each has `add_parser(subparsers)` and `run(arguments)`."""

from __future__ import annotations

from reports.commands import formats, history, poam, sample

COMMANDS = (formats, history, sample, poam)
"""In the order in which the help names them."""

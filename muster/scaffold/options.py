"""The options of `python -m muster new control`."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from typing import Literal

from muster.verdict import SEVERITIES, Severity


@dataclass(frozen=True)
class ScaffoldOptions:
    """What was typed; None for what was left out."""

    id: str
    severity: Severity = "medium"
    profile: str | None = None
    service: str | None = None
    noun: str | None = None
    one: Literal["region", "account"] | None = None
    domain: str | None = None
    topic: str | None = None

    @classmethod
    def typed(cls, arguments: argparse.Namespace) -> ScaffoldOptions:
        """Those of a command line."""
        return cls(**{name: getattr(arguments, name) for name in cls.__dataclass_fields__})


def add_scaffold_options(parser: argparse.ArgumentParser) -> None:
    """What one may say of the control."""
    parser.add_argument("id", metavar="ID", help="its id for ever: what, and what is so of it (sqs-queue-encrypted)")
    parser.add_argument("--service", help="the service of AWS, by boto3's name; else the first word of the id")
    parser.add_argument("--noun", help="the class of what it speaks of (Queue); else what the id names")
    parser.add_argument("--one", choices=("region", "account"), help="there is one of the noun in each")
    parser.add_argument("--domain", help="the folder of controls/; else where its like are")
    parser.add_argument("--topic", help="the file in it; else where its like are")
    parser.add_argument("--severity", choices=SEVERITIES, default=ScaffoldOptions.severity)
    parser.add_argument(
        "--profile", help="the profile that it begins in; else regulated, or yours in a repository of your own"
    )

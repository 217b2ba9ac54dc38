"""Ages are reckoned in one place, where a moment that is still to come is no age."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, places, tree_of

CLOCK_READ_FOR = {
    "fixtures/attestations.py": "a declared day, which is told where it is to come",
    "fixtures/awslambda.py": "a day on which support ends",
    "fixtures/ec2.py": "a day that a tag names, which does not count where it is to come",
    "fixtures/estate.py": "declared days, which are told where they are to come",
    "fixtures/github_audit_log.py": "the day since which events are asked for",
    "fixtures/github_members.py": "the period for which contributions are asked for",
    "fixtures/responsibilities.py": "a declared day, which is told where it is to come",
    "fixtures/reviews/managed_policies.py": "the day that is proposed for an entry of facts.yaml",
    "controls/identity/aws_policies.py": "a declared day, which files refuse where it is to come",
    "controls/network/security_groups.py": "a day on which a rule ends",
}
"""For what a file looks at the clock of the run itself, and not by `age_of` or `time_left`."""


def _reads_the_clock(path: Path) -> Iterator[object]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Attribute) and node.attr in ("now", "utcnow", "today"):
            yield f"line {node.lineno}: {ast.unparse(node)}: use age_of(moment) or time_left(moment) of the resource"


def test_ages_are_reckoned_by_the_resource() -> None:
    def by_hand(path: Path) -> Iterator[object]:
        name = path.relative_to(ROOT).as_posix()
        if name not in CLOCK_READ_FOR and not name.startswith("fixtures/sandbox/"):
            yield from _reads_the_clock(path)

    assert places(("controls", "fixtures"), by_hand) == []


def test_whoever_may_look_at_the_clock_does() -> None:
    assert [name for name in CLOCK_READ_FOR if not list(_reads_the_clock(ROOT / name))] == []

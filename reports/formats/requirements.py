"""Which requirements of frameworks a control answers, as `run.json` has recorded them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from reports.run import ReportedRun


class RequirementName(NamedTuple):
    """A requirement of a framework."""

    framework: str
    id: str

    def __str__(self) -> str:
        """The requirement with its framework."""
        return f"{self.framework} {self.id}"


def requirements_of(run: ReportedRun) -> Mapping[str, list[RequirementName]]:
    """The requirements of every control of the run; none where the run recorded no frameworks."""
    found: dict[str, list[RequirementName]] = {control: [] for control in run.record["controls"]}
    for name, framework in run.record.get("frameworks", {}).items():
        for identifier, requirement in framework["requirements"].items():
            for control in requirement["controls"]:
                if control in found:
                    found[control].append(RequirementName(name, identifier))
    return found

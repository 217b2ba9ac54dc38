"""How small and how large a threshold may be: its name tells the unit, so that no author of a control has to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Bounds:
    """The smallest and the largest value that makes sense, and what is counted."""

    lowest: float
    highest: float
    unit: str

    def __contains__(self, value: object) -> bool:
        """Whether a number lies within them."""
        return isinstance(value, int | float) and self.lowest <= value <= self.highest

    def __str__(self) -> str:
        """As messages write it: `1 to 3653 days`."""
        return f"{self.lowest:g} to {self.highest:g} {self.unit}".rstrip()


UNITS: Mapping[str, Bounds] = {
    "days": Bounds(1, 3653, "days"),  # ten years, the longest that CloudWatch Logs can be told to keep anything
    "hours": Bounds(1, 8784, "hours"),
    "minutes": Bounds(1, 10_080, "minutes"),
    "seconds": Bounds(1, 86_400, "seconds"),
    "percent": Bounds(0, 100, "percent"),
    "share": Bounds(0, 1, "of the whole"),
    "length": Bounds(1, 128, "characters"),
    "prefix": Bounds(1, 128, "bits"),
    "bits": Bounds(1, 16_384, "bits"),
    "ports": Bounds(0, 65_535, "as a port"),
    "port": Bounds(0, 65_535, "as a port"),
}
"""Bounds by the word of a parameter's name that tells its unit."""

WHOLE_NAMES: Mapping[str, Bounds] = {"min_severity": Bounds(4, 10, "of 10")}
"""Bounds of a scale, by the whole name: what is less than medium is not asked for."""

MOST = 10_000
"""The largest number of whatever is counted without a unit."""


def bounds_of(name: str, default: object) -> Bounds:
    """The bounds of a number under this parameter; what is only counted may be 0 where its default is."""
    if name in WHOLE_NAMES:
        return WHOLE_NAMES[name]
    for word in reversed(name.split("_")):
        if word in UNITS:
            return UNITS[word]
    return Bounds(0 if default == 0 else 1, MOST, "")

"""What a run is asked to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

DEFAULT_PROFILE = "baseline"
DEFAULT_ACCOUNT = "demo"


@dataclass(frozen=True)
class Options:
    """What the user asked for; paths are absolute. `profiles` and `accounts` are empty where nothing was said.

    `public_key` is the file of the key that a run to be judged again must be signed with.
    """

    profiles: tuple[str, ...]
    accounts: tuple[str, ...]
    controls: tuple[str, ...]
    severity: str | None
    estate: Path
    reports: Path
    replay: Path | None
    root: Path
    public_key: Path | None = None

    @property
    def latest(self) -> Path:
        """The link to the newest run: `reports/latest`, or in the folder that the user named."""
        default = self.root / "reports" / "runs"
        return self.root / "reports" / "latest" if self.reports == default else self.reports / "latest"


def split(values: Sequence[str]) -> tuple[str, ...]:
    """Repeated and comma-separated values as one list, in order, without repetitions."""
    return tuple(dict.fromkeys(part.strip() for value in values for part in value.split(",") if part.strip()))

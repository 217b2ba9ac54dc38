"""What a run does not ask though the estate and its profiles have it, because the user named less."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from muster.run.options import Options


@dataclass(frozen=True)
class NotAsked:
    """Accounts of the estate and controls of the profiles that are not in the run.

    `by` are the options that narrowed the controls, as one would type them.
    """

    accounts: tuple[str, ...]
    controls: tuple[str, ...]
    by: tuple[str, ...]

    def as_data(self) -> dict[str, Any]:
        """Plain JSON, for `run.json`."""
        return {name: list(values) for name, values in asdict(self).items()}


def narrowed_by(options: Options) -> tuple[str, ...]:
    """The options that leave controls out."""
    severity = (f"--severity={options.severity}",) if options.severity is not None else ()
    return (*(f"--control={pattern}" for pattern in options.controls), *severity)

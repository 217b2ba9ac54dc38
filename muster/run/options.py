"""What a run is asked to do."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from muster.errors import UsageError
from muster.run.resume import HOURS
from muster.suites import Suites

DEFAULT_PROFILE = "baseline"
DEFAULT_ACCOUNT = "demo"


@dataclass(frozen=True)
class Options:
    """What the user asked for; paths are absolute. `profiles` and `accounts` are empty where nothing was said.

    `root` is the folder of the session, in which run folders are made unless `reports` says otherwise.
    `resume` is the folder of a run that was cut short, whose answers of the last `resume_hours` are not asked again.
    `unchanged_since` is the folder of an earlier run, or `latest`: what has not changed since is not sent again.
    Where it `waits`, a rate limit of an hour that is spent is waited for.
    `public_key` is the file of the key that a run to be judged again must be signed with; `discover` asks the estate's
    organization which accounts there are.
    """

    profiles: tuple[str, ...]
    accounts: tuple[str, ...]
    controls: tuple[str, ...]
    severity: str | None
    estate: Path
    reports: Path
    replay: Path | None
    root: Path
    suites: Suites
    public_key: Path | None = None
    discover: bool = False
    resume: Path | None = None
    resume_hours: float = HOURS
    unchanged_since: str | None = None
    waits: bool = True

    @property
    def latest(self) -> Path:
        """The link to the newest run: `reports/latest`, or in the folder that the user named."""
        return self.root / "reports" / "latest" if self.reports == runs_folder(self.root) else self.reports / "latest"


def runs_folder(root: Path) -> Path:
    """Where a session makes run folders unless it is told otherwise."""
    return root / "reports" / "runs"


def split(option: str, values: Sequence[str]) -> tuple[str, ...]:
    """Repeated and comma-separated values as one list, in order, without repetitions.

    Raises `UsageError` for an empty one: an unset variable (`--account=$WHO`) must not become the default.
    """
    parts = [part.strip() for value in values for part in value.split(",")]
    if not all(parts):
        raise UsageError(f"{option}={','.join(values)}: empty: name something, or leave the option out")
    return tuple(dict.fromkeys(parts))


def refuse_empty(option: str, value: str | None) -> None:
    """Raise `UsageError` for an option that was given and says nothing."""
    if value is not None and not value.strip():
        raise UsageError(f"{option}=: empty: name something, or leave the option out")


def local_folder(option: str, value: str) -> Path:
    """The folder of this machine that an option names. Raises `UsageError` for an address."""
    scheme = re.match(r"[A-Za-z][A-Za-z0-9+.-]*(?=://)", value)
    if scheme:
        raise UsageError(
            f"{option}={value}: a folder of this machine is expected, not an address of {scheme.group()}:"
            " copy the run folder there once it is sealed"
        )
    return Path(value).absolute()


def refuse_unwritable(option: str, path: Path) -> None:
    """Raise `UsageError` for a file that cannot be written at the end of the run, by trying it now."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        was_there = path.exists()
        path.open("a").close()
        if not was_there:
            path.unlink()
    except OSError as error:
        raise UsageError(f"{option}={path}: cannot be written: {error.strerror}") from error

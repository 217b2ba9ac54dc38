"""Where the pieces of a control go: into a checkout of Muster, or an organization's own repository."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from muster.errors import UsageError
from muster.suites import Suites, shipped_suite

# What a repository has of which somebody may say that it is one.
_FOLDERS = ("estate", "controls", "profiles")


@dataclass(frozen=True)
class Target:
    """The folder that is written into, and the suites whose controls and nouns are known there."""

    root: Path
    suites: Suites

    @classmethod
    def at(cls, folder: Path) -> Target:
        """The repository that a folder is, or the checkout that it is in.

        Raises `UsageError` where it is neither: a repository has an estate, controls or profiles.
        """
        shipped = shipped_suite()
        if not folder.samefile(shipped) and any((folder / name).is_dir() for name in _FOLDERS):
            return cls(folder, Suites(shipped, folder))
        if folder.resolve().is_relative_to(shipped.resolve()):
            return cls(shipped, Suites(shipped))
        raise UsageError(
            f"{folder}: no repository of yours, which has an estate/ at least: go there, or begin with"
            " estate/accounts.yaml"
        )

    @property
    def is_own(self) -> bool:
        """Whether it is an organization's own repository, whose files stand beside the shipped ones."""
        return self.suites.own is not None

    def is_shipped(self, path: Path) -> bool:
        """Whether a file of this path, relative to a suite, would hide one of the shipped suite."""
        return self.is_own and (self.suites.shipped / path).exists()

    def free(self, path: Path) -> Path:
        """The path, or another one in the same folder where it would hide a file of the shipped suite."""
        return path.with_name(f"own_{path.name}") if self.is_shipped(path) else path

    def read(self, path: Path) -> str | None:
        """What a file here says, None where there is none."""
        found = self.root / path
        return found.read_text(encoding="utf-8") if found.exists() else None

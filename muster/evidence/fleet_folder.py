"""The folder of a fleet: `fleet.json`, its page, a run folder an account, and a manifest over their manifests."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from muster.evidence.fleet_record import ACCOUNTS, FLEET
from muster.evidence.json_object import read_object
from muster.evidence.manifest import UNLISTED, Manifest, Rows, manifest_written, previous_of, sha256_of
from muster.evidence.plain_files import is_plain, listed_entries, write_plain
from muster.evidence.run_folder import RunFolder

MANIFEST = "manifest.json"
GOING = ".going"
"""Where accounts are judged; what stands there is nobody's evidence, and gone when the fleet is concluded."""
READS = "reads"


class FleetFolder:
    """The folder of one fleet. Accounts stand in it once they are sealed, and never before."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.accounts = path / ACCOUNTS

    def create(self, answers: Mapping[str, str]) -> None:
        """Make what belongs in it; `answers` came before there was a folder: their texts, by their hashes."""
        self.accounts.mkdir(exist_ok=True)
        if answers:
            (self.path / READS).mkdir(exist_ok=True)
        for sha256, text in answers.items():
            (self.path / READS / f"{sha256}.json").write_text(text, encoding="utf-8")

    def write(self, record: Mapping[str, Any]) -> None:
        """Write `fleet.json` in one step; an account a line, so that a text tool finds it."""
        members = (f"  {json.dumps(name)}: {_spelled(name, value)}" for name, value in record.items())
        write_plain(self.path, FLEET, ("{\n" + ",\n".join(members) + "\n}\n").encode())

    def read(self) -> dict[str, Any]:
        """What `fleet.json` says. Raises as `read_object` does."""
        return read_object(self.path, FLEET)

    def sealed(self, account: str) -> Path | None:
        """The sealed run folder of an account; None where there is none yet."""
        folder = self.accounts / account
        if not folder.is_dir():
            return None
        runs = sorted(path for path in folder.iterdir() if is_plain(folder, f"{path.name}/{MANIFEST}"))
        return runs[0] if runs else None

    def claim(self, run: str) -> RunFolder:
        """A new folder in which an account is judged, which no other attempt has."""
        return RunFolder.claim(self.path / GOING / secrets.token_hex(8), run)

    def take_in(self, run: RunFolder, account: str) -> Path:
        """Let a sealed run folder be that of the account, in one step; of two attempts the first one stays."""
        (self.accounts / account).mkdir(parents=True, exist_ok=True)
        place = self.accounts / account / run.path.name
        try:
            run.path.rename(place)
        except OSError:
            if not is_plain(place, MANIFEST):
                raise
        shutil.rmtree(run.path.parent, ignore_errors=True)
        return place

    def drop_attempts(self) -> None:
        """Remove what was begun and not brought to its end."""
        shutil.rmtree(self.path / GOING, ignore_errors=True)

    @property
    def is_sealed(self) -> bool:
        """Whether the fleet came to its end."""
        return is_plain(self.path, MANIFEST)


def fleet_entries(path: Path) -> dict[str, bool]:
    """Everything in the folder of a fleet by its path, sorted, and whether it is a plain file.

    Of an account's run folder its manifest stands for all of it.
    """
    found: dict[str, bool] = {}
    with os.scandir(path) as entries:
        for entry in entries:
            if not entry.is_dir(follow_symlinks=False):
                found[entry.name] = entry.is_file(follow_symlinks=False)
            elif entry.name != ACCOUNTS:
                found |= {f"{entry.name}/{name}": plain for name, plain in listed_entries(path / entry.name).items()}
    if (path / ACCOUNTS).is_dir():
        found |= dict(_of_accounts(path))
    return dict(sorted(found.items()))


def _of_accounts(path: Path) -> Iterator[tuple[str, bool]]:
    with os.scandir(path / ACCOUNTS) as accounts:
        for account in accounts:
            if not account.is_dir(follow_symlinks=False):
                yield f"{ACCOUNTS}/{account.name}", account.is_file(follow_symlinks=False)
                continue
            with os.scandir(account.path) as runs:
                for run in runs:
                    if run.is_dir(follow_symlinks=False):
                        name = f"{ACCOUNTS}/{account.name}/{run.name}/{MANIFEST}"
                        yield name, is_plain(path, name)
                    else:
                        yield f"{ACCOUNTS}/{account.name}/{run.name}", run.is_file(follow_symlinks=False)


def write_fleet_manifest(folder: FleetFolder) -> Manifest:
    """Hash every file of the fleet and the manifest of each account, and chain them to the run or fleet before."""
    entries = fleet_entries(folder.path)
    manifest = Manifest(
        run=folder.path.name,
        algorithm="sha256",
        previous=previous_of(folder.path),
        rows=Rows.of(()),
        files={
            name: sha256_of(folder.path / name) for name, plain in entries.items() if plain and name not in UNLISTED
        },
    )
    manifest_written(folder.path, manifest)
    return manifest


def _spelled(name: str, value: object) -> str:
    if name not in (ACCOUNTS, "controls") or not isinstance(value, dict) or not value:
        return json.dumps(value, indent=2).replace("\n", "\n  ")
    lines = (f"    {json.dumps(key)}: {json.dumps(each)}" for key, each in value.items())
    return "{\n" + ",\n".join(lines) + "\n  }"

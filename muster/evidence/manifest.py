"""The manifest: a hash of every file of a run folder, chained to the run before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from muster.errors import BadEvidence
from muster.evidence.json_object import parse_object
from muster.evidence.plain_files import is_plain, lines_of, listed_entries, new_plain, open_plain, sha256_of_plain
from muster.evidence.record import Name, RunRecord, Sha256, is_name
from muster.evidence.run_folder import RunFolder

SIGNATURE = "manifest.json.sig"
PUBLIC_KEY = "manifest.pub.pem"
# What the manifest cannot list: itself, and what is made from it.
UNLISTED = frozenset({"manifest.json", SIGNATURE, PUBLIC_KEY})
# What a signature or a public key may have, in bytes.
MOST_BYTES_OF_KEY = 64 * 1024


class BadManifest(BadEvidence):
    """A `manifest.json` that is not one, or not a whole one."""


def _file_name(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.as_posix() != name or name in UNLISTED | {".", ""}:
        raise ValueError("the name of a file is a path inside the run folder")
    return name


FileName = Annotated[str, AfterValidator(_file_name)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PreviousRun(_Part):
    """The run before, by the hash of its manifest."""

    run: Name
    manifest_sha256: Sha256


class Rows(_Part):
    """The rows of `verdicts.jsonl` without their order: with them, reordered rows are told from changed ones."""

    count: int = Field(ge=0)
    unordered_sha256: Sha256

    @classmethod
    def of(cls, lines: Iterable[bytes]) -> Rows:
        """The rows that these lines are; empty lines are none.

        The hash is that of the sorted SHA-256 digests of the lines, 32 bytes a line.
        """
        digests = sorted(hashlib.sha256(stripped).digest() for line in lines if (stripped := line.rstrip(b"\n")))
        return cls(count=len(digests), unordered_sha256=hashlib.sha256(b"".join(digests)).hexdigest())


class Manifest(_Part):
    """`manifest.json`: the hash of every file but those in `UNLISTED`, by its path in the run folder."""

    run: Name
    algorithm: Literal["sha256"]
    previous: PreviousRun | None
    rows: Rows
    files: dict[FileName, Sha256]

    @classmethod
    def parse(cls, text: bytes) -> Manifest:
        """The manifest that a file holds. Raises `BadManifest` where it holds none, or names a thing twice."""
        try:
            return cls.model_validate(parse_object(text))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise BadManifest(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        except ValueError as error:
            raise BadManifest(str(error)) from error


def write_manifest(folder: RunFolder) -> Manifest:
    """Hash every file of the run, and the previous run's manifest, so that a change or a missing night shows.

    A signature of an earlier manifest is removed: it would not hold for this one.
    """
    with open_plain(folder.path, folder.verdicts.name) as handle:
        rows = Rows.of(lines_of(handle))
    entries = listed_entries(folder.path)
    manifest = Manifest(
        run=folder.path.name,
        algorithm="sha256",
        previous=previous_of(folder.path),
        rows=rows,
        # What is no plain file is no evidence; verify says that it was added.
        files={
            name: sha256_of_plain(folder.path, name)
            for name, plain in entries.items()
            if plain and name not in UNLISTED
        },
    )
    manifest_written(folder.path, manifest)
    return manifest


def changed_answers(manifest: Manifest) -> list[str]:
    """The files of answers that are not what their names say: each is named by its hash."""
    return [
        name for name, sha256 in manifest.files.items() if name.startswith("reads/") and name != f"reads/{sha256}.json"
    ]


def manifest_written(folder: Path, manifest: Manifest) -> None:
    """Write a manifest into its folder, without the signature of an earlier one."""
    for name in (SIGNATURE, PUBLIC_KEY):
        (folder / name).unlink(missing_ok=True)
    data = manifest.model_dump(exclude={"files"}) | {"files": manifest.files}
    with new_plain(folder, "manifest.json") as handle:
        # An entry a line: with that, `sed` and `sha256sum` are enough to check it. Piece by piece: it may have 8 MB.
        handle.writelines(piece.encode() for piece in json.JSONEncoder(indent=2).iterencode(data))
        handle.write(b"\n")


def sealed_runs(parent: Path) -> list[Path]:
    """The run folders in a folder that have a manifest, by name, which is by time; links (`latest`) are none."""
    return sorted(
        path for path in parent.iterdir() if is_name(path.name) and is_plain(parent, f"{path.name}/manifest.json")
    )


def is_replay(run: Path) -> bool:
    """Whether the run in a folder says that it judged another's answers again, and asked nobody."""
    try:
        return RunRecord.read(run).replay_of is not None
    except (OSError, BadEvidence):
        return False


def sha256_of(path: Path) -> str:
    """The SHA-256 of a plain file, in hex. Raises as `open_plain` does."""
    return sha256_of_plain(path.parent, path.name)


def previous_of(folder: Path) -> PreviousRun | None:
    """The newest run or fleet that was sealed before the one in a folder, and beside it; None for the first."""
    earlier = [path for path in sealed_runs(folder.parent) if path.name < folder.name]
    if not earlier:
        return None
    return PreviousRun(run=earlier[-1].name, manifest_sha256=sha256_of(earlier[-1] / "manifest.json"))

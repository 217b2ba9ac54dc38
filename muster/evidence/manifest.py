"""The manifest: a hash of every file of a run folder, chained to the run before it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from muster.errors import MusterError
from muster.evidence.run_folder import RunFolder

SIGNATURE = "manifest.json.sig"
PUBLIC_KEY = "manifest.pub.pem"
# What the manifest cannot list: itself, and what is made from it.
UNLISTED = frozenset({"manifest.json", SIGNATURE, PUBLIC_KEY})


class BadManifest(MusterError):
    """A `manifest.json` that is not one, or not a whole one."""


def _run_name(name: str) -> str:
    if not name or name in (".", "..") or "/" in name or not name.isprintable():
        raise ValueError("the name of a run is the name of a folder")
    return name


def _file_name(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts or path.as_posix() != name or name in UNLISTED | {".", ""}:
        raise ValueError("the name of a file is a path inside the run folder")
    return name


RunName = Annotated[str, AfterValidator(_run_name)]
FileName = Annotated[str, AfterValidator(_file_name)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class PreviousRun(_Part):
    """The run before, by the hash of its manifest."""

    run: RunName
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

    run: RunName
    algorithm: Literal["sha256"]
    previous: PreviousRun | None
    rows: Rows
    files: dict[FileName, Sha256]

    @classmethod
    def parse(cls, text: bytes) -> Manifest:
        """The manifest that a file holds. Raises `BadManifest` where it holds none, or names a thing twice."""
        try:
            return cls.model_validate(json.loads(text, object_pairs_hook=_once))
        except ValidationError as error:
            first = error.errors()[0]
            raise BadManifest(f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error
        except (ValueError, RecursionError) as error:
            raise BadManifest(str(error)) from error


def write_manifest(folder: RunFolder) -> Manifest:
    """Hash every file of the run, and the previous run's manifest, so that a change or a missing night shows.

    A signature of an earlier manifest is removed: it would not hold for this one.
    """
    for name in (SIGNATURE, PUBLIC_KEY):
        (folder.path / name).unlink(missing_ok=True)
    with folder.verdicts.open("rb") as lines:
        rows = Rows.of(lines)
    manifest = Manifest(
        run=folder.path.name,
        algorithm="sha256",
        previous=_previous(folder),
        rows=rows,
        files={name: sha256_of(folder.path / name) for name in listed_files(folder.path)},
    )
    partial = folder.manifest.with_suffix(".partial")
    # An entry a line: with that, `sed` and `sha256sum` are enough to check it.
    partial.write_text(json.dumps(manifest.model_dump(), indent=2) + "\n", encoding="utf-8")
    partial.rename(folder.manifest)
    return manifest


def listed_files(folder: Path) -> list[str]:
    """The files of a run folder that belong into its manifest, sorted; links are not followed."""
    found = (path for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())
    return sorted({path.relative_to(folder).as_posix() for path in found} - UNLISTED)


def sealed_runs(parent: Path) -> list[Path]:
    """The run folders in a folder that have a manifest, by name, which is by time; links (`latest`) are none."""
    return sorted(path.parent for path in parent.glob("*/manifest.json") if not path.parent.is_symlink())


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _previous(folder: RunFolder) -> PreviousRun | None:
    earlier = [path for path in sealed_runs(folder.path.parent) if path.name < folder.path.name]
    if not earlier:
        return None
    return PreviousRun(run=earlier[-1].name, manifest_sha256=sha256_of(earlier[-1] / "manifest.json"))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object; two readers of one that names a thing twice would not read the same."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands in it twice")
    return found

"""A run in one file: packed, it is the same run; what somebody else packed is data, and opened within limits."""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from muster.errors import BadEvidence
from muster.evidence.packed import pack_run, unpack_run, unpacked_run
from muster.evidence.verify import verify
from tests.integrity.sealed import seal
from tests.reports.synthetic import Size, make_run


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A sealed run."""
    folder = make_run(tmp_path / "runs", Size(2, 2, 1))
    seal(folder, None)
    return folder


def test_a_packed_run_is_the_same_run(run: Path, tmp_path: Path) -> None:
    pack_run(run, tmp_path / "any-name.zip")

    with unpacked_run(tmp_path / "any-name.zip") as folder:
        assert folder.name == run.name
        assert verify(folder).defects == []
        assert {path.relative_to(folder) for path in folder.rglob("*")} == {
            path.relative_to(run) for path in run.rglob("*")
        }


def test_the_same_run_gives_the_same_bytes(run: Path, tmp_path: Path) -> None:
    for name in ("one.zip", "two.zip"):
        pack_run(run, tmp_path / name)

    assert (tmp_path / "one.zip").read_bytes() == (tmp_path / "two.zip").read_bytes()


def test_a_link_in_the_folder_is_not_packed(run: Path, tmp_path: Path) -> None:
    (run / "index.html").unlink(missing_ok=True)
    (run / "index.html").symlink_to("/etc/hostname")

    pack_run(run, tmp_path / "run.zip")

    assert "index.html" not in zipfile.ZipFile(tmp_path / "run.zip").namelist()


def test_what_could_not_be_packed_leaves_nothing(run: Path, tmp_path: Path) -> None:
    with pytest.raises(OSError):
        pack_run(run, tmp_path / "missing" / "run.zip")

    assert list(tmp_path.glob("*.partial")) == []


def with_name(name: str) -> Callable[[zipfile.ZipFile], None]:
    return lambda archive: archive.writestr(zipfile.ZipInfo(name), "x")


def twice(archive: zipfile.ZipFile) -> None:
    archive.writestr(zipfile.ZipInfo("run.json"), "{}")
    with pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr(zipfile.ZipInfo("run.json"), "{}")


def with_a_bad_manifest(archive: zipfile.ZipFile) -> None:
    archive.writestr("manifest.json", '{"run": "../../elsewhere"}')


@pytest.mark.parametrize(
    ("write", "said"),
    [
        pytest.param(with_name("../elsewhere"), "no path inside a folder", id="above its folder"),
        pytest.param(with_name("/etc/elsewhere"), "no path inside a folder", id="an absolute path"),
        pytest.param(with_name("reads/../../elsewhere"), "no path inside a folder", id="above by the way"),
        pytest.param(with_name("./run.json"), "no path inside a folder", id="another spelling of a name"),
        pytest.param(twice, "two files of one name", id="two files of one name"),
        pytest.param(with_a_bad_manifest, "run: ", id="a manifest that names the run like a path"),
    ],
)
def test_what_is_no_packed_run_is_refused(tmp_path: Path, write: Callable[[zipfile.ZipFile], None], said: str) -> None:
    with zipfile.ZipFile(tmp_path / "20261120T220000Z-x.zip", "w") as archive:
        write(archive)
    (tmp_path / "into").mkdir()

    with pytest.raises(BadEvidence, match=said):
        unpack_run(tmp_path / "20261120T220000Z-x.zip", tmp_path / "into")

    assert not list(tmp_path.rglob("elsewhere"))


def test_a_link_in_a_packed_run_is_a_plain_file_here(tmp_path: Path) -> None:
    entry = zipfile.ZipInfo("index.html")
    entry.external_attr = (stat.S_IFLNK | 0o777) << 16
    with zipfile.ZipFile(tmp_path / "20261120T220000Z-x.zip", "w") as archive:
        archive.writestr(entry, "/etc/hostname")
    (tmp_path / "into").mkdir()

    folder = unpack_run(tmp_path / "20261120T220000Z-x.zip", tmp_path / "into")

    assert not (folder / "index.html").is_symlink()
    assert (folder / "index.html").read_text() == "/etc/hostname"


def test_no_more_is_unpacked_than_a_run_may_have(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "20261120T220000Z-x.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("run.json", "0" * 1_001)

    with pytest.raises(BadEvidence, match="more than"):
        unpack_run(tmp_path / "20261120T220000Z-x.zip", tmp_path, at_most=1_000)


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 and then nothing", b"no archive"], ids=["empty", "torn", "text"])
def test_what_is_no_archive_is_said_so(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "20261120T220000Z-x.zip").write_bytes(content)

    with pytest.raises(BadEvidence, match="no packed run"), unpacked_run(tmp_path / "20261120T220000Z-x.zip"):
        pass

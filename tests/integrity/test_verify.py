"""A run folder that was tampered with is found out, by Muster and by hand."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from muster.__main__ import main
from muster.evidence.by_hand import commands
from muster.evidence.manifest import write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.verify import verify
from tests.integrity.sealed import Nights, key_file, make_nights, seal
from tests.integrity.tampering import TAMPERINGS, Tampering, make_it_anew_unsigned
from tests.reports.synthetic import Size, make_run

IDS = [case.name for case in TAMPERINGS]
WITHOUT_KEY = [case for case in TAMPERINGS if not case.needs_key]


@pytest.fixture(scope="module")
def signed_once(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    folder = tmp_path_factory.mktemp("signed")
    return make_nights(folder / "runs", key_file(folder / "key.pem"))


@pytest.fixture(scope="module")
def unsigned_once(tmp_path_factory: pytest.TempPathFactory) -> Nights:
    return make_nights(tmp_path_factory.mktemp("unsigned") / "runs", None)


@pytest.fixture
def signed(signed_once: Nights, tmp_path: Path) -> Nights:
    return signed_once.copied_to(tmp_path / "runs")


@pytest.fixture
def unsigned(unsigned_once: Nights, tmp_path: Path) -> Nights:
    return unsigned_once.copied_to(tmp_path / "runs")


def found(path: Path, public_key: bytes | None = None) -> set[tuple[str, str]]:
    return {(defect.kind, defect.file) for defect in verify(path, public_key).defects}


def by_hand(path: Path) -> subprocess.CompletedProcess[str]:
    script = "\n".join(["set -eo pipefail", *commands(verify(path))])
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=False)


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not here: apt-get install it")


def test_nothing_is_found_in_a_run_as_it_was_left(signed: Nights) -> None:
    assert found(signed.second, signed.public_key) == set()


def test_nothing_is_found_in_an_unsigned_run_as_it_was_left(unsigned: Nights) -> None:
    assert found(unsigned.second) == set()


@pytest.mark.parametrize("case", TAMPERINGS, ids=IDS)
def test_tampering_is_found(signed: Nights, case: Tampering) -> None:
    expected = (case.kind, case.file(signed))
    case.do(signed)

    assert expected in found(signed.second, signed.public_key)


@pytest.mark.parametrize("case", TAMPERINGS, ids=IDS)
def test_tampering_is_found_without_knowing_the_key_because_the_run_before_is_signed(
    signed: Nights, case: Tampering
) -> None:
    expected = (case.kind, case.file(signed))
    case.do(signed)

    assert expected in found(signed.second)


@pytest.mark.parametrize("case", WITHOUT_KEY, ids=[case.name for case in WITHOUT_KEY])
def test_tampering_is_found_in_an_unsigned_run(unsigned: Nights, case: Tampering) -> None:
    expected = (case.kind, case.file(unsigned))
    case.do(unsigned)

    assert expected in found(unsigned.second)


@needs_openssl
def test_the_commands_for_checking_by_hand_find_nothing_in_a_run_as_it_was_left(signed: Nights) -> None:
    done = by_hand(signed.second)

    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "Signature Verified Successfully"


# Who has another key signs rightly with it: by hand, that shows in the key's fingerprint, which is to be compared.
@needs_openssl
@pytest.mark.parametrize(
    "case",
    [case for case in TAMPERINGS if "somebody else" not in case.name and "unsigned" not in case.name],
    ids=lambda case: case.name,
)
def test_the_commands_for_checking_by_hand_find_tampering(signed: Nights, case: Tampering) -> None:
    case.do(signed)

    assert by_hand(signed.second).returncode != 0


def test_what_the_command_prints_can_be_run_as_it_stands(unsigned: Nights, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(unsigned.second)]) == 0
    commands = [line for line in capsys.readouterr().out.splitlines() if line.startswith("    ")]
    subprocess.run(["bash", "-eo", "pipefail", "-c", "\n".join(commands)], check=True)


def test_the_command_names_the_file_and_ends_with_1(unsigned: Nights, capsys: pytest.CaptureFixture[str]) -> None:
    (unsigned.second / "report.html").unlink()

    assert main(["verify", str(unsigned.second)]) == 1
    assert "lost       report.html" in capsys.readouterr().out


def test_the_command_takes_the_public_key(signed: Nights, tmp_path: Path) -> None:
    assert signed.public_key is not None
    (tmp_path / "trusted.pem").write_bytes(signed.public_key)

    assert main(["verify", str(signed.second), f"--public-key={tmp_path / 'trusted.pem'}"]) == 0


@pytest.mark.parametrize("name", ["nowhere", "loop", "file", "pipe", "empty"])
def test_what_is_no_run_folder_is_a_wrong_command(
    tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").touch()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "empty").mkdir()

    assert main(["verify", str(tmp_path / name)]) == 2
    said = capsys.readouterr()
    assert (len(said.err.splitlines()), said.out) == (1, "")


def test_a_run_signed_by_another_key_than_the_trusted_one_is_found(signed: Nights, tmp_path: Path) -> None:
    other = make_nights(tmp_path / "others", key_file(tmp_path / "other.pem"))

    assert ("foreign", "manifest.pub.pem") in found(signed.second, other.public_key)
    assert ("foreign", "manifest.json.sig") in found(signed.second, other.public_key)


def test_an_unsigned_run_is_not_enough_for_who_trusts_a_key(unsigned: Nights, signed_once: Nights) -> None:
    assert found(unsigned.second, signed_once.public_key) == {("unsigned", "manifest.json.sig")}


def test_a_missing_night_is_found(tmp_path: Path) -> None:
    nights = [seal(make_run(tmp_path, Size(2, 1, 1), night=night), None) for night in range(3)]
    shutil.rmtree(nights[1])

    assert found(nights[2]) == {("lost", f"../{nights[1].name}")}


def test_a_change_two_nights_back_is_found(tmp_path: Path) -> None:
    nights = [seal(make_run(tmp_path, Size(2, 1, 1), night=night), None) for night in range(3)]
    (nights[0] / "manifest.json").write_text("{}")

    assert found(nights[2]) == {("changed", f"../{nights[0].name}/manifest.json")}


def test_a_run_that_was_handed_over_alone_says_how_far_its_chain_was_followed(unsigned: Nights) -> None:
    shutil.rmtree(unsigned.first)
    result = verify(unsigned.second)

    assert result.defects == []
    assert any(unsigned.first.name in note for note in result.notes)


def test_the_folder_of_another_run_under_this_name_is_found(unsigned: Nights) -> None:
    shutil.rmtree(unsigned.second)
    shutil.copytree(unsigned.first, unsigned.second)

    assert ("foreign", "manifest.json") in found(unsigned.second)


def test_rows_of_another_run_are_found_even_if_all_hashes_are_made_anew(unsigned: Nights) -> None:
    shutil.copy(unsigned.first / "verdicts.jsonl", unsigned.second / "verdicts.jsonl")
    write_manifest(RunFolder(unsigned.second))

    assert ("foreign", "verdicts.jsonl") in found(unsigned.second)


def test_a_row_without_its_answer_is_found_even_if_all_hashes_are_made_anew(unsigned: Nights) -> None:
    lost = sorted((unsigned.second / "reads").iterdir())[0]
    lost.unlink()
    write_manifest(RunFolder(unsigned.second))

    assert found(unsigned.second) == {("lost", f"reads/{lost.name}")}


def test_counts_that_do_not_fit_the_rows_are_found_even_if_all_hashes_are_made_anew(unsigned: Nights) -> None:
    folder = RunFolder(unsigned.second)
    record = folder.read_run()
    record["counts"]["fail"] = 0
    folder.write_run(record)
    write_manifest(folder)

    assert found(unsigned.second) == {("changed", "run.json")}


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "{}", '{"run": "a", "run": "b"}', "[" * 100_000],
    ids=["nothing", "torn", "a list", "an empty object", "a name twice", "deep"],
)
def test_a_manifest_that_is_none_is_a_finding_and_no_traceback(unsigned: Nights, text: str) -> None:
    (unsigned.second / "manifest.json").write_text(text)

    assert ("torn", "manifest.json") in found(unsigned.second)


@pytest.mark.parametrize("name", ["../outside", "/etc/hostname", "reads/../../x", ""])
def test_a_manifest_that_names_files_outside_of_its_folder_is_refused(unsigned: Nights, name: str) -> None:
    path = unsigned.second / "manifest.json"
    path.write_text(path.read_text().replace('"report.html"', f'"{name}"'))

    assert ("torn", "manifest.json") in found(unsigned.second)


def test_a_file_whose_name_is_meant_for_the_terminal_is_spelled_out(
    unsigned: Nights, capsys: pytest.CaptureFixture[str]
) -> None:
    (unsigned.second / "\x1b[2Jgone").touch()
    main(["verify", str(unsigned.second)])

    assert "\x1b" not in capsys.readouterr().out


def test_a_manifest_is_not_signed_by_a_signature_of_an_earlier_one(signed: Nights) -> None:
    write_manifest(RunFolder(signed.second))

    assert not (signed.second / "manifest.json.sig").exists()


def test_a_run_made_anew_and_unsigned_is_found_though_it_denies_the_signed_run_before_it(signed: Nights) -> None:
    make_it_anew_unsigned(signed)
    path = signed.second / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "previous": None}))

    assert ("unsigned", "manifest.json.sig") in found(signed.second)


def test_a_replay_between_two_nights_does_not_release_the_second_from_its_signature(signed: Nights) -> None:
    replay = signed.runs / f"{signed.first.name}-replay"
    shutil.copytree(signed.first, replay)
    folder = RunFolder(replay)
    folder.write_run({**folder.read_run(), "run": replay.name, "replay_of": signed.first.name})
    write_manifest(folder)
    make_it_anew_unsigned(signed)

    assert ("unsigned", "manifest.json.sig") in found(signed.second)


def test_an_unsigned_run_that_was_put_in_does_not_release_the_one_after_it(signed: Nights) -> None:
    put_in = signed.runs / f"{signed.first.name}-put-in"
    shutil.copytree(signed.first, put_in)
    write_manifest(RunFolder(put_in))
    make_it_anew_unsigned(signed)

    assert ("unsigned", "manifest.json.sig") in found(signed.second)


def test_an_unsigned_replay_beside_signed_runs_is_no_finding(signed: Nights) -> None:
    replay = signed.runs / f"{signed.second.name}-replay"
    shutil.copytree(signed.second, replay)
    folder = RunFolder(replay)
    rows = folder.verdicts.read_text().replace(f'"run":"{signed.second.name}"', f'"run":"{replay.name}"')
    folder.verdicts.write_text(rows)
    folder.write_run({**folder.read_run(), "run": replay.name, "replay_of": signed.second.name})
    write_manifest(folder)

    assert found(replay) == set()


def test_a_run_that_names_none_before_it_says_so_where_an_older_one_stands(unsigned: Nights) -> None:
    path = unsigned.second / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "previous": None}, indent=2))
    result = verify(unsigned.second)

    assert result.defects == []
    assert any(f"names no run before it, though {unsigned.first.name} is here" in note for note in result.notes)


def test_a_file_that_is_no_key_is_a_wrong_command(
    signed: Nights, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "trusted.pem").write_text("my key")

    assert main(["verify", str(signed.second), f"--public-key={tmp_path / 'trusted.pem'}"]) == 2
    assert capsys.readouterr().err == (
        f"muster verify: --public-key={tmp_path / 'trusted.pem'}: the public key is none in PEM\n"
    )


def test_a_folder_without_any_file_of_a_run_is_a_wrong_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["verify", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"muster verify: {tmp_path}: no run folder")

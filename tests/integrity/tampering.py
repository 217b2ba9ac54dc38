"""Ways to tamper with a sealed run: what somebody does to the folder, and what verifying it must call that."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from muster.evidence.manifest import PUBLIC_KEY, SIGNATURE, write_manifest
from muster.evidence.run_folder import RunFolder
from muster.evidence.signing import KeyFileSigner, sign_manifest
from muster.evidence.verification import DefectKind
from tests.integrity.sealed import Nights, key_file


@dataclass(frozen=True)
class Tampering:
    """`file` (asked before it is done) must be named; `needs_key` says that only a signature tells."""

    name: str
    do: Callable[[Nights], None]
    kind: DefectKind
    file: Callable[[Nights], str]
    needs_key: bool = False


def lines(nights: Nights) -> list[str]:
    return (nights.second / "verdicts.jsonl").read_text().splitlines(keepends=True)


def write_lines(nights: Nights, rows: list[str]) -> None:
    (nights.second / "verdicts.jsonl").write_text("".join(rows))


def reads(nights: Nights) -> list[Path]:
    return sorted((nights.second / "reads").iterdir())


def change_a_byte(nights: Nights) -> None:
    rows = lines(nights)
    number = next(n for n, row in enumerate(rows) if '"status":"fail"' in row)
    rows[number] = rows[number].replace('"reason":"', '"reason":"X', 1)
    write_lines(nights, rows)


def swap_two_reads(nights: Nights) -> None:
    one, other = reads(nights)[:2]
    text = one.read_bytes()
    one.write_bytes(other.read_bytes())
    other.write_bytes(text)


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def add_an_answer(nights: Nights) -> None:
    (nights.second / LOST_READ).write_text("{}")


def replace_by_a_link(nights: Nights) -> None:
    path = reads(nights)[0]
    path.rename(nights.runs / "elsewhere.json")
    path.symlink_to(nights.runs / "elsewhere.json")


def edit_the_manifest(nights: Nights) -> None:
    path = nights.second / "manifest.json"
    data = json.loads(path.read_text())
    data["files"][f"reads/{reads(nights)[0].name}"] = "0" * 64
    path.write_text(json.dumps(data, indent=2) + "\n")


def make_the_manifest_anew(nights: Nights) -> None:
    """Turn a failure into a pass everywhere it is told, and make the manifest again; the old signature is left."""
    signature, key = ((nights.second / name).read_bytes() for name in (SIGNATURE, PUBLIC_KEY))
    folder = RunFolder(nights.second)
    write_lines(nights, [row.replace('"status":"fail"', '"status":"pass"') for row in lines(nights)])
    record = folder.read_run()
    record["counts"]["pass"] += record["counts"]["fail"]
    record["counts"]["fail"] = 0
    folder.write_run(record)
    write_manifest(folder)
    (nights.second / SIGNATURE).write_bytes(signature)
    (nights.second / PUBLIC_KEY).write_bytes(key)


def make_it_anew_with_another_key(nights: Nights) -> None:
    make_the_manifest_anew(nights)
    sign_manifest(RunFolder(nights.second), KeyFileSigner(key_file(nights.runs / "mine.pem")))


def make_it_anew_unsigned(nights: Nights) -> None:
    make_the_manifest_anew(nights)
    for name in (SIGNATURE, PUBLIC_KEY):
        (nights.second / name).unlink()


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def borrow_the_signature(nights: Nights) -> None:
    shutil.copy(nights.first / SIGNATURE, nights.second / SIGNATURE)


def verdicts(_: Nights) -> str:
    return "verdicts.jsonl"


def first_read(nights: Nights) -> str:
    return f"reads/{reads(nights)[0].name}"


def previous_manifest(nights: Nights) -> str:
    return f"../{nights.first.name}/manifest.json"


LOST_READ = "reads/" + "0" * 64 + ".json"

TAMPERINGS = (
    Tampering("a byte of a row changed", change_a_byte, "changed", verdicts),
    Tampering("a row removed", lambda n: write_lines(n, lines(n)[:3] + lines(n)[4:]), "lost", verdicts),
    Tampering("a row added", lambda n: write_lines(n, [*lines(n), lines(n)[0]]), "added", verdicts),
    Tampering("rows reordered", lambda n: write_lines(n, lines(n)[::-1]), "reordered", verdicts),
    Tampering("an answer changed", lambda n: edit(reads(n)[0], '"account"', '"accounts"'), "changed", first_read),
    Tampering("an answer removed", lambda n: reads(n)[0].unlink(), "lost", first_read),
    Tampering("an answer added", add_an_answer, "added", lambda _: LOST_READ),
    Tampering("two answers swapped", swap_two_reads, "swapped", first_read),
    Tampering(
        "run.json changed",
        lambda n: edit(n.second / "run.json", "auditor@ci", "nobody@ci"),
        "changed",
        lambda _: "run.json",
    ),
    Tampering(
        "a report changed",
        lambda n: edit(n.second / "report.html", "night", "day"),
        "changed",
        lambda _: "report.html",
    ),
    Tampering(
        "the number of rows in the manifest edited",
        lambda n: edit(n.second / "manifest.json", '"count": ', '"count": 1'),
        "changed",
        lambda _: "manifest.json",
    ),
    Tampering("an entry of the manifest edited", edit_the_manifest, "changed", lambda _: "manifest.json"),
    Tampering("the manifest made anew", make_the_manifest_anew, "foreign", lambda _: SIGNATURE, needs_key=True),
    Tampering(
        "the manifest made anew and signed by somebody else",
        make_it_anew_with_another_key,
        "foreign",
        lambda _: PUBLIC_KEY,
        needs_key=True,
    ),
    Tampering(
        "the manifest made anew and left unsigned",
        make_it_anew_unsigned,
        "unsigned",
        lambda _: SIGNATURE,
        needs_key=True,
    ),
    Tampering("the rows truncated", lambda n: truncate(n.second / "verdicts.jsonl"), "torn", verdicts),
    Tampering("run.json truncated", lambda n: truncate(n.second / "run.json"), "torn", lambda _: "run.json"),
    Tampering(
        "the previous manifest changed",
        lambda n: edit(n.first / "manifest.json", "sha256", "sha-256"),
        "changed",
        previous_manifest,
    ),
    Tampering("the signature of another run", borrow_the_signature, "foreign", lambda _: SIGNATURE, needs_key=True),
    Tampering("an answer replaced by a link", replace_by_a_link, "changed", first_read),
)

from __future__ import annotations

import csv
import hashlib
import io
import json
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muster.errors import UsageError
from reports.__main__ import main
from reports.answers import RecordedAnswer
from reports.commands import sample as command
from reports.run import SANDBOX, ReportedRun
from reports.sample import Sample, draw, rank_sha256
from tests.reports.synthetic import HOSTILE, Size, make_run

CONTROL = "s3-bucket-encrypted"
KEYS = "account, region, service, operation, request, content, error, request_ids, at, and no other"
SIZE = Size(resources=40, controls=2, accounts=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return make_run(tmp_path, SIZE)


def run(folder: Path, *arguments: str) -> int:
    return main(["sample", str(folder), f"--control={CONTROL}", "--seed=7", *arguments])


def drawn(folder: Path, size: int = 25, seed: str = "7") -> Sample:
    return draw(ReportedRun.load(folder), CONTROL, size, seed)


def resources(sample: Sample) -> list[str]:
    return [item.resource for item in sample.items]


class TestOfDrawing:
    def test_one_seed_draws_one_sample(self, folder: Path) -> None:
        assert drawn(folder) == drawn(folder)

    def test_another_seed_draws_another_sample(self, folder: Path) -> None:
        assert resources(drawn(folder, seed="7")) != resources(drawn(folder, seed="8"))

    def test_the_order_of_the_rows_does_not_matter(self, folder: Path) -> None:
        before = drawn(folder)
        rows = folder / "verdicts.jsonl"
        rows.write_text("".join(sorted(rows.read_text().splitlines(keepends=True), reverse=True)))

        assert resources(drawn(folder)) == resources(before)

    def test_a_larger_sample_begins_with_the_smaller_one(self, folder: Path) -> None:
        assert resources(drawn(folder, 30))[:10] == resources(drawn(folder, 10))

    def test_it_comes_from_the_resources_of_that_control_alone(self, folder: Path) -> None:
        population = {row.resource for row in ReportedRun.load(folder).rows() if row.control == CONTROL}
        sample = drawn(folder)

        assert sample.population == len(population) == 80
        assert len(set(resources(sample))) == 25
        assert set(resources(sample)) <= population
        assert sum(sample.counts.values()) == 80

    def test_a_population_that_is_smaller_is_taken_whole(self, folder: Path) -> None:
        assert len(drawn(folder, 1000).items) == 80

    def test_sha256sum_repeats_it(self, folder: Path) -> None:
        item = drawn(folder).items[0]
        text = f"7|{CONTROL}|{item.account}|{item.region}|{item.resource}"
        said = subprocess.run(["sha256sum"], input=text.encode(), capture_output=True, check=True).stdout.decode()

        assert said.split()[0] == item.rank_sha256

    def test_the_ranks_are_these_in_every_version(self) -> None:
        assert rank_sha256("7", "c", ("a", "r", "x")) == (
            "e9841f71daa2cef7a9c29b5a4df47d0e8674f387c695694ea49ca430b50ee7e3"
        )

    @given(st.text(), st.text(), st.text())
    def test_any_name_has_a_rank(self, account: str, region: str, resource: str) -> None:
        assert len(rank_sha256("7", "c", (account, region, resource))) == 64

    def test_each_resource_is_as_likely_as_another(self, folder: Path) -> None:
        times = dict.fromkeys(resources(drawn(folder, 80)), 0)
        for seed in range(200):
            for resource in resources(drawn(folder, 20, str(seed))):
                times[resource] += 1

        # 50 expected each; five standard deviations (6.1) either way.
        assert all(20 <= number <= 80 for number in times.values())

    def test_a_resource_with_two_rows_is_one_item_with_both(self, folder: Path) -> None:
        rows = folder / "verdicts.jsonl"
        first = json.loads(rows.read_text().splitlines()[0])
        rows.write_text(json.dumps({**first, "status": "pass"}) + "\n" + json.dumps({**first, "status": "fail"}) + "\n")
        [item] = drawn(folder).items

        assert item.statuses == "pass, fail"

    @pytest.mark.parametrize(
        ("asked", "size", "message"),
        [
            pytest.param("s3-bucket-encrypte", 1, "is it s3-bucket-encrypted?", id="nearly a control"),
            pytest.param("nothing-like-it", 1, "asked no such control", id="no control"),
            pytest.param(CONTROL, 0, "one item at least", id="nobody"),
        ],
    )
    def test_what_cannot_be_drawn_is_refused(self, folder: Path, asked: str, size: int, message: str) -> None:
        with pytest.raises(UsageError, match=message.replace("?", r"\?")):
            draw(ReportedRun.load(folder), asked, size, "7")

    def test_a_control_without_rows_is_refused(self, folder: Path) -> None:
        (folder / "verdicts.jsonl").write_text("")

        with pytest.raises(UsageError, match="no row of it"):
            drawn(folder)


class TestOfCautions:
    def test_what_nobody_saw_is_told(self, folder: Path) -> None:
        sample = drawn(folder)
        unseen = sample.counts["error"] + sample.counts["not_run"]

        assert unseen == 1
        assert sample.cautions == ("1 verdict is unreadable or not run: behind them may be resources that nobody saw",)

    def test_torn_lines_and_a_run_that_did_not_end_are_told(self, folder: Path) -> None:
        with (folder / "verdicts.jsonl").open("a") as rows:
            rows.write('{"run": "torn')
        record = json.loads((folder / "run.json").read_text())
        (folder / "run.json").write_text(json.dumps({**record, "ended": None}))
        told = " ".join(drawn(folder).cautions)

        assert "1 line of verdicts.jsonl is no whole row: " in told
        assert "did not come to its end" in told

    def test_they_reach_the_user(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert run(folder) == 0
        assert "nobody saw" in capsys.readouterr().err


class TestOfAnswers:
    @pytest.fixture
    def sha256(self, folder: Path) -> str:
        return drawn(folder).items[0].reads[0]

    def test_an_answer_is_the_call_and_what_came_back(self, folder: Path, sha256: str) -> None:
        answer = RecordedAnswer.read(folder, sha256)

        assert answer.problem is None
        assert answer.call == "s3:list_buckets"
        assert set(answer.said) == {"request", "content"}

    def test_an_error_is_an_answer(self, folder: Path) -> None:
        failed = next(row for row in ReportedRun.load(folder).rows() if row.status == "error" and len(row.reads) > 1)

        assert RecordedAnswer.read(folder, failed.reads[1]).said["error"]["code"] == "AccessDenied"

    def test_a_file_that_was_lost_is_told(self, folder: Path, sha256: str) -> None:
        (folder / "reads" / f"{sha256}.json").unlink()

        assert RecordedAnswer.read(folder, sha256).problem == "missing from the run folder"

    def test_a_file_that_was_changed_is_not_believed(self, folder: Path, sha256: str) -> None:
        path = folder / "reads" / f"{sha256}.json"
        path.write_text(path.read_text().replace("list_buckets", "list_bucket"))
        answer = RecordedAnswer.read(folder, sha256)

        assert answer.problem == "changed: the file does not hash to its name"
        assert answer.said == {}

    def test_a_file_that_is_no_answer_is_told(self, folder: Path) -> None:
        name = hashlib.sha256(b"[]").hexdigest()
        (folder / "reads" / f"{name}.json").write_bytes(b"[]")

        assert RecordedAnswer.read(folder, name).problem == "no recorded answer: expected the keys " + KEYS

    @pytest.mark.parametrize("name", ["../run", "/etc/passwd", "", "A" * 64])
    def test_what_is_no_hash_is_not_opened(self, folder: Path, name: str) -> None:
        assert RecordedAnswer.read(folder, name).problem == "the verdict names no SHA-256"


def table(made: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(made, newline="")))


class TestOfCsv:
    def test_a_line_is_an_item_and_an_answer(self, folder: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        assert run(folder, "-n", "3") == 0
        lines = table(capsysbinary.readouterr().out.decode())
        sample = drawn(folder, 3)

        assert [(line["item"], line["answer"]) for line in lines] == [
            (str(number), f"reads/{sha256}.json")
            for number, item in enumerate(sample.items, start=1)
            for sha256 in item.reads
        ]
        assert [json.loads(line["answer text"]) for line in lines] == [
            sample.answers[sha256].said for item in sample.items for sha256 in item.reads
        ]

    def test_each_line_says_what_it_was_drawn_from(
        self, folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        run(folder, "-n", "3")

        for line in table(capsysbinary.readouterr().out.decode()):
            assert (line["run"], line["evidence"], line["control"]) == (folder.name, str(SANDBOX), CONTROL)
            assert (line["population"], line["sample"], line["seed"]) == ("80", "3", "7")
            assert "SHA-256" in line["method"]

    def test_an_item_without_answers_keeps_its_line(
        self, folder: Path, capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        rows = folder / "verdicts.jsonl"
        lines = [{**json.loads(line), "reads": []} for line in rows.read_text().splitlines()]
        rows.write_text("".join(json.dumps(line) + "\n" for line in lines))
        run(folder, "-n", "2")

        assert [line["answer"] for line in table(capsysbinary.readouterr().out.decode())] == (
            ["no answer: the verdict rests on none"] * 2
        )

    def test_an_answer_that_fits_no_cell_says_so(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(command, "MOST_IN_A_CELL", 10)
        line = table(command.sample_as_csv(ReportedRun.load(folder), drawn(folder, 1)))[0]

        assert line["answer text"].startswith('{"content"… cut: the file has all ')


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.links: set[str] = set()
        self.ids: list[str] = []
        self.text = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in ("src", "style")
            if name == "href":
                self.links.add(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_data(self, data: str) -> None:
        self.text += data


class TestOfThePage:
    def test_it_tells_population_method_and_sandbox(self, folder: Path) -> None:
        page = Page(command.sample_as_page(ReportedRun.load(folder), drawn(folder)))

        assert "80 resources; verdicts:" in page.text
        assert "ranked by SHA-256" in page.text
        assert "SANDBOX" in page.text

    def test_every_link_has_its_answer_in_the_page(self, folder: Path) -> None:
        page = Page(command.sample_as_page(ReportedRun.load(folder), drawn(folder)))

        assert {link.removeprefix("#") for link in page.links} <= set(page.ids)
        assert len(page.ids) == len(set(page.ids))

    def test_a_changed_answer_is_named_and_not_shown(self, folder: Path) -> None:
        sha256 = drawn(folder).items[0].reads[0]
        (folder / "reads" / f"{sha256}.json").write_text("{}")
        page = Page(command.sample_as_page(ReportedRun.load(folder), drawn(folder, 1)))

        assert "changed: the file does not hash to its name" in page.text
        assert sha256 not in page.ids


@pytest.mark.parametrize("form", ["csv", "html"])
class TestOfBoth:
    def test_the_same_run_makes_the_same_bytes(
        self, folder: Path, capsysbinary: pytest.CaptureFixture[bytes], form: str
    ) -> None:
        made = {(run(folder, f"--format={form}"), capsysbinary.readouterr().out) for _ in range(2)}

        assert len(made) == 1

    def test_hostile_names_stay_text(
        self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], form: str
    ) -> None:
        folder = make_run(tmp_path, SIZE, hostile=True)
        with (folder / "verdicts.jsonl").open("a") as rows:
            first = json.loads((folder / "verdicts.jsonl").read_text().splitlines()[0])
            rows.writelines(json.dumps({**first, "resource": name, "reason": name}) + "\n" for name in HOSTILE)

        assert run(folder, f"--format={form}", "-n", "88") == 0
        made = capsysbinary.readouterr().out.decode()
        if form == "html":
            page = Page(made)
            assert page.elements.isdisjoint({"script", "img"})
            assert HOSTILE[0] in page.text
            assert not set(made) & set("\x00\x1b\u202e")
        else:
            lines = table(made)
            assert any(line["resource"] == f"'{HOSTILE[6]}" for line in lines)
            assert not [cell for line in lines for cell in line.values() if cell.startswith(("=", "+", "-", "@"))]

    def test_half_a_character_does_not_end_it(
        self, folder: Path, capsysbinary: pytest.CaptureFixture[bytes], form: str
    ) -> None:
        rows = folder / "verdicts.jsonl"
        first = json.loads(rows.read_text().splitlines()[0])
        rows.write_text(json.dumps({**first, "resource": "half \ud800"}) + "\n")

        assert run(folder, f"--format={form}") == 0
        assert b"half \\ud800" in capsysbinary.readouterr().out

    def test_a_live_run_is_not_called_a_sandbox(
        self, tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes], form: str
    ) -> None:
        run(make_run(tmp_path, SIZE, mocked=False), f"--format={form}")

        assert b"SANDBOX" not in capsysbinary.readouterr().out


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        pytest.param("run.json", "expected run.json and verdicts.jsonl", id="no run.json"),
        pytest.param("verdicts.jsonl", "expected run.json and verdicts.jsonl", id="no rows"),
    ],
)
def test_what_is_no_run_folder_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], damage: str, message: str
) -> None:
    (folder / damage).unlink()

    assert run(folder) == 2
    assert message in capsys.readouterr().err


def test_a_torn_record_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "run.json").write_text("{")

    assert run(folder) == 2
    assert "it is torn or was changed" in capsys.readouterr().err

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import fsspec
import pytest

from muster.errors import UsageError
from muster.evidence.run_folder import RunFolder
from muster.verdict import Status
from reports.__main__ import main
from reports.history import period as periods
from reports.history.database import STATES, VIEWS
from reports.history.period import History, Window
from reports.run import ReportedRun
from tests.reports.synthetic import HOSTILE, Size, make_run

SMALL = Size(resources=2, controls=2, accounts=2)
CONTROL = "s3-bucket-encrypted"
EVER = Window()


def run(*arguments: str) -> int:
    return main(["history", *arguments])


def period(place: Path | str, window: Window = EVER, controls: str = "*", accounts: str = "*") -> History:
    return periods.period(*periods.open_history(str(place), window), controls=controls, accounts=accounts)


def nightly(parent: Path, nights: int, **options: Any) -> list[Path]:
    return [make_run(parent, SMALL, night=night, **options) for night in range(nights)]


def rewrite(run: Path, change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> None:
    """Change every row, or leave it out, and count anew what is left: as if the run had found so."""
    rows = [json.loads(line) for line in (run / "verdicts.jsonl").read_text().splitlines()]
    kept = [row for row in map(change, rows) if row is not None]
    (run / "verdicts.jsonl").write_text("".join(json.dumps(row) + "\n" for row in kept))
    statuses = [row["status"] for row in kept]
    counts = {name: statuses.count(name) for name in ("pass", "fail", "error", "waived", "not_applicable", "not_run")}
    edit_record(run, {"counts": counts})


def edit_record(run: Path, changes: Mapping[str, Any]) -> None:
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | changes))


def with_status(status: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda row: {**row, "status": status}


def states(place: Path, control: str = CONTROL, account: str = "production") -> tuple[str, ...]:
    [standing] = [s for s in period(place).standings if (s.control, s.account) == (control, account)]
    return standing.states


@pytest.fixture
def three(tmp_path: Path) -> list[Path]:
    """Three nights on which everything passed."""
    runs = nightly(tmp_path, 3)
    for folder in runs:
        rewrite(folder, with_status("pass"))
    return runs


class TestOfANight:
    @pytest.mark.parametrize(
        ("status", "state"),
        [
            ("pass", "compliant"),
            ("waived", "waived"),
            ("not_applicable", "not applicable"),
            ("fail", "failed"),
            ("error", "unreadable"),
            ("not_run", "not run"),
        ],
    )
    def test_one_row_decides_it_beside_rows_that_pass(self, three: list[Path], status: str, state: str) -> None:
        first = iter([status])
        rewrite(
            three[1],
            lambda row: with_status(next(first, "pass") if status != "not_applicable" else status)(row),
        )

        assert states(three[0].parent) == ("compliant", state, "compliant")

    def test_a_control_that_left_no_row_was_not_compliant(self, three: list[Path]) -> None:
        rewrite(three[1], lambda row: None if row["control"] == CONTROL else row)

        assert states(three[0].parent) == ("compliant", "no rows", "compliant")

    def test_a_control_that_was_not_asked_was_not_compliant(self, three: list[Path]) -> None:
        rewrite(three[1], lambda row: None if row["control"] == CONTROL else row)
        controls = json.loads((three[1] / "run.json").read_text())["controls"]
        edit_record(three[1], {"controls": {name: said for name, said in controls.items() if name != CONTROL}})

        assert states(three[0].parent) == ("compliant", "not asked", "compliant")

    def test_without_a_run_nothing_was_compliant(self, three: list[Path]) -> None:
        shutil.rmtree(three[1])
        found = period(three[0].parent)

        assert found.missing == (date(2026, 11, 21),)
        assert {standing.states for standing in found.standings} == {("compliant", "no run", "compliant")}

    @pytest.mark.parametrize(
        "damage",
        [
            pytest.param(lambda text: text[:-20], id="torn"),
            pytest.param(lambda text: text.partition("\n")[2], id="a row taken out"),
            pytest.param(lambda text: text.replace('"reason"', '"raison"', 1), id="a field gone"),
            pytest.param(lambda text: text.replace('"pass"', '"passed"', 1), id="no such status"),
            pytest.param(lambda text: text.replace("20261121T", "20261120T", 1), id="a row of another run"),
            pytest.param(lambda text: text.replace("\n", "", 1), id="two rows on a line"),
            pytest.param(lambda text: "", id="empty"),
        ],
    )
    def test_what_passed_in_a_run_that_lacks_rows_is_unknown(
        self, three: list[Path], damage: Callable[[str], str]
    ) -> None:
        rows = three[1] / "verdicts.jsonl"
        rows.write_text(damage(rows.read_text()))
        found = period(three[0].parent)

        assert all(standing.states[1] in ("not whole", "no rows") for standing in found.standings)
        assert any("is not whole" in problem for problem in found.problems)

    def test_what_failed_in_a_run_that_lacks_rows_failed(self, three: list[Path]) -> None:
        rewrite(three[1], with_status("fail"))
        with (three[1] / "verdicts.jsonl").open("a") as rows:
            rows.write('{"run": "torn')

        assert states(three[0].parent)[1] == "failed"

    def test_a_line_that_the_run_itself_counted_as_torn_does_not_hurt(self, three: list[Path]) -> None:
        # The engine closes a line that a killed worker left, and judges its item anew or calls it not run.
        with (three[1] / "verdicts.jsonl").open("a") as rows:
            rows.write('{"run": "torn')

        assert states(three[0].parent)[1] == "compliant"

    def test_a_run_that_did_not_end_tells_of_failures_only(self, three: list[Path]) -> None:
        edit_record(three[1], {"ended": None, "counts": None})

        assert states(three[0].parent)[1] == "not whole"

    def test_of_two_runs_the_worse_counts(self, three: list[Path]) -> None:
        again = three[1].with_name("20261121T230000Z-again")
        shutil.copytree(three[1], again)
        edit_record(again, {"run": again.name, "started": "2026-11-21T23:00:00Z"})
        rewrite(again, lambda row: {**row, "run": again.name, "status": "fail"})

        assert states(three[0].parent)[1] == "failed"

    def test_a_replay_is_no_night(self, three: list[Path]) -> None:
        edit_record(three[1], {"replay_of": three[0].name})

        assert states(three[0].parent)[1] == "no run"

    def test_a_sandbox_says_nothing_of_a_real_account_of_its_name(self, tmp_path: Path) -> None:
        for night, mocked in enumerate((False, True)):
            rewrite(make_run(tmp_path, SMALL, night=night, mocked=mocked), with_status("pass"))
        found = [s for s in period(tmp_path).standings if (s.control, s.account) == (CONTROL, "production")]

        assert {standing.evidence: standing.states for standing in found} == {
            "live": ("compliant", "not asked"),
            "sandbox": ("not asked", "compliant"),
        }

    def test_a_run_whose_record_cannot_be_read_still_counts_against(self, three: list[Path]) -> None:
        (three[1] / "run.json").write_text("{")
        found = period(three[0].parent)

        assert states_of(found, "sandbox")[1] == "not asked"
        assert states_of(found, "unknown")[1] == "not whole"
        assert any(problem.startswith(f"{three[1].name}/run.json cannot be read") for problem in found.problems)


def states_of(found: History, evidence: str) -> tuple[str, ...]:
    keys = (CONTROL, "production", evidence)
    [standing] = [s for s in found.standings if (s.control, s.account, s.evidence) == keys]
    return standing.states


class TestOfAPeriod:
    def test_it_says_how_many_nights_of_how_many(self, three: list[Path]) -> None:
        rewrite(three[0], with_status("waived"))
        rewrite(three[1], with_status("fail"))
        standing = period(three[0].parent).standings[0]

        assert standing.sentence == "compliant 2 of 3 nights, 1 of them by a waiver"
        assert standing.others == "1 failed"

    def test_nights_in_which_nothing_applied_are_not_counted(self, three: list[Path]) -> None:
        rewrite(three[0], with_status("not_applicable"))
        standing = period(three[0].parent).standings[0]

        assert standing.sentence == "compliant 2 of 2 nights"
        assert standing.others == "1 not applicable"

    def test_a_control_that_never_applied_is_not_called_compliant(self, three: list[Path]) -> None:
        for folder in three:
            rewrite(folder, with_status("not_applicable"))

        assert period(three[0].parent).standings[0].sentence == "not applicable in 3 nights"

    @pytest.mark.parametrize(
        ("statuses", "summary"),
        [
            pytest.param(("not_applicable",) * 3, None, id="never applied"),
            pytest.param(("pass",) * 3, None, id="compliant"),
            pytest.param(("waived", "pass", "pass"), "1 by a waiver", id="waived"),
            pytest.param(("not_applicable", "pass", "pass"), "1 not applicable", id="not applicable once"),
            pytest.param(("waived", "fail", "not_applicable"), "1 by a waiver, 1 failed, 1 not applicable", id="all"),
        ],
    )
    def test_the_page_says_of_each_night_why_it_was_not_plainly_compliant(
        self,
        three: list[Path],
        statuses: tuple[Status, ...],
        summary: str | None,
        capsysbinary: pytest.CaptureFixture[bytes],
    ) -> None:
        for folder, status in zip(three, statuses, strict=True):
            rewrite(folder, with_status(status))
        run(str(three[0].parent), "--format=html", f"--control={CONTROL}", "--account=production")
        page = capsysbinary.readouterr().out.decode()

        assert re.findall("<summary>(.*?)</summary>", page) == ([] if summary is None else [summary])

    def test_what_a_part_left_out_was_not_asked_and_is_not_lost(self, three: list[Path]) -> None:
        rewrite(three[1], lambda row: None if row["account"] == "production" else row)
        left_out = {control: ["production"] for control in ReportedRun.load(three[1]).record["controls"]}
        edit_record(three[1], {"part": {"asked": 4, "judged": 2, "left_out": left_out, "by": ["-k staging"]}})
        found = period(three[0].parent)

        assert found.standings[0].states[1] == "not asked"
        assert f"{three[1].name} is a part: it judged 2 of 4 controls in their accounts" in found.problems

    @pytest.mark.parametrize(
        ("window", "nights"),
        [
            pytest.param(Window(since=date(2026, 11, 21)), 2, id="since"),
            pytest.param(Window(until=date(2026, 11, 20)), 1, id="until"),
            pytest.param(Window(date(2026, 11, 21), date(2026, 11, 21)), 1, id="one day"),
        ],
    )
    def test_only_days_in_the_window_count(self, three: list[Path], window: Window, nights: int) -> None:
        assert len(period(three[0].parent, window).nights) == nights

    def test_a_window_without_runs_is_refused(self, three: list[Path]) -> None:
        with pytest.raises(UsageError, match="no run counts"):
            period(three[0].parent, Window(since=date(2027, 1, 1)))

    def test_a_run_of_another_age_is_refused(self, three: list[Path]) -> None:
        edit_record(three[0], {"started": "0001-01-01T00:00:00Z"})

        with pytest.raises(UsageError, match=f"{three[0].name} began on 0001-01-01 .* narrow it with --since"):
            period(three[0].parent)

    def test_patterns_choose(self, three: list[Path]) -> None:
        found = period(three[0].parent, controls="s3-*", accounts="prod*")

        assert [(standing.control, standing.account) for standing in found.standings] == [(CONTROL, "production")]

    def test_a_name_that_stood_for_two_accounts_is_told(self, three: list[Path]) -> None:
        edit_record(three[2], {"account_ids": {"production": "123456789012", "staging": "444455556666"}})

        assert f"production is account 111122223333 before {three[2].name}, and account 123456789012 from there on" in (
            period(three[0].parent).problems
        )


class TestOfPlaces:
    def test_object_storage_is_read_like_a_folder(self, three: list[Path]) -> None:
        memory = fsspec.filesystem("memory")
        memory.put(str(three[0].parent), "/evidence", recursive=True)
        try:
            assert period("memory://evidence").standings == period(three[0].parent).standings
        finally:
            memory.rm("/evidence", recursive=True)

    @pytest.mark.parametrize("name", ["run.json", "verdicts.jsonl"])
    @pytest.mark.parametrize("what", ["link", "pipe"])
    def test_what_is_no_plain_file_is_told_and_not_read(self, three: list[Path], name: str, what: str) -> None:
        path = three[1] / name
        path.rename(three[0].parent.parent / "elsewhere")
        if what == "pipe":
            os.mkfifo(path)
        else:
            path.symlink_to(three[0].parent.parent / "elsewhere")
        found = period(three[0].parent)

        assert any(problem.startswith(f"{three[1].name}/{name} cannot be read") for problem in found.problems)
        assert "compliant" not in {standing.states[1] for standing in found.standings}

    def test_a_link_to_a_run_is_no_run(self, three: list[Path]) -> None:
        (three[0].parent / "latest").symlink_to(three[2])

        assert period(three[0].parent).runs == 3

    def test_characters_of_patterns_stand_for_themselves(self, tmp_path: Path) -> None:
        for name, status in (("[a]*", "pass"), ("a1", "fail")):
            (tmp_path / name).mkdir()
            rewrite(make_run(tmp_path / name, SMALL), with_status(status))

        assert states(tmp_path / "[a]*") == ("compliant",)

    @pytest.mark.parametrize(
        ("place", "message"),
        [
            pytest.param("nowhere", "no such folder", id="nowhere"),
            pytest.param("", "no run folder in it", id="empty"),
            pytest.param("nosuch://bucket", "history-s3", id="unknown scheme"),
        ],
    )
    def test_a_place_without_runs_is_refused(self, tmp_path: Path, place: str, message: str) -> None:
        with pytest.raises(UsageError, match=message):
            period(place if "://" in place else tmp_path / place)

    def test_a_place_that_may_not_be_read_is_a_sentence(
        self, three: list[Path], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object, **__: object) -> None:
            raise PermissionError("Access Denied")

        monkeypatch.setattr(fsspec.filesystem("memory"), "ls", refuse)

        with pytest.raises(UsageError, match="cannot be read: Access Denied"):
            period("memory://evidence")

    def test_one_run_in_two_folders_is_refused(self, three: list[Path]) -> None:
        shutil.copytree(three[1], three[1].with_name("copy"))

        with pytest.raises(UsageError, match=r"stands in several folders \(.*copy\): move all but one away"):
            period(three[0].parent)

    def test_a_line_of_another_encoding_is_unreadable_and_no_end(self, three: list[Path]) -> None:
        with (three[1] / "verdicts.jsonl").open("ab") as rows:
            rows.write(b'\xff\xfe{"run":\n')
        _, database = periods.open_history(str(three[0].parent), Window())

        assert database.select("SELECT sum(unreadable_rows) FROM runs")[1] == [(1,)]


class TestOfSql:
    def test_the_views_have_the_columns_that_are_documented(self, three: list[Path]) -> None:
        _, database = periods.open_history(str(three[0].parent), Window())

        assert {view: tuple(database.select(f"SELECT * FROM {view} LIMIT 0")[0]) for view in VIEWS} == dict(VIEWS)

    def test_the_states_are_those_that_are_documented(self, three: list[Path]) -> None:
        statement = (Path(periods.__file__).with_name("counts.sql")).read_text()

        assert tuple(re.findall(r"(?:THEN|ELSE) '([a-z ]+)'", statement)) == STATES

    def test_unreadable_lines_are_rows(self, three: list[Path], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
        with (three[1] / "verdicts.jsonl").open("a") as rows:
            rows.write('{"run": "torn')

        assert run(str(three[0].parent), "--format=csv", "--sql=SELECT run FROM verdicts WHERE NOT readable") == 0
        assert capsysbinary.readouterr().out.decode() == (
            f"run,evidence\r\n{three[1].name},SANDBOX: 3 of 3 runs judged mocked accounts."
            " They are no evidence of real ones.\r\n"
        )

    @pytest.mark.parametrize(
        ("sql", "message"),
        [
            pytest.param("COPY (SELECT 1) TO '{folder}/out.csv'", "takes one SELECT", id="writes a file"),
            pytest.param("DROP TABLE nights", "takes one SELECT", id="changes a table"),
            pytest.param("INSTALL httpfs", "takes one SELECT", id="fetches code"),
            pytest.param("SELECT 1; DROP TABLE nights", "takes one SELECT", id="two statements"),
            pytest.param("SELECT * FROM nosuch", "the views are runs, controls, accounts", id="no such view"),
            pytest.param("SELEKT", "the views are", id="no SQL"),
            pytest.param("", "takes one SELECT", id="nothing"),
        ],
    )
    def test_anything_but_a_select_is_refused(
        self, three: list[Path], capsys: pytest.CaptureFixture[str], sql: str, message: str
    ) -> None:
        folder = three[0].parent

        assert run(str(folder), f"--sql={sql.format(folder=folder)}") == 2
        assert message in capsys.readouterr().err
        assert not (folder / "out.csv").exists()


class Texts(HTMLParser):
    """Elements and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.elements: set[str] = set()
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.add(tag)
        assert not [name for name, value in attrs if name.startswith("on") or name in ("src", "style")]

    def handle_data(self, data: str) -> None:
        self.text += data


class TestOfOutputs:
    @pytest.mark.parametrize("form", ["table", "csv", "html"])
    def test_the_same_runs_make_the_same_bytes(
        self, three: list[Path], capsysbinary: pytest.CaptureFixture[bytes], form: str
    ) -> None:
        made = [(run(str(three[0].parent), f"--format={form}"), capsysbinary.readouterr().out) for _ in range(2)]

        assert made[0] == made[1]
        assert made[0][0] == 0
        assert b"sandbox" in made[0][1].lower()

    def test_a_csv_has_a_column_a_night(self, three: list[Path], tmp_path: Path) -> None:
        output = tmp_path / "history.csv"

        assert run(str(three[0].parent), "--format=csv", f"--output={output}", f"--control={CONTROL}") == 0
        assert output.read_bytes().decode().split("\r\n")[1].split(",") == (
            ["critical", CONTROL, "production", "sandbox", "3", "3", "compliant 3 of 3 nights", *["compliant"] * 3]
        )

    def test_a_page_stands_alone_and_tells_every_night_in_words(
        self, three: list[Path], capsysbinary: pytest.CaptureFixture[bytes]
    ) -> None:
        rewrite(three[1], with_status("fail"))
        run(str(three[0].parent), "--format=html")
        page = Texts(capsysbinary.readouterr().out.decode())

        assert page.elements.isdisjoint({"script", "link", "img", "iframe", "object", "form"})
        assert "2026-11-21: failed" in page.text
        assert "compliant 2 of 3 nights" in page.text

    @pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
    @pytest.mark.parametrize("form", ["table", "csv", "html"])
    def test_hostile_names_stay_text(
        self, three: list[Path], capsysbinary: pytest.CaptureFixture[bytes], form: str, name: str
    ) -> None:
        accounts = json.loads((three[0] / "run.json").read_text())["accounts"]
        for folder in three:
            rewrite(folder, lambda row: {**row, "account": name if row["account"] == "production" else row["account"]})
            renamed = [{**one, "name": name if one["name"] == "production" else one["name"]} for one in accounts]
            edit_record(folder, {"accounts": renamed})

        assert run(str(three[0].parent), f"--format={form}", "--control=s3-*") == 0
        made = capsysbinary.readouterr().out.decode()
        assert made.count("compliant 3 of 3 nights") >= 2
        if form == "html":
            assert Texts(made).elements.isdisjoint({"script", "img"})
        elif form == "table":
            assert not set(made) & set("\x00\x1b\u202e\r\t")
        else:
            assert "\n=" not in made
            assert ",=" not in made

    @pytest.mark.parametrize("library", ["duckdb", "fsspec"])
    def test_a_missing_extra_is_named(
        self, three: list[Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], library: str
    ) -> None:
        for module in ("period", "database", "folders", "chain"):
            monkeypatch.delitem(sys.modules, f"reports.history.{module}")
            monkeypatch.delattr(f"reports.history.{module}")
        monkeypatch.setitem(sys.modules, library, None)

        assert run(str(three[0].parent)) == 2
        assert "pip install 'muster[history]'" in capsys.readouterr().err

    def test_an_output_that_cannot_be_written_is_a_sentence(
        self, three: list[Path], capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert run(str(three[0].parent), f"--output={three[0]}/no/such/file") == 2
        assert "cannot be written: No such file or directory" in capsys.readouterr().err


@pytest.fixture(scope="module")
def ninety(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Ninety nights of two hundred and fifty rows each."""
    parent = tmp_path_factory.mktemp("ninety")
    for night in range(90):
        make_run(parent, Size(resources=5, controls=10, accounts=5), night=night, answers=0)
    yield parent
    shutil.rmtree(parent)


def test_ninety_nights_are_counted_right(ninety: Path) -> None:
    found = period(ninety)
    counted = {
        (standing.control, standing.account, night): state
        for standing in found.standings
        for night, state in zip(found.nights, standing.states, strict=True)
    }
    expected: dict[tuple[str, str, date], set[str]] = {}
    for folder in ninety.iterdir():
        night = date.fromisoformat(folder.name[:8])
        for row in RunFolder(folder).rows():
            expected.setdefault((row.control, row.account, night), set()).add(row.status)

    assert (len(found.nights), found.runs, found.missing) == (90, 90, ())
    assert counted == {key: worst(statuses) for key, statuses in expected.items()}


def worst(statuses: set[str]) -> str:
    """The state of a night, found the slow way."""
    order = ("fail", "error", "not_run", "waived", "pass", "not_applicable")
    words = ("failed", "unreadable", "not run", "waived", "compliant", "not applicable")
    return next(word for status, word in zip(order, words, strict=True) if status in statuses)

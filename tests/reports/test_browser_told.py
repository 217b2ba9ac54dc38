"""What the page tells beside its figures, in a real Chromium: how much it is, what was not asked, who excuses."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from muster.evidence.run_folder import RunFolder
from reports.drift.compare import compare
from reports.page.page import write_page
from reports.run import ReportedRun
from tests.excuses import excuse
from tests.reports.formats.samples import account, row, row_of_each_status, run_of, with_parameters
from tests.reports.synthetic import Size, make_run
from tests.reports.test_browser import CONTRASTS, drawn, found, guarded, visit

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

FACT = "www among public_buckets (facts.yaml, owner web-team), approved by ada, until 2027-01-31: The web site"
ROWS = [
    *row_of_each_status(),
    row("fail", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-1", name="web-servers", tags={"owner": "web"}),
    row("fail", "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-2", name="sg-2", tags={"owner": "web-2"}),
    row("pass", "arn:aws:s3:::www", reason=FACT),
]
RECORD = {
    "mocked": False,
    "part": {"asked": 216, "judged": 12, "left_out": {"iam-user-mfa": ["production"]}, "by": ["-k model"]},
    "accounts": [
        *(account(name, "aws", "111122223333") for name in ("production", "staging")),
        account("estate", "estate", "estate"),
        account("no github account", "github", "", missing="the estate has no account of kind github"),
    ],
    "not_asked": {"accounts": ["archive"], "controls": ["s3-bucket-tagged"], "by": ["--severity=high"]},
    "controls": with_parameters({"max_age_days": 99_999}, {"max_age_days": 90}),
    "facts": {"public_buckets": [excuse(name="www")], "approved_regions": ["eu-west-1"]},
    "uncovered": {"example-1.0": ["9.9"]},
}


@pytest.fixture(scope="module")
def told(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    run = run_of(tmp_path_factory.mktemp("told"), ROWS, **RECORD)
    with guarded(browser) as opened:
        yield opened(write_page(run, None))


def text(page: Page, hash_: str, place: str = "main") -> str:
    visit(page, hash_)
    return page.locator(place).inner_text()


@pytest.mark.parametrize("hash_", ["#/overview", "#/resources", "#/not-seen", "#/run"])
def test_a_part_says_at_the_top_how_much_it_is(told: Page, hash_: str) -> None:
    said = "Part. This run judged 12 of 216 controls in their accounts. The others were left out by -k model."

    assert text(told, hash_, "body > .sandbox") == said
    assert "PART · Muster evidence" in told.title()


def test_the_estate_and_what_is_missing_are_no_accounts(told: Page) -> None:
    assert "4 controls, 2 accounts, 9 verdicts on 9 resources." in text(told, "#/overview")


def test_what_was_not_asked_is_said_where_all_that_was_asked_was_answered(told: Page) -> None:
    said = text(told, "#/not-seen")

    for omission in (
        "204 controls in their accounts were left out by -k model",
        "1 control of the profiles not selected (--severity=high)",
        "1 account of the estate not in this run",
        "2 accounts asked in eu-west-1 alone: nothing is known of other regions",
        "0 controls without an account of their kind: the estate has no account of kind github",
        "1 requirement of example-1.0 without a control",
    ):
        assert omission in said
    assert "Not asked: 204 controls" in text(told, "#/overview")


def test_a_thing_is_called_by_its_name_where_its_arn_does_not_tell_it(told: Page) -> None:
    visit(told, "#/resources?q=security-group")

    assert sorted(drawn(told, "resource")) == [f"{ROWS[6].resource} web-servers", ROWS[7].resource]


def test_the_whole_of_a_long_name_is_seen_beside_its_arn(browser: Browser, tmp_path: Path) -> None:
    arn = "arn:aws:ec2:eu-west-1:111122223333:security-group/sg-0123456789abcdef0"
    run = run_of(tmp_path, [row("fail", arn, name="payments-production-web")])
    with guarded(browser) as opened:
        for width in (390, 1280):
            cell = opened(write_page(run, None), "#/resources", width=width).locator(".body .cell.resource")
            assert cell.evaluate("cell => cell.scrollHeight <= cell.clientHeight"), width


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_it_tells_can_be_read(browser: Browser, tmp_path: Path, scheme: Literal["light", "dark"]) -> None:
    run = run_of(tmp_path, ROWS, **RECORD)
    poor = set()
    with guarded(browser) as opened:
        page = opened(write_page(run, None), scheme=scheme)
        for hash_ in ("#/overview", "#/resources", "#/resources?row=7", "#/waivers", "#/not-seen"):
            visit(page, hash_)
            page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
            poor |= {pair["text"] for pair in page.evaluate(CONTRASTS) if pair["ratio"] < pair["needed"]}

    assert poor == set()


@pytest.mark.parametrize(
    ("query", "count"),
    [("web-servers", 1), ("owner=web", 2), ("t:owner=web", 2), ('t:"owner=web"', 1), ("-t:owner", 7)],
    ids=["a name", "a tag", "a tag by its key", "a whole tag", "no such tag"],
)
def test_the_search_knows_names_and_tags(told: Page, query: str, count: int) -> None:
    visit(told, "#/resources")
    told.locator("#search").fill(query)

    assert found(told) == f"{count} of 9 verdicts"


def test_a_verdict_shows_name_tags_and_the_default_of_a_threshold(told: Page) -> None:
    visit(told, "#/resources?row=7")
    shown = told.locator("dialog[open]").inner_text()

    for said in ("web-servers", "owner=web", "max_age_days = 99999", "default 90"):
        assert said in shown


def test_a_control_shows_the_default_of_what_its_profile_set_otherwise(told: Page) -> None:
    assert "max_age_days = 99999 default 90" in text(told, "#/control/s3-bucket-encrypted")


def test_a_fact_that_excuses_stands_with_who_answers_for_it(told: Page) -> None:
    said = text(told, "#/waivers")

    assert "Facts that excuse (1)" in said
    for shown in ("public_buckets", "www", "web-team", "security-lead", "This is so on purpose", "2999-12-31"):
        assert shown in said
    told.get_by_role("link", name="www", exact=True).click()
    assert drawn(told, "resource") == ["arn:aws:s3:::www"]
    assert "owner web-team" in drawn(told, "reason")[0]


def test_a_page_beside_the_run_folder_finds_its_files(browser: Browser, tmp_path: Path) -> None:
    run = run_of(tmp_path, [row("fail")])
    elsewhere = tmp_path / "run reports"
    elsewhere.mkdir()
    with guarded(browser) as opened:
        page = opened(write_page(run, None, elsewhere), "#/run")
        addresses = [link.evaluate("link => link.href") for link in page.locator("main li a").all()]

    assert (run.folder.path / "run.json").as_uri() in addresses
    assert all(address.startswith(run.folder.path.as_uri()) for address in addresses)


def test_the_changes_are_those_of_the_comparison(browser: Browser, tmp_path: Path) -> None:
    size = Size(resources=40, controls=4, accounts=2)
    before = ReportedRun.load(make_run(tmp_path, size))
    after = ReportedRun.load(make_run(tmp_path, size, night=1))
    drift = compare(before, after)
    with guarded(browser) as opened:
        page = opened(write_page(after, drift), "#/changes")
        tiles = page.locator(".tiles li").all_inner_texts()
        listed = found(page)
        page.locator("summary").first.click()
        lost = page.locator("details tbody tr").count()
        visit(page, '#/changes?q=is:"new failure"')
        page.locator(".body .row").first.click()
        detail = page.locator("dialog[open] .facts").inner_text()

    counts = drift.counts
    assert [tile.split("\n") for tile in tiles] == [[str(number), name] for name, number in counts.items()]
    assert lost == counts["resource gone"] + counts["not seen"] > 0
    assert listed == f"{len(drift.changes) - lost} of {len(drift.changes) - lost} verdicts"
    new = next(each for each in drift.changes if each.change == "new failure")
    assert f"new failure, was {new.was}: {new.why[0]}" in detail


def test_a_run_that_did_not_end_says_so(browser: Browser, tmp_path: Path) -> None:
    path = make_run(tmp_path, Size(2, 1, 1), record={"ended": None, "exit_code": None, "counts": None})
    RunFolder(path).append([replace(row("error"), reads=())])
    with guarded(browser) as opened:
        page = opened(write_page(ReportedRun.load(path), None))

        assert page.locator("body > .sandbox").all_inner_texts()[-1].startswith("Unfinished. This run did not come to")


@pytest.mark.parametrize(
    ("statuses", "shown"),
    [
        pytest.param(["pass", "not_applicable"], "✓", id="all pass"),
        pytest.param(["pass", "waived"], "~1", id="what is waived does not pass"),
        pytest.param(["pass", "waived", "fail"], "1", id="a failure is told first"),
    ],
)
def test_an_account_has_a_tick_where_all_passes(
    browser: Browser, tmp_path: Path, statuses: list[str], shown: str
) -> None:
    run = run_of(tmp_path, [row(status, f"arn:aws:s3:::{status}") for status in statuses])
    with guarded(browser) as opened:
        cells = opened(write_page(run, None)).locator("td.heat .figures")

        assert cells.all_inner_texts() == [shown]

"""The page in a real Chromium: as a file, without a network, with keys, on paper, in both colour schemes."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pytest

from muster.verdict import Verdict
from reports.drift.compare import compare
from reports.page.page import write_page
from reports.run import ReportedRun
from tests.reports.synthetic import HOSTILE, Size, make_run

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

CONTROL = "s3-bucket-encrypted"
VIEWS = {
    "overview": "#/overview",
    "controls": "#/controls",
    "control": f"#/control/{CONTROL}",
    "accounts": "#/accounts",
    "account": "#/account/production",
    "resources": "#/resources",
    "a resource": "#/resources?row=1",
    "requirements": "#/framework/example-1.0",
    "crosswalk": "#/crosswalk/example-1.0",
    "a requirement": "#/requirement/example-1.0%201.1",
    "changes": "#/changes",
    "waivers": "#/waivers",
    "not seen": "#/not-seen",
    "run": "#/run",
}
LARGE = Size(resources=10_000, controls=5, accounts=1)

Open = Callable[..., "Page"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("small")
    before = ReportedRun.load(make_run(folder))
    after = ReportedRun.load(make_run(folder, night=1))
    return write_page(after, compare(before, after))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(ReportedRun.load(make_run(tmp_path_factory.mktemp("hostile"), hostile=True)), None)


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_page(ReportedRun.load(make_run(tmp_path_factory.mktemp("large"), LARGE)), None)


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Path:
    size = Size(resources=8, controls=56, accounts=40)
    return write_page(ReportedRun.load(make_run(tmp_path_factory.mktemp("wide"), size)), None)


@contextmanager
def guarded(browser: Browser) -> Iterator[Open]:
    """Opens pages from file://, each in a fresh profile; afterwards, nothing was complained of and nothing fetched."""
    complaints: list[str] = []
    requests: list[str] = []
    contexts: list[BrowserContext] = []

    def opened(path: Path, hash_: str = "", *, width: int = 1280, scheme: Literal["light", "dark"] = "light") -> Page:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("request", lambda request: requests.append(request.url.partition("#")[0]))
        page.goto(path.as_uri() + hash_)
        page.wait_for_selector("html[data-ready]")
        return page

    yield opened
    for context in contexts:
        context.close()
    assert complaints == []
    assert all(url.startswith("file://") and url.endswith("/index.html") for url in requests), requests
    assert len(requests) == len(contexts)


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Opens pages for one test."""
    with guarded(browser) as opened:
        yield opened


@pytest.fixture(scope="module")
def shared_page(browser: Browser, small: Path) -> Iterator[Page]:
    """One page for the tests that go to a view of their own and leave nothing behind."""
    with guarded(browser) as opened:
        yield opened(small)


def visit(page: Page, hash_: str) -> None:
    """Follow a link within the page; it is drawn when this returns."""
    page.evaluate(
        """hash => new Promise((done) => {
             window.addEventListener("hashchange", () => requestAnimationFrame(done), { once: true });
             if (location.hash === hash) done();
             location.hash = hash;
           })""",
        hash_,
    )


def drawn(page: Page, cell: str) -> list[str]:
    return page.locator(f".body .row .cell.{cell}").all_inner_texts()


def found(page: Page) -> str:
    return page.locator(".found").inner_text()


def test_each_view_is_drawn_and_says_that_the_accounts_are_mocked(shared_page: Page) -> None:
    page = shared_page
    for hash_ in VIEWS.values():
        visit(page, hash_)
        assert page.locator("main h1").inner_text() != ""
        assert page.locator("nav [aria-current=page]").count() == 1
        assert page.locator("body > .sandbox").is_visible()
        assert "SANDBOX" in page.title()


@pytest.mark.parametrize("width", [390, 1280])
def test_nothing_stands_out_of_the_page(open_page: Open, small: Path, hostile: Path, width: int) -> None:
    for path in (small, hostile):
        page = open_page(path, width=width)
        for hash_ in VIEWS.values():
            visit(page, hash_)
            assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), hash_


@pytest.mark.parametrize("width", [390, 1280])
def test_no_table_is_cut_off(open_page: Open, small: Path, width: int) -> None:
    page = open_page(small, width=width)
    for hash_ in VIEWS.values():
        visit(page, hash_)
        # The heat map may be wider than a telephone: it scrolls, and its first column stays.
        cut = page.evaluate(
            """[...document.querySelectorAll(".scroll:not(.heatmap)")]
                 .filter((region) => region.scrollWidth > region.clientWidth).map((region) => region.ariaLabel)"""
        )
        assert cut == [], hash_


def test_the_score_never_stands_without_what_was_not_seen(shared_page: Page) -> None:
    visit(shared_page, "#/overview")
    summary = shared_page.locator(".numbers").inner_text()

    assert re.search(r"\d+\.\d %\s+of verdicts pass\s+\d+\s+could not be read \(error\)\s+\d+\s+not run", summary)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param("s:fail", lambda row: row.status == "fail", id="a status"),
        pytest.param("s:fail,error", lambda row: row.status in ("fail", "error"), id="either of two"),
        pytest.param("-s:pass,not_run", lambda row: row.status not in ("pass", "not_run"), id="neither of two"),
        pytest.param(
            "r:us-east-1 -a:prod", lambda row: row.region == "us-east-1" and row.account != "production", id="and"
        ),
        pytest.param("a:prod", lambda row: row.account == "production", id="part of an account"),
        pytest.param(
            "c:s3- s:fail", lambda row: row.control == CONTROL and row.status == "fail", id="part of a control"
        ),
        pytest.param("d:storage", lambda row: row.control == CONTROL, id="a domain"),
        pytest.param("w:W-1", lambda row: row.waiver == "W-1", id="a waiver"),
        pytest.param("BUCKET-00003", lambda row: "bucket-00003" in row.resource, id="part of a name"),
        pytest.param('"rate exceeded"', lambda row: "Rate exceeded" in row.reason, id="words of a reason"),
    ],
)
def test_the_search_filters(shared_page: Page, small: Path, query: str, expected: Callable[[Verdict], bool]) -> None:
    rows = list(ReportedRun.load(small.parent).rows())
    page = shared_page
    visit(page, "#/resources")
    page.locator("#search").fill(query)
    left = [row for row in rows if expected(row)]

    assert 0 < len(left) < len(rows)
    assert found(page) == f"{len(left)} of {len(rows)} verdicts"
    assert set(drawn(page, "resource")) <= {row.resource for row in left}


def test_a_quoted_name_is_the_whole_name(open_page: Open, wide: Path) -> None:
    page = open_page(wide, "#/resources")
    page.locator("#search").fill('a:"team-1"')
    assert page.locator(".none").inner_text() == "No verdict matches the search."
    page.locator("#search").fill("a:team-1")
    assert found(page) == f"{10 * 56 * 8:,} of {40 * 56 * 8:,} verdicts"


def test_a_chip_and_a_menu_write_into_the_search(open_page: Open, small: Path) -> None:
    page = open_page(small, "#/resources")
    page.locator(".chip.fail").click()
    page.get_by_label("account").select_option("staging")

    assert page.locator("#search").input_value() == 's:fail a:"staging"'
    assert set(drawn(page, "account")) == {"staging"}
    assert page.locator(".chip.fail").get_attribute("aria-pressed") == "true"


def test_a_search_from_another_view_goes_to_the_resources(open_page: Open, small: Path) -> None:
    page = open_page(small)
    page.locator("#search").press_sequentially("s:fail")

    assert "#/resources?q=s%3Afail" in page.url
    assert set(drawn(page, "status")) == {"fail"}


@pytest.mark.parametrize("column", ["severity", "resource"])
def test_a_column_sorts_both_ways(shared_page: Page, column: str) -> None:
    page = shared_page
    visit(page, "#/accounts")
    visit(page, "#/resources")
    head = page.locator(f".head .{column} button")
    head.click()
    first = drawn(page, column)[0]
    assert page.locator(f".head .{column}").get_attribute("aria-sort") == "ascending"
    head.click()
    assert page.locator(f".head .{column}").get_attribute("aria-sort") == "descending"
    assert drawn(page, column)[0] != first


def test_a_deep_link_opens_the_resource_with_its_answers(open_page: Open, small: Path) -> None:
    rows = list(ReportedRun.load(small.parent).rows())
    number, row = next((n, row) for n, row in enumerate(rows, start=1) if row.status == "fail" and len(row.reads) == 2)
    page = open_page(small, f"#/control/{row.control}?q=s:fail&row={number}")
    dialog = page.locator("dialog[open]")
    dialog.locator("details").nth(1).locator("summary").click()

    assert dialog.locator(".resource").inner_text() == row.resource
    assert dialog.locator(".sandbox").is_visible()
    # What AWS sent keeps its digits: this number is one that JavaScript cannot hold.
    assert "9007199254740993" in dialog.locator("pre").nth(-1).inner_text()
    assert dialog.get_by_role("link", name=row.reads[1][:16]).get_attribute("href") == f"reads/{row.reads[1]}.json"


def test_the_way_back_leads_through_the_views(open_page: Open, small: Path) -> None:
    page = open_page(small)
    page.get_by_role("link", name="Controls", exact=True).click()
    page.get_by_role("link", name="Buckets are encrypted").click()
    assert page.locator("main h1").inner_text() == "Buckets are encrypted"
    page.go_back()
    assert page.locator("main h1").inner_text() == "Controls"


def test_a_link_to_what_is_not_in_the_run_says_so(shared_page: Page) -> None:
    visit(shared_page, "#/control/%3Cb%3Eno-such-control")

    assert shared_page.locator("main p").inner_text() == "This run has no control <b>no-such-control."


def test_a_control_with_ten_thousand_resources_draws_those_in_sight(open_page: Open, large: Path) -> None:
    page = open_page(large, f"#/control/{CONTROL}")
    assert found(page) == "10,000 of 10,000 verdicts"
    assert page.locator(".body .row").count() < 60

    page.evaluate("window.scrollTo(0, document.documentElement.scrollHeight)")
    page.wait_for_selector('.row[aria-rowindex="10001"]')
    assert page.locator(".body .row").count() < 60


def seconds_to_open(open_page: Open, path: Path, hash_: str) -> float:
    """How long it takes until the page stands there; tried again where something else held the machine up."""
    seconds: list[float] = []
    while len(seconds) < 4 and min(seconds, default=2.0) >= 2:
        start = time.monotonic()
        page = open_page(path, hash_)
        page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        seconds.append(time.monotonic() - start)
    return min(seconds)


@pytest.mark.parametrize("hash_", ["#/overview", "#/resources"])
def test_fifty_thousand_rows_open_in_two_seconds(open_page: Open, large: Path, hash_: str) -> None:
    assert LARGE.rows == 50_000
    assert seconds_to_open(open_page, large, hash_) < 2


def test_forty_accounts_and_fifty_six_controls_open_in_two_seconds(open_page: Open, wide: Path) -> None:
    assert seconds_to_open(open_page, wide, "#/overview") < 2


def test_the_heat_map_has_a_line_an_account_and_a_column_a_domain(open_page: Open, wide: Path) -> None:
    page = open_page(wide)

    assert page.locator(".heatmap tbody tr").count() == 40
    assert page.locator(".heatmap thead th").count() == 1 + 14


def test_the_crosswalk_leads_from_a_cell_to_what_is_behind_it(open_page: Open, small: Path) -> None:
    rows = [row for row in ReportedRun.load(small.parent).rows() if row.control == CONTROL]
    page = open_page(small, "#/crosswalk/example-1.0")
    page.locator(".crosswalk tbody tr", has_text="1.1").first.locator("td.crossing a").first.click()

    account = next(one for one in sorted({row.account for row in rows}))
    here = [row for row in rows if row.account == account]
    assert page.locator("main h1").inner_text().startswith("1.1 ")
    assert found(page) == f"{len(here)} of {len(rows)} verdicts"
    assert page.locator("dt", has_text="Waivers").count() == 1
    assert page.locator("nav [aria-current=page]").inner_text() == "Crosswalk"


def test_the_crosswalk_has_a_column_an_account(open_page: Open, wide: Path) -> None:
    page = open_page(wide, "#/crosswalk")

    assert page.locator(".crosswalk thead th").count() == 3 + 40
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_requirement_that_is_not_in_the_run_says_so(shared_page: Page) -> None:
    visit(shared_page, "#/requirement/%3Cb%3Enone")

    assert shared_page.locator("main p").inner_text() == "This run has no requirement <b>none."


def test_hostile_names_stay_text(open_page: Open, hostile: Path) -> None:
    page = open_page(hostile)
    for hash_ in VIEWS.values():
        visit(page, hash_)
        assert "broken out" not in page.title()
        assert page.locator("img, iframe, script:not([type])").count() == 1
    visit(page, "#/resources?q=onerror")
    assert any(HOSTILE[1] in text for text in page.locator(".body bdi").all_inner_texts())


def test_marks_that_turn_letters_around_are_shown(open_page: Open, hostile: Path) -> None:
    page = open_page(hostile, '#/resources?q="right"')
    text = " ".join(drawn(page, "resource"))

    assert "right⟨U+202E⟩to⟨U+2066⟩left⟨U+2069⟩" in text
    assert "\u202e" not in page.locator("main").inner_text()


def test_the_keyboard_is_enough(open_page: Open, small: Path) -> None:
    page = open_page(small, "#/resources")
    page.keyboard.press("/")
    page.keyboard.type("s:fail")
    page.keyboard.press("Enter")
    page.keyboard.press("j")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("k")
    focused = page.locator(".row:focus")
    assert focused.get_attribute("aria-rowindex") == "3"
    assert focused.evaluate("node => getComputedStyle(node).outlineStyle") == "solid"

    resource = focused.locator(".resource").inner_text()
    page.keyboard.press("Enter")
    assert page.locator("dialog[open] .resource").inner_text() == resource
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.locator(".row:focus").get_attribute("aria-rowindex") == "3"

    page.keyboard.press("Escape")
    assert page.locator("#search").input_value() == ""


def test_the_first_tab_stop_skips_to_the_content(open_page: Open, small: Path) -> None:
    page = open_page(small)
    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.locator("main h1").count() == 1


def test_the_switch_turns_the_page_dark_and_back(open_page: Open, small: Path) -> None:
    page = open_page(small)
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_label("Colours").select_option("dark")
    dark = page.evaluate(paper)
    page.get_by_label("Colours").select_option("light")

    assert light == page.evaluate(paper) == "rgb(255, 255, 255)"
    assert dark != light


def test_the_page_follows_the_scheme_of_the_system(open_page: Open, small: Path) -> None:
    page = open_page(small, scheme="dark")

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"


def test_on_paper_stands_a_summary_and_a_section_a_domain(open_page: Open, large: Path) -> None:
    page = open_page(large, "#/resources", scheme="dark")
    page.evaluate(
        """() => window.addEventListener("beforeprint", () => {
             const printed = document.getElementById("print");
             window.printed = [printed.innerText || printed.textContent, printed.querySelectorAll(".domain h3").length,
               Math.max(...[...printed.querySelectorAll(".control tbody")].map((body) => body.rows.length))];
           })"""
    )
    pdf = page.pdf(prefer_css_page_size=True)
    text, controls, most_rows = page.evaluate("window.printed")

    assert pdf.startswith(b"%PDF")
    assert controls == LARGE.controls
    assert most_rows == 100
    assert "more that fail or could not be read, in index.html and verdicts.jsonl" in text
    assert "This run judged mocked accounts" in text
    assert page.locator("#print").inner_html() == ""


CONTRASTS = (Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_what_is_behind_it(open_page: Open, small: Path, scheme: str) -> None:
    page = open_page(small, scheme=scheme)
    poor: set[str] = set()
    pairs: set[str] = set()
    for hash_ in VIEWS.values():
        visit(page, hash_)
        page.evaluate("Promise.all(document.getAnimations().map((animation) => animation.finished))")
        for pair in page.evaluate(CONTRASTS):
            pairs.add(f"{pair['colour']} on {pair['behind']}")
            if pair["ratio"] < pair["needed"]:
                poor.add(
                    f"{pair['ratio']:.2f} < {pair['needed']}: {pair['colour']} on {pair['behind']}: {pair['text']}"
                )

    assert len(pairs) > 20
    assert poor == set()

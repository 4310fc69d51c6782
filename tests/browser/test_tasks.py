"""What each reader comes for, from the start page to what they leave with, in both languages."""

import io
import itertools
import re
import zipfile

import openpyxl
import pandas as pd
import pytest
from playwright.sync_api import expect

from coverage import i18n
from coverage.i18n import _, number
from coverage.labels import COLUMN, REGION_SET
from coverage.wording import interval

BOTH = pytest.mark.parametrize("language", list(i18n.LANGUAGES))


def start(visit, language):
    """Open the app as for the first time, in a language, with the example."""
    i18n.use(language)
    visit.open(taal=language)
    visit.switch(_("Example (made up)"))
    return visit.page


@BOTH
def test_policymaker_reads_why_and_leaves_with_a_link(visit_at, language):
    visit = visit_at()
    page = start(visit, language)
    # By a name of before: Weesp became a part of Amsterdam.
    visit.choose(_("Choose a municipality, here or on the map"), "Weesp")
    expect(visit.panel.locator("h3")).to_contain_text("Amsterdam")
    moved = _("{old} is now part of {places}.", old="Weesp", places="Amsterdam")
    expect(page.get_by_test_id("stAlert").filter(has_text=moved)).to_be_visible()
    # Why: the status in a sentence, and each offer with what decided on it.
    expect(visit.panel.locator(".status").first).to_be_visible()
    expect(visit.panel.locator(".offers li").first).to_be_visible()
    # Who near here.
    expect(visit.panel.locator(".nearby").first).to_be_visible()

    visit.panel.get_by_role("link", name=_("Whole page, to print or share")).click()
    expect(visit.title).to_have_text("Amsterdam")
    visit.settle()
    sheet = page.locator(".coverage-sheet")
    expect(sheet.locator(".nearby")).to_be_visible()
    expect(page.get_by_role("button", name=_("Print this page"))).to_be_visible()
    page.get_by_text(_("Link to this page"), exact=True).click()
    link = page.get_by_test_id("stCode").inner_text().strip()
    assert "gemeente=GM0363" in link

    # The link in the hands of somebody else.
    other = visit_at()
    other.page.goto(link)
    expect(other.title).to_have_text("Amsterdam")
    other.settle()
    expect(other.page.locator("html")).to_have_attribute("lang", language)
    assert other.page.locator(".coverage-sheet").inner_text() == sheet.inner_text()


def cells(page):
    """Texts of the gap table: its rows of municipalities, a list of cells each."""
    return page.locator(".coverage-grid").evaluate("""(grid) =>
        [...grid.querySelectorAll("tbody tr:not(.group)")].map((row) =>
            [...row.cells].map((cell) => (cell.querySelector(".words") ?? cell).innerText))""")


def check_seen(table, shown, language):
    """The rows and the figures of a file are those on the screen."""
    i18n.use(language)
    assert list(table[_(COLUMN["name"])]) == [row[0] for row in shown]
    for heading, column in ((_("Gap"), 1), (_("Demand"), 2)):
        ends = [name for name in table if name.startswith(f"{heading},")]
        assert len(ends) == 2
        for row, (low, high) in zip(shown, table[ends].to_numpy(dtype=float), strict=True):
            said = re.sub(r"\s+", " ", row[column].split("\n")[0])
            # The file is rounded to cents, and the screen is not rounded after that.
            fitting = {
                interval(low + less, high + more)
                for less, more in itertools.product((-0.005, 0, 0.005), repeat=2)
            }
            assert said in fitting, row[0]


@BOTH
def test_manager_leaves_with_the_table_that_is_on_the_screen(visit, language, tmp_path):
    page = start(visit, language)
    visit.turn_to(_("Gap table"))
    page.get_by_text(_("Columns and subtotals"), exact=True).click()
    kind = _("By kind of region: {kind}", kind=_(REGION_SET["province"]))
    visit.switch(kind)
    expect(page.locator(".coverage-grid tr.group")).to_have_count(12)
    # One province, its own columns, its own order.
    visit.choose(_("Region"), "Utrecht")
    expect(page.locator(".coverage-grid tr.group")).to_have_count(0)
    visit.open(
        "tekorttabel",
        register="example",
        regio="PV26",
        kolommen="gap,demand",
        sorteer="name",
        taal=language,
    )
    page.get_by_text(_("Columns and subtotals"), exact=True).click()
    visit.choose_more(_("Columns"), _(COLUMN["residents_0_17"]))
    expect(page.get_by_role("columnheader")).to_have_count(4)
    demand = page.get_by_role("columnheader", name=_("Demand"))
    demand.get_by_role("button").click()
    expect(demand).to_have_attribute("aria-sort", "descending")
    visit.settle()
    shown = cells(page)
    assert len(shown) == 26

    book = visit.download(_("What you see (Excel)"), tmp_path)
    check_seen(pd.read_excel(book, sheet_name=0, engine="openpyxl"), shown, language)
    with zipfile.ZipFile(visit.download(_("What you see (CSV)"), tmp_path)) as bundle:
        names = bundle.namelist()
        first = next(
            n for n in names if n.endswith(".csv") and "totaal" not in n and "total" not in n
        )
        raw = bundle.read(first)
    assert raw.startswith(b"\xef\xbb\xbf"), "Excel must see that it is UTF-8"
    check_seen(pd.read_csv(io.BytesIO(raw), sep=";", decimal=","), shown, language)

    every = openpyxl.load_workbook(visit.download(_("Everything (Excel)"), tmp_path))
    assert every.worksheets[0].max_row == 343
    assert "-voorbeeld" in visit.download(_("Everything (CSV)"), tmp_path).name


@BOTH
def test_ministry_compares_regions_and_leaves_with_the_figures(visit, language, tmp_path):
    page = start(visit, language)
    visit.turn_to(_("Compare regions"))
    expect(page.locator(".coverage-multiples figcaption")).to_have_count(5)
    expect(page.locator(".coverage-beside thead .mark")).to_have_count(5)
    told = _(
        "The study regions are an example selection: no public source names them. Choose your own "
        "regions to compare those."
    )
    expect(page.get_by_test_id("stAlert").filter(has_text=told)).to_be_visible()
    # Which order can be given, and which not.
    overlap = _("The intervals overlap: no order can be given between {names}.", names="")
    expect(page.get_by_text(overlap.split(":")[0]).first).to_be_visible()

    regions = _("Regions to compare ({least} to {most})", least=number(2), most=number(8))
    for _once in range(5):
        page.get_by_role("combobox", name=regions).press("Backspace")
        visit.settle()
    for name in ("Utrecht", "Limburg"):
        visit.choose_more(regions, f"{_(REGION_SET['province'])}: {name}")
    expect(page.locator(".coverage-multiples figcaption")).to_have_text(["Utrecht", "Limburg"])
    expect(page.locator(".coverage-beside thead .mark")).to_have_count(0)
    visit.choose(_("Order by"), _("Demand"))
    expect(page.locator(".coverage-bars caption").first).to_contain_text(_("Demand"))
    visit.choose(_("Year to lay beside {year}", year="2025"), "2010")
    expect(page.locator(".coverage-beside.years tbody")).to_have_count(2)
    expect(page).to_have_url(re.compile("naast=2010"))

    shown = page.locator(".coverage-beside").first.locator("tbody tr").first.locator("td")
    counts = [int(text) for text in shown.all_inner_texts()]
    book = openpyxl.load_workbook(visit.download(_("Download these figures (Excel)"), tmp_path))
    rows = list(book.worksheets[0].values)
    column = rows[0].index(_("Municipalities"))
    assert [row[column] for row in rows[1:]] == counts
    assert _("Another year beside it") in book.sheetnames

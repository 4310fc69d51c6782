"""The first page, from opening it to reading why a municipality has its colour."""

import re

import openpyxl
import pytest
from playwright.sync_api import expect

CHOOSE = "Kies een gemeente, hier of op de kaart"


@pytest.mark.parametrize(("year", "count"), [(2010, 431), (2025, 342)])
def test_map_is_drawn_in_colours_and_hatches(visit, year, count):
    visit.open(peiljaar=year)
    assert visit.municipalities.count() == count
    fills = visit.municipalities.evaluate_all("all => all.map(one => one.getAttribute('fill'))")
    assert len(set(fills)) > 1
    hatches = {fill for fill in fills if fill.startswith("url(")}
    assert hatches
    for hatch in hatches:
        name = re.fullmatch(r"url\(#(.+)\)", hatch)[1]
        assert visit.map.locator(f"pattern#{name}").count() == 1
    assert visit.map.bounding_box()["height"] > 300


def test_page_tells_its_language_and_names_its_map(visit):
    visit.open()
    assert visit.page.evaluate("document.documentElement.lang") == "nl"
    assert visit.map.get_attribute("aria-label").startswith("Status, Nederland")
    told = visit.map.get_attribute("aria-describedby")
    expect(visit.page.locator(f"#{told}")).to_contain_text("342 gemeenten")
    expect(visit.page.locator("iframe")).to_have_count(0)
    assert visit.page.title().startswith("Kaart \N{EN DASH} Dekkend")
    expect(visit.page.get_by_role("heading", level=1)).to_have_count(1)


def test_click_opens_the_panel_and_keeps_the_map(visit):
    visit.open()
    visit.in_map("(map) => map.setView([52.2, 5.95], 9.5, {animate: false})")
    visit.click_municipality("GM0200")
    expect(visit.panel.locator("h3")).to_contain_text("Apeldoorn")
    expect(visit.page).to_have_url(re.compile("gemeente=GM0200"))
    expect(visit.map.locator("path.selected-municipality")).to_have_count(1)
    assert visit.in_map("(map) => map.getZoom()") == 9.5
    # Another one by name, then the first again by a click: the second click must count too.
    visit.choose(CHOOSE, "Voorst")
    expect(visit.panel.locator("h3")).to_contain_text("Voorst")
    visit.click_municipality("GM0200")
    expect(visit.panel.locator("h3")).to_contain_text("Apeldoorn")


def test_click_counts_on_the_map_that_is_shown(visit):
    visit.open()
    visit.in_map("(map) => map.setView([52.2, 5.95], 9.5, {animate: false})")
    visit.click_municipality("GM0200")
    expect(visit.panel.locator("h3")).to_contain_text("Apeldoorn")
    visit.switch("2010")
    expect(visit.municipalities).to_have_count(431)
    visit.in_map("(map) => map.setView([52.2, 5.95], 9.5, {animate: false})")
    visit.click_municipality("GM0150")
    expect(visit.panel.locator("h3")).to_contain_text("Deventer")


def test_tooltip_names_the_municipality_and_its_status(visit):
    visit.open()
    spot = visit.municipalities.first
    spot.hover(force=True)
    expect(visit.map.locator(".municipality-tip")).to_contain_text("Tekort:")


def test_click_leaves_no_box(visit):
    visit.open()
    visit.in_map("(map) => map.setView([52.2, 5.95], 9.5, {animate: false})")
    visit.click_municipality("GM0200")
    expect(visit.panel.locator("h3")).to_contain_text("Apeldoorn")
    outline = "() => getComputedStyle(document.activeElement).outlineStyle"
    assert visit.page.evaluate(outline) == "none"


def test_table_leaves_as_a_marked_file_and_in_no_other_way(visit, tmp_path):
    visit.open(register="example", regio="PV26")
    table = visit.page.get_by_role("table", name="Gemeenten op de kaart")
    expect(table.get_by_role("rowheader")).to_have_count(26)
    # Streamlit's own table would offer a file without units, sources and marks.
    expect(visit.page.get_by_test_id("stDataFrame")).to_have_count(0)
    path = visit.download("Deze tabel downloaden", tmp_path)
    assert path.name == "dekkend-2025-voorbeeld.xlsx"
    book = openpyxl.load_workbook(path)
    assert "Tabel" in book.sheetnames
    counted = int(visit.page.locator(".coverage-totals dd").first.inner_text())
    assert book["Tabel"].max_row == counted + 1


def test_picture_in_the_address_is_not_fetched(visit):
    visit.open(gemeente="x![a](http://127.0.0.1:9/evil.png)", regio="<img src=//x.example>")
    expect(visit.page.get_by_role("alert").filter(has_text="gemeente=…")).to_be_visible()
    asked = visit.page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert not [address for address in asked if ":9/" in address]


def test_example_is_marked_on_page_and_map(visit):
    visit.open()
    expect(visit.map.locator(".example-mark")).to_have_count(0)
    visit.switch("Voorbeeld (verzonnen)")
    expect(visit.map.locator(".example-mark")).to_contain_text("VOORBEELD")
    expect(visit.page.get_by_role("alert")).to_contain_text("verzonnen")


def test_region_filter_zooms_and_filters(visit):
    visit.open()
    whole = visit.in_map("(map) => map.getZoom()")
    visit.choose("Regio", "Utrecht")
    expect(visit.page).to_have_url(re.compile("regio="))
    visit.page.wait_for_timeout(700)  # the map glides to the region
    assert visit.in_map("(map) => map.getZoom()") > whole
    counted = visit.page.locator(".coverage-totals dd").first.inner_text()
    assert 10 < int(counted) < 60


def test_municipality_by_keyboard_alone(visit):
    visit.open()
    reached = False
    for _ in range(40):
        visit.page.keyboard.press("Tab")
        focused = "document.activeElement.getAttribute('aria-label') || ''"
        if CHOOSE in visit.page.evaluate(focused):
            reached = True
            break
    assert reached
    visit.page.keyboard.type("Zwol")
    visit.page.keyboard.press("Enter")
    expect(visit.panel.locator("h3")).to_contain_text("Zwolle")


def test_copied_link_shows_the_same(visit):
    visit.open(peiljaar=2010, register="example", gemeente="GM0363", taal="en")
    expect(visit.panel.locator("h3")).to_contain_text("Amsterdam")
    assert visit.municipalities.count() == 431
    expect(visit.map.locator(".example-mark")).to_contain_text("EXAMPLE")


def test_broken_link_says_so_and_shows_the_rest(visit):
    visit.open(peiljaar=1850)
    expect(visit.page.get_by_role("alert")).to_contain_text("peiljaar=1850")
    assert visit.municipalities.count() == 342


def test_dark_mode_has_dark_page_and_readable_panel(visit_at):
    visit = visit_at(color_scheme="dark").open(gemeente="GM0193")
    ink, paper = visit.page.evaluate("""() => {
        const light = (element, what) => getComputedStyle(element)[what].match(/[\\d.]+/g)
            .slice(0, 3).reduce((sum, part) => sum + Number(part), 0);
        return [light(document.querySelector('.coverage-panel'), 'color'),
                light(document.querySelector('.stApp'), 'backgroundColor')];
    }""")
    assert ink - paper > 400

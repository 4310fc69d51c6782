"""From a spreadsheet with real mistakes to the map, in a real browser, without reading docs."""

from __future__ import annotations

import re

import openpyxl
import pytest
from playwright.sync_api import expect

from coverage.i18n import _, ngettext
from coverage.workspace import Workspace
from tests import pdok_server, worsened
from tests.browser.driver import running_app

SMALL = """\
Organisatie;Naam aanbod;Straat;Huisnr;Pc;Woonplaats;Werkgebied;Kader
Bolwerk;Gezin in balans;Bolstraat;1;3581 WS;Utrecht;Utrecht;vrijwillig
Bolwerk;Gezinscoach;Spoorstraat;4;;Hengelo;Hengelo (O);vrijwillig
Kade;"<img src=x onerror=alert(1)>";Postbus 9;;;Zeist;Zeist;vrijwillig
;Zonder aanbieder;;;;;;
"""


@pytest.fixture
def pdok():
    with pdok_server.running() as server:
        yield server


@pytest.fixture
def app(tmp_path, pdok):
    environment = {
        "DEKKEND_WORKSPACE": f"sqlite:///{tmp_path / 'workspace.db'}",
        "DEKKEND_PDOK": pdok.url,
        "XDG_CONFIG_HOME": str(tmp_path),
        "XDG_CACHE_HOME": str(tmp_path),
    }
    with running_app(**environment) as address:
        yield address


@pytest.fixture
def workspace(tmp_path):
    return lambda: Workspace.open(f"sqlite:///{tmp_path / 'workspace.db'}")


@pytest.fixture
def small(tmp_path):
    path = tmp_path / "lijst.csv"
    path.write_text(SMALL, encoding="utf-8")
    return path


def hand_over(visit, path):
    visit.page.locator("input[type=file]").set_input_files(path)
    expect(visit.page.get_by_role("heading", name=_("1. Your file"))).to_be_visible()
    visit.settle()


def by_the_menu(visit):
    visit.page.get_by_role("button", name=_("Manage")).click()
    visit.page.get_by_role("menuitem", name=_("Import"), exact=True).click()
    expect(visit.title).to_have_text(_("Import"))
    visit.settle()


def press(visit, name):
    visit.page.get_by_role("button", name=name).click()
    visit.settle()


def rows(visit):
    """Rows of the list as the page shows them, by number: the texts of their cells."""
    found = visit.page.locator(".st-key-import_rows .coverage-grid").evaluate("""(grid) =>
        [...grid.querySelectorAll("tbody tr")].map((row) =>
            [...row.cells].map((cell) => cell.innerText))""")
    return {int(cells[0]): cells[1:] for cells in found}


def test_a_list_with_real_mistakes_goes_to_the_map(visit, workspace, tmp_path):
    table, mistakes = worsened.worsened()
    path = tmp_path / "Aanbod jeugd (versie 3).xlsx"
    path.write_bytes(worsened.as_xlsx(table))
    # By the menu, as somebody who has never been here.
    visit.open()
    by_the_menu(visit)
    hand_over(visit, path)

    # Every heading is recognised, and every row has a verdict.
    expect(visit.page.get_by_role("heading", name=_("4. Put it in the register"))).to_be_visible()
    columns = visit.page.locator(".st-key-import_columns tbody tr")
    expect(columns).to_have_count(len(table.columns))
    seen = visit.page.locator(".coverage-import-totals dd").all_inner_texts()
    good, doubtful, wrong, double = (int(text) for text in seen)
    assert good + doubtful + wrong + double == len(table)
    assert wrong < 8, "only what cannot be read is wrong"
    assert double >= 1

    # What is wrong can be found, and says what to do.
    visit.switch(f"({wrong})")
    told = rows(visit)
    assert len(told) == wrong
    assert all(len(cells[1]) > 20 for cells in told.values())
    offset = 3  # a title, an empty row and merged headings stand above the list
    for one in mistakes:
        if one.kind in {"no offer", "no provider"}:
            assert one.row + offset in told

    press(visit, ngettext("Import {count} row", "Import {count} rows", good + doubtful))
    link = visit.page.get_by_role("link", name=_("See your register on the map"))
    expect(link).to_be_visible()
    rest = openpyxl.load_workbook(
        visit.download(_("Download the rest with reasons (Excel)"), tmp_path)
    ).worksheets[0]
    assert rest.max_row - 1 == wrong + double
    assert [cell.value for cell in rest[1]][: len(table.columns)] == list(table.columns)
    made = workspace()
    assert len(made.register().offers) == good + doubtful
    assert made.latest().number == 1

    link.click()
    expect(visit.page).to_have_url(re.compile("register=own"))
    visit.municipalities.first.wait_for(state="attached")
    visit.settle()
    expect(visit.map).to_have_attribute("data-painted", re.compile("own1"))
    # Zwolle is no longer unknown.
    visit.choose(_("Choose a municipality, here or on the map"), "Zwolle")
    expect(visit.panel.locator(".offers li").first).to_be_visible()


def test_exact_addresses_are_asked_only_on_request(visit, pdok, small, workspace):
    visit.open("inlezen")
    hand_over(visit, small)
    assert not pdok.asked, "nothing leaves by itself"
    assert rows(visit)[2][5] == _("postcode")
    visit.page.get_by_text(_("Find exact addresses (asks a service on the internet)")).click()
    press(visit, re.compile("PDOK"))
    assert rows(visit)[2][5] == _("address")
    assert pdok.asked
    # A PO box is no visiting address: that is not asked.
    assert not any("Postbus" in str(asked) for asked in pdok.asked)
    press(visit, ngettext("Import {count} row", "Import {count} rows", 3))
    locations = workspace().register().locations
    assert "address" in set(locations["precision"])


def test_nothing_is_lost_on_another_page_and_names_stay_text(visit, small):
    visit.open("inlezen")
    hand_over(visit, small)
    visit.page.get_by_text(_("Change what a column is"), exact=True).click()
    # By hand: the list has this option at once, so that Enter could come before the search.
    visit.page.get_by_role("combobox", name="Kader", exact=True).click()
    visit.page.keyboard.type(_("not used"))
    visit.page.get_by_role("option", name=_("not used"), exact=True).click()
    visit.settle()
    visit.page.get_by_role("textbox", name=_("Where the list comes from")).fill("CJG Utrecht")
    visit.page.keyboard.press("Enter")
    visit.settle()
    visit.page.get_by_role("link", name=_("Gap table"), exact=True).click()
    visit.settle()
    by_the_menu(visit)
    expect(visit.page.get_by_text("lijst.csv").first).to_be_visible()
    kader = visit.page.locator(".st-key-import_columns tbody tr").filter(has_text="Kader")
    expect(kader).to_contain_text(_("not used"))
    expect(visit.page.get_by_role("textbox", name=_("Where the list comes from"))).to_have_value(
        "CJG Utrecht"
    )
    assert rows(visit)[4][3] == "<img src=x onerror=alert(1)>"
    # The marker on the map has names of the file too.
    visit.page.locator(".offer-pin").first.click()
    expect(visit.page.locator(".leaflet-popup")).to_be_visible()
    assert visit.page.locator("img[src=x]").count() == 0


def test_a_wrong_file_says_what_to_do(visit, tmp_path):
    path = tmp_path / "brief.pdf"
    path.write_bytes(b"%PDF-1.7 een brief")
    visit.open("inlezen")
    visit.page.locator("input[type=file]").set_input_files(path)
    alert = visit.page.get_by_test_id("stAlert").filter(has_text=_("This file cannot be used."))
    expect(alert).to_be_visible()
    expect(visit.page.locator(".coverage-import-faults")).to_contain_text(_("a PDF document"))


def test_too_large_a_file_is_refused_before_it_is_sent(visit, tmp_path):
    path = tmp_path / "groot.csv"
    path.write_bytes(b"Organisatie;Naam aanbod\n" * 2_500_000)
    visit.open("inlezen")
    visit.page.locator("input[type=file]").set_input_files(path)
    told = visit.page.get_by_test_id("stFileChip").get_by_role("alert")
    expect(told).to_contain_text("50")
    assert told.bounding_box()["width"] > 100, "to be read, and not only to be heard"

"""The pages on which the own register is kept, for everybody; see docs/accessibility.md.

One walk passes every state that they have: it begins with an empty register, and ends with a
change that somebody else was first with. It is made twice, in each language and each look.
"""

from __future__ import annotations

import itertools
import re

import pytest
from playwright.sync_api import expect

from coverage import i18n, tables
from coverage.i18n import _
from coverage.register import Register
from coverage.workspace import RevisionKind, Workspace
from tests import worsened
from tests.browser.driver import running_app
from tests.browser.test_accessibility import (
    _LEVELS,
    _SOLID,
    LOOKS,
    STREAMLIT,
    TALL,
    looks_at,  # noqa: F401 - a fixture
    unfold,
)
from tests.browser.test_languages import _TEXT, SHORTEST, texts
from tests.browser.test_layout import _STICKING_OUT, _TOO_WIDE, SIZES
from tests.small_register import small

ALLOWED = {
    ("presentation-role-conflict", "[data-testid=stFileUploaderDropzone]"): (
        "Streamlit names the place to drop a file on, and says that it is nothing; the button in "
        "it does the same, and has a name"
    ),
    ("label", "#portal"): (
        "Streamlit gives the field of a cell in its table to type in no name; the form has the "
        "same fields, with names"
    ),
    ("region", "#portal"): "that field is drawn outside the landmarks of the page",
    ("region", "[data-floating-ui-portal]"): "an open menu is drawn there too",
}
"""Rule and selector of what is allowed on these pages beside what is allowed on all."""

SMALL = """\
Organisatie;Naam aanbod;Postcode;Woonplaats;Werkgebied;Kader
Bolwerk;Gezin in balans;3581 WS;Utrecht;Utrecht;vrijwillig
Kade;Gezinscoach;3811 AA;Amersfoort;Amersfoort;vrijwillig
"""

COUNTS = """\
gm_code,imposed,extended,period
GM0307,12,22,2023
GM0310,7,25,2023
GM0321,30,33,2023
"""

WIDE = 800
"""Pixels from which the menu is on the page."""

ROWS = 40
"""Of the list that is read in: those with mistakes, and some without."""

OTHER = {"en": "nl", "nl": "en"}


@pytest.fixture
def address(tmp_path):
    return f"sqlite:///{tmp_path / 'workspace.db'}"


@pytest.fixture
def app(address, tmp_path):
    with running_app(DEKKEND_WORKSPACE=address, XDG_CONFIG_HOME=str(tmp_path)) as where:
        yield where


@pytest.fixture
def workspace(address):
    space = Workspace.open(address)
    yield space
    space.close()


def button(visit, name):
    return visit.page.get_by_role("button", name=name, exact=True)


def press(visit, name):
    button(visit, name).click()
    visit.settle()


def pick(visit, label, words):
    group = visit.page.get_by_role("radiogroup", name=label)
    group.locator("label", has_text=words).first.click()
    visit.settle()


def families(visit):
    return visit.page.get_by_role("textbox", name=_("For which families?"), exact=True)


def open_menu(visit):
    """Open the group of pages; on a telephone they are in the side bar."""
    if visit.page.viewport_size["width"] < WIDE:
        visit.page.get_by_test_id("stExpandSidebarButton").click()
    else:
        visit.page.get_by_test_id("stTopNav").get_by_role("button", name=_("Manage")).click()
    expect(visit.page.get_by_text(_("Inventory"), exact=True).first).to_be_visible()
    visit.settle()


def changed_by_another(workspace, text):
    """Revision in which somebody else says for which families the first offer is."""
    register = workspace.register()
    offers = register.offers.apply(tables.as_text)
    offers.loc[0, "target_group"] = text
    workspace.commit(
        Register.from_tables(**(register.tables | {"offers": offers})),
        parent=workspace.latest().number,
        author="Ander",
        note="",
        kind=RevisionKind.EDIT,
    )


def states(visit, workspace, path, language):
    """Bring the pages in every state, and name it each time."""
    page = visit.page
    for name in ("inlezen", "aanbod", "inventarisatie", "aantallen", "versies"):
        yield f"empty {name}", visit.open(name, taal=language)

    begun = small(name=["Anker", "Bolwerk", "Kade"])
    workspace.commit(begun, parent=0, author="a", note="", kind=RevisionKind.IMPORT)
    visit.open("inlezen", taal=language)
    page.locator("input[type=file]").set_input_files(path)
    page.locator(".st-key-import_rows tbody tr").first.wait_for()
    visit.settle()
    yield "a file and what was found in it", visit
    page.get_by_test_id("stDateInputCalendarButton").click()
    expect(page.get_by_test_id("stDateInputCalendar")).to_be_visible()
    yield "a calendar", visit
    page.keyboard.press("Escape")

    yield from counted(visit, language)
    yield from edited(visit, workspace, language)


def counted(visit, language):
    """Bring own counts, from the file to what is kept of it."""
    page = visit.open("aantallen", taal=language).page
    page.locator("input[type=file]").set_input_files(
        {"name": "telling.csv", "mimeType": "text/csv", "buffer": COUNTS.encode()}
    )
    button(visit, _("See what is published")).click()
    expect(page.get_by_role("region", name=_("What is published"))).to_be_visible()
    visit.settle()
    yield "what is published of counts", visit
    press(visit, _("Save these counts"))
    expect(page.get_by_role("link", name=_("Show these counts on the map"))).to_be_visible()
    pick(visit, _("Source of the counts"), _("A file with cases, one row an order"))
    yield "cases, and a set of counts", visit
    pick(visit, _("Source of the counts"), _("The figures of CBS StatLine"))
    yield "what CBS is asked", visit
    visit.open("gemeente", taal=language, aantallen="own", gemeente="GM0307")
    # On a telephone the side bar is closed, and what is chosen in it stays.
    if visit.page.viewport_size["width"] >= WIDE:
        page.get_by_test_id("stSidebar").get_by_text(_("Show my counts unprotected")).click()
        expect(page.locator(".coverage-kept-in")).to_have_count(1)
    yield "counts that are not protected", visit


def edited(visit, workspace, language):
    """Bring what is edited in every state: form, conflict, revisions, inventory, table."""
    page = visit.page
    yield "a list of offers", visit.open("aanbod", taal=language)
    press(visit, _("Add an offer"))
    page.get_by_role("textbox", name=f"{_('Name of the offer')} *", exact=True).fill("Nieuw")
    page.keyboard.press("Tab")
    visit.settle()
    press(visit, _("Save"))
    expect(page.locator(".coverage-field-fault").first).to_be_visible()
    yield "a form with faults", visit
    press(visit, _("Let go of these changes"))

    visit.open("aanbod", aanbod="O1", taal=language)
    visit.municipalities.first.wait_for(state="attached")
    yield "a form with checklist and map", visit
    # Somebody else saves meanwhile.
    visit.open("aanbod", aanbod="O1", taal=language)
    families(visit).fill("gezinnen in nood")
    page.keyboard.press("Tab")
    visit.settle()
    changed_by_another(workspace, "gezinnen met schulden")
    press(visit, _("Save"))
    expect(page.get_by_role("heading", name=_("Your change is not saved yet"))).to_be_visible()
    yield "a conflict", visit

    visit.open("versies", taal=language)
    expect(page.get_by_role("table")).to_have_count(2)
    yield "two revisions compared", visit

    visit.open("inventarisatie", taal=language)
    visit.municipalities.first.wait_for(state="attached")
    visit.click_municipality("GM0363")
    visit.settle()
    press(visit, _("Save"))
    yield "an inventory half filled in", visit

    visit.open("aanbod", taal=language)
    pick(visit, _("How?"), _("Many at once, in a table"))
    expect(page.get_by_test_id("stDataFrame")).to_be_visible()
    visit.settle()
    yield "a table of many", visit
    typing = page.locator("#portal textarea")
    for _try in range(5):
        page.get_by_test_id("stDataFrame").scroll_into_view_if_needed()
        box = page.get_by_test_id("stDataFrame").bounding_box()
        # It wants to see the mouse come before it is clicked.
        page.mouse.move(box["x"] + 160, box["y"] + 52, steps=5)
        page.mouse.dblclick(box["x"] + 160, box["y"] + 52)
        page.wait_for_timeout(1000)
        if typing.count():
            break
    expect(typing).to_be_visible()
    yield "a cell of a table of many", visit
    page.keyboard.press("Escape")
    open_menu(visit)
    yield "the menu", visit


@pytest.mark.parametrize(("language", "width"), [("nl", 1280), ("en", 360)])
def test_every_state_is_for_everybody(
    visit_at,
    looks_at,  # noqa: F811
    workspace,
    tmp_path,
    monkeypatch,
    *,
    language,
    width,
):
    before = set(STREAMLIT)
    for rule, why in ALLOWED.items():
        monkeypatch.setitem(STREAMLIT, rule, why)
    i18n.use(language)
    list_of_offers = worsened.worsened()[0].iloc[:ROWS]
    path = tmp_path / "lijst.xlsx"
    path.write_bytes(worsened.as_xlsx(list_of_offers))
    strange = foreign(language, list_of_offers)
    visit = visit_at(width, TALL, color_scheme=LOOKS[language])
    seen = set()
    for name, _there in states(visit, workspace, path, language):
        page = visit.page
        page.mouse.move(0, 0)
        unfold(page)
        visit.settle()
        page.wait_for_function(_SOLID)
        seen |= looks_at(visit)
        levels = page.evaluate(_LEVELS)
        assert (levels[0], levels.count(1)) == (1, 1), name
        assert max([0, *(b - a for a, b in itertools.pairwise(levels))]) <= 1, (name, levels)
        shown = page.evaluate(_TEXT)
        near = [one for one in strange if one in shown]
        assert [one for one in near if re.search(rf"\b{re.escape(one)}\b", shown)] == [], name
        expect(page.locator("html")).to_have_attribute("lang", language)
        if width > min(SIZES)[0]:
            fits(visit, name)
            page.set_viewport_size({"width": width, "height": TALL})
    # On a telephone the menu is in the side bar.
    menu = {("region", "[data-floating-ui-portal]")} if width < WIDE else set()
    assert seen - before == set(ALLOWED) - menu, "what no longer occurs must leave the list"


def foreign(language, list_of_offers):
    """Texts of the other language, without what the list itself says."""
    every = [*list_of_offers.columns, *list_of_offers.to_numpy().ravel()]
    said = "\n".join([*every, "Dekkend"])  # as the app itself is called
    return {
        text
        for text in texts()[OTHER[language]]
        if len(text) >= SHORTEST[language] and "{" not in text and "**" not in text
        if text not in said
    }


def fits(visit, name):
    for width, height in SIZES:
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.settle()
        assert visit.page.evaluate(_TOO_WIDE) == [0, 0], (name, width)
        assert visit.page.evaluate(_STICKING_OUT) == [], (name, width)


def test_from_a_file_to_a_saved_offer_by_keyboard_alone(visit, workspace, tmp_path):
    path = tmp_path / "lijst.csv"
    path.write_text(SMALL, encoding="utf-8")
    page = visit.open("inlezen").page
    visit.press_tab_to(page.get_by_role("button", name=_("Upload"), exact=True))
    with page.expect_file_chooser() as waiting:
        page.keyboard.press("Enter")
    waiting.value.set_files(path)
    page.locator(".st-key-import_rows tbody tr").first.wait_for()
    visit.settle()
    visit.press_tab_to(
        page.get_by_role(
            "button", name=i18n.ngettext("Import {count} row", "Import {count} rows", 2)
        ),
        most=160,
    )
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name=_("See your register on the map"))).to_be_visible()
    assert len(workspace.register().offers) == 2

    # The menu, the list, the form.
    visit.settle()
    visit.press_tab_to(page.get_by_test_id("stTopNav").get_by_role("button", name=_("Manage")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("menuitem", name=_("Edit offers"))).to_be_focused()
    page.keyboard.press("Enter")
    expect(visit.title).to_have_text(_("Edit offers"))
    visit.settle()
    visit.press_tab_to(page.get_by_role("button", name="Gezinscoach", exact=True))
    page.keyboard.press("Enter")
    expect(families(visit)).to_be_visible()
    visit.settle()
    visit.press_tab_to(families(visit))
    page.keyboard.type("gezinnen met schulden")
    page.keyboard.press("Tab")
    save = page.get_by_role("button", name=_("Save"), exact=True)
    expect(save).to_be_enabled()
    visit.settle()
    visit.press_tab_to(save, most=160)
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").first).to_contain_text("2")
    visit.settle()
    offers = workspace.register().offers.set_index("name")
    assert offers.loc["Gezinscoach", "target_group"] == "gezinnen met schulden"
    assert workspace.latest().number == 2

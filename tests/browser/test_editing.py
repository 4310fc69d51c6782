"""Edit the own register in a real browser: a form, a table, a map, and the inventory."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

import coverage
from coverage import edits, i18n
from coverage.i18n import _
from coverage.workspace import RevisionKind, Workspace
from tests.browser import paper
from tests.browser.driver import running_app


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """Address of the workspace that all tests here edit; it begins with the public register."""
    folder = tmp_path_factory.mktemp("editing")
    made = f"sqlite:///{folder / 'workspace.db'}"
    space = Workspace.open(made)
    public = coverage.read_register(coverage.PUBLIC_REGISTER)
    space.commit(public, parent=0, author="a", note="", kind=RevisionKind.IMPORT)
    space.close()
    return made


@pytest.fixture(scope="module")
def app(address, tmp_path_factory):
    config = str(tmp_path_factory.mktemp("config"))
    with running_app(DEKKEND_WORKSPACE=address, XDG_CONFIG_HOME=config) as where:
        yield where


@pytest.fixture
def saved(address):
    """Latest revision and its register, asked of the database."""

    def look():
        space = Workspace.open(address)
        try:
            return space.latest(), space.register()
        finally:
            space.close()

    return look


def press(visit, name):
    visit.page.get_by_role("button", name=name, exact=True).click()
    visit.settle()


def pick(visit, label, words):
    """Choose one of a few words that stand beside each other."""
    group = visit.page.get_by_role("radiogroup", name=label)
    group.locator("label", has_text=words).first.click()
    visit.settle()


def write(visit, label, text):
    visit.page.get_by_role("textbox", name=label, exact=True).fill(text)
    visit.page.keyboard.press("Tab")
    visit.settle()


def needed(text):
    return f"{text} *"


def test_add_an_offer_and_choose_its_area_on_the_map(visit, saved):
    before = saved()[0].number
    visit.open("aanbod")
    press(visit, _("Add an offer"))
    write(visit, needed(_("Name of the offer")), "Gezinscoach <b>Zuid</b>")
    visit.choose(_("Organisation *"), _("A new organisation…"))
    write(visit, needed(_("Name of the organisation")), "Stichting Proef & Zn.")
    visit.choose(needed(_("What kind of offer is it?")), i18n._("family support").capitalize())
    pick(visit, _("Where does it serve?"), _("a list of municipalities").capitalize())
    expect(visit.municipalities.first).to_be_attached()
    visit.click_municipality("GM0363")
    visit.settle()
    expect(visit.page.locator("[data-tag]")).to_have_text(["Amsterdam"])
    visit.choose(_("All municipalities of a region"), "Flevoland")
    press(visit, _("Add these"))
    expect(visit.page.locator("[data-tag]")).to_have_count(7)
    # A second click takes it out again.
    visit.click_municipality("GM0363")
    visit.settle()
    expect(visit.page.locator("[data-tag]")).to_have_count(6)
    press(visit, _("Save"))
    fault = visit.page.locator(".coverage-field-fault")
    expect(fault).to_have_count(1)  # where it was found is still asked for
    write(visit, needed(_("Source")), "Eigen inventarisatie")
    expect(fault).to_have_count(0)
    press(visit, _("Save"))
    revision, register = saved()
    assert revision.number == before + 1
    assert revision.added == 2
    offer = register.offers.iloc[-1]
    assert offer["name"] == "Gezinscoach <b>Zuid</b>"
    assert len(offer["service_area"].split(";")) == 6
    assert register.providers["name"].iloc[-1] == "Stichting Proef & Zn."
    # The name is text in the list, and leads back to the form.
    name = visit.page.get_by_role("button", name="Gezinscoach <b>Zuid</b>")
    write(visit, _("Find by a part of the name"), "<b>zuid")
    name.click()
    visit.settle()
    heading = visit.page.get_by_role("main").get_by_role("heading", level=2).first
    expect(heading).to_have_text("Gezinscoach <b>Zuid</b>")


def test_what_is_typed_survives_a_look_at_another_page(visit, saved):
    before = saved()[0].number
    offer = saved()[1].offers["offer_id"].iloc[0]
    visit.open("aanbod", aanbod=offer)
    write(visit, _("For which families?"), "gezinnen die zorg mijden")
    visit.turn_to(_("Map"))
    visit.page.go_back()
    visit.title.wait_for()
    visit.settle()
    box = visit.page.get_by_role("textbox", name=_("For which families?"), exact=True)
    expect(box).to_have_value("gezinnen die zorg mijden")
    press(visit, _("Save"))
    assert saved()[0].number == before + 1
    assert saved()[1].offers["target_group"].iloc[0] == "gezinnen die zorg mijden"


def test_type_in_the_table_of_many(visit, saved):
    before = saved()
    visit.open("aanbod")
    pick(visit, _("How?"), _("Many at once, in a table"))
    table = visit.page.get_by_test_id("stDataFrame")
    expect(table).to_be_visible()
    box = table.bounding_box()
    visit.page.mouse.dblclick(box["x"] + 160, box["y"] + 52)
    field = visit.page.locator("#portal textarea, #portal input").first
    field.fill("Naam uit de tabel")
    visit.page.keyboard.press("Enter")
    visit.settle()
    # Other columns draw the table anew; what was typed stays.
    visit.choose(_("Columns"), _("Years and source"))
    press(visit, _("Save"))
    revision, register = saved()
    assert (revision.number, revision.changed) == (before[0].number + 1, 1)
    assert register.offers["name"].iloc[0] == "Naam uit de tabel"
    assert len(register.offers) == len(before[1].offers)


def test_the_inventory_makes_the_unknown_of_the_map_smaller(visit, saved):
    def unknown():
        visit.open("", register="own")
        return int(visit.page.locator(".coverage-totals dd").nth(1).inner_text().split()[0])

    before = unknown()
    # Offers of which nobody knows where they serve may serve anywhere: those are another matter.
    assert before > 0
    visit.open("inventarisatie")
    expect(visit.municipalities.first).to_be_attached()
    visit.click_municipality("GM0363")
    visit.settle()
    yes = _("Yes: every offer was looked for, and what was found is in the register")
    pick(visit, _("Was every offer looked for? *"), yes)
    write(visit, _("Source *"), "Eigen inventarisatie")
    press(visit, _("Save"))
    revision, register = saved()
    assert revision.kind == RevisionKind.INVENTORY
    assert register.inventory["gm_code"].tolist() == ["GM0363"]
    assert unknown() <= before


WILD = (
    "{word} <img src=x onerror=window.ran=1></script><script>window.ran=1</script>"
    "{{{{window.ran=1}}}}[x](javascript:window.ran=1)`${{window.ran=1}}`"
)
"""A name that would run a script where it is taken for HTML, Markdown or a template."""


def test_names_that_are_programs_stay_text_on_screen_on_paper_and_in_the_saved_map(
    visit, address, chromium, tmp_path
):
    named = {word: WILD.format(word=word) for word in ("Aanbod", "Aanbieder", "Adres", "Bron")}
    filled_with(address, named)
    page = visit.page
    visit.open("", register="own", gemeente="GM0363", locaties="ja")
    expect(visit.panel).to_contain_text(named["Aanbod"])
    expect(visit.panel).to_contain_text(named["Aanbieder"])
    saved = visit.download(_("Save this map (HTML)"), tmp_path)
    visit.in_map("(map) => map.setView([52.37, 4.89], 13)")  # else it is one of a cluster
    page.locator(".offer-pin[title^=Aanbieder]").dispatch_event("click")
    popup = page.locator(".leaflet-popup")
    for name in ("Aanbieder", "Adres", "Aanbod"):
        expect(popup).to_contain_text(named[name])
    assert_harmless(page)

    visit.open("tekorttabel", register="own")
    expect(page.get_by_role("rowheader").first).to_be_visible()
    assert_harmless(page)

    visit.open("gemeente", register="own", gemeente="GM0363")
    expect(page.locator(".offers")).to_contain_text(named["Aanbod"])
    printed = without_spaces(paper.text_of(page.pdf(prefer_css_page_size=True)))
    for name in ("Aanbod", "Aanbieder", "Bron"):
        assert without_spaces(named[name]) in printed
    assert_harmless(page)

    # The map as a file has the names of municipalities, and none of the register.
    with chromium.new_context(offline=True) as elsewhere:
        page = elsewhere.new_page()
        page.goto(saved.as_uri())
        page.locator("path.municipality").first.wait_for(state="attached")
        assert_harmless(page)


def assert_harmless(page):
    assert page.evaluate("window.ran") is None
    assert page.locator("img[src=x], a[href^='javascript']").count() == 0


def without_spaces(text):
    return "".join(text.split())


def filled_with(address, named):
    """Make a revision in which an offer in Amsterdam, and all that it hangs on, has these names."""
    with Workspace.open(address) as space:
        texts = edits.texts(space.register())
        keys = {"provider_id": "P-wild", "location_id": "L-wild", "offer_id": "O-wild"}
        usual = {"edition": "2025", "status": "entered", "source": named["Bron"]}
        rows = {
            "providers": {"name": named["Aanbieder"]},
            "locations": {
                "address": named["Adres"],
                "place": named["Adres"],
                "gm_code": "GM0363",
                "x": "121000",
                "y": "487000",
                "precision": "address",
            },
            "offers": {
                "name": named["Aanbod"],
                "evidence": named["Bron"],
                "note": named["Bron"],
                "offer_type": "family_support",
                "framework": "voluntary",
                "long_term": "yes",
                "service_area_type": "municipalities",
                "service_area": "GM0363",
                **dict.fromkeys(("support", "coordination"), "present"),
                **dict.fromkeys(("acceptance", "mobilisation", "assertive_outreach"), "unknown"),
            },
        }
        for table, cells in rows.items():
            empty = edits.empty_row(table)
            row = {key: value for key, value in (keys | usual).items() if key in empty}
            texts[table] = edits.put(texts[table], table, [empty | row | cells])
        latest = space.latest().number
        made = edits.build(texts)
        space.commit(made, parent=latest, author="a", note="", kind=RevisionKind.EDIT)

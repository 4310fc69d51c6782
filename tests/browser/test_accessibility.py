"""Every page for who cannot see it, or has no mouse; see docs/accessibility.md."""

import itertools
from importlib.resources import files

import pytest
from playwright.sync_api import expect

from coverage.i18n import _

AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

STREAMLIT = {
    ("region", "#stFloatingOverlayPortal"): "help is drawn outside the landmarks of the page",
    ("region", "[role=listbox]"): "an open list is drawn outside the landmarks of the page",
}
"""Rule and selector of what Streamlit does, and we cannot: see docs/accessibility.md."""

LOOKS = {"nl": "light", "en": "dark"}
"""Each language in a look of its own: both are seen, in half the time."""

EXAMPLE = {"register": "example", "gemeente": "GM0363", "regio": "PV27"}
SCENARIO = "Ruimer~share_imposed=0.06"
PAGES = {
    "kaart": {**EXAMPLE, "locaties": "ja"},
    "tekorttabel": {**EXAMPLE, "sorteer": "name", "opgelegd": "0.05"},
    "vergelijk": {**EXAMPLE, "naast": "2010"},
    "gemeente": EXAMPLE,
    "scenarios": {**EXAMPLE, "scenarios": SCENARIO},
    "verantwoording": {**EXAMPLE, "opgelegd": "0.05", "toon": "nothing"},
}

# Axe does not measure contrast outside the window, so the window is as tall as the page.
TALL = 6000

_RUN = """async ({tags, ours}) => {
    const found = await axe.run(document, {runOnly: tags, resultTypes: ["violations"]});
    return found.violations.flatMap(({id, help, nodes}) => nodes.map((node) => {
        const place = document.querySelector(node.target[0]);
        const known = ours.find(([rule, selector]) => rule === id && place?.closest(selector));
        return {known: known ?? null, what: `${id}: ${help}: ${node.html.slice(0, 200)}`};
    }));
}"""


@pytest.fixture
def looks_at():
    """Look for faults of accessibility; gives those of Streamlit that are allowed."""

    def look(visit):
        if not visit.page.evaluate("() => 'axe' in window"):
            visit.page.evaluate(AXE)
        asked = {"tags": TAGS, "ours": [list(rule) for rule in STREAMLIT]}
        found = visit.page.evaluate(_RUN, asked)
        assert [one["what"] for one in found if not one["known"]] == []
        return {tuple(one["known"]) for one in found}

    return look


# Help comes up slowly, and is pale until then.
_SOLID = """() => {
    let one = document.querySelector("[data-testid=stTooltipContent]");
    for (; one; one = one.parentElement) if (getComputedStyle(one).opacity !== "1") return false;
    return true;
}"""


def unfold(page):
    """Open what is folded."""
    page.locator("details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")


_LEVELS = """() => [...document.querySelectorAll(
    "[data-testid=stMain] :is(h1, h2, h3, h4, h5, h6)")]
    .filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"""


@pytest.mark.parametrize("language", LOOKS)
def test_no_page_has_a_fault_of_ours(visit_at, looks_at, language):
    visit = visit_at(height=TALL, color_scheme=LOOKS[language])
    titles = set()
    for page, choices in PAGES.items():
        visit.open("" if page == "kaart" else page, **choices, taal=language)
        unfold(visit.page)
        assert looks_at(visit) == set(), page
        titles.add(visit.page.title())
        # What axe does not ask.
        levels = visit.page.evaluate(_LEVELS)
        assert levels[0] == 1
        assert levels.count(1) == 1
        steps = [after - before for before, after in itertools.pairwise(levels)]
        assert max(steps) <= 1, (page, levels)
        expect(visit.page.locator("html")).to_have_attribute("lang", language)
        expect(visit.page.locator("iframe:visible")).to_have_count(0)
    assert len(titles) == len(PAGES), "each page has a title of its own"
    zoom = visit.page.locator("meta[name=viewport]").get_attribute("content")
    assert "user-scalable" not in zoom
    assert "maximum-scale" not in zoom


def test_empty_and_open_states_have_no_fault_of_ours(visit_at, looks_at):
    visit = visit_at(height=TALL)
    seen = set()
    for page, choices in (
        ("gemeente", {}),
        ("tekorttabel", {"zoek": "zzz"}),
        ("vergelijk", {"regios": "province:PV20"}),
        ("tekorttabel", {"subtotalen": "regio", "peiljaar": 1850, "kolommen": "geen"}),
    ):
        visit.open(page, **choices)
        seen |= looks_at(visit)
    # A list, and a word of help.
    visit.page.get_by_role("combobox", name="Regio", exact=True).click()
    expect(visit.page.get_by_role("option").first).to_be_visible()
    seen |= looks_at(visit)
    visit.page.keyboard.press("Escape")
    visit.page.get_by_test_id("stTooltipIcon").first.hover()
    expect(visit.page.get_by_test_id("stTooltipContent")).to_be_visible()
    visit.page.wait_for_function(_SOLID)
    seen |= looks_at(visit)
    assert seen == set(STREAMLIT), "what no longer occurs must leave the list"


def test_telephone_has_no_fault_of_ours(visit_at, looks_at):
    visit = visit_at(width=360, height=TALL, color_scheme="dark").open("tekorttabel", **EXAMPLE)
    assert looks_at(visit) == set()
    visit.page.get_by_test_id("stExpandSidebarButton").click()
    expect(visit.page.get_by_role("combobox", name="Regio", exact=True)).to_be_visible()
    assert looks_at(visit) == set()


# How a thing looks, with what is in it, and for a field the box that is drawn round it.
_LOOKS = """() => {
    const look = (one) => {
        const style = getComputedStyle(one);
        return [style.outlineStyle === "none" ? "" : style.outline, style.boxShadow,
            style.borderColor, style.backgroundColor].join();
    };
    window.looks = (one) => {
        const near = [one];
        const most = one.matches("input") ? 5 : 2;
        for (let at = one.parentElement; at && near.length < most; at = at.parentElement) {
            near.push(at);
        }
        const box = one.closest("label") ?? one;
        return [...near, ...box.querySelectorAll("*")].map(look).join("|");
    };
    window.unfocused = new WeakMap();
    for (const one of document.querySelectorAll("a, button, input, summary, [tabindex]")) {
        window.unfocused.set(one, window.looks(one));
    }
}"""
_STOP = """async () => {
    // What React draws at the focus comes a little later.
    await new Promise((go) => setTimeout(go, 30));
    const it = document.activeElement;
    const unseen = window.unfocused.get(it) === window.looks(it);
    return [it === document.body, unseen ? it.outerHTML.slice(0, 160) : ""];
}"""


@pytest.mark.parametrize("page", PAGES)
def test_focus_is_seen_at_every_stop(visit, page):
    visit.open("" if page == "kaart" else page, **EXAMPLE)
    visit.page.add_style_tag(content="* { transition: none !important; }")
    visit.page.evaluate(_LOOKS)
    stops, unseen = 0, []
    for _stop in range(60):
        visit.page.keyboard.press("Tab")
        done, missed = visit.page.evaluate(_STOP)
        if done:
            break
        stops += 1
        unseen += [missed] if missed else []
    assert stops > 8
    assert unseen == []


def test_municipality_and_its_reasons_by_keyboard_alone(visit):
    visit.open(register="example")
    page = visit.page
    visit.press_tab_to(
        page.get_by_role("combobox", name=_("Choose a municipality, here or on the map"))
    )
    page.keyboard.type("Amsterd")
    page.keyboard.press("Enter")
    expect(visit.panel.locator("h3")).to_contain_text("Amsterdam")
    expect(visit.panel.locator(".offers").first).to_be_visible()
    visit.settle()
    fold = visit.panel.locator("summary").last
    visit.press_tab_to(fold)
    page.keyboard.press("Enter")
    expect(visit.panel.locator("details").last).to_have_attribute("open", "")
    expect(visit.panel.locator("details").last).to_contain_text("CBS")


def test_measure_location_and_page_by_keyboard_alone(visit):
    visit.open(register="example", gemeente="GM0363")
    page = visit.page
    visit.press_tab_to(page.get_by_role("combobox", name=_("Colour by")))
    page.keyboard.type(_("Demand"))
    page.keyboard.press("Enter")
    visit.painted("demand")
    visit.settle()
    visit.press_tab_to(visit.panel.get_by_role("link", name=_("Whole page, to print or share")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Amsterdam")
    visit.settle()
    visit.press_tab_to(page.get_by_role("link", name=_("Gap table")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(_("Gap table"))


def test_table_is_sorted_and_taken_along_by_keyboard_alone(visit):
    visit.open("tekorttabel", register="example", regio="PV27")
    page = visit.page
    heading = page.get_by_role("columnheader", name=_("Demand"))
    visit.press_tab_to(heading.get_by_role("button"))
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "descending")
    visit.settle()
    expect(heading.get_by_role("button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(heading).to_have_attribute("aria-sort", "ascending")
    visit.settle()
    visit.press_tab_to(page.get_by_role("button", name=_("What you see (Excel)")))
    with page.expect_download() as waiting:
        page.keyboard.press("Enter")
    assert waiting.value.suggested_filename.endswith("-voorbeeld.xlsx")

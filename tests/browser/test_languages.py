"""Each page is in one language: no Dutch on the English one, no English on the Dutch one."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import expect

CATALOGUE = Path(__file__).parents[2] / "coverage/locales/nl/LC_MESSAGES/dekkend.po"
PAGES = ("", "tekorttabel", "vergelijk", "gemeente", "scenarios", "verantwoording")
CHOICES = {
    "gemeente": "GM0193",
    "regio": "PV23",
    "opgelegd": "0.05",
    "kinderen": "1.5",
    "scenarios": "Grotius~share_imposed=0.06",
}

SHORTEST = {"en": 5, "nl": 12}
"""Shorter texts are found in names: many a Dutch word is an English one."""

# What sources, offers and programs are called stays as it is in the register; an address is Dutch.
_TEXT = """() => {
    const copy = document.body.cloneNode(true);
    const others = ".offers, .sources, .coverage-sources, .evidence, .nearby small, .questions td, "
        + ".coverage-explained .origin, .on-paper, code, style, script, canvas, [lang]";
    copy.querySelectorAll(others).forEach((one) => one.remove());
    const labels = [...copy.querySelectorAll("[aria-label], [title], [placeholder]")].flatMap(
        (one) => ["aria-label", "title", "placeholder"].map((name) => one.getAttribute(name)));
    const told = [...copy.querySelectorAll("*")].flatMap((one) => [...one.childNodes])
        .filter((one) => one.nodeType === Node.TEXT_NODE).map((one) => one.data);
    return [...told, ...labels].filter(Boolean).join("\\n");
}"""


def texts():
    """Texts of the catalogue that differ between the languages: of English and of Dutch."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="nl")
    english, dutch = set(), set()
    for message in catalogue:
        for source, text in zip(
            [message.id] if isinstance(message.id, str) else message.id,
            [message.string] if isinstance(message.string, str) else message.string,
            strict=False,
        ):
            english.add(source)
            dutch.add(text)
    return {"en": english - dutch, "nl": dutch - english}


@pytest.mark.parametrize(("language", "other"), [("en", "nl"), ("nl", "en")])
def test_page_is_in_one_language(visit, language, other):
    strange = {
        text
        for text in texts()[other]
        if len(text) >= SHORTEST[language] and "{" not in text and "**" not in text
        if text.casefold() != "dekkend"  # as the app and its command are called
    }
    for page in PAGES:
        visit.open(page, taal=language, **CHOICES)
        shown = visit.page.evaluate(_TEXT).replace("Gemeente Zwolle", "")  # who offers something
        assert {one for one in strange if re.search(rf"\b{re.escape(one)}\b", shown)} == set(), page
        # Thousands are set apart as the language does it; a small region has none.
        thousands = language == "en" and page != "scenarios"
        assert bool(re.search(r"\d,\d{3}\b", shown)) == thousands, page


def test_language_is_changed_on_the_page(visit):
    visit.open(gemeente="GM0193")
    visit.switch("English")
    expect(visit.title).to_have_text("Care coordination for families, by municipality")
    expect(visit.map).to_have_attribute("aria-label", re.compile("^Status, the Netherlands"))
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")
    expect(visit.page).to_have_url(re.compile("taal=en"))
    # The other pages follow.
    visit.turn_to("Gap table")
    expect(visit.title).to_have_text("Gap table")


def test_names_of_streamlit_follow_the_language(visit):
    visit.open("tekorttabel")
    side = visit.page.get_by_test_id("stSidebar")
    for language, clear, remove in (
        ("Nederlands", "Alles wissen", "Vrijwillig weghalen"),
        ("English", "Clear all", "Remove Voluntary"),
        ("Nederlands", "Alles wissen", "Vrijwillig weghalen"),
    ):
        visit.switch(language)
        expect(side.get_by_role("button", name=clear, exact=True)).to_be_visible()
        expect(side.get_by_role("button", name=remove, exact=True)).to_be_visible()
    # A list is made anew when it opens.
    visit.page.get_by_role("combobox", name="Regio", exact=True).focus()
    visit.page.keyboard.type("zzz")
    expect(visit.page.get_by_role("option")).to_have_text("Niets gevonden")

"""What a reader sees comes from the catalogue, in the language that was chosen."""

import json
import re
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from babel.messages.pofile import read_po
from screenshots import PICTURES
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import coverage
from coverage import explanations, i18n, uncertainty
from coverage.ui import data
from tests.text_rules import (
    plain,
    texts_in_code,
    texts_in_markup,
    texts_in_script,
    wrong_formats,
)

ROOT = Path(__file__).parents[1]
APP = str(ROOT / "app.py")
UI = ROOT / "coverage" / "ui"
MAKE_MARKUP = [ROOT / "coverage" / name for name in ("drawing.py", "maps.py", "measures.py")]
PAGES = ["kaart", "tekorttabel", "vergelijk", "gemeente", "verantwoording"]
READ = {"body", "label", "help", "placeholder", "options", "caption", "value", "text", "title"}
"""Fields of an element that hold what a reader sees."""


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


# In the code


@pytest.mark.parametrize(
    "source", [*sorted(UI.glob("*.py")), *MAKE_MARKUP], ids=lambda path: path.name
)
def test_no_text_stands_in_the_code(source):
    assert texts_in_code(source.read_text(encoding="utf-8")) == [], "put it in _()"


@pytest.mark.parametrize("source", sorted(UI.glob("*.js")), ids=lambda path: path.name)
def test_no_text_stands_in_a_script(source):
    assert texts_in_script(source.read_text(encoding="utf-8")) == [], "send it with the data"


@pytest.mark.parametrize(
    "bad",
    [
        'st.title("Kaart")',
        'st.sidebar.header("Keuze")',
        'left.caption(f"{count} gemeenten")',
        'st.radio(_("A"), options, help="Kies er een")',
        'st.selectbox(label="Regio", options=options)',
        'st.text_input(_("Name"), placeholder="Naam")',
        'st.info("Let op")',
        'x = "There is no offer here"',
        'x = f"<p>Bron: {source}</p>"',
        "x = f\"<div aria-label='Kaart van {name}'>\"",
        'x = f"\'>Klik hier</a>"',
        'st.html("<b>Tekort</b>")',
        'error = ok or "Niet gevonden in de lijst"',
        'st.html("<svg><title>Kaart</title></svg>")',
        "J = \"export default function () { el.textContent = 'Laden'; const a = 1; }\"",
    ],
)
def test_a_text_in_the_code_is_found(bad):
    assert texts_in_code(bad)


@pytest.mark.parametrize(
    "good",
    [
        '"""A docstring of some words."""',
        'st.title(_("Map of the Netherlands"))',
        'LABEL = N_("Map of the Netherlands")',
        'ngettext("one municipality", "many municipalities", 2)',
        'raise ValueError("not a code of this edition")',
        '_LOG.exception("A page could not be shown")',
        "x = f\"<p class='note small'>{escape(text)}</p>\"",
        "x = f\"<a href='{url}' target='_blank' rel='noopener noreferrer'>{escape(text)}</a>\"",
        'st.markdown(f"**{name}**")',
        'st.radio("Taal / Language", options)',
        'st.Page(show, title=_("Map"), url_path="kaart")',
        'CSS = ".a b { color: red; font: inherit }"',
        'format_date(day, "d MMMM y")',
        'x: "dict of things" = cast("list of rows", rows)',
    ],
)
def test_what_is_no_text_is_let_through(good):
    assert texts_in_code(good) == []


@pytest.mark.parametrize(
    "bad",
    [
        'button.textContent = "Sorteren";',
        'cell.setAttribute("aria-label", `Kaart van ${name}`);',
        'cell.title = "Klik";',
        'const text = "No rows match this filter";',
        "place.innerHTML = `<p>Niets gevonden</p>`;",
        "map.attribution(\"<a href='#'>Kaartgegevens</a>\")",
    ],
)
def test_a_text_in_a_script_is_found(bad):
    assert texts_in_script(bad)


@pytest.mark.parametrize(
    "good",
    [
        "// A comment of some words.\nconst a = 1; /* and another one */",
        'cell.className = "swatch hatched";',
        'cell.setAttribute("aria-label", data.words.map);',
        'root.querySelector(":scope > div button");',
        "place.innerHTML = `<p class='note small'>${data.text}</p>`;",
        'button.textContent = "▲";',
    ],
)
def test_code_of_a_script_is_let_through(good):
    assert texts_in_script(good) == []


def test_one_word_is_enough_where_it_is_shown():
    assert texts_in_markup("Kaart", shown=True)
    assert not texts_in_markup("kaart")


# On the page


@pytest.mark.parametrize(
    ("language", "bad"),
    [
        ("nl", "1234.5 gezinnen"),
        ("nl", "tot 3.5 gezinnen"),
        ("nl", "1,234 inwoners"),
        ("nl", "12345 inwoners"),
        ("nl", "0.123456"),
        ("en", "1.234 residents"),
        ("en", "1234,5 families"),
        ("en", "3,5 families"),
        ("en", "12890 orders"),
        ("nl", "gezien op 2010-07-13."),
        ("en", "seen on 2010-07-13"),
        ("nl", "gezien in 2010-07"),
        ("nl", "Capaciteit: nan"),
        ("nl", "Capaciteit: None gezinnen"),
        ("en", "Certain: True"),
        ("en", "NaT"),
    ],
)
def test_a_wrong_format_is_found(language, bad):
    assert wrong_formats(bad, language)


@pytest.mark.parametrize(
    ("language", "good"),
    [
        ("nl", "1.234,5 gezinnen van 0-17 jaar in 2010, 3,5% en 12.345."),
        ("en", "1,234.5 families aged 0-17 in 2010, 3.5% and 12,345."),
        ("nl", "13 juli 2010; brief 32 015 nr. 9; CC BY 4.0 en EUPL-1.2"),
        ("nl", "GM0363, 83287NED, 2003-2025"),
        ("en", "Nothing is true, and none is false."),
    ],
)
def test_a_right_format_is_let_through(language, good):
    assert wrong_formats(good, language) == []


@cache
def quoted(register, year):
    """Texts that are shown as they stand in a file, longest first."""
    tables = [*data.shipped(register).tables.values(), data.edition(year).sources]
    tables.append(data.edition(year).regions[["region_name", "note"]])
    found = {
        text
        for table in tables
        for column in table.columns
        if not pd.api.types.is_numeric_dtype(table[column]) and "date" not in column
        for text in table[column].dropna().astype(str).unique()
        if wrong_formats(text, "nl") or wrong_formats(text, "en")
    }
    return sorted(found, key=len, reverse=True)


def strings(value):
    """Texts in the data of a component: what has a word, or markup."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)


def texts_of(message):
    """Texts that an element shows; a block of elements has no message."""
    if message is None:
        return
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE:
            for one in value if field.is_repeated else [value]:
                if hasattr(one, "ListFields"):
                    yield from texts_of(one)
        elif field.name in READ and field.type == field.TYPE_STRING:
            yield from value if field.is_repeated else [value]
        elif field.name == "json" and value:
            # A text without a space is a code or a name of something, unless it is markup.
            yield from (one for one in strings(json.loads(value)) if " " in one)


def shown(app):
    """All that a page shows, as plain text."""
    return "\n".join(plain(text) for one in app for text in texts_of(getattr(one, "proto", None)))


@pytest.fixture(scope="module")
def opened():
    """Pages as they are drawn, by address; each is drawn once."""
    kept = {}

    def open_(page, **address):
        key = (page, *sorted(address.items()))
        if key not in kept:
            app = AppTest.from_file(APP, default_timeout=120)
            for name, value in address.items():
                app.query_params[name] = value
            if page != PAGES[0]:
                app._page_hash = calc_hash(page)  # a page that is a function has no path
            app.run()
            assert not app.exception
            assert not app.error
            kept[key] = shown(app)
        return kept[key]

    return open_


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
@pytest.mark.parametrize(("register", "year"), [("public", 2025), ("example", 2010)])
@pytest.mark.parametrize("page", PAGES)
def test_numbers_and_dates_are_in_the_language(opened, page, register, year, language):
    text = opened(page, register=register, peiljaar=str(year), taal=language, gemeente="GM0363")
    assert len(text) > 500
    # A seed is given to a program, and stands as it is given.
    for one in (*quoted(register, year), str(uncertainty.SEED)):
        text = text.replace(one, " ")
    assert wrong_formats(text, language) == []


@pytest.mark.parametrize("page", PAGES)
def test_pages_change_with_the_language(opened, page):
    address = {"register": "public", "peiljaar": "2025", "gemeente": "GM0363"}
    dutch, english = (opened(page, taal=language, **address) for language in ("nl", "en"))
    titles = {line.strip() for line in dutch.splitlines()} & {
        line.strip() for line in english.splitlines()
    }
    sentences = [one for one in titles if len(one.split()) > 6]
    assert not [one for one in sentences if not any(name in one for name in known_names())]


@cache
def known_names():
    """Names that are the same in both languages."""
    edition = data.edition(2025)
    tables = [
        edition.sources["title"],
        edition.sources["publisher"],
        edition.regions["region_name"],
    ]
    register = data.shipped("public")
    tables += [register.offers[name] for name in ("name", "evidence", "note", "target_group")]
    tables += [register.providers["name"], edition.municipalities["name"]]
    return {text for table in tables for text in table.astype(str).unique() if text}


def test_uses_and_licences_of_sources_are_in_the_catalogue():
    for year in coverage.EDITIONS:
        sources = data.edition(year).sources
        assert set(sources["used_for"]) <= set(explanations.USED_FOR)
        other = {name for name in sources["licence"] if not name.startswith(("CC ", "MIT"))}
        assert other <= set(explanations.USED_FOR)


# In the manual

MANUAL = ROOT / "docs" / "handleiding.md"
EMPHASIS = {
    *("niet bekend is iets anders dan niet aanwezig", "kleur", "ten minste is aangetoond"),
    *("Effen", "Gearceerd", "Grijs", "marges"),
}
"""What the manual prints bold and is no name of something on the screen."""


def dutch_texts():
    """Patterns of all Dutch texts: what is filled in may be anything."""
    with (ROOT / "coverage/locales/nl/LC_MESSAGES/dekkend.po").open("rb") as file:
        entries = list(read_po(file, locale="nl"))
    for entry in entries:
        for text in [entry.string] if isinstance(entry.string, str) else entry.string:
            if re.search(r"\w", re.sub(r"\{\w*\}", "", text)):
                yield re.sub(r"\\\{\w*\\\}", ".+", re.escape(text))


def named(manual):
    """Names of things on the screen that the manual prints bold, questions apart."""
    bold = re.findall(r"\*\*(.+?)\*\*", manual, re.DOTALL)
    return {one for one in bold if one not in EMPHASIS and not one.endswith("?")}


def unknown_names(manual):
    patterns = list(dutch_texts())
    return {
        one
        for one in named(manual)
        if one not in i18n.LANGUAGES.values()
        and not any(re.fullmatch(pattern, one) for pattern in patterns)
    }


def test_the_manual_calls_things_what_the_screen_calls_them():
    assert unknown_names(MANUAL.read_text(encoding="utf-8")) == set()
    assert unknown_names("Kies **De knop die niet bestaat**.")


def test_every_picture_of_the_documents_can_be_made_again():
    for document in (MANUAL, ROOT / "README.md"):
        found = re.findall(r"images/([\w-]+)\.png", document.read_text(encoding="utf-8"))
        assert set(found) <= set(PICTURES)

"""The page of one municipality: fact sheet, file, address."""

import io
import math
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import coverage
from coverage import gap_table, i18n, measures
from coverage.assessment import COUNTRY
from coverage.i18n import _
from coverage.neighbours import borders
from coverage.ui import download
from coverage.ui.compare_parts import rate_words
from coverage.ui.municipality_page import contents
from coverage.ui.pieces import Manner
from coverage.ui.sheet import Place, places, region_sets, sheet

SHEETS = Path(coverage.__file__).parent / "ui"


SCRIPT = """
from coverage import i18n
from coverage.ui import choices, municipality_page, state

state.read()
i18n.use(choices.language())
municipality_page.show(choices.ask())
state.write()
"""


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(scope="module", params=["public", "example"])
def assessment(request):
    folder = {"public": coverage.PUBLIC_REGISTER, "example": coverage.EXAMPLE_REGISTER}
    return coverage.assess(
        coverage.load_edition(2025), coverage.read_register(folder[request.param])
    )


@pytest.fixture(scope="module")
def border_table():
    return borders(coverage.load_edition(2025).municipalities)


def made_sheet(assessment, code, border_table):
    totals = {name: assessment.regions(name) for name in ("province", COUNTRY)}
    compared = places(assessment, code, totals)
    return sheet(assessment, code, border_table, compared, Manner(level=2, summaries="en"))


class Structure(HTMLParser):
    """Open elements, headings and ids of a piece of HTML."""

    empty = frozenset({"br", "path", "rect", "line", "use"})

    def __init__(self, text):
        super().__init__()
        self.open, self.headings, self.ids = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag not in self.empty:
            self.open.append(tag)
        if re.fullmatch(r"h\d", tag):
            self.headings.append(int(tag[1]))
        self.ids += [value for name, value in attrs if name == "id"]

    def handle_startendtag(self, tag, attrs):
        pass

    def handle_endtag(self, tag):
        if tag not in self.empty:
            assert self.open.pop() == tag


@pytest.mark.parametrize("code", ["GM0363", "GM0193", "GM0060", "GM0096", "GM0014", "GM0599"])
@pytest.mark.parametrize("language", i18n.LANGUAGES)
def test_sheet_is_whole_and_in_order(assessment, border_table, code, language):
    i18n.use(language)
    text = made_sheet(assessment, code, border_table)
    structure = Structure(text)
    assert structure.open == []
    assert structure.headings[0] == 2
    assert all(level in {2, 3} for level in structure.headings)
    assert len(set(structure.ids)) == len(structure.ids)
    # Known by its absence: no value of a program stands on the page.
    words = re.sub(r"<[^>]*>", " ", text)
    assert not re.search(r"\b(nan|None|NaN|NaT|inf)\b", words)
    assert "{" not in words


def test_sheet_never_says_none_for_not_known(assessment, border_table):
    rows = assessment.municipalities
    for code in rows.index[~rows["known"]][:5]:
        text = made_sheet(assessment, code, border_table)
        assert "Niet bekend is iets anders dan geen." in text
        assert "geen vrijwillig aanbod" not in text.split("<figure>")[0].lower()


def test_figures_have_unit_year_status_and_source(assessment, border_table):
    text = made_sheet(assessment, "GM0363", border_table)
    figures = text.split("<h2>Cijfers</h2>")[1].split("</section>")[0]
    for part in ("gezinnen per jaar", "maatregelen", ">geschat</span>", "2022", "2021", "CBS"):
        assert part in figures
    assert figures.count("<th scope='row'>") == 6
    assert (">voorbeeld</span>" in figures) == assessment.is_example


def test_figures_that_are_not_known_are_said_to_be(assessment, border_table):
    i18n.use("en")
    tables = assessment.municipalities.astype(
        {"residents_0_17": float, "residents_0_17_year": float}
    )
    names = ["residents_0_17", "residents_0_17_year", "imposed"]
    tables.loc["GM0363", names] = float("nan")
    counts = assessment.counts.copy()
    counts.loc["GM0363", ["imposed", "imposed_low", "imposed_high"]] = float("nan")
    less = replace(assessment, municipalities=tables, counts=counts)
    text = made_sheet(less, "GM0363", border_table)
    figures = text.split("<h2>Figures</h2>")[1].split("</section>")[0]
    for name in ("Residents 0-17", "Supervision orders imposed"):
        assert f"{name}</th><td><strong>not known</strong>" in figures
    assert "<td>not known</td>" in figures  # the year
    assert "nan" not in figures.lower()
    assert "?" not in figures


@pytest.mark.parametrize("language", ["nl", "en"])
def test_year_of_the_residents_is_no_number(assessment, border_table, language):
    i18n.use(language)
    year = int(assessment.municipalities.loc["GM0363", "residents_0_17_year"])
    assert f"<td>{year}</td>" in made_sheet(assessment, "GM0363", border_table)


def test_map_is_painted_as_it_is_given(assessment, border_table):
    painted = measures.paint(assessment, "status").assign(colour="#abcdef", words="Painted before")
    compared = places(assessment, "GM0363", {})
    text = sheet(assessment, "GM0363", border_table, compared, Manner(level=2), painted=painted)
    assert "Painted before" in text
    assert "#abcdef" in text


def test_estimates_are_not_said_to_be_published(assessment, border_table):
    i18n.use("en")
    text = made_sheet(assessment, "GM0629", border_table)
    figures = text.split("<h2>Figures</h2>")[1].split("</section>")[0]
    assert figures.count("<td>estimated from national figures (CBS)</td>") == 2
    assert "26 measures (23 to 28)</strong>" in figures
    assert "<td>estimated from figures of CBS" in figures
    assert "<td>CBS</td>" not in figures


def test_map_says_what_it_shows(assessment, border_table):
    text = made_sheet(assessment, "GM0363", border_table)
    description = text.split("<desc")[1].split("</desc>")[0]
    for name in ("Amsterdam: ", "Diemen: ", "Zaanstad: "):
        assert name in description


def test_texts_from_files_are_escaped(assessment, border_table):
    evil = "<img src=x onerror=alert(1)>"
    register = assessment.register
    changed = replace(
        register,
        offers=register.offers.assign(name=evil, evidence=evil, source=evil),
        providers=register.providers.assign(name=evil),
        inventory=register.inventory.assign(source=evil),
    )
    rows = assessment.municipalities.assign(name=evil, count_source=evil, count_period=evil)
    bad = replace(assessment, register=changed, municipalities=rows)
    assert "<img" not in made_sheet(bad, "GM0014", border_table)


def test_places_stand_on_one_scale(assessment):
    totals = {name: assessment.regions(name) for name in ("province", COUNTRY)}
    own, province, country = places(assessment, "GM0363", totals)
    row = assessment.municipalities.loc["GM0363"]
    assert own.high == pytest.approx(1000 * row["gap_high"] / row["residents_0_17"])
    assert (province.name, country.name) == ("Noord-Holland", "Nederland")
    assert province.kind == "Provincie"
    assert all(place.low <= place.high for place in (own, province, country))


def test_place_without_residents_is_not_known(assessment, border_table):
    rows = assessment.municipalities.assign(residents_0_17=math.nan)
    unknown = replace(assessment, municipalities=rows)
    (own,) = places(unknown, "GM0363", {})
    assert math.isnan(own.high)
    text = sheet(assessment, "GM0363", border_table, (own,), Manner(level=2))
    assert "<td>niet bekend</td><td class='bar'></td>" in text


def test_region_sets_that_are_not_there_are_left_out(assessment):
    none = pd.DataFrame(index=pd.Index([], name="region_code"))
    assert len(places(assessment, "GM0363", {"corop": none})) == 1
    assert region_sets(["province"], "corop") == ["province", COUNTRY]
    assert region_sets(["province", "corop"], "corop") == ["corop", "province", COUNTRY]
    assert region_sets(["province"], "province") == ["province", COUNTRY]


def test_nobody_misses_anything(assessment, border_table):
    flat = (Place("Nergens", "", 0.0, 0.0),)
    text = sheet(assessment, "GM0363", border_table, flat, Manner(level=2))
    assert "Nergens" in text


def test_file_has_the_row_and_its_reasons(assessment, border_table):
    def made():
        return contents(assessment, "GM0014", border_table)

    book = openpyxl.load_workbook(
        io.BytesIO(download.excel(made, "en", example=assessment.is_example))
    )
    about = ["About this table", "run.json"]
    assert book.sheetnames == ["Table", "Offers", "Near here", "Not known", *about]
    assert [row[0].value for row in book["Table"].iter_rows(min_row=2)] == ["GM0014"]
    for title in ("Table", "Offers", "Near here", "Not known"):
        headings = [cell.value for cell in book[title][1]]
        assert not [text for text in headings if re.fullmatch("[a-z0-9_]+", text)]
    reasons = assessment.reasons("GM0014")
    assert [row[0].value for row in book["Offers"].iter_rows(min_row=2)] == list(reasons.index)


@pytest.mark.parametrize("code", ["GM0014", "GM0363", "GM0193"])
@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
def test_file_is_in_words(assessment, border_table, code, language):
    i18n.use(language)
    made = contents(assessment, code, border_table)
    for table in (made.table, *made.more.values()):
        free = [_("In the register"), _("Source"), _("Note")]
        texts = table.drop(columns=free, errors="ignore")
        said = texts.select_dtypes(["object", "string"]).to_numpy().ravel()
        assert not [text for text in said if re.search("[a-z]_[a-z]", text)]


def test_file_has_the_questions_as_they_stand_on_the_page(assessment, border_table):
    made = contents(assessment, "GM0363", border_table)
    text = unescape(made_sheet(assessment, "GM0363", border_table))
    asked = made.more["Niet bekend"]
    assert len(asked)
    for question, who in asked.itertuples(index=False):
        assert f"<th scope='row'>{question}</th><td>{who}</td>" in text


def test_capacity_that_is_not_known_is_not_too_little(assessment, border_table):
    near = contents(assessment, "GM0363", border_table).more["In de buurt"]
    open_ = near["Ten hoogste"] == "dekkend"
    proven = near["Status"] == "Dekkend"
    assert (near.loc[open_ & ~proven, "Genoeg capaciteit"] == "niet bekend").all()
    assert (near.loc[proven, "Genoeg capaciteit"] == "ja").all()
    assert (near.loc[~open_, "Genoeg capaciteit"] == "nee").all()
    kilometres = near.filter(like="(km)").iloc[:, 0]
    assert (kilometres == kilometres.round(1)).all()


def test_gap_per_1000_has_two_decimals_on_every_page(assessment, border_table):
    place = Place("Nergens", "", 0.871, 1.234)
    text = sheet(assessment, "GM0363", border_table, (place,), Manner(level=2))
    assert "<td>0,87 tot 1,23</td>" in text
    assert "class='sure' style='width:70.58%'" in text
    keys = ("gap_per_1000",)
    shown = gap_table.show(assessment, gap_table.View(codes=("GM0363",), keys=keys))
    row = next(shown.rows.itertuples())
    ends = (row.gap_per_1000_low, row.gap_per_1000_high)
    assert gap_table.words(row, "gap_per_1000") == rate_words(*ends)


def opened(**address):
    app = AppTest.from_string(SCRIPT, default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def shown(app):
    return "".join(one.proto.body for one in app.get("html"))


def test_without_a_municipality_the_page_asks_for_one():
    app = opened()
    assert len(app.title) == 1
    assert any(one.key == "municipality" for one in app.selectbox)
    assert not app.get("download_button")


def test_address_opens_the_municipality():
    app = opened(gemeente="GM0193", register="example")
    assert app.title[0].value == "Zwolle"
    text = shown(app)
    assert "Overijssel" in text
    assert "gemeente?" in text
    assert "gemeente=GM0193" in text
    assert "register=example" in text
    assert "class='example'" in text
    assert len(app.get("download_button")) == 1
    assert "gemeente=GM0193" in app.code[0].value


def test_old_municipality_leads_to_its_successor():
    app = opened(gemeente="GM0265")
    assert app.title[0].value == "Berg en Dal"
    assert "Millingen aan de Rijn hoort nu bij Berg en Dal" in app.info[0].value


def test_region_of_the_side_bar_hides_no_municipality():
    app = opened(gemeente="GM0363", regio="PV26")
    assert app.title[0].value == "Amsterdam"
    assert not app.warning


def test_title_is_no_markdown():
    app = opened(gemeente="GM0373")
    assert app.title[0].value == r"Bergen \(NH.\)"


def test_print_keeps_the_page_and_drops_what_is_clicked():
    css = (SHEETS / "print.css").read_text(encoding="utf-8")
    inside = css.split("@media print")[1]
    for part in ("stHeader", "stSidebar", ".stButton", "details-content", "print-color-adjust"):
        assert part in inside
    assert "size: A4" in css

"""The map page without a browser: choices, map, panel, table, and what is said on failures."""

import json
import re
from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import coverage
from coverage import i18n
from coverage.faults import BadInputError, Fault
from coverage.ui import data
from coverage.ui.chosen import Choices
from coverage.ui.download import file_name, workbook
from coverage.ui.map_page import _unit
from coverage.vocabulary import OfferFilter

APP = str(Path(__file__).parents[1] / "app.py")
CHOOSE = "Kies een gemeente, hier of op de kaart"


@pytest.fixture
def app():
    return AppTest.from_file(APP, default_timeout=60)


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


def opened(app, **address):
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def radio(app, key):
    return next(one for one in app.radio if one.key == key)


def select(app, key):
    return next(one for one in app.selectbox if one.key == key)


def components(app):
    """Data of the parts of the page that are drawn by a script."""
    return [json.loads(one.proto.json) for one in app.get("bidi_component") if one.proto.json]


def live_map(app):
    return next(one for one in components(app) if "fills" in one)


def grid(app):
    return next(one for one in components(app) if "rows" in one)


def shown(app):
    """All HTML of the page in one text."""
    html = [one.proto.body for one in app.get("html")]
    return "".join([*html, *(one["html"] for one in components(app) if "html" in one)])


def colour(drawn, code, year=2025):
    """Colour of a municipality on the map, and whether it is hatched."""
    place = data.edition(year).municipalities.index.get_loc(code)
    return tuple(drawn["colours"][drawn["fills"][place]])


def test_opens_in_dutch_with_the_newest_division(app):
    opened(app)
    assert app.title[0].value == "Zorgcoördinatie voor gezinnen, per gemeente"
    assert radio(app, "year").value == max(coverage.EDITIONS)
    assert radio(app, "register").value == "public"
    assert "is aangetoond" in app.markdown[0].value
    assert not app.warning
    assert len(grid(app)["rows"]) == 342


def test_language_switch_changes_every_heading(app):
    opened(app)
    dutch = [one.value for one in app.header]
    radio(app, "language").set_value("en").run()
    assert app.title[0].value == "Care coordination for families, by municipality"
    assert not set(dutch) & {one.value for one in app.header}
    assert [one["heading"] for one in grid(app)["columns"]] == ["Municipality", "Status", "Gap"]
    assert app.query_params["taal"] == "en"


def test_edition_switch(app):
    opened(app)
    radio(app, "year").set_value(2010).run()
    assert not app.exception
    assert len(grid(app)["rows"]) == 431
    assert "Bureau Jeugdzorg" in str(select(app, "region_set").options)
    assert app.query_params["peiljaar"] == "2010"


def test_region_filters_table_and_list(app):
    opened(app, regio="PV26")
    assert select(app, "region").value == "PV26"
    codes = data.members(2025, "province", "PV26")
    assert len(grid(app)["rows"]) == len(codes)
    # What is to choose leads into the region: its municipalities, and those that were there.
    options = select(app, "municipality").options
    assert len([one for one in options if ", nu " not in one]) == len(codes)
    assert "Maarssen, nu Stichtse Vecht" in options


def test_region_of_another_set_is_let_go(app):
    opened(app, regio="PV26")
    select(app, "region_set").set_value("corop").run()
    assert not app.exception
    assert select(app, "region").value == ""
    assert len(grid(app)["rows"]) == 342


def test_study_regions_are_marked_as_an_example_selection(app):
    opened(app, indeling="study")
    said = [one.value for one in app.caption if "voorbeeld" in one.value]
    assert len(said) == 1
    code = data.edition(2025).regions.query("region_set == 'study'")["region_code"].iloc[0]
    select(app, "region").set_value(code).run()
    # Also below the map, which can be saved as a file.
    assert len([one.value for one in app.caption if "voorbeeld" in one.value]) == 2


def test_example_register_says_so(app):
    opened(app)
    radio(app, "register").set_value("example").run()
    assert "verzonnen" in app.warning[0].value


def test_chosen_municipality_shows_status_figures_and_reasons(app):
    opened(app, register="example", gemeente="GM0193")
    text = shown(app)
    assert "<h3>Zwolle" in text
    assert "Zeker:" in text or "Ten minste:" in text
    assert "geschat" in text
    assert "Aanbod dat is gewogen" in text
    assert "Telt niet mee" in text
    assert "Inventarisatie" in text


def test_choosing_by_name_puts_it_in_the_address(app):
    opened(app)
    select(app, "municipality").set_value("GM0200").run()
    assert "<h3>Apeldoorn" in shown(app)
    assert app.query_params["gemeente"] == "GM0200"


def test_broken_link_is_told_and_the_rest_is_shown(app):
    opened(app, peiljaar="1850", gemeente="GM9999", regio="PV26")
    told = " ".join(one.value for one in app.warning)
    assert "peiljaar=1850" in told
    assert "gemeente=GM9999" in told
    assert select(app, "region").value == "PV26"
    radio(app, "year").set_value(2010).run()
    assert not any("peiljaar=1850" in one.value for one in app.warning)


@pytest.mark.parametrize("key", ["taal", "peiljaar", "register", "indeling", "regio", "gemeente"])
def test_address_is_never_repeated_as_markdown(app, key):
    opened(app, **{key: "x![a](http://127.0.0.1:9/evil.png)"})
    texts = [
        one.value for kind in ("warning", "info", "markdown", "caption") for one in app.get(kind)
    ]
    assert not any("evil" in text for text in texts)
    assert any(f"{key}=…" in text for text in texts)


def test_municipality_that_is_gone_leads_to_its_successor(app):
    opened(app, gemeente="gm0003")
    assert select(app, "municipality").value == "old:GM0003"
    assert "<h3>Eemsdelta" in shown(app)
    assert app.info[0].value == "Appingedam hoort nu bij Eemsdelta."
    assert not app.warning
    assert "".join(app.query_params["gemeente"]) == "GM0003"


def test_municipality_that_was_split_leads_to_its_largest_part(app):
    opened(app, gemeente="GM0055")
    assert select(app, "municipality").value == "old:GM0055"
    assert "<h3>Leeuwarden" in shown(app)
    assert app.info[0].value.endswith("De pagina toont Leeuwarden.")
    assert "Súdwest-Fryslân" in app.info[0].value


def test_switch_of_edition_keeps_the_place(app):
    opened(app, peiljaar="2010", gemeente="GM0003")
    radio(app, "year").set_value(2025).run()
    assert select(app, "municipality").value == "old:GM0003"
    assert live_map(app)["selected"] == "GM1979"
    assert len(app.info) == 1
    assert not app.warning
    radio(app, "year").set_value(2010).run()
    assert select(app, "municipality").value == "GM0003"
    assert not app.info


def test_municipality_of_now_in_the_past(app):
    opened(app)
    select(app, "municipality").set_value("GM1979").run()
    radio(app, "year").set_value(2010).run()
    assert app.info[0].value.startswith("In 2010 was er geen gemeente Eemsdelta.")
    assert not app.warning
    select(app, "municipality").set_value("GM0363").run()
    assert not app.info


def test_region_that_leaves_the_municipality_out_is_no_broken_link(app):
    opened(app, gemeente="GM0363")
    select(app, "region").set_value("PV26").run()
    assert select(app, "municipality").value is None
    assert not app.warning


def test_small_letters_in_a_code_are_fine(app):
    opened(app, gemeente="gm0363")
    assert select(app, "municipality").value == "GM0363"
    assert not app.warning


def test_totals_say_what_year_the_counts_are_of(app):
    opened(app, peiljaar="2010")
    assert "gezinnen per jaar (geschat, cijfers van 2010)" in shown(app)


def test_unit_without_estimate():
    i18n.use("en")
    said = _unit("observed", pd.Series(["2023", "2022"]))
    assert said == "families a year (calculated from counts of 2022 and 2023)"


def test_method_is_explained_with_the_numbers_of_the_settings(app):
    opened(app)
    assert app.expander[0].label == "Hoe deze cijfers zijn gemaakt"
    text = shown(app)
    for part in (
        "3% van de",
        "10% tot 15%",
        "Niet bekend is iets anders dan geen.",
        "href='verantwoording'",
    ):
        assert part in text


def test_map_and_table_and_legend_tell_the_same(app):
    opened(app, register="example", regio="PV26", toon="gap")
    drawn = live_map(app)
    codes = data.members(2025, "province", "PV26")
    assert sorted(drawn["inside"]) == codes
    assert len(drawn["fills"]) == len(drawn["words"]) == 342
    legend = shown(app)[shown(app).index("<table class='coverage-legend'>") :]
    assert sum(map(int, re.findall(r"<b>\((\d+)\)</b>", legend))) == len(codes)
    assert "Utrecht" in drawn["label"]
    assert f"id='{drawn['described_by']}'" in shown(app)
    assert drawn["example"] == "VOORBEELD: verzonnen gegevens"


def test_measure_paints_the_map_and_goes_into_the_address(app):
    opened(app)
    before = live_map(app)
    assert colour(before, "GM0363") != colour(before, "GM0014")
    select(app, "measure").set_value("demand").run()
    after = live_map(app)
    assert after["shapes"] == before["shapes"], "boundaries travel once"
    assert after["painted"].endswith(" demand")
    assert after["fills"] != before["fills"]
    assert app.query_params["toon"] in ("demand", ["demand"])


def test_filters_paint_the_functions(app):
    opened(app, toon="coordination", register="example")
    before = live_map(app)["fills"]
    widget = next(one for one in app.multiselect if one.key == "only")
    widget.set_value([]).run()
    assert live_map(app)["fills"] != before
    assert app.query_params["alleen"] in ("geen", ["geen"])
    assert any("elk aanbod" in one.value for one in app.caption)


def test_only_assertive_outreach_is_never_better_and_says_so(app):
    opened(app, register="example", alleen=",".join(map(str, OfferFilter)))
    assert not app.error
    assert any("drang" in one.value for one in app.caption)


def test_locations_come_only_when_they_are_asked_for(app):
    opened(app)
    assert live_map(app)["locations"] is None
    checkbox = next(one for one in app.checkbox if one.key == "locations")
    checkbox.check().run()
    points = live_map(app)["locations"]
    assert points
    assert all({"at", "title", "lines", "offer"} == set(one) for one in points)
    assert live_map(app)["base_map"] is None
    offer = points[0]["offer"]
    select(app, "offer").set_value(offer).run()
    assert not app.error
    assert app.query_params["aanbod"] in (offer, [offer])


def test_base_map_is_off_and_never_in_an_address(app):
    opened(app)
    assert live_map(app)["base_map"] is None
    checkbox = next(one for one in app.checkbox if one.key == "base_map")
    checkbox.check().run()
    assert live_map(app)["base_map"]["address"].startswith("https://service.pdok.nl/")
    assert not app.query_params


def test_chosen_municipality_is_marked_on_map_and_in_table(app):
    opened(app, gemeente="GM0265")
    assert live_map(app)["selected"] == "GM1945"
    assert [one["key"] for one in grid(app)["rows"] if one.get("current")] == ["GM1945"]


def test_region_moves_the_map(app):
    opened(app)
    whole = live_map(app)
    assert (whole["view"], whole["inside"], whole["region"]) == ("", None, None)
    select(app, "region").set_value("PV26").run()
    part = live_map(app)
    assert part["view"] == "province:PV26"
    assert part["corners"] != whole["corners"]
    assert part["region"]["type"] in {"Polygon", "MultiPolygon"}


def test_unknown_is_words_in_the_table(app):
    opened(app)
    cells = json.dumps([one["cells"] for one in grid(app)["rows"]], ensure_ascii=False)
    assert "niet bekend" in cells.lower()
    assert not re.search(r"\b(None|nan|NaN|null)\b", cells)


def test_strange_address_does_no_harm(app):
    opened(app, taal="<script>", peiljaar="²", register="", indeling="%00", regio="'")
    assert radio(app, "language").value == "nl"
    assert len(grid(app)["rows"]) == 342


def test_faults_in_the_register_are_told_without_a_traceback(app, monkeypatch):
    def refuse(_path):
        raise BadInputError([Fault("offers.csv", 7, "kvk", "12", "“{value}” is wrong.")])

    monkeypatch.setattr(coverage, "read_register", refuse)
    data.shipped.clear()
    data._assessment.clear()
    opened(app)
    assert "fouten in de bestanden" in app.error[0].value
    assert any("offers.csv" in one.value for one in app.text)


def test_missing_data_are_told_without_a_traceback(app, monkeypatch):
    def refuse(_path):
        raise FileNotFoundError("offers.csv")

    monkeypatch.setattr(coverage, "read_register", refuse)
    data.shipped.clear()
    data._assessment.clear()
    opened(app)
    assert "niet worden getoond" in app.error[0].value
    assert not app.exception


@pytest.fixture(scope="module")
def assessment():
    return coverage.assess(
        coverage.load_edition(2025), coverage.read_register(coverage.PUBLIC_REGISTER)
    )


def test_file_is_the_table_of_the_command_line(assessment, tmp_path):
    codes = ["GM0363", "GM0014"]
    path = tmp_path / file_name(assessment)
    assert path.name == "dekkend-2025.xlsx"
    path.write_bytes(workbook(assessment, codes, "en"))
    assert i18n.language() == i18n.DEFAULT
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Table", "About this table", "run.json"]
    head, *rows = book["Table"].iter_rows(values_only=True)
    assert list(head) == list(assessment.table().columns)
    assert [row[0] for row in rows] == sorted(codes)


def test_file_of_the_example_says_so():
    example = data.assessment(Choices(2010, "example", "province", ""))
    assert file_name(example) == "dekkend-2010-voorbeeld.xlsx"
    assert workbook(example, ["GM0363"], "nl")[:2] == b"PK"

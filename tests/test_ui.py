"""The app without a browser: choices, panel, table, and what is said when things fail."""

from pathlib import Path

import openpyxl
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import coverage
from coverage import i18n
from coverage.faults import BadInputError, Fault
from coverage.ui import data
from coverage.ui.download import file_name, workbook
from coverage.ui.map_page import _alphabet, _code, _labels, _unit
from coverage.ui.table import headed, headed_regions

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


def shown(app):
    """All HTML of the page in one text."""
    return "".join(one.proto.body for one in app.get("html"))


def test_opens_in_dutch_with_the_newest_division(app):
    opened(app)
    assert app.title[0].value == "Zorgcoördinatie voor gezinnen, per gemeente"
    assert radio(app, "year").value == max(coverage.EDITIONS)
    assert radio(app, "register").value == "public"
    assert "is aangetoond" in app.markdown[0].value
    assert not app.warning
    assert len(app.dataframe[0].value) == 342


def test_language_switch_changes_every_heading(app):
    opened(app)
    dutch = [one.value for one in app.header]
    radio(app, "language").set_value("en").run()
    assert app.title[0].value == "Care coordination for families, by municipality"
    assert not set(dutch) & {one.value for one in app.header}
    assert list(app.dataframe[0].value.columns[:4]) == [
        "Municipality",
        "Status",
        "Gap from",
        "Gap to",
    ]
    assert app.query_params["taal"] == "en"


def test_edition_switch(app):
    opened(app)
    radio(app, "year").set_value(2010).run()
    assert not app.exception
    assert len(app.dataframe[0].value) == 431
    assert "Bureau Jeugdzorg" in str(select(app, "region_set").options)
    assert app.query_params["peiljaar"] == "2010"


def test_region_filters_table_and_list(app):
    opened(app, regio="PV26")
    assert select(app, "region").value == "PV26"
    codes = data.members(2025, "province", "PV26")
    assert len(app.dataframe[0].value) == len(codes)
    assert len(select(app, "municipality").options) == len(codes)


def test_region_of_another_set_is_let_go(app):
    opened(app, regio="PV26")
    select(app, "region_set").set_value("corop").run()
    assert not app.exception
    assert select(app, "region").value == ""
    assert len(app.dataframe[0].value) == 342


def test_study_regions_are_marked_as_an_example_selection(app):
    opened(app, indeling="study")
    marked = [one.value for one in app.caption if "voorbeeldkeuze" in one.value]
    assert len(marked) == 2  # at the choice, and at the table of these regions


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
    assert select(app, "municipality").value == "GM1979"
    assert app.info[0].value == "Appingedam hoort nu bij Eemsdelta."
    assert not app.warning
    assert app.query_params["gemeente"] == "GM1979"


def test_municipality_that_was_split_leads_to_its_largest_part(app):
    opened(app, gemeente="GM0055")
    assert select(app, "municipality").value == "GM0080"
    assert app.info[0].value.endswith("De pagina toont Leeuwarden.")
    assert "Súdwest-Fryslân" in app.info[0].value


def test_switch_of_edition_keeps_the_place(app):
    opened(app, peiljaar="2010", gemeente="GM0003")
    radio(app, "year").set_value(2025).run()
    assert select(app, "municipality").value == "GM1979"
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
    assert _unit("observed", pd.Series(["2023", "2022"])) == (
        "gezinnen per jaar (cijfers van 2022 en 2023)"
    )


def test_method_is_explained_with_the_numbers_of_the_settings(app):
    opened(app)
    assert app.expander[0].label == "Hoe deze cijfers zijn gemaakt"
    text = shown(app)
    for part in (
        "3% van de",
        "10% tot 15%",
        "90 van de 100",
        "tot 4 jaar nadat",
        "tellen kinderen",
    ):
        assert part in text


def test_regions_stand_beside_each_other_until_one_is_chosen(app):
    opened(app)
    assert len(app.dataframe[1].value) == 12
    select(app, "region").set_value("PV26").run()
    assert len(app.dataframe) == 1


def test_unknown_is_words_in_the_tables(app):
    opened(app)
    assert [one.proto.placeholder for one in app.dataframe] == ["niet bekend", "niet bekend"]


def test_strange_address_does_no_harm(app):
    opened(app, taal="<script>", peiljaar="²", register="", indeling="%00", regio="'")
    assert radio(app, "language").value == "nl"
    assert len(app.dataframe[0].value) == 342


def test_faults_in_the_register_are_told_without_a_traceback(app, monkeypatch):
    def refuse(_path):
        raise BadInputError([Fault("offers.csv", 7, "kvk", "12", "“{value}” is wrong.")])

    monkeypatch.setattr(coverage, "read_register", refuse)
    data.register.clear()
    data.assessment.clear()
    opened(app)
    assert "fouten in de bestanden" in app.error[0].value
    assert any("offers.csv" in one.value for one in app.text)
    data.assessment.clear()


def test_missing_data_are_told_without_a_traceback(app, monkeypatch):
    def refuse(_path):
        raise FileNotFoundError("offers.csv")

    monkeypatch.setattr(coverage, "read_register", refuse)
    data.register.clear()
    data.assessment.clear()
    opened(app)
    assert "niet worden getoond" in app.error[0].value
    assert not app.exception
    data.assessment.clear()


@pytest.fixture(scope="module")
def assessment():
    return coverage.assess(
        coverage.load_edition(2025), coverage.read_register(coverage.PUBLIC_REGISTER)
    )


def test_table_has_figures_to_sort_by(assessment):
    table = headed(assessment.municipalities)
    assert list(table.columns[2:]) == list(table.select_dtypes("number").columns)
    assert "Niet bekend" in set(table["Status"])


def test_capacity_without_any_bound_is_no_zero(assessment):
    rows = assessment.municipalities
    table = headed(rows)
    nothing = (rows["capacity_low"] == 0) & rows["capacity_high"].isna()
    assert nothing.any()
    assert table.loc[nothing, "Capaciteit van"].isna().all()
    assert table.loc[~nothing, "Capaciteit van"].notna().all()


def test_table_of_regions_has_every_region(assessment):
    table = headed_regions(assessment.regions("province"))
    assert len(table) == 12
    assert list(table["Regio"]) == sorted(table["Regio"])
    assert table["Gemeenten"].sum() == len(assessment.municipalities)


def test_file_is_the_table_of_the_command_line(assessment, tmp_path):
    codes = ["GM0363", "GM0014"]
    path = tmp_path / file_name(assessment)
    assert path.name == "dekkend-2025.xlsx"
    path.write_bytes(workbook(assessment, codes, "en"))
    assert i18n.language() == i18n.DEFAULT
    book = openpyxl.load_workbook(path)
    assert book.sheetnames == ["Table", "About this table"]
    head, *rows = book["Table"].iter_rows(values_only=True)
    assert list(head) == list(assessment.table().columns)
    assert [row[0] for row in rows] == sorted(codes)


def test_file_of_the_example_says_so():
    example = data.assessment(2010, "example")
    assert file_name(example) == "dekkend-2010-voorbeeld.xlsx"
    assert workbook(example, ["GM0363"], "nl")[:2] == b"PK"


def test_names_that_occur_twice_get_their_province():
    rows = pd.DataFrame(
        {"name": ["Bergen", "Bergen", "Ede"], "province": ["Limburg", "Noord-Holland", "G"]},
        index=["GM1", "GM2", "GM3"],
    )
    assert _labels(rows) == {
        "GM1": "Bergen (Limburg)",
        "GM2": "Bergen (Noord-Holland)",
        "GM3": "Ede",
    }


def test_apostrophe_is_no_letter():
    names = pd.Series(["'s-Hertogenbosch", "Aalten", "Utrecht"])
    assert list(names.sort_values(key=_alphabet)) == ["Aalten", "'s-Hertogenbosch", "Utrecht"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ({"last_active_drawing": None}, None),
        ({}, None),
        ({"last_active_drawing": {"properties": {}}}, None),
        ({"last_active_drawing": {"properties": {"gm_code": "GM0200"}}}, "GM0200"),
    ],
)
def test_click_names_a_municipality_or_nothing(value, code):
    assert _code(value) == code

"""The app without a browser: choices, panel, table, and what is said when things fail."""

from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import coverage
from coverage import i18n
from coverage.faults import BadInputError, Fault
from coverage.ui import data
from coverage.ui.map_page import _alphabet, _code, _labels
from coverage.ui.panel import panel
from coverage.ui.table import headed

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
    assert any("voorbeeldkeuze" in one.value for one in app.caption)


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


def test_panel_of_each_municipality_can_be_made(assessment):
    for language in i18n.LANGUAGES:
        i18n.use(language)
        for code in assessment.municipalities.index:
            assert "<h3>" in panel(assessment, code)


def test_panel_never_says_none_for_not_known(assessment):
    row = assessment.municipalities.query("~known").iloc[0]
    text = panel(assessment, row.name)
    assert "Niet bekend is iets anders dan geen." in text
    assert "geen vrijwillig aanbod" not in text.lower()


def test_panel_escapes_texts_and_links_only_web_addresses(assessment, monkeypatch):
    offer = assessment.register.offers.iloc[0]
    monkeypatch.setattr(
        type(assessment),
        "reasons",
        lambda _self, _code: pd.DataFrame(
            {
                "offer": ["<img src=x onerror=alert(1)>", "Tweede"],
                "provider": ["A & B", ""],
                "outcome": ["unknown", "counts"],
                "test": ["long_term", ""],
                "answer": ["unknown", ""],
                "coordination": ["unknown", "present"],
                "evidence": ["'citaat' <b>", ""],
                "capacity_share": [float("nan"), 2.5],
                "source": ["javascript:alert(1)", "https://www.voorbeeld.nl/?a=1&b='2'"],
                "source_date": ["2014-07", ""],
                "certainty": ["low", ""],
                "status": ["observed", "example"],
            }
        ),
    )
    text = panel(assessment, "GM0200")
    assert "<img" not in text
    assert "&lt;img src=x onerror=alert(1)&gt;" in text
    assert "javascript:alert(1), juli 2014, zekerheid: laag" in text
    assert "href='javascript" not in text
    assert "href='https://www.voorbeeld.nl/?a=1&amp;b=&#x27;2&#x27;'" in text
    assert "rel='noopener noreferrer'" in text
    assert "Telt mee: plaats voor 2,5 gezinnen per jaar uit deze gemeente." in text
    assert "Telt misschien mee. Is het langdurig? Niet bekend." in text
    assert offer["name"] not in text


def test_table_has_figures_to_sort_by(assessment):
    table = headed(assessment.municipalities)
    assert list(table.columns[2:]) == list(table.select_dtypes("number").columns)
    assert "Niet bekend" in set(table["Status"])


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

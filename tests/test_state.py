"""What is chosen: from the address, back into it, and what of a link cannot be followed."""

import math
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import coverage
from coverage import i18n, search
from coverage.settings import Settings
from coverage.ui import session_settings, state
from coverage.ui.chosen import Choices
from coverage.ui.session_settings import FIELDS as SETTINGS
from coverage.ui.session_settings import RANGE as SETTINGS_RANGE
from coverage.ui.settings_form import FIELDS
from coverage.ui.state import ADDRESS, LISTS, SWITCHES
from coverage.vocabulary import OfferFilter

APP = str(Path(__file__).parents[1] / "app.py")
TEXTS = sorted(set(ADDRESS) - LISTS - SWITCHES - set(SETTINGS) - {"year"})


@pytest.fixture(autouse=True)
def dutch():
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture
def session(monkeypatch):
    """State of a session and the address, without a page."""
    context = SimpleNamespace(url="http://127.0.0.1/kaart")
    made = SimpleNamespace(session_state={}, query_params={}, told=[], context=context)
    made.warning = made.told.append
    for module in (state, session_settings):
        monkeypatch.setattr(module, "st", made)
    return made


# Values in the address


def back(key, value):
    """Value of a choice after a way through an address."""
    return state._value(key, state._text(key, value))


@given(st.sampled_from(TEXTS), st.text())
def test_texts_come_back(key, text):
    assume(key != "municipality")
    assert back(key, text) == text


@given(st.from_regex(r"GM[0-9]{4}", fullmatch=True))
def test_codes_come_back_without_their_age(code):
    assert back("municipality", code) == code
    assert back("municipality", f"old:{code}") == code
    assert state._value("municipality", code.lower()) == code


@given(
    st.sampled_from(sorted(LISTS)),
    st.lists(st.from_regex(r"[A-Za-z_:0-9]+", fullmatch=True).filter(lambda one: one != "geen")),
)
def test_lists_come_back(key, values):
    assert back(key, values) == values
    assert back(key, tuple(values)) == values


def test_list_of_nothing_is_a_word():
    assert state._text("only", []) == "geen"
    assert state._value("only", "geen") == []


@pytest.mark.parametrize(("value", "text"), [(True, "ja"), (False, "nee")])
def test_switches_are_words(value, text):
    for key in SWITCHES:
        assert state._text(key, value) == text
        assert state._value(key, text) is value
        assert state._value(key, "maybe") == "maybe"


@given(st.integers(1000, 9999))
def test_years_come_back_as_whole_numbers(year):
    assert back("year", year) == year
    assert isinstance(back("year", year), int)
    assert state._value("year", f"{year}.0") == year


@given(st.sampled_from(sorted(SETTINGS)), st.data())
def test_settings_come_back(key, data):
    low, high = SETTINGS_RANGE[key]
    if key == "sighting":
        value = data.draw(st.integers(low, high))
        assert isinstance(back(key, value), int)
    else:
        value = round(data.draw(st.floats(low, high)), 6)
    assert back(key, value) == value


@pytest.mark.parametrize("text", ["", "een", "²", "--1", "1,5", "0x1", "1e"])
def test_no_number_stays_text(text):
    for key in ("year", *SETTINGS):
        assert state._value(key, text) == text


@given(st.sampled_from(sorted(ADDRESS)), st.text())
def test_nothing_in_an_address_fails(key, text):
    state._text(key, state._value(key, text))


def test_arithmetic_leaves_no_trace_in_the_address():
    assert state._text("imposed", 0.035 + 1e-17) == "0.035"
    assert state._text("imposed", 0.1 + 0.2) == "0.3"


def test_names_in_the_address_are_distinct():
    assert len(set(ADDRESS.values())) == len(ADDRESS)
    assert {*LISTS, *SWITCHES, *SETTINGS} <= set(ADDRESS)
    assert set(SETTINGS.values()) == set(Settings.model_fields)


def test_link_can_ask_for_what_the_form_can():
    for key, name in SETTINGS.items():
        field = FIELDS[name]
        low, high = SETTINGS_RANGE[key]
        assert low <= field.used(field.low) <= getattr(Settings(), name)
        assert getattr(Settings(), name) <= field.used(field.high) <= high


# Options


def test_default_holds_until_a_choice_is_made(session):
    assert state.settle("measure", ["status", "gap"], "status") == "status"
    session.session_state["measure"] = "gap"
    assert state.settle("measure", ["status", "gap"], "status") == "gap"
    session.session_state["measure"] = "gone"
    assert state.settle("measure", ["status", "gap"], "status") == "status"
    state.tell_broken()
    assert session.told == []  # no link asked for it


def linked(session, **address):
    """Take over an address as a session does at its start."""
    session.query_params.update({ADDRESS[key]: text for key, text in address.items()})
    state.read()


def told(session):
    session.told.clear()
    state.tell_broken()
    return session.told


def test_link_to_no_option_is_told_until_a_choice_is_made(session):
    linked(session, measure="gone")
    state.settle("measure", ["status", "gap"], "status")
    (text,) = told(session)
    assert "toon=gone" in text
    assert "gewone keuze" in text
    session.session_state["measure"] = "gap"
    assert told(session) == []


def test_rest_of_a_list_is_followed_and_told(session):
    linked(session, only="voluntary,gone,voluntary")
    options = ["voluntary", "long_term"]
    assert state.settle_many("only", options, options) == ["voluntary"]
    i18n.use("en")
    (text,) = told(session)
    assert text == (
        "The link asks for “alleen=voluntary,gone,voluntary”. "
        "A part of that does not exist here, and is left out."
    )
    session.session_state["only"] = ["long_term"]
    assert told(session) == []


def test_list_of_no_option_is_the_default(session):
    linked(session, only="gone,lost")
    assert state.settle_many("only", ["voluntary"], ["voluntary"]) == ["voluntary"]
    assert "gewone keuze" in told(session)[0]


def test_empty_list_is_a_choice(session):
    linked(session, only="geen")
    assert state.settle_many("only", ["voluntary"], ["voluntary"]) == []
    assert told(session) == []


def test_list_keeps_the_order_and_at_most_so_many(session):
    linked(session, regions="c,a,b")
    assert state.settle_many("regions", ["a", "b", "c"], [], most=2) == ["c", "a"]
    assert len(told(session)) == 1


def test_defaults_of_a_list_are_not_changed_by_a_reader(session):
    usual = ["a"]
    state.settle_many("columns", ["a", "b"], usual).append("b")
    assert usual == ["a"]
    state.settle_many("columns", ["a", "b"], usual)
    assert session.session_state["default_choices"]["columns"] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        "![a](http://127.0.0.1:9/evil.png)",
        "<script>alert(1)</script>",
        "[x](javascript:alert(1))",
        "a b",
        "x" * 41,
        "évil",
        "a\nb",
        "",
        ":red[evil]",
    ],
)
@pytest.mark.parametrize("key", sorted(ADDRESS))
def test_hostile_values_are_not_repeated(session, key, text):
    linked(session, **{key: text})
    if key in LISTS:
        state.settle_many(key, ["a"], ["a"])
    elif key in SETTINGS:
        assert session_settings.current() == Settings()
    else:
        state.settle(key, ["a"], "a")
    (said,) = told(session)
    assert f"“{ADDRESS[key]}=…”" in said
    assert text not in said or not text


@given(st.text())
def test_text_for_a_message_has_no_markup(text):
    plain = state.plain_text(text)
    assert plain.replace("\\", "") == text.replace("\\", "")
    for sign in "`*_{}[]()<>#+!|~$:":
        assert plain.count(sign) == plain.count(f"\\{sign}")


# Settings


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (key, text)
        for key in SETTINGS
        for text in ("een", "nan", "inf", "-inf", "1e308", "1e400", "-1", "99999", "")
    ]
    + [
        ("imposed", "1.01"),
        ("children", "0"),
        ("children", "5e-324"),
        ("children", "101"),
        ("confidence", "1"),
        ("confidence", "0"),
        ("sighting", "2.5"),
        ("sighting", "99999999999999999999"),
        ("extended_low", "0.16"),
        ("extended_high", "0.09"),
    ],
)
def test_settings_that_cannot_be_are_told(session, key, text):
    other = "imposed" if key == "children" else "children"
    linked(session, **{key: text, other: "0.05" if other == "imposed" else "2"})
    found = session_settings.current()
    # The rest of the link is followed, and nothing else is blamed.
    assert found == replace_settings(
        **({"share_imposed": 0.05} if other == "imposed" else {"children_per_family": 2.0})
    )
    (said,) = told(session)
    assert f"{ADDRESS[key]}=" in said
    assert "gewone keuze" in said
    assert state.link("kaart") == f"kaart?{ADDRESS[other]}={2 if other == 'children' else 0.05}"


@pytest.mark.parametrize(
    ("low", "high", "blamed"),
    [
        ("0.14", "0.11", {"verlengd_laag", "verlengd_hoog"}),
        ("0.5", "0.4", {"verlengd_laag", "verlengd_hoog"}),
        ("een", "0.3", {"verlengd_laag"}),
        ("een", "0.05", {"verlengd_laag", "verlengd_hoog"}),
        ("0.2", "2", {"verlengd_laag", "verlengd_hoog"}),
        ("0.1", "-1", {"verlengd_hoog"}),
    ],
)
def test_two_ends_that_cannot_be_together(session, low, high, blamed):
    linked(session, extended_low=low, extended_high=high, imposed="0.05")
    found = session_settings.current()
    assert found.share_imposed == 0.05
    assert found.share_extended_low <= found.share_extended_high
    said = told(session)
    assert {name for name in ADDRESS.values() if any(f"“{name}=" in one for one in said)} == blamed


def test_settings_that_can_be_are_used(session):
    linked(session, imposed="0.05", extended_low="0.2", extended_high="0.3", sighting="6")
    assert session_settings.current() == Settings(
        share_imposed=0.05,
        share_extended_low=0.2,
        share_extended_high=0.3,
        sighting_holds_years=6,
    )
    assert told(session) == []
    assert parse_qs(urlsplit(state.link("kaart")).query) == {
        "opgelegd": ["0.05"],
        "verlengd_laag": ["0.2"],
        "verlengd_hoog": ["0.3"],
        "gezien": ["6"],
    }


def test_settings_of_the_method_stay_out_of_the_address(session):
    session_settings.current()
    assert state.link("kaart") == "kaart"
    session_settings.choose(replace_settings(children_per_family=2.0))
    assert session_settings.current().children_per_family == 2.0
    assert state.link("kaart") == "kaart?kinderen=2"
    assert not session.told


def replace_settings(**changes):
    return Settings().model_copy(update=changes)


# Links


@pytest.fixture
def chosen(session):
    """A session in which some choices differ from their defaults."""
    linked(session, year="2010", measure="gap", municipality="GM0363", find="'s & <b>")
    state.settle("year", [2010, 2025], 2025)
    state.settle("measure", ["status", "gap"], "status")
    state.settle("register", ["public", "example"], "public")
    state.settle("locations", [False, True], default=False)
    state.settle_many("only", ["voluntary", "long_term"], ["voluntary", "long_term"])
    return session


def query(address):
    return {name: value[0] for name, value in parse_qs(urlsplit(address).query).items()}


BASE = {"peiljaar": "2010", "toon": "gap", "gemeente": "GM0363", "zoek": "'s & <b>"}


@pytest.mark.usefixtures("chosen")
def test_link_keeps_what_is_chosen():
    address = state.link("gemeente")
    assert urlsplit(address).path == "gemeente"
    assert query(address) == BASE


@pytest.mark.usefixtures("chosen")
def test_link_changes_and_drops_what_it_is_told():
    address = state.link(
        "gemeente", municipality="old:GM0200", measure=None, locations=True, only=[]
    )
    assert query(address) == {
        "peiljaar": "2010",
        "gemeente": "GM0200",
        "zoek": "'s & <b>",
        "locaties": "ja",
        "alleen": "geen",
    }


@pytest.mark.usefixtures("session")
def test_link_without_choices_is_the_bare_page():
    assert state.link("kaart") == "kaart"
    assert state.link("") == "./"


class Address(dict):
    """The address, and what was written to it."""

    def __init__(self, there):
        super().__init__(there)
        self.written = []

    def from_dict(self, wanted):
        self.written.append(wanted)
        self.clear()
        self.update(wanted)


def test_address_is_written_only_when_it_changes(chosen):
    chosen.query_params = Address(BASE | {"other": "1"})
    state.write()
    state.write()
    assert chosen.query_params.written == [BASE]


def test_back_to_an_earlier_address_shows_what_it_showed(chosen):
    chosen.query_params = Address(BASE)
    state.write()
    state.go_back({"toon": "demand", "alleen": "gone"})
    options = ["voluntary", "long_term"]
    assert state.settle("measure", ["status", "gap", "demand"], "status") == "demand"
    assert state.settle("year", [2010, 2025], 2025) == 2025
    assert state.settle_many("only", options, options) == options
    assert len(told(chosen)) == 1
    assert "municipality" not in chosen.session_state


def test_address_alone_changes_nothing_after_the_start(chosen):
    chosen.query_params = Address({"toon": "demand"})
    state.read()
    assert chosen.session_state["measure"] == "gap"


def test_choices_of_other_pages_are_kept(chosen):
    chosen.session_state.update(columns=["a", "b"], sort="-gap_high")
    assert query(state.link("kaart")) == BASE | {"kolommen": "a,b", "sorteer": "-gap_high"}


def test_session_knows_better_than_the_address(session):
    linked(session, measure="gap")
    session.session_state["measure"] = "status"
    linked(session, measure="demand")
    assert session.session_state["measure"] == "status"


def test_choices_are_usual_ones_by_default():
    usual = Choices(2025, "public", "province", "")
    assert usual.only == {OfferFilter.VOLUNTARY, OfferFilter.LONG_TERM}
    assert usual.settings == Settings()
    assert replace(usual, year=2010) != usual
    assert hash(usual.only)


def test_not_a_number_is_never_a_choice(session):
    linked(session, year="nan")
    assert math.isnan(session.session_state["year"])
    assert state.settle("year", [2010, 2025], 2025) == 2025
    assert "peiljaar=nan" in told(session)[0]


# On the page


def opened(**address):
    app = AppTest.from_file(APP, default_timeout=60)
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    assert not app.error
    return app


def widget(app, kind, key):
    return next(one for one in getattr(app, kind) if one.key == key)


def address(app):
    return {name: app.query_params[name] for name in app.query_params}


@pytest.mark.parametrize(
    "asked",
    [
        {"taal": "en"},
        {"peiljaar": "2010", "indeling": "bureau_jeugdzorg"},
        {"register": "example", "toon": "gap_per_1000"},
        {"toon": "coordination", "alleen": "voluntary"},
        {"alleen": "geen"},
        {"alleen": "voluntary,long_term,assertive_outreach"},
        {"locaties": "ja"},
        {"regio": "PV26", "gemeente": "GM0344"},
        {"opgelegd": "0.05", "kinderen": "1.5", "gezien": "6"},
        {"kolommen": "a,b", "sorteer": "-gap_high", "zoek": "'s & <b>", "regios": "geen"},
    ],
)
def test_link_shows_what_was_copied(asked):
    app = opened(**asked)
    assert address(app) == {name: [value] for name, value in asked.items()} or (
        address(app) == asked
    )
    assert not [one.value for one in app.warning if "link" in one.value.lower()]


@pytest.mark.parametrize(
    "asked",
    [
        {"peiljaar": "nan"},
        {"peiljaar": "1e400"},
        {"alleen": ""},
        {"locaties": "maybe"},
        {"locaties": "ja", "aanbod": "nope"},
        {"toon": "__class__"},
        {"gemeente": ""},
        {"kinderen": "5e-324"},
        {"kinderen": "1e308"},
        {"gezien": "1e300"},
        {"maanden": "1e308"},
        {"zekerheid": "nan"},
        {"verlengd_laag": "0.4", "verlengd_hoog": "0.3"},
    ],
)
def test_broken_link_falls_back_with_a_message(asked):
    app = opened(**asked)
    said = " ".join(one.value for one in app.warning)
    assert any(f"{name}=" in said for name in asked)
    assert set(address(app)) <= {"locaties"}


def test_code_of_then_leads_to_now_and_back():
    app = opened(gemeente="GM0265")
    assert widget(app, "selectbox", "municipality").value == "old:GM0265"
    assert address(app)["gemeente"] in ("GM0265", ["GM0265"])
    assert app.info[0].value == "Millingen aan de Rijn hoort nu bij Berg en Dal."
    widget(app, "radio", "year").set_value(2010).run()
    assert widget(app, "selectbox", "municipality").value == "GM0265"
    assert not app.info
    widget(app, "radio", "year").set_value(2025).run()
    assert widget(app, "selectbox", "municipality").value == "old:GM0265"
    assert not app.warning
    assert not app.error


def test_code_of_now_is_found_in_the_past():
    app = opened(gemeente="GM1945", peiljaar="2010")
    assert app.info[0].value.startswith("In 2010 was er geen gemeente Berg en Dal.")
    assert not app.warning
    widget(app, "radio", "year").set_value(2025).run()
    assert widget(app, "selectbox", "municipality").value == "GM1945"
    assert not app.info


def test_choices_stay_when_another_is_made():
    app = opened(kolommen="a,b", opgelegd="0.05", toon="gap", alleen="voluntary")
    before = address(app)
    widget(app, "radio", "register").set_value("example").run()
    after = address(app)
    assert after.pop("register") in ("example", ["example"])
    assert after == before


def turned_to(app, page):
    """Go to another page as the menu does; a page that is a function has no path."""
    app._page_hash = calc_hash(page)
    app.run()
    assert not app.exception
    assert not app.error
    return app


def test_choices_stay_from_page_to_page():
    asked = {
        "peiljaar": "2010",
        "register": "example",
        "regio": "PV26",
        "gemeente": "GM0344",
        "toon": "gap",
        "locaties": "ja",
        "alleen": "voluntary",
        "opgelegd": "0.05",
        "sorteer": "name",
    }
    app = opened(**asked)
    before = address(app)
    for page in ("verantwoording", "tekorttabel", "kaart"):
        assert address(turned_to(app, page)) == before, page
    assert widget(app, "selectbox", "measure").value == "gap"
    assert widget(app, "checkbox", "locations").value is True
    assert widget(app, "multiselect", "only").value == ["voluntary"]


def test_region_set_of_one_edition_is_let_go_without_a_message():
    app = opened(peiljaar="2010", indeling="bureau_jeugdzorg")
    widget(app, "radio", "year").set_value(2025).run()
    assert widget(app, "selectbox", "region_set").value == "province"
    assert not app.warning


def test_municipality_that_a_region_does_not_have_is_let_go_and_told():
    app = opened(gemeente="GM0193")
    assert not app.info
    next(one for one in app.selectbox if one.key == "region").set_value("PV20").run()
    assert "losgelaten: de gemeente" in app.info[0].value
    next(one for one in app.selectbox if one.key == "municipality").set_value("GM0014").run()
    assert not app.info


@pytest.mark.parametrize("year", [2010, 2025])
def test_old_municipality_in_a_region_with_a_part_of_it(year):
    """Its largest part may lie in another region: the map and the list must agree."""
    edition = coverage.load_edition(year)
    regions = edition.regions.set_index(["region_set", "gm_code"])["region_code"]
    region_set, place, region = next(
        (region_set, place, regions[region_set, heir])
        for place in search.places(edition)
        for heir in place.heirs[1:]
        for region_set in edition.regions["region_set"].unique()
        if (region_set, heir) in regions.index
        and regions[region_set, heir] != regions.get((region_set, place.code))
    )
    app = opened(
        peiljaar=str(year),
        indeling=str(region_set),
        regio=str(region),
        gemeente=place.key.removeprefix(search.OLD),
    )
    assert app.title


def test_name_that_no_choice_has_is_told():
    app = opened(jaar="2010")
    assert "jaar=2010" in app.warning[0].value
    turned_to(app, "tekorttabel")
    assert not app.warning


def test_outreach_is_told_on_every_page():
    app = opened(alleen="voluntary,assertive_outreach")
    assert "drang" in app.info[0].value
    assert "drang" in turned_to(app, "verantwoording").info[0].value


@pytest.mark.parametrize("page", ["", "tekorttabel", "vergelijk", "gemeente", "verantwoording"])
def test_code_that_never_was_is_told_on_every_page(page):
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["gemeente"] = "GM9999"
    if page:
        app._page_hash = calc_hash(page)
    app.run()
    assert "gemeente=GM9999" in app.warning[0].value
    assert "gemeente" not in app.query_params

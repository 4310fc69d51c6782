"""The page on the method: its texts, its settings, its sources and its gaps."""

import re
from pathlib import Path

import pandas as pd
import pytest
from pydantic import ValidationError
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

import coverage
from coverage import disclosure, explanations, i18n
from coverage.comparison import statuses
from coverage.explanations import counting, measured, protecting, sureness
from coverage.settings import Settings
from coverage.ui import data, settings_form
from coverage.ui.method import PAGE
from coverage.ui.method_page import effect, formula, register_sources
from tests.text_rules import plain

APP = str(Path(__file__).parents[1] / "app.py")


@pytest.fixture
def app():
    made = AppTest.from_file(APP, default_timeout=120)
    made._page_hash = calc_hash(PAGE)  # a page that is a function has no path to switch to
    return made


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


def opened(app, **address):
    for name, value in {"taal": "en", **address}.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def field(app, name):
    return next(one for one in app.number_input if one.key == f"shown_{name}")


def shown(app):
    return "\n".join(plain(one.proto.body) for one in app.get("html"))


def rows(app, caption):
    """Cells of the table with a caption, by the name of the row."""
    for one in app.get("html"):
        if f"<caption><span>{caption}" in one.proto.body:
            found = re.findall(r"<tr[^>]*><th scope='row'>(.*?)</tr>", one.proto.body)
            cells = [[plain(cell).strip() for cell in row.split("<td>")] for row in found]
            return {name: rest for name, *rest in cells}
    raise AssertionError(caption)


def assessed(year=2025, name="public", settings=None):
    return coverage.assess(data.edition(year), data.shipped(name), settings=settings)


# How each figure is made


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
@pytest.mark.parametrize("year", list(coverage.EDITIONS))
def test_every_figure_is_explained_whole(language, year):
    i18n.use(language)
    other = data.edition(next(one for one in coverage.EDITIONS if one != year))
    found = explanations.sections(assessed(year), other)
    assert [one.key for one in found] == [
        *("orders", "demand", "capacity", "gap", "ladder", "intervals", "totals", "unknown")
    ]
    for one in found:
        for part in (one.words, one.symbols, one.meaning, one.sources, one.assumed, one.unknown):
            assert part
            assert all(part)


def test_numbers_in_the_texts_are_those_of_the_settings():
    settings = Settings(
        share_imposed=0.0775,
        share_extended_low=0.21,
        share_extended_high=0.34,
        children_per_family=1.7,
        long_term_months=9,
        confidence=0.8,
        sighting_holds_years=7,
    )
    found = explanations.sections(assessed(settings=settings), data.edition(2010))
    text = " ".join(str(one) for one in found)
    for said in ("7.8%", "21% to 34%", "1.7 orders count", "9 months", "80 of 100", "for 7 years"):
        assert said in text
    usual = " ".join(str(one) for one in explanations.sections(assessed(), data.edition(2010)))
    for said in ("3% of the orders", "10% to 15%", "6 months", "90 of 100", "for 4 years"):
        assert said in usual
        assert said not in text


def test_counts_in_the_texts_are_those_of_the_tables():
    for year, other in ((2010, 2025), (2025, 2010)):
        counts = data.edition(year).demand
        text = str(explanations.sections(assessed(year), data.edition(other))[0])
        for name in ("imposed_low", "imposed_high", "extended_low", "extended_high"):
            assert i18n.number(counts[name].sum()) in text
        assert set(counts["unit"]) <= set(re.findall(r"\w+", text))


def test_the_demand_cites_the_letter_by_its_address():
    demand = explanations.sections(assessed(), data.edition(2010))[1]
    assert [one.url for one in demand.sources] == [explanations.LETTER]


def test_formulas_are_html():
    assert formula("C_max < 1 - alpha") == (
        "<var>C</var><sub>max</sub> &lt; 1 &minus; <var>&alpha;</var>"
    )
    assert formula("t² · (1 - s)") == "<var>t</var>² · (1 &minus; <var>s</var>)"
    assert formula("max(0, d)") == "max(0, <var>d</var>)"
    assert formula("Σ c_min · d / s") == (
        "Σ <var>c</var><sub>min</sub> · <var>d</var> / <var>s</var>"
    )


# Counts, chance, protection, origin


def other_sections(assessment):
    return [
        *counting.sections(assessment.settings),
        *sureness.sections(assessment.settings),
        *protecting.protection(assessment),
        *protecting.origin(),
    ]


@pytest.mark.parametrize("language", list(i18n.LANGUAGES))
def test_what_the_counts_rest_on_says_its_limits_and_explains_its_symbols(language):
    i18n.use(language)
    found = other_sections(assessed())
    assert len({one.key for one in found}) == len(found)
    for one in found:
        assert one.title
        assert one.words
        assert one.limits or one.unknown or one.assumed
        assert bool(one.symbols) == bool(one.meaning)
        used = {sign for text in one.symbols for sign in re.findall(r"\b[A-Za-z](?=_|²|\b)", text)}
        told = {sign[0] for sign, _text in one.meaning}
        told |= set(re.findall(r"\b[A-Za-z]\b", " ".join(text for _sign, text in one.meaning)))
        assert used <= told, one.key


def test_the_legal_rules_name_their_articles():
    text = str(counting.sections(Settings())[0])
    for article in ("1:254", "1:255", "1:256", "1:257", "1:258", "1:260"):
        assert article in text


def test_the_numbers_of_the_draws_and_of_the_rule_are_those_that_are_used():
    used = Settings(share_extended_low=0.21, share_extended_high=0.34, confidence=0.8)
    text = " ".join(map(str, other_sections(assessed(settings=used))))
    for said in ("drawn 10,000 times", "seed 32015", "21% to 34%", "80% of the draws"):
        assert said in text
    assert "counts of 1 to 9" in text
    assert "closer than 10 " in text


def protected_with(rule):
    counts = data.edition(2025).demand.iloc[:30].assign(count_status="entered", unit="children")
    for name in ("imposed", "extended"):
        counts[name] = range(1, 31)
        counts[f"{name}_low"] = counts[f"{name}_high"] = counts[name]
    made = disclosure.protect(counts, data.edition(2025), rule)
    return coverage.assess(
        data.edition(2025),
        data.shipped("public"),
        made.counts,
        totals=made.totals,
        protection=made.record(),
    )


def test_the_rule_of_the_counts_that_are_shown_is_told():
    shown_now = protected_with(disclosure.Rule(threshold=6, width=6, protect_zero=True))
    text = " ".join(map(str, protecting.protection(shown_now)))
    assert "counts of 0 to 5" in text
    assert "In the counts that you see now" in text
    assert "1 at least" not in text
    rounded = protected_with(disclosure.Rule(suppress=False, rounding=5))
    text = " ".join(map(str, protecting.protection(rounded)))
    assert "rounded to multiples of 5" in text
    assert "Hidden are" not in text


def test_counts_that_were_public_already_are_not_called_hidden():
    made = disclosure.already_public(data.edition(2025).demand.assign(count_status="observed"))
    shown_now = coverage.assess(
        data.edition(2025), data.shipped("public"), made.counts, protection=made.record()
    )
    assert "published by CBS" in " ".join(map(str, protecting.protection(shown_now)))


def test_why_figures_are_unprotected_is_told():
    why = "asked by the <council>"
    bare = coverage.assess(
        data.edition(2025),
        data.shipped("public"),
        data.edition(2025).demand.assign(count_status="entered"),
        protection={"protected": False, "why": why},
    )
    assert why in str(protecting.protection(bare))


def test_the_measured_ranges_are_those_of_the_file(app):
    table = measured.table()
    assert (table["held"] > 0.87).all()
    assert set(table["world"]) <= set(measured.WORLD)
    assert set(table["method"]) <= set(measured.METHOD)
    by_chance = table[(table["method"] == "residents") & (table["world"] == "none")]["held"]
    opened(app)
    caption = f"Lowest and highest of {len(table.groupby(['edition', 'region_set']))} region sets"
    said = rows(app, caption)["Municipalities differ by chance alone"]
    assert said[1] == f"{100 * by_chance.min():.1f}% to {100 * by_chance.max():.1f}%"
    fits = table[pd.MultiIndex.from_frame(table[["method", "world"]]).isin(measured.SUPPOSED)]
    many = fits[fits["regions"] > table["regions"].min()]["held"]
    assert f"{100 * many.min():.1f}% to {100 * many.max():.1f}%" in measured.words(table)[1]


# Settings


def test_screen_and_calculation_agree_on_every_default():
    usual = Settings()
    assert set(settings_form.FIELDS) == set(Settings.model_fields)
    shown_values = {
        name: one.shown(getattr(usual, name)) for name, one in settings_form.FIELDS.items()
    }
    assert shown_values["share_imposed"] == 3.0
    assert settings_form.settings_of(shown_values) == usual
    assert settings_form.changed(usual) == []
    assert settings_form.settings_notice(usual) is None


@pytest.mark.parametrize("percentage", [0.0, 0.5, 7.0, 29.0, 58.0, 99.9, 100.0])
def test_percentages_go_there_and_back(percentage):
    one = settings_form.FIELDS["share_imposed"]
    assert one.shown(one.used(percentage)) == percentage


def test_ends_of_every_range_are_valid_settings():
    for name, one in settings_form.FIELDS.items():
        low, high = one.used(one.low), one.used(one.high)
        if name == "share_extended_low":
            Settings(share_extended_low=high, share_extended_high=1.0)
        elif name == "share_extended_high":
            Settings(share_extended_low=0.0, share_extended_high=low)
        else:
            Settings(**{name: low})
            Settings(**{name: high})


def test_contradiction_is_refused_and_explained():
    values = {
        name: one.shown(getattr(Settings(), name)) for name, one in settings_form.FIELDS.items()
    }
    assert settings_form.contradiction(values) is None
    values["share_extended_low"] = 20.0
    assert "20%" in settings_form.contradiction(values)
    with pytest.raises(ValidationError):
        settings_form.settings_of(values)


def test_notice_names_what_was_changed():
    notice = settings_form.settings_notice(Settings(share_imposed=0.05, long_term_months=9))
    assert "(%): 5 instead of 3" in notice
    assert "(months): 9 instead of 6" in notice


def test_opens_with_the_defaults(app):
    opened(app)
    assert field(app, "share_imposed").value == 3.0
    assert field(app, "sighting_holds_years").value == 4
    assert not app.info
    country = rows(app, "The whole Netherlands")
    assert all(now == usual for now, usual in country.values())
    assert next(one for one in app.button if one.key == "settings_to_defaults").disabled


def test_a_change_shows_its_effect_at_once_and_is_in_the_address(app):
    opened(app)
    field(app, "share_imposed").set_value(6.0).run()
    assert not app.exception
    assert "6 instead of 3" in app.info[0].value
    assert "".join(app.query_params["opgelegd"]) == "0.06"
    now, usual = rows(app, "The whole Netherlands")["Demand"]
    expected = assessed(settings=Settings(share_imposed=0.06)).regions("country").iloc[0]
    assert i18n.number(expected["demand_high"]) in now
    assert now.endswith("changed")
    assert i18n.number(assessed().regions("country").iloc[0]["demand_high"]) in usual


def test_contradicting_values_leave_the_last_valid_settings(app):
    opened(app, verlengd_hoog="0.2")
    before = rows(app, "The whole Netherlands")["Demand"]
    field(app, "share_extended_low").set_value(30.0).run()
    assert "30%" in app.error[0].value
    assert rows(app, "The whole Netherlands")["Demand"] == before
    assert "verlengd_laag" not in app.query_params
    field(app, "share_extended_high").set_value(40.0).run()
    assert not app.error
    assert "verlengd_laag" in app.query_params


def test_back_to_the_defaults(app):
    opened(app, opgelegd="0.06", gezien="9")
    assert field(app, "share_imposed").value == 6.0
    assert field(app, "sighting_holds_years").value == 9
    next(one for one in app.button if one.key == "settings_to_defaults").click().run()
    assert not app.exception
    assert field(app, "share_imposed").value == 3.0
    assert not app.info
    assert "opgelegd" not in app.query_params


def test_widgets_follow_settings_that_come_from_elsewhere(app):
    opened(app, opgelegd="0.06")
    app.session_state["imposed"] = 0.07  # as the browser's back button does
    app.run()
    assert field(app, "share_imposed").value == 7.0


def test_a_link_may_ask_for_more_than_the_form_offers(app):
    opened(app, kinderen="0.5", gezien="90")
    assert field(app, "children_per_family").value == 0.5
    assert field(app, "sighting_holds_years").value == 90


def test_effect_is_shown_for_the_chosen_region_too(app):
    opened(app, indeling="province", regio="PV26")
    name = data.edition(2025).regions.set_index("region_code").loc["PV26", "region_name"].iloc[0]
    assert "Demand" in rows(app, name)


def test_effect_never_shows_not_known_as_nothing():
    made = assessed()
    country = made.regions("country").iloc[0]
    counted = statuses(made, ["country:NL"]).iloc[0]
    table = effect((country, counted), (country, counted)).set_index("figure")
    assert table.loc["Capacity", "now"] == "not known"
    assert not table["differs"].any()


@pytest.mark.parametrize("name", ["public", "example"])
def test_effect_counts_what_is_certain_apart_from_what_is_proven_at_least(name):
    made = assessed(name=name)
    country = (made.regions("country").iloc[0], statuses(made, ["country:NL"]).iloc[0])
    table = effect(country, country).set_index("figure")["now"]
    rows_ = made.municipalities[made.municipalities["known"]]
    proven = rows_["status_at_least"] == "short_term_only"
    for words, certain in (("only short-term offer", True), ("at least: voluntary offer", False)):
        count = (proven & (rows_["certain"] == certain)).sum()
        assert table.get(f"Municipalities: {words}", "0") == str(count)
    assert "0" not in set(table)


# Sources


@pytest.mark.parametrize("year", list(coverage.EDITIONS))
def test_every_source_of_the_edition_stands_there_with_its_licence(app, year):
    opened(app, peiljaar=str(year))
    found = rows(app, "Municipalities, boundaries")
    sources = data.edition(year).sources
    assert set(found) == set(sources["title"])
    for row in sources.to_dict("records"):
        assert found[row["title"]][0] == row["publisher"]
        assert row["licence"] in found[row["title"]]
    bodies = "".join(one.proto.body for one in app.get("html"))
    assert all(f"href='{url}'" in bodies for url in sources["url"] if "&" not in url)


@pytest.mark.parametrize("name", ["public", "example"])
def test_sources_of_the_register_add_up(name):
    register = data.shipped(name)
    table = register_sources(register)
    assert table["offers"].sum() == len(register.offers)
    certainties = table.drop(columns=["offers", "first", "last"])
    pd.testing.assert_series_equal(
        certainties.sum(axis=1), table["offers"], check_names=False, check_dtype=False
    )


def test_the_example_is_marked(app):
    opened(app, register="example")
    assert "(example: made up)" in shown(app)
    assert "made up. They say nothing" in shown(app)


# What is lacking


@pytest.mark.parametrize("year", list(coverage.EDITIONS))
def test_gaps_are_counted(year):
    assessment, register = assessed(year), data.shipped("public")
    found = explanations.known_gaps(assessment, register)
    text = " ".join(part for one in found for part in (one.text, *one.parts))
    rows_ = assessment.municipalities
    assert f"{(~rows_['known']).sum()} of the {len(rows_)} municipalities have no proven" in text
    support = register.offers[register.offers["offer_type"] == "family_support"]
    assert f"{support['capacity_families'].isna().sum()} do not say how many" in text
    assert f"{(support['service_area_type'] == 'unknown').sum()} do not say which" in text
    assert "5 study regions are an example" in text


def test_texts_from_files_are_escaped(app):
    opened(app)
    assert "<script" not in "".join(one.proto.body for one in app.get("html")).casefold()

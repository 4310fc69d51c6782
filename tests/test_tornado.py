"""What moves a gap, and how often a region is worst: on the screen and in a file."""

import json
import re
from html import unescape

import numpy as np
import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

import coverage
from coverage import comparison, i18n, uncertainty
from coverage.comparison import UnknownRegionError
from coverage.ui import compare_draws, comparison_file, data, tornado
from coverage.uncertainty import Factor, Per, Simulation

DRAWS = 50
REGIONS = ["province:PV20", "study:ST-20", "province:PV21"]  # the first two are one area
NASTY = "<b>x</b>"


@pytest.fixture(autouse=True)
def english():
    i18n.use("en")
    yield
    i18n.use(i18n.DEFAULT)


@pytest.fixture(scope="module")
def public():
    return coverage.assess(
        coverage.load_edition(2025), coverage.read_register(coverage.PUBLIC_REGISTER)
    )


def plain(html):
    return unescape(re.sub(r"<[^>]+>", " ", html))


def moves(**changes):
    """What moves a gap: nothing, but for the factors that are given as (low, high of the gap)."""
    rows = {
        factor: {"value_low": 1.0, "value_high": 2.0, "unit": "children", "low": 5.0, "high": 5.0}
        for factor in Factor
    }
    rows[Factor.SHARE_EXTENDED] |= {"value_low": 0.1, "value_high": 0.15, "unit": "share"}
    rows[Factor.CAPACITY] |= {"unit": "families"}
    for name, (low, high) in changes.items():
        rows[Factor(name)] |= {"low": low, "high": high}
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("factor")
    table["swing"] = table["high"] - table["low"]
    return table.assign(middle=5.0).sort_values("swing", ascending=False, kind="stable")


def test_what_moves_most_comes_first_in_words_and_the_bars_float():
    html = tornado.section(moves(share_extended=(4.0, 6.0), imposed_chance=(4.5, 5.0)))
    found = re.findall(r"class='swing' style='left:([\d.]+)%;width:([\d.]+)%'", html)
    assert [tuple(map(float, pair)) for pair in found] == [(66.67, 33.33), (75.0, 8.33)]
    assert html.count("class='middle' style='left:83.33%'") == 2
    text = plain(html)
    assert text.index("Share of the extended orders") < text.index("Orders imposed: chance")
    assert "4 to 6" in text
    assert "Chance: a count turns out higher" in text
    assert "10% to 15%" in text
    assert "Moves the gap hardly or not: Orders imposed: range of the number" in text


def test_capacity_that_is_not_known_is_said_in_words():
    table = moves(capacity=(0.0, 5.0))
    table.loc[Factor.CAPACITY, ["value_low", "value_high"]] = [3.0, np.nan]
    text = plain(tornado.chart(table, "Gap"))
    assert "proven: 3; possible: not known" in text
    assert "not known how much capacity" in text
    assert "nan" not in text
    known = plain(tornado.chart(moves(capacity=(0.0, 5.0)), "Gap"))
    assert "proven: 1; possible: 2" in known
    assert "not known" not in known


def test_a_gap_that_nothing_moves_has_no_chart():
    html = tornado.chart(moves(), "Gap")
    assert "<table" not in html
    assert "it stays 5 families a year" in plain(html)


def test_counts_of_different_units_have_no_sum():
    table = moves(extended_range=(4.0, 6.0))
    table.loc[Factor.EXTENDED_RANGE, ["value_low", "value_high", "unit"]] = [
        np.nan,
        np.nan,
        "mixed",
    ]
    assert "counted in different units" in tornado.chart(table, "Gap")
    table["unit"] = NASTY
    table["value_low"] = 1.0
    assert NASTY not in tornado.chart(table, NASTY)


def test_every_factor_has_words():
    assert set(tornado.FACTOR) == set(Factor)


def regions(low, high):
    """Two regions or more over draws with these gaps."""
    low, high = np.array(low, dtype=float), np.array(high, dtype=float)
    codes = pd.Index([f"made:{place}" for place in range(low.shape[1])], name="region")
    table = pd.DataFrame({"region_name": list(codes), "residents_0_17": 1000.0}, index=codes)
    return Simulation("made", table, 0.9, 1, high, low, high)


def said(drawn, **capacity):
    names = drawn.regions["region_name"] + NASTY
    most = pd.Series(capacity.get("most", np.nan), index=names.index)
    return compare_draws.worst(drawn, names, Per.FAMILIES, most)


def test_no_order_is_said_plainly_and_the_rest_is_a_supposition():
    drawn = regions([[0, 0]] * DRAWS, [[9, 4]] * DRAWS)
    html = said(drawn)
    above, _fold, folded = html.partition("<details>")
    assert "No order can be given" in above
    assert "Capacity that is not known stands in the way" in above
    assert above.count("cannot be said") == 2
    assert "Supposition: there is no more capacity than is proven. Share of" in folded
    assert "An order can be given" in folded
    assert NASTY not in html


def test_an_order_that_the_draws_allow_is_given_with_its_ranks():
    drawn = regions([[5, 1, 0]] * DRAWS, [[9, 4, 3]] * DRAWS)
    text = plain(said(drawn, most=10.0))
    assert "in 2 of the 3 pairs" in text
    assert "stands in the way" not in text
    assert "100%" in text
    assert "2 to 3" in text


def test_regions_of_several_sets_share_their_draws(public):
    drawn = uncertainty.simulate_regions(public, REGIONS, DRAWS)
    assert list(drawn.regions.index) == REGIONS
    assert (drawn.demand[:, 0] == drawn.demand[:, 1]).all()
    assert (drawn.worst(only_proven=True)["worst_low"].iloc[:2] == 0).all()
    alone = uncertainty.simulate(public, "province", DRAWS)
    place = alone.regions.index.get_loc("PV21")
    np.testing.assert_allclose(drawn.gap_high[:, 2], alone.gap_high[:, place], atol=1e-6)
    with pytest.raises(UnknownRegionError):
        uncertainty.simulate_regions(public, ["province:PV99"], DRAWS)


def test_file_says_the_same_as_the_page(public):
    drawn = uncertainty.simulate_regions(public, REGIONS, DRAWS)
    table = comparison_file.draws(drawn)
    assert len(table) == len(REGIONS) * 4
    worst = drawn.worst(only_proven=True)
    rows = table[table["Supposition"] == "no more capacity than is proven"].head(len(REGIONS))
    np.testing.assert_allclose(
        rows["Worst in share of the draws, high (%)"], 100 * worst["worst_high"], atol=1e-4
    )
    assert (table["Draws"] == DRAWS).all()
    told = comparison_file.moves(public, REGIONS)
    assert len(told) == len(REGIONS) * len(Factor)
    first = uncertainty.what_moves_region(public, "province", "PV20")
    assert told["What"].iloc[0] == tornado.FACTOR[first.index[0]]
    assert told["Difference"].iloc[0] == pytest.approx(first["swing"].iloc[0])


HERE = """
from coverage import i18n
from coverage.ui import choices, compare_page, state
state.read()
i18n.use(choices.language())
compare_page.show(choices.ask())
"""


@pytest.fixture
def nothing_kept():
    data._simulation.clear()
    yield
    data._simulation.clear()


@pytest.mark.usefixtures("nothing_kept")
def test_page_draws_when_it_is_asked_to(public, monkeypatch):
    calls = []

    def simulate(assessment, region_set):
        calls.append(region_set)
        return original(assessment, region_set, DRAWS)

    original = uncertainty.simulate
    monkeypatch.setattr(uncertainty, "simulate", simulate)
    page = AppTest.from_string(HERE, default_timeout=60)
    page.query_params.update({"taal": "en", "regios": ",".join(REGIONS)})
    page.run()
    assert not page.exception
    assert not calls
    page.toggle(key="compare_draw").set_value(True).run()
    assert not page.exception
    assert calls == ["province", "study"]
    drawn = [json.loads(one.proto.json)["html"] for one in page.get("bidi_component")]
    text = plain("".join(drawn))
    assert "No order can be given" in text
    names = comparison.indicators(public, REGIONS)["region_name"]
    assert f"Gap, families a year, {names.iloc[0]} (province)" in text
    page.selectbox(key="compare_moves").set_value(REGIONS[2]).run()
    assert not page.exception
    assert calls == ["province", "study"]

"""Counts of which some are protected: what an assessment tells of them, and what it leaves out."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coverage import Settings, assess, gap_table
from coverage.comparison import beside, indicators
from coverage.demand import InvalidCountsError, families_per_unit
from coverage.gap_table import View
from coverage.measures import paint
from coverage.ui import gap_page, panel
from coverage.wording import orders
from tests import made

FEW = settings(max_examples=12)
TOLERANCE = 1e-6
NAMES = ("imposed", "extended")
SETS = ("country", "province", "jeugdregio")
UNITS = ("children", "families", "measures")


def edition(count, provinces, youth):
    """Estimated counts everywhere, in two sets of regions that cut through each other."""
    one = made.edition([40.0] * count, [80.0] * count, "estimated", provinces, spread=0.1)
    other = one.regions.assign(region_set="jeugdregio", region_code=youth)
    regions = pd.concat([one.regions, other], ignore_index=True)
    sources = one.sources.assign(publisher="Made")
    return made.MadeEdition(one.municipalities, regions, one.demand, sources)


def exact(true, unit="children"):
    """Counts of a user, as they are."""
    ends = {f"{name}_{end}": true[name] for name in NAMES for end in ("low", "high")}
    return true.assign(**ends, count_status="entered", unit=unit, period="2010", source="own")


def hide(counts, code, name, low, high):
    """The same with one cell protected, between bounds that hold it."""
    counts = counts.copy()
    counts.loc[code, [name, f"{name}_low", f"{name}_high"]] = [np.nan, low, high]
    counts.loc[code, "count_status"] = "suppressed"
    return counts


def sums(made_edition, true):
    """True sum of each region of each set, over the municipalities with own counts."""
    regions = made_edition.regions[["region_set", "region_code", "gm_code"]]
    country = pd.DataFrame(
        {"region_set": "country", "region_code": "NL", "gm_code": made_edition.municipalities.index}
    )
    rows = pd.concat([regions, country]).join(true, on="gm_code", how="inner")
    return rows.groupby(["region_set", "region_code"])[list(NAMES)].sum().reset_index()


@st.composite
def worlds(draw):
    """Edition, true counts of some municipalities, the same protected, and published sums."""
    count = draw(st.integers(2, 5))
    regions = st.lists(st.sampled_from(["R1", "R2"]), min_size=count, max_size=count)
    place = edition(count, draw(regions), draw(regions))
    own = draw(st.lists(st.sampled_from(made.codes(count)), min_size=1, unique=True))
    numbers = st.lists(st.integers(0, 30), min_size=len(own), max_size=len(own))
    true = pd.DataFrame(
        {name: draw(numbers) for name in NAMES}, index=pd.Index(own, name="gm_code"), dtype=float
    )
    protected = exact(true, draw(st.sampled_from(UNITS)))
    room = st.integers(0, 9)
    for code in own:
        for name in draw(st.sets(st.sampled_from(NAMES))):
            value = true.loc[code, name]
            protected = hide(protected, code, name, max(0, value - draw(room)), value + draw(room))
    totals = sums(place, true)
    for name in NAMES:
        kept_back = draw(st.lists(st.booleans(), min_size=len(totals), max_size=len(totals)))
        totals[name] = totals[name].mask(pd.Series(kept_back))
    return place, true, protected, totals


OFFERS = made.register(
    made.offers({"capacity_families": 2.0}, {"service_area_type": "country", "service_area": ""}),
    ["GM9001"],
)


def contains(outer, inner, names=("demand", "imposed", "extended")):
    """Whether each interval of one table lies in that of the other; equal ones do."""
    for name in names:
        ends = [f"{name}_low", f"{name}_high"]
        one, other = outer[ends].dropna(), inner[ends].dropna()
        assert one.index.equals(other.index), name  # no sum where units differ
        assert (one[ends[0]] <= other[ends[0]] + TOLERANCE).all(), name
        assert (one[ends[1]] >= other[ends[1]] - TOLERANCE).all(), name


@FEW
@given(worlds())
def test_every_interval_holds_the_truth(world):
    place, true, protected, totals = world
    real = assess(place, OFFERS, exact(true, protected["unit"].iloc[0]))
    told = assess(place, OFFERS, protected, totals=totals)
    contains(told.municipalities, real.municipalities, ["demand"])
    table = told.municipalities
    demand = real.municipalities
    most = (demand["demand_high"] - table["capacity_low"]).clip(lower=0)
    least = (demand["demand_low"] - table["capacity_high"].fillna(np.inf)).clip(lower=0)
    for region_set in SETS:
        regions = told.regions(region_set)
        contains(regions, real.regions(region_set))
        members = told._members(region_set).set_index("gm_code")["region_code"]
        assert (regions["gap_low"] <= most.groupby(members).sum() + TOLERANCE).all()
        assert (regions["gap_high"] >= least.groupby(members).sum() - TOLERANCE).all()
        known = regions["imposed"].notna()
        expected = real.regions(region_set)["imposed"]
        assert regions.loc[known, "imposed"].tolist() == pytest.approx(expected[known].tolist())


@FEW
@given(worlds())
def test_published_sums_only_narrow(world):
    place, _true, protected, totals = world
    with_sums = assess(place, OFFERS, protected, totals=totals)
    without = assess(place, OFFERS, protected)
    pd.testing.assert_frame_equal(with_sums.table(), without.table())
    for region_set in SETS:
        contains(without.regions(region_set), with_sums.regions(region_set))


@FEW
@given(worlds(), st.data())
def test_more_protection_only_widens(world, data):
    place, true, protected, totals = world
    code, name = data.draw(st.sampled_from(list(true.index))), data.draw(st.sampled_from(NAMES))
    low, high = protected.loc[code, [f"{name}_low", f"{name}_high"]]
    more = hide(protected, code, name, max(0, low - 3), high + 4)
    fewer = totals.copy()
    fewer.loc[data.draw(st.integers(0, len(totals) - 1)), name] = np.nan
    before = assess(place, OFFERS, protected, totals=totals)
    after = assess(place, OFFERS, more, totals=fewer)
    contains(after.municipalities, before.municipalities, ["demand"])
    for region_set in SETS:
        contains(after.regions(region_set), before.regions(region_set))


@FEW
@given(worlds(), st.floats(0.5, 3), st.floats(0.5, 3))
def test_units_become_families_before_or_after(world, children, measures):
    place, true, _protected, _totals = world
    chosen = Settings(children_per_family=children, measures_per_child=measures)
    units = pd.Series([UNITS[n % 3] for n in range(len(true))], true.index)
    as_families = true.mul(families_per_unit(units, chosen), axis=0)
    mixed = assess(place, OFFERS, exact(true, units), chosen)
    same = assess(place, OFFERS, exact(as_families, "families"), chosen)
    ends = ["demand_low", "demand_high", "gap_low", "gap_high"]
    pd.testing.assert_frame_equal(
        pd.DataFrame(mixed.municipalities)[ends], pd.DataFrame(same.municipalities)[ends]
    )
    for region_set in SETS:
        pd.testing.assert_frame_equal(
            mixed.regions(region_set)[ends], same.regions(region_set)[ends]
        )


def small(**more):
    """Two provinces of two; own counts of three municipalities, one of them protected."""
    place = edition(4, ["P1", "P1", "P2", "P2"], ["J1", "J2", "J1", "J2"])
    true = pd.DataFrame({"imposed": [4.0, 20, 30], "extended": [50.0, 60, 70]}, made.codes(3))
    protected = hide(exact(true), "GM9001", "imposed", 1, 9)
    return assess(place, OFFERS, protected, **more), sums(place, true)


def test_a_protected_sum_is_told_apart_from_one_that_is_published():
    _without, totals = small()
    totals.loc[totals["region_set"] == "country", "imposed"] = np.nan
    told, _same = small(totals=totals)
    provinces = told.regions("province")
    assert provinces["imposed"].tolist() == [24, 70]
    assert provinces["count_status"].tolist() == ["entered", "mixed"]
    assert provinces["n_suppressed"].tolist() == [1, 0]
    country = told.regions("country").iloc[0]
    assert np.isnan(country["imposed"])
    assert country["extended"] == 260
    assert country["count_status"] == "suppressed"
    # The ends of three own counts, and of one that is estimated.
    assert country[["imposed_low", "imposed_high"]].tolist() == [51 + 36, 59 + 44]


def test_without_published_sums_only_ends_are_told():
    told, _totals = small()
    provinces = told.regions("province")
    assert provinces["imposed"].isna().tolist() == [True, False]
    assert provinces[["imposed_low", "imposed_high"]].iloc[0].tolist() == [21, 29]


def test_a_published_sum_goes_with_its_municipalities_and_not_with_a_name():
    _without, totals = small()
    told, _same = small(totals=totals)
    every = tuple(told.municipalities.index)
    # All own counts of a province, found by a filter, have its sum; a part of them has not.
    for codes, known in ((every[:2], True), (every, True), (every[:1], False), (every[::3], False)):
        shown = gap_table.show(told, View(codes=codes, keys=("imposed",)))
        assert shown.total["imposed"].notna().tolist() == [known], codes
    shown = gap_table.show(told, View(codes=every, region_set="province", find="0"))
    assert shown.groups["imposed"].isna().tolist() == [True]


@pytest.mark.usefixtures("english")
def test_what_is_protected_is_said_in_words_on_each_page_and_in_files():
    told, _totals = small()
    codes = tuple(told.municipalities.index)
    keys = ("gap", "imposed", "extended")
    shown = gap_table.show(told, View(codes=codes, keys=keys, region_set="province"))
    view = View(codes=codes, keys=keys)
    first, *_others = gap_page.rows(gap_table.show(told, replace(view, find="Plaats 0")), view)
    assert [cell.text for cell in first.cells[2:]] == ["protected: 1 to 9", "50"]
    table = gap_table.seen(shown, keys).set_index("Code").loc["GM9001"]
    assert np.isnan(table.filter(regex=r"^Orders imposed(?!,)").iloc[0])
    assert table.filter(regex="^Orders imposed,").tolist() == [1, 9]
    assert table["Status of the counts"] == "protected"
    groups = gap_table.seen_totals(shown, keys)
    assert groups["Municipalities with protected counts"].tolist() == [0, 1, 1]
    row = told.table().set_index("gm_code").loc["GM9001"]
    assert np.isnan(row["imposed"])
    assert (row["extended"], row["count_status"]) == (50, "suppressed")
    drawn = panel.figures(told, "GM9001")
    assert "<td>protected: 1 to 9 children</td>" in drawn
    assert "<td>50 children</td>" in drawn
    assert "from protected numbers" in paint(told, "demand").loc["GM9001", "words"]
    for text in (drawn, groups.to_csv(), *(cell.text for cell in first.cells)):
        assert "nan" not in text
        assert "None" not in text


def test_published_sums_hold_when_years_are_laid_beside_each_other():
    _without, totals = small()
    told, _same = small(totals=totals)
    keys = ["province:P1", "province:P2", "country:NL"]
    codes = told.municipalities.index
    crosswalk = pd.DataFrame({"from_code": codes, "to_code": codes, "share": 1.0})
    other, _same = small(totals=totals)
    both = beside(told, made_year(other, 2025), crosswalk, keys)
    ends = ["demand_low", "demand_high", "gap_low", "gap_high", "coordinators_high"]
    expected = indicators(told, keys)[ends]
    for _year, rows in both.groupby(level="year"):
        pd.testing.assert_frame_equal(rows.droplevel("year")[ends], expected, check_names=False)


def made_year(assessment, year):
    return replace(assessment, edition=replace(assessment.edition, year=year))


def test_a_published_sum_that_cannot_be_is_refused():
    _without, totals = small()
    totals["imposed"] += 100
    told, _same = small(totals=totals)
    with pytest.raises(InvalidCountsError, match="does not fit"):
        told.regions("province")


@pytest.mark.usefixtures("english")
def test_different_units_are_never_added_up():
    place = edition(4, ["P1", "P1", "P2", "P2"], ["J1"] * 4)
    true = pd.DataFrame({"imposed": [4.0, 20, 30], "extended": [50.0, 60, 70]}, made.codes(3))
    units = ["children", "measures", "families"]
    told = assess(place, OFFERS, exact(true, units), totals=sums(place, true))
    regions = told.regions("province")
    assert regions["count_unit"].tolist() == ["mixed", "mixed"]
    assert regions[["imposed", "imposed_low", "extended_high"]].isna().to_numpy().all()
    assert regions["demand_low"].notna().all()
    shown = gap_table.show(told, View(codes=tuple(told.municipalities.index), keys=("imposed",)))
    assert "no total" in gap_table.total_words(shown.total.iloc[0], "imposed")
    assert indicators(told, ["province:P1"])["imposed"].isna().all()


def test_bounds_that_carry_chance_get_no_more_of_it():
    place = edition(2, ["P1", "P1"], ["J1", "J1"])
    true = pd.DataFrame({"imposed": [20.0], "extended": [20.0]}, made.codes(1))
    counts = exact(true).assign(count_status="estimated")
    spread = assess(place, OFFERS, counts).municipalities.loc["GM9001"]
    included = assess(place, OFFERS, counts.assign(spread="included")).municipalities.loc["GM9001"]
    assert included["demand_high"] == pytest.approx(0.18 * 20)
    assert spread["demand_high"] > included["demand_high"]


@pytest.mark.parametrize(
    ("value", "low", "high", "hidden", "said"),
    [
        (0, 0, 0, True, "0"),
        (np.nan, 1, 9, True, "protected: 1 to 9"),
        (np.nan, np.nan, np.nan, True, "protected"),
        (np.nan, 1, 9, False, "1 to 9"),
        (np.nan, np.nan, np.nan, False, "not known"),
    ],
)
@pytest.mark.usefixtures("english")
def test_protected_unknown_and_nothing_are_told_apart(value, low, high, hidden, said):
    assert orders(value, low, high, hidden=hidden) == said

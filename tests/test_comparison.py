"""Regions beside each other: indicators, ranks, and another year."""

import itertools

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import coverage
from coverage import comparison, editions
from coverage.assessment import assess
from coverage.comparison import beside, indicators, ranking, rankings, statuses, ties, unordered
from coverage.labels import UNKNOWN
from coverage.vocabulary import LADDER
from tests.made import codes, countries, edition, offers, register

REGIONS = ["province:PV01", "province:PV02"]


def two_provinces(*rows, complete=(), status="observed", spread=0.0):
    made = edition(
        [100, 200, 300, 400],
        [10, 20, 30, 40],
        status=status,
        region_codes=["PV01", "PV01", "PV02", "PV02"],
        spread=spread,
    )
    made.municipalities["residents_0_17"] = [1_000, 2_000, 3_000, 4_000]
    return assess(made, register(offers(*rows), complete=complete))


@pytest.fixture(scope="module")
def real():
    made_up = coverage.read_register(coverage.EXAMPLE_REGISTER)
    return {
        year: coverage.assess(coverage.load_edition(year), made_up) for year in coverage.EDITIONS
    }


# Indicators


def test_indicators_have_the_totals_of_the_regions_to_the_last_digit(real):
    for assessed in real.values():
        sets = ["province", "study"]
        keys = [
            f"{name}:{code}" for name in sets for code in assessed.edition.region_names(name).index
        ]
        table = indicators(assessed, [*keys, "country:NL"])
        assert list(table.index) == [*keys, "country:NL"]
        for name in [*sets, "country"]:
            totals = assessed.regions(name)
            mine = table[table["region_set"] == name].set_index("region_code")[totals.columns]
            pd.testing.assert_frame_equal(
                mine, totals.loc[mine.index], check_names=False, check_index_type=False
            )


def test_residents_without_coordination_go_from_certain_to_not_excluded():
    serves = {"service_area": "GM9001", "capacity_families": 900.0}
    lacks = {"service_area": "GM9002", "coordination": "absent"}
    table = indicators(two_provinces(serves, lacks, complete=codes(2)), REGIONS)
    # GM9002 certainly has none; of GM9003 and GM9004 nothing is known.
    assert table["residents_without_low"].tolist() == [2_000, 0]
    assert table["residents_without_high"].tolist() == [2_000, 7_000]
    assert table["share_without_low"].tolist() == [pytest.approx(2 / 3, abs=1e-6), 0]
    assert table["share_without_high"].tolist() == [pytest.approx(2 / 3, abs=1e-6), 1]
    assert table["share_unknown"].tolist() == [0, 1]


def test_gap_per_1000_is_the_gap_over_the_residents():
    table = indicators(two_provinces(complete=codes(4)), REGIONS)
    expected = 1_000 * table["gap_high"] / table["residents_0_17"]
    np.testing.assert_allclose(table["gap_per_1000_high"], expected, atol=1e-6)


def test_residents_that_are_not_counted_leave_the_share_open():
    assessed = two_provinces(complete=codes(4))
    assessed.municipalities.loc["GM9001", "residents_0_17"] = np.nan
    table = indicators(assessed, REGIONS)
    assert table["share_without_low"].isna().tolist() == [True, False]


def test_residents_that_are_not_counted_leave_those_of_the_region_open():
    assessed = two_provinces(complete=codes(4))
    assessed.municipalities.loc["GM9001", ["residents_0_17", "residents_0_17_year"]] = np.nan
    totals = assessed.regions("province")
    assert totals["residents_0_17"].isna().tolist() == [True, False]
    table = indicators(assessed, REGIONS)
    assert table["residents_0_17"].isna().tolist() == [True, False]
    assert table["gap_per_1000_high"].isna().tolist() == [True, False]
    # The year of the others, as a year.
    assert table["residents_0_17_year"].tolist() == ["2010", "2010"]
    both = beside(assessed, assessed_like(assessed), same(assessed), REGIONS)
    for column in ("residents_0_17", "gap_per_1000_high", "share_none", "share_divided"):
        assert both[column].isna().tolist() == [True, True, False, False], column


@pytest.mark.parametrize("column", ["imposed", "extended"])
def test_orders_that_are_not_counted_leave_those_of_the_region_open(column):
    assessed = two_provinces()
    assessed.counts.loc["GM9001", column] = np.nan
    assert assessed.regions("province")[column].isna().tolist() == [True, False]


def test_status_of_the_residents_is_told():
    assessed = two_provinces()
    assessed.municipalities["residents_0_17_status"] = ["observed", "estimated"] * 2
    table = indicators(assessed, REGIONS)
    assert table["residents_0_17_status"].tolist() == ["estimated;observed"] * 2


def test_counts_say_what_they_count_and_of_when():
    assessed = two_provinces()
    assessed.municipalities.loc["GM9001", "count_period"] = "2009"
    table = indicators(assessed, REGIONS)
    assert table["count_period"].tolist() == ["2009;2010", "2010"]
    assert table["count_unit"].tolist() == ["children", "children"]


@pytest.mark.parametrize("region", ["province:PV99", "PV01", "", "nowhere:PV01"])
def test_a_region_that_is_not_there_is_refused(region):
    with pytest.raises(comparison.UnknownRegionError, match="no region"):
        indicators(two_provinces(), ["province:PV01", region])


def test_statuses_count_each_municipality_once():
    lacks = {"service_area": "GM9002", "coordination": "absent"}
    short = {"service_area": "GM9003", "long_term": "no"}
    counted = statuses(two_provinces(lacks, short, complete=["GM9002"]), REGIONS)
    assert counted.sum(axis=1).tolist() == [2, 2]
    assert counted.loc["province:PV01", ("without_coordination", True)] == 1
    assert counted.loc["province:PV01", (UNKNOWN, False)] == 1
    assert counted.loc["province:PV02", ("short_term_only", False)] == 1
    assert len(counted.columns) == 2 * len(LADDER) + 1


def test_statuses_are_those_of_the_indicators(real):
    keys = [f"study:{code}" for code in real[2025].edition.region_names("study").index]
    counted = statuses(real[2025], keys).T.groupby(level="status").sum().T
    table = indicators(real[2025], keys)
    for word in comparison.SHOWN:
        assert counted[str(word)].tolist() == table[f"n_{word}"].tolist()


# Ranks


def test_ranks_of_intervals_that_do_not_overlap_are_exact():
    ranks = ranking(pd.Series([1.0, 5.0, 3.0]), pd.Series([2.0, 9.0, 4.0]))
    assert ranks["rank_from"].tolist() == [3, 1, 2]
    assert ranks["exact"].all()
    assert not ranks["unordered"].any()


def test_equal_values_share_a_rank():
    ranks = ranking(pd.Series([3.0, 3.0, 1.0]), pd.Series([3.0, 3.0, 1.0]))
    assert ranks["rank_from"].tolist() == [1, 1, 3]
    assert ranks["exact"].all()
    assert unordered(pd.Series([3.0, 3.0]), pd.Series([3.0, 3.0])) == []


def test_intervals_that_touch_have_an_order():
    low, high = pd.Series([1.0, 3.0]), pd.Series([3.0, 5.0])
    ranks = ranking(low, high)
    assert ranks["rank_from"].tolist() == [1, 1]  # they may be equal
    assert ranks["rank_to"].tolist() == [2, 1]
    assert unordered(low, high) == []


def test_ties_are_told_apart_from_what_has_no_order():
    low = pd.Series({"a": 0.0, "b": 0.0, "c": 0.0, "d": 3.0, "e": 5.0, "f": 5.0, "g": 5.5})
    high = pd.Series({"a": 0.0, "b": 0.0, "c": 3.0, "d": 5.0, "e": 5.0, "f": 6.0, "g": np.nan})
    found = ties(low, high)
    assert found.certain == [["a", "b"]]
    assert found.possible == [["d", "e", "f"], ["c", "d"], ["a", "b", "c"]]


def test_no_upper_bound_is_above_everything_that_starts_below_it():
    ranks = ranking(pd.Series([0.0, 5.0, 7.0]), pd.Series([np.nan, 6.0, 8.0]))
    assert ranks["rank_from"].tolist() == [1, 2, 1]
    assert ranks["rank_to"].tolist() == [3, 3, 2]


def test_a_value_that_is_not_known_may_have_any_rank():
    ranks = ranking(pd.Series([np.nan, 5.0]), pd.Series([np.nan, 6.0]))
    assert ranks["rank_from"].tolist() == [1, 1]
    assert ranks["rank_to"].tolist() == [2, 2]


def test_groups_without_an_order_hold_no_pair_that_has_one():
    low = pd.Series({"a": 0.0, "b": 2.0, "c": 4.0, "d": 9.0})
    high = pd.Series({"a": 3.0, "b": 5.0, "c": 6.0, "d": 10.0})
    assert unordered(low, high) == [["b", "c"], ["a", "b"]]


def test_ranks_of_each_indicator(real):
    keys = [f"study:{code}" for code in real[2025].edition.region_names("study").index]
    figures = indicators(real[2025], keys)
    table = rankings(figures)
    assert len(table) == len(keys) * len(comparison.INTERVALS)
    mine = table[table["indicator"] == "demand"]
    expected = ranking(figures["demand_low"], figures["demand_high"])
    assert mine["rank_to"].tolist() == expected["rank_to"].tolist()


whole = st.integers(0, 12).map(float)


@st.composite
def intervals(draw, least=1):
    """Up to eight intervals; some points, some without an upper bound."""
    pairs = draw(
        st.lists(st.tuples(whole, st.one_of(whole, st.just(np.nan))), min_size=least, max_size=8)
    )
    low = pd.Series([first for first, _ in pairs])
    high = pd.Series([first + width for first, width in pairs])
    return low, high


@given(intervals(), st.randoms())
def test_law_the_order_of_rows_does_not_matter(given_intervals, random):
    low, high = given_intervals
    order = list(low.index)
    random.shuffle(order)
    pd.testing.assert_frame_equal(ranking(low[order], high[order]).sort_index(), ranking(low, high))
    groups = {frozenset(group) for group in unordered(low, high)}
    assert {frozenset(group) for group in unordered(low[order], high[order])} == groups


@given(intervals(), st.data())
def test_law_a_wider_interval_never_narrows_a_rank(given_intervals, data):
    low, high = given_intervals
    place = data.draw(st.sampled_from(list(low.index)))
    wide_low, wide_high = low.copy(), high.copy()
    wide_low[place] -= data.draw(whole)
    wide_high[place] += data.draw(st.one_of(whole, st.just(np.nan)))
    before, after = ranking(low, high), ranking(wide_low, wide_high)
    assert (after["rank_from"] <= before["rank_from"]).all()
    assert (after["rank_to"] >= before["rank_to"]).all()


@given(st.lists(st.tuples(st.floats(0.1, 5), st.floats(0.1, 5)), min_size=1, max_size=8))
def test_law_disjoint_intervals_have_exact_ranks(steps):
    ends = np.cumsum(np.array(steps).ravel())
    low, high = pd.Series(ends[0::2]), pd.Series(ends[1::2])
    ranks = ranking(low, high)
    assert ranks["rank_from"].tolist() == list(range(len(low), 0, -1))
    assert ranks["exact"].all()
    assert unordered(low, high) == []


@given(st.lists(st.tuples(st.floats(0, 4.9), st.floats(5.1, 9)), min_size=1, max_size=8))
def test_law_intervals_that_all_overlap_have_no_order(ends):
    low, high = (pd.Series(side) for side in zip(*ends, strict=True))
    ranks = ranking(low, high)
    assert (ranks["rank_from"] == 1).all()
    assert (ranks["rank_to"] == len(low)).all()
    assert unordered(low, high) == ([list(low.index)] if len(low) > 1 else [])


@given(intervals())
def test_law_groups_are_the_largest_sets_of_pairs_without_an_order(given_intervals):
    low, high = given_intervals
    top = high.fillna(np.inf)
    pair = {
        (a, b)
        for a in low.index
        for b in low.index
        if a != b and top[a] > low[b] and top[b] > low[a]
    }
    groups = [set(group) for group in unordered(low, high)]
    found = {(a, b) for group in groups for a in group for b in group if a != b}
    assert found == pair
    assert not any(one < other for one in groups for other in groups)


@given(intervals())
def test_law_each_pair_has_an_order_or_none_or_is_tied(given_intervals):
    low, high = given_intervals
    top = high.fillna(np.inf)
    found = ties(low, high)
    tied = [set(group) for group in (*found.certain, *found.possible)]
    loose = [set(group) for group in unordered(low, high)]
    for a, b in itertools.combinations(low.index, 2):
        apart = top[a] < low[b] or top[b] < low[a]
        together = any({a, b} <= group for group in (*tied, *loose))
        assert apart != together
    for group in found.certain:
        assert low[group].eq(low[group[0]]).all()
        assert low[group].eq(high[group]).all()


@given(intervals())
def test_law_a_certain_rank_is_of_a_region_that_has_an_order_with_all(given_intervals):
    ranks = ranking(*given_intervals)
    assert (ranks.loc[ranks["exact"], "unordered"] == 0).all()


@given(intervals(), st.data())
def test_law_the_real_rank_lies_in_the_range(given_intervals, data):
    low, high = given_intervals
    real = pd.Series(
        [
            data.draw(st.floats(first, 40 if np.isnan(last) else last))
            for first, last in zip(low, high, strict=True)
        ]
    )
    rank = real.rank(method="min", ascending=False)
    ranks = ranking(low, high)
    assert (ranks["rank_from"] <= rank).all()
    assert (rank <= ranks["rank_to"]).all()


# Another year


def same(assessed):
    names = list(assessed.municipalities.index)
    return pd.DataFrame({"from_code": names, "to_code": names, "share": 1.0})


OWN = [
    *("residents_0_17", "count_status", "demand_low", "demand_high", "capacity_low"),
    *("capacity_high", "gap_low", "gap_high", "gap_per_1000_high", "share_without_low"),
]


def test_the_year_itself_has_the_figures_of_the_indicators(real):
    assessed, other = real[2025], real[2010]
    keys = ["study:ST-SA", "province:PV20", "country:NL"]
    both = beside(assessed, other, editions.load_crosswalk(2010, 2025), keys)
    assert list(both.index) == [(key, year) for key in keys for year in (2025, 2010)]
    mine = both.xs(2025, level="year")
    pd.testing.assert_frame_equal(mine[OWN], indicators(assessed, keys)[OWN], check_dtype=False)


def test_a_region_that_kept_its_border_has_its_own_figures_of_the_other_year(real):
    both = beside(real[2025], real[2010], editions.load_crosswalk(2010, 2025), ["province:PV23"])
    theirs = both.loc[("province:PV23", 2010)]
    own = indicators(real[2010], ["province:PV23"]).iloc[0]
    pd.testing.assert_series_equal(theirs[OWN], own[OWN], check_names=False)
    assert theirs["share_divided"] == 0
    assert theirs["count_unit"] == "children"


def test_what_is_carried_adds_up_to_the_country(real):
    for year, other in ((2025, 2010), (2010, 2025)):
        names = real[year].edition.region_names("province").index
        keys = [f"province:{code}" for code in names]
        crosswalk = editions.load_crosswalk(other, year)
        both = beside(real[year], real[other], crosswalk, keys).xs(other, level="year")
        whole_country = indicators(real[other], ["country:NL"]).iloc[0]
        for column in ("residents_0_17", "capacity_low"):
            assert both[column].sum() == pytest.approx(whole_country[column], rel=1e-6)
        shares = both[[f"share_{word}" for word in comparison.SHOWN]]
        np.testing.assert_allclose(shares.sum(axis=1), 1, atol=1e-5)


def test_a_count_that_is_divided_is_an_estimate():
    assessed = two_provinces()
    half = pd.DataFrame(
        {
            "from_code": ["GM9001", "GM9002", "GM9002", "GM9003", "GM9004"],
            "to_code": ["GM9001", "GM9002", "GM9003", "GM9003", "GM9004"],
            "share": [1.0, 0.75, 0.25, 1.0, 1.0],
        }
    )
    other = assess(replaced_year(assessed.edition, 2025), assessed.register)
    both = beside(assessed, other, half, REGIONS).xs(2025, level="year")
    assert both["residents_0_17"].tolist() == [2_500, 7_500]
    assert both["count_status"].tolist() == ["mixed", "mixed"]
    # 2 of 8 thousand on one side, of a municipality that the border cuts
    assert both["share_divided"].tolist() == [0.2, pytest.approx(500 / 7_500, abs=1e-6)]


def test_a_municipality_of_which_all_parts_lie_in_the_region_is_not_divided():
    assessed = two_provinces()
    parts = [0.08, 0.06, 0.86]
    assert pd.Series(parts).groupby([0, 0, 0]).sum().iloc[0] != 1
    split = pd.DataFrame({"from_code": "GM9001", "to_code": codes(3), "share": parts})
    crosswalk = pd.concat([split, same(assessed).iloc[1:]], ignore_index=True)
    both = beside(assessed, assessed_like(assessed), crosswalk, ["country:NL"])
    # So its counts are still those that were observed.
    assert both["count_status"].tolist() == ["observed", "observed"]


def test_an_unknown_bound_stays_unknown_wherever_a_part_of_it_goes():
    bounded = {"service_area": ";".join(codes(4)), "capacity_families": 5.0}
    assessed = two_provinces(bounded, complete=codes(3))
    both = beside(
        assessed,
        assess(replaced_year(assessed.edition, 2025), assessed.register),
        same(assessed),
        REGIONS,
    )
    assert both.loc[("province:PV02", 2010), "capacity_high"] != 0
    assert both["capacity_high"].isna().groupby(level="region").all()["province:PV02"]


def test_the_gap_of_the_other_year_is_that_of_its_own_municipalities():
    plenty = {"service_area": "GM9001", "capacity_families": 9_000.0, "edition": 2010}
    assessed = two_provinces(plenty, complete=codes(4))
    both = beside(assessed, assessed_like(assessed), same(assessed), ["province:PV01"])
    # The surplus of GM9001 does not help GM9002, also when they are one municipality now.
    assert (both["gap_high"] > 0).all()
    low, high = both["gap_high"].min(), both["gap_high"].max()
    assert low == high


@given(countries())
def test_law_the_same_division_gives_the_same_figures(country):
    made, rows, complete = country
    # What is known of 2010 is not known of 2025, so both assessments are of the same year.
    first = assess(made, register(offers(*rows), complete=complete))
    keys = [f"province:{code}" for code in sorted(set(made.regions["region_code"]))]
    both = beside(first, assessed_like(first), same(first), keys)
    mine, theirs = (both.xs(year, level="year") for year in (2010, 2025))
    pd.testing.assert_frame_equal(mine, theirs)
    figures = indicators(first, keys)
    for column in ("demand_low", "gap_low", "gap_high", "capacity_high"):
        np.testing.assert_allclose(mine[column], figures[column], atol=1e-6)
    assert (mine["gap_low"] <= mine["gap_high"]).all()
    assert (mine["share_without_low"] <= mine["share_without_high"]).all()


def replaced_year(made, year):
    """The same made-up division under another year."""
    return type(made)(made.municipalities, made.regions, made.demand, made.sources, year)


def assessed_like(assessed):
    """The same assessment, as if it were of another year."""
    other = replaced_year(assessed.edition, 2025)
    return type(assessed)(
        **{name: getattr(assessed, name) for name in assessed.__dataclass_fields__}
        | {"edition": other}
    )

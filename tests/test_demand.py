"""Demand: the worked numbers of the method, and the intervals of estimates."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from coverage import demand
from coverage.settings import Settings


def counts(status="observed", **columns):
    table = pd.DataFrame(columns, dtype=float)
    for name in ("imposed", "extended"):
        for end in ("low", "high"):
            if f"{name}_{end}" not in table:
                table[f"{name}_{end}"] = table[name]
    return table.assign(count_status=status)


def test_the_shares_of_the_letter():
    found = demand.demand(counts(imposed=[100], extended=[200]), Settings())
    assert found["demand_low"].tolist() == pytest.approx([0.03 * 100 + 0.10 * 200])
    assert found["demand_high"].tolist() == pytest.approx([0.03 * 100 + 0.15 * 200])


def test_children_become_families():
    table = counts(imposed=[100], extended=[200])
    one, two = (
        demand.demand(table, Settings(children_per_family=number))["demand_high"].iloc[0]
        for number in (1, 2)
    )
    assert two == pytest.approx(one / 2)


@given(
    st.lists(st.one_of(st.just(0.0), st.floats(1e-3, 1e5)), min_size=1, max_size=20),
    st.sampled_from([0.5, 0.8, 0.9, 0.99]),
)
def test_the_spread_is_that_of_scipy_stats(means, confidence):
    low, high = demand.poisson_interval(means, means, confidence)
    tail = (1 - confidence) / 2
    assert low.tolist() == np.maximum(stats.poisson.ppf(tail, means), 0).tolist()
    assert high.tolist() == np.maximum(stats.poisson.ppf(1 - tail, means), 0).tolist()


def test_the_interval_holds_as_often_as_it_says():
    means = np.repeat([2.0, 15.0, 300.0], 20_000)
    low, high = demand.poisson_interval(means, means, 0.90)
    drawn = np.random.default_rng(1).poisson(means)
    inside = ((low <= drawn) & (drawn <= high)).reshape(3, -1).mean(axis=1)
    assert (inside >= 0.895).all()
    # Whole numbers make it hold a little more often than asked, less so for large counts.
    assert inside[2] < 0.92


def test_only_estimates_are_spread():
    table = counts(imposed=[50, 50], extended=[80, 80], status=["observed", "estimated"])
    found = demand.count_intervals(table, Settings())
    assert found.loc[0, "imposed_low"] == found.loc[0, "imposed_high"] == 50
    assert found.loc[1, "imposed_low"] < 50 < found.loc[1, "imposed_high"]


def test_entered_counts_replace_whole_rows():
    shipped = counts(imposed=[10, 10], extended=[20, 20], status="estimated").assign(source="CBS")
    entered = pd.DataFrame({"imposed": [7.0], "extended": [9.0]}, index=[1])
    merged = demand.merge_counts(shipped, entered)
    assert merged.loc[0].equals(shipped.loc[0])
    assert merged.loc[1, ["imposed", "imposed_low", "imposed_high"]].tolist() == [7, 7, 7]
    assert merged.loc[1, ["count_status", "source"]].tolist() == ["entered", ""]


def test_an_unknown_count_leaves_the_estimate():
    shipped = counts(imposed=[10], extended=[20], status="estimated")
    entered = pd.DataFrame({"imposed": [7.0], "extended": [np.nan]}, index=[0])
    pd.testing.assert_frame_equal(demand.merge_counts(shipped, entered), shipped)


def test_a_strange_code_is_refused():
    shipped = counts(imposed=[10], extended=[20])
    with pytest.raises(demand.InvalidCountsError, match="GM9999"):
        demand.merge_counts(
            shipped, pd.DataFrame({"imposed": [1.0], "extended": [1.0]}, ["GM9999"])
        )


@pytest.mark.parametrize(
    "wrong",
    [
        {"imposed": [-1.0]},
        {"imposed": [np.inf]},
        {"imposed_low": [6.0]},
        {"extended_low": [6.0], "extended_high": [3.0], "extended": [np.nan]},
        {"count_status": ["Estimated"]},
    ],
)
def test_counts_that_cannot_be_are_refused(wrong):
    shipped = counts(imposed=[10], extended=[20])
    entered = pd.DataFrame({"imposed": [5.0], "extended": [5.0]} | wrong)
    with pytest.raises(demand.InvalidCountsError):
        demand.merge_counts(shipped, entered)


def test_both_counts_are_needed_once():
    shipped = counts(imposed=[10, 10], extended=[20, 20])
    with pytest.raises(demand.InvalidCountsError, match="extended"):
        demand.merge_counts(shipped, pd.DataFrame({"imposed": [5.0]}))
    twice = pd.DataFrame({"imposed": [5.0, 6.0], "extended": [5.0, 6.0]}, index=[1, 1])
    with pytest.raises(demand.InvalidCountsError, match="twice"):
        demand.merge_counts(shipped, twice)


def test_bounds_and_status_of_a_user_are_kept():
    shipped = counts(imposed=[10], extended=[20]).assign(unit="measures")
    entered = pd.DataFrame(
        {
            "imposed": [5.0],
            "imposed_low": [4.0],
            "imposed_high": [7.0],
            "extended": [6.0],
            "count_status": ["observed"],
        }
    )
    merged = demand.merge_counts(shipped, entered).loc[0]
    assert merged[["imposed_low", "imposed_high", "extended_low"]].tolist() == [4, 7, 6]
    assert merged[["count_status", "unit"]].tolist() == ["observed", "children"]


def test_capacity_is_shared_by_the_middle_of_the_demand():
    found = demand.expected_demand(counts(imposed=[100], extended=[200]), Settings())
    assert found.tolist() == pytest.approx([0.03 * 100 + 0.125 * 200])


@pytest.mark.parametrize(
    "wrong",
    [
        {"share_imposed": 1.2},
        {"share_extended_low": 0.2},
        {"children_per_family": 0},
        {"share_extended_high": float("nan")},
        {"no_such_setting": 1},
    ],
)
def test_settings_are_checked(wrong):
    with pytest.raises(ValueError, match="validation error"):
        Settings(**wrong)

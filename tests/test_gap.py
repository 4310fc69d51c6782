"""Gap: worked by hand, for municipalities and for the regions that they make."""

import numpy as np
import pandas as pd
import pytest

from coverage import gap


def two(capacity_low, capacity_high):
    """Two municipalities with a demand of 0 to 10 each."""
    row = {"demand_low": 0.0, "demand_high": 10.0}
    capacity = {"capacity_low": capacity_low, "capacity_high": capacity_high}
    return pd.DataFrame([row | capacity] * 2)


def region(table):
    """Region of both, with a demand of 5 to 15: chance evens out."""
    demand = pd.DataFrame({"demand_low": [5.0], "demand_high": [15.0]}, index=["R"])
    found = gap.regional_gap(table, pd.Series(["R", "R"]), demand)
    return found.loc["R", ["gap_low", "gap_high"]].tolist()


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        # At most 2 of each municipality go without, whatever the total is.
        (8.0, 8.0, [0, 4]),
        # At least 5 families need help and 2 + 2 get it; at most 15 need it and perhaps none
        # lives where the capacity is.
        (2.0, 2.0, [1, 15]),
        (0.0, 0.0, [5, 15]),
        (10.0, 10.0, [0, 0]),
        (0.0, np.nan, [0, 15]),
    ],
)
def test_the_gap_of_a_region_has_two_bounds(low, high, expected):
    assert region(two(low, high)) == expected


def test_a_rounding_error_is_no_family():
    table = two(10 - 1e-12, 10 - 1e-12)
    assert gap.gap(table)["gap_high"].tolist() == [0, 0]


def test_an_unknown_demand_is_no_closed_gap():
    table = two(5.0, 5.0).assign(demand_high=np.nan)
    assert gap.gap(table)["gap_high"].isna().all()

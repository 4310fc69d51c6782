"""Totals of regions, by the same rules for intervals as their municipalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import demand as demand_step
from coverage import gap as gap_step
from coverage.labels import UNKNOWN
from coverage.vocabulary import LADDER, FigureStatus

if TYPE_CHECKING:
    from coverage.settings import Settings

MIXED = "mixed"
"""Status of a total over counts of different status."""


def totals(
    municipalities: pd.DataFrame, counts: pd.DataFrame, members: pd.DataFrame, settings: Settings
) -> pd.DataFrame:
    """Totals of each region of a set.

    Parameters
    ----------
    municipalities
        Figures and statuses of an assessment, indexed by gm_code.
    counts
        Orders per municipality, indexed by gm_code; see `coverage.demand.count_intervals`.
    members
        One row a municipality in a region: region_code, region_name, status, gm_code.
    settings
        Those of the assessment.

    Returns
    -------
    pandas.DataFrame
        Indexed by region_code, with the columns that `coverage.assessment.Assessment.regions`
        describes. Figures are rounded to millionths.
    """
    rows = municipalities.loc[members["gm_code"]]
    region = pd.Series(members["region_code"].to_numpy(), index=rows.index)
    named = members.drop_duplicates("region_code").set_index("region_code").sort_index()
    result = pd.DataFrame({"region_name": named["region_name"], "region_status": named["status"]})
    result["municipalities"] = region.value_counts()
    # What is not known of one municipality is not known of its region.
    sums = rows[["residents_0_17", "imposed", "extended"]].groupby(region).sum(skipna=False)
    result = result.join(sums)
    result["count_status"] = status_of(rows["count_status"], region)
    result = result.join(demand_of(counts.loc[rows.index], region, settings))
    for end in ("capacity_low", "capacity_high"):
        # One municipality without a known bound leaves the region without one.
        result[end] = rows[end].fillna(np.inf).groupby(region).sum().replace(np.inf, np.nan)
    result = result.join(gap_step.regional_gap(rows, region, result))
    shown = rows["status_at_least"].where(rows["known"], UNKNOWN)
    for word in (*LADDER, UNKNOWN):
        result[f"n_{word}"] = (shown == word).groupby(region).sum()
    result["share_unknown"] = result[f"n_{UNKNOWN}"] / result["municipalities"]
    return result.round(6)


def status_of(statuses: pd.Series, region: pd.Series) -> pd.Series:
    """Status that all counts of a region have, or that they are mixed.

    Parameters
    ----------
    statuses
        Status of the counts of each part of a region.
    region
        Region of each part, same index.

    Returns
    -------
    pandas.Series
        Indexed by region; `MIXED` where the parts differ.
    """
    grouped = statuses.groupby(region)
    first, last = grouped.min(), grouped.max()
    return pd.Series(np.where(first == last, first, MIXED), index=first.index)


def demand_of(counts: pd.DataFrame, region: pd.Series, settings: Settings) -> pd.DataFrame:
    """Demand of regions: the spread is taken of the total, where chance evens out.

    Parameters
    ----------
    counts
        Orders of each part of a region; see `coverage.demand.count_intervals`.
    region
        Region of each part, same index.
    settings
        Those of the assessment.

    Returns
    -------
    pandas.DataFrame
        Indexed by region; demand_low, demand_high in families a year.
    """
    numbers = [name for name in counts.columns if name.startswith(demand_step.COUNTS)]
    estimated = counts["count_status"] == FigureStatus.ESTIMATED
    parts = []
    for status, rows in ((FigureStatus.ESTIMATED, estimated), (FigureStatus.OBSERVED, ~estimated)):
        total = counts.loc[rows, numbers].groupby(region[rows]).sum()
        parts.append(demand_step.demand(total.assign(count_status=status.value), settings))
    return parts[0].add(parts[1], fill_value=0.0)

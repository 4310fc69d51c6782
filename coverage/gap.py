"""Step 3 of the calculation: families without care coordination, as an interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from coverage.settings import Settings

PER = 1_000
"""Residents aged 0-17 that a rate is for."""

ROUNDING = 1e-9
"""Families; a difference below it comes from floating-point arithmetic."""


def gap(supply_and_demand: pd.DataFrame) -> pd.DataFrame:
    """Demand that capacity does not meet.

    Parameters
    ----------
    supply_and_demand
        demand_low, demand_high, capacity_low, capacity_high in families a year; a
        capacity_high of NaN has no known upper bound.

    Returns
    -------
    pandas.DataFrame
        Same index; gap_low, gap_high in families a year.

    Examples
    --------
    >>> row = {"demand_low": 10, "demand_high": 15, "capacity_low": 4, "capacity_high": 12}
    >>> gap(pd.DataFrame([row]))
       gap_low  gap_high
    0        0        11
    """
    demand_low, demand_high, capacity_low, capacity_high = _bounds(supply_and_demand)
    return pd.DataFrame(
        {
            "gap_low": _short(demand_low - capacity_high),
            "gap_high": _short(demand_high - capacity_low),
        }
    )


def coordinators(gaps: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Coordinators that a gap asks for, if each has as many families at once as is usual.

    Parameters
    ----------
    gaps
        gap_low, gap_high in families a year.
    settings
        Only ``caseload`` is used.

    Returns
    -------
    pandas.DataFrame
        Same index; coordinators_low, coordinators_high. Parts of a coordinator count.

    Notes
    -----
    A family is taken to need its coordinator for the whole year.
    """
    return pd.DataFrame(
        {f"coordinators_{end}": gaps[f"gap_{end}"] / settings.caseload for end in ("low", "high")}
    )


def _short(shortage: pd.Series) -> pd.Series:
    """What is short; a rounding error of a shared capacity is not a family."""
    return shortage.mask(shortage <= ROUNDING, 0.0)


def regional_gap(
    municipalities: pd.DataFrame, region: pd.Series, regional_demand: pd.DataFrame
) -> pd.DataFrame:
    """Gap of regions, from the gaps of their municipalities.

    Parameters
    ----------
    municipalities
        As for `gap`, one row a municipality.
    region
        Region of each municipality, same index.
    regional_demand
        demand_low, demand_high of each region, indexed by region: narrower than the sums
        over municipalities, because chance evens out in a region.

    Returns
    -------
    pandas.DataFrame
        Indexed as `regional_demand`; gap_low, gap_high in families a year.

    Notes
    -----
    What one municipality has too much does not help another, so the gap of a region is
    the sum over its municipalities. It also equals the demand of the region less the
    demand that is met. Both ways bound it; the narrower bound on each side is taken.
    """
    demand_low, demand_high, capacity_low, capacity_high = _bounds(municipalities)
    own = gap(municipalities)
    parts = pd.DataFrame(
        {
            "gap_low": own["gap_low"],
            "gap_high": own["gap_high"],
            "met_low": np.minimum(demand_low, capacity_low),
            "met_high": np.minimum(demand_high, capacity_high),
        }
    )
    total = parts.groupby(region).sum().reindex(regional_demand.index)
    by_demand_low = regional_demand["demand_low"] - total["met_high"]
    by_demand_high = regional_demand["demand_high"] - total["met_low"]
    return pd.DataFrame(
        {
            "gap_low": np.maximum(total["gap_low"], by_demand_low),
            "gap_high": np.minimum(total["gap_high"], by_demand_high),
        }
    )


def _bounds(table: pd.DataFrame) -> tuple[pd.Series, pd.Series, pd.Series, pd.Series]:
    return (
        table["demand_low"],
        table["demand_high"],
        table["capacity_low"],
        table["capacity_high"].fillna(np.inf),
    )

"""Totals of regions, by the same rules for intervals as their municipalities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import demand as demand_step
from coverage import gap as gap_step
from coverage.demand import COUNTS, SHARED_FROM, WHOLE, InvalidCountsError
from coverage.labels import UNKNOWN
from coverage.vocabulary import LADDER, FigureStatus

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.settings import Settings

    Published = Mapping[frozenset[str], Mapping[str, float]]

MIXED = "mixed"
"""Status of a total over counts of different status; unit of one over different units."""

OWN = (FigureStatus.OBSERVED, FigureStatus.ENTERED, FigureStatus.SUPPRESSED)
"""Statuses of the counts that a published sum is of."""

_ENDS = ("low", "high")
_NUMBERS = [name + end for name in COUNTS for end in ("", "_low", "_high")]
_ROUNDING = 1e-6  # orders; what shared-out counts lose in floating-point arithmetic


def totals(
    municipalities: pd.DataFrame,
    counts: pd.DataFrame,
    members: pd.DataFrame,
    settings: Settings,
    published: Published | None = None,
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
    published
        Result of `published_sums`; without it all totals are sums of what is known of each
        municipality.

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
    result["residents_0_17"] = rows["residents_0_17"].groupby(region).sum(skipna=False)
    mine = counts.loc[rows.index]
    result = result.join(orders_of(mine, region, published))
    result = result.join(demand_of(mine, region, settings, published))
    for end in ("capacity_low", "capacity_high"):
        # One municipality without a known bound leaves the region without one.
        result[end] = rows[end].fillna(np.inf).groupby(region).sum().replace(np.inf, np.nan)
    result = result.join(gap_step.regional_gap(rows, region, result))
    result = result.join(gap_step.coordinators(result, settings))
    shown = rows["status_at_least"].where(rows["known"], UNKNOWN)
    for word in (*LADDER, UNKNOWN):
        result[f"n_{word}"] = (shown == word).groupby(region).sum()
    result["share_unknown"] = result[f"n_{UNKNOWN}"] / result["municipalities"]
    return result.round(6)


def published_sums(
    sums: pd.DataFrame, regions: pd.DataFrame, counts: pd.DataFrame
) -> dict[frozenset[str], dict[str, float]]:
    """Find out of which municipalities the published sums are.

    Parameters
    ----------
    sums
        One row a region: region_set, region_code, imposed and extended (NaN where
        protected) and if known ``*_low``, ``*_high``. Each is the sum over the municipalities of
        the region whose counts have a status of `OWN`.
    regions
        One row a municipality in a region: region_set, region_code, gm_code.
    counts
        Orders per municipality, indexed by gm_code: count_status.

    Returns
    -------
    dict
        For each group of municipalities that a sum is of: imposed, extended, and their bounds.
        Any group of regions or rows with just these has this sum, whatever it is called.
    """
    own = counts.index[counts["count_status"].isin(OWN)]
    keys = ["region_set", "region_code"]
    inside = regions[regions["gm_code"].isin(own)].groupby(keys)["gm_code"].agg(frozenset)
    table = sums.set_index(keys).reindex(columns=_NUMBERS).astype(float)
    for name in COUNTS:
        for end in _ENDS:
            table[f"{name}_{end}"] = table[f"{name}_{end}"].fillna(table[name])
    table = table.loc[table.index.isin(inside.index)].round(6)
    # Regions with the same municipalities have one sum, also where one of them hides it.
    found = table.groupby(inside.loc[table.index].to_numpy()).first()
    return dict(zip(found.index, found.to_dict("records"), strict=True))


def orders_of(
    counts: pd.DataFrame, region: pd.Series, published: Published | None = None
) -> pd.DataFrame:
    """Orders of regions, as far as they may be told.

    Parameters
    ----------
    counts
        Orders of each part of a region; see `coverage.demand.count_intervals`.
    region
        Region of each part, same index.
    published
        Result of `published_sums`.

    Returns
    -------
    pandas.DataFrame
        Indexed by region: imposed and extended, each with the range of its source as ``*_low``,
        ``*_high``; count_status (``suppressed`` where a sum is protected, `MIXED` where the parts
        differ); count_unit; n_suppressed, the number of municipalities with a protected count.
        Where units differ there is no sum, and count_unit is `MIXED`.
    """
    of_units = _by_unit(counts, region, published)
    unit = of_units.index.get_level_values("unit").to_series(index=of_units.index)
    units = unit.groupby("region").agg(_one)
    result = of_units[_NUMBERS].groupby("region").sum(skipna=False)
    result[_NUMBERS] = result[_NUMBERS].where(units != MIXED, np.nan)
    hidden = _hidden(counts)
    some_hidden = hidden.groupby(region.to_numpy()).sum().reindex(result.index)
    # Where the sum is published, protected parts are in it and hide nothing of it.
    other = counts["count_status"].where(counts["count_status"] != FigureStatus.SUPPRESSED)
    status = other.groupby(region.to_numpy()).agg(_one).replace("", FigureStatus.ENTERED.value)
    result["count_status"] = status.reindex(result.index)
    kept_back = (some_hidden > 0) & result[list(COUNTS)].isna().any(axis=1)
    result["count_status"] = result["count_status"].mask(
        kept_back & (units != MIXED), FigureStatus.SUPPRESSED.value
    )
    return result.assign(count_unit=units, n_suppressed=some_hidden.astype(int))


def _one(values: pd.Series[str]) -> str:
    """Value that all have, that they differ, or empty if there is none."""
    found = values.dropna().unique()
    return MIXED if len(found) > 1 else str(found[0]) if len(found) else ""


def _hidden(counts: pd.DataFrame) -> pd.Series[bool]:
    """Whether a count of a row is protected."""
    suppressed = counts["count_status"] == FigureStatus.SUPPRESSED
    return suppressed & counts[list(COUNTS)].isna().any(axis=1)


def _by_unit(counts: pd.DataFrame, region: pd.Series, published: Published | None) -> pd.DataFrame:
    """Sums by region, unit and kind of count, cut down to what is published.

    The three levels of the index tell them apart; count_status and spread are those of the kind.
    """
    numbers = _with_wholes(counts, region)
    estimated = demand_step.spreads(counts).to_numpy()
    own = counts["count_status"].isin(OWN).to_numpy()
    unit = counts["unit"] if "unit" in counts else pd.Series("children", index=counts.index)
    kind = np.select([estimated, own], ["spread", "own"], "fixed")
    keys = pd.MultiIndex.from_arrays(
        [region.to_numpy(), kind, unit.to_numpy()], names=["region", "kind", "unit"]
    )
    sums = numbers.set_axis(keys).groupby(["region", "kind", "unit"]).sum(skipna=False)
    sums = _cut_down(sums, counts.index[own], region[own], published or {})
    kinds = sums.index.get_level_values("kind")
    status = np.where(kinds == "spread", FigureStatus.ESTIMATED, FigureStatus.OBSERVED)
    return sums.assign(count_status=status)


def _with_wholes(counts: pd.DataFrame, region: pd.Series) -> pd.DataFrame:
    """Numbers of which the bounds add up to those of a count that was shared out.

    That goes for regions that have all the parts of that count. What a sum of bounds is too wide
    is taken off one of the parts, as only their sums are used.
    """
    numbers = counts[_NUMBERS].astype(float)
    if SHARED_FROM not in counts:
        return numbers
    shared = counts[SHARED_FROM].ne("").to_numpy()
    keys = [region.to_numpy()[shared], counts.loc[shared, SHARED_FROM].to_numpy()]
    first = ~pd.MultiIndex.from_arrays(keys).duplicated()
    result = numbers.to_numpy(copy=True)
    for name in COUNTS:
        columns = [name, *(f"{name}_{end}" for end in _ENDS)]
        sums = numbers.loc[shared, columns].groupby(keys).transform("sum").to_numpy()
        whole = counts.loc[shared, list(WHOLE[name])].to_numpy(dtype=float)
        every = np.isclose(sums[:, 0], whole[:, 0], rtol=_ROUNDING, atol=_ROUNDING)
        over = np.zeros_like(sums)
        over[:, 1] = np.minimum(sums[:, 1] - whole[:, 1], 0)
        over[:, 2] = np.maximum(sums[:, 2] - whole[:, 2], 0)
        places = numbers.columns.get_indexer(pd.Index(columns))
        result[np.ix_(shared, places)] -= np.where((every & first)[:, None], over, 0)
    return pd.DataFrame(result, numbers.index, numbers.columns)


def _cut_down(
    sums: pd.DataFrame, codes: pd.Index, region: pd.Series, published: Published
) -> pd.DataFrame:
    """Sums of own counts, no wider than what is published of the same municipalities."""
    if not published or not len(codes):
        return sums
    groups = pd.Series(codes, index=region.to_numpy()).groupby(level=0).agg(frozenset)
    known = {name: published[group] for name, group in groups.items() if group in published}
    own = sums.xs("own", level="kind")
    # The sum of different things is not the sum of any of them.
    single = own.groupby("region").size() == 1
    known = {name: row for name, row in known.items() if name in single.index[single]}
    at = sums.index.get_level_values("kind") == "own"
    at &= sums.index.get_level_values("region").isin(list(known))
    if not known:
        return sums
    table = pd.DataFrame.from_dict(known, orient="index")
    table = table.loc[sums.index.get_level_values("region")[at]].set_axis(sums.index[at])
    result = sums.copy()
    for name in COUNTS:
        ends = [f"{name}_{end}" for end in _ENDS]
        low = np.fmax(sums.loc[at, ends[0]], table[ends[0]])
        high = np.fmin(sums.loc[at, ends[1]], table[ends[1]])
        if (low > high + _ROUNDING).any():
            raise InvalidCountsError(f"{name}: a published sum does not fit the counts")
        result.loc[at, ends[0]], result.loc[at, ends[1]] = np.minimum(low, high), high
        result.loc[at, name] = table[name].fillna(sums.loc[at, name])
    return result


def demand_of(
    counts: pd.DataFrame,
    region: pd.Series,
    settings: Settings,
    published: Published | None = None,
) -> pd.DataFrame:
    """Demand of regions: the spread is taken of the total, where chance evens out.

    Parameters
    ----------
    counts, region, published
        As for `orders_of`.
    settings
        Those of the assessment.

    Returns
    -------
    pandas.DataFrame
        Indexed by region; demand_low, demand_high in families a year. Orders in different
        units become families first, and are added up then.
    """
    sums = _by_unit(counts, region, published).reset_index(level="unit")
    return demand_step.demand(sums, settings).groupby("region").sum(skipna=False)

"""Step 1 of the calculation: from supervision orders to families.

Demand is the number of families that voluntary support could have served:
a share of the orders imposed and a range of shares of the orders extended in a
year (letter 32 015 nr. 9), turned into families. Children, families and measures are turned
row by row, and never added up with each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.settings import Settings

COUNTS = ("imposed", "extended")
"""The two counts that demand is made of, a year."""

SPREAD = "spread"
"""Column that says whether the bounds of an estimate carry chance already."""

INCLUDED = "included"
"""Value of `SPREAD`: they do, so that no spread of chance is added to them."""

CONFIDENCE = "confidence"
"""Column with the probability that bounds which carry chance are meant to hold the count. Bounds
that hold it for sure have none (NaN)."""

SHARED_FROM, SHARED_BY = "shared_from", "shared_by"
"""Columns of a count that was shared out: the region (``set:code``) that it is a part of, and
by what (``residents`` or ``covariate``)."""

WHOLE = {name: tuple(f"{name}_whole{end}" for end in ("", "_low", "_high")) for name in COUNTS}
"""Columns with the count of that region, and its range."""

_KEPT: dict[str, str | float] = {
    SPREAD: "",
    CONFIDENCE: np.nan,
    SHARED_FROM: "",
    SHARED_BY: "",
    **dict.fromkeys([column for columns in WHOLE.values() for column in columns], np.nan),
    **dict.fromkeys(
        [f"{name}{end}" for name in ("running", "ended") for end in ("", "_low", "_high")], np.nan
    ),
}
"""Columns of own counts that the shipped ones do not have, and what these have instead."""


class InvalidCountsError(ValueError):
    """Counts of orders that cannot be used."""


def poisson_interval(
    mean_low: npt.ArrayLike, mean_high: npt.ArrayLike, confidence: float
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Interval that holds a Poisson count whose mean lies in a range.

    Parameters
    ----------
    mean_low, mean_high
        Range of the mean, each of shape (n,).
    confidence
        Probability content; half of the rest lies on either side.

    Returns
    -------
    low, high : numpy.ndarray
        Quantiles of the Poisson distribution, whole numbers, shape (n,).

    Notes
    -----
    Equal-tailed quantiles: the low one at the low mean, the high one at the high
    mean, so that the interval holds at least `confidence` for each mean in the range.

    Examples
    --------
    >>> poisson_interval([10.0], [10.0], 0.90)
    (array([5.]), array([15.]))
    """
    tail = (1 - confidence) / 2
    return _poisson_quantile(tail, mean_low), _poisson_quantile(1 - tail, mean_high)


def _poisson_quantile(probability: float, mean: npt.ArrayLike) -> npt.NDArray[np.float64]:
    mean = np.asarray(mean, dtype=float)
    safe = np.where(mean > 0, mean, 1.0)
    quantile = np.ceil(special.pdtrik(probability, safe))
    # pdtrik is a root finder: step back where the whole number below is enough,
    # and up to 0 where the probability of no event at all is enough already.
    below = np.maximum(quantile - 1, 0)
    quantile = np.where(special.pdtr(below, safe) >= probability, below, np.maximum(quantile, 0))
    return np.where(np.isnan(mean), np.nan, np.where(mean > 0, quantile, 0.0))


def count_intervals(counts: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Interval of each count: the range of its source and, if estimated, its spread.

    Parameters
    ----------
    counts
        One row an area: imposed, extended (a year, in children, families or measures), and for
        each the range of the source, or of what is published of a protected count, as
        ``*_low`` and ``*_high``; count_status; and if known unit (children without it) and
        `SPREAD`.
    settings
        Only ``confidence`` is used.

    Returns
    -------
    pandas.DataFrame
        Same index; imposed_low, imposed_high, extended_low, extended_high.
    """
    estimated = spreads(counts).to_numpy()
    columns = {}
    for name in COUNTS:
        low = counts[f"{name}_low"].to_numpy(dtype=float)
        high = counts[f"{name}_high"].to_numpy(dtype=float)
        spread_low, spread_high = poisson_interval(low, high, settings.confidence)
        # The quantile of a small mean may lie on the wrong side of the mean itself.
        columns[f"{name}_low"] = np.where(estimated, np.minimum(low, spread_low), low)
        columns[f"{name}_high"] = np.where(estimated, np.maximum(high, spread_high), high)
    return pd.DataFrame(columns, index=counts.index)


def spreads(counts: pd.DataFrame) -> pd.Series[bool]:
    """Whether chance is to be added to the range of each count: see `count_intervals`.

    Parameters
    ----------
    counts
        As for `count_intervals`.
    """
    estimated = counts["count_status"] == FigureStatus.ESTIMATED
    return estimated & (counts[SPREAD] != INCLUDED) if SPREAD in counts else estimated


def carries_chance(counts: pd.DataFrame) -> pd.Series[bool]:
    """Whether the bounds of each count are an interval of chance, and not a range.

    Parameters
    ----------
    counts
        As for `count_intervals`, with `CONFIDENCE` if known.
    """
    if SPREAD not in counts or CONFIDENCE not in counts:
        return pd.Series(False, counts.index)
    return (counts[SPREAD] == INCLUDED) & counts[CONFIDENCE].notna()


def at_confidence(counts: pd.DataFrame, confidence: float) -> pd.DataFrame:
    """Counts of which intervals of chance hold with another probability.

    Parameters
    ----------
    counts
        As for `count_intervals`, with `CONFIDENCE` if known.
    confidence
        Probability that the intervals are meant to hold.

    Returns
    -------
    pandas.DataFrame
        The same counts. An interval that was made for another probability is stretched on either
        side of its estimate as a normal distribution would be; it stays above 0 and
        below the count of the region that it is a part of.
    """
    other = carries_chance(counts)
    if not other.any():
        return counts
    other &= counts[CONFIDENCE] != confidence
    if not other.any():
        return counts
    found = counts.copy()
    rows = found.loc[other]
    stretch = special.ndtri((1 - confidence) / 2) / special.ndtri((1 - rows[CONFIDENCE]) / 2)
    for name in COUNTS:
        low, high = f"{name}_low", f"{name}_high"
        most = rows.get(WHOLE[name][2], pd.Series(np.inf, rows.index)).fillna(np.inf)
        most = most.clip(lower=rows[high])
        found.loc[other, low] = (rows[name] - stretch * (rows[name] - rows[low])).clip(lower=0)
        found.loc[other, high] = (rows[name] + stretch * (rows[high] - rows[name])).clip(upper=most)
    found.loc[other, CONFIDENCE] = confidence
    return found


def families_per_unit(unit: pd.Series[str], settings: Settings) -> pd.Series[float]:
    """Families behind one child, one family or one measure.

    Parameters
    ----------
    unit
        What each row counts: a value of `coverage.schema.DemandUnit`.
    settings
        Children per family, and measures per child.

    Returns
    -------
    pandas.Series
        Same index. What is no known unit is taken for children.

    Examples
    --------
    >>> from coverage.settings import Settings
    >>> units = pd.Series(["children", "families", "measures"])
    >>> families_per_unit(units, Settings(children_per_family=2, measures_per_child=1.25)).tolist()
    [0.5, 1.0, 0.4]
    """
    of_child = 1 / settings.children_per_family
    of_measure = 1 / (settings.measures_per_child * settings.children_per_family)
    known = {"families": 1.0, "measures": of_measure}
    return unit.map(known).astype(float).fillna(of_child).rename("families_per_unit")


def _families(counts: pd.DataFrame, settings: Settings) -> pd.Series[float]:
    unit = counts["unit"] if "unit" in counts else pd.Series("children", index=counts.index)
    return families_per_unit(unit, settings)


def demand(counts: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Families that voluntary support could have served, as an interval.

    Parameters
    ----------
    counts
        As for `count_intervals`.
    settings
        Shares, conversion to families and confidence.

    Returns
    -------
    pandas.DataFrame
        Same index; demand_low, demand_high in families a year.
    """
    interval = count_intervals(counts, settings)
    families = _families(counts, settings)
    imposed, low, high = (
        settings.share_imposed,
        settings.share_extended_low,
        settings.share_extended_high,
    )
    return pd.DataFrame(
        {
            "demand_low": families
            * (imposed * interval["imposed_low"] + low * interval["extended_low"]),
            "demand_high": families
            * (imposed * interval["imposed_high"] + high * interval["extended_high"]),
        },
        index=counts.index,
    )


def expected_demand(counts: pd.DataFrame, settings: Settings) -> pd.Series:
    """Middle of the demand without spread: the weight by which supply is shared.

    Parameters
    ----------
    counts
        As for `count_intervals`.
    settings
        Shares and conversion to families.

    Returns
    -------
    pandas.Series
        Families a year, same index. Of a count of which only the range is known, the middle
        of that range counts.
    """
    middle = (settings.share_extended_low + settings.share_extended_high) / 2
    imposed, extended = (
        counts[name].fillna((counts[f"{name}_low"] + counts[f"{name}_high"]) / 2) for name in COUNTS
    )
    orders = settings.share_imposed * imposed + middle * extended
    return (orders * _families(counts, settings)).rename("expected_demand")


def merge_counts(shipped: pd.DataFrame, entered: pd.DataFrame | None) -> pd.DataFrame:
    """Counts of a user where there are, shipped estimates elsewhere.

    Parameters
    ----------
    shipped
        Counts of an edition, indexed by gm_code.
    entered
        Counts of a user, indexed by gm_code, or None. A count is known by its value or by both
        its bounds (as a protected one is); a row in which either count is not known leaves
        the shipped row as it is. Bounds that are not given equal the count.

    Returns
    -------
    pandas.DataFrame
        Same index and columns as `shipped`, and what `entered` has of running and ended, `SPREAD`,
        `CONFIDENCE`, `SHARED_FROM`, `SHARED_BY` and `WHOLE`: empty where not given.

    Raises
    ------
    InvalidCountsError
        If `entered` has a code that `shipped` has not or has one twice, lacks a column, or holds
        counts that are negative, infinite, outside their own bounds or of no known status.
    """
    if entered is None or entered.empty:
        return shipped
    _check(entered, shipped.index)
    known = entered.copy()
    ends = [f"{name}_{end}" for name in COUNTS for end in ("low", "high")]
    for bound in ends:
        value = known[bound.rpartition("_")[0]]
        known[bound] = known[bound].fillna(value) if bound in known else value
    known = known.dropna(subset=ends)
    for name, default in (("count_status", FigureStatus.ENTERED.value), ("unit", "children")):
        known[name] = known[name].replace("", default).fillna(default) if name in known else default
    merged = shipped.copy()
    for name, empty in _KEPT.items():
        if name in known:
            known[name] = known[name].fillna(empty) if empty == "" else known[name].astype(float)
            merged[name] = empty
    # A user's row replaces the whole shipped row: its source must not stay behind.
    for column in merged.columns:
        merged.loc[known.index, column] = known.get(column, "")
    return merged


def _check(entered: pd.DataFrame, codes: pd.Index) -> None:
    """Refuse counts that cannot be."""
    lacking = [name for name in COUNTS if name not in entered]
    if lacking:
        raise InvalidCountsError(f"no column {', '.join(lacking)}")
    strange = entered.index.difference(codes)
    if len(strange):
        raise InvalidCountsError(f"not in this edition: {', '.join(map(str, strange[:5]))}")
    if not entered.index.is_unique:
        raise InvalidCountsError("a municipality stands there twice")
    for name in COUNTS:
        bounds = [f"{name}_low", name, f"{name}_high"]
        values = entered.reindex(columns=bounds).astype(float)
        if (values < 0).to_numpy().any() or np.isinf(values.to_numpy()).any():
            raise InvalidCountsError(f"{name}: counts are 0 or more, and finite")
        given = values.bfill(axis=1).ffill(axis=1).to_numpy()
        if (np.diff(given, axis=1) < 0).any():
            raise InvalidCountsError(f"{name}: the bounds must lie round the count")
    if "count_status" in entered:
        statuses = set(entered["count_status"].dropna()) - {"", *map(str, FigureStatus)}
        if statuses:
            raise InvalidCountsError(f"no such count_status: {', '.join(map(str, statuses))}")

"""Step 1 of the calculation: from supervision orders to families.

Demand is the number of families that voluntary support could have served:
a share of the orders imposed and a range of shares of the orders extended in a
year (letter 32 015 nr. 9), divided by the children per family.
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
"""The two counts that demand is made of, in children a year."""


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
        One row an area: imposed, extended (children a year), and for each the range
        of the source as ``*_low`` and ``*_high``; count_status.
    settings
        Only ``confidence`` is used.

    Returns
    -------
    pandas.DataFrame
        Same index; imposed_low, imposed_high, extended_low, extended_high.
    """
    estimated = (counts["count_status"] == FigureStatus.ESTIMATED).to_numpy()
    columns = {}
    for name in COUNTS:
        low = counts[f"{name}_low"].to_numpy(dtype=float)
        high = counts[f"{name}_high"].to_numpy(dtype=float)
        spread_low, spread_high = poisson_interval(low, high, settings.confidence)
        # The quantile of a small mean may lie on the wrong side of the mean itself.
        columns[f"{name}_low"] = np.where(estimated, np.minimum(low, spread_low), low)
        columns[f"{name}_high"] = np.where(estimated, np.maximum(high, spread_high), high)
    return pd.DataFrame(columns, index=counts.index)


def demand(counts: pd.DataFrame, settings: Settings) -> pd.DataFrame:
    """Families that voluntary support could have served, as an interval.

    Parameters
    ----------
    counts
        As for `count_intervals`.
    settings
        Shares, children per family and confidence.

    Returns
    -------
    pandas.DataFrame
        Same index; demand_low, demand_high in families a year.
    """
    interval = count_intervals(counts, settings)
    families = 1 / settings.children_per_family
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
        Shares and children per family.

    Returns
    -------
    pandas.Series
        Families a year, same index.
    """
    middle = (settings.share_extended_low + settings.share_extended_high) / 2
    families = settings.share_imposed * counts["imposed"] + middle * counts["extended"]
    return (families / settings.children_per_family).rename("expected_demand")


def merge_counts(shipped: pd.DataFrame, entered: pd.DataFrame | None) -> pd.DataFrame:
    """Counts of a user where there are, shipped estimates elsewhere.

    Parameters
    ----------
    shipped
        Counts of an edition, indexed by gm_code.
    entered
        Counts of a user, indexed by gm_code, or None. A row in which either count is
        unknown (NaN) leaves the shipped row as it is. Bounds that are not given equal
        the count.

    Returns
    -------
    pandas.DataFrame
        Same index and columns as `shipped`.

    Raises
    ------
    InvalidCountsError
        If `entered` has a code that `shipped` has not or has one twice, lacks a count, or holds
        counts that are negative, infinite, outside their own bounds or of no known status.
    """
    if entered is None or entered.empty:
        return shipped
    _check(entered, shipped.index)
    known = entered.dropna(subset=list(COUNTS)).copy()
    for name in COUNTS:
        for bound in (f"{name}_low", f"{name}_high"):
            known[bound] = known[bound].fillna(known[name]) if bound in known else known[name]
    for name, default in (("count_status", FigureStatus.ENTERED.value), ("unit", "children")):
        known[name] = known[name].replace("", default).fillna(default) if name in known else default
    merged = shipped.copy()
    # A user's row replaces the whole shipped row: its source must not stay behind.
    for column in shipped.columns:
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

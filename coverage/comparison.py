"""Regions beside each other: indicators, what order they allow, and another year.

Every indicator that is not exactly known is an interval, and an order between two regions is
only given where their intervals leave no doubt.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import demand as demand_step
from coverage import gap as gap_step
from coverage import regional
from coverage.assessment import COUNTRY
from coverage.labels import UNKNOWN
from coverage.vocabulary import LADDER, CoverageStatus, FigureStatus

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from coverage import Assessment, Edition

INTERVALS = ("gap", "gap_per_1000", "demand", "capacity", "share_without")
"""Indicators that are an interval: columns ``*_low`` and ``*_high``."""

SHOWN = (*LADDER, UNKNOWN)
"""What may be shown of a municipality: a proven rung, or that nothing is proven."""

_SEPARATOR = ":"
_WITHOUT = tuple(rung.value for rung in LADDER if rung.rung < CoverageStatus.SHORT_OF_CAPACITY.rung)


class UnknownRegionError(ValueError):
    """A region that the edition does not have."""

    def __init__(self, region: str, year: int) -> None:
        self.region, self.year = region, year
        super().__init__(f"edition {year} has no region {region!r}")


def region_key(region_set: str, region_code: str) -> str:
    """Name of a region among those of all sets: ``set:code``."""
    return f"{region_set}{_SEPARATOR}{region_code}"


def members(edition: Edition, regions: Sequence[str]) -> pd.DataFrame:
    """Municipalities of regions that may be of different sets, and may overlap.

    Parameters
    ----------
    edition
        Whose regions they are.
    regions
        Regions as ``set:code``; ``country:NL`` is the whole country.

    Returns
    -------
    pandas.DataFrame
        One row a municipality in a region: region (as given), region_set, region_code,
        region_name, status, gm_code.

    Raises
    ------
    UnknownRegionError
        If the edition has no such region.
    """
    columns = ["region_set", "region_code", "region_name", "status", "gm_code"]
    country = pd.DataFrame(
        {
            "region_set": COUNTRY,
            "region_code": "NL",
            "region_name": "Nederland",
            "status": FigureStatus.OBSERVED.value,
            "gm_code": edition.municipalities.index,
        }
    )
    table = pd.concat([edition.regions[columns], country], ignore_index=True)
    keys = table["region_set"] + _SEPARATOR + table["region_code"]
    table.insert(0, "region", keys)
    there = set(keys)
    for region in regions:
        if region not in there:
            raise UnknownRegionError(region, edition.year)
    return table[table["region"].isin(list(regions))].reset_index(drop=True)


def indicators(assessment: Assessment, regions: Sequence[str]) -> pd.DataFrame:
    """Indicators of regions, one row a region, in the order given.

    Parameters
    ----------
    assessment
        Where the figures come from.
    regions
        Regions as ``set:code``, each once; they may be of different sets.

    Returns
    -------
    pandas.DataFrame
        Indexed by region (``set:code``): region_set, region_code, and what
        `coverage.Assessment.regions` gives of the same region; further, as intervals
        (``*_low``, ``*_high``):

        - residents_without: residents 0-17 of municipalities without care coordination. Low:
          of those that certainly have none; high: of those where it is not proven.
        - share_without: the same as a share of the residents 0-17 of the region (0 to 1).
        - gap_per_1000: families a year per 1,000 residents 0-17.

        And count_unit and count_period (of the orders), residents_0_17_year and
        residents_0_17_status, each joined by ``;`` where there are more. Figures are rounded to
        millionths.

    Raises
    ------
    UnknownRegionError
        If the edition has no such region.
    """
    rows = members(assessment.edition, regions)
    table = assessment.municipalities
    totals = regional.totals(
        table,
        assessment.counts,
        rows.drop(columns="region_code").rename(columns={"region": "region_code"}),
        assessment.settings,
        assessment.published,
    ).rename_axis("region")
    inside = table.loc[rows["gm_code"]].set_axis(rows.index)
    region = rows["region"]
    named = rows.drop_duplicates("region").set_index("region")[["region_set", "region_code"]]
    result = named.join(totals)
    result = result.join(_without(inside, inside["residents_0_17"], region))
    result = _ratios(result)
    years = inside["residents_0_17_year"].astype("Int64").astype("string").fillna("")
    inside = inside.assign(residents_0_17_year=years)
    for name in ("count_unit", "count_period", "residents_0_17_year", "residents_0_17_status"):
        result[name] = _joined(inside[name], region)
    return result.loc[list(regions)].round(6)


def statuses(assessment: Assessment, regions: Sequence[str]) -> pd.DataFrame:
    """Number of municipalities of each status in regions, certain or proven at least.

    Parameters
    ----------
    assessment
        Where the statuses come from.
    regions
        Regions as ``set:code``, each once.

    Returns
    -------
    pandas.DataFrame
        Indexed by region, in the order given. Two levels of columns: the status (`SHOWN`) and
        whether it is certain; of each rung certain comes first. ``unknown`` is never certain.

    Raises
    ------
    UnknownRegionError
        If the edition has no such region.
    """
    rows = members(assessment.edition, regions)
    inside = assessment.municipalities.loc[rows["gm_code"]].set_axis(rows.index)
    shown = inside["status_at_least"].where(inside["known"], UNKNOWN)
    certain = inside["certain"] & inside["known"]
    counted = pd.crosstab(rows["region"], [shown, certain])
    columns = [(word, sure) for word in LADDER for sure in (True, False)] + [(UNKNOWN, False)]
    index = pd.MultiIndex.from_tuples(
        [(str(word), sure) for word, sure in columns], names=["status", "certain"]
    )
    return counted.reindex(index=list(regions), columns=index, fill_value=0)


def _without(statuses: pd.DataFrame, residents: pd.Series, region: pd.Series) -> pd.DataFrame:
    """Residents 0-17 without care coordination: certainly, and as far as is not excluded."""
    certainly = statuses["status_at_most"].isin(_WITHOUT)
    perhaps = statuses["status_at_least"].isin(_WITHOUT)
    parts = {
        # A municipality whose residents are not counted leaves the region's sum unknown.
        "residents_without_low": residents.where(certainly, 0.0),
        "residents_without_high": residents.where(perhaps, 0.0),
    }
    return pd.DataFrame(parts).groupby(region).sum(skipna=False)


def _ratios(totals: pd.DataFrame) -> pd.DataFrame:
    """Totals with the shares and ratios to residents that follow from them."""
    residents = totals["residents_0_17"].where(totals["residents_0_17"] > 0)
    return totals.assign(
        share_without_low=totals["residents_without_low"] / residents,
        share_without_high=totals["residents_without_high"] / residents,
        gap_per_1000_low=gap_step.PER * totals["gap_low"] / residents,
        gap_per_1000_high=gap_step.PER * totals["gap_high"] / residents,
    )


def _joined(values: pd.Series, region: pd.Series) -> pd.Series:
    """Different values in each region as one text, joined by ``;``; without empty ones."""
    return values.astype(str).groupby(region).agg(lambda found: ";".join(sorted({*found} - {""})))


def ranking(low: pd.Series, high: pd.Series) -> pd.DataFrame:
    """Best and worst rank that each region may have; rank 1 has the largest value.

    Parameters
    ----------
    low, high
        Interval of each region, same index. A high of NaN has no known upper bound, and a low
        of NaN no known lower one.

    Returns
    -------
    pandas.DataFrame
        Same index: rank_from and rank_to, the ends of the range of ranks; exact (the two are
        the same); and unordered, the number of regions with which no order can be given.

    Notes
    -----
    Equal values share a rank (1, 1, 3). So the rank of a region is 1 plus the number of regions
    that are larger: at least those whose whole interval lies above its own, at most those
    whose interval reaches above its low end. No order can be given between two regions when
    each may be the larger one.

    Intervals are taken one by one. What two regions have in common, such as one estimate for
    the country, might allow an order where this gives none; it never takes one away.

    Examples
    --------
    >>> low, high = pd.Series({"a": 1, "b": 2, "c": 8}), pd.Series({"a": 3, "b": 4, "c": 9})
    >>> ranking(low, high)
       rank_from  rank_to  exact  unordered
    a          2        3  False          1
    b          2        3  False          1
    c          1        1   True          0
    """
    least, most = _ends(low, high)
    # [i, j]: region j is larger than region i, for certain or perhaps.
    certainly = least[None, :] > most[:, None]
    perhaps = _perhaps_larger(least, most)
    first = 1 + certainly.sum(axis=1)
    last = 1 + perhaps.sum(axis=1)
    return pd.DataFrame(
        {
            "rank_from": first,
            "rank_to": last,
            "exact": first == last,
            "unordered": (perhaps & perhaps.T).sum(axis=1),
        },
        index=low.index,
    )


def rankings(figures: pd.DataFrame) -> pd.DataFrame:
    """Possible ranks of regions by each indicator.

    Parameters
    ----------
    figures
        What `indicators` gives.

    Returns
    -------
    pandas.DataFrame
        One row a region and indicator (of `INTERVALS`): region_set, region_code, region_name,
        indicator, low, high, and what `ranking` gives.
    """
    parts = []
    for indicator in INTERVALS:
        low, high = figures[f"{indicator}_low"], figures[f"{indicator}_high"]
        part = figures[["region_set", "region_code", "region_name"]].assign(
            indicator=indicator, low=low, high=high
        )
        parts.append(part.join(ranking(low, high)))
    return pd.concat(parts, ignore_index=True)


def unordered(low: pd.Series, high: pd.Series) -> list[list[str]]:
    """Groups of regions within which no order can be given between any two.

    Parameters
    ----------
    low, high
        As for `ranking`.

    Returns
    -------
    list of list of str
        Labels of the index, in its order. Only groups that are not part of a larger one, those
        with the largest values first. A region may be in more than one group.

    Examples
    --------
    >>> low, high = pd.Series({"a": 1, "b": 2, "c": 3.5}), pd.Series({"a": 3, "b": 4, "c": 5})
    >>> unordered(low, high)
    [['b', 'c'], ['a', 'b']]
    """
    least, most = _ends(low, high)
    perhaps = _perhaps_larger(least, most)
    pairs = perhaps & perhaps.T
    # Intervals that overlap in pairs have a point in common: the largest of their low ends.
    # So each group is found at the region where it lies.
    at = (pairs & (least[None, :] <= least[:, None])) | np.eye(len(least), dtype=bool)
    groups = {frozenset(np.flatnonzero(row)) for row in at}
    largest = [
        sorted(group)
        for group in groups
        if len(group) > 1 and not any(group < other for other in groups)
    ]
    largest.sort(key=lambda group: (-least[group].max(), group))
    return [list(low.index.take(group)) for group in largest]


@dataclass(frozen=True)
class Ties:
    """Groups of regions that have the same value, or may have.

    Attributes
    ----------
    certain
        Regions with one and the same exact value.
    possible
        Regions whose intervals have one end in common, and no more than that.
    """

    certain: list[list[str]]
    possible: list[list[str]]


def ties(low: pd.Series, high: pd.Series) -> Ties:
    """Groups of regions that are or may be equal, beside those that `unordered` gives.

    Parameters
    ----------
    low, high
        As for `ranking`.

    Returns
    -------
    Ties
        Labels of the index, in its order; groups with the largest values first.

    Examples
    --------
    >>> ties(pd.Series({"a": 1, "b": 3, "c": 0}), pd.Series({"a": 3, "b": 5, "c": 0})).possible
    [['a', 'b']]
    """
    least, most = _ends(low, high)
    certain, possible = [], []
    for value in sorted(set(least) & set(most), reverse=True):
        ends, begins = most == value, least == value
        exact = ends & begins
        if exact.sum() > 1:
            certain.append(list(low.index[exact]))
        touching = ends | begins
        if (touching & ~exact).any() and touching.sum() > 1:
            possible.append(list(low.index[touching]))
    return Ties(certain, possible)


def _ends(
    low: pd.Series, high: pd.Series
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    return (
        low.fillna(-np.inf).to_numpy(dtype=float),
        high.fillna(np.inf).to_numpy(dtype=float),
    )


def _perhaps_larger(
    least: npt.NDArray[np.float64], most: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """[i, j]: another region j may be larger than region i."""
    larger = most[None, :] > least[:, None]
    np.fill_diagonal(larger, val=False)
    return larger


def beside(
    assessment: Assessment, other: Assessment, crosswalk: pd.DataFrame, regions: Sequence[str]
) -> pd.DataFrame:
    """Figures of two years for the same regions, on the division of the first.

    Parameters
    ----------
    assessment
        The year whose regions are shown.
    other
        The year that is carried to that division.
    crosswalk
        Result of `coverage.editions.load_crosswalk` from the year of `other` to that of
        `assessment`.
    regions
        Regions of `assessment` as ``set:code``, each once.

    Returns
    -------
    pandas.DataFrame
        Indexed by region and year, the year of `assessment` first: region_name,
        residents_0_17, count_status, n_suppressed, count_unit, count_period; demand, capacity,
        gap, coordinators, gap_per_1000, residents_without and share_without as intervals; for
        each proven rung
        (and ``unknown``) the share of the residents 0-17 that live where it is proven
        (``share_none`` .. ``share_unknown``); and share_divided: of the municipalities that lie
        in the region for a part only, the residents 0-17 within it or outside it, whichever
        are fewer, as a share of those of the region. Figures are rounded to millionths.

    Raises
    ------
    UnknownRegionError
        If the edition of `assessment` has no such region.

    Notes
    -----
    Counts, capacity and residents of an old municipality go to a region by the part of
    its residents 0-17 that lives there; a count that is divided in this way is an
    estimate, whatever it was. The gap of the other year is that of its own municipalities: what one
    of them had too much did not help another, also when the two have merged since.
    A status belongs to a municipality and is not carried: only how many residents lived
    under it is.
    """
    rows = members(assessment.edition, regions)
    here = rows[["region", "gm_code"]].assign(weight=1.0)
    pairs = crosswalk.merge(rows[["region", "gm_code"]], left_on="to_code", right_on="gm_code")
    # Parts of a whole must make a whole again, which floating-point numbers do not always do.
    shares = pairs.groupby(["region", "from_code"])["share"].sum().round(9)
    there = shares.rename("weight").rename_axis(["region", "gm_code"]).reset_index()
    there = there[there["weight"] > 0]
    parts = {
        assessment.edition.year: _figures(assessment, here),
        other.edition.year: _figures(other, there),
    }
    names = rows.drop_duplicates("region").set_index("region")["region_name"]
    result = pd.concat(
        {year: part.loc[list(regions)] for year, part in parts.items()}, names=["year", "region"]
    ).swaplevel()
    result.insert(0, "region_name", result.index.get_level_values("region").map(names.to_dict()))
    order = pd.MultiIndex.from_product([regions, list(parts)], names=["region", "year"])
    return result.loc[order].round(6)


def _figures(assessment: Assessment, weights: pd.DataFrame) -> pd.DataFrame:
    """Figures of regions that are made of parts (region, gm_code, weight) of municipalities."""
    weights = weights.reset_index(drop=True)
    weight, region = weights["weight"], weights["region"]
    rows = pd.DataFrame(assessment.municipalities).loc[weights["gm_code"]].set_axis(weights.index)
    whole = weight == 1
    counts = _scaled(assessment.counts.loc[weights["gm_code"]].set_axis(weights.index), weight)
    counts["count_status"] = counts["count_status"].where(whole, FigureStatus.ESTIMATED.value)
    own = demand_step.demand(counts, assessment.settings).assign(
        capacity_low=rows["capacity_low"] * weight, capacity_high=rows["capacity_high"] * weight
    )
    residents = rows["residents_0_17"] * weight
    result = pd.DataFrame({"residents_0_17": residents.groupby(region).sum(skipna=False)})
    # Published sums are found by the codes of the municipalities that lie in a region as a whole.
    coded = counts.set_axis(pd.Index(weights["gm_code"], name="gm_code"))
    told = regional.orders_of(coded, region.set_axis(coded.index), assessment.published)
    result = result.join(told[["count_status", "n_suppressed"]])
    result = result.join(_demand_and_gap(own, coded, region, assessment))
    result = result.join(_without(rows, residents, region))
    result = _ratios(result)
    shown = rows["status_at_least"].where(rows["known"], UNKNOWN)
    for word in SHOWN:
        living = residents.where(shown == word, 0.0).groupby(region).sum(skipna=False)
        result[f"share_{word}"] = living / result["residents_0_17"]
    divided = rows["residents_0_17"] * np.minimum(weight, 1 - weight)
    result["share_divided"] = divided.groupby(region).sum(skipna=False) / result["residents_0_17"]
    result["count_unit"] = _joined(rows["count_unit"], region)
    result["count_period"] = _joined(rows["count_period"], region)
    return result


def _scaled(counts: pd.DataFrame, weight: pd.Series) -> pd.DataFrame:
    """Counts of parts of municipalities."""
    numbers = [name for name in counts.columns if name.startswith(demand_step.COUNTS)]
    return counts.assign(**{name: counts[name] * weight for name in numbers})


def _demand_and_gap(
    own: pd.DataFrame, counts: pd.DataFrame, region: pd.Series, assessment: Assessment
) -> pd.DataFrame:
    """Demand, capacity and gap of regions, by the same rules as `coverage.regional.totals`."""
    settings, published = assessment.settings, assessment.published
    result = regional.demand_of(counts, region.set_axis(counts.index), settings, published)
    for end in ("capacity_low", "capacity_high"):
        total = own[end].fillna(np.inf).groupby(region).sum()
        result[end] = total.replace(np.inf, np.nan)
    result = result.join(gap_step.regional_gap(own, region, result))
    return result.join(gap_step.coordinators(result, settings))

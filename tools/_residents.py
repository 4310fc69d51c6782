"""Residents of each municipality, in total and 0-17."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from _changes import follow, main_successor
from _raw import AGE_15_17
from _shares import share_out

if TYPE_CHECKING:
    from _raw import Sources

COLUMNS = ["residents", "residents_0_17", "residents_status", "residents_0_17_status"]


class ResidentsError(ValueError):
    """A municipality has no residents in the sources."""


def residents_2010(codes: pd.Index, sources: Sources, places: pd.DataFrame) -> pd.DataFrame:
    """Residents of 2013 on the municipalities of 2010.

    Municipalities that merged between 2010 and 2013 share the residents of their
    successor in proportion to the residents of their postcodes in 2021.

    Parameters
    ----------
    codes
        Codes of 2010.
    sources
        The source folder.
    places
        Postcodes: gm_code (of 2010), residents, residents_0_17, age_15_19, age_15_24.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code: the columns of `COLUMNS`.

    Raises
    ------
    ResidentsError
        If a municipality has no successor in 2013.
    """
    source = sources.residents_2013()
    later = main_successor(follow(codes, sources.mergers(), "2010-01-01", "2013-01-01"))
    later = later.reindex(codes)
    missing = later[~later.isin(source.index)]
    if len(missing):
        raise ResidentsError(f"no residents of 2013 for {', '.join(missing.index)}")
    local = places.groupby("gm_code")[["residents", "residents_0_17"]].sum().reindex(codes)
    young = _young_2013(source, places.assign(gm_code=places["gm_code"].map(later)))
    group_size = later.map(later.value_counts())
    alone = group_size == 1
    result = pd.DataFrame(
        {
            "residents": _shared(source["residents"], later, local["residents"]),
            "residents_0_17": _shared(young, later, local["residents_0_17"]),
            "residents_status": alone.map({True: "observed", False: "estimated"}),
            "residents_0_17_status": "estimated",
        }
    )
    return result.rename_axis("gm_code")


def residents_2025(codes: pd.Index, sources: Sources) -> pd.DataFrame:
    """Residents of 2021 on the municipalities of 2025, as the source has them.

    Parameters
    ----------
    codes
        Codes of 2025.
    sources
        The source folder.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code: the columns of `COLUMNS`.

    Raises
    ------
    ResidentsError
        If a municipality is not in the source.
    """
    source = sources.residents_2021()
    missing = codes.difference(source.index)
    if len(missing):
        raise ResidentsError(f"no residents of 2021 for {', '.join(missing)}")
    result = source.loc[codes, ["residents", "residents_0_17"]]
    status = {"residents_status": "observed", "residents_0_17_status": "estimated"}
    return result.assign(**status).rename_axis("gm_code")


def _young_2013(source: pd.DataFrame, places: pd.DataFrame) -> pd.Series:
    """Residents 0-17 of 2013: 0-14, and the part of 15-24 that is 15, 16 or 17.

    What 2013 does not tell comes from the postcodes of 2021: the part of 15-24 that is
    15-19 and, for the rows of which 2013 lacks 15-24, their number beside that of 0-14.
    """
    sums = places.groupby("gm_code")[["residents_0_17", "age_15_19", "age_15_24"]].sum()
    ages = sums.reindex(source.index).where(lambda table: table["age_15_24"] > 0)
    ages = ages.fillna(sums.sum())
    to_14 = ages["residents_0_17"] - AGE_15_17 * ages["age_15_19"]
    estimated = source["percent_0_14"] * ages["age_15_24"] / to_14
    to_24 = source["percent_15_24"].fillna(estimated)
    part = AGE_15_17 * ages["age_15_19"] / ages["age_15_24"]
    percent = source["percent_0_14"] + part * to_24
    return (source["residents"] * percent / 100).round()


def _shared(total: pd.Series, later: pd.Series, local: pd.Series) -> pd.Series:
    """Whole residents of each successor, shared out over those that merged into it."""
    weight = local.fillna(0.0)
    # Where no postcode has residents the parts are equal; with one part it is the whole.
    empty = weight.groupby(later).transform("sum") == 0
    weight = weight.where(~empty, 1.0)
    alone = ~later.duplicated(keep=False)
    result = later.map(total)
    for successor, rows in weight[~alone].groupby(later[~alone]):
        result.loc[rows.index] = share_out(total[successor], rows, decimals=0)
    return result

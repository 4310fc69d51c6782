"""From the municipalities of one edition to those of another."""

from __future__ import annotations

import pandas as pd
from _shares import shares_within


def pair_weights(changes: pd.DataFrame, places: pd.DataFrame) -> pd.DataFrame:
    """Residents 0-17 in what each old municipality has in common with each new one.

    Parameters
    ----------
    changes
        Pairs that are known to have land in common: old_code, new_code, share of the
        area of the old one. Pairs that are not in it are noise of the drawing.
    places
        Postcodes: old_code, new_code, residents_0_17 (NaN counts as 0), in_2010.

    Returns
    -------
    pandas.DataFrame
        old_code, new_code, forward, backward, basis. ``forward`` counts only the postcodes
        that existed in 2010: a quarter built later had no residents to carry over.
        ``backward`` counts all. Where a pair has no postcode at all, its weight is the
        area share of the old municipality (basis ``area``, otherwise ``residents``).
    """
    pairs = changes[["old_code", "new_code", "share"]].reset_index(drop=True)
    keys = pd.MultiIndex.from_frame(pairs[["old_code", "new_code"]])
    people = places.assign(now=places["residents_0_17"].fillna(0.0))
    people["then"] = people["now"].where(people["in_2010"], 0.0)
    both = people.groupby(["old_code", "new_code"])
    seen = pd.Series(keys.isin(both.size().index), index=pairs.index)
    whole = ~pairs["old_code"].duplicated(keep=False)
    by_area = ~whole & ~seen
    for weight, column in (("forward", "then"), ("backward", "now")):
        in_pair = both[column].sum().reindex(keys).fillna(0.0).set_axis(pairs.index)
        in_old = pairs["old_code"].map(people.groupby("old_code")[column].sum()).fillna(0.0)
        # An empty municipality still needs shares that add up to 1.
        in_old = in_old.where(in_old > 0, 1.0)
        pairs[weight] = in_pair.where(~whole, in_old).where(~by_area, pairs["share"] * in_old)
    pairs["basis"] = by_area.map({True: "area", False: "residents"})
    return pairs.drop(columns="share")


def crosswalk(pairs: pd.DataFrame, old: int, new: int) -> pd.DataFrame:
    """Both directions of the crosswalk; shares add up to 1 per source code as written.

    Parameters
    ----------
    pairs
        Result of `pair_weights`.
    old, new
        Years of the two editions.

    Returns
    -------
    pandas.DataFrame
        from_edition, to_edition, from_code, to_code, share; no shares of 0.
    """
    directions = (
        (old, new, "old_code", "new_code", "forward"),
        (new, old, "new_code", "old_code", "backward"),
    )
    tables = []
    for from_year, to_year, from_code, to_code, weight in directions:
        table = pd.DataFrame(
            {
                "from_edition": from_year,
                "to_edition": to_year,
                "from_code": pairs[from_code],
                "to_code": pairs[to_code],
                "weight": pairs[weight],
            }
        ).sort_values(["from_code", "to_code"], ignore_index=True)
        table["share"] = shares_within(table, "from_code")
        tables.append(table.drop(columns="weight")[table["share"] > 0])
    return pd.concat(tables, ignore_index=True)

"""A register with the rows of a list in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.register import Register
from coverage.vocabulary import Precision

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["adds", "finer", "joined"]

FILLED = ("kvk", "website")
"""Columns of a provider that a list can fill in where the register has nothing."""

POINT = ("gm_code", "edition", "x", "y", "precision")
"""Columns of a location that say where it is."""

_RANK = {
    Precision.ADDRESS: 5,
    Precision.POSTCODE4: 3,
    Precision.PLACE: 2,
    Precision.MUNICIPALITY: 1,
    Precision.UNKNOWN: 0,
}

OWN_POINT = 4
"""Rank of a point that a list gave: it does not say how precise, but is no middle of an area."""


def joined(known: Register, parts: Mapping[str, pd.DataFrame]) -> Register:
    """A register with more rows: an offer with a code that is there takes its place.

    What is known of a provider or a location is kept; a list fills in what is not, and a
    point that is more precise.
    """
    providers, locations = parts["providers"], _finest_first(parts["locations"])
    offers = parts["offers"]
    old = known.offers.set_index("offer_id", drop=False)
    changed = offers[offers["offer_id"].isin(old.index)].set_index("offer_id", drop=False)
    kept = old.copy()
    if len(changed):
        # By position: the order of the register stays.
        place = pd.Index(kept.index.get_indexer(changed.index))
        kept = kept.reset_index(drop=True)
        kept = pd.concat([kept.drop(place), changed.set_axis(place)]).sort_index()
    fresh = offers[~offers["offer_id"].isin(old.index)]
    return Register.from_tables(
        pd.concat(
            [_filled(known.providers, providers), _new(providers, "provider_id", known.providers)],
            ignore_index=True,
        ),
        pd.concat(
            [_refined(known.locations, locations), _new(locations, "location_id", known.locations)],
            ignore_index=True,
        ),
        pd.concat([kept, fresh], ignore_index=True),
        known.inventory,
        known.name,
    )


def adds(parts: Mapping[str, pd.DataFrame], known: Register) -> pd.Series[bool]:
    """Rows that say more of a provider or location than the register does."""
    rows = parts["providers"]
    stored = known.providers.set_index("provider_id").reindex(rows["provider_id"])
    more = pd.Series(False, index=rows.index)
    for column in FILLED:
        more |= stored[column].eq("").to_numpy() & rows[column].ne("")
    return more | finer(parts["locations"], known.locations)


def finer(rows: pd.DataFrame, locations: pd.DataFrame) -> pd.Series[bool]:
    """Rows that know more precisely where a location of the register is, and do not deny it.

    Parameters
    ----------
    rows
        Rows of the table of locations, typed; the index is kept.
    locations
        The locations of the register.
    """
    stored = locations.set_index("location_id").reindex(rows["location_id"])
    base = stored.set_axis(rows.index)
    there = rows["location_id"].isin(locations["location_id"])
    same = base["gm_code"].eq("") | base["gm_code"].eq(rows["gm_code"])
    same |= base["edition"].ne(rows["edition"]).fillna(value=True).astype(bool)
    return there & same & _rank(rows).gt(_rank(base)) & rows["gm_code"].ne("")


def _rank(rows: pd.DataFrame) -> pd.Series[int]:
    rank = rows["precision"].map(_RANK).fillna(0).astype(int)
    return rank.mask(rows["x"].notna() & rank.eq(0), OWN_POINT)


def _finest_first(locations: pd.DataFrame) -> pd.DataFrame:
    """Rows of each location with the most precise in front."""
    rank = _rank(locations).sort_values(ascending=False, kind="stable")
    order = locations.groupby("location_id", sort=False).ngroup()[rank.index]
    return locations.loc[order.sort_values(kind="stable").index]


def _new(rows: pd.DataFrame, key: str, known: pd.DataFrame) -> pd.DataFrame:
    """Rows with a key that is not known, each key once: the first text that is filled in."""
    fresh = rows[rows[key].ne("") & ~rows[key].isin(known[key])]
    if fresh.empty:
        return fresh
    if key == "location_id":
        return fresh.drop_duplicates(key)
    filled = fresh.replace("", pd.NA).groupby(fresh[key].to_numpy(), sort=False).first()
    return filled.fillna("").astype(fresh.dtypes)


def _filled(known: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Known providers with what the list has more, and a note of where that comes from."""
    done = known.copy()
    for column in FILLED:
        said = rows[rows[column].ne("")].drop_duplicates("provider_id").set_index("provider_id")
        open_rows = done[column].eq("") & done["provider_id"].isin(said.index)
        more = said.loc[done.loc[open_rows, "provider_id"]].set_axis(done.index[open_rows])
        done.loc[open_rows, column] = more[column]
        _note(done, more, column)
    return done


def _refined(known: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Known locations with a more precise point, and a note of where that comes from."""
    better = rows[finer(rows, known)].drop_duplicates("location_id").set_index("location_id")
    done = known.copy()
    place = done.index[done["location_id"].isin(better.index)]
    more = better.loc[done.loc[place, "location_id"]].set_axis(place)
    for column in POINT:
        done.loc[place, column] = more[column]
    _note(done, more, "x, y")
    return done


def _note(table: pd.DataFrame, more: pd.DataFrame, what: str) -> None:
    """Write down which source the new cells of a row have: the row keeps that of the rest."""
    dated = (more["source"] + " (" + more["source_date"] + ")").str.replace(" ()", "", regex=False)
    text = f"{what}: " + dated
    text = text.where(more["note"].eq(""), text + "; " + more["note"])
    before = table.loc[more.index, "note"]
    table.loc[more.index, "note"] = (before + "; " + text).where(before.ne(""), text)

"""A register with the rows of a list in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from coverage.register import Register

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["joined"]


def joined(known: Register, parts: Mapping[str, pd.DataFrame]) -> Register:
    """A register with more rows: those with a code that is there take its place."""
    providers = _new(parts["providers"], "provider_id", known.providers)
    locations = _new(parts["locations"], "location_id", known.locations)
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
        pd.concat([known.providers, providers], ignore_index=True),
        pd.concat([known.locations, locations], ignore_index=True),
        pd.concat([kept, fresh], ignore_index=True),
        known.inventory,
        known.name,
    )


def _new(rows: pd.DataFrame, key: str, known: pd.DataFrame) -> pd.DataFrame:
    """Rows with a key that is not known, each key once: the first text that is filled in."""
    fresh = rows[rows[key].ne("") & ~rows[key].isin(known[key])]
    if fresh.empty:
        return fresh
    if key == "location_id":
        return fresh.drop_duplicates(key)
    filled = fresh.replace("", pd.NA).groupby(fresh[key].to_numpy(), sort=False).first()
    return filled.fillna("").astype(fresh.dtypes)

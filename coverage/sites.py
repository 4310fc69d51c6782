"""Where offers are given: the locations of a register as points on a map."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from coverage.supply import location_points
from coverage.vocabulary import Precision

if TYPE_CHECKING:
    from coverage.register import Register
    from coverage.supply import Division

CRS = "EPSG:28992"


def sites(register: Register, offers: pd.DataFrame, division: Division) -> gpd.GeoDataFrame:
    """Locations with the offers that are given there.

    Parameters
    ----------
    register
        Whose providers and locations are used.
    offers
        Rows of the register's offers.
    division
        An edition.

    Returns
    -------
    geopandas.GeoDataFrame
        One row a location that has a place, indexed by location_id, in EPSG:28992: provider,
        address, place, offer_id and offer (lists, one entry an offer), precise (False where
        only the municipality is known and the point is its centre). Offers without a location,
        or with one of which nothing is known, are not in it.
    """
    given = offers[offers["location_id"] != ""]
    grouped = given.groupby("location_id")[["offer_id", "name"]].agg(list)
    known = register.locations.set_index("location_id").reindex(grouped.index)
    own = known[["x", "y"]].notna().all(axis=1)
    point = location_points(grouped.index.to_series(), register.locations, division)
    providers = register.providers.set_index("provider_id")["name"]
    table = gpd.GeoDataFrame(
        {
            "provider": known["provider_id"].map(providers).fillna(""),
            "address": known["address"].fillna(""),
            "place": known["place"].fillna(""),
            "offer_id": grouped["offer_id"],
            "offer": grouped["name"],
            "precise": known["precision"].ne(Precision.MUNICIPALITY) & own,
        },
        geometry=gpd.points_from_xy(*point.T),
        crs=CRS,
    )
    return table[~pd.isna(point).any(axis=1)]

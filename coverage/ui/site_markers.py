"""Locations of offers as the live map wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coverage.i18n import _, ngettext

if TYPE_CHECKING:
    import geopandas as gpd

_SHOWN = 4


def markers(sites: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Points with their text, ready for JSON.

    Parameters
    ----------
    sites
        Result of `coverage.sites.sites`, in EPSG:4326.

    Returns
    -------
    list of dict
        at (latitude, longitude), title, lines, and offer: the id of the first offer there.
    """
    rows: Any = sites.itertuples()
    return [
        {
            "at": [round(row.geometry.y, 5), round(row.geometry.x, 5)],
            "title": row.provider or _("Location"),
            "lines": _lines(row),
            "offer": row.offer_id[0],
        }
        for row in rows
    ]


def _lines(row: Any) -> list[str]:  # noqa: ANN401 - a named tuple of a row
    address = ", ".join(filter(None, [row.address, row.place]))
    more = len(row.offer) - _SHOWN
    return [
        *([address] if address else []),
        *row.offer[:_SHOWN],
        *(
            [ngettext("and {count} other offer", "and {count} other offers", more)]
            if more > 0
            else []
        ),
        *(
            []
            if row.precise
            else [_("The address is not known: the point is the middle of the municipality.")]
        ),
    ]

"""The map of the app: drawn once by Leaflet in the browser, and painted again at each choice.

A folium map inside Streamlit is a frame that is loaded anew when its colours change. This
component keeps the map, so pan and zoom stay, and only the colours travel. Folium makes the
map that is saved as a file (`coverage.map_file`).
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import shapely
import streamlit as st

from coverage import maps
from coverage.i18n import _
from coverage.ui import app_files, choices

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd

BASE_MAP = "https://service.pdok.nl/brt/achtergrondkaart/wmts/v2_0/grijs/EPSG:3857/{z}/{x}/{y}.png"
"""Tiles of the BRT background map (Kadaster, CC BY 4.0) as PDOK serves them."""

_OWN_BASE_MAP = "DEKKEND_BASE_MAP"
"""Variable of the environment with other tiles, for who has a map server of their own."""

_KEY = "live_map"

_component = st.components.v2.component(
    "dekkend_map",
    js=(Path(__file__).parent / "live_map.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def base_map_address() -> str:
    """Address of the tiles of the base map."""
    return os.environ.get(_OWN_BASE_MAP, BASE_MAP)


def base_map_host() -> str:
    """Name of the server that the base map asks."""
    return urlsplit(base_map_address()).hostname or ""


def show(
    painted: pd.DataFrame,
    *,
    year: int,
    label: str,
    described_by: str,
    name: str,
    region: gpd.GeoSeries | None = None,
    view: str = "",
    municipality: str | None = None,
    area: gpd.GeoSeries | None = None,
    sites: Sequence[dict[str, Any]] | None = None,
    base_map: bool = False,
    example: bool = False,
) -> None:
    """Draw the map, or paint it again.

    Parameters
    ----------
    painted
        Result of `coverage.measures.paint`, in the order of the edition.
    year
        Edition.
    label
        What the map is, for who cannot see it.
    described_by
        Id of the element of the page that says what the map shows.
    name
        What is painted; the page can be asked for it (``data-painted``).
    region
        Boundaries (EPSG:4326) of the municipalities of a region, indexed by gm_code; None for
        the whole country. What is outside is faded.
    view
        Name of the region. The map moves to the region when this changes, and stays where
        the reader left it otherwise.
    municipality
        Code of the chosen municipality.
    area
        Boundaries of the municipalities that the chosen offer may serve.
    sites
        Locations of offers; see `coverage.ui.site_markers.markers`.
    base_map
        Show the base map, which asks another server.
    example
        Mark the map as made-up data.
    """
    entries = painted[["colour", "hatched"]]
    colours = entries.drop_duplicates()
    fills = entries.merge(colours.reset_index(drop=True).reset_index())["index"]
    corners = maps.NETHERLANDS if region is None else maps.bounds(region)
    _component(
        key=_KEY,
        data={
            "scripts": app_files.scripts(),
            "styles": app_files.styles(),
            "shapes": app_files.boundaries(year),
            "colours": [[row.colour, bool(row.hatched)] for row in colours.itertuples()],
            "fills": fills.tolist(),
            "words": painted["words"].tolist(),
            "painted": name,
            "label": label,
            "described_by": described_by,
            "view": view,
            "corners": corners,
            "inside": None if region is None else region.index.tolist(),
            "region": None if region is None else _outline(region),
            "selected": municipality,
            "area": None if area is None else _outline(area),
            "locations": sites,
            "base_map": _base_map() if base_map else None,
            "example": _("EXAMPLE: made-up data") if example else "",
            "texts": {
                "zoom_in": _("Zoom in"),
                "zoom_out": _("Zoom out"),
                "locations": _("{count} locations; zooms in", count="{count}"),
                "failed": _("The map could not be loaded. Reload the page, or use the table."),
            },
        },
        on_municipality_change=_municipality_clicked,
        on_offer_change=_offer_clicked,
    )


def _municipality_clicked() -> None:
    code = st.session_state[_KEY]["municipality"]
    if code:
        choices.choose_municipality(code)


def _offer_clicked() -> None:
    choices.choose_offer(st.session_state[_KEY]["offer"])


def _outline(boundaries: gpd.GeoSeries) -> dict[str, Any]:
    """Outer border of municipalities together, as GeoJSON."""
    outline: dict[str, Any] = json.loads(
        shapely.to_geojson(shapely.coverage_union_all(boundaries.to_numpy()))
    )
    return outline


def _base_map() -> dict[str, str]:
    return {
        "address": base_map_address(),
        "credit": _("Base map: Kadaster (BRT), CC BY 4.0"),
        "failed": _("The base map cannot be reached now."),
    }

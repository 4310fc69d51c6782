"""What maps are made of: boundaries for the web, a legend, swatches.

`coverage.map_file` makes a map of them that is a file, and the app one that is live.
"""

from __future__ import annotations

import html
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from xstatic.pkg import leaflet

from coverage.i18n import _, number
from coverage.measures import MEASURES, legend_rows
from coverage.palette import COLOURS, UNKNOWN_COLOUR

if TYPE_CHECKING:
    import pandas as pd

    from coverage.measures import LegendRow
    from coverage.vocabulary import CoverageStatus

NETHERLANDS = ((50.75, 3.35), (53.56, 7.23))
"""South-west and north-east corner of the country as (latitude, longitude)."""

_WGS84 = "EPSG:4326"
_DECIMALS = 4  # about 10 m: finer than the simplified boundaries


def leaflet_dir() -> Path:
    """Folder with ``leaflet.js`` and ``leaflet.css``, from XStatic-Leaflet."""
    return Path(leaflet.BASE_DIR)


def shapes(geometry: gpd.GeoSeries) -> gpd.GeoSeries:
    """Boundaries as a web map wants them.

    Parameters
    ----------
    geometry
        Polygons in any known CRS, for instance EPSG:28992.

    Returns
    -------
    geopandas.GeoSeries
        The same index, EPSG:4326, coordinates in degrees rounded to 4 decimals. Shared borders
        stay shared, as equal vertices round equally. Do this once per edition and keep it.
    """
    projected = geometry.to_crs(_WGS84)
    rounded = shapely.transform(projected.to_numpy(), lambda xy: np.round(xy, _DECIMALS))
    return gpd.GeoSeries(rounded, index=projected.index, crs=_WGS84)


def bounds(geometry: gpd.GeoSeries) -> tuple[tuple[float, float], tuple[float, float]]:
    """South-west and north-east corner (latitude, longitude) of EPSG:4326 `geometry`."""
    west, south, east, north = (float(value) for value in geometry.total_bounds)
    return (south, west), (north, east)


def legend(measure: str, painted: pd.DataFrame | None = None) -> str:
    """Legend as HTML.

    Parameters
    ----------
    measure
        Name in `coverage.measures.MEASURES`.
    painted
        Result of `coverage.measures.paint` for the municipalities that are shown, to count them.

    Returns
    -------
    str
        A table: it prints, needs no script, and says in words, and in numbers, what the map
        shows. The class ``coverage-legend`` is there for a style sheet.
    """
    counts = None if painted is None else painted.groupby(["step", "hatched"]).size()
    title = html.escape(_(MEASURES[measure].label))
    if counts is not None:
        note = _("Behind each text: the number of municipalities on the map.")
        title = f"{title} <small>{html.escape(note)}</small>"
    head = "".join(
        f"<th scope='col'>{html.escape(heading)}</th>"
        for heading in (_("Plain: certain"), _("Hatched: may be better"))
    )
    *known, unknown = legend_rows(measure)
    body = "".join(
        f"<tr><td>{_key(row, counts)}</td><td>{_key(row, counts, hatched=True)}</td></tr>"
        for row in known
    )
    return (
        f"<table class='coverage-legend'><caption>{title}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}<tr><td colspan='2'>{_key(unknown, counts)}</td></tr></tbody></table>"
    )


def _key(row: LegendRow, counts: pd.Series[int] | None, *, hatched: bool = False) -> str:
    text = html.escape(row.hatched if hatched else row.plain)
    if not text:
        return ""
    if counts is not None:
        text = f"{text} <b>({number(counts.get((row.step, hatched), 0))})</b>"
    return f"{swatch_of(row.colour, hatched=hatched)}<span>{text}</span>"


def swatch(status: CoverageStatus, *, certain: bool, known: bool) -> str:
    """Small rectangle as a municipality of this status is painted, as HTML."""
    if not known:
        return swatch_of(UNKNOWN_COLOUR)
    return swatch_of(COLOURS[status], hatched=not certain)


def swatch_of(colour: str, *, hatched: bool = False) -> str:
    """Small rectangle in a colour, plain or hatched, as HTML.

    A style sheet's gradient, as Streamlit removes SVG from HTML; it is printed too.
    """
    paint = background(colour, hatched=hatched)
    return (
        "<span class='swatch' aria-hidden='true' style='display:inline-block;width:26px;"
        "height:16px;border:1px solid #8a8f98;border-radius:3px;print-color-adjust:exact;"
        f"-webkit-print-color-adjust:exact;background:{paint}'></span>"
    )


def background(colour: str, *, hatched: bool) -> str:
    """Value of the style ``background`` for a colour, plain or hatched as on the map."""
    if not hatched:
        return colour
    return f"repeating-linear-gradient(135deg,#fff 0 2px,{colour} 2px 6px)"

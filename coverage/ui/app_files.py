"""Files that the live map fetches from the app itself: Leaflet, and the boundaries."""

from __future__ import annotations

import atexit
import hashlib
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import shapely
import streamlit as st
import streamlit.components.v1 as components
from xstatic.pkg import leaflet_markercluster

from coverage import maps
from coverage.ui import data

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd


def scripts() -> list[str]:
    """Addresses of Leaflet's scripts, relative to the app, in the order to load them."""
    return [f"{_leaflet()}/leaflet.js", f"{_cluster()}/leaflet.markercluster.js"]


def styles() -> list[str]:
    """Addresses of Leaflet's style sheets, relative to the app."""
    return [f"{_leaflet()}/leaflet.css", f"{_cluster()}/MarkerCluster.css"]


def boundaries(year: int) -> str:
    """Address of the boundaries of an edition, relative to the app.

    Parameters
    ----------
    year
        Edition.

    Returns
    -------
    str
        GeoJSON with a code and a name for each municipality, in the order of the edition. A
        browser keeps it: what the file holds is in its name.
    """
    return f"{_served('boundaries', _folder())}/{_boundaries(year)}"


def _leaflet() -> str:
    return _served("leaflet", maps.leaflet_dir())


def _cluster() -> str:
    return _served("markercluster", Path(leaflet_markercluster.BASE_DIR))


def _served(name: str, folder: Path) -> str:
    """Serve a folder, and give its address.

    Notes
    -----
    A component may be served from any folder, also a read-only one of another package, so
    nothing needs to be copied.
    """
    return f"component/{components.declare_component(name, path=str(folder)).name}"


@st.cache_resource(show_spinner=False)
def _folder() -> Path:
    """Folder for what this process makes; it goes when the process ends."""
    folder = TemporaryDirectory(prefix="dekkend-")
    atexit.register(folder.cleanup)
    return Path(folder.name)


def _boundaries(year: int) -> str:
    """Name of the file with the boundaries of an edition, made when it is not there."""
    name, text = _written(year)
    path = _folder() / name
    if not path.exists():  # a system may clean its temporary files
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return name


@st.cache_resource(show_spinner=False)
def _written(year: int) -> tuple[str, str]:
    """Name and text of that file."""
    text = geojson(data.shapes(year), data.edition(year).municipalities["name"])
    return f"{year}-{hashlib.sha256(text.encode()).hexdigest()[:12]}.json", text


def geojson(shapes: gpd.GeoSeries, names: pd.Series[str]) -> str:
    """Boundaries as GeoJSON, as small as it can be written.

    Parameters
    ----------
    shapes
        Polygons in EPSG:4326, indexed by gm_code.
    names
        Name of each.
    """
    polygons = shapely.to_geojson(shapes.to_numpy())
    features = [
        {
            "type": "Feature",
            "properties": {"code": code, "name": names[code]},
            "geometry": json.loads(polygon),
        }
        for code, polygon in zip(shapes.index, polygons, strict=True)
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))

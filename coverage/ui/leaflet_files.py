"""Leaflet for the map, served from its package by the app itself."""

from __future__ import annotations

import streamlit.components.v1 as components

from coverage import maps

_NAME = "leaflet"


def address() -> str:
    """Serve Leaflet's folder, and give its address as the map's frame sees it.

    Notes
    -----
    A component may be served from any folder, also a read-only one of another package, so
    nothing needs to be copied. The frame of the map is itself at
    ``component/streamlit_folium.st_folium/``, hence the relative address: it also holds
    behind a proxy with a path of its own.
    """
    files = components.declare_component(_NAME, path=str(maps.leaflet_dir()))
    return f"../{files.name}"

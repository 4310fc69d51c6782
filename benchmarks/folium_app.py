"""The map as folium inside streamlit-folium draws it: what `bench_map` compares with."""

from __future__ import annotations

import json

import folium
import shapely
import streamlit as st
from streamlit_folium import st_folium

import coverage
from coverage import maps, measures
from coverage.ui import app_files


@st.cache_resource
def assessment() -> coverage.Assessment:
    """Newest edition with the public register."""
    edition = coverage.load_edition(max(coverage.EDITIONS))
    return coverage.assess(edition, coverage.read_register(coverage.PUBLIC_REGISTER))


@st.cache_resource
def polygons() -> dict[str, object]:
    """The polygons of our own map, as folium wants them."""
    rows = assessment().municipalities
    shapes = maps.shapes(rows.geometry)
    return {code: json.loads(shapely.to_geojson(shape)) for code, shape in shapes.items()}


@st.cache_resource
def painted(measure: str) -> dict[str, dict[str, object]]:
    """Colour and words of each municipality."""
    return measures.paint(assessment(), measure).to_dict("index")


measure = st.selectbox("Measure", list(measures.MEASURES))
paint = painted(measure)
features = [
    {"type": "Feature", "id": code, "properties": paint[code], "geometry": polygon}
    for code, polygon in polygons().items()
]
drawn = folium.Map(location=(52.2, 5.3), zoom_start=7, tiles=None)
# From this computer, as ours: the network is not what is measured.
drawn.default_js = [("leaflet", f"../../{app_files.scripts()[0]}")]
drawn.default_css = [("leaflet_css", f"../../{app_files.styles()[0]}")]
folium.GeoJson(
    {"type": "FeatureCollection", "features": features},
    style_function=lambda feature: {
        "fillColor": feature["properties"]["colour"],
        "fillOpacity": 1,
        "weight": 1,
    },
    smooth_factor=0,
    tooltip=folium.GeoJsonTooltip(["words"], labels=False),
).add_to(drawn)
st_folium(drawn, key="map", height=600)

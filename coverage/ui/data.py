"""Data of the app, read once for the whole process and shared by all readers.

What these functions give is shared: pages read it and never change it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import streamlit as st

import coverage
from coverage import _known, editions, maps

if TYPE_CHECKING:
    from coverage import Assessment, Edition, Register

REGISTERS = {
    "public": coverage.PUBLIC_REGISTER,
    "example": coverage.EXAMPLE_REGISTER,
}
"""Registers that a reader can choose between, and their folders."""


@st.cache_resource(show_spinner=False)
def edition(year: int) -> Edition:
    """Edition of a year."""
    return coverage.load_edition(year)


@st.cache_resource(show_spinner=False)
def register(name: str) -> Register:
    """Register by its name in `REGISTERS`."""
    return coverage.read_register(REGISTERS[name])


@st.cache_resource(show_spinner=False)
def assessment(year: int, register_name: str) -> Assessment:
    """Assessment of an edition with a register."""
    return coverage.assess(edition(year), register(register_name))


@st.cache_resource(show_spinner=False)
def shapes(year: int) -> gpd.GeoSeries:
    """Boundaries of an edition for a web map."""
    return maps.shapes(edition(year).municipalities.geometry)


def successors(code: str, year: int) -> list[str]:
    """Municipalities of an edition that the area of another municipality belongs to.

    Parameters
    ----------
    code
        Any text; usually the code of a municipality that the edition does not have.
    year
        Edition.

    Returns
    -------
    list of str
        Codes; the one where most of its young residents live comes first, as far as that is
        known. Empty for a code that never was.
    """
    shares: dict[str, float] = {}
    for other in editions.editions_with(code):
        pairs = editions.load_crosswalk(other, year)
        shares |= dict(pairs.loc[pairs["from_code"] == code, ["to_code", "share"]].to_numpy())
    return sorted(_known.successors(code, year), key=lambda heir: -shares.get(heir, 0.0))


def members(year: int, region_set: str, region: str) -> list[str]:
    """Codes of the municipalities of a region; of the whole edition for no region."""
    if not region:
        return list(edition(year).municipalities.index)
    table = edition(year).regions
    inside = (table["region_set"] == region_set) & (table["region_code"] == region)
    return sorted(table.loc[inside, "gm_code"])


@st.cache_resource(show_spinner=False)
def outline(year: int, region_set: str, region: str) -> gpd.GeoSeries:
    """Outline of a region in EPSG:4326, a series of one."""
    parts = shapes(year).loc[members(year, region_set, region)]
    return gpd.GeoSeries([parts.union_all()], crs=parts.crs)

"""Data of the app, read once for the whole process and shared by all readers.

What these functions give is shared: pages read it and never change it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st

import coverage
from coverage import maps, measures, search, uncertainty
from coverage.settings import Settings
from coverage.sites import sites as _site_table
from coverage.ui import own, own_counts
from coverage.vocabulary import OfferFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import pandas as pd

    from coverage import Assessment, Edition, Register
    from coverage.ui.chosen import Choices
    from coverage.uncertainty import Simulation

REGISTERS = {
    "public": coverage.PUBLIC_REGISTER,
    "example": coverage.EXAMPLE_REGISTER,
}
"""Registers that are shipped, and their folders."""

_KEPT = 24  # assessments, of some 0.5 MB: readers who try out settings must not fill the memory
_DRAWN = 6  # draws of a set of regions, of some 10 MB
_BY_VALUE: dict[str | type[Any], Callable[[Any], Any]] = {Settings: Settings.model_dump_json}


@st.cache_resource(show_spinner=False)
def edition(year: int) -> Edition:
    """Edition of a year."""
    return coverage.load_edition(year)


def register(chosen: Choices) -> Register:
    """Register that is chosen, the own one in the revision that is chosen."""
    return own.register(chosen.revision) if chosen.register == own.OWN else shipped(chosen.register)


@st.cache_resource(show_spinner=False)
def shipped(name: str) -> Register:
    """Register by its name in `REGISTERS`."""
    return coverage.read_register(REGISTERS[name])


def assessment(chosen: Choices) -> Assessment:
    """Assessment of what is chosen: edition, register, settings and the filter on outreach."""
    return _assessment(_asked(chosen))


def regions(chosen: Choices, region_set: str) -> pd.DataFrame:
    """Totals of the regions of a set; see `coverage.Assessment.regions`."""
    return _regions(region_set, _asked(chosen))


def simulation(chosen: Choices, regions: Sequence[str]) -> Simulation:
    """Many draws of some regions, as ``set:code``; see `coverage.uncertainty.beside`."""
    asked = _asked(chosen)
    names = dict.fromkeys(key.partition(":")[0] for key in regions)
    return uncertainty.beside({name: _simulation(name, asked) for name in names}, regions)


def what_moves(chosen: Choices, region: str) -> pd.DataFrame:
    """What moves the gap of a region, as ``set:code``; see `coverage.uncertainty`."""
    return _what_moves(region, _asked(chosen))


def paint(chosen: Choices, language: str) -> pd.DataFrame:
    """Colours and words of the chosen measure; see `coverage.measures.paint`."""
    return _paint(chosen.measure, chosen.only, language, _asked(chosen))


class _Asked(NamedTuple):
    """What an assessment depends on.

    `revision` is the key of `coverage.ui.own`, `count_set` that of `coverage.ui.own_counts`;
    both are empty where what is shipped is used.
    """

    year: int
    register: str
    number: int
    revision: str
    settings: Settings
    outreach: bool
    counts: int
    count_set: str
    unprotected: str | None


def _asked(chosen: Choices) -> _Asked:
    outreach = OfferFilter.ASSERTIVE_OUTREACH in chosen.only
    revision = own.key(chosen.revision) if chosen.register == own.OWN else ""
    count_set = own_counts.key(chosen.counts, chosen.year)
    return _Asked(
        chosen.year,
        chosen.register,
        chosen.revision,
        revision,
        chosen.settings,
        outreach,
        chosen.counts if count_set else 0,
        count_set,
        chosen.unprotected if count_set else None,
    )


@st.cache_resource(show_spinner=False, max_entries=_KEPT, hash_funcs=_BY_VALUE)
def _assessment(asked: _Asked) -> Assessment:
    return coverage.assess(
        edition(asked.year),
        own.register(asked.number) if asked.revision else shipped(asked.register),
        settings=asked.settings,
        assertive_outreach=asked.outreach,
        **own_counts.used(asked.count_set, asked.counts, asked.unprotected),
    )


@st.cache_resource(show_spinner=False, max_entries=8 * _KEPT, hash_funcs=_BY_VALUE)
def _regions(region_set: str, asked: _Asked) -> pd.DataFrame:
    return _assessment(asked).regions(region_set)


@st.cache_resource(show_spinner=False, max_entries=_DRAWN, hash_funcs=_BY_VALUE)
def _simulation(region_set: str, asked: _Asked) -> Simulation:
    return uncertainty.simulate(_assessment(asked), region_set)


@st.cache_resource(show_spinner=False, max_entries=8 * _KEPT, hash_funcs=_BY_VALUE)
def _what_moves(region: str, asked: _Asked) -> pd.DataFrame:
    region_set, _separator, code = region.partition(":")
    return uncertainty.what_moves_region(_assessment(asked), region_set, code)


@st.cache_resource(show_spinner=False, max_entries=8 * _KEPT, hash_funcs=_BY_VALUE)
def _paint(
    measure: str,
    only: frozenset[OfferFilter],
    language: str,  # noqa: ARG001 - of the words
    asked: _Asked,
) -> pd.DataFrame:
    return measures.paint(_assessment(asked), measure, only=only)


@st.cache_resource(show_spinner=False)
def shapes(year: int) -> gpd.GeoSeries:
    """Boundaries of an edition for a web map."""
    return maps.shapes(edition(year).municipalities.geometry)


@st.cache_resource(show_spinner=False)
def places(year: int, language: str) -> list[search.Place]:  # noqa: ARG001 - of the labels
    """Names that lead to a municipality of an edition; see `coverage.search.places`."""
    return search.places(edition(year))


def sites(chosen: Choices) -> gpd.GeoDataFrame:
    """Locations of the offers that meet the filters; see `coverage.sites.sites`."""
    return _sites(chosen.only, _asked(chosen))


@st.cache_resource(show_spinner=False, max_entries=8 * _KEPT, hash_funcs=_BY_VALUE)
def _sites(only: frozenset[OfferFilter], asked: _Asked) -> gpd.GeoDataFrame:
    assessed = _assessment(asked)
    offers = assessed.offers(only=only)
    return _site_table(assessed.register, offers, assessed.edition).to_crs("EPSG:4326")


def region_name(year: int, region_set: str, region: str) -> str:
    """Name of a region of an edition."""
    return str(edition(year).region_names(region_set)[region])


def members(year: int, region_set: str, region: str) -> list[str]:
    """Codes of the municipalities of a region; of the whole edition for no region."""
    if not region:
        return list(edition(year).municipalities.index)
    table = edition(year).regions
    inside = (table["region_set"] == region_set) & (table["region_code"] == region)
    return sorted(table.loc[inside, "gm_code"])


@st.cache_resource(show_spinner=False)
def outline(year: int, region_set: str, region: str) -> gpd.GeoSeries:
    """Boundaries of the municipalities of a region, for a web map."""
    return shapes(year).loc[members(year, region_set, region)]

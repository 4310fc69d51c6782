"""A map to choose municipalities on, one by one; the same Leaflet map as the live one."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import shapely
import streamlit as st

from coverage import maps
from coverage.i18n import _
from coverage.ui import app_files, data

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

CHOSEN, OTHER = "#1c6fb5", "#e4e7eb"
"""Colours of what is chosen and what is not: far enough apart without seeing colours (4 to 1)."""

_component = st.components.v2.component(
    "dekkend_area_map",
    js=Path(__file__).with_name("live_map.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


def painted(year: int, codes: Collection[str], chosen: str, other: str) -> pd.DataFrame:
    """Colours and words of a map that shows which municipalities are chosen.

    Parameters
    ----------
    year
        Edition.
    codes
        Those that are chosen.
    chosen, other
        Words for them and for the others.

    Returns
    -------
    pandas.DataFrame
        colour, hatched and words, in the order of the edition; see `show`.
    """
    index = data.edition(year).municipalities.index
    there = index.isin(list(codes))
    return pd.DataFrame(
        {
            "colour": pd.Series(there, index=index).map({True: CHOSEN, False: OTHER}),
            "hatched": False,
            "words": pd.Series(there, index=index).map({True: chosen, False: other}),
        }
    )


def show(
    colours: pd.DataFrame,
    *,
    key: str,
    year: int,
    label: str,
    described_by: str,
    on_choose: Callable[[str], None] | None = None,
    outlined: Collection[str] = (),
    view: Collection[str] = (),
    point: tuple[float, float] | None = None,
) -> None:
    """Draw the map.

    Parameters
    ----------
    colours
        One row a municipality, in the order of the edition: colour (hex), hatched (bool), words.
    key
        Name of the place; unique on the page.
    year
        Edition.
    label
        What the map is, for who cannot see it.
    described_by
        Id of the element that says in words what the map shows.
    on_choose
        Called with the code of a municipality that was clicked, before the page is drawn again.
    outlined
        Codes with a broken line round them.
    view
        Codes that the map moves to when they change; the whole country without.
    point
        Longitude and latitude of a marker.
    """
    kinds = colours[["colour", "hatched"]].drop_duplicates()
    fills = colours.merge(kinds.reset_index(drop=True).reset_index())["index"]
    shapes = data.shapes(year)
    around = shapes.loc[sorted(view)] if view else None
    answers: dict[str, Any] = {"on_offer_change": _nothing}
    answers["on_municipality_change"] = partial(_clicked, key, on_choose)
    _component(
        key=key,
        data={
            "scripts": app_files.scripts(),
            "styles": app_files.styles(),
            "shapes": app_files.boundaries(year),
            "colours": [[row.colour, bool(row.hatched)] for row in kinds.itertuples()],
            "fills": fills.tolist(),
            "words": colours["words"].tolist(),
            "painted": key,
            "label": label,
            "described_by": described_by,
            "view": ";".join(sorted(view)),
            "corners": maps.NETHERLANDS if around is None else maps.bounds(around),
            "inside": None,
            "region": None,
            "selected": None,
            "area": _outline(year, outlined),
            "locations": None if point is None else [_marker(point)],
            "base_map": None,
            "example": "",
            "texts": {
                "zoom_in": _("Zoom in"),
                "zoom_out": _("Zoom out"),
                "locations": _("{count} locations; zooms in", count="{count}"),
                "failed": _("The map could not be loaded. Reload the page, or use the list."),
            },
        },
        **answers,
    )


def toggle(key: str, code: str) -> None:
    """Add a code to a list in the session, or take it out; from a callback.

    Parameters
    ----------
    key
        Of the list.
    code
        Of a municipality.
    """
    chosen = list(st.session_state.get(key, []))
    st.session_state[key] = (
        [one for one in chosen if one != code] if code in chosen else [*chosen, code]
    )


def _clicked(key: str, on_choose: Callable[[str], None] | None) -> None:
    code = st.session_state[key]["municipality"]
    if code and on_choose is not None:
        on_choose(str(code))


def _nothing() -> None:
    """Hear that the marker was clicked; there is nothing to do then."""


def _outline(year: int, codes: Collection[str]) -> dict[str, Any] | None:
    if not codes:
        return None
    shapes = data.shapes(year)
    there = shapes[shapes.index.isin(list(codes))]
    made: dict[str, Any] = json.loads(
        shapely.to_geojson(shapely.coverage_union_all(there.to_numpy()))
    )
    return made


def _marker(point: tuple[float, float]) -> dict[str, Any]:
    longitude, latitude = point
    return {
        "at": [round(latitude, 5), round(longitude, 5)],
        "title": _("The address"),
        "lines": [],
        "offer": "",
    }

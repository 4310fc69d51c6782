"""Maps that stand still: SVG text without a script, for paper, files and small maps.

Colours and hatching are those of the live map, see `coverage.palette`.
"""

from __future__ import annotations

import math
import re
from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from coverage.editions import CRS
from coverage.i18n import _, number
from coverage.palette import UNKNOWN_COLOUR

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

Extent = tuple[float, float, float, float]
"""West, south, east and north side of a drawing: EPSG:28992, metres."""

_UNITS = 10  # per pixel: coordinates are whole numbers, which keeps the text short
_MARGIN = 0.03  # of the larger side
_FOOT = 26  # pixels under the map, for the scale bar
_BAR = 0.34  # of the width, at most
_KILOMETRE = 1_000.0
_CORNERS = 3
_BORDER = "#ffffff"
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


def svg_map(
    boundaries: gpd.GeoSeries,
    paint: pd.DataFrame,
    *,
    title: str,
    description: str,
    width: int,
    id_prefix: str,
    extent: Extent | None = None,
    outline: shapely.Geometry | None = None,
    tips: pd.Series[str] | None = None,
) -> str:
    """Map of areas as SVG.

    Parameters
    ----------
    boundaries
        Polygons in EPSG:28992, for instance by gm_code.
    paint
        Same index: colour (hexadecimal) and hatched (bool). An area that is not in it is drawn
        as unknown.
    title, description
        Name of the map, and what can be seen on it, for who cannot see it. Plain text.
    width
        Pixels. The height follows from the extent. The drawing shrinks with its surroundings.
    id_prefix
        Begins every id in the drawing: a letter, then letters, digits, ``_`` or ``-``. Unique
        on the page.
    extent
        What part of the country to show; everything, with a margin, if None. Maps with
        extents of one size and one `width` have one scale, see `frames`.
    outline
        Drawn on top as a line, in EPSG:28992: a region, or one municipality.
    tips
        Same index: plain text that a mouse pointer shows of an area.

    Returns
    -------
    str
        One ``<svg>`` element with a title, a description and a scale bar. Lines and letters
        have the colour of the text round it.

    Raises
    ------
    ValueError
        If `boundaries` has another CRS, or `id_prefix` is no such name.

    Notes
    -----
    Vertices are rounded to a tenth of a pixel, equally in every area: shared borders stay
    shared.
    """
    if boundaries.crs is None or boundaries.crs.to_epsg() != CRS:
        raise ValueError(f"boundaries must be in EPSG:{CRS}, not {boundaries.crs}")
    if not _NAME.fullmatch(id_prefix):
        raise ValueError(f"no name to begin ids with: {id_prefix!r}")
    extent = extent or _around(boundaries)
    west, south, east, north = extent
    unit = (east - west) / (width * _UNITS)  # metres
    height = math.ceil((north - south) / unit / _UNITS)
    near = boundaries[boundaries.intersects(shapely.box(*extent))]
    grid = _Grid(west, north, unit)
    shapes = _areas(near, paint, grid, id_prefix=id_prefix, tips=tips)
    if outline is not None:
        shapes += (
            f'<path d="{_paths(np.array([outline]), grid)[0]}" fill="none" stroke="currentColor" '
            f'stroke-width="{2 * _UNITS}" stroke-linejoin="round"/>'
        )
    # The title comes first: a reader of SVG looks for it there. The inner drawing cuts off
    # what would run into the scale bar.
    parts = [
        f'<title id="{id_prefix}-title">{escape(title)}</title>',
        f'<desc id="{id_prefix}-desc">{escape(description)}</desc>',
        f'<svg width="{width * _UNITS}" height="{height * _UNITS}">{shapes}</svg>',
        _scale_bar(unit, width, height),
    ]
    box = f"0 0 {width * _UNITS} {(height + _FOOT) * _UNITS}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="coverage-drawing" role="img" '
        f'aria-labelledby="{id_prefix}-title {id_prefix}-desc" width="{width}" '
        f'height="{height + _FOOT}" viewBox="{box}" style="max-width:100%;height:auto">'
        f"{''.join(parts)}</svg>"
    )


def frames(bounds: pd.DataFrame) -> list[Extent]:
    """Extents of one size, each round the middle of an area: maps of them have one scale.

    Parameters
    ----------
    bounds
        One row an area: minx, miny, maxx, maxy in metres, as ``GeoSeries.bounds``.

    Returns
    -------
    list of tuple
        In the order of the rows.

    Examples
    --------
    >>> areas = pd.DataFrame({"minx": [0, 50], "miny": 0, "maxx": [100, 80], "maxy": 50})
    >>> frames(areas)
    [(-3.0, -3.0, 103.0, 53.0), (12.0, -3.0, 118.0, 53.0)]
    """
    wide = float((bounds["maxx"] - bounds["minx"]).max())
    high = float((bounds["maxy"] - bounds["miny"]).max())
    margin = _MARGIN * max(wide, high)
    half_wide, half_high = wide / 2 + margin, high / 2 + margin
    x = ((bounds["minx"] + bounds["maxx"]) / 2).astype(float)
    y = ((bounds["miny"] + bounds["maxy"]) / 2).astype(float)
    sides = pd.concat([x - half_wide, y - half_high, x + half_wide, y + half_high], axis=1)
    return [(side[0], side[1], side[2], side[3]) for side in sides.to_numpy().tolist()]


class _Grid:
    """Whole numbers in place of metres: x to the right, y down, from the upper left corner."""

    def __init__(self, west: float, north: float, unit: float) -> None:
        self._corner, self._unit = np.array([west, north]), unit

    def __call__(self, metres: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
        places: npt.NDArray[np.float64] = (metres - self._corner) * [1, -1] / self._unit
        return np.rint(places).astype(np.int64)


def _around(boundaries: gpd.GeoSeries) -> Extent:
    if boundaries.empty:
        return (0.0, 0.0, _KILOMETRE, _KILOMETRE)
    return frames(boundaries.to_frame("geometry").dissolve().bounds)[0]


def _areas(
    boundaries: gpd.GeoSeries,
    paint: pd.DataFrame,
    grid: _Grid,
    *,
    id_prefix: str,
    tips: pd.Series[str] | None,
) -> str:
    """Areas with the same paint as one group each."""
    paint = paint[["colour", "hatched"]].reindex(boundaries.index)
    colour = paint["colour"].fillna(UNKNOWN_COLOUR).astype(str)
    hatched = paint["hatched"].eq(True)  # what is missing is not hatched
    drawn = pd.Series(_paths(boundaries.to_numpy(), grid), index=boundaries.index, dtype=object)
    rest = "/>" if tips is None else _titles(tips.reindex(boundaries.index).fillna(""))
    elements = '<path d="' + drawn + '"' + rest
    # What is known is drawn last, so that its edges lie on top.
    order = pd.DataFrame(
        {"known": colour != UNKNOWN_COLOUR, "certain": ~hatched, "colour": colour},
        index=boundaries.index,
    )
    groups = elements.groupby([order["known"], order["certain"], order["colour"]])
    keys: list[Any] = []
    bodies = []
    for key, group in groups:
        keys.append(key)
        bodies.append("".join(group))
    patterns = "".join(
        _pattern(colour, f"{id_prefix}-{place}")
        for place, (_known, certain, colour) in enumerate(keys)
        if not certain
    )
    painted = "".join(
        _group(colour, body, None if certain else f"{id_prefix}-{place}")
        for place, ((_known, certain, colour), body) in enumerate(zip(keys, bodies, strict=True))
    )
    return (
        f"<defs>{patterns}</defs>" if patterns else ""
    ) + f'<g stroke-width="{_UNITS}" stroke-linejoin="round" fill-rule="evenodd">{painted}</g>'


def _titles(tips: pd.Series[str]) -> pd.Series[str]:
    return "><title>" + tips.map(escape) + "</title></path>"


def _group(colour: str, body: str, pattern: str | None) -> str:
    """Shapes of one paint. A hatch has an edge of its colour: white lines would run out of it."""
    paint = escape(colour)
    fill, edge = (paint, _BORDER) if pattern is None else (f"url(#{pattern})", paint)
    return f'<g fill="{fill}" stroke="{edge}">{body}</g>'


def _pattern(colour: str, name: str) -> str:
    """Hatch as on the live map."""
    size, line = 6 * _UNITS, 2 * _UNITS
    return (
        f'<pattern id="{name}" width="{size}" height="{size}" patternUnits="userSpaceOnUse" '
        f'patternTransform="rotate(45)"><rect width="{size}" height="{size}" '
        f'fill="{escape(colour)}"/><rect width="{line}" height="{size}" fill="#ffffff"/></pattern>'
    )


def _paths(areas: npt.NDArray[Any], grid: _Grid) -> list[str]:
    """Path data of each area: every ring from an absolute point, then by relative steps."""
    parts, area = shapely.get_parts(areas, return_index=True)
    rings, part = shapely.get_rings(parts, return_index=True)
    metres, ring = shapely.get_coordinates(rings, return_index=True)
    if not len(metres):
        return [""] * len(areas)
    points = grid(metres)
    stays = np.zeros(len(points), dtype=bool)
    stays[1:] = (points[1:] == points[:-1]).all(axis=1) & (ring[1:] == ring[:-1])
    points, ring = points[~stays], ring[~stays]
    # "z" closes a ring, so its last point, the first again, is not written.
    points, ring = points[_same_as_next(ring)], ring[_same_as_next(ring)]
    # What is smaller than a unit has no area left.
    left = np.bincount(ring, minlength=len(rings))[ring] >= _CORNERS
    points, ring = points[left], ring[left]
    text = _tokens(points, ring)
    owner = area[part[ring]]
    ends = np.searchsorted(owner, np.arange(len(areas) + 1))
    return ["".join(text[first:last]) for first, last in pairwise(ends)]


def _same_as_next(ring: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Whether the next vertex belongs to the same ring."""
    same = np.zeros(len(ring), dtype=bool)
    same[:-1] = ring[1:] == ring[:-1]
    return same


def _tokens(points: npt.NDArray[np.int64], ring: npt.NDArray[np.int64]) -> npt.NDArray[np.str_]:
    """One piece of path data a vertex. A minus sign separates by itself."""
    first = np.ones(len(ring), dtype=bool)
    first[1:] = ring[1:] != ring[:-1]
    second = np.zeros(len(ring), dtype=bool)
    second[1:] = first[:-1]
    steps = points.copy()
    steps[1:][~first[1:]] -= points[:-1][~first[1:]]
    x, y = steps[:, 0], steps[:, 1]
    before = np.where(first, "M", np.where(second, "l", np.where(x < 0, "", " ")))
    between = np.where(y < 0, "", " ")
    after = np.where(_same_as_next(ring), "", "z")
    pieces = np.strings.add(np.strings.add(before, x.astype(str)), between)
    return np.strings.add(np.strings.add(pieces, y.astype(str)), after)


def _scale_bar(unit: float, width: int, height: int) -> str:
    """Bar with its length in kilometres: 1, 2 or 5, or ten times that, and so on."""
    most = _BAR * width * _UNITS * unit / _KILOMETRE
    power = 10.0 ** math.floor(math.log10(most))
    length = max(step * power for step in (1, 2, 5) if step * power <= most)
    end = round(length * _KILOMETRE / unit)
    top, size = (height + 8) * _UNITS, 5 * _UNITS
    label = _("{count} km", count=number(length, 3))
    return (
        f'<path d="M{_UNITS} {top}v{size}h{end}v-{size}" fill="none" stroke="currentColor" '
        f'stroke-width="{_UNITS + 2}"/><text x="{end + 7 * _UNITS}" y="{top + size + _UNITS}" '
        f'font-size="{13 * _UNITS}" font-family="Source Sans, Source Sans Pro, Segoe UI, Roboto, '
        f'Arial, sans-serif" fill="currentColor">{escape(label)}</text>'
    )

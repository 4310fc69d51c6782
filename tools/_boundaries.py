"""Boundaries: from raw polygons to two layers that are valid coverages.

A set of polygons is a valid coverage when no two overlap and shared borders
have the same vertices. Only then does simplifying keep shared borders shared.
"""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

if TYPE_CHECKING:
    from pathlib import Path

RD = "EPSG:28992"
"""The Dutch national grid (Amersfoort / RD New), metres."""

GRID = 1.0
"""Coordinates of the detailed layer are rounded to whole metres."""

MAP_GRID = 25.0
"""Coordinates of the simplified layer are rounded to this (metres): coarser than four
decimals of a degree, so that a map in degrees keeps every border as it is."""

GAP = 200.0
"""Gaps narrower than this (metres) between polygons are digitising noise."""

CRUMB = 10_000.0
"""Parts smaller than this (square metres, 1 ha) are left over from repairing."""

ISLET = 500_000.0
"""Parts smaller than this (square metres) that touch no other municipality are
left out of the country map."""

AREA_TOLERANCE = 0.01
"""Largest relative change in the area of one municipality by cleaning."""

WRITTEN = "2025-01-01T00:00:00.000Z"
"""Time stamp in the GeoPackages: fixed, so that a second run gives the same file."""


class BoundaryError(ValueError):
    """The boundaries cannot be made into a valid coverage."""


def clean(raw: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Repair polygons so that they form a valid coverage on a grid of whole metres.

    Invalid rings are rebuilt (`shapely.make_valid`), crumbs dropped, overlaps
    and narrow gaps given to the neighbour with the longest border
    (`shapely.coverage_clean`), and coordinates rounded.

    Parameters
    ----------
    raw
        Polygons in EPSG:28992, indexed by code, one row a municipality.

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows in the same order.

    Raises
    ------
    BoundaryError
        If the result is no valid coverage, or if a municipality vanishes or
        changes in area by more than `AREA_TOLERANCE`.
    """
    valid = shapely.make_valid(raw.geometry.to_numpy(), method="structure", keep_collapsed=False)
    geometry = _drop_small_parts(valid, CRUMB)
    geometry = shapely.coverage_clean(geometry, gap_width=GAP)
    geometry = _rounded_coverage(geometry, GRID)
    result = raw.set_geometry(gpd.GeoSeries(geometry, index=raw.index, crs=RD))
    _check(result)
    change = np.abs(shapely.area(geometry) / shapely.area(valid) - 1)
    if (change > AREA_TOLERANCE).any():
        codes = ", ".join(raw.index[change > AREA_TOLERANCE])
        raise BoundaryError(f"area changed by more than {AREA_TOLERANCE:.0%}: {codes}")
    return result


def simplify(detailed: gpd.GeoDataFrame, tolerance: float) -> gpd.GeoDataFrame:
    """Simplify a valid coverage for the country map; shared borders stay shared.

    Parameters
    ----------
    detailed
        Valid coverage in EPSG:28992.
    tolerance
        Size in metres of the details that may go (Visvalingam-Whyatt, as in
        `shapely.coverage_simplify`).

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows in the same order.

    Raises
    ------
    BoundaryError
        If the result is no valid coverage or a municipality vanishes.
    """
    geometry = _drop_islets(detailed.geometry.to_numpy())
    geometry = shapely.coverage_simplify(geometry, tolerance)
    geometry = _rounded_coverage(geometry, MAP_GRID)
    result = detailed.set_geometry(gpd.GeoSeries(geometry, index=detailed.index, crs=RD))
    _check(result)
    return result


def write(path: Path, **layers: gpd.GeoDataFrame) -> None:
    """Write layers to one GeoPackage, the same bytes for the same input.

    Parameters
    ----------
    path
        File to write; an older one is replaced.
    **layers
        Name and table of each layer; the index holds the codes.
    """
    path.unlink(missing_ok=True)
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": WRITTEN})
    try:
        for name, layer in layers.items():
            pyogrio.write_dataframe(
                layer.reset_index()[["gm_code", "name", "geometry"]],
                path,
                layer=name,
                driver="GPKG",
                promote_to_multi=True,
                layer_options={"SPATIAL_INDEX": "NO"},
            )
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def geojson_size(layer: gpd.GeoDataFrame, decimals: int = 4) -> int:
    """Size in bytes of a layer as gzipped GeoJSON in WGS84 with few decimals."""
    degrees = layer.geometry.to_crs(4326).to_numpy()
    rounded = shapely.transform(degrees, lambda xy: np.round(xy, decimals))
    features = [
        {"type": "Feature", "properties": {"gm_code": code}, "geometry": json.loads(text)}
        for code, text in zip(layer.index, shapely.to_geojson(rounded), strict=True)
    ]
    text = json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))
    return len(gzip.compress(text.encode(), 9))


def _check(layer: gpd.GeoDataFrame) -> None:
    geometry = layer.geometry.to_numpy()
    if shapely.is_empty(geometry).any():
        codes = ", ".join(layer.index[shapely.is_empty(geometry)])
        raise BoundaryError(f"nothing is left of {codes}")
    if not shapely.is_valid(geometry).all():
        codes = ", ".join(layer.index[~shapely.is_valid(geometry)])
        raise BoundaryError(f"invalid polygons: {codes}")
    if not shapely.coverage_is_valid(geometry):
        raise BoundaryError("the polygons overlap or do not share their borders")


def _rounded_coverage(geometry: np.ndarray, grid: float) -> np.ndarray:
    """Round a coverage to a grid so that it stays one.

    Rounding each polygon by itself would break borders that are shared. All borders
    are rounded at once (snap rounding), cut into faces, and each face goes back to the
    polygon that it lies in.
    """
    lines = shapely.union_all(shapely.boundary(geometry), grid_size=grid)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(lines)))
    inside = shapely.point_on_surface(faces)
    face, row = shapely.STRtree(geometry).query(inside, predicate="intersects")
    # A face that lies in no polygon is water; on a border the first polygon has it.
    face, first = np.unique(face, return_index=True)
    table = gpd.GeoDataFrame({"row": row[first]}, geometry=faces[face])
    whole = table.dissolve("row", method="coverage").geometry
    missing = shapely.from_wkt("POLYGON EMPTY")
    return whole.reindex(range(len(geometry)), fill_value=missing).to_numpy()


def _parts(geometry: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Single polygons, and for each the position of the row that it is of."""
    return shapely.get_parts(geometry, return_index=True)


def _largest(parts: np.ndarray, row: np.ndarray) -> np.ndarray:
    """Mark the largest part of every row: it is never dropped."""
    order = np.lexsort((-shapely.area(parts), row))
    first = np.ones(len(order), dtype=bool)
    first[1:] = row[order][1:] != row[order][:-1]
    mark = np.zeros(len(parts), dtype=bool)
    mark[order[first]] = True
    return mark


def _regroup(parts: np.ndarray, row: np.ndarray, keep: np.ndarray) -> np.ndarray:
    return shapely.multipolygons(parts[keep], indices=row[keep])


def _drop_small_parts(geometry: np.ndarray, smallest: float) -> np.ndarray:
    parts, row = _parts(geometry)
    keep = (shapely.area(parts) >= smallest) | _largest(parts, row)
    return _regroup(parts, row, keep)


def _drop_islets(geometry: np.ndarray) -> np.ndarray:
    """Drop small parts in the water: inland ones would leave a hole."""
    parts, row = _parts(geometry)
    one, other = shapely.STRtree(parts).query(parts, predicate="intersects")
    neighbours = np.zeros(len(parts), dtype=bool)
    neighbours[one[row[one] != row[other]]] = True
    keep = (shapely.area(parts) >= ISLET) | neighbours | _largest(parts, row)
    return _regroup(parts, row, keep)

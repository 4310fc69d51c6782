"""A register as one GeoPackage: layers and tables that QGIS and other map programs open."""

from __future__ import annotations

import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from coverage import provenance
from coverage.editions import load_edition
from coverage.supply import location_points
from coverage.vocabulary import ServiceAreaType

if TYPE_CHECKING:
    import os

    from coverage.editions import Edition
    from coverage.register import Register
    from coverage.workspace import Revision

__all__ = ["write_geopackage"]

CRS = "EPSG:28992"
METRES = 1000
"""Of a kilometre: a radius is written in kilometres."""

AREA_COLUMNS = (
    "offer_id", "name", "provider_id", "service_area_type", "service_area", "partial_area",
    "edition", "offer_type", "framework", "long_term", "support", "acceptance", "coordination",
    "mobilisation", "capacity_families", "year_from", "year_to", "source", "source_date", "status",
)  # fmt: skip
"""What a service area tells of its offer; all else stands in the layer offers."""

NOTES = {
    "coordinates": "EPSG:28992 (Amersfoort / RD New), metres",
    "offers": "Point of the location of the offer; none where that is not known.",
    "locations": (
        "Point of the address. Where x and y are empty: centre of the municipality, or none "
        "where that is not known either."
    ),
    "service_areas": (
        "Simplified boundaries of the edition of the row; a radius is a circle round the "
        "location. No geometry: where the offer serves is not known."
    ),
    "inventory": "Municipality that was looked at, in the simplified boundaries of its edition.",
}


def write_geopackage(
    register: Register, path: str | os.PathLike[str], *, revision: Revision | None = None
) -> None:
    """Write a register as a GeoPackage.

    Parameters
    ----------
    register
        What to write.
    path
        File to write; one that is there is replaced, at once and whole.
    revision
        The revision that it is of, to tell in the table ``about``.

    Raises
    ------
    OSError
        If the file cannot be written.

    Notes
    -----
    Layers: ``offers`` and ``locations`` (points), ``service_areas`` and ``inventory``
    (polygons), all in EPSG:28992. Tables: ``providers``, ``sources`` (of the boundaries)
    and ``about`` (revision, and what each layer shows). Columns are those of
    `coverage.schema`; a cell that is empty there is NULL here.
    """
    path = Path(path)
    layers: dict[str, pd.DataFrame] = {
        "offers": _offers(register),
        "locations": _locations(register),
        "service_areas": _service_areas(register),
        "inventory": _inventory(register),
        "providers": register.providers,
        "sources": load_edition(2025).sources,
        "about": _about(register, revision),
    }
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".gpkg-") as folder:
        made = Path(folder) / "register.gpkg"
        for number, (name, layer) in enumerate(layers.items()):
            kind = {"service_areas": "MultiPolygon", "inventory": "MultiPolygon"}.get(name, "Point")
            geometry = {"geometry_type": kind} if isinstance(layer, gpd.GeoDataFrame) else {}
            pyogrio.write_dataframe(
                _plain(layer), made, layer=name, append=number > 0, use_arrow=False, **geometry
            )
        made.replace(path)


def _plain(layer: pd.DataFrame) -> pd.DataFrame:
    """Columns as the format holds them: no text is NULL, and so is no number."""
    plain = layer.copy()
    for name in layer.columns.drop("geometry", errors="ignore"):
        if pd.api.types.is_string_dtype(layer[name].dtype):
            texts = layer[name].str.replace("\0", "").astype(object)
            plain[name] = texts.where(texts.ne(""), None)
    return plain


def _offers(register: Register) -> gpd.GeoDataFrame:
    table = _with_provider(register, register.offers)
    points = _points(register, register.offers["location_id"])
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def _locations(register: Register) -> gpd.GeoDataFrame:
    table = _with_provider(register, register.locations)
    points = _points(register, register.locations["location_id"])
    return gpd.GeoDataFrame(table, geometry=points, crs=CRS)


def _with_provider(register: Register, table: pd.DataFrame) -> pd.DataFrame:
    """Table with the name of the provider after its id."""
    names = register.providers.set_index("provider_id")["name"]
    told = table.copy()
    place = table.columns.get_loc("provider_id")
    told.insert(int(str(place)) + 1, "provider_name", table["provider_id"].map(names).fillna(""))
    return told


def _points(register: Register, location_id: pd.Series[str]) -> np.ndarray[Any, np.dtype[Any]]:
    """Point of each location; None where it is not known."""
    found = location_points(location_id, register.locations, load_edition(2025))
    points = np.full(len(found), None, dtype=object)
    known = ~np.isnan(found).any(axis=1)
    points[known] = shapely.points(found[known])
    return points


def _service_areas(register: Register) -> gpd.GeoDataFrame:
    """Where each offer serves; areas that are equal are made once."""
    offers = register.offers
    points = _points(register, offers["location_id"])
    columns = (offers["edition"].astype(int), offers["service_area_type"], offers["service_area"])
    keys = list(zip(*columns, shapely.to_wkt(points), strict=True))
    areas: dict[Any, shapely.MultiPolygon | None] = {}
    for key, point in zip(keys, points, strict=True):
        if key not in areas:
            year, kind, text, _place = key
            areas[key] = _area(year, kind, text, point)
    table = _with_provider(register, offers[list(AREA_COLUMNS)])
    made = np.array([None, *(areas[key] for key in keys)], dtype=object)[1:]
    return gpd.GeoDataFrame(table, geometry=made, crs=CRS)


def _area(
    year: int, kind: str, text: str, point: shapely.Point | None
) -> shapely.MultiPolygon | None:
    """Polygon of one service area; None where it is not known."""
    edition = load_edition(year)
    match ServiceAreaType(kind):
        case ServiceAreaType.MUNICIPALITIES:
            codes = text.split(";")
        case ServiceAreaType.REGION:
            region_set, code = text.split(":", 1)
            regions = edition.regions
            own = regions["region_set"].eq(region_set) & regions["region_code"].eq(code)
            codes = regions.loc[own, "gm_code"].tolist()
        case ServiceAreaType.COUNTRY:
            codes = edition.municipalities.index.tolist()
        case ServiceAreaType.RADIUS if point is not None:
            return _multi(point.buffer(METRES * float(text)))
        case _:
            return None
    return _union(edition, codes)


def _union(edition: Edition, codes: list[str]) -> shapely.MultiPolygon | None:
    shapes = edition.municipalities.geometry.reindex(codes).dropna()
    return _multi(shapely.union_all(shapes.to_numpy())) if len(shapes) else None


def _multi(shape: shapely.Geometry) -> shapely.MultiPolygon:
    """Polygon as one of several: a layer holds one kind."""
    parts = shapely.get_parts(shape)
    return shapely.MultiPolygon(parts[shapely.get_type_id(parts) == shapely.GeometryType.POLYGON])


def _inventory(register: Register) -> gpd.GeoDataFrame:
    table = register.inventory
    shapes = {
        (code, year): _union(load_edition(int(year)), [code])
        for code, year in set(zip(table["gm_code"], table["edition"], strict=True))
    }
    made = [shapes[key] for key in zip(table["gm_code"], table["edition"], strict=True)]
    return gpd.GeoDataFrame(table, geometry=np.array([None, *made], dtype=object)[1:], crs=CRS)


def _about(register: Register, revision: Revision | None) -> pd.DataFrame:
    """What the file is, and of which revision."""
    told = {"software": f"Dekkend {version('dekkend')}"}
    if revision:
        told |= {
            "revision": str(revision.number),
            "author": revision.author,
            "time": revision.time.isoformat(timespec="seconds"),
            "note": revision.note,
        }
    made_of = {} if revision is None else {"revision": revision.record()}
    whole = provenance.as_json(provenance.of_register(register, **made_of))
    told |= {"example": "yes" if register.is_example else "no", **NOTES, provenance.SHEET: whole}
    return pd.DataFrame({"what": list(told), "value": list(told.values())}, dtype="str")

"""Municipalities, regions, postcodes, residents and orders of a year; and between years.

An edition is the municipal division of 1 January of one year. Codes of one year mean
little in another: `load_crosswalk`, `carry` and `translate` go from one to the other.
How each figure was made stands in ``data/municipalities/README.md``.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyogrio

from coverage._files import data_dir
from coverage.i18n import _

if TYPE_CHECKING:
    from pathlib import Path


EDITIONS: tuple[int, ...] = (2010, 2025)
"""Years of which a municipal division is shipped."""

CRS = 28992
"""EPSG code of all points and boundaries: the Dutch national grid, metres."""


class UnknownEditionError(ValueError):
    """A year of which no municipal division is shipped.

    Parameters
    ----------
    year
        What was asked for.
    """

    def __init__(self, year: object) -> None:
        self.year = year
        years = ", ".join(map(str, EDITIONS))
        super().__init__(
            _("There is no edition {year}. These exist: {years}.", year=year, years=years)
        )


@dataclass(frozen=True)
class Edition:
    """The municipal division of 1 January of a year.

    Tables are read when they are first asked for, and kept.

    Attributes
    ----------
    year
        One of `EDITIONS`.
    """

    year: int

    def __post_init__(self) -> None:
        if self.year not in EDITIONS:
            raise UnknownEditionError(self.year)

    @cached_property
    def municipalities(self) -> gpd.GeoDataFrame:
        """Municipalities with the simplified boundaries for a map of the country.

        Indexed by gm_code, sorted. Columns: name, residents and residents_0_17 with
        the year they are of (``*_year``) and their status (``*_status``), centre_x and
        centre_y (where the residents live on average, EPSG:28992, metres), source (ids
        of `sources`, separated by ``;``), geometry (EPSG:28992).
        """
        table = _read_figures(self._folder / "municipalities.csv", _MUNICIPALITY_TEXT)
        shapes = self._layer("simplified").geometry
        table = table.set_index("gm_code")
        return gpd.GeoDataFrame(table, geometry=shapes.reindex(table.index), crs=CRS)

    @cached_property
    def boundaries(self) -> gpd.GeoDataFrame:
        """Detailed boundaries, for finding the municipality of a point.

        Indexed by gm_code, sorted. Columns: name, geometry (EPSG:28992, whole metres).
        """
        return self._layer("detailed")

    @cached_property
    def regions(self) -> pd.DataFrame:
        """Which municipality is in which region, one row a pair.

        Columns: region_set, region_code, region_name, gm_code, status (observed,
        estimated or example), note.
        """
        return _read_text(self._folder / "regions.csv")

    @cached_property
    def postcodes(self) -> pd.DataFrame:
        """Four-digit postcodes, indexed by pc4.

        Columns: place, gm_code (of this edition), x and y (EPSG:28992, metres),
        residents and residents_0_17 of 2021 (NaN where not known), source.
        """
        table = _read_figures(self._folder / "postcodes.csv", ["pc4", "place", "gm_code", "source"])
        return table.set_index("pc4")

    @cached_property
    def demand(self) -> pd.DataFrame:
        """Supervision orders in a year, indexed by gm_code.

        Columns: imposed and extended, each with the range of its source shared out in
        the same way (``*_low``, ``*_high``); count_status, unit, period, source.
        """
        text = ["gm_code", "count_status", "unit", "period", "source"]
        return _read_figures(self._folder / "demand.csv", text).set_index("gm_code")

    @cached_property
    def sources(self) -> pd.DataFrame:
        """Sources of the figures: source_id, title, publisher, url, licence, and more."""
        return _read_text(data_dir("municipalities") / "sources.csv")

    def region_names(self, region_set: str) -> pd.Series[str]:
        """Names of the regions of one set.

        Parameters
        ----------
        region_set
            For instance ``"province"``.

        Returns
        -------
        pandas.Series
            Names indexed by region_code, sorted by code; empty for a set that this
            edition does not have.
        """
        rows = self.regions[self.regions["region_set"] == region_set]
        named = rows.drop_duplicates("region_code").set_index("region_code")
        return named["region_name"].sort_index()

    @property
    def _folder(self) -> Path:
        return data_dir("municipalities") / str(self.year)

    def _layer(self, name: str) -> gpd.GeoDataFrame:
        layer = pyogrio.read_dataframe(self._folder / "boundaries.gpkg", layer=name)
        return layer.set_index("gm_code")


def load_edition(year: int) -> Edition:
    """Open the municipal division of a year.

    Parameters
    ----------
    year
        One of `EDITIONS`.

    Returns
    -------
    Edition

    Raises
    ------
    UnknownEditionError
        If there is no such edition; it is a `ValueError`.

    Examples
    --------
    >>> edition = load_edition(2010)
    >>> len(edition.municipalities)
    431
    >>> edition.municipalities.loc["GM0363", "name"]
    'Amsterdam'
    """
    return Edition(year)


def load_crosswalk(from_year: int, to_year: int) -> pd.DataFrame:
    """Shares with which counts go from the municipalities of one edition to another.

    Parameters
    ----------
    from_year, to_year
        Years of the editions.

    Returns
    -------
    pandas.DataFrame
        from_code, to_code, share: the part of the residents 0-17 of the first that
        lives in what is now, or was then, the second. Shares add up to 1 per from_code.

    Raises
    ------
    UnknownEditionError
        If there is no such edition.
    """
    for year in (from_year, to_year):
        if year not in EDITIONS:
            raise UnknownEditionError(year)
    if from_year == to_year:
        codes = Edition(from_year).demand.index.to_numpy()
        return pd.DataFrame({"from_code": codes, "to_code": codes, "share": 1.0})
    table = _crosswalks()
    rows = table[(table["from_edition"] == from_year) & (table["to_edition"] == to_year)]
    return rows[["from_code", "to_code", "share"]].reset_index(drop=True)


def carry(values: pd.Series[float], crosswalk: pd.DataFrame) -> pd.Series[float]:
    """Carry counts to the municipalities of another edition; the total stays the same.

    Parameters
    ----------
    values
        Counts indexed by code of the edition that the crosswalk comes from.
    crosswalk
        Result of `load_crosswalk`.

    Returns
    -------
    pandas.Series
        Counts indexed by code of the other edition, sorted. A municipality that gets
        part of a count that is not known (NaN) is not known either.

    Raises
    ------
    KeyError
        If `values` has a code that the crosswalk has not.

    Notes
    -----
    Areal weighting by residents 0-17: within a municipality, counts are taken to be
    spread as the young residents are. There and back keeps the total, not every part.

    Examples
    --------
    >>> crosswalk = load_crosswalk(2010, 2025)
    >>> carry(pd.Series({"GM0003": 10.0, "GM0010": 5.0}), crosswalk)
    GM1979    15.0
    dtype: float64
    """
    strange = values.index.difference(pd.Index(crosswalk["from_code"]))
    if len(strange):
        raise KeyError(f"not in the crosswalk: {', '.join(map(str, strange[:5]))}")
    pairs = crosswalk[crosswalk["from_code"].isin(values.index)]
    given = pairs["from_code"].map(values).to_numpy(dtype=float)
    parts = pd.Series(given * pairs["share"].to_numpy(), index=pairs["to_code"].to_numpy())
    # pandas leaves NaN out of a sum unless told otherwise.
    carried = parts.groupby(level=0).sum(skipna=False)
    carried.name = values.name
    return carried


def translate(codes: pd.Series[str], from_year: int, to_year: int) -> pd.DataFrame:
    """Municipalities of another edition that hold residents of the given ones.

    Parameters
    ----------
    codes
        Codes of the edition `from_year`. Codes with the same label in the index belong
        together, as the service area of one offer does.
    from_year, to_year
        Years of the editions.

    Returns
    -------
    pandas.DataFrame
        position (label in the index of `codes`), gm_code (of `to_year`), covered: the
        part of the residents 0-17 of gm_code that the given codes of that label hold
        together. Appingedam alone holds 0.26 of Eemsdelta; with Delfzijl and Loppersum
        it is 1. Sorted by position and code. Codes that `from_year` does not have give
        no row.

    Raises
    ------
    UnknownEditionError
        If there is no such edition.

    Examples
    --------
    >>> served = pd.Series(["GM0003", "GM0010", "GM0024"], index=[7, 7, 7])
    >>> translate(served, 2010, 2025)
       position gm_code  covered
    0         7  GM1979      1.0
    """
    # Of each new municipality, the part that comes out of each old one.
    parts = load_crosswalk(to_year, from_year)
    given = pd.DataFrame({"position": codes.index, "to_code": codes.to_numpy()})
    pairs = given.drop_duplicates().merge(parts, on="to_code")
    covered = pairs.groupby(["position", "from_code"])["share"].sum().clip(upper=1.0).round(6)
    return covered.rename_axis(["position", "gm_code"]).rename("covered").reset_index()


def editions_with(code: str) -> tuple[int, ...]:
    """Years of the editions that have a municipality code.

    Parameters
    ----------
    code
        For instance ``"GM0003"``.

    Returns
    -------
    tuple of int

    Examples
    --------
    >>> editions_with("GM0003"), editions_with("GM0363"), editions_with("GM9999")
    ((2010,), (2010, 2025), ())
    """
    return tuple(year for year in EDITIONS if code in _codes(year))


def names() -> pd.DataFrame:
    """Every municipality code and name of 2003-2025, and other spellings of them.

    Returns
    -------
    pandas.DataFrame
        gm_code, name, successor_2010, successor_2025 (codes separated by ``;``), note.
        The first row of a code has its name, the others have other names or spellings.
        ``successor_2010`` of a code that is younger holds what it was made out of.
    """
    return _read_text(data_dir("municipalities") / "names.csv")


_MUNICIPALITY_TEXT = ["gm_code", "name", "residents_status", "residents_0_17_status", "source"]


def _read_text(path: Path) -> pd.DataFrame:
    """Read a shipped table of text; an empty cell is empty text."""
    return pd.read_csv(path, dtype=str, keep_default_na=False)


def _read_figures(path: Path, text: list[str]) -> pd.DataFrame:
    """Read a shipped table with figures; the columns in `text` are text."""
    # Only an empty cell is unknown: "NA" would be a name.
    types = dict.fromkeys(text, str)
    table = pd.read_csv(path, dtype=types, keep_default_na=False, na_values=[""])
    return table.fillna(dict.fromkeys(text, ""))


@cache
def _crosswalks() -> pd.DataFrame:
    path = data_dir("municipalities") / "crosswalk.csv"
    return pd.read_csv(path, dtype={"from_code": str, "to_code": str})


@cache
def _codes(year: int) -> frozenset[str]:
    return frozenset(Edition(year).demand.index)

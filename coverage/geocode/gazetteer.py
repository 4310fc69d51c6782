"""What postcodes, places and municipalities of an edition are called and where they lie.

A name that two places have is never decided on by guessing: every meaning is given, and it
is for the caller to choose one by something else that is stated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from rapidfuzz import fuzz, process
from scipy.sparse.csgraph import connected_components

from coverage import _known, editions
from coverage.editions import EDITIONS, load_edition
from coverage.geocode.address import place_key
from coverage.geocode.locate import municipalities_within
from coverage.vocabulary import RegionSet

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from coverage.editions import Edition

ONE_PLACE = 6_000.0
"""Metres between postcodes of one name up to which they are one place, not two of one name.

Our own choice: postcodes of a town lie closer together, and the places that share a name
lie further apart.
"""

MOSTLY, FEW = 2 / 3, 0.005
"""Parts of its residents with which a place over a border is one municipality's, and not told."""

POSTCODE_REACH = 0.5
"""Part of its radius within which a postcode's border with another municipality is told.

The radius is that of a circle as large as the area that is nearest to the postcode's point.
Postcodes mostly end at the border of a municipality, so that the whole radius would name the
neighbours of every second postcode. Our own choice.
"""

NEAREST, FURTHEST = 200.0, 2_000.0
"""Bounds of that distance in metres."""

SIMILAR = 85
"""Likeness (0 to 100) from which a place is named as perhaps meant."""

LONGEST = 200
"""Characters of a name that are looked at."""

PROVINCES = {
    "groningen": ("gr", "gn", "grn"),
    "fryslan": ("fr", "frl", "friesland"),
    "drenthe": ("dr", "drente"),
    "overijssel": ("ov", "o"),
    "flevoland": ("fl", "fld"),
    "gelderland": ("gld", "ge", "gl", "g", "gelld"),
    "utrecht": ("ut", "utr", "u"),
    "noordholland": ("nh", "nholland", "nhol"),
    "zuidholland": ("zh", "zholland", "zhol"),
    "zeeland": ("ze", "zl", "zld", "z"),
    "noordbrabant": ("nb", "nbr", "nbrabant", "brabant"),
    "limburg": ("li", "lb", "l", "lim"),
}
"""Names of the provinces as `_known.plain` writes them, and what stands for them."""

PROVINCE_OF = {short: full for full, shorts in PROVINCES.items() for short in (*shorts, full)}
"""Province by its name or what stands for it, both as `_known.plain` writes them."""

_BRACKETS = re.compile(r"^(?P<base>[^()]*?)\s*\((?P<mark>[^()]*)\)?\s*$")
_BEHIND = re.compile(r"^(?P<base>.*[^\s,])[\s,]+(?P<mark>[A-Za-z]\.?[\s-]?[A-Za-z.-]{0,12})$")
_OF = re.compile(r"^(?P<base>.*\S)\s+gem(?:\.|eente)\s*(?P<mark>\S.*)$", re.IGNORECASE)
_CODE = re.compile(r"(?:GM)?0{0,3}(\d{1,4})(?:\.0)?", re.IGNORECASE)


@dataclass(frozen=True)
class Spot:
    """One meaning of a postcode or a name.

    Parameters
    ----------
    name
        Name of the place.
    gm_code
        Its municipality in the edition.
    x, y
        Point in EPSG:28992, metres.
    also
        Codes of other municipalities that it lies in as well, or close to.
    whole
        Whether it is a whole municipality, and the point its centre.
    beyond
        The same place in other municipalities: that of the postcodes over the border.
    """

    name: str
    gm_code: str
    x: float
    y: float
    also: tuple[str, ...] = ()
    whole: bool = False
    beyond: tuple[Spot, ...] = ()

    @property
    def around(self) -> frozenset[str]:
        """Municipalities that are no contradiction to it."""
        return frozenset({self.gm_code, *self.also, *(spot.gm_code for spot in self.beyond)})

    @property
    def label(self) -> str:
        """Code and name, with the municipality where that is called otherwise."""
        municipality = _known.name_of(self.gm_code)
        if place_key(municipality) == place_key(self.name):
            return f"{self.gm_code} {municipality}"
        return f"{self.gm_code} {self.name} ({municipality})"


@dataclass(frozen=True)
class Meanings:
    """What the name of a place can mean.

    Parameters
    ----------
    given
        Whether there was any text.
    spots
        Places of that name; none if it is not known.
    former
        Whether it is the name of a former municipality; then `spots` are what it is now.
    """

    given: bool = False
    spots: tuple[Spot, ...] = ()
    former: bool = False


@dataclass(frozen=True)
class Stated:
    """Municipality that a row states.

    Parameters
    ----------
    given
        Whether there was any text.
    codes
        Municipalities of the edition that it can mean, sorted; none if it is not known.
    former
        Whether it is no municipality of the edition, and `codes` hold its area instead.
    today
        The same in the newest edition.
    """

    given: bool = False
    codes: tuple[str, ...] = ()
    former: bool = False
    today: tuple[str, ...] = ()


class Gazetteer:
    """Names and postcodes of an edition; `gazetteer` gives the one that is kept.

    Parameters
    ----------
    edition
        The edition.
    """

    def __init__(self, edition: Edition) -> None:
        self.edition = edition

    def postcode(self, pc4: str) -> Spot | None:
        """Point and municipality of a four-digit postcode.

        Parameters
        ----------
        pc4
            Four figures.

        Returns
        -------
        Spot or None
            None for a postcode that the edition does not have. That of a post office box alone
            is not in it.
        """
        return self._postcodes.get(pc4)

    def place(self, text: str) -> Meanings:
        """Places with a name.

        Parameters
        ----------
        text
            The name, with or without its province or municipality: ``Laren (NH)``, ``Hengelo
            Gld``, ``Beek (Montferland)``.

        Returns
        -------
        Meanings
            Every place of that name. A municipality of that name that has no such place counts
            as one, at its centre. Only places with a postcode of their own are known.
        """
        text = text[:LONGEST].strip()
        if not text:
            return Meanings()
        found: tuple[Spot, ...] = ()
        for base, mark in _readings(text):
            found = self._called(place_key(base))
            if mark:
                among = self._marked(mark)
                if among is not None:
                    found = tuple(spot for spot in found if spot.gm_code in among)
                elif "(" not in text:
                    found = ()
            if found:
                return Meanings(given=True, spots=found)
        stated = self.municipality(text)
        if _CODE.fullmatch(text):
            return Meanings(given=True)
        return Meanings(given=True, spots=self.whole(stated.codes), former=stated.former)

    def municipality(self, text: str) -> Stated:
        """Municipalities that a name or code means.

        Parameters
        ----------
        text
            Name or code, of this or another year: ``Laren (NH)``, ``GM0363``, ``363``.

        Returns
        -------
        Stated
            A municipality of the edition goes before one of that name in another year.
        """
        text = text[:LONGEST].strip()
        if not text:
            return Stated()
        code = _CODE.fullmatch(text)
        if code:
            return self._stated([f"GM{int(code[1]):04d}"])
        for base, mark in _readings(text):
            codes: Iterable[str] = _codes_by_key().get(place_key(base), ())
            among = self._marked(mark) if mark else None
            if mark and among is None:
                continue
            if among is not None:
                codes = [code for code in codes if among & {code, *self._heirs(code)}]
            if codes:
                return self._stated(codes)
        return Stated(given=True)

    def similar(self, text: str) -> tuple[Spot, ...]:
        """Places of which the name looks like a text; for a person to choose from.

        Parameters
        ----------
        text
            A name that `place` does not know.

        Returns
        -------
        tuple of Spot
            The likeliest first; none if nothing looks like it.
        """
        names = list(self._places)
        likely = process.extract(
            place_key(text[:LONGEST]), names, scorer=fuzz.ratio, score_cutoff=SIMILAR, limit=2
        )
        return tuple(spot for name, _score, _place in likely for spot in self._places[name])

    def whole(self, codes: Iterable[str]) -> tuple[Spot, ...]:
        """Whole municipalities of the edition, each at the point where people live on average."""
        return tuple(
            Spot(_known.name_of(code), code, *self._centres[code], whole=True) for code in codes
        )

    def predecessors(self, today: str) -> frozenset[str]:
        """Municipalities of the edition whose area is, in part, in one of the newest edition."""
        return self._predecessors.get(today, frozenset())

    def _stated(self, codes: Iterable[str]) -> Stated:
        known = [code for code in dict.fromkeys(codes) if _known.name_of(code)]
        own = [code for code in known if code in self._centres]
        meant = own or [heir for code in known for heir in self._heirs(code)]
        today = [heir for code in own or known for heir in _known.successors(code, max(EDITIONS))]
        return Stated(
            given=True,
            codes=tuple(sorted(set(meant))),
            former=bool(meant) and not own,
            today=tuple(sorted(set(today))),
        )

    def _heirs(self, code: str) -> tuple[str, ...]:
        return _known.successors(code, self.edition.year)

    def _called(self, key: str) -> tuple[Spot, ...]:
        """Places of a name, and municipalities of that name that have no such place."""
        places = self._places.get(key, ())
        there = {code for spot in places for code in (spot.gm_code, *spot.also)}
        return places + self.whole(sorted(self._current.get(key, frozenset()) - there))

    def _marked(self, mark: str) -> frozenset[str] | None:
        """Municipalities of the province or municipality that stands behind a name, if any."""
        province = self._by_province.get(PROVINCE_OF.get(_known.plain(mark), ""))
        if province:
            return province
        code = _CODE.fullmatch(mark)
        bare = re.sub(r"(?i)^gem(?:eente|\.)\s*", "", mark)
        codes = self._stated(_codes_by_key().get(place_key(bare), ())).codes
        return frozenset(codes) if codes and not code else None

    @cached_property
    def _postcodes(self) -> dict[str, Spot]:
        table = self.edition.postcodes
        x, y = (table[name].to_numpy(dtype=float) for name in ("x", "y"))
        reach = np.clip(POSTCODE_REACH * _radii(x, y), NEAREST, FURTHEST)
        near = municipalities_within(x, y, reach, self.edition)
        rows = zip(table.index, table["place"], table["gm_code"], x, y, near, strict=True)
        return {
            str(pc4): Spot(
                place,
                code,
                float(px),
                float(py),
                tuple(other for other in others.split(";") if other and other != code),
            )
            for pc4, place, code, px, py, others in rows
        }

    @cached_property
    def _places(self) -> dict[str, tuple[Spot, ...]]:
        own = self.edition.postcodes
        # Both editions: a name of another year is as good, when the postcode still exists.
        tables = [load_edition(year).postcodes["place"] for year in EDITIONS]
        tables.sort(key=lambda table: table is not own["place"])
        names = pd.concat(tables).rename("name").reset_index()
        names = names[names["pc4"].isin(own.index)]
        bases = {name: next(_table_readings(name)) for name in names["name"].unique()}
        names["key"] = names["name"].map({name: place_key(base) for name, base in bases.items()})
        names["name"] = names["name"].map(bases)
        names = names.drop_duplicates(["key", "pc4"])
        columns = ["gm_code", "x", "y", "residents"]
        names[columns] = own.loc[names["pc4"], columns].to_numpy()
        weight = names["residents"].astype(float).fillna(0.0) + 1.0
        names = names.astype({"x": float, "y": float}).assign(weight=weight)
        for axis in ("x", "y"):
            names[f"sum_{axis}"] = names[axis] * weight
        shared = names.groupby("key")["gm_code"].transform("nunique") > 1
        sums = ["weight", "sum_x", "sum_y"]
        single = (
            names[~shared]
            .groupby("key")
            .agg({"name": "first", "gm_code": "first", **dict.fromkeys(sums, "sum")})
        )
        found = {
            str(key): (Spot(name, code, x / weight, y / weight),)
            for key, name, code, weight, x, y in single.itertuples()
        }
        groups = names[shared].groupby("key")
        return found | {str(key): tuple(_spots(rows)) for key, rows in groups}

    @cached_property
    def _centres(self) -> dict[str, tuple[float, float]]:
        table = self.edition.municipalities
        points = zip(table["centre_x"], table["centre_y"], strict=True)
        return {
            str(code): (float(x), float(y))
            for code, (x, y) in zip(table.index, points, strict=True)
        }

    @cached_property
    def _current(self) -> dict[str, frozenset[str]]:
        return {
            key: own
            for key, codes in _codes_by_key().items()
            if (own := frozenset(codes) & self._centres.keys())
        }

    @cached_property
    def _by_province(self) -> dict[str, frozenset[str]]:
        table = self.edition.regions
        rows = table[table["region_set"] == RegionSet.PROVINCE]
        groups = rows.groupby("region_name")["gm_code"]
        return {_known.plain(str(name)): frozenset(codes) for name, codes in groups}

    @cached_property
    def _predecessors(self) -> dict[str, frozenset[str]]:
        found: dict[str, set[str]] = {}
        for code in self._centres:
            for heir in _known.successors(code, max(EDITIONS)):
                found.setdefault(heir, set()).add(code)
        return {heir: frozenset(codes) for heir, codes in found.items()}


def gazetteer(edition: Edition) -> Gazetteer:
    """Gazetteer of an edition; made once, and kept.

    Parameters
    ----------
    edition
        The edition.

    Returns
    -------
    Gazetteer

    Examples
    --------
    >>> names = gazetteer(load_edition(2025))
    >>> [spot.label for spot in names.place("Laren").spots]
    ['GM0262 Laren (Lochem)', 'GM0417 Laren']
    >>> [spot.label for spot in names.place("Laren Gld").spots]
    ['GM0262 Laren (Lochem)']
    """
    return _kept(edition.year)


@cache
def _kept(year: int) -> Gazetteer:
    return Gazetteer(load_edition(year))


@cache
def _codes_by_key() -> dict[str, tuple[str, ...]]:
    """Codes of municipalities of all years by the key of their names."""
    table = editions.names()
    keys = [place_key(next(_table_readings(name))) for name in table["name"]]
    groups = table["gm_code"].groupby(np.array(keys, dtype=object))
    return {str(key): tuple(dict.fromkeys(codes)) for key, codes in groups}


def _readings(text: str) -> Iterator[tuple[str, str]]:
    """Ways to read a name: what it is called, and what tells it from others of that name."""
    for pattern in (_OF, _BRACKETS):
        found = pattern.match(text)
        if found:
            yield found["base"], found["mark"]
            return
    yield text, ""
    found = _BEHIND.match(text)
    if found:
        yield found["base"], found["mark"]
    name, comma, behind = text.partition(",")
    if comma:
        yield name, behind.strip()


def _table_readings(name: str) -> Iterator[str]:
    """Name as our own tables have it, without the province behind it."""
    found = _OF.match(name) or _BRACKETS.match(name) or _BEHIND.match(name)
    if found and (_OF.match(name) or _known.plain(found["mark"]) in PROVINCE_OF):
        yield found["base"]
    yield name


def _spots(rows: pd.DataFrame) -> Iterator[Spot]:
    """Places of one name in more than one municipality, out of its postcodes."""
    points = rows[["x", "y"]].to_numpy(dtype=float)
    weight, codes = rows["weight"].to_numpy(), rows["gm_code"].to_numpy()
    cluster = _clusters(points, codes)
    found = []
    for number in range(cluster.max() + 1):
        mine = cluster == number
        share = {code: weight[mine & (codes == code)].sum() for code in dict.fromkeys(codes[mine])}
        whole = sum(share.values())
        parts = {}
        for code in share:
            own = mine & (codes == code)
            x, y = np.average(points[own], axis=0, weights=weight[own])
            also = [other for other in share if other != code and share[other] >= FEW * whole]
            name = rows["name"].to_numpy()[own][0]
            parts[code] = Spot(name, code, float(x), float(y), tuple(sorted(also)))
        mostly = [code for code in share if share[code] >= MOSTLY * whole]
        for code in mostly or share:
            beyond = tuple(spot for other, spot in parts.items() if mostly and other != code)
            found.append(replace(parts[code], beyond=beyond))
    yield from sorted(found, key=lambda spot: spot.gm_code)


def _clusters(
    points: npt.NDArray[np.float64], codes: npt.NDArray[np.object_]
) -> npt.NDArray[np.int32]:
    """Postcodes of one name that are one place: close together, or in one municipality."""
    apart = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    links = (apart <= ONE_PLACE) | (codes[:, None] == codes[None])
    labels: npt.NDArray[np.int32] = connected_components(links, directed=False)[1]
    return labels


def _radii(x: npt.NDArray[np.float64], y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Radius of the circle as large as the area that is nearer to a point than to others."""
    points, which = np.unique(np.column_stack([x, y]), axis=0, return_inverse=True)
    cells = shapely.voronoi_polygons(shapely.MultiPoint(points), ordered=True)
    area = shapely.area(shapely.get_parts(cells))
    radii: npt.NDArray[np.float64] = np.sqrt(area / np.pi)[which.ravel()]
    return radii

"""Step 2 of the calculation: which offers count, where, and for how many families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from coverage import editions, kleene
from coverage.schema import LONG_TERM_MONTHS
from coverage.vocabulary import Framework, FunctionStatus, OfferType, ServiceAreaType, Ternary

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.settings import Settings

Rows: TypeAlias = "npt.NDArray[np.intp]"
Pairs: TypeAlias = tuple[Rows, Rows]

TESTS = (
    "offer_type",
    "running",
    "service_area",
    "voluntary",
    "long_term",
    "assertive_outreach",
    "coordination",
    "capacity",
)
"""The tests on an offer, in the order in which they are asked. That of the service area is asked
for each municipality; see `ServiceAreas.whole`."""


WHOLE = 1 - 1e-5
"""Part from which a municipality is served whole; shares are written with six decimals."""


class Division(Protocol):
    """What this module asks of an edition."""

    @property
    def year(self) -> int:
        """Year of the municipal division."""

    @property
    def municipalities(self) -> gpd.GeoDataFrame:
        """Municipalities indexed by code, with centre_x and centre_y."""

    @property
    def regions(self) -> pd.DataFrame:
        """Long table: region_set, region_code, gm_code."""


def offer_tests(
    offers: pd.DataFrame, year: int, settings: Settings, *, assertive_outreach: bool = False
) -> pd.DataFrame:
    """Ask each test of each offer.

    Parameters
    ----------
    offers
        Offers of a register, one row an offer.
    year
        Year of the edition that is assessed.
    settings
        ``long_term_months`` and ``sighting_holds_years`` are used.
    assertive_outreach
        Whether only offers with assertive outreach (*drang*) count; else every offer passes
        that test.

    Returns
    -------
    pandas.DataFrame
        One row an offer in the same order, one ``int8`` column for each of `TESTS` but
        ``service_area``, with the values of `coverage.kleene`.

    Notes
    -----
    A coordination that is "not described" does not pass: the letter counts it with the
    missing ones. The ladder keeps the two apart.
    """
    return pd.DataFrame(
        {
            "offer_type": kleene.from_words(
                offers["offer_type"],
                yes=[OfferType.FAMILY_SUPPORT],
                no=[kind for kind in OfferType if kind is not OfferType.FAMILY_SUPPORT],
            ),
            "running": _running(offers, year, settings.sighting_holds_years),
            "voluntary": kleene.from_words(
                offers["framework"],
                yes=[Framework.VOLUNTARY, Framework.BOTH],
                no=[Framework.COMPULSORY],
            ),
            "long_term": _long_term(offers, settings.long_term_months),
            "assertive_outreach": kleene.from_words(
                offers["assertive_outreach"], yes=[Ternary.YES], no=[Ternary.NO]
            )
            if assertive_outreach
            else kleene.YES,
            "coordination": kleene.from_words(
                offers["coordination"],
                yes=[FunctionStatus.PRESENT],
                no=[FunctionStatus.ABSENT, FunctionStatus.NOT_DESCRIBED],
            ),
            "capacity": np.where(
                offers["capacity_families"].isna(), kleene.UNKNOWN, kleene.YES
            ).astype(np.int8),
        },
        index=offers.index,
    )


def _running(offers: pd.DataFrame, year: int, holds: int) -> kleene.Truth:
    """Does the offer run in `year`? From its known start and end, or from sightings."""
    start, end, first, last = (
        offers[name].to_numpy(dtype=float, na_value=np.nan)
        for name in ("year_from", "year_to", "first_seen", "last_seen")
    )
    written = pd.to_numeric(offers["source_date"].str[:4], errors="coerce").to_numpy(dtype=float)
    # A source sees what it tells of, unless it is older than the start: then it tells a plan.
    unseen = np.isnan(first) & np.isnan(last)
    planned = unseen & (written < start)
    first = np.where(unseen & ~planned, written, first)
    seen = np.fmax(first, last)
    begun_by = np.fmin(np.fmin(start, first), last)
    # A row without any date of seeing is presumed to speak of the edition that it names.
    speaks = np.isnan(seen) & (offers["edition"].to_numpy(dtype=int) == year)
    # Without a known end, a sign of life holds for some years.
    until = np.where(np.isnan(end), np.fmax(start, seen) + holds, end)
    begun = (begun_by <= year) | (np.isnan(begun_by) & speaks)
    lasts = (year <= until) | (np.isnan(end) & speaks)
    return kleene.from_conditions(yes=begun & lasts & ~planned, no=(year < start) | (year > end))


def _long_term(offers: pd.DataFrame, months: float) -> kleene.Truth:
    """Longer than `months`? The months decide if they can, else what the source says."""
    shortest = offers["duration_months_min"].to_numpy(dtype=float)
    longest = offers["duration_months_max"].to_numpy(dtype=float)
    said = offers["long_term"]
    by_months = kleene.from_conditions(yes=shortest > months, no=longest <= months)
    # The word was chosen with its own threshold: it says nothing of what lies beyond.
    by_word = kleene.from_conditions(
        yes=(said == Ternary.YES).to_numpy() & (months <= LONG_TERM_MONTHS),
        no=(said == Ternary.NO).to_numpy() & (months >= LONG_TERM_MONTHS),
    )
    return np.where(by_months == kleene.UNKNOWN, by_word, by_months).astype(np.int8)


@dataclass(frozen=True)
class ServiceAreas:
    """Which offers serve which municipalities: pairs of row numbers.

    Attributes
    ----------
    offer
        Row numbers of offers, ascending, shape (pairs,).
    municipality
        Row numbers of municipalities, shape (pairs,). Each pair occurs once.
    part
        Part of the residents 0-17 of the municipality that live in the service area,
        above 0 up to 1, shape (pairs,). Below 1 for areas of another edition.
    whole
        Where the offer is known to serve all of the municipality, shape (pairs,). It
        cannot prove anything of the others; it only may serve them.
    offers, municipalities
        Number of offers and of municipalities.
    """

    offer: npt.NDArray[np.intp]
    municipality: npt.NDArray[np.intp]
    part: npt.NDArray[np.float64]
    whole: npt.NDArray[np.bool_]
    offers: int
    municipalities: int

    @property
    def starts(self) -> npt.NDArray[np.intp]:
        """First pair of each offer that has pairs, shape (placed offers,)."""
        return np.flatnonzero(np.diff(self.offer, prepend=-1))

    @property
    def unplaced(self) -> npt.NDArray[np.intp]:
        """Row numbers of the offers of which it is not known where they serve."""
        return np.setdiff1d(np.arange(self.offers), self.offer)


def service_areas(
    offers: pd.DataFrame, locations: pd.DataFrame, division: Division
) -> ServiceAreas:
    """Municipalities that each offer serves.

    Parameters
    ----------
    offers, locations
        Tables of a register. An area in the codes of another edition is carried to this
        one by the crosswalk, with the part of each municipality that it holds.
    division
        The edition that is assessed. A radius (km) is taken round the location, and
        serves the municipalities whose centre of residents lies within it, and the one
        in which the location lies.

    Returns
    -------
    ServiceAreas
        An offer with an unknown area has no pairs.
    """
    count = len(division.municipalities)
    round_a_point = (offers["service_area_type"] == ServiceAreaType.RADIUS).to_numpy()
    offer, municipality = _within_radius(offers, np.flatnonzero(round_a_point), locations, division)
    pairs, parts = [offer * count + municipality], [np.ones(len(offer))]
    for year in offers["edition"].astype(int).unique():
        rows = np.flatnonzero((offers["edition"] == year).to_numpy() & ~round_a_point)
        if year == division.year:
            offer, municipality = _served(offers.iloc[rows], division)
            part = np.ones(len(offer))
        else:
            origin = editions.load_edition(year)
            offer, municipality = _served(offers.iloc[rows], origin)
            offer, municipality, part = _carried(offer, municipality, origin, division)
        pairs.append(rows[offer] * count + municipality)
        parts.append(part)
    # One number a pair sorts, and finds repeats, at once.
    pair, first = np.unique(np.concatenate(pairs), return_index=True)
    part = np.concatenate(parts)[first]
    offer = pair // count
    in_part = (offers["partial_area"] == Ternary.YES).to_numpy()[offer]
    whole = (part >= WHOLE) & ~in_part
    return ServiceAreas(offer, pair % count, part, whole, len(offers), count)


def _served(offers: pd.DataFrame, division: Division) -> Pairs:
    """Pairs of offer and municipality, for offers whose codes are of this division."""
    kind = offers["service_area_type"].to_numpy()
    area = pa.array(offers["service_area"], type=pa.string())
    codes = pa.array(division.municipalities.index, type=pa.string())
    ways = [
        _by_list(area, np.flatnonzero(kind == ServiceAreaType.MUNICIPALITIES), codes),
        _by_region(area, np.flatnonzero(kind == ServiceAreaType.REGION), codes, division.regions),
        _everywhere(np.flatnonzero(kind == ServiceAreaType.COUNTRY), len(codes)),
    ]
    offer, municipality = (np.concatenate(part) for part in zip(*ways, strict=True))
    return offer, municipality


def _by_list(area: pa.Array, rows: Rows, codes: pa.Array) -> Pairs:
    """Municipalities that are listed one by one. Codes of nowhere serve nobody."""
    lists = pc.split_pattern(area.take(pa.array(rows)), ";")
    listed = pc.utf8_trim_whitespace(pc.list_flatten(lists))
    found = pc.fill_null(pc.index_in(listed, value_set=codes), -1).to_numpy()
    parent = pc.list_parent_indices(lists).to_numpy()
    return rows[parent[found >= 0]], found[found >= 0].astype(np.intp)


def _by_region(area: pa.Array, rows: Rows, codes: pa.Array, regions: pd.DataFrame) -> Pairs:
    """Municipalities of a region, written as ``region_set:region_code``."""
    members = pd.DataFrame(
        {
            "region": regions["region_set"].astype(str) + ":" + regions["region_code"].astype(str),
            "municipality": pd.Index(codes.to_pylist()).get_indexer(regions["gm_code"]),
        }
    )
    named = pc.utf8_trim_whitespace(area.take(pa.array(rows))).to_pandas()
    served = pd.DataFrame({"offer": rows, "region": named}).merge(members, on="region")
    served = served[served["municipality"] >= 0]
    return served["offer"].to_numpy(dtype=np.intp), served["municipality"].to_numpy(dtype=np.intp)


def _everywhere(rows: Rows, count: int) -> Pairs:
    """Every municipality."""
    return np.repeat(rows, count), np.tile(np.arange(count), len(rows))


def _within_radius(
    offers: pd.DataFrame, rows: Rows, locations: pd.DataFrame, division: Division
) -> Pairs:
    """Municipalities whose centre of residents lies within the radius of the location."""
    if not len(rows):
        return rows, rows
    around = offers.iloc[rows]
    point = location_points(around["location_id"], locations, division)
    metres = 1000 * pd.to_numeric(around["service_area"]).to_numpy(dtype=float)
    placed = np.flatnonzero(~np.isnan(point).any(axis=1))
    points = gpd.points_from_xy(*point[placed].T)
    municipalities = division.municipalities
    centres = gpd.GeoSeries.from_xy(municipalities["centre_x"], municipalities["centre_y"])
    near, found = centres.sindex.query(points, predicate="dwithin", distance=metres[placed])
    # The municipality in which the location lies is served, however small the radius.
    there, home = municipalities.geometry.sindex.query(points, predicate="intersects")
    offer = rows[placed[np.concatenate([near, there])]]
    return offer, np.concatenate([found, home])


def location_points(
    location_id: pd.Series, locations: pd.DataFrame, division: Division
) -> npt.NDArray[np.float64]:
    """Points of locations.

    Parameters
    ----------
    location_id
        Which ones; empty or unknown ids have no point.
    locations
        Locations of a register.
    division
        An edition.

    Returns
    -------
    numpy.ndarray
        x, y (EPSG:28992 metres), shape (locations, 2); NaN if not known. A location without
        a point stands at the centre of its municipality, which is a code of the location's
        own edition.
    """
    site = locations.set_index("location_id").reindex(location_id)
    point = site[["x", "y"]].to_numpy(dtype=float, copy=True)
    lacking = np.isnan(point).any(axis=1) & site["edition"].notna().to_numpy()
    for year in site.loc[lacking, "edition"].astype(int).unique():
        of_year = division if year == division.year else editions.load_edition(year)
        centres = of_year.municipalities[["centre_x", "centre_y"]]
        rows = lacking & (site["edition"] == year).fillna(value=False).to_numpy(dtype=bool)
        point[rows] = centres.reindex(site.loc[rows, "gm_code"]).to_numpy(dtype=float)
    return point


def _carried(
    offer: Rows, municipality: Rows, origin: Division, division: Division
) -> tuple[Rows, Rows, npt.NDArray[np.float64]]:
    """The same service areas in the municipalities of another edition, and the part served."""
    served = pd.Series(origin.municipalities.index.to_numpy()[municipality], index=offer)
    found = editions.translate(served, origin.year, division.year)
    position = division.municipalities.index.get_indexer(found["gm_code"])
    return found["position"].to_numpy(dtype=np.intp), position, found["covered"].to_numpy()


def share_capacity(
    capacity: npt.NDArray[np.float64],
    areas: ServiceAreas,
    weight: npt.NDArray[np.float64],
    residents: npt.NDArray[np.float64],
) -> npt.NDArray[np.float64]:
    """Share the capacity of each offer over the municipalities that it serves.

    Parameters
    ----------
    capacity
        Families a year, finite, shape (offers,).
    areas
        Who serves whom.
    weight
        Weight of each municipality, 0 or more, shape (municipalities,): its demand.
        Where only a part is served, that part of it counts.
    residents
        Weights for areas in which nobody has any demand, 0 or more, same shape. An area
        without these either is shared equally.

    Returns
    -------
    numpy.ndarray
        Families a year for each pair of `areas`, shape (pairs,). The shares of an offer
        add up to its capacity.
    """
    if not len(areas.offer):
        return np.empty(0)
    starts = areas.starts
    sizes = np.diff(starts, append=len(areas.offer))
    total = np.zeros(len(areas.offer))
    by = np.zeros(len(areas.offer))
    for choice in (weight, residents, np.ones(areas.municipalities)):
        undecided = total <= 0
        by = np.where(undecided, choice[areas.municipality] * areas.part, by)
        total = np.repeat(np.add.reduceat(by, starts), sizes)
    placed = capacity[areas.offer[starts]]
    shared = by / total * np.repeat(placed, sizes)
    # What rounding took or gave goes to the largest share of the offer.
    rest = placed - np.add.reduceat(shared, starts)
    largest = np.flatnonzero(by == np.repeat(np.maximum.reduceat(by, starts), sizes))
    first = largest[np.diff(areas.offer[largest], prepend=-1) > 0]
    shared[first] += rest
    return shared

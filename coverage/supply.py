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
from coverage.vocabulary import Framework, FunctionStatus, OfferType, ServiceAreaType, Ternary

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.settings import Settings

Rows: TypeAlias = "npt.NDArray[np.intp]"
Pairs: TypeAlias = tuple[Rows, Rows]

TESTS = ("offer_type", "running", "voluntary", "long_term", "coordination", "capacity")
"""The tests on an offer, in the order in which they are asked."""

REGISTER_LONG_TERM_MONTHS = 6.0
"""What "long-term" means in the column of that name: longer than six months."""

SERVED_PART = 0.5
"""A municipality of another edition is served when at least this part of its residents 0-17
lives in the service area. An assumption of this tool."""


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


def offer_tests(offers: pd.DataFrame, year: int, settings: Settings) -> pd.DataFrame:
    """Ask each test of each offer.

    Parameters
    ----------
    offers
        Offers of a register, one row an offer.
    year
        Year of the edition that is assessed.
    settings
        ``long_term_months`` and ``sighting_holds_years`` are used.

    Returns
    -------
    pandas.DataFrame
        One row an offer in the same order, one ``int8`` column for each of `TESTS`, with the
        values of `coverage.kleene`.

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
    seen = np.fmax(first, last)
    begun_by = np.fmin(np.fmin(start, first), last)
    # A row that does not say when the offer was seen speaks of the edition that it names.
    speaks = np.isnan(seen) & (offers["edition"].to_numpy(dtype=int) == year)
    # Without a known end, a sign of life holds for some years.
    until = np.where(np.isnan(end), np.fmax(start, seen) + holds, end)
    begun = (begun_by <= year) | (np.isnan(begun_by) & speaks)
    lasts = (year <= until) | (np.isnan(end) & speaks)
    # A source older than the start tells a plan; nobody saw it carried out.
    written = pd.to_numeric(offers["source_date"].str[:4], errors="coerce").to_numpy(dtype=float)
    planned = np.isnan(seen) & (written < start)
    return kleene.from_conditions(yes=begun & lasts & ~planned, no=(year < start) | (year > end))


def _long_term(offers: pd.DataFrame, months: float) -> kleene.Truth:
    """Longer than `months`? The months decide if they can, else what the source says."""
    shortest = offers["duration_months_min"].to_numpy(dtype=float)
    longest = offers["duration_months_max"].to_numpy(dtype=float)
    said = offers["long_term"]
    by_months = kleene.from_conditions(yes=shortest > months, no=longest <= months)
    # The word was chosen with its own threshold: it says nothing of what lies beyond.
    by_word = kleene.from_conditions(
        yes=(said == Ternary.YES).to_numpy() & (months <= REGISTER_LONG_TERM_MONTHS),
        no=(said == Ternary.NO).to_numpy() & (months >= REGISTER_LONG_TERM_MONTHS),
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
    offers, municipalities
        Number of offers and of municipalities.
    """

    offer: npt.NDArray[np.intp]
    municipality: npt.NDArray[np.intp]
    offers: int
    municipalities: int

    @property
    def starts(self) -> npt.NDArray[np.intp]:
        """First pair of each offer that has pairs, shape (placed offers,)."""
        return np.flatnonzero(np.diff(self.offer, prepend=-1))

    @property
    def unplaced(self) -> npt.NDArray[np.intp]:
        """Row numbers of the offers that serve no municipality of this division."""
        return np.setdiff1d(np.arange(self.offers), self.offer)


def service_areas(
    offers: pd.DataFrame, locations: pd.DataFrame, division: Division
) -> ServiceAreas:
    """Municipalities that each offer serves.

    Parameters
    ----------
    offers, locations
        Tables of a register. An offer whose codes are of another edition is carried to
        this one by the crosswalk; see `SERVED_PART`.
    division
        The edition that is assessed. A radius (km) is taken round the location, and
        serves the municipalities whose centre of residents lies within it.

    Returns
    -------
    ServiceAreas
        An offer with an unknown area has no pairs.
    """
    count = len(division.municipalities)
    pairs = [np.empty(0, dtype=np.int64)]
    for year in offers["edition"].astype(int).unique():
        rows = np.flatnonzero(offers["edition"] == year)
        own = year == division.year
        origin = division if own else editions.load_edition(year)
        offer, municipality = _served(offers.iloc[rows], locations, origin)
        if not own:
            offer, municipality = _carried(offer, municipality, origin, division)
        # One number a pair sorts and deletes repeats at once.
        pairs.append(rows[offer] * count + municipality)
    pair = np.sort(np.concatenate(pairs))
    pair = pair[np.diff(pair, prepend=-1) > 0]
    return ServiceAreas(pair // count, pair % count, len(offers), count)


def _served(offers: pd.DataFrame, locations: pd.DataFrame, division: Division) -> Pairs:
    """Pairs of offer and municipality, for offers whose codes are of this division."""
    kind = offers["service_area_type"].to_numpy()
    area = pa.array(offers["service_area"], type=pa.string())
    codes = pa.array(division.municipalities.index, type=pa.string())
    ways = [
        _by_list(area, np.flatnonzero(kind == ServiceAreaType.MUNICIPALITIES), codes),
        _by_region(area, np.flatnonzero(kind == ServiceAreaType.REGION), codes, division.regions),
        _everywhere(np.flatnonzero(kind == ServiceAreaType.COUNTRY), len(codes)),
        _within_radius(offers, np.flatnonzero(kind == ServiceAreaType.RADIUS), locations, division),
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
    municipalities = division.municipalities
    around = offers.iloc[rows]
    site = locations.set_index("location_id").reindex(around["location_id"])
    home = municipalities.index.get_indexer(site["gm_code"].fillna("").to_numpy())
    centre = municipalities[["centre_x", "centre_y"]].to_numpy(dtype=float)
    point = site[["x", "y"]].to_numpy(dtype=float)
    # A location without a point stands at the centre of its municipality.
    at_centre = np.where(home[:, None] >= 0, centre[home], np.nan)
    point = np.where(np.isnan(point), at_centre, point)
    metres = 1000 * pd.to_numeric(around["service_area"]).to_numpy(dtype=float)
    placed = np.flatnonzero(~np.isnan(point).any(axis=1))
    tree = gpd.GeoSeries.from_xy(*centre.T).sindex
    points = gpd.points_from_xy(*point[placed].T)
    site_row, found = tree.query(points, predicate="dwithin", distance=metres[placed])
    # The municipality in which the location lies is served, however small the radius.
    at_home = np.flatnonzero(home >= 0)
    offer = np.concatenate([placed[site_row], at_home])
    return rows[offer], np.concatenate([found, home[at_home]])


def _carried(offer: Rows, municipality: Rows, origin: Division, division: Division) -> Pairs:
    """The same service areas in the municipalities of another edition."""
    served = pd.Series(origin.municipalities.index.to_numpy()[municipality], index=offer)
    found = editions.translate(served, origin.year, division.year)
    found = found[found["covered"] >= SERVED_PART]
    position = division.municipalities.index.get_indexer(found["gm_code"])
    return found["position"].to_numpy(dtype=np.intp), position


def share_capacity(
    capacity: npt.NDArray[np.float64], areas: ServiceAreas, weight: npt.NDArray[np.float64]
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
        An area without any weight is shared equally.

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
    placed = areas.offer[starts]
    pair_weight = weight[areas.municipality]
    total = np.repeat(np.add.reduceat(pair_weight, starts), sizes)
    equal = total <= 0
    part = np.where(equal, 1.0, pair_weight) / np.where(equal, np.repeat(sizes, sizes), total)
    shared = part * np.repeat(capacity[placed], sizes)
    # What rounding took or gave goes to the largest share of the offer.
    rest = capacity[placed] - np.add.reduceat(shared, starts)
    largest = np.flatnonzero(part == np.repeat(np.maximum.reduceat(part, starts), sizes))
    first = largest[np.diff(areas.offer[largest], prepend=-1) > 0]
    shared[first] += rest
    return shared

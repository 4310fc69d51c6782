"""Step 2 of the calculation: which offers count, where, and for how many families."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage import editions, kleene
from coverage.vocabulary import Framework, FunctionStatus, OfferType, ServiceAreaType, Ternary

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.settings import Settings

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
    begun_by = np.fmin(np.fmin(start, first), last)
    last_sign = np.fmax(np.fmax(start, first), last)
    # Without a known end, a sign of life holds for some years.
    until = np.where(np.isnan(end), last_sign + holds, end)
    # A row without any year of a beginning speaks of the edition that it names.
    of_this_year = np.isnan(begun_by) & (offers["edition"].to_numpy(dtype=int) == year)
    return kleene.from_conditions(
        yes=((begun_by <= year) & (year <= until)) | of_this_year,
        no=(year < start) | (year > end),
    )


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
    rows = offers.reset_index(drop=True)
    pairs = []
    for year, group in rows.groupby(rows["edition"].astype(int)):
        if year == division.year:
            pairs.append(_listed(group, locations, division))
        else:
            origin = editions.load_edition(year)
            served = _listed(group, locations, origin)
            pairs.append(_carried(served, year, division.year))
    codes = pd.concat(pairs) if pairs else pd.Series(dtype=str)
    position = division.municipalities.index.get_indexer(codes.to_numpy())
    found = position >= 0
    offer = codes.index.to_numpy(dtype=np.intp)[found]
    count = len(division.municipalities)
    # One number a pair sorts and deletes repeats at once.
    pair = np.unique(offer * count + position[found])
    return ServiceAreas(pair // count, pair % count, len(offers), count)


def _listed(offers: pd.DataFrame, locations: pd.DataFrame, division: Division) -> pd.Series:
    """Codes of the municipalities served, indexed by row number of the offer."""
    kind, area = offers["service_area_type"], offers["service_area"]
    listed = area[kind == ServiceAreaType.MUNICIPALITIES].str.split(";").explode().str.strip()
    named = area[kind == ServiceAreaType.REGION].str.strip()
    regions = division.regions
    members = pd.Series(
        regions["gm_code"].to_numpy(),
        index=regions["region_set"].astype(str) + ":" + regions["region_code"].astype(str),
    )
    regional: pd.Series = named.to_frame("region").join(members.rename("gm_code"), on="region")[
        "gm_code"
    ]
    everywhere = offers.index[kind == ServiceAreaType.COUNTRY].to_numpy()
    codes = division.municipalities.index.to_numpy()
    country = pd.Series(
        np.tile(codes, len(everywhere)), index=np.repeat(everywhere, len(codes)), dtype=object
    )
    around = _within_radius(offers[kind == ServiceAreaType.RADIUS], locations, division)
    served: pd.Series = pd.concat([listed, regional.dropna(), country, around])
    return served


def _within_radius(offers: pd.DataFrame, locations: pd.DataFrame, division: Division) -> pd.Series:
    """Codes of municipalities whose centre lies within the radius of the location."""
    if offers.empty:
        return pd.Series(dtype=object)
    municipalities = division.municipalities
    site = locations.set_index("location_id").reindex(offers["location_id"])
    own = municipalities.index.get_indexer(site["gm_code"].fillna("").to_numpy())
    centre = municipalities[["centre_x", "centre_y"]].to_numpy(dtype=float)
    at_centre = np.where(own[:, None] >= 0, centre[own], np.nan)
    point = site[["x", "y"]].to_numpy(dtype=float)
    point = np.where(np.isnan(point), at_centre, point)
    metres = 1000 * pd.to_numeric(offers["service_area"]).to_numpy()
    placed = np.flatnonzero(~np.isnan(point).any(axis=1))
    tree = gpd.GeoSeries.from_xy(*centre.T).sindex
    points = gpd.points_from_xy(*point[placed].T)
    site_row, municipality = tree.query(points, predicate="dwithin", distance=metres[placed])
    # The municipality in which the location lies is served, however small the radius.
    home = np.flatnonzero(own >= 0)
    rows = np.concatenate([placed[site_row], home])
    found = np.concatenate([municipality, own[home]])
    return pd.Series(
        municipalities.index.to_numpy()[found], index=offers.index.to_numpy()[rows], dtype=object
    )


def _carried(served: pd.Series, from_year: int, to_year: int) -> pd.Series:
    """The same service areas in the codes of another edition."""
    found = editions.translate(served, from_year, to_year)
    found = found[found["covered"] >= SERVED_PART]
    return pd.Series(found["gm_code"].to_numpy(), index=found["position"].to_numpy(), dtype=object)


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
    largest = np.lexsort((part, areas.offer))[starts + sizes - 1]
    shared[largest] += rest
    return shared

"""The calculation as a whole: an edition and a register in, an assessment out."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from coverage import demand as demand_step
from coverage import explain, explain_region, functions, kleene, provenance, regional
from coverage import gap as gap_step
from coverage import status as status_step
from coverage import supply as supply_step
from coverage.labels import UNKNOWN
from coverage.settings import Settings
from coverage.vocabulary import CoverageStatus, FigureStatus, OfferType, RegionSet

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy.typing as npt

    from coverage.editions import Edition
    from coverage.figure import Figure
    from coverage.register import Register
    from coverage.vocabulary import Function, OfferFilter

COLUMNS = (
    "gm_code",
    "name",
    "province",
    "residents_0_17",
    "imposed",
    "extended",
    "count_status",
    "demand_low",
    "demand_high",
    "capacity_low",
    "capacity_high",
    "gap_low",
    "gap_high",
    "status_at_least",
    "status_at_most",
    "certain",
)
"""Columns of the table of an assessment, in order. They do not change."""

COUNTRY = "country"
"""Name of the region set that has the whole country as its one region."""


class UnknownRegionSetError(ValueError):
    """A region set that the edition does not have.

    Attributes
    ----------
    region_set
        What was asked for.
    available
        The region sets that there are.
    """

    def __init__(self, region_set: str, year: int, available: list[str]) -> None:
        self.region_set, self.year, self.available = region_set, year, available
        super().__init__(f"edition {year} has {', '.join(available)}, not {region_set!r}")


class UnknownMunicipalityError(KeyError):
    """A municipality code that the edition does not have."""

    def __init__(self, gm_code: str, year: int) -> None:
        self.gm_code, self.year = gm_code, year
        super().__init__(f"edition {year} has no municipality {gm_code!r}")


@dataclass(frozen=True)
class Assessment:
    """What is proven and what is possible, per municipality and region.

    Attributes
    ----------
    edition, register, settings
        What was assessed, and how.
    assertive_outreach
        Whether only offers with assertive outreach count.
    counts
        Orders per municipality that were used, indexed by gm_code.
    municipalities
        GeoDataFrame (EPSG:28992) indexed by gm_code. Beside the figures of `COLUMNS`:
        known (False where nothing is proven), inventory_complete, offers_weighed (that may
        serve the municipality), offers_with_coordination (proven), informal_offers,
        count_source, count_unit, count_period, residents_0_17_year, residents_0_17_status,
        residents_source. Sources are ids of ``edition.sources``, or what a user wrote.
        A capacity_high of NaN has no known upper bound.
    totals
        Sums of own counts as they are published, see `assess`.
    protection
        What protected small counts, ready for JSON; None if nothing was asked to.
    """

    edition: Edition
    register: Register
    settings: Settings
    assertive_outreach: bool
    counts: pd.DataFrame
    municipalities: gpd.GeoDataFrame
    _tests: pd.DataFrame = field(repr=False)
    _areas: supply_step.ServiceAreas = field(repr=False)
    _shared: npt.NDArray[np.float64] = field(repr=False)
    totals: pd.DataFrame | None = None
    protection: dict[str, Any] | None = None

    @property
    def is_example(self) -> bool:
        """Whether any figure comes from a made-up register or made-up counts."""
        return self.register.is_example or bool(
            (self.counts["count_status"] == FigureStatus.EXAMPLE).any()
        )

    @property
    def region_sets(self) -> list[str]:
        """Names of the region sets of this edition, the whole country first."""
        return [COUNTRY, *self.edition.regions["region_set"].unique()]

    def table(self) -> pd.DataFrame:
        """One row a municipality, with the columns of `COLUMNS` in that order.

        Returns
        -------
        pandas.DataFrame
            Figures are rounded to millionths: what lies beyond is floating-point arithmetic.
            Where nothing is proven, status_at_least is ``unknown``: in a table that leaves the
            tool, not known must not read as none.
        """
        table = pd.DataFrame(self.municipalities.reset_index())
        table["status_at_least"] = table["status_at_least"].where(table["known"], UNKNOWN)
        return table[list(COLUMNS)].round(6)

    def regions(self, region_set: str) -> pd.DataFrame:
        """Totals of each region of a set.

        Parameters
        ----------
        region_set
            A name from `region_sets`.

        Returns
        -------
        pandas.DataFrame
            Indexed by region_code: region_name, region_status (``example`` where the
            selection itself is one), municipalities, residents_0_17; imposed and extended with
            ``*_low`` and ``*_high`` (the range of their sources), count_status, count_unit and
            n_suppressed (see `coverage.regional.orders_of`); demand, capacity and gap intervals
            (families a year) and coordinators_low, coordinators_high; the number of
            municipalities on each proven rung (``n_none`` .. ``n_covered``) and of those of
            which nothing is proven (``n_unknown``), and share_unknown.

        Raises
        ------
        UnknownRegionSetError
            If the edition has no such set.
        """
        members = self._members(region_set)
        return regional.totals(
            self.municipalities, self.counts, members, self.settings, self.published
        )

    @cached_property
    def published(self) -> dict[frozenset[str], dict[str, float]]:
        """Published sums by the municipalities they are of; see `coverage.regional`."""
        if self.totals is None:
            return {}
        regions = self.edition.regions[["region_set", "region_code", "gm_code"]]
        country = self._members(COUNTRY).assign(region_set=COUNTRY)[regions.columns]
        return regional.published_sums(self.totals, pd.concat([regions, country]), self.counts)

    def reasons(self, gm_code: str) -> pd.DataFrame:
        """Why a municipality stands where it stands: the offers that were weighed.

        Parameters
        ----------
        gm_code
            Code of a municipality of this edition.

        Returns
        -------
        pandas.DataFrame
            One row an offer that may serve the municipality, best first, indexed by
            offer_id: offer, provider, offer_type, outcome (``counts``, ``unknown``,
            ``does_not_count``), test (the first test that it failed, else the first that is
            unknown, else ``""``), answer (``no``, ``unknown`` or ``""``), rung_at_least and
            rung_at_most that this offer reaches, coordination, evidence,
            capacity_families (of the whole offer), capacity_share (what of it falls to this
            municipality; NaN if unknown), last_seen, source, source_date, certainty, status,
            note.

        Raises
        ------
        UnknownMunicipalityError
            If the edition has no such municipality.
        """
        index = self.municipalities.index
        if gm_code not in index:
            raise UnknownMunicipalityError(gm_code, self.edition.year)
        pairs = np.flatnonzero(self._areas.municipality == index.get_loc(gm_code))
        offer = self._areas.offer[pairs]
        rows = self.register.offers.iloc[offer].reset_index(drop=True)
        tests = self._tests.iloc[offer].reset_index(drop=True)
        tests["service_area"] = np.where(self._areas.whole[pairs], kleene.YES, kleene.UNKNOWN)
        answers = tests[list(supply_step.TESTS)].to_numpy()
        worst = answers.min(axis=1, initial=kleene.YES)
        # The first test with the worst answer decides: a no outweighs an unknown before it.
        decisive = np.array(supply_step.TESTS)[(answers == worst[:, None]).argmax(axis=1)]
        passed = worst == kleene.YES
        least, most = status_step.offer_rungs(tests, rows["coordination"])
        least = np.where(self._areas.whole[pairs], least, CoverageStatus.NONE.rung)
        provider = self.register.providers.set_index("provider_id")["name"]
        table = pd.DataFrame(
            {
                "offer_id": rows["offer_id"],
                "offer": rows["name"],
                "provider": rows["provider_id"].map(provider).fillna(""),
                "offer_type": rows["offer_type"],
                "outcome": np.array(["does_not_count", "unknown", "counts"])[worst],
                "test": np.where(passed, "", decisive),
                "answer": np.array(["no", "unknown", ""])[worst],
                "rung_at_least": status_step.names(least),
                "rung_at_most": status_step.names(most),
                "coordination": rows["coordination"],
                "evidence": rows["evidence"],
                "capacity_families": rows["capacity_families"],
                "capacity_share": np.where(
                    rows["capacity_families"].isna(), np.nan, self._shared[pairs]
                ),
                **{
                    name: rows[name]
                    for name in (
                        "last_seen",
                        "source",
                        "source_date",
                        "certainty",
                        "status",
                        "note",
                    )
                },
            }
        )
        order = np.lexsort((rows["offer_id"], -most, -least, -worst.astype(int)))
        return table.iloc[order].set_index("offer_id")

    def function(self, function: Function, *, only: Collection[OfferFilter] = ()) -> pd.DataFrame:
        """What is known of one of the letter's four functions in each municipality.

        Parameters
        ----------
        function
            Which one.
        only
            Which offers to look at: voluntary ones, long-term ones. Without any, every offer
            of family support that runs is looked at.

        Returns
        -------
        pandas.DataFrame
            Indexed by gm_code; see `coverage.functions.function_range`.
        """
        return functions.function_range(
            self.register.offers[function],
            self._tests,
            self._areas,
            self.municipalities["inventory_complete"].to_numpy(),
            only=only,
        ).set_index(self.municipalities.index)

    def offers(self, *, only: Collection[OfferFilter] = ()) -> pd.DataFrame:
        """Offers of family support that may run in the year of this edition.

        Parameters
        ----------
        only
            Properties that they must be proven to have.

        Returns
        -------
        pandas.DataFrame
            Rows of ``register.offers``.
        """
        needed = [str(one) for one in only]
        proven = (self._tests[needed] == kleene.YES).all(axis=1)
        possible = (self._tests[["offer_type", "running"]] >= kleene.UNKNOWN).all(axis=1)
        return self.register.offers[(proven & possible).to_numpy()]

    def served(self, offer_id: str) -> list[str]:
        """Codes of the municipalities that an offer may serve; empty if that is not known."""
        row = np.flatnonzero(self.register.offers["offer_id"] == offer_id)
        pairs = np.isin(self._areas.offer, row)
        return list(self.municipalities.index[np.unique(self._areas.municipality[pairs])])

    @property
    def unplaced(self) -> pd.DataFrame:
        """Offers of which it is not known where they serve: they may serve anybody."""
        return self.register.offers.iloc[self._areas.unplaced]

    @cached_property
    def provenance(self) -> dict[str, Any]:
        """What is needed to make the same table again, and where its figures come from.

        Returns
        -------
        dict
            Ready for JSON; see `coverage.provenance.record`.
        """
        return provenance.record(self)

    def explain(self, gm_code: str, column: str) -> Figure:
        """Where a figure of a municipality comes from; see `coverage.explain.explain`."""
        return explain.explain(self, gm_code, column)

    def explain_region(self, region_set: str, region_code: str, column: str) -> Figure:
        """Where a total comes from; see `coverage.explain_region.explain_region`."""
        return explain_region.explain_region(self, region_set, region_code, column)

    def _members(self, region_set: str) -> pd.DataFrame:
        """Rows of the regions table that belong to one set."""
        if region_set == COUNTRY:
            return pd.DataFrame(
                {
                    "region_code": "NL",
                    "region_name": "Nederland",
                    "status": FigureStatus.OBSERVED.value,
                    "gm_code": self.municipalities.index,
                }
            )
        regions = self.edition.regions
        members = regions[regions["region_set"] == region_set]
        if members.empty:
            raise UnknownRegionSetError(region_set, self.edition.year, self.region_sets)
        return members


def assess(
    edition: Edition,
    register: Register,
    demand: pd.DataFrame | None = None,
    settings: Settings | None = None,
    *,
    assertive_outreach: bool = False,
    totals: pd.DataFrame | None = None,
    protection: dict[str, Any] | None = None,
) -> Assessment:
    """Weigh a register of offers against the demand in an edition.

    Parameters
    ----------
    edition
        Result of `coverage.load_edition`.
    register
        Result of `coverage.read_register`.
    demand
        Orders per municipality entered by a user, indexed by gm_code: imposed, extended
        (children a year), and if known ``*_low``, ``*_high``, count_status, unit, period,
        source. Municipalities that are not in it keep the shipped estimate. A protected
        count has only its bounds, and the status ``suppressed``.
    settings
        Defaults to those of the method.
    assertive_outreach
        Let only offers with assertive outreach (*drang*) count.
    totals
        Sums of those counts as they are published beside protected ones: region_set,
        region_code, imposed, extended (NaN where protected) and if known ``*_low``, ``*_high``.
        Each is over the municipalities of the region with a status of `coverage.regional.OWN`.
    protection
        What protected the counts, for the record of the assessment.

    Returns
    -------
    Assessment

    Raises
    ------
    coverage.demand.InvalidCountsError
        If `demand` names a municipality that the edition does not have, or holds counts
        that cannot be; for regions, if `totals` do not fit it.

    Notes
    -----
    Without a complete inventory another offer may exist: then the status may be
    ``covered`` at most, capacity has no known upper bound, and the gap may be 0.

    Capacity is shared over a service area by expected demand. That share is a rule, not an
    estimate: `certain` means certain given the counts and this rule.
    """
    settings = settings or Settings()
    base = edition.municipalities
    counts = demand_step.merge_counts(edition.demand, demand).loc[base.index]
    counts = demand_step.at_confidence(counts, settings.confidence)
    offers = register.offers

    tests = supply_step.offer_tests(
        offers, edition.year, settings, assertive_outreach=assertive_outreach
    )
    areas = supply_step.service_areas(offers, register.locations, edition)
    rung_low, rung_high = status_step.offer_rungs(tests, offers["coordination"])

    capacity = offers["capacity_families"].to_numpy(dtype=float)
    weight = np.nan_to_num(demand_step.expected_demand(counts, settings).to_numpy(dtype=float))
    residents = np.nan_to_num(base["residents_0_17"].to_numpy(dtype=float))
    shared = supply_step.share_capacity(np.nan_to_num(capacity), areas, weight, residents)
    # What serves only a part of a municipality may help there, and proves nothing of the whole.
    pair_low = np.where(areas.whole, rung_low[areas.offer], CoverageStatus.NONE.rung)
    pair_high = rung_high[areas.offer]
    proven = pair_low == status_step.COORDINATED
    possible = pair_high == status_step.COORDINATED
    unbounded = possible & np.isnan(capacity)[areas.offer]
    complete = _inventory_complete(register.inventory, edition.year, base.index)
    # An offer of which it is not known where it serves may serve anybody.
    anywhere = rung_high[areas.unplaced]
    roaming = capacity[areas.unplaced][anywhere == status_step.COORDINATED].sum()

    def per_municipality(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        sums = np.bincount(areas.municipality, weights=values, minlength=areas.municipalities)
        return sums.astype(float)  # without any pair they come out as whole numbers

    # Both ends add the same shares in the same order, so low is never above high.
    capacity_low = per_municipality(shared * proven)
    capacity_high = np.where(
        complete & (per_municipality(unbounded) == 0),
        per_municipality(shared * possible) + roaming,
        np.nan,
    )
    figures = pd.DataFrame(
        {
            "imposed": counts["imposed"],
            "extended": counts["extended"],
            "count_status": counts["count_status"],
            **demand_step.demand(counts, settings),
            "capacity_low": capacity_low,
            "capacity_high": capacity_high,
        },
        index=base.index,
    )
    figures = figures.join(gap_step.gap(figures))
    figures = figures.join(gap_step.coordinators(figures, settings))

    at_least = status_step.with_capacity(
        status_step.best_rung(pair_low.astype(np.int8), areas),
        (figures["gap_high"] == 0).to_numpy(),
    )
    best = np.maximum(status_step.best_rung(pair_high, areas), anywhere.max(initial=0))
    at_most = status_step.with_capacity(best, (figures["gap_low"] == 0).to_numpy())
    at_most = np.where(complete, at_most, CoverageStatus.COVERED.rung).astype(np.int8)
    informal = (offers["offer_type"] == OfferType.INFORMAL).to_numpy()
    figures = figures.assign(
        status_at_least=status_step.names(at_least),
        status_at_most=status_step.names(at_most),
        certain=at_least == at_most,
        known=(at_least > CoverageStatus.NONE.rung) | (at_most < CoverageStatus.COVERED.rung),
        inventory_complete=complete,
        offers_weighed=per_municipality(np.ones(len(shared))).astype(int),
        offers_with_coordination=per_municipality(proven).astype(int),
        informal_offers=per_municipality(informal[areas.offer]).astype(int),
        count_unit=counts["unit"],
        count_period=counts["period"],
        count_source=counts["source"],
    )
    described = ["name", "residents_0_17", "residents_0_17_year", "residents_0_17_status"]
    places = base[described].assign(residents_source=base["source"], province=_provinces(edition))
    table = gpd.GeoDataFrame(
        pd.concat([places, figures], axis=1), geometry=base.geometry, crs=base.crs
    )
    return Assessment(
        edition,
        register,
        settings,
        assertive_outreach,
        counts,
        table,
        tests,
        areas,
        shared,
        totals,
        protection,
    )


def _inventory_complete(
    inventory: pd.DataFrame, year: int, index: pd.Index
) -> npt.NDArray[np.bool_]:
    """Whether the newest statement about a municipality says that all offers are known.

    A date may be a year or a month. When it is not certain which of two statements that
    disagree is the newest, nothing is proven.
    """
    rows = inventory[inventory["edition"].astype(int) == year]
    yes = rows["complete"] == "yes"
    earliest = rows["date"].where(rows["date"].str.len() > len("2010"), rows["date"] + "-01")
    earliest = earliest.where(earliest.str.len() > len("2010-01"), earliest + "-01")
    latest = rows["date"].where(rows["date"].str.len() > len("2010"), rows["date"] + "-12")
    latest = latest.where(latest.str.len() > len("2010-12"), latest + "-31")
    said = earliest[yes].groupby(rows["gm_code"]).max().reindex(index)
    denied = latest[~yes].groupby(rows["gm_code"]).max().reindex(index)
    return (said.notna() & (denied.isna() | (said > denied))).to_numpy(dtype=bool)


def _provinces(edition: Edition) -> pd.Series:
    regions = edition.regions
    rows = regions[regions["region_set"] == RegionSet.PROVINCE]
    return rows.set_index("gm_code")["region_name"]

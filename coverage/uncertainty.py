"""How sure a gap is: what moves it most, and how regions compare over many draws.

The intervals of an assessment say how far each figure may lie. Here stands how likely that is, as
far as anything is known of likelihood: chance in a count has a probability, and the ranges of the
sources and of the letter are drawn evenly. **Capacity that is not known has none**: whether an
unknown offer exists is no game of chance. So each draw gives a gap with all capacity that is
possible and one with only what is proven, and what is said of the draws is said of both: a
probability box (Ferson et al. 2003, Constructing probability boxes and Dempster-Shafer
structures, Sandia National Laboratories SAND2002-4015).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import special

from coverage import comparison
from coverage import demand as demand_step
from coverage.assessment import UnknownMunicipalityError
from coverage.comparison import UnknownRegionError
from coverage.demand import COUNTS, SHARED_FROM, WHOLE
from coverage.gap import PER
from coverage.regional import MIXED, OWN

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import numpy.typing as npt

    from coverage.assessment import Assessment

    Floats = npt.NDArray[np.float64]

DRAWS = 10_000
SEED = 32015
"""Number of the letter: the same draws each time, unless another seed is asked for."""

_CHUNK = 1_000
"""Draws at a time, so that they stay in the cache of the processor."""

_ROUNDS = 50
_LEAST = 1e-9  # orders


class Per(StrEnum):
    """What regions are compared by."""

    FAMILIES = "families"
    """The gap itself, families a year: where most are without."""
    RESIDENTS = "residents"
    """The gap per 1,000 residents aged 0-17: where it is greatest for the size of the region."""


class Factor(StrEnum):
    """What may move a gap."""

    SHARE_EXTENDED = "share_extended"
    """Share of the extended orders where voluntary support could have been enough."""
    IMPOSED_RANGE = "imposed_range"
    """Range of the source of the imposed orders, or what is published of a protected count."""
    IMPOSED_CHANCE = "imposed_chance"
    """Chance in the imposed orders, where they are an estimate."""
    EXTENDED_RANGE = "extended_range"
    EXTENDED_CHANCE = "extended_chance"
    CAPACITY = "capacity"
    """From all capacity that is possible to only what is proven."""


@dataclass(frozen=True)
class Simulation:
    """Regions over many draws.

    Attributes
    ----------
    region_set
        Whose regions they are.
    regions
        Indexed by region_code: region_name, residents_0_17.
    confidence
        Of the intervals: that of the settings.
    seed
        With which the draws are made again.
    demand, gap_low, gap_high
        Families a year, each of shape (draws, regions). gap_low is with all capacity that is
        possible, gap_high with only what is proven.
    """

    region_set: str
    regions: pd.DataFrame
    confidence: float
    seed: int
    demand: Floats = field(repr=False)
    gap_low: Floats = field(repr=False)
    gap_high: Floats = field(repr=False)

    @property
    def draws(self) -> int:
        """Number of draws."""
        return len(self.demand)

    def quantiles(self) -> pd.DataFrame:
        """Demand and gap of each region over the draws.

        Returns
        -------
        pandas.DataFrame
            Indexed by region_code: region_name; demand_low, demand_middle, demand_high;
            gap_low, gap_middle_low, gap_middle_high, gap_high. The ends hold a share `confidence`
            of the draws, the same on either side; the middle is the median. Of the gap the
            lower end is with all capacity that is possible, the upper one with only what is
            proven, and the median lies between its two.
        """
        tail = (1 - self.confidence) / 2
        demand = np.quantile(self.demand, [tail, 0.5, 1 - tail], axis=0)
        low = np.quantile(self.gap_low, [tail, 0.5], axis=0)
        high = np.quantile(self.gap_high, [0.5, 1 - tail], axis=0)
        return pd.DataFrame(
            {
                "region_name": self.regions["region_name"],
                "demand_low": demand[0],
                "demand_middle": demand[1],
                "demand_high": demand[2],
                "gap_low": low[0],
                "gap_middle_low": low[1],
                "gap_middle_high": high[0],
                "gap_high": high[1],
            },
            index=self.regions.index,
        ).round(6)

    def worst(self, per: Per = Per.FAMILIES, *, only_proven: bool = False) -> pd.DataFrame:
        """How often each region is worst, and between which ranks it lies.

        Parameters
        ----------
        per
            What regions are compared by.
        only_proven
            Suppose that there is no more capacity than is proven. Then an order can be given more
            often, and it holds under that supposition only.

        Returns
        -------
        pandas.DataFrame
            Indexed by region_code: region_name; worst_low, share of the draws (0 to 1) in which
            the region has the greatest gap whatever the capacity is; worst_high, share in
            which it may have; rank_low and rank_high, between which the rank lies (1 is
            worst) with at least `confidence`. Regions that are equal are both worst at most.
        """
        low, high = self._compared(per, only_proven=only_proven)
        best_others, least_others = _greatest_of_others(high), _greatest_of_others(low)
        tail = (1 - self.confidence) / 2
        surely_above = np.stack([(low > one[:, None]).sum(axis=1) for one in high.T], axis=1)
        maybe_above = np.stack([(high >= one[:, None]).sum(axis=1) - 1 for one in low.T], axis=1)
        ranks = (
            np.quantile(surely_above + 1, tail, axis=0, method="inverted_cdf"),
            np.quantile(maybe_above + 1, 1 - tail, axis=0, method="inverted_cdf"),
        )
        return pd.DataFrame(
            {
                "region_name": self.regions["region_name"],
                "worst_low": (low > best_others).mean(axis=0),
                "worst_high": (high >= least_others).mean(axis=0),
                "rank_low": ranks[0].astype(int),
                "rank_high": ranks[1].astype(int),
            },
            index=self.regions.index,
        )

    def order(self, per: Per = Per.FAMILIES, *, only_proven: bool = False) -> pd.DataFrame:
        """How often one region is worse than another, whatever the capacity is.

        Parameters
        ----------
        per, only_proven
            As for `worst`.

        Returns
        -------
        pandas.DataFrame
            Share of the draws (0 to 1) in which the region of the row has a greater gap than that
            of the column; region codes on both sides.
        """
        low, high = self._compared(per, only_proven=only_proven)
        codes = self.regions.index
        shares = np.stack([(low > one[:, None]).mean(axis=0) for one in high.T], axis=1)
        return pd.DataFrame(shares, index=codes, columns=codes.rename(None))

    def decided(self, per: Per = Per.FAMILIES, *, only_proven: bool = False) -> float:
        """Share of the pairs of regions of which it can be said which one is worse.

        Parameters
        ----------
        per, only_proven
            As for `worst`.

        Returns
        -------
        float
            0 to 1: pairs in which one is worse in at least `confidence` of the draws. With 0 no
            order can be given; with one region there is nothing to order, and it is NaN.
        """
        certain = (self.order(per, only_proven=only_proven) >= self.confidence).to_numpy()
        pairs = (certain | certain.T)[np.triu_indices(len(certain), 1)]
        return float(pairs.mean()) if len(pairs) else float("nan")

    def _compared(self, per: Per, *, only_proven: bool) -> tuple[Floats, Floats]:
        gap_low = self.gap_high if only_proven else self.gap_low
        if per == Per.FAMILIES:
            return gap_low, self.gap_high
        residents = self.regions["residents_0_17"].to_numpy(dtype=float) / PER
        unknown = ~(residents > 0)
        size = np.where(unknown, 1.0, residents)
        # What is not known of a region leaves its place open.
        low = np.where(unknown, 0.0, gap_low / size)
        high = np.where(unknown, np.inf, self.gap_high / size)
        return low, high


def _greatest_of_others(values: Floats) -> Floats:
    """Greatest value of the other regions in each draw; minus infinity if there are none."""
    if values.shape[1] == 1:
        return np.full_like(values, -np.inf)
    ends = np.partition(values, -2, axis=1)[:, -2:]
    # Who is alone at the top looks at the second; who shares the top finds it there too.
    return np.where(values == ends[:, 1:], ends[:, :1], ends[:, 1:])


def simulate(
    assessment: Assessment, region_set: str, draws: int = DRAWS, seed: int = SEED
) -> Simulation:
    """Draw the demand and the gap of all regions of a set many times.

    Parameters
    ----------
    assessment
        What is drawn from.
    region_set
        A name from ``assessment.region_sets``; ``country`` for the country.
    draws
        How many times, 1 or more.
    seed
        Of the draws. The same seed gives the same draws in each region set, apart from the
        published sums of protected counts that they are held to.

    Returns
    -------
    Simulation

    Raises
    ------
    coverage.assessment.UnknownRegionSetError
        If the edition has no such set.
    ValueError
        If there is not one draw.

    Notes
    -----
    In each draw:

    - the share of extended orders is drawn evenly from its range, once for the country;
    - the mean of an estimated count lies at the same point of the range of its source in each
      municipality, for they share that source; the count itself is Poisson. Where the
      interval carries chance already it is drawn from two half normal distributions that meet
      at the estimate and leave one tail outside on either side. Parts of a count of a region
      are gamma draws of those widths, scaled to that count;
    - a count with a range of its own, such as a protected one, is drawn evenly from it. Where
      the sum of a region is published the draws are moved, within their bounds, to have it;
    - the gap of a region is the sum of the gaps of its municipalities, see `coverage.gap`.

    How capacity is shared over municipalities is a rule and is not drawn.
    """
    if draws < 1:
        raise ValueError(f"at least one draw, not {draws}")
    shown = assessment.regions(region_set)
    inside = _inside(assessment, region_set, shown.index)
    table = assessment.municipalities
    capacity_low = table["capacity_low"].to_numpy(dtype=float)
    capacity_high = table["capacity_high"].to_numpy(dtype=float)
    bounded = np.isfinite(capacity_high)
    rng = np.random.default_rng(seed)
    counts = _Counts.of(assessment, inside)
    found = [np.empty((draws, len(shown))) for _ in range(3)]
    done = 0
    for demand in _demands(assessment, counts, draws, rng):
        rows = slice(done, done + len(demand))
        done = rows.stop
        found[0][rows] = demand @ inside
        met = np.maximum(demand[:, bounded] - capacity_high[bounded], 0)
        found[1][rows] = met @ inside[bounded]
        found[2][rows] = np.maximum(demand - capacity_low, 0) @ inside
    for values in found:
        values.setflags(write=False)
    return Simulation(
        region_set,
        shown[["region_name", "residents_0_17"]],
        assessment.settings.confidence,
        seed,
        *found,
    )


def beside(simulations: Mapping[str, Simulation], regions: Sequence[str]) -> Simulation:
    """Regions of several sets beside each other, over the same draws.

    Parameters
    ----------
    simulations
        Of each set that is needed, by its name; made with one seed and number of draws.
    regions
        Regions as ``set:code``, each once.

    Returns
    -------
    Simulation
        Of these regions, indexed by ``set:code``. Figures are rounded to millionths: what is
        summed in another order is not the same in the last digits, and regions of the same
        municipalities are equal.

    Raises
    ------
    KeyError
        If there is no such set or region among them.
    """
    parts, rows = [], []
    for key in regions:
        name, _separator, code = key.partition(":")
        drawn = simulations[name]
        rows.append(drawn.regions.loc[[code]])
        parts.append((drawn, drawn.regions.index == code))
    first = parts[0][0]
    found = {
        name: np.hstack([getattr(drawn, name)[:, at] for drawn, at in parts]).round(6)
        for name in ("demand", "gap_low", "gap_high")
    }
    return Simulation(
        ";".join(dict.fromkeys(drawn.region_set for drawn, _at in parts)),
        pd.concat(rows).set_axis(pd.Index(regions, name="region")),
        first.confidence,
        first.seed,
        **found,
    )


def simulate_regions(
    assessment: Assessment, regions: Sequence[str], draws: int = DRAWS, seed: int = SEED
) -> Simulation:
    """Draw regions of several sets; see `simulate` and `beside`.

    Parameters
    ----------
    assessment, draws, seed
        As for `simulate`.
    regions
        Regions as ``set:code``, each once.

    Returns
    -------
    Simulation
        As `beside` gives it.

    Raises
    ------
    coverage.comparison.UnknownRegionError
        If the edition has no such region.
    """
    comparison.members(assessment.edition, regions)  # looks whether they are there
    names = dict.fromkeys(key.partition(":")[0] for key in regions)
    return beside({name: simulate(assessment, name, draws, seed) for name in names}, regions)


def _inside(assessment: Assessment, region_set: str, codes: pd.Index) -> Floats:
    """Which municipality lies in which region, as 0 and 1; shape (municipalities, regions)."""
    keys = [comparison.region_key(region_set, code) for code in codes]
    members = comparison.members(assessment.edition, keys)
    inside = np.zeros((len(assessment.municipalities), len(codes)))
    rows = assessment.municipalities.index.get_indexer(pd.Index(members["gm_code"]))
    inside[rows, codes.get_indexer(pd.Index(members["region_code"]))] = 1.0
    return inside


@dataclass(frozen=True)
class _Whole:
    """Count of a region that was shared out over municipalities."""

    rows: npt.NDArray[np.intp]
    """All municipalities that have a part of it."""
    low: dict[str, float]
    high: dict[str, float]

    def kept(self, values: Floats, middle: Floats, name: str) -> None:
        """Move values towards their middle, until they add up to what is known of the whole."""
        apart = (values - middle)[self.rows]
        least, most = (one[name] - middle[self.rows].sum() for one in (self.low, self.high))
        if apart.sum():
            apart *= np.clip(apart.sum(), least, most) / apart.sum()
        values[self.rows] = middle[self.rows] + apart


@dataclass(frozen=True)
class _Counts:
    """Orders per municipality in the form in which they are drawn."""

    low: dict[str, Floats]
    middle: dict[str, Floats]
    high: dict[str, Floats]
    families: Floats
    """Families behind one order of each municipality."""
    chance: npt.NDArray[np.bool_]
    """Where chance is added to the range."""
    included: npt.NDArray[np.bool_]
    """Where the range carries it already."""
    source: npt.NDArray[np.intp]
    """Number of the source that the range is of."""
    unit: npt.NDArray[np.object_]
    """What each counts."""
    sums: list[tuple[npt.NDArray[np.intp], dict[str, float]]]
    """Published sums, and the municipalities that they are of."""
    wholes: list[_Whole]
    """Counts that were shared out, and their parts."""

    @classmethod
    def of(cls, assessment: Assessment, inside: Floats) -> _Counts:
        """Take apart the counts of an assessment."""
        counts = assessment.counts
        low, middle, high = {}, {}, {}
        for name in COUNTS:
            low[name] = counts[f"{name}_low"].to_numpy(dtype=float)
            high[name] = counts[f"{name}_high"].to_numpy(dtype=float)
            value = counts[name].to_numpy(dtype=float)
            middle[name] = np.where(np.isnan(value), (low[name] + high[name]) / 2, value)
        return cls(
            low,
            middle,
            high,
            np.asarray(demand_step.families_per_unit(counts["unit"], assessment.settings)),
            demand_step.spreads(counts).to_numpy(dtype=bool),
            demand_step.carries_chance(counts).to_numpy(dtype=bool),
            pd.factorize(counts["source"])[0],
            counts["unit"].to_numpy(dtype=object),
            _published(assessment, inside),
            _wholes(counts),
        )

    @property
    def counted(self) -> str:
        """What the orders count, or that it differs."""
        units = set(self.unit)
        return str(units.pop()) if len(units) == 1 else MIXED

    def total(self, orders: Floats) -> float:
        """Sum of orders; unknown where they count different things."""
        return np.nan if self.counted == MIXED else float(orders.sum())

    def only(self, rows: npt.NDArray[np.intp]) -> _Counts:
        """The same of some municipalities."""
        place = {int(row): number for number, row in enumerate(rows)}
        return _Counts(
            {name: self.low[name][rows] for name in COUNTS},
            {name: self.middle[name][rows] for name in COUNTS},
            {name: self.high[name][rows] for name in COUNTS},
            self.families[rows],
            self.chance[rows],
            self.included[rows],
            self.source[rows],
            self.unit[rows],
            [
                (np.array([place[int(row)] for row in group], dtype=np.intp), sums)
                for group, sums in self.sums
                if all(int(row) in place for row in group)
            ],
            [
                replace(
                    whole, rows=np.array([place[int(row)] for row in whole.rows], dtype=np.intp)
                )
                for whole in self.wholes
                if all(int(row) in place for row in whole.rows)
            ],
        )


def _published(
    assessment: Assessment, inside: Floats
) -> list[tuple[npt.NDArray[np.intp], dict[str, float]]]:
    """Sums that are published of the own counts in each region."""
    published = assessment.published
    if not published:
        return []
    codes = assessment.municipalities.index
    own = assessment.counts["count_status"].isin(OWN).to_numpy()
    groups = [np.flatnonzero(own & (column > 0)) for column in inside.T]
    found = [(group, published.get(frozenset(codes[group]))) for group in groups]
    return [(group, dict(sums)) for group, sums in found if sums is not None and len(group)]


def _wholes(counts: pd.DataFrame) -> list[_Whole]:
    """Counts of regions that were shared out; none of which a part was replaced."""
    if SHARED_FROM not in counts:
        return []
    found = []
    for region, rows in counts.groupby(counts[SHARED_FROM].to_numpy()).indices.items():
        first = counts.iloc[rows[0]]
        sums = counts.iloc[rows][list(COUNTS)].sum()
        if region and all(np.isclose(sums[name], first[WHOLE[name][0]]) for name in COUNTS):
            low, high = (
                {name: float(first[WHOLE[name][end]]) for name in COUNTS} for end in (1, 2)
            )
            found.append(_Whole(np.asarray(rows, dtype=np.intp), low, high))
    return found


def _demands(
    assessment: Assessment, counts: _Counts, draws: int, rng: np.random.Generator
) -> Iterator[Floats]:
    """Demand of each municipality, some draws at a time; families, (draws, municipalities)."""
    settings = assessment.settings
    sources = counts.source.max() + 1
    width = -special.ndtri((1 - settings.confidence) / 2)
    for start in range(0, draws, _CHUNK):
        size = min(_CHUNK, draws - start)
        share = rng.uniform(settings.share_extended_low, settings.share_extended_high, (size, 1))
        drawn = {}
        for name in COUNTS:
            point = rng.random((size, sources))
            drawn[name] = _draw(counts, name, point, width, rng)
        demand = settings.share_imposed * drawn["imposed"] + share * drawn["extended"]
        yield demand * counts.families


def _draw(
    counts: _Counts, name: str, point: Floats, width: float, rng: np.random.Generator
) -> Floats:
    """Draw one of the two counts of each municipality."""
    low, middle, high = counts.low[name], counts.middle[name], counts.high[name]
    own = ~counts.chance & ~counts.included
    size = len(point)
    values = np.empty((size, len(low)))
    wide = high > low
    values[:, ~wide] = low[~wide]
    at = wide & ~own
    values[:, at] = low[at] + point[:, counts.source[at]] * (high - low)[at]
    at = wide & own
    values[:, at] = low[at] + rng.random((size, int(at.sum()))) * (high - low)[at]
    if counts.chance.any():
        values[:, counts.chance] = rng.poisson(values[:, counts.chance])
    if (at := counts.included).any():
        normal = rng.standard_normal((size, int(at.sum()))) / width
        ends = np.where(normal < 0, (middle - low)[at], (high - middle)[at])
        values[:, at] = np.maximum(middle[at] + normal * ends, 0)
    for whole in counts.wholes:
        total = rng.uniform(whole.low[name], whole.high[name], (size, 1))
        parts = _parts(counts, whole, name, width)
        drawn = rng.gamma(parts, size=(size, len(parts))) * (middle[whole.rows] / parts)
        now = drawn.sum(axis=1, keepdims=True)
        values[:, whole.rows] = drawn * np.divide(total, now, out=np.zeros_like(now), where=now > 0)
    for group, sums in counts.sums:
        _keep_sum(values, group, low, high, sums[name])
    return values


def _parts(counts: _Counts, whole: _Whole, name: str, width: float) -> Floats:
    """Shapes of the gamma distributions of the parts of a whole.

    Scaling them to their sum narrows them (shares of gamma draws are Dirichlet's), so they are
    made as much wider as gives the intervals of the parts again.
    """
    middle, low, high = (one[name][whole.rows] for one in (counts.middle, counts.low, counts.high))
    share = middle / max(middle.sum(), _LEAST)
    # The total is drawn too, evenly from its range.
    of_total = share**2 * (whole.high[name] - whole.low[name]) ** 2 / 12
    wanted = ((high - middle) ** 2 + (middle - low) ** 2) / (2 * width**2) - of_total
    wanted = np.maximum(wanted, _LEAST)
    free = wanted
    for _ in range(_ROUNDS):
        left = free * (1 - 2 * share) + share**2 * free.sum()
        free = free * wanted / np.maximum(left, _LEAST)
    return np.asarray(np.maximum(middle, _LEAST) ** 2 / np.maximum(free, _LEAST))


def _keep_sum(
    values: Floats, group: npt.NDArray[np.intp], low: Floats, high: Floats, total: float
) -> None:
    """Move the values of a group towards one of their ends, so that they have a published sum."""
    if np.isnan(total) or not (high > low)[group].any():
        return
    low, high = low[group], high[group]
    now = values[:, group]
    over = now.sum(axis=1, keepdims=True) - total
    with np.errstate(divide="ignore", invalid="ignore"):
        down = np.clip(over / (now - low).sum(axis=1, keepdims=True), 0, 1)
        up = np.clip(-over / (high - now).sum(axis=1, keepdims=True), 0, 1)
    values[:, group] = np.where(
        over > 0, now - np.nan_to_num(down) * (now - low), now + np.nan_to_num(up) * (high - now)
    )


def what_moves(assessment: Assessment, gm_code: str) -> pd.DataFrame:
    """What moves the gap of a municipality most, one thing at a time.

    Parameters
    ----------
    assessment
        Where the figures come from.
    gm_code
        Code of a municipality of its edition.

    Returns
    -------
    pandas.DataFrame
        As `what_moves_region` gives it.

    Raises
    ------
    coverage.assessment.UnknownMunicipalityError
        If the edition has no such municipality.
    """
    index = assessment.municipalities.index
    if gm_code not in index:
        raise UnknownMunicipalityError(gm_code, assessment.edition.year)
    inside = np.zeros((len(index), 1))
    inside[index.get_loc(gm_code)] = 1.0
    return _moves(assessment, inside)


def what_moves_region(assessment: Assessment, region_set: str, code: str) -> pd.DataFrame:
    """What moves the gap of a region most, one thing at a time.

    Parameters
    ----------
    assessment
        Where the figures come from.
    region_set, code
        The region; ``country`` and ``NL`` for the country.

    Returns
    -------
    pandas.DataFrame
        Indexed by factor (a `Factor`), what moves it most first: value_low, value_high (ends of
        the factor itself; NaN where not known), unit (of those: ``share``, ``families``, or what
        the orders count; ``mixed`` where they count different things), low and high (the gap
        in families a year with the factor at its ends), swing (their difference), middle (the
        gap with all else in the middle: the same in each row).

    Raises
    ------
    coverage.assessment.UnknownRegionSetError
        If the edition has no such set.
    coverage.comparison.UnknownRegionError
        If it has no such region.

    Notes
    -----
    One factor goes from end to end; the others stay in their middle, and capacity at what is
    proven. Ends are ranges, or intervals of the confidence of the settings. Chance is
    taken of the total, where it evens out, and falls on the municipalities by their counts. A
    published sum is kept. The share of imposed orders, children per family and measures
    per child have no range: no source gives one. What was shared out of one region keeps its
    sum too.
    """
    shown = assessment.regions(region_set)
    if code not in shown.index:
        key = comparison.region_key(region_set, code)
        raise UnknownRegionError(key, assessment.edition.year)
    return _moves(assessment, _inside(assessment, region_set, pd.Index([code])))


def _moves(assessment: Assessment, inside: Floats) -> pd.DataFrame:
    """What moves the gap of the municipalities that are inside, together."""
    rows = np.flatnonzero(inside[:, 0])
    counts = _with_sums(_Counts.of(assessment, inside).only(rows))
    settings = assessment.settings
    table = assessment.municipalities.iloc[rows]
    proven = table["capacity_low"].to_numpy(dtype=float)
    possible = table["capacity_high"].fillna(np.inf).to_numpy(dtype=float)
    shares = settings.share_extended_low, settings.share_extended_high
    middle_share = sum(shares) / 2

    def gap(
        changed: dict[str, Floats] | None = None,
        share: float = middle_share,
        capacity: Floats = proven,
    ) -> float:
        orders = counts.middle | (changed or {})
        families = settings.share_imposed * orders["imposed"] + share * orders["extended"]
        return float(np.maximum(families * counts.families - capacity, 0).sum())

    found: dict[Factor, tuple[float, float, str, float, float]] = {
        Factor.SHARE_EXTENDED: (*shares, "share", gap(share=shares[0]), gap(share=shares[1]))
    }
    for name in COUNTS:
        for kind, ends in (
            ("range", _range_ends(counts, name)),
            ("chance", _chance_ends(counts, name, settings.confidence)),
        ):
            low, high = ends
            found[Factor(f"{name}_{kind}")] = (
                counts.total(low),
                counts.total(high),
                counts.counted,
                gap({name: low}),
                gap({name: high}),
            )
    most = float(possible.sum())
    found[Factor.CAPACITY] = (
        float(proven.sum()),
        most if np.isfinite(most) else np.nan,
        "families",
        gap(capacity=possible),
        gap(),
    )
    result = pd.DataFrame.from_dict(
        found, orient="index", columns=["value_low", "value_high", "unit", "low", "high"]
    ).rename_axis("factor")
    result["swing"] = result["high"] - result["low"]
    result["middle"] = gap()
    return result.round(6).sort_values("swing", ascending=False, kind="stable")


def _with_sums(counts: _Counts) -> _Counts:
    """Counts of which the middles have the published sums too."""
    middle = {}
    for name in COUNTS:
        values = counts.middle[name].copy()[None, :]
        for group, sums in counts.sums:
            _keep_sum(values, group, counts.low[name], counts.high[name], sums[name])
        middle[name] = values[0]
    return replace(counts, middle=middle)


def _range_ends(counts: _Counts, name: str) -> tuple[Floats, Floats]:
    """All counts at the lower end of their range, and all at the upper."""
    ends = []
    for end in (counts.low, counts.high):
        values = np.where(counts.included, counts.middle[name], end[name])[None, :]
        for group, sums in counts.sums:
            _keep_sum(values, group, counts.low[name], counts.high[name], sums[name])
        ends.append(values[0])
    return ends[0], ends[1]


def _chance_ends(counts: _Counts, name: str, confidence: float) -> tuple[Floats, Floats]:
    """Counts as chance would have them at the ends of the interval of their total."""
    middle = counts.middle[name]
    total = middle[counts.chance].sum()
    bounds = demand_step.poisson_interval([total], [total], confidence)
    ends = []
    for bound, end in zip(bounds, (counts.low, counts.high), strict=True):
        values = middle.copy()
        if total > 0:
            values[counts.chance] *= bound[0] / total
        # Each goes its own way: together they go as far as the root of the sum of squares.
        apart = np.where(counts.included, end[name] - middle, 0.0)
        if apart.any():
            values += apart * np.sqrt((apart**2).sum()) / np.abs(apart).sum()
        values = np.minimum(values, middle) if end is counts.low else np.maximum(values, middle)
        for whole in counts.wholes:
            whole.kept(values, middle, name)
        ends.append(values)
    return ends[0], ends[1]

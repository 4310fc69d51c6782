"""Orders per municipality where only the count of a region is known.

The count of a region is shared out over its municipalities: by residents aged 0-17, or
with what a user knows of each municipality besides (a covariate, such as its share of young
people in youth care). What comes out is an estimate, with an interval that carries chance
*and* the differences between municipalities that the regions themselves let us see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import optimize, special

from coverage import _beta_binomial
from coverage import demand as demand_step
from coverage.demand import CONFIDENCE, INCLUDED, SHARED_BY, SHARED_FROM, SPREAD, WHOLE
from coverage.i18n import N_
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Places = npt.NDArray[np.intp]

MEASURES = ("imposed", "extended", "running", "ended")
"""Counts that are shared out if the regions have them."""

FEWEST_REGIONS = 8
"""With fewer regions a line through their rates says more of chance than of the covariate."""

_DIFFERENCES = np.linspace(0.0, 1.0, 101)
"""Differences between municipalities that are weighed: standard deviation over mean."""

_STEEPEST = 3.0
"""Logarithm of the ratio of rates for one standard deviation of a covariate: 20 times."""

_ROUNDS = 50
_FEW = 5
_CLOSE = 1e-9


class InvalidRegionsError(ValueError):
    """Counts of regions that cannot be shared out.

    Attributes
    ----------
    message
        What is wrong and what to do: text in English, a key of the message catalogue.
    params
        What to fill in the text.
    """

    def __init__(self, message: str, **params: object) -> None:
        self.message, self.params = message, params
        super().__init__(message.format(**params))


@dataclass(frozen=True)
class _Layout:
    """Where each municipality lies, and what it weighs."""

    at: Places
    """Position of the region of each municipality."""
    regions: int
    residents: Floats

    def sums(self, values: Floats) -> Floats:
        """Sum over the municipalities of each region."""
        found = np.bincount(self.at, weights=values, minlength=self.regions)
        return found.astype(float)


@dataclass(frozen=True)
class _Belief:
    """What is held of the differences between municipalities before the regions are seen."""

    known: float | None
    confidence: float

    def squared(self, chance: Floats) -> float:
        """Square of the one difference that gives as wide an interval as all that may be.

        Where few regions tell little, large differences remain possible: the interval
        of the mixture is wider than one of its average, as Student's is wider than the
        normal.
        """
        if self.known is not None:
            return self.known**2
        tail = (1 - self.confidence) / 2
        differences = np.maximum(_DIFFERENCES, 1e-6)
        end = optimize.brentq(
            lambda width: chance @ special.ndtr(-width / differences) - tail, 0.0, 10.0
        )
        return float((end / special.ndtri(tail)) ** 2)


@dataclass(frozen=True)
class _Pattern:
    """How the count of a region is expected to fall, and how far it may fall otherwise."""

    share: Floats
    """Expected share of each municipality in the count of its region."""
    spread: Floats
    """Variance of that share over its square."""
    differences: float
    """Standard deviation of the rates of municipalities over their mean."""
    slope: float = 0.0
    """Logarithm of the ratio of rates for one unit more of the covariate."""
    slope_error: float = 0.0


def estimate(
    regions: pd.DataFrame,
    members: pd.Series,
    residents: pd.Series,
    *,
    covariate: pd.Series | None = None,
    differences: float | None = None,
    confidence: float = 0.90,
    threshold: int = 10,
) -> pd.DataFrame:
    """Share out the counts of regions over their municipalities.

    Parameters
    ----------
    regions
        Indexed by region_code: imposed and extended, and if known running and ended, each
        with ``*_low`` and ``*_high`` where it is a range; period, unit, source, and count_status:
        an estimated count may differ by chance itself. A count that is not known is NaN.
    members
        Region code of each municipality, indexed by gm_code. A municipality in a region
        that `regions` does not have is left out.
    residents
        Residents aged 0-17, indexed by gm_code.
    covariate
        A number that goes with the rate of orders, indexed by gm_code, for instance the share
        of young people in youth care. None shares out by residents alone.
    differences
        Standard deviation of the rates of municipalities over their mean, where it is known
        from elsewhere; 0 to 1. None lets the regions tell it.
    confidence
        Probability that an interval is meant to hold the count.
    threshold
        A count of a region of 1 up to this number, not included, is protected itself: it
        is used as that whole range.

    Returns
    -------
    pandas.DataFrame
        A counts table, indexed by gm_code (sorted): for each count its expectation and the
        interval as ``*_low`` and ``*_high``; count_status ``estimated``, unit, period, source,
        and `coverage.demand.SPREAD`, which says that the interval carries chance already, with its
        `coverage.demand.CONFIDENCE`; of imposed and extended, the region and its count
        (`coverage.demand.SHARED_FROM`, ``SHARED_BY`` and ``WHOLE``). The expectations add up to
        the count of the region. ``attrs["small_area"]`` holds for each count the differences
        that were found (standard deviation over mean) and the slope.

    Raises
    ------
    InvalidRegionsError
        If residents or the covariate are not known for a municipality, a municipality
        lies in two regions or a region has none, counts are negative or outside their
        bounds, nobody lives in a region with orders, `differences` is not 0 to 1, or
        there are too few regions for a covariate.

    Notes
    -----
    Rates of municipalities differ by a factor of mean 1 and standard deviation *t*, each
    municipality by itself (the gamma-Poisson model: Clayton & Kaldor 1987, Biometrics 43:
    671-681). A region then differs by *t* times the root of the sum of its squared shares, so the
    rates of the regions tell *t*; its likelihood is weighed over 0 to 1, all alike beforehand
    (Gelman 2006, Bayesian Analysis 1: 515-534). If regions differ for reasons that all their
    municipalities share, *t* comes out too large and intervals are too wide: the safe
    side. From one region nothing can be learnt of *t*, and intervals are very wide.

    Given the count of the region, a municipality's count is beta-binomial; see
    `coverage._beta_binomial.interval`.

    With a covariate *x* the rate is ``exp(a + b x)``. A region is expected to have the sum over
    its municipalities, and *b* is fitted on those sums (Prentice & Sheppard 1995,
    Biometrika 82: 113-125), by Poisson regression weighed for the differences that remain. The
    interval carries the uncertainty of *b* too.

    Examples
    --------
    >>> counts = pd.DataFrame({"imposed": [100], "extended": [200]}, index=["R1"])
    >>> members = pd.Series({"GM0001": "R1", "GM0002": "R1"})
    >>> found = estimate(counts, members, pd.Series({"GM0001": 3000, "GM0002": 1000}))
    >>> found["imposed"].tolist()
    [75.0, 25.0]
    """
    members = members[members.isin(regions.index)].sort_index()
    layout = _layout(regions, members, residents)
    if differences is not None and not 0 <= differences <= 1:
        raise InvalidRegionsError(
            N_("Differences between municipalities go from 0 to 1, not {given}."), given=differences
        )
    along = None
    if covariate is not None:
        along = _known(
            covariate,
            members.index,
            N_(
                "The covariate is not known of {municipalities}. Fill it in for each municipality "
                "of these regions, or leave it out."
            ),
        )
    columns: dict[str, npt.ArrayLike] = {}
    method = "residents" if along is None else "covariate"
    found: dict[str, object] = {"method": method}
    for name in MEASURES:
        if name not in regions:
            continue
        value, low, high = _counts(regions, name, threshold, confidence)
        if ((high > 0) & (layout.sums(layout.residents) == 0)).any():
            raise InvalidRegionsError(
                N_(
                    "{column}: nobody aged 0-17 lives in a region that has orders. Check the codes "
                    "of the regions."
                ),
                column=name,
            )
        pattern = _pattern(value, layout, along, _Belief(differences, confidence))
        columns[name] = value[layout.at] * pattern.share
        bounds = _beta_binomial.interval(
            np.stack([np.floor(low), np.ceil(high)])[:, layout.at],
            pattern.share,
            pattern.spread,
            confidence,
        )
        # The range of the source holds the expectation, which need not be a whole number.
        columns[f"{name}_low"] = np.minimum(bounds[0][0], low[layout.at] * pattern.share)
        columns[f"{name}_high"] = np.maximum(bounds[1][1], high[layout.at] * pattern.share)
        if name in WHOLE:
            whole = zip(WHOLE[name], (value, low, high), strict=True)
            columns |= {column: values[layout.at] for column, values in whole}
        found[name] = {
            "differences": pattern.differences,
            "slope": pattern.slope,
            "slope_error": pattern.slope_error,
        }
    table = pd.DataFrame(columns, index=members.index.rename("gm_code"))
    table["count_status"] = FigureStatus.ESTIMATED.value
    for name, default in (("unit", "children"), ("period", ""), ("source", "")):
        of_region = regions[name] if name in regions else pd.Series(default, index=regions.index)
        table[name] = of_region.reindex(members).fillna(default).to_numpy()
    table[SPREAD] = INCLUDED
    table[CONFIDENCE] = confidence
    table[SHARED_FROM] = members.astype(str)
    table[SHARED_BY] = method
    table.attrs["small_area"] = found
    return table


def _layout(regions: pd.DataFrame, members: pd.Series, residents: pd.Series) -> _Layout:
    if not regions.index.is_unique:
        raise InvalidRegionsError(
            N_("A region stands in the table twice. Keep one row for each region.")
        )
    if not members.index.is_unique:
        raise InvalidRegionsError(
            N_("A municipality lies in two regions. Use a region set without overlap.")
        )
    empty = regions.index.difference(pd.Index(members))
    if len(empty):
        raise InvalidRegionsError(
            N_("No municipality lies in {regions}. Check the codes of the regions."),
            regions=_some(empty),
        )
    people = _known(
        residents,
        members.index,
        N_("The number of residents aged 0-17 is not known of {municipalities}."),
    )
    if (people < 0).any():
        raise InvalidRegionsError(N_("A number of residents is below 0. Correct it."))
    return _Layout(regions.index.get_indexer(pd.Index(members)), len(regions), people)


def _known(values: pd.Series, codes: pd.Index, message: str) -> Floats:
    found = values.reindex(codes).astype(float)
    lacking = found.index[~np.isfinite(found.to_numpy())]
    if len(lacking):
        raise InvalidRegionsError(message, municipalities=_some(lacking))
    return np.asarray(found.to_numpy(), dtype=np.float64)


def _some(codes: pd.Index) -> str:
    """The first few of a list of codes."""
    shown = ", ".join(map(str, codes[:_FEW]))
    return f"{shown}, ..." if len(codes) > _FEW else shown


def _counts(
    regions: pd.DataFrame, name: str, threshold: int, confidence: float
) -> tuple[Floats, Floats, Floats]:
    """Middle and range of each region's count; a protected one is its whole range."""
    value = regions[name].to_numpy(dtype=float)
    low, high = (
        regions.get(f"{name}_{end}", regions[name]).fillna(regions[name]).to_numpy(dtype=float)
        for end in ("low", "high")
    )
    value = np.where(np.isnan(value), (low + high) / 2, value)
    low, high = (np.where(np.isnan(one), value, one) for one in (low, high))
    if (low < 0).any() or np.isinf(high).any() or (low > value).any() or (value > high).any():
        raise InvalidRegionsError(
            N_(
                "{column}: numbers are 0 or more, and lie between their lowest and highest number. "
                "Correct them."
            ),
            column=name,
        )
    protected = (value > 0) & (value < threshold) & (low == high)
    low = np.where(protected, 1.0, low)
    high = np.where(protected, threshold - 1.0, high)
    value = np.where(protected, (low + high) / 2, value)
    if "count_status" in regions:
        chance = demand_step.spreads(regions).to_numpy() & np.isfinite(value)
        ends = demand_step.poisson_interval(low, high, confidence)
        low = np.where(chance, np.minimum(low, ends[0]), low)
        high = np.where(chance, np.maximum(high, ends[1]), high)
    return value, low, high


def _pattern(counts: Floats, layout: _Layout, along: Floats | None, belief: _Belief) -> _Pattern:
    """Expected shares, and the differences that the counts of the regions point at."""
    if along is None:
        shares, concentration, expected = _shares(layout, layout.residents)
        chance = _chance_of_differences(counts, expected, concentration, None)
        squared = belief.squared(chance)
        spread = squared * (1 - 2 * shares + concentration[layout.at])
        return _Pattern(shares, spread, float(np.sqrt(squared)))
    return _along(counts, layout, along, belief)


def _along(counts: Floats, layout: _Layout, along: Floats, belief: _Belief) -> _Pattern:
    """Pattern that follows a covariate, as far as the regions show that orders do."""
    scale = along.std()
    used = np.isfinite(counts) & (layout.sums(layout.residents) > 0)
    if used.sum() < FEWEST_REGIONS:
        raise InvalidRegionsError(
            N_(
                "A covariate needs the counts of at least {fewest} regions; there are {found}. "
                "Leave the covariate out."
            ),
            fewest=FEWEST_REGIONS,
            found=int(used.sum()),
        )
    of_region = layout.sums(layout.residents * along)[used] / layout.sums(layout.residents)[used]
    flat = scale <= _CLOSE * np.abs(along).max()
    if flat or np.ptp(of_region) <= _CLOSE * scale or not counts[used].any():
        raise InvalidRegionsError(
            N_(
                "The covariate is the same in each region, or no region has orders: nothing can "
                "be learnt from it. Leave the covariate out."
            )
        )
    centred = (along - along.mean()) / scale
    slope, squared = 0.0, 0.0
    for _ in range(_ROUNDS):
        before = slope, squared
        step = _slope(counts, layout, centred, slope, squared)
        slope = float(np.clip(step, -_STEEPEST, _STEEPEST))
        weights = layout.residents * np.exp(slope * centred)
        shares, concentration, expected = _shares(layout, weights)
        middle = layout.sums(shares * centred)
        chance = _chance_of_differences(counts, expected, concentration, middle)
        squared = belief.squared(chance)
        if abs(slope - before[0]) + abs(squared - before[1]) < _CLOSE:
            break
    variance = float(chance @ _information(counts, expected, concentration, middle)[1])
    spread = squared * (1 - 2 * shares + concentration[layout.at])
    spread += variance * (centred - middle[layout.at]) ** 2
    error = float(np.sqrt(variance))
    return _Pattern(shares, spread, float(np.sqrt(squared)), slope / scale, error / scale)


def _shares(layout: _Layout, weights: Floats) -> tuple[Floats, Floats, Floats]:
    """Share of each municipality, sum of squared shares, and weight of each region."""
    total = layout.sums(weights)
    shares = weights / np.where(total > 0, total, 1.0)[layout.at]
    return shares, layout.sums(shares**2), total


def _slope(counts: Floats, layout: _Layout, along: Floats, slope: float, squared: float) -> float:
    """One step towards the slope at which regions are expected to have what they have.

    Near a slope, the sum over municipalities of ``n exp(b x)`` goes as ``exp(b)`` to the
    mean of x over what is expected, so an ordinary regression on that mean gives the next.
    """
    # Imported where it is used: it takes a second, and most runs do not need it.
    import statsmodels.api as sm  # noqa: PLC0415

    shares, concentration, expected = _shares(layout, layout.residents * np.exp(slope * along))
    middle = layout.sums(shares * along)
    used = np.isfinite(counts) & (expected > 0)
    mean = expected[used] * counts[used].sum() / expected[used].sum()
    fitted = sm.GLM(
        counts[used],
        sm.add_constant(middle[used], has_constant="add"),
        family=sm.families.Poisson(),
        offset=np.log(expected[used]) - slope * middle[used],
        var_weights=1 / (1 + mean * squared * concentration[used]),
    ).fit()
    return float(fitted.params[1])


def _chance_of_differences(
    counts: Floats, expected: Floats, concentration: Floats, middle: Floats | None
) -> Floats:
    """Probability of each of `_DIFFERENCES`, given the counts of the regions.

    The negative binomial likelihood of the regions' counts; the common rate, and the slope
    if there is one, are integrated out by Laplace's method.
    """
    used = np.isfinite(counts) & (expected > 0)
    counts, expected, concentration = counts[used], expected[used], concentration[used]
    if not counts.any():
        return np.full(len(_DIFFERENCES), 1 / len(_DIFFERENCES))
    variance = _DIFFERENCES[:, None] ** 2 * concentration
    mean = _means(counts, expected, variance)
    shape = 1 / np.maximum(variance, 1e-9)  # so large a shape is Poisson
    likelihood = (
        special.gammaln(counts + shape)
        - special.gammaln(shape)
        + shape * np.log(shape / (shape + mean))
        + special.xlogy(counts, mean / (shape + mean))
    ).sum(axis=1)
    of_rate, of_slope = _information(
        counts, expected, concentration, None if middle is None else middle[used]
    )
    likelihood += (np.log(of_rate) + np.log(of_slope)) / 2
    chance: Floats = np.exp(likelihood - likelihood.max())
    return np.asarray(chance / chance.sum())


def _means(counts: Floats, expected: Floats, variance: Floats) -> Floats:
    """Expected count of each region for each difference, at the rate that fits best."""
    mean = expected * counts.sum() / expected.sum()
    weight = expected / (1 + mean * variance)
    rate = (weight * counts / expected).sum(axis=1) / weight.sum(axis=1)
    return np.asarray(rate[:, None] * expected)


def _information(
    counts: Floats, expected: Floats, concentration: Floats, middle: Floats | None
) -> tuple[Floats, Floats]:
    """Variance of the logarithm of the rate, and of the slope, for each difference."""
    used = np.isfinite(counts) & (expected > 0)
    variance = _DIFFERENCES[:, None] ** 2 * concentration[used]
    mean = _means(counts[used], expected[used], variance)
    weight = mean / (1 + mean * variance)
    of_rate = 1 / weight.sum(axis=1)
    if middle is None:
        return of_rate, np.ones(len(_DIFFERENCES))
    centre = (weight * middle[used]).sum(axis=1, keepdims=True) * of_rate[:, None]
    return of_rate, 1 / (weight * (middle[used] - centre) ** 2).sum(axis=1)

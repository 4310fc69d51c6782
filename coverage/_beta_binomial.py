"""Intervals of a count that is one part of a known total."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import special

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]

EXACT_BELOW = 512
"""Counts up to here are added up one by one; above, a beta distribution is as good."""

_LARGEST_PRECISION = 1e7
"""Of the beta distribution: above it the share is as good as fixed."""

_DEVIATIONS = 8.0
"""Standard deviations above the mean where nothing is left to add up."""


def interval(
    total: npt.ArrayLike, share: npt.ArrayLike, spread: npt.ArrayLike, confidence: float
) -> tuple[Floats, Floats]:
    """Interval of a part of a total: beta-binomial, equal-tailed, by mid-P.

    Parameters
    ----------
    total
        What is shared out, a whole number; shape (n,).
    share
        Expected share of the part, 0 to 1; shape (n,).
    spread
        Variance of the share, divided by the square of the share; shape (n,). With 0
        only chance is left, and the part is binomial.
    confidence
        Probability content; half of the rest lies on either side.

    Returns
    -------
    low, high : numpy.ndarray
        Whole numbers, shape (n,); NaN where `total` or `share` is.

    Notes
    -----
    Given the total, the parts follow a Dirichlet-multinomial distribution when their
    rates differ, and one part a beta-binomial one (Mosimann 1962, Biometrika 49: 65-82). A
    count that is as likely as a tail is wide is counted half (mid-P, Lancaster 1961, JASA 56:
    223-234; Berry & Armitage 1995, The Statistician 44: 417-423): whole numbers cannot
    hold a probability exactly, and without it small counts get too wide an interval.

    Examples
    --------
    >>> interval([100], [0.1], [0.0], 0.90)
    (array([6.]), array([15.]))
    >>> interval([100], [0.1], [0.16], 0.90)
    (array([3.]), array([19.]))
    """
    total, share, spread = np.broadcast_arrays(
        *(np.asarray(one, dtype=float) for one in (total, share, spread))
    )
    low, high = np.full(total.shape, np.nan), np.full(total.shape, np.nan)
    # Nothing is left to chance where there is nothing, or one part is all.
    whole = (total == 0) | (share == 0) | (share >= 1)
    low[whole] = high[whole] = (total * share)[whole]
    rest = ~whole & np.isfinite(total) & np.isfinite(share)
    tail = (1 - confidence) / 2
    low[rest], high[rest] = _quantiles(total[rest], share[rest], spread[rest], tail)
    return low, high


def _quantiles(total: Floats, share: Floats, spread: Floats, tail: float) -> tuple[Floats, Floats]:
    precision = (1 - share) / (share * np.maximum(spread, 1e-12)) - 1
    precision = np.clip(precision, 1e-3, _LARGEST_PRECISION)
    first, second = share * precision, (1 - share) * precision
    mean = total * share
    variance = mean * (1 - share) * (total + precision) / (1 + precision)
    small = np.minimum(total, mean + _DEVIATIONS * np.sqrt(variance)) < EXACT_BELOW
    low, high = np.empty_like(total), np.empty_like(total)
    low[small], high[small] = _exact(total[small], first[small], second[small], tail)
    large = ~small
    # A beta distribution of the same mean and variance stands for the share that is found.
    fitted = mean[large] * (total - mean)[large] / variance[large] - 1
    for found, probability in ((low, tail), (high, 1 - tail)):
        found[large] = total[large] * special.betaincinv(
            share[large] * fitted, (1 - share[large]) * fitted, probability
        )
    low[large], high[large] = np.ceil(low[large]), np.floor(high[large])
    return low, high


def _exact(total: Floats, first: Floats, second: Floats, tail: float) -> tuple[Floats, Floats]:
    if not len(total):
        return total, total
    count = np.arange(EXACT_BELOW + 1.0)
    possible = np.minimum(count, total[:, None])
    log = (
        special.gammaln(total + 1)[:, None]
        - special.gammaln(possible + 1)
        - special.gammaln(total[:, None] - possible + 1)
        + special.betaln(possible + first[:, None], total[:, None] - possible + second[:, None])
        - special.betaln(first, second)[:, None]
    )
    chance = np.where(count <= total[:, None], np.exp(log), 0.0)
    middle = np.cumsum(chance, axis=1) - chance / 2
    low = (middle >= tail).argmax(axis=1)
    high = (middle <= 1 - tail).sum(axis=1) - 1
    # With little confidence the middle may fall between two counts.
    return low.astype(float), np.maximum(high, low).astype(float)

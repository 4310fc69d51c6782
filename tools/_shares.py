"""Sharing out a total so that the parts, as written, add up to it exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Hashable

DECIMALS = 6
"""Decimals of the shares and counts that are written to the tables."""


def share_out(total: float, weights: pd.Series, decimals: int = DECIMALS) -> pd.Series:
    """Divide `total` in proportion to `weights`, in whole units of ``10**-decimals``.

    The method of the largest remainder (Hamilton): every part is rounded
    down, and the units that are left go to the largest remainders. Ties go to
    the first in the order of the index, so that the result is the same on
    every machine.

    Parameters
    ----------
    total
        What is shared out; a whole number of units.
    weights
        Non-negative weights; not all 0.
    decimals
        Decimals of a unit: 0 shares out whole numbers.

    Returns
    -------
    pandas.Series
        Parts on the index of `weights`; they add up to `total`.

    Raises
    ------
    ValueError
        If a weight is negative or not known, or if all are 0.
    """
    values = weights.to_numpy(dtype=float)
    if len(values) == 0 or np.isnan(values).any() or (values < 0).any() or values.sum() == 0:
        raise ValueError("weights must be known, not negative and not all 0")
    scale = 10**decimals
    units = round(total * scale)
    exact = values / values.sum() * units
    # 1e-6 units of slack: 2.9999999999 is 3, whatever the order of the sum was.
    whole = np.floor(exact + 1e-6)
    left = round(units - whole.sum())
    if left > 0:
        order = np.argsort(-np.round(exact - whole, 6), kind="stable")
        whole[order[:left]] += 1
    elif left < 0:
        order = np.argsort(-whole, kind="stable")
        whole[order[:-left]] -= 1
    return pd.Series(whole / scale, index=weights.index, name=weights.name).round(decimals)


def shares_within(weights: pd.DataFrame, by: Hashable, decimals: int = DECIMALS) -> pd.Series:
    """Shares of ``weight`` within each group, adding up to 1 per group as written.

    Parameters
    ----------
    weights
        Table with the columns `by` and ``weight``.
    by
        Column that says to which group a row belongs.
    decimals
        Decimals of a share.

    Returns
    -------
    pandas.Series
        Shares on the index of `weights`.
    """
    raw = weights["weight"] / weights.groupby(by)["weight"].transform("sum")
    share = raw.round(decimals)
    # What rounding left over goes to the largest share of the group.
    largest = share.groupby(weights[by]).idxmax()
    over = 1 - share.groupby(weights[by]).sum()
    share.loc[largest.to_numpy()] += over.loc[largest.index].to_numpy()
    return share.round(decimals)

"""What somebody can calculate back from what is published.

Nothing here knows how values were chosen to be hidden: it is the check on that choice, and it
gives the bounds that are published in place of a hidden value.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import linprog

if TYPE_CHECKING:
    import numpy.typing as npt
    from scipy import sparse

    Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-6
"""Children; below it a difference comes from floating-point arithmetic."""


def bounds(
    low: Floats, high: Floats, sums: sparse.csr_array, wanted: npt.NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Least and most that values can be, given all that is published.

    Parameters
    ----------
    low, high
        What each cell, and then each sum, is published to lie between; equal for a value that
        is published as it is. Shape (cells + sums,).
    sums
        Membership of cells in sums, shape (sums, cells).
    wanted
        Which values.

    Returns
    -------
    low, high : numpy.ndarray
        Whole numbers, shape (wanted,): counts are whole.

    Notes
    -----
    Two linear programmes a value. That counts are whole can make the real bounds narrower only
    where the sums overlap in odd ways; rounding inwards takes the rest into account.
    """
    cells = sums.shape[1]
    free = np.flatnonzero(high[:cells] - low[:cells] > TOLERANCE)
    known = np.where(high[:cells] - low[:cells] > TOLERANCE, 0.0, low[:cells])
    constant = sums @ known
    inside = sums[:, free]
    least, most = low[cells:] - constant, high[cells:] - constant
    told = np.flatnonzero((inside.sum(axis=1) > 0) & (np.isfinite(most) | (least > TOLERANCE)))
    finite = told[np.isfinite(most[told])]
    rows = inside[np.concatenate([finite, told])].toarray()
    rows[len(finite) :] *= -1
    limits = np.concatenate([most[finite], -least[told]])
    ends = np.column_stack([low[free], high[free]])
    place = {int(cell): spot for spot, cell in enumerate(free)}

    def solved(value: int, sign: float) -> float:
        if value < cells:
            if value not in place:
                return float(low[value])
            objective = np.zeros(len(free))
            objective[place[value]] = sign
            start = 0.0
        else:
            objective = sign * inside[[value - cells]].toarray()[0]
            start = float(constant[value - cells])
        if not objective.any():
            return start
        found = linprog(objective, A_ub=rows, b_ub=limits, bounds=ends, method="highs")
        if found.x is None:
            raise ArithmeticError(found.message)
        return start + sign * float(found.fun)

    found_low = np.array([solved(int(value), 1.0) for value in wanted])
    found_high = np.array([solved(int(value), -1.0) for value in wanted])
    return np.ceil(found_low - TOLERANCE), np.floor(found_high + TOLERANCE)

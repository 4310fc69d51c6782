"""Which further cells to hide, so that what is small cannot be calculated back.

A table is a vector of counts and sums of them. What is known of a hidden cell lies between the
least and the most that it can be in any table that agrees with everything published. A cell is
protected when these differ by the width that was promised.

`chosen_fast` hides cells one small count at a time, each time the cheapest that let it vary
(Kelly, Golden and Assad 1992 for sums of rows and columns; here for any sums). `chosen_exact`
hides as little as possible: an integer programme whose constraints are found as they are
violated, from the duals of the attacker's problem (Fischetti and Salazar 2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

TOLERANCE = 1e-6
"""Children; below it a difference comes from floating-point arithmetic."""

_ROUNDS = 60
_GAP = 0.02
_NODES = 2_000


@dataclass(frozen=True)
class Problem:
    """What is to be protected.

    Attributes
    ----------
    values
        Counts of the cells and then their sums, shape (cells + sums,).
    sums
        Membership of cells in sums, shape (sums, cells).
    least, most
        What anybody knows a value to lie between, shape (cells + sums,).
    needed
        Width that each value must be able to vary over; 0 for what is not protected.
    cost
        What is lost when a value is hidden, above 0.
    """

    values: Floats
    sums: sparse.csr_array
    least: Floats
    most: Floats
    needed: Floats
    cost: Floats

    @property
    def targets(self) -> npt.NDArray[np.intp]:
        """Values that must be protected."""
        return np.flatnonzero(self.needed > 0)

    @property
    def relations(self) -> sparse.csr_array:
        """Each sum less its cells, which is 0."""
        count = self.sums.shape[0]
        return sparse.hstack([-self.sums, sparse.eye_array(count)], format="csr")


def chosen_fast(problem: Problem) -> Flags:
    """Values to hide, found one protected value at a time.

    Parameters
    ----------
    problem
        What is to be protected.

    Returns
    -------
    numpy.ndarray
        Whether each value is hidden, shape (cells + sums,). Each protected value can then be
        larger by its width; `problem.most` must leave room for that.
    """
    hidden = problem.needed > 0
    ways: dict[int, Floats] = {}
    for target in _largest_need_first(problem):
        ways[target] = _cheapest_way(problem, target, hidden)
        hidden |= np.abs(ways[target]) > TOLERANCE
    return _spared(problem, hidden, ways)


def _largest_need_first(problem: Problem) -> list[int]:
    targets = problem.targets
    order = np.lexsort((targets, problem.values[targets]))
    return [int(one) for one in targets[order][::-1]]


def _cheapest_way(problem: Problem, target: int, hidden: Flags) -> Floats:
    """Smallest change of the table in which a value is larger by its width.

    What is hidden already may change for nothing.
    """
    count = len(problem.values)
    price = np.where(hidden, 0.0, problem.cost)
    # Rise and fall are apart, so that the price of a change does not depend on its direction.
    rise = problem.most - problem.values
    fall = problem.values - problem.least
    lower = np.zeros(2 * count)
    upper = np.concatenate([rise, fall])
    lower[target] = upper[target] = problem.needed[target]
    upper[count + target] = 0.0
    found = linprog(
        np.concatenate([price, price]) + _TIE,
        A_eq=sparse.hstack([problem.relations, -problem.relations], format="csr"),
        b_eq=np.zeros(problem.sums.shape[0]),
        bounds=np.column_stack([lower, upper]),
        method="highs",
    )
    if found.x is None:
        raise ArithmeticError(found.message)
    change: Floats = found.x[:count] - found.x[count:]
    return change


_TIE = 1e-5
"""Price of any change: of two ways that cost the same, the one that changes least."""


def _spared(problem: Problem, hidden: Flags, ways: dict[int, Floats]) -> Flags:
    """Show again what no protected value needs, the most useful first."""
    hidden = hidden.copy()
    extra = np.flatnonzero(hidden & (problem.needed == 0))
    for one in extra[np.argsort(-problem.cost[extra], kind="stable")]:
        users = [target for target, way in ways.items() if abs(way[one]) > TOLERANCE]
        without = hidden.copy()
        without[one] = False
        others = {target: _way_within(problem, target, without) for target in users}
        if all(way is not None for way in others.values()):
            hidden = without
            ways.update({target: way for target, way in others.items() if way is not None})
    return hidden


def _way_within(problem: Problem, target: int, hidden: Flags) -> Floats | None:
    """Change in which a value is larger by its width and only hidden values change, or None."""
    lower = np.where(hidden, problem.least - problem.values, 0.0)
    upper = np.where(hidden, problem.most - problem.values, 0.0)
    lower[target] = upper[target] = problem.needed[target]
    found = linprog(
        np.zeros(len(lower)),
        A_eq=problem.relations,
        b_eq=np.zeros(problem.sums.shape[0]),
        bounds=np.column_stack([lower, upper]),
        method="highs",
    )
    way: Floats | None = found.x if found.status == 0 else None
    return way


def chosen_exact(problem: Problem) -> tuple[Flags, bool]:
    """Values to hide, at the least cost.

    Parameters
    ----------
    problem
        What is to be protected.

    Returns
    -------
    hidden : numpy.ndarray
        Whether each value is hidden, shape (cells + sums,).
    proven : bool
        Whether the programme ended by itself, at most 2% above the least cost. It stops at a
        number of rounds and nodes, never at a time, so that the answer is always the same.
        Otherwise `hidden` is that of `chosen_fast`.
    """
    best = chosen_fast(problem)
    fixed = (problem.needed > 0).astype(float)
    cuts: list[Floats] = []
    needs: list[float] = []
    hidden = fixed > 0
    for _round in range(_ROUNDS):
        made = [_cut(problem, int(target), hidden) for target in problem.targets]
        new = [
            (cut, problem.needed[t])
            for cut, t in zip(made, problem.targets, strict=True)
            if cut is not None
        ]
        if not new:
            better = problem.cost[hidden].sum() <= problem.cost[best].sum()
            return (hidden if better else best), True
        cuts += [cut for cut, _need in new]
        needs += [float(need) for _cut_, need in new]
        found = milp(
            problem.cost,
            constraints=LinearConstraint(sparse.csr_array(np.array(cuts)), np.array(needs), np.inf),
            integrality=np.ones(len(problem.cost)),
            bounds=Bounds(fixed, np.ones(len(problem.cost))),
            options={"mip_rel_gap": _GAP, "node_limit": _NODES},
        )
        if found.x is None:
            break
        hidden = found.x > 1 / 2
    return best, False


def _cut(problem: Problem, target: int, hidden: Flags) -> Floats | None:
    """What must be hidden besides, for a value that cannot vary enough; None if it can.

    The duals of the attacker's two problems bound how far the value can vary by a sum over the
    hidden values, and that bound holds for every choice of what to hide.
    """
    lower = np.where(hidden, problem.least - problem.values, 0.0)
    upper = np.where(hidden, problem.most - problem.values, 0.0)
    need = problem.needed[target]
    width = 0.0
    share = np.zeros(len(lower))
    for sign in (-1.0, 1.0):
        objective = np.zeros(len(lower))
        objective[target] = sign
        found = linprog(
            objective,
            A_eq=problem.relations,
            b_eq=np.zeros(problem.sums.shape[0]),
            bounds=np.column_stack([lower, upper]),
            method="highs",
        )
        width -= found.fun
        slope = found.lower.marginals + found.upper.marginals
        share += np.where(
            slope > 0,
            slope * (problem.values - problem.least),
            -slope * (problem.most - problem.values),
        )
    if width >= need - TOLERANCE:
        return None
    return np.where(share > TOLERANCE, np.minimum(share, need), 0.0)

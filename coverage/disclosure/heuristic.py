"""Which counts to hide besides the small ones: fast, one exposed count after the other.

Source of the method: Kelly, Golden and Assad (1992), Cell suppression: disclosure protection for
sensitive tabular data, Networks 22(4), 397-417.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from coverage.disclosure.problem import SLACK
from coverage.disclosure.reach import Pattern, exposed, weights_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.disclosure.problem import Flags, Floats, Problem

_TURNS = 12
_MORE = 2


def protect(problem: Problem, start: Pattern | None = None) -> Pattern:
    """Hide what must be hidden, and more until nothing is exposed.

    Parameters
    ----------
    problem
        What is to be protected.
    start
        What is hidden already; by default what must be.

    Returns
    -------
    Pattern
        In the worst case with all totals hidden.
    """
    pattern = start or Pattern(problem.cells.must.copy(), problem.totals.must.copy())
    more = 0
    for _turn in range(_TURNS):
        targets, _cuts = exposed(problem, pattern)
        if not targets:
            return pattern
        before = pattern
        for target in targets:
            pattern = _free(problem, pattern, target, more)
        # Where the ends are no whole numbers, a little more is needed.
        more += _same(before, pattern)
        if more > _MORE:
            break
    return all_totals(problem, pattern)


def all_totals(problem: Problem, pattern: Pattern) -> Pattern:
    """Hide all totals; and where the laws still tell something, the rest of the row."""
    pattern = Pattern(pattern.cells, problem.totals.may.copy())
    if exposed(problem, pattern)[0]:
        rows = np.isin(problem.row, problem.row[pattern.cells])
        pattern = Pattern(pattern.cells | (problem.cells.may & rows), pattern.totals)
    return pattern


def _same(one: Pattern, other: Pattern) -> bool:
    return bool((one.cells == other.cells).all() and (one.totals == other.totals).all())


def _free(problem: Problem, pattern: Pattern, target: int, more: int) -> Pattern:
    """Hide what lets a target move as far as it must, and `more`, at the least cost."""
    weights = weights_of(problem, target)
    need = _need(problem, target) + more
    for columns in _neighbourhoods(problem, pattern, weights):
        found = _cheapest(problem, pattern, weights, columns, need)
        if found is not None:
            return found
    return pattern


def _need(problem: Problem, target: int) -> float:
    cells = problem.cells
    return float(
        cells.need[target] if target < len(cells) else problem.totals.need[target - len(cells)]
    )


def _neighbourhoods(
    problem: Problem, pattern: Pattern, weights: Floats
) -> list[npt.NDArray[np.intp]]:
    """Cells that may move: first those near the target and those that are hidden, then all."""
    asked = weights != 0
    sizes = np.asarray(problem.members.sum(axis=1))
    mine = (problem.members @ asked > 0) & (sizes < sizes.max(initial=1))
    near = (problem.members[mine].T @ np.ones(mine.sum())) > 0
    rows = np.isin(problem.row, problem.row[asked])
    moving = pattern.cells | (problem.cells.shown_high > problem.cells.shown_low)
    every = problem.cells.may | moving
    return [np.flatnonzero((near | rows | moving) & every), np.flatnonzero(every)]


def _cheapest(
    problem: Problem,
    pattern: Pattern,
    weights: Floats,
    columns: npt.NDArray[np.intp],
    need: float,
) -> Pattern | None:
    """Two movements, up and down, that lie `need` apart together; None if there are none.

    Each movement has a part that costs nothing (within what is not known anyway) and a part for
    which a cell, or a total, must be hidden that is not.
    """
    cells, totals = problem.cells, problem.totals
    hidden = pattern.cells[columns]
    part = problem.members[:, columns]
    held = np.flatnonzero(np.diff(part.indptr))
    laws = problem.laws[:, columns]
    bound = np.flatnonzero(np.diff(laws.indptr))
    value = cells.value[columns]
    free_low = np.where(hidden, cells.low[columns], cells.shown_low[columns]) - value
    free_high = np.where(hidden, cells.high[columns], cells.shown_high[columns]) - value
    open_ = ~hidden & cells.may[columns]
    paid_high = np.where(open_, np.maximum(cells.high[columns] - value - free_high, 0), 0)
    paid_low = np.where(open_, np.maximum(free_low - cells.low[columns] + value, 0), 0)
    cost = cells.weight[columns] / need
    gone = pattern.totals[held]
    slack_low = np.where(gone, totals.low[held], totals.shown_low[held]) - totals.value[held]
    slack_high = np.where(gone, totals.high[held], totals.shown_high[held]) - totals.value[held]
    more = np.where(gone, 0, totals.high[held] - totals.low[held])
    n, m = len(columns), len(held)
    one = sparse.hstack([part[held], part[held], -part[held]])
    keep = sparse.eye_array(m)
    law = sparse.hstack(
        [laws[bound], laws[bound], -laws[bound], sparse.csr_array((len(bound), 2 * m))]
    )
    # free, up, down of the cells; then up and down of the totals
    block = sparse.vstack(
        [sparse.hstack([one, -keep, keep]), sparse.hstack([-one, keep, -keep]), law]
    )
    room = -(problem.laws[bound] @ cells.value)
    most = np.concatenate([slack_high, -slack_low, room])
    weight = np.concatenate([np.zeros(n), cost, cost, np.tile(totals.weight[held] / need, 2)])
    lower = np.concatenate([free_low, np.zeros(2 * n + 2 * m)])
    upper = np.concatenate([free_high, paid_high, paid_low, more, more])
    mine = weights[columns]
    goal = np.concatenate([mine, mine, -mine, np.zeros(2 * m)])
    answer = linprog(
        np.tile(weight, 2),
        A_ub=sparse.block_diag([block, block], format="csr"),
        b_ub=np.tile(most, 2),
        A_eq=sparse.csr_array(np.concatenate([goal, -goal])[None, :]),
        b_eq=[need],
        bounds=np.tile(np.column_stack([lower, upper]), (2, 1)),
        method="highs-ds",
    )
    if answer.status != 0:
        return None
    x = answer.x.reshape(2, -1) > SLACK
    used: Flags = x.any(axis=0)
    new_cells, new_totals = pattern.cells.copy(), pattern.totals.copy()
    new_cells[columns] |= used[n : 2 * n] | used[2 * n : 3 * n]
    new_totals[held] |= used[3 * n : 3 * n + m] | used[3 * n + m :]
    return Pattern(new_cells, new_totals)

"""How far each hidden count can move while all that is published stays true.

One linear programme for each end. Its dual values say which counts must be hidden as well
before it can move further: that is the cut of Fischetti and Salazar (2001).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.disclosure.problem import Flags, Floats, Problem

SLACK = 1e-6
"""What floating-point arithmetic may be off, in orders."""


class UnsolvedError(RuntimeError):
    """A linear programme without an answer."""


@dataclass(frozen=True, eq=False)
class Pattern:
    """Which cells and which totals are hidden, as flags."""

    cells: Flags
    totals: Flags


@dataclass(frozen=True, eq=False)
class Cut:
    """An inequality that holds for each pattern that protects: coefficients times it >= least."""

    cells: Floats
    totals: Floats
    least: float


class System:
    """All that is known when a pattern is published.

    Parameters
    ----------
    problem
        What is to be protected.
    pattern
        What is hidden.
    """

    def __init__(self, problem: Problem, pattern: Pattern) -> None:
        self.problem, self.pattern = problem, pattern
        cells, totals = problem.cells, problem.totals
        self.low = np.where(pattern.cells, cells.low, cells.shown_low)
        self.high = np.where(pattern.cells, cells.high, cells.shown_high)
        moving = self.high > self.low
        told = np.flatnonzero(~pattern.totals & (problem.members @ moving > 0))
        bound = np.flatnonzero(abs(problem.laws) @ moving > 0)
        # Rows of both kinds, each as at least .. at most.
        self.rows = sparse.vstack([problem.members[told], problem.laws[bound]], format="csr")
        self.told, self.bound = told, bound
        self.row_low = np.concatenate([totals.shown_low[told], np.full(len(bound), -np.inf)])
        self.row_high = np.concatenate([totals.shown_high[told], np.zeros(len(bound))])
        self._blocks(moving)
        self.lowest = cells.value.copy()
        self.highest = cells.value.copy()

    def _blocks(self, moving: Flags) -> None:
        """Split into parts that have nothing to do with each other."""
        inside = self.rows[:, moving]
        links = sparse.csr_array(abs(inside.T) @ abs(inside))
        _n, block = sparse.csgraph.connected_components(links, directed=False)
        self.block = np.full(len(self.low), -1)
        self.block[moving] = block

    def seen(self, cell: int) -> float:
        """How far apart a cell was seen in answers so far."""
        return float(self.highest[cell] - self.lowest[cell])

    def stretch(self, weights: Floats) -> float:
        """Highest value of a weighted sum of cells."""
        return self.extreme(weights)[0]

    def extreme(self, weights: Floats) -> tuple[float, Floats]:
        """Highest value of a weighted sum of cells, and the dual value of each row.

        Parameters
        ----------
        weights
            One a cell; 0 for all that is not asked for, shape (n,).

        Returns
        -------
        highest
            The value.
        dual
            Shape (rows,), for the minimum of the negated sum.
        """
        asked = weights != 0
        wanted = np.unique(self.block[asked])
        columns = np.flatnonzero(np.isin(self.block, wanted[wanted >= 0]))
        value = np.where(asked, weights * self.low, 0.0)[self.block < 0].sum()
        dual = np.zeros(self.rows.shape[0])
        if not len(columns):
            return float(value), dual
        part = self.rows[:, columns]
        held = np.flatnonzero(np.diff(part.indptr))
        part = part[held]
        rest = self.rows[held] @ np.where(np.isin(np.arange(len(self.low)), columns), 0, self.low)
        low, high = self.row_low[held] - rest, self.row_high[held] - rest
        same = high - low < SLACK
        most, least = ~same & np.isfinite(high), ~same & np.isfinite(low)
        answer = linprog(
            -weights[columns],
            A_eq=part[same],
            b_eq=(low[same] + high[same]) / 2,
            A_ub=sparse.vstack([part[most], -part[least]], format="csr"),
            b_ub=np.concatenate([high[most], -low[least]]),
            bounds=np.column_stack([self.low[columns], self.high[columns]]),
            method="highs-ds",
        )
        if answer.status != 0:
            raise UnsolvedError(answer.message)
        self.lowest[columns] = np.minimum(self.lowest[columns], answer.x)
        self.highest[columns] = np.maximum(self.highest[columns], answer.x)
        dual[held[same]] = answer.eqlin.marginals
        dual[held[most]] += answer.ineqlin.marginals[: most.sum()]
        dual[held[least]] -= answer.ineqlin.marginals[most.sum() :]
        return float(value - answer.fun), dual

    def cut(self, weights: Floats, up: Floats, down: Floats, need: float) -> Cut:
        """What must hold of a pattern before a sum of cells can move as far as it must.

        Parameters
        ----------
        weights
            Of the sum.
        up, down
            Dual values of its two extremes, see `extreme`.
        need
            How far apart these must lie.
        """
        cells, totals = self.problem.cells, self.problem.totals
        hidden_cells, hidden_totals = np.zeros(len(cells)), np.zeros(len(totals))
        shown = 0.0
        for dual, sign in ((up, -1.0), (down, 1.0)):
            # The dual of minimising sign * weights x: its value is linear in what is hidden.
            left = sign * weights - self.rows.T @ dual
            at_low = left > 0
            known = np.where(at_low, cells.shown_low, cells.shown_high)
            free = np.where(at_low, cells.low, cells.high)
            shown -= left @ known
            hidden_cells -= left * (free - known)
            of_totals = dual[: len(self.told)]
            at_low = of_totals > 0
            known = np.where(at_low, totals.shown_low[self.told], totals.shown_high[self.told])
            free = np.where(at_low, totals.low[self.told], totals.high[self.told])
            shown -= of_totals @ known
            hidden_totals[self.told] -= of_totals * (free - known)
        least = need - shown
        return Cut(
            np.clip(np.where(cells.may, hidden_cells, 0), 0, least),
            np.clip(np.where(totals.may, hidden_totals, 0), 0, least),
            least,
        )


def weights_of(problem: Problem, target: int) -> Floats:
    """The sum that a target is: a cell, or the total that comes that far after the last cell."""
    weights = np.zeros(len(problem.cells))
    if target < len(weights):
        weights[target] = 1.0
    else:
        row = problem.members[[target - len(weights)]]
        weights[row.indices] = 1.0
    return weights


def targets_of(problem: Problem, pattern: Pattern) -> npt.NDArray[np.intp]:
    """Cells, and totals behind them, that need protection in a pattern."""
    shown = not problem.rule.suppress
    cells = (pattern.cells | shown) & (problem.cells.need > 0)
    totals = pattern.totals & (problem.totals.need > 0)
    return np.flatnonzero(np.concatenate([cells, totals]))


def exposed(
    problem: Problem, pattern: Pattern, *, cuts: bool = False
) -> tuple[list[int], list[Cut]]:
    """Targets that can be bounded too closely, and for each the cut that says so.

    Parameters
    ----------
    problem
        What is to be protected.
    pattern
        What is hidden.
    cuts
        Whether the cuts are wanted; without them fewer programmes are solved.

    Returns
    -------
    targets : list of int
        See `targets_of`, in order.
    cuts : list of Cut
        One for each, or empty.
    """
    system = System(problem, pattern)
    need = np.concatenate([problem.cells.need, problem.totals.need])
    targets = targets_of(problem, pattern)
    cells = targets[targets < len(problem.cells)]
    _sweep(system, cells, need)
    found, made = [], []
    for target in targets:
        if target < len(problem.cells) and system.seen(target) >= need[target] - SLACK:
            continue
        weights = weights_of(problem, target)
        highest, up = system.extreme(weights)
        lowest, down = system.extreme(-weights)
        if wide(-lowest, highest) >= need[target] - SLACK:
            continue
        found.append(int(target))
        if cuts:
            made.append(system.cut(weights, up, down, need[target]))
    return found, made


def wide(low: float, high: float) -> float:
    """How many whole numbers lie between two bounds, less one."""
    return float(np.floor(high + SLACK) - np.ceil(low - SLACK))


def _sweep(system: System, cells: npt.NDArray[np.intp], need: Floats) -> None:
    """Move many cells at once: what is seen to move far enough needs no programme of its own."""
    left = cells
    for turn in range(_SWEEPS):
        left = np.array([cell for cell in left if system.seen(cell) < need[cell] - SLACK], int)
        if len(left) < _FEW:
            return
        weights = np.zeros(len(need[: len(system.low)]))
        # Opposite directions for neighbours, another half each time: sums stay as they are.
        weights[left] = np.where((np.arange(len(left)) >> (turn // 2)) & 1, 1.0, -1.0)
        system.extreme(weights if turn % 2 else -weights)


_SWEEPS = 12
_FEW = 4

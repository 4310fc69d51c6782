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

from coverage.disclosure.problem import SLACK, width

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.disclosure.problem import Flags, Floats, Problem


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


@dataclass(frozen=True, eq=False)
class _Part:
    """Conditions on the cells that a question is about, and on all that is tied to these."""

    columns: npt.NDArray[np.intp]
    equal: sparse.csr_array
    equal_to: Floats
    below: sparse.csr_array
    at_most: Floats
    rows_equal: npt.NDArray[np.intp]
    rows_most: npt.NDArray[np.intp]
    rows_least: npt.NDArray[np.intp]


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
        self.told = told
        self.row_low = np.concatenate([totals.shown_low[told], np.full(len(bound), -np.inf)])
        self.row_high = np.concatenate([totals.shown_high[told], np.zeros(len(bound))])
        self.rest = self.rows @ np.where(moving, 0.0, self.low)
        # Which parts have nothing to do with each other.
        inside = abs(self.rows[:, moving])
        ties = sparse.csr_array(inside.T @ inside)
        self.block = np.full(len(self.low), -1)
        self.block[moving] = sparse.csgraph.connected_components(ties, directed=False)[1]
        self.lowest = cells.value.copy()
        self.highest = cells.value.copy()
        self._parts: dict[tuple[int, ...], _Part] = {}

    def seen(self, cells: npt.NDArray[np.intp]) -> Floats:
        """How far apart each cell was seen in answers so far."""
        found: Floats = self.highest[cells] - self.lowest[cells]
        return found

    def extremes(self, goals: list[Floats]) -> tuple[Floats, Floats]:
        """Highest value of each of some weighted sums of cells, and the dual value of each row.

        Parameters
        ----------
        goals
            Weights, each one a cell, shape (n,).

        Returns
        -------
        highest
            One a goal.
        dual
            Shape (goals, rows), for the minimum of the negated sum.
        """
        highest = np.array([goal @ np.where(self.block < 0, self.low, 0.0) for goal in goals])
        dual = np.zeros((len(goals), self.rows.shape[0]))
        waiting: list[tuple[int, _Part]] = []
        for number, goal in enumerate(goals):
            blocks = np.unique(self.block[goal != 0])
            part = self._part(tuple(blocks[blocks >= 0].tolist()))
            if len(part.columns):
                waiting.append((number, part))
            if sum(len(one.columns) for _number, one in waiting) > _BATCH:
                self._solve(goals, waiting, highest, dual)
                waiting = []
        if waiting:
            self._solve(goals, waiting, highest, dual)
        return highest, dual

    def _part(self, blocks: tuple[int, ...]) -> _Part:
        if blocks not in self._parts:
            columns = np.flatnonzero(np.isin(self.block, blocks))
            rows = self.rows[:, columns]
            held = np.flatnonzero(np.diff(rows.indptr))
            rows = rows[held]
            low, high = self.row_low[held] - self.rest[held], self.row_high[held] - self.rest[held]
            same = high - low < SLACK
            most, least = ~same & np.isfinite(high), ~same & np.isfinite(low)
            self._parts[blocks] = _Part(
                columns,
                rows[same],
                (low[same] + high[same]) / 2,
                sparse.vstack([rows[most], -rows[least]], format="csr"),
                np.concatenate([high[most], -low[least]]),
                held[same],
                held[most],
                held[least],
            )
        return self._parts[blocks]

    def _solve(
        self,
        goals: list[Floats],
        asked: list[tuple[int, _Part]],
        highest: Floats,
        dual: Floats,
    ) -> None:
        """Answer some questions, in one programme: each has its own copy of its cells."""
        parts = [part for _number, part in asked]
        columns = np.concatenate([part.columns for part in parts])
        goal = np.concatenate([goals[number][part.columns] for number, part in asked])
        answer = linprog(
            -goal,
            A_eq=sparse.block_diag([part.equal for part in parts], format="csr"),
            b_eq=np.concatenate([part.equal_to for part in parts]),
            A_ub=sparse.block_diag([part.below for part in parts], format="csr"),
            b_ub=np.concatenate([part.at_most for part in parts]),
            bounds=np.column_stack([self.low[columns], self.high[columns]]),
            method="highs-ds",
        )
        if answer.status != 0:
            raise UnsolvedError(answer.message)
        np.minimum.at(self.lowest, columns, answer.x)
        np.maximum.at(self.highest, columns, answer.x)
        column = equal = below = 0
        for number, part in asked:
            end = column + len(part.columns)
            highest[number] += goal[column:end] @ answer.x[column:end]
            column = end
            end = equal + len(part.rows_equal)
            dual[number, part.rows_equal] = answer.eqlin.marginals[equal:end]
            equal = end
            end = below + len(part.rows_most)
            dual[number, part.rows_most] += answer.ineqlin.marginals[below:end]
            below = end
            end = below + len(part.rows_least)
            dual[number, part.rows_least] -= answer.ineqlin.marginals[below:end]
            below = end

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
    n = len(problem.cells)
    _sweep(system, targets[targets < n], need)
    found, made = [], []
    while len(targets):
        cells = targets < n
        done = np.zeros(len(targets), dtype=bool)
        done[cells] = system.seen(targets[cells]) >= need[targets[cells]] - SLACK
        targets = targets[~done]
        some, targets = targets[:_AT_ONCE], targets[_AT_ONCE:]
        weights = [weights_of(problem, target) for target in some]
        ends, dual = system.extremes([sign * one for one in weights for sign in (1.0, -1.0)])
        wide = width(-ends[1::2], ends[::2], whole=problem.cells.whole)
        for number, target in enumerate(some):
            up, down = 2 * number, 2 * number + 1
            if wide[number] < need[target] - SLACK:
                found.append(int(target))
                if cuts:
                    made.append(system.cut(weights[number], dual[up], dual[down], need[target]))
    return found, made


def _sweep(system: System, cells: npt.NDArray[np.intp], need: Floats) -> None:
    """Move many cells at once: what is seen to move far enough needs no programme of its own."""
    left = cells
    for turn in range(_SWEEPS):
        left = left[system.seen(left) < need[left] - SLACK]
        if len(left) < _AT_ONCE:
            return
        weights = np.zeros(len(system.low))
        # Opposite directions for neighbours, another half each time: sums stay as they are.
        weights[left] = np.where((np.arange(len(left)) >> (turn // 2)) & 1, 1.0, -1.0)
        system.extremes([weights if turn % 2 else -weights])


_SWEEPS = 12
_AT_ONCE = 24
"""Targets in one programme."""

_BATCH = 4_000
"""Columns of one programme, about."""

"""Which counts to hide besides the small ones: the least that protects, with proof.

Source of the method: Fischetti and Salazar (2001), Solving the cell suppression problem on tabular
data with linear constraints, Management Science 47(7), 1008-1027. An integer programme chooses what
to hide. Linear programmes look for a count that can then be bounded too closely, and each
that is found gives an inequality that every protecting choice meets.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from coverage.disclosure import heuristic
from coverage.disclosure.problem import SLACK
from coverage.disclosure.reach import Cut, Pattern, exposed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from coverage.disclosure.problem import Flags, Floats, Problem

ROUNDS = 10
NODES = 100
"""Limits of the search. They count steps, not seconds: the same table gives the same answer."""

GOOD = 0.01
"""Gap at which the search ends."""

_FEW = 20
_LAST = 5
"""When a choice is repaired: where so few counts are exposed, and in the last rounds."""


@dataclass(frozen=True)
class Found:
    """A pattern, and how far it may be from the best.

    Attributes
    ----------
    pattern
        What to hide.
    cost
        Sum of the weights of what is hidden.
    bound
        No pattern that protects costs less.
    """

    pattern: Pattern
    cost: float
    bound: float

    @property
    def gap(self) -> float:
        """How much dearer this is than the best, at most, as a part of its cost."""
        return max(0.0, 1 - self.bound / self.cost) if self.cost > 0 else 0.0


def protect(problem: Problem, rounds: int = ROUNDS, nodes: int = NODES) -> Found:
    """Hide the least that protects.

    Parameters
    ----------
    problem
        What is to be protected.
    rounds, nodes
        Limits: how often to look for new inequalities, and nodes of each search for a choice.

    Returns
    -------
    Found
        Where a limit is reached: the best that is known, by repair or by `heuristic.protect`.
    """
    cells, totals = problem.cells, problem.totals
    weight = np.concatenate([cells.weight, totals.weight])
    must = np.concatenate([cells.must, totals.must])
    may = np.concatenate([cells.may, totals.may])
    master = _Master(weight, must, may)
    master.add(_first(problem))
    bound = 0.0
    best = heuristic.protect(problem)
    for turn in range(rounds):
        chosen, least = master.solve(nodes)
        if chosen is None:
            break
        bound = max(bound, least)
        pattern = Pattern(chosen[: len(cells)], chosen[len(cells) :])
        targets, cuts = exposed(problem, pattern, cuts=True)
        if len(targets) <= _FEW or turn >= rounds - _LAST:
            repaired = heuristic.protect(problem, pattern)
            best = min(best, repaired, key=lambda one: _cost(one, weight))
        found = Found(best, _cost(best, weight), bound)
        if not targets or found.gap <= GOOD or not master.add(_conditional(problem, targets, cuts)):
            break
    return Found(best, _cost(best, weight), bound)


def _cost(pattern: Pattern, weight: Floats) -> float:
    return float(weight @ np.concatenate([pattern.cells, pattern.totals]))


class _Master:
    """The choice of what to hide, under the inequalities so far."""

    def __init__(self, weight: Floats, must: Flags, may: Flags) -> None:
        self.weight = weight
        self.bounds = Bounds(must.astype(float), (may | must).astype(float))
        self.rows: list[sparse.csr_array] = []
        self.least: list[float] = []
        self.known: set[bytes] = set()

    def add(self, cuts: Iterable[tuple[Floats, float]]) -> bool:
        """Add inequalities; False if all were there already."""
        before = len(self.rows)
        for row, least in cuts:
            scaled = np.where(abs(row) > SLACK, row, 0.0) / max(abs(least), 1.0)
            mark = np.round(np.append(scaled, least), 9).tobytes()
            if mark not in self.known:
                self.known.add(mark)
                self.rows.append(sparse.csr_array(scaled[None, :]))
                self.least.append(least / max(abs(least), 1.0))
        return len(self.rows) > before

    def solve(self, nodes: int) -> tuple[Flags | None, float]:
        """Cheapest choice and a bound of its cost."""
        if not len(self.weight):
            return np.zeros(0, dtype=bool), 0.0
        conditions = []
        if self.rows:
            rows = sparse.vstack(self.rows, format="csr")
            conditions = [LinearConstraint(rows, np.array(self.least) - SLACK, np.inf)]
        answer = milp(
            self.weight,
            integrality=np.ones(len(self.weight)),
            bounds=self.bounds,
            constraints=conditions,
            options={"node_limit": nodes, "mip_rel_gap": 1e-3},
        )
        if answer.x is None:
            return None, 0.0
        bound = answer.mip_dual_bound
        return answer.x > 1 / 2, float(bound if bound is not None else answer.fun)


def _conditional(
    problem: Problem, targets: list[int], cuts: list[Cut]
) -> Iterator[tuple[Floats, float]]:
    """Cuts as rows; that of a target that need not be hidden holds only where it is."""
    must = np.concatenate([problem.cells.must, problem.totals.must])
    for target, cut in zip(targets, cuts, strict=True):
        row, least = np.concatenate([cut.cells, cut.totals]), cut.least
        if not must[target]:
            row[target] -= least
            least = 0.0
        yield row, least


def _first(problem: Problem) -> Iterator[tuple[Floats, float]]:
    """What each total alone asks: in it others must be able to move against a hidden cell."""
    cells, totals = problem.cells, problem.totals
    up = np.maximum(cells.high - cells.value, 0)
    down = np.maximum(cells.value - cells.low, 0)
    if problem.rule.rounding is not None:
        return  # the rounding moves too: the programmes find what is lacking
    for total in range(len(totals)):
        inside = problem.members[[total]].indices
        freed = (totals.high[total] - totals.value[total], totals.value[total] - totals.low[total])
        for cell in inside[cells.must[inside]]:
            need = cells.need[cell]
            for one, other, least in (
                (down, freed[0], need - down[cell]),
                (up, freed[1], need - up[cell]),
                (up + down, sum(freed), need),
            ):
                row = np.zeros(len(cells) + len(totals))
                row[inside] = one[inside]
                row[len(cells) + total] = other
                row[cell] = 0.0
                fixed = np.concatenate([cells.must, totals.must])
                if least > SLACK and row[fixed].sum() < least - SLACK:
                    row[: len(cells)][~cells.may] = 0.0
                    yield np.minimum(row, least), least

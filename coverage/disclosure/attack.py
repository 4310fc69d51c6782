"""What anybody can calculate of protected counts, from the tables that are published.

This is the audit. It knows nothing of how the tables were made: it reads them as a reader would,
and shares no code with what chose the counts to hide.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import linprog

from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import numpy.typing as npt

    from coverage.editions import Edition

    Floats = npt.NDArray[np.float64]

MEASURES = ("imposed", "extended", "running", "ended")

LAW = (("extended", ("running", "imposed")), ("ended", ("running", "imposed")),
       ("running", ("extended", "ended")))  # fmt: skip
"""The first is no more than the other two together; see `coverage.disclosure.problem.LAWS`."""

_COUNTED = (FigureStatus.OBSERVED, FigureStatus.ENTERED, FigureStatus.SUPPRESSED)
_EXACT = 1e-6


class ContradictionError(ValueError):
    """Published tables that cannot all be true."""


@dataclass(frozen=True)
class Known:
    """All that the tables say.

    Attributes
    ----------
    cells
        One row a count of which a range is known: key (gm_code), measure, low, high.
    rows
        Matrix (sums x cells) of what is said of sums.
    low, high
        Between what each sum lies.
    sums
        Of the sums that are hidden: table, key, measure, and the cells they are of.
    """

    cells: pd.DataFrame
    rows: sparse.csr_array
    low: Floats
    high: Floats
    sums: list[tuple[str, str, str, npt.NDArray[np.intp]]]


def read(
    counts: pd.DataFrame,
    totals: pd.DataFrame,
    edition: Edition,
    laws: dict[str, Sequence[bool]] | None = None,
) -> Known:
    """Read published tables.

    Parameters
    ----------
    counts
        Published counts, indexed by gm_code.
    totals
        Published sums: region_set, region_code, and the measures, perhaps with bounds.
    edition
        Whose regions the sums are of.
    laws
        For each law, named by what is the smaller, in which rows of `counts` to believe it;
        without it nowhere.
    """
    names = [name for name in MEASURES if name in counts]
    parts = []
    for name in names:
        value = counts[name]
        low = counts.get(f"{name}_low", value).fillna(value)
        high = counts.get(f"{name}_high", value).fillna(value)
        parts.append(pd.DataFrame({"key": counts.index, "measure": name, "low": low, "high": high}))
    cells = pd.concat(parts, ignore_index=True)
    number = np.arange(len(cells)).reshape(len(names), -1).T
    known = cells[["low", "high"]].notna().all(axis=1).to_numpy().reshape(len(names), -1).T
    inside = _regions(counts, known[:, [names.index("imposed"), names.index("extended")]], edition)
    said: dict[tuple[int, ...], tuple[float, float]] = {}
    hidden = []
    for total in totals.to_dict("records"):
        key = (str(total["region_set"]), str(total["region_code"]))
        rows = inside.get(key, [])
        for column, name in enumerate(names if rows else []):
            members = number[rows, column]
            least, most = _ends(total, name)
            if not np.isnan(least):
                before = said.get(tuple(members), (-np.inf, np.inf))
                said[tuple(members)] = max(least, before[0]), min(most, before[1])
            elif known[rows, column].all():
                hidden.append((*key, name, members))
    matrix = [(np.array(members), np.ones(len(members))) for members in said]
    ends = list(said.values())
    for name, more in LAW:
        if laws and {name, *more} <= set(names):
            places = number[np.asarray(laws[name], dtype=bool)]
            for place in places[:, [names.index(one) for one in (name, *more)]]:
                matrix.append((place, np.array([1.0, -1.0, -1.0])))
                ends.append((-np.inf, 0.0))
    low_ends, high_ends = np.array(ends).reshape(-1, 2).T
    return Known(cells, _rows(matrix, len(cells)), low_ends, high_ends, hidden)


def _regions(
    counts: pd.DataFrame, known: npt.NDArray[np.bool_], edition: Edition
) -> dict[tuple[str, str], list[int]]:
    """Rows that the sum of each region is of, by region set and region."""
    counted = counts["count_status"].isin(_COUNTED).to_numpy() & known.all(axis=1)
    row = {code: number for number, code in enumerate(counts.index) if counted[number]}
    found = {("country", "NL"): list(row.values())}
    pairs = edition.regions[["region_set", "region_code", "gm_code"]]
    for region_set, region, code in pairs.itertuples(index=False):
        if code in row:
            found.setdefault((region_set, region), []).append(row[code])
    return {key: sorted(rows) for key, rows in found.items()}


def _ends(total: dict[Hashable, Any], name: str) -> tuple[float, float]:
    """Between what a sum lies, by what is published of it; NaN if nothing is."""
    value = float(total.get(name, np.nan))
    low, high = (float(total.get(f"{name}_{end}", np.nan)) for end in ("low", "high"))
    return value if np.isnan(low) else low, value if np.isnan(high) else high


def bounds(known: Known) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Between what each hidden count, and each hidden sum, must lie.

    Parameters
    ----------
    known
        What the tables say.

    Returns
    -------
    cells, sums : pandas.DataFrame
        table (``municipality`` or a region set), key, measure, low, high. Cells are those of
        which a range is known.

    Raises
    ------
    ContradictionError
        If the tables cannot all be true.
    """
    search = _Search(known)
    hidden = np.flatnonzero(search.high - search.low > _EXACT)
    low, high = search.ends(hidden)
    cells = known.cells.loc[hidden, ["key", "measure"]].assign(low=low, high=high)
    cells.insert(0, "table", "municipality")
    groups = {tuple(members): members for *_names, members in known.sums}
    ends = dict(zip(groups, search.sum_ends(list(groups.values())), strict=True))
    sums = pd.DataFrame(
        [(*names, *ends[tuple(members)]) for *names, members in known.sums],
        columns=["table", "key", "measure", "low", "high"],
    )
    return cells.reset_index(drop=True), sums


class _Search:
    """The range of each count, by linear programmes: one end a question."""

    def __init__(self, known: Known) -> None:
        self.low = known.cells["low"].to_numpy(dtype=float)
        self.high = known.cells["high"].to_numpy(dtype=float)
        free = self.high - self.low > _EXACT
        keep = abs(known.rows) @ free > 0
        rows = known.rows[keep]
        rest = rows @ np.where(free, 0, np.nan_to_num(self.low))
        rows = sparse.csr_array(rows * free[None, :])
        rows.eliminate_zeros()
        self.rows, self.row_low, self.row_high = (
            rows,
            known.low[keep] - rest,
            known.high[keep] - rest,
        )
        touching = sparse.csr_array(abs(rows).T @ abs(rows))
        part = sparse.csgraph.connected_components(touching, directed=False)[1]
        self.part_of = np.where(free, part, -1)
        self._pieces: dict[tuple[int, ...], _Piece] = {}
        # Of what stands in no sum, nothing more is known.
        bound = abs(rows).sum(axis=0) > 0
        self.least = np.where(bound, self.high, self.low)
        self.most = np.where(bound, self.low, self.high)

    def ends(self, cells: npt.NDArray[np.intp]) -> tuple[Floats, Floats]:
        """Lowest and highest value of each of these cells."""
        self._together(cells)
        low, high = (np.zeros(len(self.low), dtype=bool) for _end in range(2))
        while True:
            # An answer to one question often is the answer to another.
            low |= self.least <= self.low + _EXACT
            high |= self.most >= self.high - _EXACT
            down, up = cells[~low[cells]][:_AT_ONCE], cells[~high[cells]][:_AT_ONCE]
            questions = [self._goal([cell], 1.0) for cell in down]
            questions += [self._goal([cell], -1.0) for cell in up]
            if not questions:
                break
            found = self._lowest(questions)
            self.least[down], self.most[up] = found[: len(down)], -found[len(down) :]
            low[down], high[up] = True, True
        return self.least[cells], self.most[cells]

    def sum_ends(self, sums: list[npt.NDArray[np.intp]]) -> list[tuple[float, float]]:
        """Lowest and highest value of the sums of some cells."""
        found = self._lowest([self._goal(cells, sign) for cells in sums for sign in (1.0, -1.0)])
        return list(zip(found[::2].tolist(), (-found[1::2]).tolist(), strict=True))

    def _goal(self, cells: Sequence[int] | npt.NDArray[np.intp], weight: float) -> Floats:
        goal = np.zeros(len(self.low))
        goal[cells] = weight
        return goal

    def _together(self, cells: npt.NDArray[np.intp]) -> None:
        """Push many cells to their ends at once: an end that one answer reaches is known."""
        for turn in range(8):
            down = (np.arange(len(cells)) >> (turn // 2)) % 2 == turn % 2
            low = (self.least[cells] > self.low[cells] + _EXACT) & down
            high = (self.most[cells] < self.high[cells] - _EXACT) & ~down
            if low.sum() + high.sum() > _AT_ONCE:
                goal = np.zeros(len(self.low))
                goal[cells] = np.where(low, 1.0, np.where(high, -1.0, 0.0))
                self._lowest([goal])

    def _lowest(self, goals: list[Floats]) -> Floats:
        """Lowest value of each of some weighted sums of all cells."""
        free = self.part_of >= 0
        found = np.array([goal @ np.where(free | (goal == 0), 0.0, self.low) for goal in goals])
        asked: list[tuple[int, _Piece]] = []
        for number, goal in enumerate(goals):
            parts = np.unique(self.part_of[(goal != 0) & free])
            if len(parts):
                asked.append((number, self._piece(tuple(parts.tolist()))))
        while asked:
            size = np.cumsum([len(piece.columns) for _number, piece in asked])
            take = max(1, int(np.searchsorted(size, _COLUMNS)))
            some, asked = asked[:take], asked[take:]
            columns = np.concatenate([piece.columns for _number, piece in some])
            goal = np.concatenate([goals[number][piece.columns] for number, piece in some])
            answer = linprog(
                goal,
                A_ub=sparse.block_diag([piece.rows for _number, piece in some], format="csr"),
                b_ub=np.concatenate([piece.at_most for _number, piece in some]),
                bounds=np.column_stack([self.low[columns], self.high[columns]]),
                method="highs-ds",
            )
            if answer.status != 0:
                raise ContradictionError(f"the tables contradict each other: {answer.message}")
            np.minimum.at(self.least, columns, answer.x)
            np.maximum.at(self.most, columns, answer.x)
            start = 0
            for number, piece in some:
                end = start + len(piece.columns)
                found[number] += goal[start:end] @ answer.x[start:end]
                start = end
        return found

    def _piece(self, parts: tuple[int, ...]) -> _Piece:
        """What is said of the cells of some parts."""
        if parts not in self._pieces:
            columns = np.flatnonzero(np.isin(self.part_of, parts))
            rows = self.rows[:, columns]
            here = np.flatnonzero(np.diff(rows.indptr))
            rows, low, high = rows[here], self.row_low[here], self.row_high[here]
            least, most = np.isfinite(low), np.isfinite(high)
            self._pieces[parts] = _Piece(
                columns,
                sparse.vstack([rows[most], -rows[least]], format="csr"),
                np.concatenate([high[most], -low[least]]),
            )
        return self._pieces[parts]


@dataclass(frozen=True, eq=False)
class _Piece:
    """Sums over cells that are tied to each other: each at most a number."""

    columns: npt.NDArray[np.intp]
    rows: sparse.csr_array
    at_most: Floats


_AT_ONCE = 24
_COLUMNS = 4_000
"""Questions, and columns, in one programme: about."""


def _rows(rows: list[tuple[npt.NDArray[np.intp], Floats]], width: int) -> sparse.csr_array:
    matrix = sparse.lil_array((len(rows), width))
    for row, (at, values) in enumerate(rows):
        matrix[row, at] = values
    return sparse.csr_array(matrix)

"""A table of counts and its totals as numbers: which cells there are and what binds them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.disclosure.rule import Rule
    from coverage.editions import Edition

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

SLACK = 1e-6
"""What floating-point arithmetic may be off, in orders."""

MEASURES = ("imposed", "extended", "running", "ended")
"""Counts that are protected, where a table has them."""

OWN = (FigureStatus.OBSERVED, FigureStatus.ENTERED, FigureStatus.SUPPRESSED)
"""Statuses of the rows that published totals are of."""

LAWS: tuple[dict[str, int], ...] = (
    {"extended": 1, "running": -1, "imposed": -1},
    {"ended": 1, "running": -1, "imposed": -1},
    {"running": 1, "extended": -1, "ended": -1},
)
"""Sums of the measures of one municipality that are 0 at most, by law.

Who is extended, or whose order ends, was under an order at the start or came under one in the
period (art. 1:255 BW). Who is under one at the start is extended or leaves, as an order lasts a
year at most (art. 1:258 and 1:260 BW). An attacker knows this too.
"""


@dataclass(frozen=True, eq=False)
class Items:
    """Cells, or totals: n of them. What may be said of each.

    Attributes
    ----------
    value
        What it is.
    shown_low, shown_high
        Between what it is known to lie when it is published: both the value itself, or the
        range of what is rounded to the same number.
    low, high
        Between what it is known to lie when it is hidden, by the rule alone.
    need
        How far apart its bounds must be at least when it is hidden, or when it is shown in a
        table that is only rounded; 0 where nothing needs protection.
    may, must
        Whether it may be hidden; whether it must.
    weight
        What is lost by hiding it.
    """

    value: Floats
    shown_low: Floats
    shown_high: Floats
    low: Floats
    high: Floats
    need: Floats
    may: Flags
    must: Flags
    weight: Floats

    def __len__(self) -> int:
        return len(self.value)

    @property
    def whole(self) -> bool:
        """Whether all values are whole numbers, as counts of people are."""
        return bool((self.value == np.floor(self.value)).all())


def width(low: Floats, high: Floats, *, whole: bool) -> Floats:
    """How far apart bounds lie; of whole numbers, the whole numbers between them."""
    if not whole:
        return np.asarray(high - low)
    return np.asarray(np.floor(high + SLACK) - np.ceil(low - SLACK))


@dataclass(frozen=True, eq=False)
class Problem:
    """What is to be protected.

    Attributes
    ----------
    rule
        By which rule.
    cells
        One a municipality and measure of which the count is exactly known.
    totals
        One a distinct group of two or more municipalities, and measure.
    row, measure
        Position of the row in the table of counts, and of the measure in `MEASURES`, of each
        cell.
    members
        Matrix (totals x cells) of 0 and 1.
    groups
        Rows of the table of counts and measure that each total is of.
    laws
        Matrix (laws x cells): sums that are 0 at most; see `LAWS`.
    law_rows
        In which rows of the table of counts each of `LAWS` holds, shape (laws, rows).
    """

    rule: Rule
    cells: Items
    totals: Items
    row: npt.NDArray[np.intp]
    measure: npt.NDArray[np.intp]
    members: sparse.csr_array
    groups: list[tuple[frozenset[int], int]]
    laws: sparse.csr_array
    law_rows: npt.NDArray[np.bool_]


def build(
    counts: pd.DataFrame, usable: Flags, regions: dict[tuple[str, str], frozenset[int]],
    residents: Floats, rule: Rule,
) -> Problem:  # fmt: skip
    """Set up the problem of a table of counts.

    Parameters
    ----------
    counts
        Counts with bounds, n rows, sorted.
    usable
        Rows that published totals are of, shape (n,).
    regions
        Result of `groups_of`: the rows in each region.
    residents
        Residents under 18 of each row, NaN where not known, shape (n,).
    rule
        By which rule.
    """
    measures = [name for name in MEASURES if name in counts]
    cells, row, measure = _cells(counts, measures, residents, rule)
    place = np.full((len(counts), len(MEASURES)), -1)
    place[row, measure] = np.arange(len(row))
    found: dict[tuple[frozenset[int], int], npt.NDArray[np.intp]] = {}
    for group in sorted(set(regions.values()), key=sorted):
        rows = np.array(sorted(group))
        for name in measures:
            column = MEASURES.index(name)
            inside = place[rows, column]
            # A sum over counts of which one is not exact is no exact sum.
            if len(rows) > 1 and usable[rows].all() and (inside >= 0).all():
                found[group, column] = inside
    members = _matrix([(inside, np.ones(len(inside))) for inside in found.values()], len(row))
    laws, law_rows = _laws(place, cells, rule)
    return Problem(
        rule=rule,
        cells=cells,
        totals=_totals(cells, members, rule),
        row=row,
        measure=measure,
        members=members,
        groups=list(found),
        laws=laws,
        law_rows=law_rows,
    )


def groups_of(
    counts: pd.DataFrame, usable: Flags, apart: Flags, edition: Edition
) -> dict[tuple[str, str], frozenset[int]]:
    """Rows of the table that published totals are of, in each region and in the country.

    Parameters
    ----------
    counts
        Indexed by gm_code, with unit.
    usable
        Rows that published totals are of.
    apart
        Rows that no total is of, as extended is derived from other counts or they are called an
        estimate: a region with one has no total.
    edition
        Whose regions.

    Returns
    -------
    dict
        By region_set and region_code; a region of which no row is usable, or whose rows count
        different things, is left out.
    """
    position = pd.Series(np.arange(len(counts)), index=counts.index)[usable | apart]
    unit = counts["unit"].to_numpy() if "unit" in counts else np.full(len(counts), "children")
    pairs = edition.regions[["region_set", "region_code", "gm_code"]]
    pairs = pairs[pairs["gm_code"].isin(position.index)]
    rows = position.loc[pairs["gm_code"]].to_numpy()
    found: dict[tuple[str, str], frozenset[int]] = {}
    if len(position):
        found["country", "NL"] = frozenset(position)
    keys = [pairs["region_set"].to_numpy(), pairs["region_code"].to_numpy()]
    for (group, code), inside in pd.Series(rows).groupby(keys):
        found[str(group), str(code)] = frozenset(inside)
    return {
        key: rows
        for key, rows in found.items()
        if len({unit[row] for row in rows}) == 1 and not any(apart[row] for row in rows)
    }


def known(counts: pd.DataFrame, measure: str) -> pd.Series[bool]:
    """Whether a count is known, or the range of it."""
    value = counts[measure]
    ends = [counts.get(f"{measure}_{end}", value).fillna(value) for end in ("low", "high")]
    return ends[0].notna() & ends[1].notna()


def small_range(counts: pd.DataFrame, measure: str, rule: Rule) -> pd.Series[bool]:
    """Whether a range tells too much: it is narrow and holds small counts, or one is beside it."""
    low, high = counts[f"{measure}_low"], counts[f"{measure}_high"]
    told = pd.Series(sensitive(counts[measure].to_numpy(dtype=float), rule), index=counts.index)
    small = (low < rule.threshold) & ((high > 0) | rule.protect_zero) & rule.suppress
    return ~exact(counts, measure) & (told | (small & (high - low < rule.width)))


def exact(counts: pd.DataFrame, measure: str) -> pd.Series[bool]:
    """Whether a count is known, and not as a range."""
    value = counts[measure]
    low, high = (counts.get(f"{measure}_{end}", value) for end in ("low", "high"))
    return value.notna() & low.fillna(value).eq(value) & high.fillna(value).eq(value)


def rounded(value: Floats, rule: Rule, base: int) -> tuple[Floats, Floats, Floats]:
    """Round counts, and tell between what each is known to lie then.

    Returns
    -------
    value, low, high : numpy.ndarray
        Each of the shape of `value`.
    """
    shown = base * np.floor(value / base + 0.5)
    whole = value == np.floor(value)
    low = np.maximum(shown - np.where(whole, base // 2, base / 2), 0)
    high = shown + np.where(whole, (base + 1) // 2 - 1, base / 2)
    if rule.suppress:
        # What is shown is not hidden: so it is no small count, and a zero is one.
        low = np.minimum(shown, np.maximum(low, rule.threshold))
        zero = value == 0
        low, high = np.where(zero, 0.0, low), np.where(zero, 0.0, high)
        shown = np.where(zero, 0.0, shown)
    return shown, low, high


def sensitive(value: Floats, rule: Rule) -> Flags:
    """Whether a count is one that may point at a family."""
    if not rule.suppress:
        return np.zeros(len(value), dtype=bool)
    # A number that is rounded to less than the threshold would tell that it is not less.
    base = rule.rounding or 1
    shown = np.minimum(value, base * np.floor(value / base + 0.5))
    found: Flags = (shown < rule.threshold) & ((value > 0) | rule.protect_zero)
    return found


def _cells(
    counts: pd.DataFrame, measures: list[str], residents: Floats, rule: Rule
) -> tuple[Items, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    own = counts["count_status"].isin(OWN) if "count_status" in counts else True
    places = [np.flatnonzero(exact(counts, name) & own) for name in measures]
    row = np.concatenate([*places, np.zeros(0, dtype=np.intp)])
    measure = np.repeat([MEASURES.index(name) for name in measures], [len(p) for p in places])
    parts = [counts[name].to_numpy(float)[at] for name, at in zip(measures, places, strict=True)]
    value = np.concatenate([*parts, np.zeros(0)])
    bands = np.array([rule.band(one) for one in value], dtype=float).reshape(-1, 2)
    low, high = np.minimum(bands[:, 0], np.floor(value)), bands[:, 1]
    # More orders than children are in a table that counts something else.
    living = residents[row]
    high = np.where((living >= value) & (living < high), living, high)
    shown_low = shown_high = value
    if rule.rounding is not None:
        _shown, shown_low, shown_high = rounded(value, rule, rule.rounding)
    first = bands[:, 0] <= 1
    need = np.where(first, np.minimum(rule.width, high - low), 0.0)
    may = (value > 0) | rule.protect_zero
    if not rule.suppress:
        need, may = shown_high - shown_low, np.zeros(len(value), dtype=bool)
    must = sensitive(value, rule)
    weight = 1 + np.log2(1 + value / rule.threshold)
    return Items(value, shown_low, shown_high, low, high, need, may, must, weight), row, measure


def _totals(cells: Items, members: sparse.csr_array, rule: Rule) -> Items:
    value = np.asarray(members @ cells.value)
    shown_low = shown_high = value
    if rule.rounding is not None:
        _shown, shown_low, shown_high = rounded(value, rule, rule.rounding)
    fixed = ~cells.may
    low = np.asarray(members @ np.where(fixed, cells.shown_low, cells.low))
    high = np.asarray(members @ np.where(fixed, cells.shown_high, cells.high))
    small = low < rule.threshold
    need = np.where(small & rule.suppress, np.minimum(rule.width, high - low), 0.0)
    size = np.asarray(members.sum(axis=1), dtype=float)
    return Items(
        value,
        shown_low,
        shown_high,
        low,
        high,
        need,
        may=np.ones(len(value), dtype=bool),
        must=sensitive(value, rule),
        # A total is what the regions are compared by, and the more so the larger it is.
        weight=3 + size / 2,
    )


def _laws(place: npt.NDArray[np.intp], cells: Items, rule: Rule) -> tuple[sparse.csr_array, Flags]:
    """The laws, and where each holds: one that does not hold tells an attacker nothing."""
    found = []
    holds = np.zeros((len(LAWS), len(place)), dtype=bool)
    for number, law in enumerate(LAWS if rule.suppress else ()):
        inside = place[:, [MEASURES.index(name) for name in law]]
        signs = np.array(list(law.values()), dtype=float)
        full = np.flatnonzero((inside >= 0).all(axis=1))
        kept = full[cells.value[inside[full]] @ signs <= 0]
        holds[number, kept] = True
        found += [(inside[row], signs) for row in kept]
    return _matrix(found, len(cells)), holds


def _matrix(rows: list[tuple[npt.NDArray[np.intp], Floats]], width: int) -> sparse.csr_array:
    sizes = [len(at) for at, _values in rows]
    return sparse.csr_array(
        (
            np.concatenate([values for _at, values in rows] or [np.zeros(0)]),
            np.concatenate([at for at, _values in rows] or [np.zeros(0, dtype=np.intp)]),
            np.concatenate([[0], np.cumsum(sizes)]).astype(np.intp),
        ),
        shape=(len(rows), width),
    )

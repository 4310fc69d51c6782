"""Protect a table of counts: choose what is hidden, publish the rest, and audit the result."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from coverage.demand import SHARED_FROM
from coverage.demand_input import bound_extended, without_bounds_of_extended
from coverage.disclosure import attack, exact, heuristic
from coverage.disclosure import problem as problems
from coverage.disclosure.reach import Pattern
from coverage.disclosure.rule import Rule
from coverage.i18n import _
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.disclosure.problem import Flags, Floats, Problem
    from coverage.editions import Edition

    Method = Literal["auto", "exact", "heuristic"]
    Sums = pd.DataFrame
    """Bounds of the hidden sums, by table, key and measure."""

LARGE = 1_500
"""Cells from which on ``auto`` takes the heuristic."""


class UnprotectedError(RuntimeError):
    """No way was found to protect a table. Nothing of it may be published."""

    def __init__(self) -> None:
        super().__init__(
            _("These counts cannot be protected by this rule. Choose a lower threshold.")
        )


@dataclass(frozen=True, eq=False)
class Audit:
    """What `coverage.disclosure.attack` found.

    Attributes
    ----------
    protected
        Counts that were attacked: those that are hidden, or rounded.
    smallest
        Least distance between the bounds of any of them; NaN if there is none.
    short
        How many can be bounded closer than the rule allows. 0, or nothing is published.
    """

    protected: int
    smallest: float
    short: int


@dataclass(frozen=True, eq=False)
class Protected:
    """A table of counts that may leave.

    Attributes
    ----------
    counts
        Counts as they were given, indexed by gm_code and sorted. A hidden count is NaN
        and has the bounds that anybody can calculate from all that is published; its row has
        count_status ``suppressed``. A count that is rounded has the bounds of its rounding.
    totals
        Sums over the rows with both imposed and extended: region_set (``country`` too),
        region_code, and each measure with ``*_low`` and ``*_high``. NaN where a sum is hidden,
        or is no sum of exact counts.
    rule
        By which rule; None where nobody had to protect anything.
    method
        ``exact``, ``heuristic``, ``rounding``, or ``public`` (see `already_public`).
    gap
        How much more is lost than must be, at most (0.1 is 10%); NaN where that is not known.
    cells
        What is hidden: table, key, measure, primary (hidden because it is small). It never leaves.
    audit
        What can be found out.
    """

    counts: pd.DataFrame
    totals: pd.DataFrame
    rule: Rule | None
    method: str
    gap: float
    cells: pd.DataFrame
    audit: Audit

    def record(self) -> dict[str, Any]:
        """What may be told of the protection; nothing in it tells a hidden count.

        How many counts are hidden because they are small is not in it: where that is all of them,
        each would be known to be small.
        """
        inside = self.cells["table"].eq("municipality")
        return {
            "rule": self.rule.model_dump() if self.rule else None,
            "method": self.method,
            "hidden": {
                "counts": int(inside.sum()),
                "municipalities": int(self.cells.loc[inside, "key"].nunique()),
                "totals": int((~inside).sum()),
            },
            "audit": {
                "attacked": self.audit.protected,
                "narrowest": None if np.isnan(self.audit.smallest) else self.audit.smallest,
                "closer_than_allowed": self.audit.short,
            },
        }


def protect(
    counts: pd.DataFrame,
    edition: Edition,
    rule: Rule | None = None,
    *,
    method: Method = "auto",
    sums: bool = True,
) -> Protected:
    """Protect small counts.

    Parameters
    ----------
    counts
        Counts of a user, indexed by gm_code: imposed and extended, perhaps running and ended, each
        perhaps with ``*_low`` and ``*_high``; count_status, unit and what else the table has.
        What `coverage.small_area` has shared out stays as it is (it says so in a column that no
        file can hold); a count that is called an estimate or an example is protected.
    edition
        Whose municipalities and regions.
    rule
        By which rule; `Rule` by default.
    method
        ``exact`` hides the least that is possible, ``heuristic`` is faster, ``auto`` chooses by
        the size of the table. Both are audited.
    sums
        Whether sums over the rows are published too; without them each row is protected by itself.

    Returns
    -------
    Protected
        The same for the same table, in whatever order its rows are.

    Raises
    ------
    UnprotectedError
        If the audit finds a leak in whatever is tried; nothing may be published then.

    Notes
    -----
    A count that is given only as a range at least as wide as the rule asks, is shown as it is. One
    that is given as a narrower range that holds small numbers is hidden, as is a small number
    beside a range.

    What is promised is against whoever adds up and subtracts. Not defended is:

    - Who knows the rule knows that some hidden count is small, and that one which no sum could
      give away is: such a count is known to be less than the threshold, and nothing closer.
    - Who repeats the choice for every table that fits, knowing that as little as possible is
      hidden, can rule some of these out.
    - Who knows some of the counts, as a municipality knows its own, or a sum that another source
      has published, can subtract these.
    - What a user gives twice, with and without some rows, by two rules, or as regions that
      overlap in two tables, is protected each time by itself: publish one of the two.
    - What is given as a range is not held against the laws that tie the counts of one municipality.

    Sums of counts in different units are not published, nor those over rows that are called
    an estimate or an example.
    """
    rule = rule or Rule()
    table = _Table(counts, edition, rule, sums=sums)
    chosen = "heuristic" if _takes_heuristic(table.problem, method) else "exact"
    gap = np.nan
    if not rule.suppress:
        pattern, chosen = _withhold(table), "rounding"
    elif chosen == "exact":
        found = exact.protect(table.problem)
        pattern, gap = found.pattern, found.gap
    else:
        pattern = heuristic.protect(table.problem)
    made = table.published(pattern, chosen, gap)
    if made.audit.short:
        pattern = heuristic.all_totals(table.problem, pattern)
        made = table.published(pattern, chosen, np.nan)
    if made.audit.short:
        raise UnprotectedError
    return made


def already_public(counts: pd.DataFrame) -> Protected:
    """Counts that somebody else has published, as they are: to hide them would protect nobody.

    Parameters
    ----------
    counts
        Counts of a public source, for instance of `coverage.statline`, which CBS has rounded.

    Returns
    -------
    Protected
        With nothing hidden and no rule. It has no sums: those of the source are not known here.
    """
    given = counts.sort_index()
    given.attrs = {}
    columns = ["region_set", "region_code", "imposed", "extended"]
    totals = pd.DataFrame({name: pd.Series(dtype="str") for name in columns})
    totals[columns[2:]] = totals[columns[2:]].astype(float)
    cells = pd.DataFrame(columns=["table", "key", "measure", "primary"])
    return Protected(given, totals, None, "public", np.nan, cells, Audit(0, np.nan, 0))


def _takes_heuristic(problem: Problem, method: Method) -> bool:
    return method == "heuristic" or (method == "auto" and len(problem.cells) > LARGE)


def _withhold(table: _Table) -> Pattern:
    """In tables that are only rounded: hide the sums that tell more than the rounding does."""
    problem = table.problem
    pattern = Pattern(problem.cells.must.copy(), problem.totals.must.copy())
    while not pattern.totals.all():
        close = table.close(pattern)
        if not close.any():
            break
        # Of each count the smallest sum: one of many rounded counts tells little of each.
        part = problem.members[:, np.flatnonzero(close)].tocsc()
        part = sparse.csc_array(part * ~pattern.totals[:, None])
        part.eliminate_zeros()
        weight = problem.totals.weight[part.indices]
        first = [
            part.indices[start:end][weight[start:end].argmin()]
            for start, end in itertools.pairwise(part.indptr)
            if end > start
        ]
        if not first:
            break
        hidden = pattern.totals.copy()
        hidden[first] = True
        pattern = Pattern(pattern.cells, hidden)
    return pattern


class _Table:
    """A table of counts, ready to be published with one pattern or another.

    Parameters
    ----------
    counts, edition, rule, sums
        As for `protect`.
    """

    def __init__(
        self, counts: pd.DataFrame, edition: Edition, rule: Rule, *, sums: bool = True
    ) -> None:
        given = counts.sort_index()
        given.attrs = {}
        self.edition, self.rule = edition, rule
        self.measures = [name for name in problems.MEASURES if name in given]
        table = without_bounds_of_extended(given).copy()
        self.bounded = problems.known(given, "extended") & ~problems.known(table, "extended")
        status = (
            table["count_status"].astype(str)
            if "count_status" in table
            else pd.Series(FigureStatus.ENTERED.value, index=table.index)
        )
        # What a file calls its counts tells nothing of whose they are: only what was shared out
        # here is a count of nobody. The mark cannot come from a file.
        mark = table[SHARED_FROM] if SHARED_FROM in table else pd.Series("", table.index)
        shared = mark.fillna("").ne("") & status.eq(FigureStatus.ESTIMATED)
        own = ~shared
        as_counted = pd.Series(FigureStatus.ENTERED.value, table.index).mask(
            shared, FigureStatus.ESTIMATED.value
        )
        for name in self.measures:
            table[name] = table[name].astype(float)
            for end in ("low", "high"):
                bound = table.get(f"{name}_{end}", table[name])
                table[f"{name}_{end}"] = bound.astype(float).fillna(table[name])
        self.own = own
        both = problems.known(table, "imposed") & problems.known(table, "extended")
        # Of rows that were bounded only extended was derived: their other counts were counted.
        called = own & ~self.bounded & ~status.isin(problems.OWN)
        self.usable = (own & both & ~called).to_numpy()
        apart = (self.bounded | (called & both)).to_numpy()
        self.regions = problems.groups_of(table, self.usable, apart, edition) if sums else {}
        living = edition.municipalities["residents_0_17"].reindex(table.index).to_numpy(dtype=float)
        self.problem = problems.build(
            table.assign(count_status=as_counted), self.usable, self.regions, living, rule
        )
        self.ranges = {
            name: problems.small_range(table, name, rule) & own for name in self.measures
        }
        self.table = table.assign(count_status=status)
        columns = [*self.measures, *(n + end for n in self.measures for end in ("_low", "_high"))]
        self.columns = [*given.columns, *(name for name in columns if name not in given)]

    def published(self, pattern: Pattern, method: str, gap: float) -> Protected:
        """Publish all but what a pattern hides, and audit it."""
        counts, totals = self._shown(pattern)
        cells, sums = self._attack(counts, totals)
        needs = self._needs(pattern)
        width = self._width(cells, needs.index)
        short = int((width < needs - _EXACT).sum()) + self._short_sums(pattern, sums)
        hidden = self._hidden(pattern)
        for name in self.measures:
            codes = hidden.loc[hidden["measure"].eq(name), "key"]
            found = cells.reindex(pd.MultiIndex.from_product([codes, [name]]))
            counts.loc[codes, [f"{name}_low", f"{name}_high"]] = _outward(found)
        return Protected(
            self._finished(counts),
            self._with_bounds(totals, sums),
            self.rule,
            method,
            gap,
            self._cells(pattern, hidden),
            Audit(len(needs), float(width.min()) if len(needs) else np.nan, short),
        )

    def close(self, pattern: Pattern) -> Flags:
        """Cells that can be bounded closer than they need when a pattern is published."""
        cells, _sums = self._attack(*self._shown(pattern))
        needs = self._needs(pattern)
        width = self._width(cells, needs.index)
        flags = np.zeros(len(self.problem.cells), dtype=bool)
        flags[self._targets(pattern)[(width < needs - _EXACT).to_numpy()]] = True
        return flags

    def _shown(self, pattern: Pattern) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Both tables; what is hidden has the bounds that the rule alone tells."""
        counts, problem, base = self.table.copy(), self.problem, self.rule.rounding
        cells = problem.cells
        value, low, high = cells.value, cells.shown_low, cells.shown_high
        if base is not None:
            value, low, high = problems.rounded(cells.value, self.rule, base)
        value = np.where(pattern.cells, np.nan, value)
        low = np.where(pattern.cells, cells.low, low)
        high = np.where(pattern.cells, cells.high, high)
        for column, name in enumerate(problems.MEASURES):
            mine = problem.measure == column
            if mine.any():
                at = counts.index[problem.row[mine]]
                counts.loc[at, name] = value[mine]
                counts.loc[at, f"{name}_low"] = low[mine]
                counts.loc[at, f"{name}_high"] = high[mine]
        for name, small in self.ranges.items():
            for code in counts.index[small]:
                least, most = (counts.loc[code, f"{name}_{end}"] for end in ("low", "high"))
                band = self.rule.band(most)[1]
                counts.loc[code, f"{name}_low"] = min(self.rule.band(0)[0], np.floor(least))
                counts.loc[code, [name, f"{name}_high"]] = np.nan, band
        if base is not None:
            self._round_ranges(counts, base)
        hidden = self._hidden(pattern)["key"]
        counts.loc[hidden.unique(), "count_status"] = FigureStatus.SUPPRESSED.value
        return counts, self._totals(pattern, counts)

    def _round_ranges(self, counts: pd.DataFrame, base: int) -> None:
        """Round the values of ranges, and widen those narrower than the rounding, in place."""
        for name in self.measures:
            ends = counts[f"{name}_low"], counts[f"{name}_high"]
            shown = self.own & ~problems.exact(self.table, name) & ~self.ranges[name]
            narrow = shown & (ends[1] - ends[0] < base - 1)
            middle = counts[name].mask(narrow, (ends[0] + ends[1]) / 2)
            at = narrow | (shown & middle.notna())
            value, low, high = problems.rounded(middle[at].to_numpy(), self.rule, base)
            counts.loc[at, name] = np.where(counts.loc[at, name].isna(), np.nan, value)
            counts.loc[at, f"{name}_low"] = np.minimum(low, ends[0][at])
            counts.loc[at, f"{name}_high"] = np.maximum(high, ends[1][at])

    def _totals(self, pattern: Pattern, counts: pd.DataFrame) -> pd.DataFrame:
        """Sums of each region; a region of one municipality has the count of that."""
        totals = self.problem.totals
        value, low, high = totals.value, totals.shown_low, totals.shown_high
        if self.rule.rounding is not None:
            value, low, high = problems.rounded(value, self.rule, self.rule.rounding)
        number = {group: total for total, group in enumerate(self.problem.groups)}
        rows = []
        for (region_set, region_code), group in sorted(self.regions.items()):
            row: dict[str, Any] = {"region_set": region_set, "region_code": region_code}
            for name in self.measures:
                ends = [np.nan] * 3
                total = number.get((group, problems.MEASURES.index(name)))
                if len(group) == 1:
                    only = counts.iloc[min(group)]
                    ends = [only[f"{name}{end}"] for end in _ENDS]
                elif total is not None and not pattern.totals[total]:
                    ends = [value[total], low[total], high[total]]
                row |= {f"{name}{end}": one for end, one in zip(_ENDS, ends, strict=True)}
            rows.append(row)
        columns = [f"{name}{end}" for name in self.measures for end in _ENDS]
        made = pd.DataFrame(rows, columns=["region_set", "region_code", *columns])
        return made.astype(dict.fromkeys(columns, float))

    def _attack(self, counts: pd.DataFrame, totals: pd.DataFrame) -> tuple[pd.DataFrame, Sums]:
        laws = {
            name: self.problem.law_rows[number] for number, (name, _more) in enumerate(attack.LAW)
        }
        cells, sums = attack.bounds(attack.read(counts, totals, self.edition, laws))
        ends = sums.set_index(["table", "key", "measure"])[["low", "high"]]
        return cells.set_index(["key", "measure"])[["low", "high"]], ends

    def _targets(self, pattern: Pattern) -> npt.NDArray[np.intp]:
        tried = (pattern.cells | (not self.rule.suppress)) & (self.problem.cells.need > 0)
        return np.flatnonzero(tried)

    def _needs(self, pattern: Pattern) -> pd.Series[float]:
        """How wide the range of each count that is attacked must be, by gm_code and measure."""
        targets = self._targets(pattern)
        return pd.Series(self.problem.cells.need[targets], index=self._keys(targets))

    def _keys(self, cells: npt.NDArray[np.intp]) -> pd.MultiIndex:
        names = np.array(problems.MEASURES)[self.problem.measure[cells]]
        return pd.MultiIndex.from_arrays([self.table.index[self.problem.row[cells]], names])

    def _short_sums(self, pattern: Pattern, sums: Sums) -> int:
        """How many hidden sums can be bounded too closely."""
        totals = self.problem.totals
        keys = {group: key for key, group in self.regions.items()}
        short = 0
        for total in np.flatnonzero(pattern.totals & (totals.need > 0)):
            group, measure = self.problem.groups[total]
            key = (*keys[group], problems.MEASURES[measure])
            width = self._width(sums, pd.MultiIndex.from_tuples([key]))
            short += int(width.iloc[0] < totals.need[total] - _EXACT)
        return short

    def _width(self, cells: pd.DataFrame, keys: pd.Index) -> pd.Series[float]:
        ends = cells.reindex(keys)
        low, high = ends["low"].to_numpy(), ends["high"].to_numpy()
        wide = problems.width(low, high, whole=self.problem.cells.whole)
        return pd.Series(wide, index=keys)

    def _hidden(self, pattern: Pattern) -> pd.DataFrame:
        """Counts that are hidden: key, measure, and whether it is a small one."""
        at = np.flatnonzero(pattern.cells)
        table = self._keys(at).to_frame(index=False, name=["key", "measure"])
        parts = [table.assign(primary=self.problem.cells.must[at])]
        for name, small in self.ranges.items():
            codes = self.table.index[small].to_numpy()
            parts.append(pd.DataFrame({"key": codes, "measure": name, "primary": True}))
        return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)

    def _cells(self, pattern: Pattern, hidden: pd.DataFrame) -> pd.DataFrame:
        totals = [
            (region_set, region_code, problems.MEASURES[measure], must)
            for (group, measure), gone, must in zip(
                self.problem.groups, pattern.totals, self.problem.totals.must, strict=True
            )
            for (region_set, region_code), rows in self.regions.items()
            if gone and rows == group
        ]
        columns = ["table", "key", "measure", "primary"]
        sums = pd.DataFrame(totals, columns=columns)
        both = [hidden.assign(table="municipality")[columns], sums]
        found = pd.concat([one for one in both if len(one)] or both[:1], ignore_index=True)
        return found.sort_values(columns, ignore_index=True)

    def _finished(self, counts: pd.DataFrame) -> pd.DataFrame:
        """Counts with what follows of them for extended, as the table had it."""
        if self.bounded.any():
            derived = bound_extended(counts[self.bounded])
            counts.loc[self.bounded, derived.columns] = derived
        return counts[self.columns]

    @staticmethod
    def _with_bounds(totals: pd.DataFrame, sums: Sums) -> pd.DataFrame:
        """Sums with the bounds of what is hidden."""
        made = totals.set_index(["region_set", "region_code"])
        for measure, ends in sums.groupby(level="measure"):
            mine = ends.droplevel("measure")
            made.loc[mine.index, [f"{measure}_low", f"{measure}_high"]] = _outward(mine)
        return made.reset_index()


def _outward(ends: pd.DataFrame) -> Floats:
    """Whole numbers that hold some bounds: columns low, high."""
    low = np.floor(ends["low"].to_numpy(dtype=float) + _EXACT)
    high = np.ceil(ends["high"].to_numpy(dtype=float) - _EXACT)
    return np.column_stack([low, high])


_ENDS = ("", "_low", "_high")
_EXACT = 1e-6

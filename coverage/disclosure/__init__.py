"""Step 7 of the calculation: protect small counts before anything is made of them.

A small count of children may point at a family. Protection comes first: the counts are
protected once, as a table of municipalities with the sums of all regions, and everything else
is calculated from what is published of them. So a gap, a rank, a colour, another setting or
another file can tell no more than that table does.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from scipy import sparse

from coverage.disclosure import attack, suppression
from coverage.disclosure.rule import Rule
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import numpy.typing as npt

    from coverage.editions import Edition

    Floats = npt.NDArray[np.float64]
    Flags = npt.NDArray[np.bool_]

__all__ = ["MEASURES", "Protected", "Rule", "already_public", "protect"]

Method = Literal["auto", "exact", "fast"]

MEASURES = ("imposed", "extended", "running", "ended")
"""Counts that are protected, as far as a table has them."""

OWN = (FigureStatus.OBSERVED, FigureStatus.ENTERED)
"""Status of counts that are protected. Estimates shared out from a published sum tell nothing
of one municipality."""

COUNTRY = ("country", "NL")

_EXACT_UP_TO = 600
"""Municipalities up to which ``auto`` looks for the least that must be hidden."""


@dataclass(frozen=True)
class Protected:
    """What is published of a table of counts.

    Attributes
    ----------
    counts
        As the table that was given. A hidden count is NaN between bounds that anybody can
        calculate, and its row has the status ``suppressed``.
    totals
        Sum of each region over the municipalities in the table: region_set, region_code, and
        each measure with ``*_low``, ``*_high``; NaN where it is not published.
    rule
        That it was protected by.
    cells
        What is hidden: measure, kind (``municipality`` or ``sum``), key, and primary, whether
        it is small itself. This does not leave the tool: which of the hidden counts are small
        is a part of the secret.
    proven
        Whether no choice was found that hides noticeably less.
    """

    counts: pd.DataFrame
    totals: pd.DataFrame
    rule: Rule
    cells: pd.DataFrame
    proven: bool

    def record(self) -> dict[str, Any]:
        """What may be told of the protection."""
        hidden = self.cells.groupby("kind").size()
        return {
            "protected": True,
            "rule": self.rule.model_dump(),
            "hidden_counts": int(hidden.get("municipality", 0)),
            "hidden_sums": int(hidden.get("sum", 0)),
        }


@dataclass(frozen=True)
class _Sums:
    """Regions that are added up: their keys and who is in them, shape (sums, cells)."""

    keys: list[tuple[str, str]]
    members: sparse.csr_array


def protect(
    counts: pd.DataFrame, edition: Edition, rule: Rule | None = None, *, method: Method = "auto"
) -> Protected:
    """Protect small counts, and what would give them away.

    Parameters
    ----------
    counts
        Indexed by gm_code: imposed and extended (and if known running, ended) with bounds,
        count_status; see `coverage.demand_input.read_demand`. Rows of which a count is not
        known at all are left out: the calculation does not use them.
    edition
        Division of the codes; all its region sets, and the country, are sums that somebody may
        see.
    rule
        `Rule` by default.
    method
        ``exact`` hides as little as it can, ``fast`` is for large tables, ``auto`` chooses by
        size. Both are checked in the same way afterwards.

    Returns
    -------
    Protected
        The same for the same counts, whatever the order of the rows.

    Notes
    -----
    Who tries to calculate back is taken to know everything that is published, the rule, that
    counts are whole, and how many residents aged 0-17 a municipality has. When the check
    afterwards fails, all sums are hidden, which always passes.
    """
    rule = rule or Rule()
    table = _usable(counts).sort_index()
    own = table[table["count_status"].isin(OWN)]
    residents = edition.municipalities["residents_0_17"].reindex(own.index)
    published, totals, cells, proven = table.copy(), _regions(edition, own.index), [], True
    for measure in MEASURES:
        if measure not in own:
            continue
        known = own.index[_exact(own, measure)]
        if not len(known):
            continue
        values = own.loc[known, measure].to_numpy(dtype=float)
        most = np.fmax(residents.loc[known].fillna(np.inf).to_numpy(dtype=float), values)
        sums = _sums(edition, known, own.index)
        found = _protect_one(values, most, sums, rule, _method(method, len(known)))
        proven &= found.proven
        _put(published, known, measure, found, len(known))
        totals = _put_sums(totals, sums, measure, found, len(known))
        cells.append(_hidden_cells(measure, known, sums, found))
    hidden = [f"{measure}_hidden" for measure in MEASURES if f"{measure}_hidden" in published]
    some = published[hidden].fillna(value=False).astype(bool).any(axis=1)
    published["count_status"] = published["count_status"].mask(some, FigureStatus.SUPPRESSED.value)
    listed = pd.concat(cells, ignore_index=True) if cells else pd.DataFrame(columns=_CELLS)
    return Protected(
        published.drop(columns=hidden).reindex(table.index), totals, rule, listed, proven
    )


def already_public(counts: pd.DataFrame) -> Protected:
    """Counts that a publisher has protected itself: they are published as they are.

    Parameters
    ----------
    counts
        As for `protect`; for instance those of CBS, which rounds.
    """
    table = _usable(counts).sort_index()
    totals = pd.DataFrame(columns=["region_set", "region_code"])
    return Protected(table, totals, Rule(), pd.DataFrame(columns=_CELLS), proven=True)


_CELLS = ["measure", "kind", "key", "primary"]


def _usable(counts: pd.DataFrame) -> pd.DataFrame:
    """Rows that the calculation can use, with bounds."""
    table = counts.copy()
    for measure in MEASURES:
        for end in ("low", "high"):
            name = f"{measure}_{end}"
            if measure in table:
                given = table.get(name, np.nan)
                table[name] = pd.Series(given, index=table.index).fillna(table[measure])
    needed = [f"{measure}_{end}" for measure in MEASURES[:2] for end in ("low", "high")]
    return table.dropna(subset=needed)


def _exact(table: pd.DataFrame, measure: str) -> Flags:
    """Where a count is known as one whole number: what is a range already needs no protection."""
    value = table[measure]
    whole = value.notna() & (value == value.round())
    return (
        whole & (table[f"{measure}_low"] == value) & (table[f"{measure}_high"] == value)
    ).to_numpy()


def _method(method: Method, count: int) -> Method:
    if method != "auto":
        return method
    return "exact" if count <= _EXACT_UP_TO else "fast"


# --- regions ---------------------------------------------------------------------


def _members(edition: Edition, codes: pd.Index) -> pd.DataFrame:
    """Rows (region_set, region_code, gm_code) of all sums, sorted."""
    country = pd.DataFrame(
        {
            "region_set": COUNTRY[0],
            "region_code": COUNTRY[1],
            "gm_code": edition.municipalities.index,
        }
    )
    rows = pd.concat([edition.regions[["region_set", "region_code", "gm_code"]], country])
    rows = rows[rows["gm_code"].isin(codes)].drop_duplicates()
    return rows.sort_values(["region_set", "region_code", "gm_code"], ignore_index=True)


def _regions(edition: Edition, codes: pd.Index) -> pd.DataFrame:
    rows = _members(edition, codes)
    return rows[["region_set", "region_code"]].drop_duplicates(ignore_index=True)


def _sums(edition: Edition, known: pd.Index, own: pd.Index) -> _Sums:
    """Regions of which every municipality in the table has a known count."""
    rows = _members(edition, own)
    whole = rows["gm_code"].isin(known).groupby([rows["region_set"], rows["region_code"]]).all()
    keys = [(str(one), str(code)) for one, code in whole.index[whole]]
    place = pd.Series(range(len(keys)), index=pd.MultiIndex.from_tuples(keys)) if keys else None
    if place is None:
        return _Sums([], sparse.csr_array((0, len(known))))
    at = pd.MultiIndex.from_frame(rows[["region_set", "region_code"]])
    rows = rows.assign(sum=place.reindex(at).to_numpy()).dropna(subset=["sum"])
    columns = known.get_indexer(pd.Index(rows["gm_code"]))
    ones = np.ones(len(rows))
    shape = (len(keys), len(known))
    return _Sums(keys, sparse.csr_array((ones, (rows["sum"].astype(int), columns)), shape=shape))


# --- one measure -------------------------------------------------------------------


@dataclass(frozen=True)
class _Found:
    """What is published of cells and then sums: value (NaN if hidden) and bounds."""

    value: Floats
    low: Floats
    high: Floats
    hidden: Flags
    primary: Flags
    proven: bool


def _protect_one(values: Floats, most: Floats, sums: _Sums, rule: Rule, method: Method) -> _Found:
    """Protect the counts of one measure, and check it."""
    every = np.concatenate([values, sums.members @ values])
    highest = np.concatenate([most, sums.members @ most])
    primary = (every < rule.threshold) & (every >= (0 if rule.protect_zero else 1))
    # A zero that is published lets everybody know that what is hidden is not zero.
    least = np.where((every == 0) | rule.protect_zero, 0.0, 1.0)
    highest = np.where((every == 0) & (not rule.protect_zero), 0.0, highest)
    cells = len(values)
    hidden, proven = np.zeros(len(every), dtype=bool), True
    needed = np.where(primary, np.minimum(rule.width, highest - every), 0.0)
    if rule.suppress and primary.any():
        # A sum tells more than a municipality, and a large count more than a small one.
        cost = np.log1p(every) + np.where(np.arange(len(every)) >= cells, _SUM_COSTS, 1.0)
        problem = suppression.Problem(every, sums.members, least, highest, needed, cost)
        if method == "exact":
            hidden, proven = suppression.chosen_exact(problem)
        else:
            hidden, proven = suppression.chosen_fast(problem), False
    table = _Table(every, least, highest, primary, needed, sums)
    return _checked(table, hidden, rule, proven=proven)


_SUM_COSTS = 3.0


@dataclass(frozen=True)
class _Table:
    """Cells and then sums of one measure: what they are, and what anybody knows of them."""

    every: Floats
    least: Floats
    highest: Floats
    primary: Flags
    needed: Floats
    sums: _Sums


def _checked(table: _Table, hidden: Flags, rule: Rule, *, proven: bool) -> _Found:
    """Publish what is not hidden, and hide sums until the check passes."""
    members, every, primary = table.sums.members, table.every, table.primary
    cells = members.shape[1]
    while True:
        value, low, high = _shown(table, hidden, rule)
        wanted = np.flatnonzero(hidden | primary)
        found_low, found_high = attack.bounds(low, high, members, wanted)
        promised = table.needed[wanted] if rule.suppress else (high - low)[wanted]
        short = primary[wanted] & (found_high - found_low < promised)
        sums_shown = ~hidden[cells:]
        if not short.any() or not sums_shown.any():
            low[wanted], high[wanted] = found_low, found_high
            return _Found(value, low, high, hidden, primary, proven)
        # Of the sums that hold a count that is too easily found, the least useful goes first.
        exposed = np.zeros(len(every))
        exposed[wanted[short]] = 1.0
        holding = (members @ exposed[:cells] + exposed[cells:]) * sums_shown
        candidates = np.flatnonzero(holding if holding.any() else sums_shown)
        smallest = candidates[np.argsort(every[cells + candidates], kind="stable")[:_AT_ONCE]]
        hidden = hidden.copy()
        hidden[cells + smallest] = True


_AT_ONCE = 5
"""Sums that are hidden before the next check."""


def _shown(table: _Table, hidden: Flags, rule: Rule) -> tuple[Floats, Floats, Floats]:
    """Published value of each cell and sum, and what it is published to lie between."""
    every = table.every
    value, low, high = every.copy(), every.copy(), every.copy()
    if rule.rounding is not None:
        value = rule.rounding * np.floor(every / rule.rounding + 1 / 2)
        half = (rule.rounding - 1) // 2
        low, high = np.maximum(value - half, 0), value + rule.rounding - 1 - half
        if not rule.protect_zero and rule.suppress:
            low, high = np.where(every == 0, 0, low), np.where(every == 0, 0, high)
            low = np.where(every > 0, np.maximum(low, 1), low)
    value = np.where(hidden, np.nan, value)
    return value, np.where(hidden, table.least, low), np.where(hidden, table.highest, high)


# --- tables ------------------------------------------------------------------------


def _put(published: pd.DataFrame, known: pd.Index, measure: str, found: _Found, count: int) -> None:
    published.loc[known, measure] = found.value[:count]
    published.loc[known, f"{measure}_low"] = found.low[:count]
    published.loc[known, f"{measure}_high"] = found.high[:count]
    published.loc[known, f"{measure}_hidden"] = found.hidden[:count]


def _put_sums(
    totals: pd.DataFrame, sums: _Sums, measure: str, found: _Found, count: int
) -> pd.DataFrame:
    rows = pd.DataFrame(
        {
            "region_set": [one for one, _code in sums.keys],
            "region_code": [code for _one, code in sums.keys],
            measure: found.value[count:],
            f"{measure}_low": np.where(found.hidden[count:], np.nan, found.low[count:]),
            f"{measure}_high": np.where(found.hidden[count:], np.nan, found.high[count:]),
        }
    )
    return totals.merge(rows, on=["region_set", "region_code"], how="left")


def _hidden_cells(measure: str, known: pd.Index, sums: _Sums, found: _Found) -> pd.DataFrame:
    keys = [*known, *(f"{one}:{code}" for one, code in sums.keys)]
    kind = np.where(np.arange(len(keys)) < len(known), "municipality", "sum")
    table = pd.DataFrame({"measure": measure, "kind": kind, "key": keys, "primary": found.primary})
    return table[found.hidden].reset_index(drop=True)

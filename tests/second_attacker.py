"""Somebody else who calculates back: what is published goes in, and what must be true comes out.

Written apart from `coverage.disclosure` and from `tests.attacker`, and nothing of either is used:
two mistakes that are the same would hide each other. This one reads the rule too: what is shown
is not small, however it is rounded. It asks many questions in one programme, so that
it can try a thousand tables.
"""

import itertools

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

MEASURES = ("imposed", "extended", "running", "ended")
OWN = ("observed", "entered", "suppressed")
SLACK = 1e-6
AT_ONCE = 1_500
"""Unknown numbers in one programme: questions that are apart are put together up to here."""

LAWS = (
    # Who is extended or leaves was there, or came (art. 1:255 and 1:260 BW).
    {"extended": 1, "running": -1, "imposed": -1},
    {"ended": 1, "running": -1, "imposed": -1},
    # Nobody stays a year without being extended (art. 1:258 BW).
    {"running": 1, "extended": -1, "ended": -1},
)


class Reader:
    """Numbers with ends, and weighted sums of them with ends."""

    def __init__(self):
        self.keys, self.low, self.high, self.sums = {}, [], [], []

    def learn(self, key, low, high):
        """A number lies between two ends."""
        at = self.keys.setdefault(key, len(self.low))
        if at == len(self.low):
            self.low.append(0.0)
            self.high.append(np.inf)
        self.low[at] = np.fmax(self.low[at], low)
        self.high[at] = np.fmin(self.high[at], high)

    def learn_sum(self, weights, low, high):
        """A weighted sum of numbers lies between two ends."""
        at = np.array([self.keys[key] for key in weights], dtype=int)
        self.sums.append((at, np.array(list(weights.values()), dtype=float), low, high))

    def ranges(self, wanted, *, whole=False):
        """Least and most of each weighted sum in a list; with `whole`, numbers are whole."""
        low, high = np.array(self.low), np.array(self.high)
        loose = high - low > SLACK
        matrix, ends = self._rows(low, loose)
        links = abs(matrix.T) @ abs(matrix)
        block = sparse.csgraph.connected_components(links, directed=False)[1]
        found = np.zeros((len(wanted), 2))
        questions = []
        for number, weights in enumerate(wanted):
            at = np.array([self.keys[key] for key in weights], dtype=int)
            value = np.array(list(weights.values()), dtype=float)
            found[number] = (value * low[at])[~loose[at]].sum()
            at, value = at[loose[at]], value[loose[at]]
            if len(at):
                inside = np.flatnonzero(np.isin(block, block[at]) & loose)
                questions += [(number, side, at, value, inside) for side in (1.0, -1.0)]
        while questions:
            taken, size = [], 0
            while questions and (not taken or size + len(questions[-1][4]) <= AT_ONCE):
                taken.append(questions.pop())
                size += len(taken[-1][4])
            answers = _solved(taken, matrix, ends, (low, high), whole=whole)
            for (number, side, *_rest), value in zip(taken, answers, strict=True):
                found[number, 0 if side > 0 else 1] += value
        return found

    def range_of(self, weights):
        """Least and most of one weighted sum."""
        return tuple(self.ranges([weights])[0])

    def widths(self, keys, *, whole=False):
        """How far apart the ends of each of these numbers are."""
        ends = self.ranges([{key: 1.0} for key in keys], whole=whole)
        return ends[:, 1] - ends[:, 0]

    def _rows(self, low, loose):
        none = [np.zeros(0, dtype=int)]
        place = [np.full(len(at), row) for row, (at, *_rest) in enumerate(self.sums)]
        columns = [at for at, *_rest in self.sums]
        values = [weights for _at, weights, *_rest in self.sums]
        at = (np.concatenate([*place, *none]), np.concatenate([*columns, *none]))
        numbers = np.concatenate([*values, *none]).astype(float)
        every = sparse.csr_array((numbers, at), shape=(len(self.sums), len(low)))
        known = every @ np.where(loose, 0.0, low)
        ends = np.array([one[2:] for one in self.sums], dtype=float).reshape(-1, 2)
        free = sparse.csr_array(every @ sparse.diags_array(loose.astype(float)))
        free.eliminate_zeros()
        return free, ends - known[:, None]


def _solved(questions, matrix, ends, known, *, whole):
    """Answers of questions that have nothing to do with each other, from one programme."""
    blocks, rows, aims, columns = [], [], [], []
    for _number, side, at, value, inside in questions:
        part = matrix[:, inside]
        told = np.flatnonzero(np.diff(part.indptr))
        blocks.append(part[told])
        rows.append(told)
        aims.append(np.zeros(len(inside)))
        aims[-1][np.searchsorted(inside, at)] = side * value
        columns.append(inside)
    every, rows, aim = (np.concatenate(parts) for parts in (columns, rows, aims))
    system = sparse.block_diag(blocks, format="csr")
    least, most = ends[rows, 0], ends[rows, 1]
    limits = [end[every] for end in known]
    if whole:
        rule = LinearConstraint(system, least - SLACK, most + SLACK)
        answer = milp(aim, constraints=rule, bounds=Bounds(*limits), integrality=np.ones(len(aim)))
    else:
        same = most - least < SLACK
        under, over = ~same & np.isfinite(most), ~same & np.isfinite(least)
        answer = linprog(
            aim,
            A_eq=system[same],
            b_eq=(least[same] + most[same]) / 2,
            A_ub=sparse.vstack([system[under], -system[over]], format="csr"),
            b_ub=np.concatenate([most[under], -least[over]]),
            bounds=np.column_stack(limits),
            method="highs",
        )
    assert answer.x is not None, answer.message
    starts = np.cumsum([0, *map(len, columns)])
    parts = itertools.pairwise(starts)
    values = [(aim[a:b] * answer.x[a:b]).sum() for a, b in parts]
    return [value * one[1] for value, one in zip(values, questions, strict=True)]


def who_reads(counts, totals, rule, edition, lawful=()):
    """Somebody who knows what is published of a table, and the rule.

    `lawful` are municipalities that are known to keep `LAWS`.
    """
    reader = Reader()
    own = counts[counts["count_status"].isin(OWN)]
    residents = edition.municipalities["residents_0_17"]
    measures = [name for name in MEASURES if name in counts]
    for code, row in own.iterrows():
        for name in measures:
            value, *ends = (row[f"{name}{end}"] for end in ("", "_low", "_high"))
            reader.learn((code, name), *(ends if np.isnan(value) else shown(value, rule, ends)))
            if np.isnan(value) and row.get("unit") != "measures" and residents[code] >= ends[0]:
                reader.learn((code, name), 0, residents[code])
    for law in LAWS:
        for code in lawful:
            if set(law) <= set(measures) and (code, "imposed") in reader.keys:
                named = {(code, name): sign for name, sign in law.items()}
                reader.learn_sum(named, -np.inf, 0)
    told = totals.set_index(["region_set", "region_code"])
    for key, inside in groups(edition, own.index).items():
        for name in measures:
            value = told[name].get(key, np.nan) if name in told else np.nan
            if not np.isnan(value):
                ends = [told.get(f"{name}_{end}", told[name])[key] for end in ("low", "high")]
                weights = {(code, name): 1.0 for code in inside}
                reader.learn_sum(weights, *shown(value, rule, ends))
    return reader


def groups(edition, codes):
    """Those of `codes` in each region of each set, and in the country."""
    regions = edition.regions[edition.regions["gm_code"].isin(codes)]
    found = regions.groupby(["region_set", "region_code"])["gm_code"].agg(list).to_dict()
    return found | {("country", "NL"): list(codes)}


def shown(value, rule, ends):
    """Ends of a number that is shown, with what the rule tells of it."""
    low, high = ends if not np.isnan(ends[0]) else (value, value)
    base = rule.rounding or 1
    told_low, told_high = value - base // 2, value + (base + 1) // 2 - 1
    if low < told_low or high > told_high:
        return low, high  # a range that was given, and is no rounding
    if rule.suppress and high > 0:
        told_low = max(told_low, rule.threshold)
    low, high = max(low, told_low, 0), min(high, told_high)
    return min(low, high), high


def hidden(counts, rule):
    """Cells that a reader sees to be protected: hidden, or only rounded."""
    own = counts[counts["count_status"].isin(OWN)]
    names = [name for name in MEASURES if name in own]
    flags = own[names].isna() if rule.suppress else own[names].notna()
    return [(code, name) for name in names for code in own.index[flags[name]]]


def region_sums(edition, counts):
    """True sum of each region over the rows that a user counted: what a secret must agree with."""
    own = counts[counts["count_status"].isin(OWN)]
    names = [name for name in MEASURES if name in own]
    rows = {key: own.loc[inside, names].sum() for key, inside in groups(edition, own.index).items()}
    return pd.DataFrame(rows).T

"""Somebody who wants to know a protected count, and has everything that leaves the tool.

Nothing of `coverage.disclosure` is used here. Each published figure becomes something that is known
of a weighted sum of the counts; linear (or integer) programmes say how far each count can
still move when all of it is true at once.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

MEASURES = ("imposed", "extended", "running", "ended")
MINE = ("observed", "entered", "suppressed")
CLOSE = 2e-6  # tables are rounded to millionths


class Attacker:
    """Collects what is known.

    Parameters
    ----------
    counts
        Protected counts, as published.
    edition
        Whose regions and residents, which are public.
    totals
        Sums, as published.
    """

    def __init__(self, counts, edition, totals=None, *, lawful=False):
        self.edition, self.counts = edition, counts
        self.measures = [name for name in MEASURES if name in counts]
        self.number = {
            (code, name): i
            for i, (name, code) in enumerate((n, c) for n in self.measures for c in counts.index)
        }
        low, high = [], []
        living = edition.municipalities["residents_0_17"].reindex(counts.index).fillna(np.inf)
        for name in self.measures:
            value = counts[name].to_numpy(float)
            least = counts[f"{name}_low"].fillna(counts[name]).to_numpy(float)
            most = counts[f"{name}_high"].fillna(counts[name]).to_numpy(float)
            hidden = np.isnan(value)
            least = np.where(np.isnan(least), 0, least)
            most = np.where(np.isnan(most), np.inf, most)
            public = np.where(least <= living, living, np.inf)  # measures may outnumber children
            low.append(np.where(hidden, np.maximum(least, 0), least))
            high.append(np.where(hidden, np.minimum(most, public), most))
        self.low, self.high = np.concatenate(low), np.concatenate(high)
        self.facts = []
        self._said = set()
        used = counts["count_status"].isin(MINE)
        for name in ("imposed", "extended"):
            used &= counts[[f"{name}_low", f"{name}_high"]].notna().all(axis=1)
        self.used = set(counts.index[used])
        self.groups = defaultdict(list)
        for row in edition.regions.itertuples():
            self.groups[row.region_set, row.region_code].append(row.gm_code)
        self.groups["country", "NL"] = list(edition.municipalities.index)
        if totals is not None:
            self._read_totals(totals)
        if lawful:
            self._know_the_law()

    def know(self, weights, low, high):
        """Something that is known of a weighted sum of counts: ``low <= sum <= high``."""
        low, high = (float(end) if pd.notna(end) else np.nan for end in (low, high))
        low = -np.inf if np.isnan(low) else low
        high = np.inf if np.isnan(high) else high
        mark = (tuple(sorted(weights.items())), round(low, 6), round(high, 6))
        if mark in self._said:
            return
        self._said.add(mark)
        self.facts.append((weights, low, high))

    def _read_totals(self, totals):
        for row in totals.to_dict("records"):
            codes = [
                code
                for code in self.groups[row["region_set"], row["region_code"]]
                if code in self.used
            ]
            for name in self.measures:
                value = row.get(name, np.nan)
                low, high = (row.get(f"{name}_{end}", np.nan) for end in ("low", "high"))
                low, high = (value if np.isnan(end) else end for end in (low, high))
                self.know({self.number[code, name]: 1.0 for code in codes}, low, high)

    def _know_the_law(self):
        """Whoever is extended or leaves was there, and whoever was there does one of the two."""
        for code in self.counts.index:
            if len(self.measures) == len(MEASURES) and code in self.used:
                imposed, extended, running, ended = (self.number[code, n] for n in MEASURES)
                for one, other, third in (
                    (extended, running, imposed),
                    (ended, running, imposed),
                    (running, extended, ended),
                ):
                    self.know({one: 1.0, other: -1.0, third: -1.0}, np.nan, 0)

    # --- views and files ---

    def sees(self, assessment):
        """All figures of an assessment: municipalities, and the regions of each region set."""
        self.reads(assessment.table(), assessment.settings)
        for region_set in assessment.region_sets:
            self.sees_regions(assessment.regions(region_set), region_set, assessment)

    def reads(self, table, settings):
        """A table of municipalities, of the screen or of a file."""
        shares = (
            (settings.share_imposed, settings.share_extended_low),
            (settings.share_imposed, settings.share_extended_high),
        )
        for row in table.to_dict("records"):
            code = row["gm_code"]
            if row["count_status"] not in MINE or code not in self.used:
                continue
            cells = [self.number[code, name] for name in ("imposed", "extended")]
            for cell, name in zip(cells, ("imposed", "extended"), strict=True):
                if pd.notna(row[name]):
                    exact = float(self.counts.loc[code, f"{name}_low"]) == row[name]
                    if exact:
                        self.know({cell: 1.0}, row[name] - CLOSE, row[name] + CLOSE)
                    self.know({cell: 1.0}, row.get(f"{name}_low"), row.get(f"{name}_high"))
            of_low, of_high = (dict(zip(cells, share, strict=True)) for share in shares)
            self._of_demand(of_low, of_high, row, settings)

    def _of_demand(self, of_low, of_high, row, settings):
        """Demand, what of it is met, and the coordinators it takes."""
        scale = 1 / settings.children_per_family
        of_low, of_high = ({c: w * scale for c, w in one.items()} for one in (of_low, of_high))
        self.know(of_low, row["demand_low"] - CLOSE, np.nan)
        self.know(of_high, np.nan, row["demand_high"] + CLOSE)
        if row["gap_high"] > CLOSE and pd.notna(row["capacity_low"]) and "gm_code" in row:
            self.know(of_high, np.nan, row["gap_high"] + row["capacity_low"] + CLOSE)
        if row["gap_low"] > CLOSE and pd.notna(row["capacity_high"]) and "gm_code" in row:
            self.know(of_low, row["gap_low"] + row["capacity_high"] - CLOSE, np.nan)

    def sees_regions(self, table, region_set, assessment):
        """Totals of regions: of what was counted, the known estimates are taken off."""
        for code, row in table.iterrows():
            codes = self.groups[region_set, code]
            mine = [one for one in codes if one in self.used]
            if not mine or row["count_unit"] == "mixed":
                continue
            rest = assessment.counts.loc[[one for one in codes if one not in self.used]]
            for name in ("imposed", "extended"):
                cells = {self.number[one, name]: 1.0 for one in mine}
                low, high = (row[f"{name}_{end}"] - rest[f"{name}_{end}"].sum() for end in ENDS)
                self.know(cells, low - CLOSE, high + CLOSE)
                exact = low == high or (len(rest) and high - low < CLOSE)
                if pd.notna(row[name]) and exact:
                    value = row[name] - rest[name].sum()
                    self.know(cells, value - CLOSE, value + CLOSE)
            if len(rest):
                continue
            settings = assessment.settings
            of_low, of_high = {}, {}
            for one in mine:
                imposed, extended = (self.number[one, name] for name in ("imposed", "extended"))
                of_low |= {imposed: settings.share_imposed, extended: settings.share_extended_low}
                of_high |= {imposed: settings.share_imposed, extended: settings.share_extended_high}
            self._of_demand(of_low, of_high, row, settings)

    # --- the attack ---

    def ranges(self, cells, *, enough=np.inf, integer=False):
        """How far apart the bounds of each cell (gm_code, measure) are.

        The search for a cell stops where it is seen to move as far as `enough`.
        """
        free = self.high - self.low > CLOSE
        columns = np.flatnonzero(free)
        place = {column: i for i, column in enumerate(columns)}
        rows = []
        for weights, low, high in self.facts:
            inside = {place[c]: w for c, w in weights.items() if c in place}
            if not inside:
                continue
            rest = sum(w * self.low[c] for c, w in weights.items() if c not in place)
            rows.append((inside, low - rest, high - rest))
        matrix = sparse.lil_array((len(rows), len(columns)))
        for i, (inside, _low, _high) in enumerate(rows):
            matrix[i, list(inside)] = list(inside.values())
        matrix = matrix.tocsr()
        ends = np.array([row[1:] for row in rows]).reshape(-1, 2)
        self._system = (matrix, ends, self.low[columns], self.high[columns])
        seen = [np.full(len(columns), np.inf), np.full(len(columns), -np.inf)]
        found = {}
        for cell in cells:
            column = self.number[cell]
            if column not in place:
                found[cell] = 0.0
                continue
            at = place[column]
            extremes = []
            for sign in (1, -1):
                if seen[1][at] - seen[0][at] >= enough - CLOSE:
                    break
                goal = np.zeros(len(columns))
                goal[at] = sign
                answer = self._solve(goal, integer=integer)
                np.minimum(seen[0], answer, out=seen[0])
                np.maximum(seen[1], answer, out=seen[1])
                extremes.append(answer[at])
            found[cell] = float(seen[1][at] - seen[0][at])
        return found

    def _solve(self, goal, *, integer):
        matrix, ends, low, high = self._system
        if integer:
            answer = milp(
                goal,
                integrality=np.ones(len(goal)),
                bounds=Bounds(low, high),
                constraints=[LinearConstraint(matrix, ends[:, 0] - CLOSE, ends[:, 1] + CLOSE)]
                if len(ends)
                else [],
            )
        else:
            least, most = np.isfinite(ends[:, 0]), np.isfinite(ends[:, 1])
            answer = linprog(
                goal,
                A_ub=sparse.vstack([matrix[most], -matrix[least]]) if len(ends) else None,
                b_ub=np.concatenate([ends[most, 1], -ends[least, 0]]) if len(ends) else None,
                bounds=np.column_stack([low, high]),
            )
        assert answer.status == 0, answer.message
        return answer.x


ENDS = ("low", "high")


def protected(made):
    """Counts that are hidden, as (gm_code, measure)."""
    rows = made.cells[made.cells["table"] == "municipality"]
    return list(zip(rows["key"], rows["measure"], strict=True))


def small(made, counts):
    """Hidden counts that are small themselves: those of which the promise is."""
    rule = made.rule
    return [
        (code, name) for code, name in protected(made) if counts.loc[code, name] < rule.threshold
    ]

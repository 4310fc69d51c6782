"""Orders imposed and extended in a year, counted from a file with one row a measure.

No row of such a file is kept or written: what comes out are counts of municipalities.
"""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import _case_files
from coverage._case_files import NONE, OPEN, OTHER, PROVISIONAL, UNREADABLE, UNSAID, Cases
from coverage.faults import BadInputError, Fault
from coverage.geocode.gazetteer import gazetteer
from coverage.i18n import N_
from coverage.schema import DemandUnit
from coverage.vocabulary import FigureStatus

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Iterator

    import numpy.typing as npt

    from coverage.editions import Edition

    Days = npt.NDArray[np.int32]
    Flags = npt.NDArray[np.bool_]
    Places = npt.NDArray[np.int32]
    Rows = npt.NDArray[np.int64]

__all__ = ["Cases", "count_cases", "read_cases"]

LONGEST_TERM = 367
"""Days in which an order must be extended: a year, and a day for how ends are written."""

SHOWN_RANGES = 20
"""Ranges of rows that are named before the rest is only counted."""

_REASONS = (
    ("provisional", N_("Not counted, as they are provisional orders: {count} (row {rows}).")),
    ("other", N_("Not counted, as they are no supervision orders: {count} (row {rows}).")),
    ("unsaid", N_("Left out, as they do not say which measure it is: {count} (row {rows}).")),
    ("no_child", N_("Left out, as they have no number of the child: {count} (row {rows}).")),
    (
        "unreadable",
        N_(
            "Left out, as a date cannot be read: {count} (row {rows}). Write dates like "
            "2023-05-01 or 1-5-2023."
        ),
    ),
    ("no_start", N_("Left out, as they have no date of the start: {count} (row {rows}).")),
    ("future", N_("Left out, as they start in the future: {count} (row {rows}).")),
    ("backwards", N_("Left out, as they end before they start: {count} (row {rows}).")),
    ("repeated", N_("Left out, as they repeat another row: {count} (row {rows}).")),
    (
        "lapsed",
        N_(
            "Left out, as they run for more than a year without an extension: {count} (row {rows})."
        ),
    ),
    (
        "nowhere",
        N_(
            "Left out, as the municipality is not known or was divided: {count} (row {rows}). "
            "Add a postcode, or correct the municipality."
        ),
    ),
    ("outside", N_("Left out, as they lie outside the chosen area: {count} (row {rows}).")),
)
"""Why a row is not counted, in the order in which that is judged."""


def read_cases(path: str | os.PathLike[str]) -> Cases:
    """Read a file with one row a measure.

    Parameters
    ----------
    path
        CSV (any delimiter, any size) or a workbook, with columns for the child (a number or
        pseudonym), the start, the end (empty = not ended), the municipality (code or
        name of any year) or postcode, and if there are the dates of extension (one or
        more columns, or dates with ``;`` between them) and the kind of measure.

    Returns
    -------
    Cases
        Without the identifiers: these are hashed while reading, with a key that exists
        for this reading only, and only which rows are of one child is kept.

    Raises
    ------
    BadInputError
        If the file cannot be read or lacks a column. No message holds a value of the file.
    """
    return _case_files.read(Path(path))


def count_cases(
    cases: Cases,
    year: int,
    edition: Edition,
    *,
    within: Collection[str] | None = None,
    today: dt.date | None = None,
) -> pd.DataFrame:
    """Count the children per municipality whose order was imposed, extended, ran and ended.

    Parameters
    ----------
    cases
        From `read_cases`.
    year
        Calendar year that is counted.
    edition
        Municipal division to count by.
    within
        Codes of the municipalities of which the file has every order: each of them gets a
        row, and no other does: rows that lie elsewhere are left out, and told. None takes the
        municipalities that occur in the file.
    today
        Day on which the file is read; what lies after it has not happened yet.

    Returns
    -------
    pandas.DataFrame
        A table of counts, indexed by gm_code (sorted): imposed, extended, running (on
        1 January) and ended, each with ``*_low`` and ``*_high`` that equal it; count_status
        ``entered``, unit ``children``, period, source. ``attrs["warnings"]`` says which rows
        are not counted, by their number in the file; ``attrs["left_out"]`` how many, by reason.

    Raises
    ------
    BadInputError
        If no row can be counted.

    Notes
    -----
    The rules, with the articles of Book 1 of the Dutch Civil Code (BW):

    - An order lasts a year at most (art. 1:258) and is extended by a year at most each time
      (art. 1:260). Before 2015 both stood in art. 1:256 (old).
    - **Imposed**: children whose order began in the year and who were under no order the day
      before. A row that starts while an earlier order of the same child runs, or the day after
      its end, goes on with that order: it is no new one.
    - A provisional order (art. 1:257) is not counted. If it goes over into an order, that is one
      imposition, on the day on which the order itself began. (Without a column for the kind of
      measure the two rows are one order that begins with the provisional one.)
    - **Extended**: children with an extension that takes effect in the year. The dates of
      extension say when; in a file that has no column for these, each anniversary of the start on
      which the order still runs is one, as it cannot run longer without. A row that goes on
      where the former one of the child ended is an extension too. If only the
      municipality changed, it is a move: the year of the order goes on.
    - **Running**: children under an order on 1 January whose order began before that day.
    - **Ended**: children whose order ended in the year and was not followed by another.
    - A child counts once a year in each municipality for each of the four, and counts in
      the municipality of the row.
    """
    now = ((today or dt.datetime.now(tz=dt.UTC).date()) - dt.date(1970, 1, 1)).days
    codes = sorted(edition.demand.index)
    place = _places_of(cases, edition, codes)
    reason = _impossible(cases, now)
    orders = _Orders(cases, np.flatnonzero(reason == ""), place, year, now)
    reason[orders.repeated] = "repeated"
    reason[orders.row[orders.lapsed]] = "lapsed"
    reason[(reason == "") & (place < 0)] = "nowhere"
    placed = reason == ""
    if within is not None:
        inside = np.isin(np.array(codes), list(within))
        reason[placed & ~inside[place]] = "outside"
    counted = reason[orders.row] == ""
    told = tuple(_told(cases, reason, orders, within is not None))
    if not placed[orders.row].any():
        message = N_("No row of the file can be counted.")
        raise BadInputError([Fault(cases.file, None, "", "", message), *told])
    columns: dict[str, npt.NDArray[np.float64]] = {}
    for name, found in orders.events().items():
        numbers = _children(orders, found[counted[found]], len(codes))
        columns |= {f"{name}{end}": numbers for end in ("", "_low", "_high")}
    found_in = [codes[one] for one in np.unique(orders.place[counted])]
    wanted = found_in if within is None else within
    table = pd.DataFrame(columns, index=pd.Index(codes, name="gm_code"))
    table = table[table.index.isin(wanted)].assign(
        count_status=FigureStatus.ENTERED.value,
        unit=DemandUnit.CHILDREN.value,
        period=str(year),
        source=cases.file,
    )
    table.attrs["warnings"] = told
    left_out = reason[(reason != "") & (reason != "blank")]
    reasons, sizes = np.unique(left_out, return_counts=True)
    table.attrs["left_out"] = dict(zip(reasons.tolist(), sizes.tolist(), strict=True))
    return table


# --- rows -------------------------------------------------------------------


def _impossible(cases: Cases, now: int) -> npt.NDArray[np.str_]:
    """Why each row cannot be counted, by that row alone; empty text where it can."""
    child, start, end, kind = (
        cases.rows[name].to_numpy() for name in ("child", "start", "end", "kind")
    )
    dates = cases.extensions
    undated = np.zeros(len(cases), dtype=bool)
    undated[dates["row"].to_numpy()[dates["day"].eq(UNREADABLE).to_numpy()]] = True
    reasons = {
        "blank": (child < 0) & (start == NONE) & (end == NONE),
        "provisional": kind == PROVISIONAL,
        "other": kind == OTHER,
        "unsaid": kind == UNSAID,
        "no_child": child < 0,
        "unreadable": undated | (start == UNREADABLE) | (end == UNREADABLE) | (start == OPEN),
        "no_start": start == NONE,
        "future": start > now,
        "backwards": (end != NONE) & (end < start),
    }
    return np.select(list(reasons.values()), list(reasons), default="").astype("U12")


def _places_of(cases: Cases, edition: Edition, codes: list[str]) -> Places:
    """Position in `codes` of the municipality of each row; -1 where it is not known."""
    numbers = {code: number for number, code in enumerate(codes)}
    table = edition.postcodes["gm_code"]
    postcodes = {str(pc4): str(code) for pc4, code in table.items()}
    known = gazetteer(edition)

    def code_of(field: str, text: str) -> str:
        if field == "postcode":
            return postcodes.get(text.strip()[:4], "")
        found = known.municipality(_GEMEENTE.sub("", text.strip())).codes
        # Of a municipality that was divided, only a postcode says in which part.
        return found[0] if len(found) == 1 else ""

    place = np.full(len(cases), -1, dtype=np.int32)
    for field, texts in cases.places.items():
        found = [numbers.get(code_of(field, text), -1) for text in texts]
        place = np.where(place < 0, np.array(found, dtype=np.int32)[cases.rows[field]], place)
    return place


_GEMEENTE = re.compile(r"(?i)^(gemeente|gem\.)\s+")


# --- orders -----------------------------------------------------------------


class _Orders:
    """Orders by child and start, and what became of them in a year.

    Parameters
    ----------
    cases
        The file.
    usable
        Positions of the rows to take.
    place
        Municipality of each row of the file.
    year, now
        Year that is counted; the last day of which anything is known.
    """

    def __init__(self, cases: Cases, usable: Rows, place: Places, year: int, now: int) -> None:
        self.cases, self.year, self.now = cases, year, now
        self.first_day, self.next_year = _first_day(year), _first_day(year + 1)
        child, start, end = (
            cases.rows[name].to_numpy()[usable] for name in ("child", "start", "end")
        )
        end = np.where(end == NONE, OPEN, end)
        order = np.lexsort((place[usable], end, start, child))
        held = np.stack([child, start, end, place[usable]])[:, order]
        same = np.append(False, (held[:, 1:] == held[:, :-1]).all(axis=0))[: len(order)]
        self.row, self.repeated = usable[order[~same]], usable[order[same]]
        self.child, self.start, self.end, self.place = held[:, ~same]
        self._of_row = np.full(len(cases), -1)
        # A row that repeats another may still hold a date of extension of its own.
        self._of_row[usable[order]] = np.cumsum(~same) - 1
        self._join()
        self.dates, self.outside = self._extension_dates()
        self.lapsed = self._find_lapsed()

    def _join(self) -> None:
        """Put the rows of a child that go on from one another together."""
        # The latest end so far of the same child, in one pass: a child's keys lie above
        # those of the child before.
        above = self.child.astype(np.int64) << 32
        reach = np.maximum.accumulate(above + self.end) - above
        before = np.append(0, reach[:-1])[: len(reach)]
        own = np.append(False, self.child[1:] == self.child[:-1])[: len(reach)]
        self.goes_on = own & (self.start <= before + 1)
        former = np.append(-1, self.place[:-1])[: len(reach)]
        self.moved = self.goes_on & (self.place != former) & (self.place >= 0) & (former >= 0)
        later = self.start > np.append(0, self.start[:-1])[: len(reach)]
        self.extends = self.goes_on & ~self.moved & (self.end > before) & later
        self.chain = np.cumsum(~self.goes_on) - 1
        last = np.flatnonzero(np.append(~self.goes_on[1:], True)[: len(reach)])
        self.ends = reach[last][self.chain]

    def _extension_dates(self) -> tuple[tuple[Rows, Days], Rows]:
        """Order and day of each date of extension; rows of those outside their order."""
        row, day = (self.cases.extensions[name].to_numpy() for name in ("row", "day"))
        order = self._of_row[row]
        row, day, order = (one[(order >= 0) & (day != OPEN)] for one in (row, day, order))
        after = (day > self.start[order]) | (self.goes_on[order] & (day == self.start[order]))
        fits = after & (day < self.end[order])
        return (order[fits], day[fits]), np.unique(row[~fits])

    def _find_lapsed(self) -> Rows:
        """Orders after whose start, or extension, no other came within a year."""
        if "extension" not in self.cases.columns:
            return np.zeros(0, dtype=np.int64)
        # A row of another municipality may begin with an extension that the former lacks.
        begun = np.flatnonzero(~self.goes_on | self.extends | self.moved)
        last = np.flatnonzero(~self.goes_on)
        # What comes after the counted year says nothing of it, nor is it judged.
        horizon = min(self.next_year - 1, self.now)
        order = np.concatenate([begun, self.dates[0], last])
        day = np.concatenate([self.start[begun], self.dates[1], self.ends[last]])
        day = np.minimum(day, horizon)
        by_time = np.lexsort((day, self.chain[order]))
        order, day = order[by_time], day[by_time]
        together = self.chain[order][1:] == self.chain[order][:-1]
        return np.unique(order[:-1][together & (np.diff(day) > LONGEST_TERM)])

    def events(self) -> dict[str, Rows]:
        """Orders that were imposed, extended, ran and ended; see `count_cases`."""
        first, after = self.first_day, self.next_year
        this_year = (self.start >= first) & (self.start < after)
        begun = self.start < first
        # The last row of the child that began before the year, of an order that reached it.
        following = np.append(begun[1:] & self.goes_on[1:], False)[: len(begun)]
        running = begun & ~following & (self.ends >= first)
        ended = (self.end == self.ends) & (self.ends >= first) & (self.ends < after)
        extended = [np.flatnonzero(self.extends & this_year)]
        if "extension" in self.cases.columns:
            order, day = self.dates
            extended.append(order[(day >= first) & (day < after) & (day <= self.now)])
        else:
            extended.append(np.flatnonzero(self._has_anniversary()))
        return {
            "imposed": np.flatnonzero(~self.goes_on & this_year),
            "extended": np.concatenate(extended),
            "running": np.flatnonzero(running),
            "ended": np.flatnonzero(ended & (self.ends <= self.now)),
        }

    def _has_anniversary(self) -> Flags:
        """Whether an order runs on past the anniversary of its start in the year."""
        # After a move the year of the order goes on.
        begin = np.maximum.accumulate(np.where(self.moved, 0, np.arange(len(self.moved))))
        begun = self.start[begin].astype("datetime64[D]")
        month = begun.astype("datetime64[M]")
        year = begun.astype("datetime64[Y]")
        wanted = np.datetime64(str(self.year), "Y")
        moved_on = (wanted.astype("datetime64[M]") + (month - year)).astype("datetime64[D]")
        day = (moved_on + (begun - month)).astype(np.int64)
        inside = (day > self.start) | (self.goes_on & (day == self.start))
        found: Flags = (year < wanted) & inside & (day < self.end) & (day <= self.now)
        return found


def _first_day(year: int) -> int:
    return (dt.date(year, 1, 1) - dt.date(1970, 1, 1)).days


def _children(orders: _Orders, found: Rows, places: int) -> npt.NDArray[np.float64]:
    """Different children per municipality."""
    pairs = np.unique((orders.place[found].astype(np.int64) << 32) + orders.child[found])
    return np.bincount(pairs >> 32, minlength=places).astype(float)


# --- what is told -----------------------------------------------------------


def _told(
    cases: Cases, reason: npt.NDArray[np.str_], orders: _Orders, complete: bool
) -> Iterator[Fault]:
    """What the user should know of the counts."""
    yield from cases.remarks
    for name, message in _REASONS:
        yield from _remark(cases, message, np.flatnonzero(reason == name))
    yield from _remark(
        cases,
        N_("Dates of extension not used, as they lie outside their order: {count} (row {rows})."),
        orders.outside,
    )
    year, now = {"year": orders.year}, orders.now
    days = [orders.start, orders.ends[orders.ends <= now], orders.dates[1]]
    known = np.concatenate(days)
    if orders.next_year > now + 1:
        yield _warning(cases, N_("The year {year} is not over: the counts are those so far."), year)
    elif not len(known) or known.max() < orders.first_day:
        message = N_("The last date in the file lies before {year}: it says nothing of that year.")
        yield _warning(cases, message, year)
    if len(known) and known.min() >= orders.first_day:
        message = N_(
            "No order in the file began before {year}. If it holds only orders that began later, "
            "the numbers running and extended are too low."
        )
        yield _warning(cases, message, year)
    if not complete:
        message = N_(
            "The file is taken to hold every order of each municipality that occurs in it. If it "
            "does not, choose the area of which it does."
        )
        yield _warning(cases, message, {})


def _warning(cases: Cases, message: str, params: dict[str, int]) -> Fault:
    return Fault(cases.file, None, "", "", message, params, "warning")


def _remark(cases: Cases, message: str, positions: Rows) -> Iterator[Fault]:
    """Tell how many rows, and which."""
    if len(positions):
        lines = cases.rows.index.to_numpy()[positions]
        params = {"count": len(positions), "rows": _ranges(lines)}
        yield Fault(cases.file, None, "", "", message, params, "warning")


def _ranges(numbers: npt.NDArray[np.int64]) -> str:
    """Row numbers in short: ``2-5, 9``."""
    breaks = np.flatnonzero(np.diff(numbers) != 1)
    pairs = zip(numbers[[0, *(breaks + 1)]], numbers[[*breaks, -1]], strict=True)
    texts = [str(a) if a == b else f"{a}-{b}" for a, b in itertools.islice(pairs, SHOWN_RANGES)]
    return ", ".join(texts) + (", …" if len(breaks) >= SHOWN_RANGES else "")

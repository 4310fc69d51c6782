"""Find the place of an address that is edited, without asking another server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from coverage import geocode
from coverage.editions import EDITIONS
from coverage.geocode import locate
from coverage.tables import as_text
from coverage.ui import data
from coverage.ui.edit_draft import BY_HAND, STATED
from coverage.vocabulary import Precision

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.edits import Row

WRITTEN = ("address", "postcode", "place")
"""What somebody writes of an address; the rest follows from it."""

FOUND = ("x", "y", "gm_code", "precision")


@dataclass(frozen=True)
class Place:
    """Where an address is.

    Attributes
    ----------
    cells
        x, y, gm_code, edition and precision, as cells of the table of locations.
    words
        How it was found, in the language of the context; empty when nothing was looked up.
    """

    cells: Row
    words: str = ""

    @property
    def known(self) -> bool:
        """Whether there is a point or at least a municipality."""
        return bool(self.cells["x"] or self.cells["gm_code"])


def located(row: Mapping[str, str], start: Mapping[str, str], year: int) -> Place:
    """Where the address of a row is.

    Parameters
    ----------
    row
        Cells of a location, with `STATED` and `BY_HAND` as a draft has them.
    start
        The same before it was edited: what was known of an address that did not change, stays.
    year
        Edition to look in, where the row names none.

    Returns
    -------
    Place
        A point that somebody filled in stands. Otherwise the address is looked up in the tables
        of the edition; what is ambiguous stays unknown.
    """
    if row[BY_HAND]:
        code = row[STATED] or _code_at(row, year)
        return _place({**row, "gm_code": code}, year)
    asked = (*WRITTEN, STATED, "edition")
    if all(row[one] == start[one] for one in asked):
        return _place(row, year)
    cells = {**row, **dict.fromkeys(FOUND, ""), "precision": Precision.UNKNOWN.value}
    if not any(row[one].strip() for one in (*WRITTEN, STATED)):
        return _place(cells, year)
    division = data.edition(_year(row, year))
    given = {name: row[name] for name in WRITTEN} | {"municipality": row[STATED]}
    found = geocode.geocode(pd.DataFrame([given], dtype="str"), division)
    found[["x", "y"]] = found[["x", "y"]].round()  # no place is known to less than a metre
    cells |= {name: str(as_text(found[name]).iloc[0]) for name in FOUND}
    cells["gm_code"] = cells["gm_code"] or row[STATED]
    return _place(cells, year, str(geocode.words(found).iloc[0]))


def _code_at(row: Mapping[str, str], year: int) -> str:
    """Municipality of a point that was filled in; empty outside all, or while it is no point."""
    try:
        x, y = (float(row[one].replace(",", ".")) for one in ("x", "y"))
    except ValueError:
        return ""
    return str(locate.municipality_at([x], [y], data.edition(_year(row, year)))[0])


def _place(row: Mapping[str, str], year: int, words: str = "") -> Place:
    cells = {name: row[name] for name in FOUND}
    cells["precision"] = cells["precision"] or Precision.UNKNOWN.value
    # A code means nothing without its year; a year without a code is harmless, and says nothing.
    cells["edition"] = str(_year(row, year)) if cells["gm_code"] else ""
    return Place(cells, words)


def _year(row: Mapping[str, str], year: int) -> int:
    text = row["edition"].strip()
    return int(text) if text.isdigit() and int(text) in EDITIONS else year


def relocated(before: pd.DataFrame, after: pd.DataFrame, year: int) -> pd.DataFrame:
    """Table of locations in which addresses that were changed or added have their place.

    Parameters
    ----------
    before, after
        Tables as text.
    year
        Edition to look in.

    Returns
    -------
    pandas.DataFrame
        As `after`. A point or municipality that was typed stands; an address of which only the
        words changed is looked up anew.
    """
    old = before.drop_duplicates("location_id").set_index("location_id")
    was = old.reindex(after["location_id"]).set_axis(after.index)
    written, found = list(WRITTEN), list(FOUND)
    moved = (after[written] != was[written].fillna("")).any(axis=1)
    typed = (after[found] != was[found]).any(axis=1) & was["address"].notna()
    added = was["address"].isna()
    typed |= added & (after[["x", "gm_code"]] != "").any(axis=1)
    rows = after.index[moved & ~typed & (after[written] != "").any(axis=1)]
    if rows.empty:
        return after
    done = after.copy()
    done[found] = done[found].astype(object)
    given = after.loc[rows, written]
    result = geocode.geocode(given, data.edition(year))
    result[["x", "y"]] = result[["x", "y"]].round()
    for name in FOUND:
        done.loc[rows, name] = as_text(result[name]).astype(str)
    done.loc[rows, "precision"] = done.loc[rows, "precision"].replace("", Precision.UNKNOWN.value)
    done.loc[rows, "edition"] = done.loc[rows, "gm_code"].ne("").map({True: str(year), False: ""})
    return done.astype("str")

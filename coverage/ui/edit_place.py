"""Find the place of an address that is edited, without asking another server."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd
from rapidfuzz import fuzz, process

from coverage import geocode
from coverage.editions import EDITIONS
from coverage.geocode import locate
from coverage.geocode.address import street_key
from coverage.geocode.gazetteer import SIMILAR
from coverage.i18n import _
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
        of the edition; what is ambiguous stays unknown. The point of before stays where it is
        more precise and the address is the same one, written better.
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
    found = _looked_up(_frame(start), _frame(row), row[STATED], _year(row, year)).iloc[0]
    cells |= {name: str(found[name]) for name in FOUND}
    cells["gm_code"] = cells["gm_code"] or row[STATED]
    words = str(found["words"])
    if found["coarser"]:
        words += " " + _("The point of before was more precise, but it belongs to another address.")
    return _place(cells, year, words)


def _frame(row: Mapping[str, str]) -> pd.DataFrame:
    return pd.DataFrame([dict(row)], dtype="str")


def _looked_up(was: pd.DataFrame, now: pd.DataFrame, stated: str, year: int) -> pd.DataFrame:
    """Places of addresses of which the words changed.

    Parameters
    ----------
    was, now
        Locations as text by the same index, before and after; empty before where added.
    stated
        Municipality that they state themselves, if any.
    year
        Edition to look in.

    Returns
    -------
    pandas.DataFrame
        By the same index the columns of `FOUND` as text; words, empty where the point stays; and
        coarser: a point gave way to one that is less precise. The municipality that was known
        decides between places of one name. A point stays while the address is the same one,
        spelt otherwise or filled in further, and the tables know nothing better.
    """
    old, new = geocode.parse(was[list(WRITTEN)]), geocode.parse(now[list(WRITTEN)])
    there = _like(old["pc4"], new["pc4"], exactly=True) & _like(old["place"], new["place"])
    known = was["gm_code"].where(there, "")
    given = now[list(WRITTEN)].assign(municipality=stated or known)
    found = geocode.geocode(given, data.edition(year))
    result = found[["x", "y"]].round().join(found[["gm_code", "precision"]])
    result = result.apply(lambda column: as_text(column).astype("str"))
    result["words"] = geocode.words(found)

    rank = {"": len(Precision)} | {one.value: place for place, one in enumerate(Precision)}
    before = was["precision"].map(rank).mask(was["x"].ne("") & was["precision"].isin(_VAGUE), 0)
    finer = was["x"].ne("") & (before < found["precision"].map(rank))
    number = old["house_number"].eq("") | old["house_number"].eq(new["house_number"])
    street = old["street"].eq("") | new["street"].ne("") & _like(old["street"], new["street"])
    same = there & number & (street | old["postcode"].ne("") & old["postcode"].eq(new["postcode"]))
    contradicted = found["problems"].str.contains(geocode.GeocodeProblem.DISAGREES, regex=False)
    if stated:
        same &= was["gm_code"].isin(["", stated])
    stays = finer & same & ~contradicted
    kept = was[stays]
    result.loc[stays, list(FOUND)] = kept[list(FOUND)]
    result.loc[stays, "words"] = ""
    # Of another edition, or of none, the municipality is that of the point.
    recoded = kept[kept["gm_code"].eq("") | kept["edition"].ne(str(year))]
    x, y = (recoded[name].astype(float) for name in ("x", "y"))
    codes = locate.municipality_at(x, y, data.edition(year))
    result.loc[recoded.index, "gm_code"] = codes
    return result.assign(coarser=finer & ~stays)


_VAGUE = ("", Precision.UNKNOWN.value)


def _like(old: pd.Series[str], new: pd.Series[str], *, exactly: bool = False) -> pd.Series[bool]:
    """Whether two texts may be one name, or one of them is not filled in."""
    keys = old.map(street_key), new.map(street_key)
    least = 100.0 if exactly else SIMILAR
    alike = process.cpdist(*map(list, keys), scorer=fuzz.ratio) >= least
    return pd.Series(alike, index=old.index) | old.eq("") | new.eq("")


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
        words changed is looked up anew, see `located`.
    """
    was, rows = _moved(before, after)
    done = after.copy()
    if rows.any():
        cells = _looked_up(was[rows], after[rows], "", year)
        cells["edition"] = cells["gm_code"].ne("").map({True: str(year), False: ""})
        done.loc[rows, [*FOUND, "edition"]] = cells[[*FOUND, "edition"]]
    return done


def coarser(before: pd.DataFrame, after: pd.DataFrame, year: int) -> pd.DataFrame:
    """Rows of `after` of which `relocated` replaces the point by one that is less precise.

    Parameters
    ----------
    before, after, year
        As for `relocated`.
    """
    was, rows = _moved(before, after)
    if not rows.any():
        return after.iloc[:0]
    found = _looked_up(was[rows], after[rows], "", year)
    return after.loc[found.index[found["coarser"]]]


def _moved(before: pd.DataFrame, after: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series[bool]]:
    """Each row of `after` as it was, and whether its address is to be looked up anew."""
    old = before.drop_duplicates("location_id").set_index("location_id")
    was = old.reindex(after["location_id"]).set_axis(after.index)
    added = was["address"].isna()
    was = was.fillna("")
    written, found = list(WRITTEN), list(FOUND)
    moved = (after[written] != was[written]).any(axis=1)
    typed = ~added & (after[found] != was[found]).any(axis=1)
    typed |= added & (after[["x", "gm_code"]] != "").any(axis=1)
    return was, moved & ~typed & (after[written] != "").any(axis=1)

"""Change a register row by row: pure functions from tables to tables.

Between reading and saving a register is edited as text, as it would stand in a file. So what
somebody types is read and judged by the one reader there is, with the same messages.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from coverage import references, tables
from coverage.changes import KEYS
from coverage.register import Register
from coverage.schema import REGISTER
from coverage.vocabulary import (
    FigureStatus,
    Framework,
    Function,
    FunctionStatus,
    Precision,
    ServiceAreaType,
    Ternary,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from coverage.faults import Fault

Texts = dict[str, pd.DataFrame]
"""Tables of a register by name, every cell text; the index is 0, 1, 2, ..."""

Row = dict[str, str]
"""Cells of one row by column."""

_LETTER = {"providers": "P", "locations": "L", "offers": "O"}

FIRST_ROW = 2
"""Number of the first record of a table, as a spreadsheet and a fault count."""


def texts(register: Register) -> Texts:
    """Tables of a register as text.

    Parameters
    ----------
    register
        Any register; it is not changed.
    """
    return {name: _as_texts(table) for name, table in register.tables.items()}


def _as_texts(table: pd.DataFrame) -> pd.DataFrame:
    columns = {name: tables.as_text(table[name]) for name in table.columns}
    return pd.DataFrame(columns, dtype="str").reset_index(drop=True)


def build(edited: Mapping[str, pd.DataFrame], name: str = "") -> Register:
    """Check edited tables, and make a register of them.

    Parameters
    ----------
    edited
        See `Texts`.
    name
        Name of the register.

    Raises
    ------
    coverage.faults.BadInputError
        With every fault; the row of a fault is its place in the table and `FIRST_ROW`.
    """
    return Register.from_tables(**edited, name=name)


def empty_row(table: str) -> Row:
    """Row in which nothing is filled in.

    Parameters
    ----------
    table
        Name of a table of the register.
    """
    return dict.fromkeys(REGISTER[table].columns, "")


def new_row(table: str, year: int, taken: Collection[str]) -> Row:
    """Row that is added: what nobody has said yet is not known.

    Parameters
    ----------
    table
        Name of a table of the register.
    year
        Edition of its codes, unless it is changed.
    taken
        Identifiers that are in use.
    """
    row = empty_row(table) | {"status": FigureStatus.ENTERED.value}
    if table in _LETTER:
        row[KEYS[table][0]] = new_id(table, taken)
    if "edition" in row:
        row["edition"] = str(year)
    if table == "locations":
        row["precision"] = Precision.UNKNOWN.value
    if table == "offers":
        row |= {
            "framework": Framework.UNKNOWN.value,
            "long_term": Ternary.UNKNOWN.value,
            "assertive_outreach": Ternary.UNKNOWN.value,
            "service_area_type": ServiceAreaType.UNKNOWN.value,
            **{one.value: FunctionStatus.UNKNOWN.value for one in Function},
        }
    return row


def new_id(table: str, taken: Collection[str]) -> str:
    """Identifier for a new row.

    Parameters
    ----------
    table
        Name of a table of the register, not the inventory.
    taken
        Identifiers that are in use.

    Notes
    -----
    Not the next number: two people who add a row at the same time must not get the same one.
    """
    while True:
        made = f"{_LETTER[table]}-{uuid.uuid4().hex[:6]}"
        if made not in taken:
            return made


def find(table: pd.DataFrame, name: str, row: Mapping[str, str]) -> int | None:
    """Place of the row with the same key; None when there is none.

    Parameters
    ----------
    table
        Table as text.
    name
        Which table of the register it is.
    row
        Cells; at least those of `KEYS`.
    """
    same = pd.Series(True, index=table.index)
    for column in KEYS[name]:
        same &= table[column].eq(row[column])
    places = table.index[same]
    return int(places[0]) if len(places) else None


def put(table: pd.DataFrame, name: str, rows: Iterable[Mapping[str, str]]) -> pd.DataFrame:
    """Table in which rows take the place of those with the same key, or come at the end.

    Parameters
    ----------
    table
        Table as text; it is not changed.
    name
        Which table of the register it is.
    rows
        Whole rows.

    Examples
    --------
    >>> table = pd.DataFrame({"provider_id": ["P1"], "name": ["Een"]})
    >>> put(table, "providers", [{"provider_id": "P1", "name": "Een en al"}])
      provider_id       name
    0          P1  Een en al
    """
    keys = list(KEYS[name])
    added = pd.DataFrame([dict(row) for row in rows], columns=list(table.columns), dtype="str")
    added = added.fillna("").drop_duplicates(keys, keep="last")
    place = pd.Series(table.index, index=pd.MultiIndex.from_frame(table[keys]))
    place = place[~place.index.duplicated()]
    found = place.reindex(pd.MultiIndex.from_frame(added[keys])).to_numpy(dtype=float)
    there = ~np.isnan(found)
    places = pd.Index(found[there].astype(int))
    kept = table[~table.index.isin(places)]
    in_place = pd.concat([kept, added[there].set_axis(places)]).sort_index()
    done: pd.DataFrame = pd.concat([in_place, added[~there]], ignore_index=True)
    return done


def remove(edited: Texts, name: str, ids: Collection[str]) -> Texts:
    """Tables without some rows, and without what cannot be without them.

    Parameters
    ----------
    edited
        Tables; they are not changed.
    name
        ``providers``, ``locations`` or ``offers``.
    ids
        Identifiers of the rows to take out.

    Returns
    -------
    dict
        A provider takes its locations and offers along. An offer keeps when its location goes;
        an area round that location is unknown from then on.
    """
    column = KEYS[name][0]
    done = dict(edited)
    done[name] = _without(done[name], column, ids)
    if name == "providers":
        gone = done["locations"].loc[done["locations"][column].isin(ids), "location_id"]
        done["offers"] = _without(done["offers"], column, ids)
        done = remove(done, "locations", set(gone))
    if name == "locations":
        done["offers"] = _unplaced(done["offers"], ids)
    return done


def _without(table: pd.DataFrame, column: str, ids: Collection[str]) -> pd.DataFrame:
    kept: pd.DataFrame = table[~table[column].isin(ids)].reset_index(drop=True)
    return kept


def _unplaced(offers: pd.DataFrame, ids: Collection[str]) -> pd.DataFrame:
    """Offers of which the location is gone."""
    done = offers.copy()
    there = done["location_id"].isin(ids)
    round_it = there & done["service_area_type"].eq(ServiceAreaType.RADIUS)
    done.loc[there, "location_id"] = ""
    done.loc[round_it, "service_area"] = ""
    done.loc[round_it, "service_area_type"] = ServiceAreaType.UNKNOWN.value
    return done


def lost(edited: Texts, name: str, ids: Collection[str]) -> dict[str, int]:
    """What goes with some rows: how many rows of each table, those rows included.

    Parameters
    ----------
    edited, name, ids
        As for `remove`.

    Returns
    -------
    dict
        Rows of ``providers``, ``locations`` and ``offers`` that go; and under ``unplaced`` the
        offers that stay and lose their location.
    """
    after = remove(edited, name, ids)
    gone = {table: len(edited[table]) - len(after[table]) for table in _LETTER}
    gone["unplaced"] = 0
    if name == "locations":
        gone["unplaced"] = int(edited["offers"]["location_id"].isin(ids).sum())
    return gone


def read(name: str, row: Mapping[str, str]) -> Row:
    """Row as the reader of files understands it: dates, words and codes in their one spelling.

    Parameters
    ----------
    name
        Table of the register.
    row
        Its cells as they were typed; what cannot be read becomes empty.

    Examples
    --------
    >>> read("inventory", {"date": "13-7-2010", "complete": "ja"})["date"]
    '2010-07-13'
    """
    table = pd.DataFrame([{**empty_row(name), **row}], dtype="str")
    found = tables.examine(tables.cells_of(table, name), REGISTER[name]).table
    return {str(column): str(tables.as_text(found[column]).iloc[0]) for column in found}


def row_faults(name: str, row: Mapping[str, str]) -> list[Fault]:
    """What is wrong in one row by itself, before it is saved.

    Parameters
    ----------
    name
        Table of the register.
    row
        Its cells as they were typed; at least one is filled in.

    Returns
    -------
    list of Fault
        Errors and warnings. What it refers to in other rows is judged by `build`.
    """
    table = pd.DataFrame([{**empty_row(name), **row}], dtype="str")
    read = tables.examine(tables.cells_of(table, name), REGISTER[name])
    faults = [*read.faults, *references.edition_faults(name, read)]
    if name == "offers":
        faults += references.offer_warnings(read)
    return faults


def faults_of(
    faults: Iterable[Fault], name: str, places: Sequence[int]
) -> tuple[list[Fault], list[Fault]]:
    """Faults of some rows of a table, and all others.

    Parameters
    ----------
    faults
        Of `build`.
    name
        Table of the register.
    places
        Index of the rows in the table.
    """
    numbers = {place + FIRST_ROW for place in places}
    mine: list[Fault] = []
    others: list[Fault] = []
    for fault in faults:
        (mine if fault.file == name and fault.row in numbers else others).append(fault)
    return mine, others

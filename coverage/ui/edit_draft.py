"""One row that somebody is editing: what was typed so far, kept until it is saved or let go.

A draft lives in the session apart from the inputs, which forget when another page is drawn.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import streamlit as st

from coverage import edits
from coverage.changes import KEYS
from coverage.schema import REGISTER
from coverage.ui import area_picker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from coverage.edits import Row, Texts
    from coverage.faults import Fault

NEW = "+"
"""Instead of an identifier: an organisation or address that is added together with an offer."""

STATED, BY_HAND = "stated", "by_hand"
"""What a form of an address asks beside the columns: the municipality, and a point by hand."""

AREA = "edit_area"
"""Begins the keys of the inputs of the service area."""

SHARED = ("source", "source_date", "certainty", "status")
"""Columns that an organisation or address that is added with an offer takes over from it."""

_DRAFT = "edit_draft"
_FIELD = "edit_field"
_LONGEST_TITLE = 100


@dataclass
class Draft:
    """What is being edited.

    Attributes
    ----------
    table
        Table of the register.
    key
        Identifier of the row.
    base
        Revision that it is edited on.
    new
        Whether the row is not in that revision yet.
    rows
        Cells of the row; of an offer also of the organisation and the address that may be added
        with it, under the names of their tables.
    start
        The same at the beginning.
    tried
        Whether saving was tried, so that what still lacks is told.
    faults
        What saving met that the row by itself does not show.
    """

    table: str
    key: str
    base: int
    new: bool
    rows: dict[str, Row]
    start: dict[str, Row]
    tried: bool = False
    faults: list[Fault] = field(default_factory=list)

    @property
    def row(self) -> Row:
        """Cells of the row itself."""
        return self.rows[self.table]

    @property
    def changed(self) -> bool:
        """Whether anything differs from the beginning."""
        return any(self.rows[name] != self.start[name] for name in self.rows)

    @property
    def title(self) -> str:
        """Name of what is edited; empty while it has none."""
        row = self.row
        name = row["name"] or row.get("address", "") or row.get("place", "")
        return name if len(name) <= _LONGEST_TITLE else name[: _LONGEST_TITLE - 1] + "…"


def opened(edited: Texts, table: str, key: str, base: int) -> Draft:
    """Draft of a row that is there.

    Parameters
    ----------
    edited
        Tables of the revision `base` as text.
    table, key, base
        See `Draft`.
    """
    place = edits.find(edited[table], table, {KEYS[table][0]: key})
    row = {str(name): str(text) for name, text in edited[table].loc[place].items()}
    return _draft(edited, table, key, base, row, new=False)


def started(edited: Texts, table: str, year: int, base: int) -> Draft:
    """Draft of a row that is added.

    Parameters
    ----------
    edited
        Tables of the revision `base` as text.
    table, base
        See `Draft`.
    year
        Edition of its codes, unless it is changed.
    """
    column = KEYS[table][0]
    row = edits.new_row(table, year, set(edited[table][column]))
    return _draft(edited, table, row[column], base, row, new=True)


def copied(edited: Texts, draft: Draft, base: int) -> Draft:
    """Draft of a new row with the contents of another one.

    Parameters
    ----------
    edited
        Tables of the revision `base` as text.
    draft
        The other one.
    base
        See `Draft`.
    """
    column = KEYS[draft.table][0]
    key = edits.new_id(draft.table, set(edited[draft.table][column]))
    row = {name: draft.row[name] for name in REGISTER[draft.table].columns} | {column: key}
    made = _draft(edited, draft.table, key, base, row, new=True)
    made.start[draft.table][column] = ""  # as it is, it is new already: it can be saved
    return made


def _draft(edited: Texts, table: str, key: str, base: int, row: Row, *, new: bool) -> Draft:
    rows = {table: row}
    if table == "offers":
        for name in ("providers", "locations"):
            column = KEYS[name][0]
            own = edits.new_id(name, set(edited[name][column]))
            rows[name] = {**edits.empty_row(name), column: own}
    if "locations" in rows:
        place = rows["locations"]
        written = place["address"] or place["postcode"] or place["place"]
        rows["locations"] = {
            **place,
            STATED: "" if written else place["gm_code"],
            BY_HAND: "",
        }
    start = {name: dict(cells) for name, cells in rows.items()}
    return Draft(table, key, base, new, rows, start)


# --- in the session ---------------------------------------------------------


def current() -> Draft | None:
    """Draft of this session, with what its inputs hold now."""
    draft: Draft | None = st.session_state.get(_DRAFT)
    if draft is not None:
        collect(draft)
    return draft


def keep(draft: Draft | None) -> None:
    """Go on with another draft, or with none; the inputs forget the one before.

    Parameters
    ----------
    draft
        What to edit now. To be called before the inputs are drawn.
    """
    for key in list(st.session_state):
        if str(key).startswith(f"{_FIELD}:"):
            del st.session_state[key]
    area_picker.clear(AREA)
    if draft is None:
        st.session_state.pop(_DRAFT, None)
    else:
        st.session_state[_DRAFT] = draft


def key_of(table: str, column: str) -> str:
    """Key in the session of the input of a column."""
    return f"{_FIELD}:{table}:{column}"


def collect(draft: Draft) -> None:
    """Take over what the inputs hold."""
    for name, row in draft.rows.items():
        for column in row:
            key = key_of(name, column)
            if key in st.session_state:
                row[column] = _text(st.session_state[key])
    if draft.table == "offers":
        draft.row.update(area_picker.typed(AREA, draft.row))


def _text(value: object) -> str:
    if value is None or value is False:
        return ""
    return "yes" if value is True else str(value)


# --- what is saved ----------------------------------------------------------


def whole(draft: Draft, located: Mapping[str, str]) -> dict[str, Row]:
    """Rows that a draft puts into the tables, by table.

    Parameters
    ----------
    draft
        What is edited.
    located
        Cells of the address that follow from it: x, y, gm_code, edition, precision.
    """
    made = {draft.table: dict(draft.row)}
    if draft.table == "locations":
        made["locations"] |= located
    if draft.table == "offers":
        offer = made["offers"]
        shared = {name: offer[name] for name in SHARED}
        if offer["provider_id"] == NEW:
            made["providers"] = {**draft.rows["providers"], **shared}
            offer["provider_id"] = made["providers"]["provider_id"]
        if offer["location_id"] == NEW:
            made["locations"] = {
                **draft.rows["locations"],
                **located,
                **shared,
                "provider_id": offer["provider_id"],
            }
            offer["location_id"] = made["locations"]["location_id"]
    # The organisation comes first: the other two refer to it.
    made = {name: made[name] for name in REGISTER if name in made}
    return {
        name: {column: row[column] for column in REGISTER[name].columns}
        for name, row in made.items()
    }


def put(edited: Texts, rows: Mapping[str, Row]) -> tuple[Texts, dict[str, int]]:
    """Tables with the rows of a draft in them, and the place of each.

    Parameters
    ----------
    edited
        Tables as text.
    rows
        Result of `whole`.
    """
    after = dict(edited)
    places = {}
    for name, row in rows.items():
        after[name] = edits.put(after[name], name, [row])
        places[name] = edits.find(after[name], name, row) or 0
    return after, places

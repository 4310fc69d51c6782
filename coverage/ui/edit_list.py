"""The rows to choose from, with what is not known or not proven of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage import criteria
from coverage.gap_table import alphabet
from coverage.i18n import N_, _, ngettext, number
from coverage.register_labels import TABLE, word
from coverage.ui import change_list, grid
from coverage.ui.edit_form import address_words, provider_names
from coverage.ui.state import hold
from coverage.vocabulary import Framework, FunctionStatus, ServiceAreaType, Ternary

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.edits import Texts

_SHOWN = 200
"""Rows that are shown; a search finds the others."""

_LONGEST = 60  # characters to find by

ALL = "all"

LACKING: dict[str, str] = {
    ALL: N_("All offers"),
    "unevidenced": N_("Coordination present, without evidence"),
    "coordination": N_("Coordination not known or not described"),
    "area": N_("Service area not known"),
    "nature": N_("Voluntary or long-term not known"),
    "capacity": N_("Capacity not known"),
}
"""What there may still be to find out of offers."""


def lacking(offers: pd.DataFrame, what: str) -> pd.Series[bool]:
    """Offers of which something is still to be found out.

    Parameters
    ----------
    offers
        Table as text.
    what
        One of `LACKING`.

    Returns
    -------
    pandas.Series
        Booleans on the same index.
    """
    open_ends = [FunctionStatus.UNKNOWN, FunctionStatus.NOT_DESCRIBED]
    found = {
        "unevidenced": criteria.unevidenced(offers),
        "coordination": offers["coordination"].isin(open_ends),
        "area": offers["service_area_type"].eq(ServiceAreaType.UNKNOWN),
        "nature": offers["framework"].eq(Framework.UNKNOWN)
        | offers["long_term"].eq(Ternary.UNKNOWN),
        "capacity": offers["capacity_families"].eq(""),
    }
    every = pd.Series(data=True, index=offers.index)
    return found.get(what, every)


def show(edited: Texts, table: str, on_choose: Callable[[str], None] | None) -> None:
    """Draw the list.

    Parameters
    ----------
    edited
        Tables as text.
    table
        Which one.
    on_choose
        Called with the identifier of the row that was chosen; None when none can be.
    """
    rows = edited[table]
    left, right = st.columns(2, gap="medium")
    with left:
        find = st.text_input(
            _("Find by a part of the name"), key=f"edit_find_{table}", max_chars=_LONGEST
        )
    if table == "offers":
        with right:
            hold("edit_lacking", next(iter(LACKING)))
            what = st.selectbox(
                _("Show"),
                list(LACKING),
                key="edit_lacking",
                format_func=lambda one: _lacking_label(one, rows),
            )
        rows = rows[lacking(rows, what)]
    rows = found(edited, table, rows, find)
    grid.grid(
        _columns(table),
        [
            grid.Row(str(row[0]), _cells(table, row[1:]))
            for row in _lines(edited, table, rows.head(_SHOWN)).itertuples(name=None)
        ],
        key=f"edit_list_{table}",
        caption=_(TABLE[table]),
        summary=_summary(len(rows), choosing=on_choose is not None),
        on_choose=on_choose,
        height=520,
    )


def found(edited: Texts, table: str, rows: pd.DataFrame, find: str) -> pd.DataFrame:
    """Rows that have a text in their name, address or organisation, in the order of the alphabet.

    Parameters
    ----------
    edited
        Tables as text.
    table
        Which one.
    rows
        Some of its rows.
    find
        The text; an empty one is in every row.
    """
    named = rows["name"]
    if table == "locations":
        named = named.str.cat(rows[["address", "postcode", "place"]], sep=" ")
    said = named
    if "provider_id" in rows and table != "providers":
        said = named.str.cat(rows["provider_id"].map(provider_names(edited)).fillna(""), sep=" ")
    wanted = find.strip().casefold()
    fits = said.str.casefold().str.contains(wanted, regex=False)
    return rows.loc[named[fits].str.strip().sort_values(key=alphabet, kind="stable").index]


def _lacking_label(what: str, offers: pd.DataFrame) -> str:
    count = int(lacking(offers, what).sum())
    return _("{what} ({count})", what=_(LACKING[what]), count=number(count))


def _summary(count: int, *, choosing: bool) -> str:
    if not count:
        return _("Nothing fits. Look for a shorter part of the name.")
    found = ngettext("{count} row", "{count} rows", count)
    if count <= _SHOWN:
        return _("{rows}. Choose one to edit it.", rows=found) if choosing else f"{found}."
    return _(
        "{rows}, of which the first {shown} are shown. Look for a part of the name to find others.",
        rows=found,
        shown=number(_SHOWN),
    )


def _columns(table: str) -> list[grid.Column]:
    headings = {
        "offers": (
            _("Offer"),
            _("Organisation"),
            _("Where does it serve?"),
            _("Care coordination"),
            _("Capacity"),
        ),
        "providers": (_("Organisation"), _("Website"), _("Offers")),
        "locations": (_("Address"), _("Organisation"), _("How precise is the point?")),
    }
    return [
        grid.Column(str(place), heading, sortable=False)
        for place, heading in enumerate(headings[table])
    ]


def _lines(edited: Texts, table: str, rows: pd.DataFrame) -> pd.DataFrame:
    """What the list shows of each row, indexed by its identifier."""
    names = provider_names(edited)
    if table == "providers":
        counts = edited["offers"]["provider_id"].value_counts()
        shown = {
            "name": rows["name"],
            "website": rows["website"],
            "offers": rows["provider_id"].map(counts).fillna(0).astype(int).map(number),
        }
        return pd.DataFrame(shown).set_axis(rows["provider_id"])
    provider = rows["provider_id"].map(names).fillna("")
    if table == "locations":
        address = [address_words(row) for row in rows.to_dict("records")]
        shown = {"name": pd.Series(address, index=rows.index, dtype="str"), "provider": provider}
        shown["precision"] = rows["precision"].map(lambda one: word("precision", one))
        return pd.DataFrame(shown).set_axis(rows["location_id"])
    shown = {
        "name": rows["name"],
        "provider": provider,
        "area": _area_words(rows),
        "coordination": rows["coordination"].map(lambda one: word("coordination", one)),
        "capacity": rows["capacity_families"].map(change_list.figure),
        "unevidenced": criteria.unevidenced(rows).map({True: "!", False: ""}),
    }
    return pd.DataFrame(shown).set_axis(rows["offer_id"])


def _area_words(rows: pd.DataFrame) -> pd.Series[str]:
    """Kind of service area in words, with the number of municipalities of a list."""
    words = rows["service_area_type"].map(lambda one: word("service_area_type", one))
    counts = rows["service_area"].str.count(";") + 1
    listed = rows["service_area_type"].eq(ServiceAreaType.MUNICIPALITIES)
    many = counts.map(lambda one: ngettext("{count} municipality", "{count} municipalities", one))
    return words.mask(listed, many)


def _cells(table: str, row: tuple[str, ...]) -> tuple[grid.Cell, ...]:
    if table != "offers":
        return tuple(grid.text(one) for one in row)
    *texts, capacity, unevidenced = row
    mark = _("unevidenced") if unevidenced else ""
    cells = [grid.text(one) for one in texts]
    cells[-1] = grid.text(texts[-1], mark=mark)
    return (*cells, grid.text(capacity))

"""Differences between revisions, and revisions themselves, put into words and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd
import streamlit as st
from babel.dates import format_datetime

import coverage
from coverage import register_labels, schema
from coverage.i18n import N_, _, language, ngettext, number
from coverage.ui import data
from coverage.ui.grid import Cell, Column, Row, grid, text
from coverage.ui.state import plain_text
from coverage.wording import date_words, listed

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping
    from datetime import datetime

    from coverage.workspace import Revision

SHOWN = 300
"""Changes in the list; a file holds them all."""

_LONGEST = 300  # characters of a value
_CONTEXT = 60  # of those, before the place where two texts differ
_NAMES = 12  # of a service area
_ZONE = "Europe/Amsterdam"
_DIGITS = 6  # decimals of a figure


_WHOLE = {
    "added": (N_("was not there"), N_("is there")),
    "removed": (N_("was there"), N_("is gone")),
}
"""Of a whole row, what it was and what it is."""


# --- words ------------------------------------------------------------------


def moment(time: datetime, *, seconds: bool = False) -> str:
    """Date and time of day where the reader is.

    Parameters
    ----------
    time
        Aware.
    seconds
        Whether to show those too.
    """
    try:
        zone = ZoneInfo(str(st.context.timezone or _ZONE))
    except (ZoneInfoNotFoundError, ValueError, OSError):  # what a browser says need not be true
        zone = ZoneInfo(_ZONE)
    pattern = "d MMMM y HH:mm:ss" if seconds else "d MMMM y HH:mm"
    return format_datetime(time.astimezone(zone), pattern, locale=language())


def sentence(made: Revision) -> str:
    """Revision in one line of Markdown: number, author, time, what it did and its note."""
    line = _(
        "Revision {number} by {author}, {time}: {counts}.",
        number=number(made.number),
        author=plain_text(made.author),
        time=moment(made.time),
        counts=register_labels.counts(made),
    )
    note = " ".join(made.note.split())
    return (
        f"{line} \N{LEFT DOUBLE QUOTATION MARK}{plain_text(note)}\N{RIGHT DOUBLE QUOTATION MARK}"
        if note
        else line
    )


def heading(table: str, column: str) -> str:
    """What a column of the register is called; of no column: the whole row."""
    return register_labels.label(table, column) if column else _("the whole row")


def value(table: str, column: str, content: str) -> str:
    """Content of a cell as a reader knows it: words, names and dates, and not codes."""
    if not content:
        return _("not filled in")
    columns = schema.REGISTER[table].columns
    if column not in columns:
        return _shortened(content)
    if schema.words(schema.REGISTER[table], column):
        return register_labels.word(column, content)
    if schema.kind(schema.REGISTER[table], column) is schema.Kind.DATE:
        return date_words(content)
    if schema.CODES.fullmatch(content):
        return _municipalities(content.split(";"))
    return figure(content) if column == "capacity_families" else _shortened(content)


def figure(content: str) -> str:
    """Number of the register as the reader writes it; what is no number stays as it is."""
    try:
        return number(float(content), _DIGITS) if content else ""
    except ValueError:
        return _shortened(content)


def values(table: str, column: str, before: str, after: str) -> tuple[str, str]:
    """Two contents of a cell; of what is long, the part that differs."""
    if schema.CODES.fullmatch(before) and schema.CODES.fullmatch(after):
        return _areas(before.split(";"), after.split(";"))
    if min(len(before), len(after)) > _LONGEST:
        pairs = enumerate(zip(before, after, strict=False))
        differs = next((place for place, (one, other) in pairs if one != other), _LONGEST)
        start = max(0, differs - _CONTEXT)
        if start:
            before, after = (f"\N{HORIZONTAL ELLIPSIS}{one[start:]}" for one in (before, after))
    return value(table, column, before), value(table, column, after)


def _areas(before: list[str], after: list[str]) -> tuple[str, str]:
    """Two lists of municipalities; of long ones, only what one of them has."""
    if max(len(before), len(after)) <= _NAMES:
        return _municipalities(before), _municipalities(after)
    same = set(before) & set(after)
    rest = ngettext("{count} municipality in both", "{count} municipalities in both", len(same))
    lists = ([code for code in codes if code not in same] for codes in (before, after))
    first, last = (
        _("{names}, and {rest}", names=_municipalities(own), rest=rest) if own else rest
        for own in lists
    )
    return first, last


def _municipalities(codes: list[str]) -> str:
    known = _names()
    names = [f"{known[code]} ({code})" if code in known else code for code in codes[:_NAMES]]
    more = len(codes) - len(names)
    if more:
        names.append(ngettext("{count} other", "{count} others", more))
    return listed(names)


@st.cache_resource(show_spinner=False)
def _names() -> Mapping[str, str]:
    """Name of every municipality of every edition, by its code."""
    names: dict[str, str] = {}
    for year in sorted(coverage.EDITIONS):
        names |= data.edition(year).municipalities["name"].to_dict()
    return names


def _shortened(content: str) -> str:
    line = " ".join(content.split())
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "\N{HORIZONTAL ELLIPSIS}"


# --- the list ---------------------------------------------------------------


def show(changes: pd.DataFrame, *, key: str, caption: str) -> None:
    """Show what differs, as a table.

    Parameters
    ----------
    changes
        As `coverage.changes.changes` gives it.
    key
        Name of the place; unique on the page.
    caption
        What the table is, in a few words.
    """
    if changes.empty:
        st.markdown(_("Nothing differs."))
        return
    lines = lines_of(changes)
    grid(
        (
            Column("label", _("What"), sortable=False),
            Column("table", _("Where"), sortable=False),
            Column("kind", _("Change"), sortable=False),
            Column("column", _("Column"), sortable=False),
            Column("before", _("It was"), sortable=False),
            Column("after", _("It is"), sortable=False),
        ),
        [
            Row(str(place), _cells(line))
            for place, line in enumerate(lines.head(SHOWN).to_dict("records"))
        ],
        key=key,
        caption=caption,
        summary=summary(changes, len(lines)),
        height=420,
    )


def worded(changes: pd.DataFrame) -> pd.DataFrame:
    """Differences as a table to keep: headings and words in the language of the context.

    Parameters
    ----------
    changes
        As `coverage.changes.changes` gives it.

    Returns
    -------
    pandas.DataFrame
        One row a difference, all text. Contents are as they stand in the register.
    """
    where = changes["table"].map(lambda name: _(register_labels.TABLE[name]))
    pairs = zip(changes["table"], changes["column"], strict=True)
    return pd.DataFrame(
        {
            _("Where"): where,
            _("Key"): changes["key"],
            _("What"): changes["label"],
            _("Change"): changes["kind"].map(lambda kind: _(register_labels.CHANGE[kind])),
            _("Column"): [heading(table, column) for table, column in pairs],
            _("It was"): changes["before"],
            _("It is"): changes["after"],
        }
    )


def lines_of(changes: pd.DataFrame) -> pd.DataFrame:
    """Lines of the list: one a cell that changed, and one a row that was added or removed."""
    changed = changes["kind"].eq("changed")
    return changes[changed | ~changes.duplicated(["table", "key"])]


def _cells(change: Mapping[Hashable, Any]) -> tuple[Cell, ...]:
    table, column, kind = change["table"], change["column"], change["kind"]
    first = (
        text(_shortened(change["label"] or change["key"])),
        text(_(register_labels.TABLE[table])),
        text(_(register_labels.CHANGE[kind])),
    )
    if kind != "changed":
        was, now = map(_, _WHOLE[kind])
        return (*first, text(heading(table, "")), text(was), text(now))
    before, after = values(table, column, change["before"], change["after"])
    return (*first, text(heading(table, column)), text(before), text(after))


def summary(changes: pd.DataFrame, lines: int) -> str:
    """Sentence over the list: how many rows were added, changed and removed, and how many show."""
    rows = changes.drop_duplicates(["table", "key"])["kind"].value_counts()
    found = {
        "added": _("{count} added", count=number(rows.get("added", 0))),
        "changed": _("{count} changed", count=number(rows.get("changed", 0))),
        "removed": _("{count} removed", count=number(rows.get("removed", 0))),
    }
    told = _("Rows: {counts}.", counts=", ".join(found[kind] for kind in found if kind in rows))
    if lines <= SHOWN:
        return told
    more = _(
        "Only the first {shown} of {all} changes are in the list.",
        shown=number(SHOWN),
        all=number(lines),
    )
    return f"{told} {more}"

"""A table of figures as real HTML: to sort, to choose a row of, to read aloud and to print.

Streamlit draws its own table on a canvas: no swatch or bar of ours fits in it, it has no row
headings, and it prints one screen of it. Here Python describes the cells, and a small script
makes elements of them and tells which heading or row was chosen. All text becomes text, never
HTML. Sorting is the caller's, so that what is seen, what is downloaded and what the address
says are one order.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from coverage.i18n import _
from coverage.i18n import number as number_words
from coverage.labels import FIGURE_STATUS, RESTS_ON, UNKNOWN
from coverage.palette import COLOURS, UNKNOWN_COLOUR
from coverage.ui import bars
from coverage.vocabulary import CoverageStatus
from coverage.wording import capital, status_words
from coverage.wording import interval as interval_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Kind = Literal["row", "group", "total"]

DESCENDING = "-"
"""What stands before the key of a column that the rows are sorted by, highest first."""

_component = st.components.v2.component(
    "dekkend_grid",
    js=Path(__file__).with_name("grid.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Column:
    """A column of a grid.

    Attributes
    ----------
    key
        Name in `sort` and in events; never shown.
    heading
        What it holds.
    note
        Unit, year or status that holds for the whole column; shown small under the heading.
    right
        Align right, as figures are.
    sortable
        Whether the heading is a button to sort by.
    """

    key: str
    heading: str
    note: str = ""
    right: bool = False
    sortable: bool = True


@dataclass(frozen=True)
class Cell:
    """What a cell shows; every cell has words, the rest only repeats them.

    Attributes
    ----------
    text
        The words or the formatted figure.
    unknown
        Whether nothing is known here; the words say so too.
    bar
        Low and high end of an interval as shares (0 to 1) of the scale of the column.
    colour
        Colour of a swatch before the text; see `status`.
    hatched
        Whether that swatch is hatched.
    mark
        Where the figure comes from, in a word, when it was not observed.
    """

    text: str
    unknown: bool = False
    bar: tuple[float, float] | None = None
    colour: str = ""
    hatched: bool = False
    mark: str = ""


@dataclass(frozen=True)
class Row:
    """A row of a grid.

    Attributes
    ----------
    key
        What is told when the row is chosen.
    cells
        One a column; the first is the heading of the row.
    kind
        ``row``; ``group`` for the heading of the rows that follow; ``total`` for the foot.
    href
        Address that the first cell is a link to.
    current
        Whether this row is the chosen one.
    """

    key: str
    cells: tuple[Cell, ...]
    kind: Kind = "row"
    href: str = ""
    current: bool = False


EMPTY = Cell("")
"""A cell that has nothing to say, for instance where no total can be given."""


def text(words: str, *, mark: str = "") -> Cell:
    """Cell of a text; without one it is not known.

    Parameters
    ----------
    words
        Any text.
    mark
        See `figure_status`.
    """
    return Cell(words, mark=mark) if words else Cell(_("not known"), unknown=True)


def number(value: float, digits: int = 0, *, mark: str = "") -> Cell:
    """Cell of a number.

    Parameters
    ----------
    value
        NaN is not known.
    digits
        Largest number of decimals shown.
    mark
        See `figure_status`.
    """
    return text("" if math.isnan(value) else number_words(value, digits), mark=mark)


def interval(
    low: float, high: float, *, scale: float = 0.0, mark: str = "", digits: int | None = None
) -> Cell:
    """Cell of an interval in words, with a bar.

    Parameters
    ----------
    low, high
        Bounds; see `coverage.wording.interval`.
    scale
        Value at the far end of the bars of this column, in the unit of the bounds. 0 for no bar.
        A bar without a known upper bound runs to the end.
    mark
        See `figure_status`.
    digits
        See `coverage.wording.interval`.
    """
    if math.isnan(low) or (low == 0 and not math.isfinite(high)):
        return text("")
    return Cell(interval_words(low, high, digits), bar=bars.ends(low, high, scale), mark=mark)


def status(at_least: str, *, certain: bool, known: bool) -> Cell:
    """Cell of a coverage status: its words, and a swatch as in the legend of the map.

    Parameters
    ----------
    at_least
        The proven rung, a value of `coverage.vocabulary.CoverageStatus`.
    certain
        Whether the proven rung is the only possible one.
    known
        False if nothing is proven.
    """
    words = capital(status_words(at_least, certain=certain, known=known))
    if not known:
        return Cell(words, unknown=True, colour=UNKNOWN_COLOUR)
    return Cell(words, colour=COLOURS[CoverageStatus(at_least)], hatched=not certain)


def figure_status(code: str) -> str:
    """Mark that says where a figure comes from.

    Parameters
    ----------
    code
        A value of `coverage.vocabulary.FigureStatus`, ``mixed``, or ``unknown``.
    """
    return _(FIGURE_STATUS[code]) if code != UNKNOWN else _("not known")


def rests_on(code: str) -> str:
    """Mark of a figure that was calculated from counts of a status.

    Parameters
    ----------
    code
        As for `figure_status`.
    """
    return _(RESTS_ON[code]) if code != UNKNOWN else _("not known")


def next_sort(sort: str, column: Column) -> str:
    """Order after the heading of a column is pressed.

    Parameters
    ----------
    sort
        The order before it; see `grid`.
    column
        The column.

    Returns
    -------
    str
        The column, or when the rows were sorted by it already, the other way round. Figures
        start with the highest: that is what one looks for.

    Examples
    --------
    >>> next_sort("name", Column("gap", "Gap", right=True))
    '-gap'
    >>> next_sort("-gap", Column("gap", "Gap", right=True))
    'gap'
    """
    if sort.removeprefix(DESCENDING) == column.key:
        return column.key if sort.startswith(DESCENDING) else DESCENDING + column.key
    return DESCENDING + column.key if column.right else column.key


def grid(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    key: str,
    caption: str,
    summary: str = "",
    sort: str = "",
    on_sort: Callable[[str], None] | None = None,
    on_choose: Callable[[str], None] | None = None,
    height: int = 560,
) -> None:
    """Show a table.

    Parameters
    ----------
    columns
        The first is the heading of the rows, and stays in view.
    rows
        In the order to show; without any there is no table, only the summary.
    key
        Name of the place; unique on the page.
    caption
        What the table is, in a few words.
    summary
        What is shown now, in a sentence above the table; read aloud when it changes.
    sort
        Key of the column that the rows are sorted by, with `DESCENDING` before it or not.
    on_sort
        Called with the new `sort` before the page is drawn again. Without it no heading is a
        button.
    on_choose
        Called with the key of the row that was chosen. Without it only a row with an `href` has a
        link, and with both the link is there to open in another tab.
    height
        Pixels; a longer table scrolls inside.
    """
    answers: dict[str, Any] = {}
    if on_sort is not None:
        answers["on_sort_change"] = partial(_sorted, key, tuple(columns), sort, on_sort)
    if on_choose is not None:
        answers["on_choose_change"] = partial(_chosen, key, on_choose)
    _component(
        data=described(
            columns,
            rows,
            caption=caption,
            summary=summary,
            sort=sort if on_sort is not None else None,
            choose=on_choose is not None,
            height=height,
        ),
        key=key,
        **answers,
    )


def described(
    columns: Sequence[Column],
    rows: Sequence[Row],
    *,
    caption: str,
    summary: str = "",
    sort: str | None = None,
    choose: bool = False,
    height: int = 560,
) -> dict[str, Any]:
    """Table as the script reads it, ready for JSON.

    Parameters
    ----------
    columns, rows, caption, summary, height
        See `grid`.
    sort
        See `grid`; None when the reader cannot sort.
    choose
        Whether the reader can choose a row.

    Raises
    ------
    ValueError
        If a row has not as many cells as there are columns.
    """
    uneven = [row.key for row in rows if len(row.cells) != len(columns)]
    if uneven:
        raise ValueError(f"rows with another number of cells than columns: {', '.join(uneven)}")
    by = (sort or "").removeprefix(DESCENDING)
    way = "descending" if (sort or "").startswith(DESCENDING) else "ascending"
    return {
        "caption": caption,
        "summary": summary,
        "height": height,
        "choose": choose,
        "columns": [
            {
                "key": one.key,
                "heading": one.heading,
                "note": one.note,
                "right": one.right,
                "sortable": one.sortable and sort is not None,
                "sorted": way if one.key == by else "",
            }
            for one in columns
        ],
        "rows": [_row(row) for row in rows],
    }


def _row(row: Row) -> dict[str, Any]:
    """Row with only what is not the usual: hundreds of them travel to the browser."""
    said: dict[str, Any] = {"key": row.key, "cells": [_cell(cell) for cell in row.cells]}
    if row.kind != "row":
        said["kind"] = row.kind
    if row.href:
        said["href"] = row.href
    if row.current:
        said["current"] = True
    return said


def _cell(cell: Cell) -> str | dict[str, Any]:
    more: dict[str, Any] = {
        "unknown": cell.unknown,
        "bar": cell.bar,
        "colour": cell.colour,
        "hatched": cell.hatched,
        "mark": cell.mark,
    }
    more = {name: value for name, value in more.items() if value}
    return {"text": cell.text, **more} if more else cell.text


def _sorted(
    key: str, columns: tuple[Column, ...], sort: str, on_sort: Callable[[str], None]
) -> None:
    told = st.session_state[key]["sort"]
    for column in columns:
        if column.key == told and column.sortable:
            on_sort(next_sort(sort, column))


def _chosen(key: str, on_choose: Callable[[str], None]) -> None:
    told = st.session_state[key]["choose"]
    if isinstance(told, str):
        on_choose(told)

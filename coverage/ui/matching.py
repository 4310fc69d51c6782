"""What each column of a list holds: recognised, shown with its first values, and to be changed."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import streamlit as st

from coverage.i18n import _, ngettext, number
from coverage.intake.fields import FIELDS, NEEDED
from coverage.intake.headings import match, sample, swapped
from coverage.ui import grid, own
from coverage.ui.grid import Cell, Column, Row
from coverage.ui.state import hold, plain_text
from coverage.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from coverage._cells import Cells

NOT_USED = ""
"""What a column is that is left out."""

MOST = 80
"""Columns that are asked for; the others are not used unless they were recognised."""

_VALUES = 3  # first values of a column that are shown
_LONGEST = 40  # letters of such a value, and of a heading
_KEPT = "import_matching"
_OPEN = "import_columns_open"


def ask(cells: Cells, *, key: str) -> dict[str, str]:
    """Show what each column is taken for, and let the reader change it.

    Parameters
    ----------
    cells
        A list of offers; its first row holds the headings.
    key
        Tells this list from another.

    Returns
    -------
    dict
        Name of a field of `coverage.intake.fields.FIELDS` by heading (see
        `coverage.intake.headings.titles`), `NOT_USED` for none.
    """
    first = sample(cells)
    chosen = _remembered(first, key)
    names = _asked(chosen)
    shown = {name: _first_values(first[name]) for name in names}
    place = st.container()
    # Open or not is said once: else it would close under the hand that solved the trouble.
    is_open: bool = st.session_state.setdefault(f"{_OPEN}_{key}", bool(troubles(chosen)))
    with st.expander(_("Change what a column is"), expanded=is_open):
        _ask_each(names, shown, chosen, key)
    with place:
        _table(names, shown, chosen)
    left_out = len(chosen) - len(names)
    if left_out:
        st.caption(
            ngettext(
                "{count} more column is not used.", "{count} more columns are not used.", left_out
            )
        )
    return dict(chosen)


def troubles(matching: Mapping[str, str]) -> list[str]:
    """What must be changed in a matching before rows can be read, in sentences.

    Parameters
    ----------
    matching
        Field of each heading.
    """
    lacking = [field for field in NEEDED if field not in matching.values()]
    return [
        *(
            _(
                "No column is read as “{field}”. Choose the column that has it, under “Change what "
                "a column is”.",
                field=_(FIELDS[field].label),
            )
            for field in lacking
        ),
        *doubles(matching),
    ]


def doubles(matching: Mapping[str, str]) -> list[str]:
    """Sentences about fields that more than one column is taken for.

    Parameters
    ----------
    matching
        Field of each heading.
    """
    by_field = defaultdict(list)
    for heading, field in matching.items():
        if field != NOT_USED:
            by_field[field].append(f"“{_cut(heading)}”")
    return [
        _(
            "More than one column is read as “{field}”: {columns}. Choose the right one, and leave "
            "the other out.",
            field=_(FIELDS[field].label),
            columns=listed(columns),
        )
        for field, columns in by_field.items()
        if len(columns) > 1
    ]


def remember(matching: Mapping[str, str]) -> None:
    """Keep the choice for the next list with these headings."""
    own.workspace().remember_matching(list(matching), matching)


def _remembered(first: pd.DataFrame, key: str) -> dict[str, str]:
    """Choice of this session, or of an earlier list with these headings, or what is recognised."""
    kept: dict[str, dict[str, str]] = st.session_state.setdefault(_KEPT, {})
    if key not in kept:
        headings = list(first.columns)
        found = own.workspace().recall_matching(headings)
        # A choice of before was made for a list in which other columns may have changed places.
        found = match(headings, first) if found is None else _put_back(found, first)
        kept[key] = {
            name: field if (field := found.get(name, NOT_USED)) in FIELDS else NOT_USED
            for name in headings
        }
    return kept[key]


def _put_back(found: Mapping[str, str], first: pd.DataFrame) -> dict[str, str]:
    """Matching in which columns that hold each other's values are given the right field."""
    done = dict(found)
    for one, other in swapped(found, first):
        done[one], done[other] = done[other], done[one]
    return done


def _asked(chosen: Mapping[str, str]) -> list[str]:
    """Headings that are shown: all, or the first and those that are used of very many."""
    return [name for place, (name, field) in enumerate(chosen.items()) if place < MOST or field]


def _ask_each(
    names: Sequence[str], shown: Mapping[str, str], chosen: dict[str, str], key: str
) -> None:
    places = st.columns(3)
    for number_of, name in enumerate(names):
        with places[number_of % len(places)]:
            options = [NOT_USED, *FIELDS]
            place = f"import_column_{key}_{number_of}"
            hold(place, chosen[name])
            chosen[name] = st.selectbox(
                plain_text(_cut(name)),
                options,
                key=place,
                format_func=_label,
                help=plain_text(_("First values: {values}", values=shown[name] or _("empty"))),
            )


def _label(field: str) -> str:
    return _(FIELDS[field].label) if field else _("not used")


def _table(names: Sequence[str], shown: Mapping[str, str], chosen: Mapping[str, str]) -> None:
    used = sum(field != NOT_USED for field in chosen.values())
    grid.grid(
        [
            Column("heading", _("Column in your file")),
            Column("field", _("Is read as")),
            Column("values", _("First values")),
        ],
        [
            Row(
                str(place),
                (
                    Cell(_cut(name)),
                    Cell(_label(chosen[name]), unknown=chosen[name] == NOT_USED),
                    Cell(shown[name]),
                ),
            )
            for place, name in enumerate(names)
        ],
        key="import_columns",
        caption=_("Columns of your list"),
        summary=_(
            "{used} of {count} columns are used.", used=number(used), count=number(len(chosen))
        ),
        height=320,
    )


def _first_values(column: pd.Series[str]) -> str:
    values = [_cut(text) for text in column[column != ""].drop_duplicates().head(_VALUES)]
    return " · ".join(values)


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1]}\N{HORIZONTAL ELLIPSIS}"

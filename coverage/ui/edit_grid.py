"""Many rows of the register at once, in a table to type in.

What was typed lives in the session apart from the table on the screen: another filter or other
columns draw the table anew, and so does coming back from another page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage import criteria, edits, i18n
from coverage import schema as definitions
from coverage.changes import KEYS
from coverage.editions import EDITIONS
from coverage.faults import BadInputError, shorten
from coverage.i18n import N_, _, ngettext, number
from coverage.register_labels import TABLE, WORDS, label, word
from coverage.schema import REGISTER
from coverage.ui import area_picker, change_list, edit_place, edit_steps, grid, own, saving
from coverage.ui.edit_fields import tell_doubt
from coverage.ui.edit_form import address_words, provider_names
from coverage.ui.state import hold
from coverage.vocabulary import Function
from coverage.wording import capital, listed
from coverage.workspace import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from coverage.edits import Texts
    from coverage.faults import Fault

NOTHING = "\N{EN DASH}"
"""In a list of choices: an empty cell, which the reader of files takes it for too."""

_LISTS = frozenset({"location_id", "gm_code"})
_DRAWN = "edit_grid_drawn"
_LONGEST = 60
_LONGEST_NOTE = 300
_FAULTS = 100  # that are listed
_ROWS = 2000  # in the table at a time
_NAMED = 5

_NATURE = ("offer_type", "framework", "framework_basis", "long_term")
_MONTHS = ("duration_months_min", "duration_months_max")

GROUPS: dict[str, dict[str, tuple[str, ...]]] = {
    "offers": {
        N_("The usual ones"): (
            *("name", "provider_id", "offer_type", "framework", "long_term"),
            *("coordination", "evidence", "capacity_families", "source"),
        ),
        N_("What it is"): (
            *("name", "provider_id", *_NATURE, *_MONTHS, "assertive_outreach"),
            *("target_group", "layer", "responsible"),
            *("intensity_hours_week", "caseload_per_worker"),
        ),
        N_("Functions and checklist"): (
            *("name", *map(str, Function), "evidence", "coordinator_named", "tasks_described"),
            *("powers_described", "one_plan", "family_choice", "overview", "escalation"),
        ),
        N_("Area and capacity"): (
            *("name", "location_id", "service_area_type", "service_area", "partial_area"),
            *("edition", "capacity_families", "capacity_note"),
        ),
        N_("Years and source"): (
            *("name", "year_from", "year_to", "first_seen", "last_seen"),
            *("source", "source_date", "certainty", "status", "note"),
        ),
    }
}
"""Columns that belong together; of the other tables all are shown."""

_ALL = N_("All columns")


@dataclass
class Work:
    """What is typed in a table, in the session.

    Attributes
    ----------
    table
        Table of the register.
    base
        Revision that it is made of.
    rows
        The whole table as text, with all that was typed before the table was last drawn anew.
    merged
        The same with what is typed now.
    drawn
        Which drawing of it this is; a part of its key.
    faults
        What is wrong, after saving was tried.
    judged
        Tables that those are in: rows may have gone since.
    """

    table: str
    base: int
    rows: pd.DataFrame
    merged: pd.DataFrame
    drawn: int = 0
    faults: tuple[Fault, ...] = ()
    judged: Texts = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Key of the table on the screen."""
        return f"edit_grid:{self.table}:{self.base}:{self.drawn}"


def show(table: str, base: int, year: int, *, kind: RevisionKind = RevisionKind.EDIT) -> None:
    """Draw the table, and what belongs to it.

    Parameters
    ----------
    table
        Table of the register.
    base
        Latest revision; what was typed on an earlier one stays on that.
    year
        Edition of what is added.
    kind
        What the revision is made by.
    """
    work = _work(table, base)
    texts = edit_steps.texts(work.base) | {table: work.rows}
    st.header(_(TABLE[table]), anchor=False)
    st.caption(
        _(
            "Double-click a cell to change it; the last line adds a row; to delete, mark rows on "
            "the left and press Delete. Nothing is saved until you press “Save”. Prefer the form "
            "when you use a screen reader or a telephone."
        )
    )
    columns, places = _ask_view(work, texts)
    shown = work.rows.loc[places, columns]
    edited = st.data_editor(
        _with_blanks(shown, table),
        key=work.key,
        hide_index=True,
        num_rows="dynamic",
        column_config={one: _config(table, one, texts) for one in columns},
        height=520,
        width="stretch",
        placeholder=_("not filled in"),
        alt=_("Table to type in: {table}", table=_(TABLE[table])),
    )
    work.merged = folded(work.rows, shown, edited, table, year)
    before = edit_steps.texts(work.base)[table]
    tell_doubt(unproven(before, work.merged, table))
    tell_doubt(displaced(before, work.merged, table, year))
    _save(work, texts, year, kind)


def _work(table: str, base: int) -> Work:
    """What is being typed; a fresh start when nothing was."""
    name = f"edit_work_{table}"
    work: Work | None = st.session_state.get(name)
    if work is None or (work.base != base and _untouched(work)):
        rows = edit_steps.texts(base)[table]
        work = Work(table, base, rows, rows, drawn=_next())
    elif work.key not in st.session_state:
        _fold(work)  # another page was shown meanwhile, and the table forgot
    st.session_state[name] = work
    return work


def _untouched(work: Work) -> bool:
    """Whether nothing was typed, not even what brought this run about and is not merged yet."""
    just_typed = any(dict(st.session_state.get(work.key, {})).values())
    return not just_typed and work.merged.equals(edit_steps.texts(work.base)[work.table])


def _fold(work: Work) -> None:
    """Draw the table anew with all that was typed; from a callback too."""
    work.rows = work.merged
    work.drawn = _next()


def _next() -> int:
    """Number that no table on the screen of this session has had."""
    st.session_state[_DRAWN] = st.session_state.get(_DRAWN, 0) + 1
    return int(st.session_state[_DRAWN])


def _ask_view(work: Work, texts: Texts) -> tuple[list[str], pd.Index[Any]]:
    """Ask for columns and rows; gives those."""
    table, groups = work.table, GROUPS.get(work.table, {})
    left, right = st.columns(2, gap="medium")
    with left:
        find = st.text_input(
            _("Find by a part of the name"),
            key=f"edit_grid_find_{table}",
            max_chars=_LONGEST,
            on_change=_fold,
            args=(work,),
        )
    every = [one for one in REGISTER[table].columns if one != KEYS[table][0]]
    if table == "inventory":
        every = list(REGISTER[table].columns)
    columns = every
    if groups:
        with right:
            place = f"edit_grid_columns_{table}"
            hold(place, next(iter(groups)))
            chosen = st.selectbox(
                _("Columns"),
                [*groups, _ALL],
                key=place,
                format_func=_,
                on_change=_fold,
                args=(work,),
            )
        columns = list(groups.get(chosen, every))
    places = work.rows.index[_fits(work, texts, find)]
    if len(places) > _ROWS:
        st.info(
            _(
                "The first {shown} of {all} rows. Look for a part of the name to find others.",
                shown=number(_ROWS),
                all=number(len(places)),
            )
        )
    return columns, places[:_ROWS]


def _fits(work: Work, texts: Texts, find: str) -> pd.Series[bool]:
    """Rows with a text in their name, that of their organisation, or their municipality."""
    rows = work.rows
    wanted = find.strip().casefold()
    if not wanted:
        return pd.Series(data=True, index=rows.index)
    said = pd.Series("", index=rows.index)
    for column in ("name", "address", "place", "by", "source"):
        if column in rows:
            said = said + " " + rows[column]
    if "provider_id" in rows:
        said = said + " " + rows["provider_id"].map(provider_names(texts)).fillna("")
    if "gm_code" in rows:
        said = said + " " + rows["gm_code"].map(_municipality_names()).fillna("")
    return said.str.casefold().str.contains(wanted, regex=False)


def _municipality_names() -> dict[str, str]:
    found: dict[str, str] = {}
    for year in sorted(EDITIONS):
        found |= area_picker.labels(year, i18n.language())
    return found


def _config(table: str, column: str, texts: Texts) -> Any:  # noqa: ANN401 - Streamlit's
    """How a column is shown and typed in."""
    schema = REGISTER[table]
    needed = definitions.filled(schema, column)
    name = label(table, column) + (" *" if needed else "")
    meaning = _(str(schema.columns[column].description))
    words = [one for one in definitions.words(schema, column) if one in WORDS.get(column, {})]
    if words:
        options = words if needed else ["", *words]
        return _choice(name, meaning, options, lambda one: capital(word(column, one)))
    if column == "provider_id":
        names = provider_names(texts)
        return _choice(name, meaning, list(names), lambda one: names.get(one, one))
    if column == "location_id" and table == "offers":
        rows = texts["locations"].to_dict("records")
        sites = {row["location_id"]: address_words(row) for row in rows}
        return _choice(name, meaning, ["", *sites], lambda one: sites.get(one, _("No address")))
    if column == "gm_code":
        names = _municipality_names()
        options = list(names) if needed else ["", *names]
        return _choice(name, meaning, options, lambda one: names.get(one, _("not filled in")))
    if column == "edition":
        return _choice(name, meaning, [str(one) for one in sorted(EDITIONS)], str)
    long = column in {"evidence", "note", "source"}
    return st.column_config.TextColumn(name, help=meaning, width="large" if long else None)


def _with_blanks(shown: pd.DataFrame, table: str) -> pd.DataFrame:
    """Table in which an empty cell of a list of choices is a choice: else it is drawn too pale."""
    lists = [one for one in shown.columns if one in _LISTS or one in WORDS]
    lists = [one for one in lists if not definitions.filled(REGISTER[table], one)]
    return shown.assign(**{one: shown[one].replace("", NOTHING) for one in lists})


def _choice(name: str, meaning: str, options: Iterable[str], words: Callable[[Any], str]) -> Any:  # noqa: ANN401 - Streamlit's
    there = [one or NOTHING for one in options]
    return st.column_config.SelectboxColumn(
        name,
        help=meaning,
        options=there,
        format_func=lambda one: words("" if one == NOTHING else one),
    )


# --- what was typed ---------------------------------------------------------


def folded(
    rows: pd.DataFrame, shown: pd.DataFrame, edited: pd.DataFrame, table: str, year: int
) -> pd.DataFrame:
    """Whole table with what was typed in a part of it.

    Parameters
    ----------
    rows
        The whole table as text.
    shown
        The part that was shown: some rows and columns, with the index of `rows`.
    edited
        The same part after typing: rows may lack, and new ones have other labels.
    table
        Table of the register.
    year
        Edition of new rows.

    Returns
    -------
    pandas.DataFrame
        Text; index 0, 1, 2, ...
    """
    texts = edited.astype("object").fillna("").astype("str")
    texts = texts.apply(lambda column: column.str.strip()).replace(NOTHING, "")
    there = texts.index.isin(shown.index)
    kept = rows.drop(index=shown.index.difference(texts.index)).copy()
    old = texts[there]
    kept.loc[old.index, texts.columns] = old
    added = texts[~there]
    added = added[(added != "").any(axis=1)]
    new = [_new_row(row, table, year, rows) for row in added.to_dict("records")]
    if new:
        more = pd.DataFrame(new, columns=list(rows.columns), dtype="str")
        kept = pd.concat([kept, more])
    return kept.reset_index(drop=True)


def _new_row(typed: dict[Any, Any], table: str, year: int, rows: pd.DataFrame) -> dict[str, str]:
    """Row that was added."""
    row = edits.new_row(table, year, set(rows[KEYS[table][0]]))
    return row | {str(column): str(text) for column, text in typed.items() if text}


def unproven(before: pd.DataFrame, after: pd.DataFrame, table: str) -> str:
    """Which rows that were typed say that coordination is there, and not what shows it.

    Parameters
    ----------
    before, after
        A table as text.
    table
        Which one.

    Returns
    -------
    str
        A sentence that names some of them; empty when there are none.
    """
    if table != "offers":
        return ""
    doubtful = after[criteria.unevidenced(after)]
    known = before[criteria.unevidenced(before)]
    names = doubtful.loc[~doubtful["offer_id"].isin(known["offer_id"]), "name"]
    if names.empty:
        return ""
    return _(
        "Unevidenced: you say that coordination is present, but not what shows it, of {offers}. "
        "Write it in the column “{column}”.",
        offers=_few(names.tolist()),
        column=label("offers", "evidence"),
    )


def displaced(before: pd.DataFrame, after: pd.DataFrame, table: str, year: int) -> str:
    """Which addresses that were typed get a point that is less precise than the one of before.

    Parameters
    ----------
    before, after, table
        As for `unproven`.
    year
        Edition to look them up in.

    Returns
    -------
    str
        A sentence that names some of them; empty when there are none.
    """
    if table != "locations":
        return ""
    rows = edit_place.coarser(before, after, year)
    if rows.empty:
        return ""
    return _(
        "After saving, the point on the map is less precise of {addresses}: the one of before "
        "belongs to another address. If you know the point, fill in x and y too.",
        addresses=_few([address_words(row) for row in rows.to_dict("records")]),
    )


def _few(names: list[str]) -> str:
    """Names as one phrase; of many, the first few and how many more there are."""
    named = [f"“{shorten(one)}”" for one in names[:_NAMED]]
    more = len(names) - len(named)
    if more:
        named.append(ngettext("{count} other", "{count} others", more))
    return listed(named)


# --- saving -----------------------------------------------------------------


def _save(work: Work, texts: Texts, year: int, kind: RevisionKind) -> None:
    before = edit_steps.texts(work.base)[work.table]
    count = difference(before, work.merged, work.table)
    if not any(count.values()):
        return
    with st.container(key="edit_grid_bar"):
        st.markdown(_("**Not saved yet:** {changes}.", changes=_counted(count)))
        note = st.text_input(
            _("What did you change, and why? (may stay empty)"),
            key=f"edit_grid_note_{work.table}",
            max_chars=_LONGEST_NOTE,
            help=_("It stands in the list of revisions, for others and for later."),
        )
        sure = True
        if count["removed"]:
            sure = st.checkbox(
                ngettext(
                    "Yes, delete {count} row",
                    "Yes, delete {count} rows",
                    count["removed"],
                ),
                key=f"edit_grid_sure_{work.table}",
            )
        with st.container(horizontal=True):
            pressed = st.button(
                _("Save"),
                key="edit_grid_save",
                type="primary",
                icon=":material/save:",
                disabled=not sure,
            )
            st.button(
                _("Let go of these changes"),
                key="edit_grid_undo",
                icon=":material/undo:",
                on_click=_let_go,
                args=(work.table,),
            )
    if pressed:
        _try(work, texts, before, year, kind=kind, note=note.strip() or _usual(work, count))
    _tell_faults(work)


def _usual(work: Work, count: dict[str, int]) -> str:
    return _("{what}: {changes}", what=_(TABLE[work.table]), changes=_counted(count))


def _counted(count: dict[str, int]) -> str:
    words = {
        "added": ngettext("{count} row added", "{count} rows added", count["added"]),
        "changed": ngettext("{count} row changed", "{count} rows changed", count["changed"]),
        "removed": ngettext("{count} row deleted", "{count} rows deleted", count["removed"]),
    }
    return ", ".join(words[one] for one in words if count[one])


def difference(before: pd.DataFrame, after: pd.DataFrame, table: str) -> dict[str, int]:
    """How many rows were added, changed and removed.

    Parameters
    ----------
    before, after
        A table as text.
    table
        Which one.
    """
    keys = list(KEYS[table])
    old, new = (one.drop_duplicates(keys).set_index(keys) for one in (before, after))
    both = old.index.intersection(new.index)
    changed = (old.loc[both] != new.loc[both]).any(axis=1)
    # Two rows with one key are a fault, and count as added.
    again = len(after) - len(new)
    return {
        "added": len(new.index.difference(old.index)) + again,
        "changed": int(changed.sum()),
        "removed": len(old.index.difference(new.index)),
    }


def _let_go(table: str) -> None:
    st.session_state.pop(f"edit_work_{table}", None)


def _try(
    work: Work, texts: Texts, before: pd.DataFrame, year: int, *, kind: RevisionKind, note: str
) -> None:
    """Save what was typed; or keep it, with what is wrong with it."""
    rows = work.merged
    if work.table == "locations":
        rows = edit_place.relocated(before, rows, year)
    base, judged = own.register(work.base), texts | {work.table: rows}
    with st.spinner(_("Saving…")):
        try:
            after = edits.build(judged, base.name)
        except BadInputError as error:
            work.faults = tuple(one for one in error.faults if one.severity == "error")
            work.judged = judged
            return
        saving.save(after, base=work.base, kind=kind, note=note)
    _let_go(work.table)
    st.rerun()


def _tell_faults(work: Work) -> None:
    """List what is wrong: which row, which column, and what to do."""
    if not work.faults:
        return
    count = len(work.faults)
    st.error(
        ngettext(
            "Not saved: {count} cell is wrong. Mend it and save again.",
            "Not saved: {count} cells are wrong. Mend them and save again.",
            count,
        )
    )
    grid.grid(
        [
            grid.Column("row", _("Row"), sortable=False),
            grid.Column("column", _("Column"), sortable=False),
            grid.Column("value", _("What stands there"), sortable=False),
            grid.Column("fault", _("What is wrong"), sortable=False),
        ],
        [
            grid.Row(
                str(place),
                (
                    grid.text(_row_name(fault, work.judged)),
                    grid.Cell(label(fault.file, fault.column)),
                    grid.Cell(change_list.value(fault.file, fault.column, shorten(fault.value))),
                    grid.Cell(fault.reason()),
                ),
            )
            for place, fault in enumerate(work.faults[:_FAULTS])
        ],
        key="edit_grid_faults",
        caption=_("What is wrong"),
        height=360,
    )


def _row_name(fault: Fault, tables: Texts) -> str:
    """Name of the row that a fault is in."""
    if fault.row is None or fault.file not in tables:
        return _(TABLE.get(fault.file, ""))
    row = tables[fault.file].iloc[fault.row - edits.FIRST_ROW]
    name = row.get("name", "") or row.get("address", "") or row[KEYS[fault.file][0]]
    return _("{table}: {name}", table=_(TABLE[fault.file]), name=name)

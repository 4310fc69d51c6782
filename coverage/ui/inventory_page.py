"""Page to say which municipalities were looked at, when, by whom, and completely or not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

import coverage
from coverage import edits, i18n
from coverage.faults import BadInputError
from coverage.gap_table import alphabet
from coverage.i18n import N_, _, ngettext, number
from coverage.register_labels import label
from coverage.schema import REGISTER, YesNo
from coverage.ui import area_map, area_picker, data, edit_grid, editor, grid, own, saving
from coverage.ui.edit_fields import tell_doubt
from coverage.ui.state import hold, plain_text
from coverage.vocabulary import CoverageStatus, FigureStatus
from coverage.wording import date_words, listed
from coverage.workspace import RevisionKind

if TYPE_CHECKING:
    from coverage import Assessment, Register
    from coverage.edits import Row
    from coverage.ui.chosen import Choices

COMPLETE, PARTLY, NOT = "complete", "partly", "not"
STATES = {
    NOT: N_("not looked at"),
    PARTLY: N_("looked at, not complete"),
    COMPLETE: N_("looked at completely"),
}
"""How far the inventory of a municipality is."""

_COMPLETE_WORDS = {
    YesNo.YES: N_("Yes: every offer was looked for, and what was found is in the register"),
    YesNo.NO: N_("No: only a part was looked for"),
}

_PREFIX = "inventory"
_CODES = f"{_PREFIX}_codes"
_FIELDS = ("date", "by", "complete", "source", "note")
_KEPT = "inventory_kept"
_TRIED = "inventory_tried"
_WANTED = "inventory_wanted"
_FAULTS = "inventory_faults"
_LATER = "inventory_later"
_SEEN = "inventory_seen"
"""Key in the session of the revision that the page showed last: what the reader goes by."""

_LONGEST = 1000
_NAMED = 6
_TOLD = 3  # old municipalities of which is told what became


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show; the year is the edition of the municipalities.
    """
    st.title(_("Inventory"), anchor=False)
    news = st.container()
    _recall()
    may_edit = saving.may_save()
    if may_edit and st.session_state.pop(_WANTED, False):
        _save(chosen)
    with news:
        saving.tell()
        editor.bar()
    chosen = replace(chosen, revision=own.latest())
    register = own.register(chosen.revision)
    states = looked_at(register.inventory, data.assessment(chosen))
    st.markdown(
        _(
            "Where nobody looked, “not known” is the truth. Say here which municipalities were "
            "looked at. Where every offer was looked for, the map can also say what is **not** "
            "there."
        )
    )
    st.html(_totals(states, chosen.year))
    if may_edit:
        st.header(_("Mark municipalities"), anchor=False)
        with st.container(key="inventory_form"):
            _form(states, chosen, register)
    st.header(_("How far is each municipality?"), anchor=False)
    _table(states, chosen, choosing=may_edit)
    if may_edit and len(register.inventory):
        with st.expander(_("Change or delete what was said"), key="inventory_change"):
            edit_grid.show("inventory", chosen.revision, chosen.year, kind=RevisionKind.INVENTORY)
    _keep()
    st.session_state[_SEEN] = chosen.revision


# --- how far it is ----------------------------------------------------------


def looked_at(inventory: pd.DataFrame, assessment: Assessment) -> pd.DataFrame:
    """How far the inventory of each municipality of an edition is.

    Parameters
    ----------
    inventory
        Table of a register.
    assessment
        Of that register in the edition: it says which of two statements holds.

    Returns
    -------
    pandas.DataFrame
        Indexed by gm_code, in the order of the alphabet: name, state (one of `STATES`), and of
        the newest statement date, by and source; empty where there is none.
    """
    table = assessment.municipalities
    said = inventory[inventory["edition"].eq(assessment.edition.year)]
    newest = said.sort_values("date", kind="stable").drop_duplicates("gm_code", keep="last")
    newest = newest.set_index("gm_code")[["date", "by", "source"]]
    found = table[["name"]].join(newest).fillna({"date": "", "by": "", "source": ""})
    state_of = pd.Series(NOT, index=found.index)
    state_of = state_of.mask(found["date"].ne(""), PARTLY)
    found["state"] = state_of.mask(table["inventory_complete"], COMPLETE)
    return pd.DataFrame(found.sort_values("name", key=alphabet))


def _totals(states: pd.DataFrame, year: int) -> str:
    counts = states["state"].value_counts()
    figures = [(_("Municipalities"), number(len(states)), str(year))]
    figures += [
        (_(words), number(counts.get(one, 0)), i18n.percent(counts.get(one, 0) / len(states)))
        for one, words in STATES.items()
    ]
    cells = "".join(
        f"<div><dt>{escape(name[:1].upper() + name[1:])}</dt><dd>{escape(value)}"
        f"<small>{escape(note)}</small></dd></div>"
        for name, value, note in figures
    )
    return f"<dl class='coverage-totals'>{cells}</dl>"


def _table(states: pd.DataFrame, chosen: Choices, *, choosing: bool) -> None:
    left, right = st.columns(2, gap="medium")
    options = ["", *STATES]
    with left:
        hold("inventory_show", "")
        wanted = st.selectbox(
            _("Show"),
            options,
            key="inventory_show",
            format_func=lambda one: _state_label(one, states),
        )
    with right:
        find = st.text_input(_("Find by a part of the name"), key="inventory_find", max_chars=60)
    rows = states[states["state"].eq(wanted)] if wanted else states
    heirs, was = _by_name(find, chosen.year)
    if find.strip():
        rows = rows[rows.index.isin(list(heirs))]
    columns = [
        (label("inventory", "gm_code"), ""),
        (_("How far"), ""),
        (label("inventory", "date"), ""),
        (label("inventory", "by"), ""),
        (label("inventory", "source"), ""),
    ]
    text = ngettext("{count} municipality", "{count} municipalities", len(rows))
    hint = _("Choose one to put it in the list above, or take it out.")
    marked = set(st.session_state.get(_CODES, []))
    grid.grid(
        [
            grid.Column(str(place), heading, note, sortable=False)
            for place, (heading, note) in enumerate(columns)
        ],
        [
            grid.Row(
                str(code),
                (
                    grid.Cell(str(row["name"]), mark=_("in the list") if code in marked else ""),
                    _state_cell(str(row["state"])),
                    *_said(row),
                ),
                current=code in marked,
            )
            for code, row in rows.iterrows()
        ],
        key="inventory_table",
        caption=_("Inventory of the municipalities of {year}", year=chosen.year),
        summary=" ".join([f"{text}.", *was, *([hint] if choosing and len(rows) else [])]),
        on_choose=partial(area_map.toggle, _CODES) if choosing else None,
        height=480,
    )


def _by_name(find: str, year: int) -> tuple[set[str], list[str]]:
    """Municipalities that have a part of a name, or had it; and what became of old ones."""
    wanted = find.strip().casefold()
    places = data.places(year, i18n.language()) if wanted else []
    found = [one for one in places if wanted in (one.name if one.old else one.label).casefold()]
    codes = {code for one in found for code in one.heirs or (one.code,)}
    old = [f"{one.label}." for one in found if one.old]
    return codes, old if len(old) <= _TOLD else []


def _state_cell(how_far: str) -> grid.Cell:
    return grid.Cell(_(STATES[how_far]), unknown=how_far == NOT)


def _said(row: pd.Series) -> tuple[grid.Cell, ...]:
    """Cells of the newest statement; empty where nobody said anything."""
    if row["state"] == NOT:
        return (grid.EMPTY,) * 3
    return (
        grid.text(date_words(row["date"])),
        grid.text(row["by"]),
        grid.text(row["source"]),
    )


def _state_label(one: str, states: pd.DataFrame) -> str:
    if not one:
        return _("All municipalities ({count})", count=number(len(states)))
    count = int(states["state"].eq(one).sum())
    words = _(STATES[one])
    return _("{what} ({count})", what=words[:1].upper() + words[1:], count=number(count))


# --- marking ----------------------------------------------------------------


def _form(states: pd.DataFrame, chosen: Choices, register: Register) -> None:
    year = chosen.year
    left, right = st.columns(2, gap="medium")
    with left:
        codes = area_picker.ask_codes(_PREFIX, year, title=_("Which municipalities? *"))
        there = [code for code in codes if code in states.index]
        _words_of_map(states, there, year)
        problems = _problems(chosen) if st.session_state.get(_TRIED) else {}
        if _TRIED in st.session_state and not there:
            area_picker.tell_fault(_("Choose at least one municipality."))
        _ask_fields(problems)
        _tell_effect(register, there, chosen)
        st.button(
            _("Save"),
            key="inventory_save",
            type="primary",
            icon=":material/save:",
            disabled=not codes,
            on_click=_want,
        )
        for text in st.session_state.pop(_FAULTS, []):
            st.error(plain_text(text))
    with right:
        _map(states, there, year)


def _want() -> None:
    st.session_state[_WANTED] = True


def _key(name: str) -> str:
    return f"{_PREFIX}_field_{name}"


def _ask_fields(problems: dict[str, str]) -> None:
    complete: list[str] = [str(one) for one in YesNo]
    hold(_key("complete"), None)
    st.radio(
        _("Was every offer looked for? *"),
        complete,
        key=_key("complete"),
        format_func=lambda one: _(_COMPLETE_WORDS[YesNo(one)]),
        help=_(str(REGISTER["inventory"].columns["complete"].description)),
    )
    area_picker.tell_fault(problems.get("complete", ""))
    st.session_state.setdefault(_key("date"), _today())
    st.session_state.setdefault(_key("by"), editor.editor().name)
    labels = {
        "date": _("Looked at on *"),
        "by": _("By whom"),
        "source": _("Source *"),
        "note": _("Remark"),
    }
    for name, words in labels.items():
        st.text_input(
            words,
            key=_key(name),
            max_chars=_LONGEST,
            help=_(str(REGISTER["inventory"].columns[name].description)),
        )
        area_picker.tell_fault(problems.get(name, ""))


def _today() -> str:
    """Today as people write it in the language of the page."""
    today = datetime.now(tz=UTC).astimezone().date()
    return f"{today.day}-{today.month}-{today.year}" if i18n.language() == "nl" else str(today)


def _row() -> Row:
    """What was filled in, without a municipality."""
    row = edits.empty_row("inventory") | {"status": FigureStatus.ENTERED.value}
    for name in _FIELDS:
        row[name] = str(st.session_state.get(_key(name)) or "").strip()
    return row


def _problems(chosen: Choices) -> dict[str, str]:
    """What is wrong with what was filled in, by column."""
    any_code = str(data.edition(chosen.year).municipalities.index[0])
    row = {**_row(), "gm_code": any_code, "edition": str(chosen.year)}
    found: dict[str, str] = {}
    for fault in edits.row_faults("inventory", row):
        if fault.severity == "error":
            found[fault.column] = " ".join(filter(None, [found.get(fault.column), fault.reason()]))
    return found


def _save(chosen: Choices) -> None:
    """Make a revision of what was filled in."""
    codes = [
        code
        for code in st.session_state.get(_CODES, [])
        if code in data.edition(chosen.year).municipalities.index
    ]
    st.session_state[_TRIED] = True
    if not codes or _problems(chosen):
        return
    base = int(st.session_state[_SEEN])
    try:
        after = _after(own.register(base), codes, chosen.year)
    except BadInputError as error:
        st.session_state[_FAULTS] = [fault.text() for fault in error.faults]
        return
    words = _COMPLETE_WORDS[YesNo(_row()["complete"])]
    note = _(
        "Inventory of {municipalities}. {complete}.",
        municipalities=ngettext("{count} municipality", "{count} municipalities", len(codes)),
        complete=_(words),
    )
    saving.save(after, base=base, kind=RevisionKind.INVENTORY, note=note)
    # What could not be saved is kept there; this form begins anew.
    st.session_state[_CODES] = []
    st.session_state[_key("note")] = ""
    st.session_state.pop(_TRIED, None)


def _after(register: Register, codes: list[str], year: int) -> Register:
    """Register in which municipalities are marked as the form says.

    A statement of the same day about the same municipality is replaced: one day has one.
    """
    edited = edits.texts(register)
    row = _row() | {"edition": str(year)}
    # As the reader writes a date, so that the same day is known as the same.
    row["date"] = edits.read("inventory", row)["date"]
    rows = [{**row, "gm_code": code} for code in codes]
    edited["inventory"] = edits.put(edited["inventory"], "inventory", rows)
    return edits.build(edited, register.name)


# --- what it does -----------------------------------------------------------


def _tell_effect(register: Register, codes: list[str], chosen: Choices) -> None:
    """Say what the map will show of these municipalities, before it is saved."""
    row = _row()
    if not codes or not row["complete"] or _problems(chosen):
        return
    try:
        later = _later(register, codes, chosen)
    except BadInputError:
        return  # told after saving
    before = data.assessment(chosen).municipalities
    now, then = (int((~table.loc[codes, "known"]).sum()) for table in (before, later))
    text = ngettext(
        "Of {count} municipality in the list, the map now calls {before} “not known”; after saving "
        "{after}.",
        "Of {count} municipalities in the list, the map now calls {before} “not known”; after "
        "saving {after}.",
        len(codes),
        before=number(now),
        after=number(then),
    )
    st.html(f"<p class='coverage-field-note' aria-live='polite'>{escape(text)}</p>")
    mine = later.loc[codes]
    none = mine[mine["certain"] & mine["status_at_least"].eq(CoverageStatus.NONE)]
    if len(none):
        names = _few(none["name"].sort_values(key=alphabet).tolist())
        tell_doubt(
            _(
                "The map will say for certain that there is no voluntary offer in {names}. If you "
                "know of an offer there, add it first.",
                names=names,
            )
        )
    still = int((~mine["known"]).sum())
    if still and row["complete"] == YesNo.YES:
        tell_doubt(
            ngettext(
                "{count} of these stays “not known”: an offer of which the register does not "
                "know enough, or not where it serves, may still count there. Complete those "
                "offers under “Edit offers”.",
                "{count} of these stay “not known”: an offer of which the register does not know "
                "enough, or not where it serves, may still count there. Complete those offers "
                "under “Edit offers”.",
                still,
            )
        )


def _later(register: Register, codes: list[str], chosen: Choices) -> pd.DataFrame:
    """Municipalities as they are after saving; kept until something changes that matters there."""
    row = _row()
    matters = own.key(chosen.revision), chosen.year, chosen.settings
    depends = (*matters, tuple(codes), row["complete"], row["date"])
    kept: tuple[Any, pd.DataFrame] | None = st.session_state.get(_LATER)
    if kept is None or kept[0] != depends:
        after = _after(register, codes, chosen.year)
        division = data.edition(chosen.year)
        found = coverage.assess(division, after, settings=chosen.settings).municipalities
        kept = depends, found
        st.session_state[_LATER] = kept
    return kept[1]


def _few(names: list[str]) -> str:
    if len(names) <= _NAMED + 1:
        return listed(names)
    rest = len(names) - _NAMED
    more = ngettext("{count} other", "{count} others", rest)
    return listed([*names[:_NAMED], more])


# --- the map ----------------------------------------------------------------


def _words_of_map(states: pd.DataFrame, codes: list[str], year: int) -> None:
    """Say how many are chosen, and which of them were looked at before."""
    if not codes:
        text = _("Nothing chosen yet. Type a name, add a region, or click on the map.")
    else:
        text = area_picker.served_words(codes, year)
        again = int(states.loc[codes, "state"].ne(NOT).sum())
        if again:
            more = ngettext(
                "{count} of these was looked at before; the newest statement counts.",
                "{count} of these were looked at before; the newest statement counts.",
                again,
            )
            text = f"{text} {more}"
    st.html(f"<p id='inventory-chosen' class='coverage-field-note'>{escape(text)}</p>")


def _map(states: pd.DataFrame, codes: list[str], year: int) -> None:
    index = data.edition(year).municipalities.index
    state_of = states["state"].reindex(index)
    marked = pd.Series(index.isin(codes), index=index)
    words = state_of.map({one: _(text) for one, text in STATES.items()})
    words = words.where(~marked, words.map(lambda one: _("{state}; in the list", state=one)))
    colours = pd.DataFrame(
        {
            "colour": state_of.map(
                {NOT: area_map.OTHER, PARTLY: area_map.CHOSEN, COMPLETE: area_map.CHOSEN}
            ),
            "hatched": state_of.eq(PARTLY),
            "words": words,
        }
    )
    area_map.show(
        colours,
        key="inventory_map",
        year=year,
        label=_("Map of the inventory"),
        described_by="inventory-legend",
        on_choose=partial(area_map.toggle, _CODES),
        outlined=codes,
    )
    st.html(_legend(states))


def _legend(states: pd.DataFrame) -> str:
    """Signs of the map in words, with counts."""
    counts = states["state"].value_counts()
    rows = "".join(
        f"<li><span class='swatch {escape(one)}' aria-hidden='true'></span>"
        f"{escape(_(words))}: {escape(number(counts.get(one, 0)))}</li>"
        for one, words in STATES.items()
    )
    outline = escape(_("broken line: in the list; click a municipality to add it or take it out"))
    mark = "<span class='swatch outlined' aria-hidden='true'></span>"
    return (
        f"<ul id='inventory-legend' class='coverage-inventory-legend'>{rows}"
        f"<li>{mark}{outline}</li></ul>"
    )


# --- in the session ---------------------------------------------------------


def _keys() -> list[str]:
    return [_CODES, *map(_key, _FIELDS)]


def _recall() -> None:
    """Put back what was filled in before another page was shown."""
    for key, value in st.session_state.get(_KEPT, {}).items():
        st.session_state.setdefault(key, value)


def _keep() -> None:
    there = {key: st.session_state[key] for key in _keys() if key in st.session_state}
    st.session_state[_KEPT] = there

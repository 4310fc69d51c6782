"""The form of one offer, organisation or address: grouped, with help and with what is wrong."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from coverage import criteria, edits, i18n
from coverage.criteria import CRITERIA
from coverage.editions import EDITIONS
from coverage.gap_table import alphabet
from coverage.i18n import _, number
from coverage.register_labels import label, word
from coverage.ui import area_map, area_picker, data, edit_place
from coverage.ui.edit_draft import AREA, BY_HAND, NEW, SHARED, STATED, Draft, key_of, whole
from coverage.ui.edit_fields import Told, ask, tell_doubt
from coverage.ui.state import hold
from coverage.vocabulary import FigureStatus, Function, FunctionStatus, ServiceAreaType
from coverage.wording import capital

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from coverage.edits import Row, Texts
    from coverage.ui.edit_place import Place

_UNEVIDENCED = ("coordination", "warning")
_OTHERS = (Function.SUPPORT, Function.ACCEPTANCE, Function.MOBILISATION)


@dataclass(frozen=True)
class Form:
    """What a form works with.

    Attributes
    ----------
    draft
        What is edited.
    edited
        Tables of the revision that it is edited on, as text.
    year
        Edition where the row names none.
    place
        Where its address is, if it has one of its own.
    rows
        What would be saved, by table.
    told
        What is wrong with it.
    """

    draft: Draft
    edited: Texts
    year: int
    place: Place | None
    rows: dict[str, Row]
    told: Told


def form(draft: Draft, edited: Texts, year: int) -> Form:
    """Form of a draft, judged but not drawn yet.

    Parameters
    ----------
    draft, edited, year
        See `Form`.
    """
    place = None
    if "locations" in draft.rows and _has_place(draft):
        place = edit_place.located(draft.rows["locations"], draft.start["locations"], year)
    rows = whole(draft, place.cells if place else {})
    told = Told()
    for table, row in rows.items():
        faults = edits.row_faults(table, row)
        # That evidence lacks is told beside it, in words for a form.
        faults = [one for one in faults if (one.column, one.severity) != _UNEVIDENCED]
        if table != draft.table:
            # What it takes over from the offer is told there.
            faults = [one for one in faults if one.column not in SHARED]
        told.add(table, faults, tried=draft.tried)
    for fault in draft.faults:
        told.add(fault.file, [fault], tried=True)
    return Form(draft, edited, year, place, rows, told)


def _has_place(draft: Draft) -> bool:
    return draft.table == "locations" or draft.row["location_id"] == NEW


def show(made: Form) -> None:
    """Draw a form.

    Parameters
    ----------
    made
        Result of `form`.
    """
    st.caption(_("Fields with * must be filled in. What you do not know stays “not known”."))
    {"offers": _offer, "providers": _provider, "locations": _location}[made.draft.table](made)


# --- an offer ---------------------------------------------------------------


def _offer(made: Form) -> None:
    with st.container(border=True):
        st.subheader(_("The offer"), anchor=False)
        left, right = st.columns(2, gap="medium")
        with left:
            _field(made, "name")
            _field(made, "target_group")
        with right:
            _ask_provider(made)
    with st.container(border=True):
        st.subheader(_("What it is"), anchor=False)
        left, right = st.columns(2, gap="medium")
        with left:
            _field(made, "offer_type", beside=False)
            _field(made, "framework")
            _field(made, "framework_basis")
        with right:
            _field(made, "long_term")
            low, high = st.columns(2)
            with low:
                _field(made, "duration_months_min")
            with high:
                _field(made, "duration_months_max")
            _field(made, "assertive_outreach")
    with st.container(border=True):
        st.subheader(_("Care coordination"), anchor=False)
        _coordination(made)
    with st.container(border=True):
        st.subheader(_("Where it serves"), anchor=False)
        _where(made)
    with st.container(border=True):
        st.subheader(_("How many families"), anchor=False)
        left, right = st.columns(2, gap="medium")
        with left:
            _field(made, "capacity_families")
        with right:
            _field(made, "capacity_note")
    with st.container(border=True):
        st.subheader(_("Where you have it from"), anchor=False)
        _source(made)
    more = ("responsible", "layer", "intensity_hours_week", "caseload_per_worker")
    years = ("year_from", "year_to", "first_seen", "last_seen")
    wrong = any((table, one) in made.told.errors() for table in ("offers",) for one in more + years)
    with st.expander(_("More: other functions, years, intensity, remark"), expanded=wrong):
        _more(made, more, years)


def _field(made: Form, column: str, *, lines: int = 0, beside: bool = True) -> None:
    ask(made.draft, made.told, made.draft.table, column, lines=lines, beside=beside)


def _more(made: Form, more: tuple[str, ...], years: tuple[str, ...]) -> None:
    for function in _OTHERS:
        _field(made, function.value)
    for column, spot in zip(years, st.columns(4), strict=True):
        with spot:
            _field(made, column)
    left, right = st.columns(2, gap="medium")
    for place, column in enumerate(more):
        with (left, right)[place % 2]:
            _field(made, column, beside=False)
    _field(made, "note", lines=3)
    key = made.draft.key
    text = _("Short name in the files: {key}", key=key)
    st.html(f"<p class='coverage-field-note'>{escape(text)}</p>")


def _source(made: Form) -> None:
    left, right = st.columns(2, gap="medium")
    table = made.draft.table
    with left:
        _field(made, "source")
        _field(made, "source_date")
    with right:
        _field(made, "certainty")
        ask(
            made.draft,
            made.told,
            table,
            "status",
            without=(FigureStatus.EXAMPLE.value, FigureStatus.ESTIMATED.value),
        )


# --- the organisation of an offer or address --------------------------------


def _ask_provider(made: Form) -> None:
    draft, names = made.draft, provider_names(made.edited)
    key = key_of(draft.table, "provider_id")
    adding = [NEW] if draft.table == "offers" else []
    options = [*adding, *names]
    now = draft.row["provider_id"]
    hold(key, now if now in options else None)
    st.selectbox(
        _("Organisation *"),
        options,
        key=key,
        index=None,
        format_func=lambda one: _("A new organisation…") if one == NEW else names[one],
        placeholder=_("Type a part of the name"),
        help=_("The organisation that gives the support."),
    )
    area_picker.tell_fault(made.told.wrong(draft.table, "provider_id"))
    if now == NEW:
        with st.container(border=True):
            for column in ("name", "website"):
                ask(draft, made.told, "providers", column)
            tell_doubt(_alike(draft.rows["providers"]["name"], names))


def provider_names(edited: Texts) -> dict[str, str]:
    """Name of each organisation by its identifier, in the order of the alphabet.

    Parameters
    ----------
    edited
        Tables as text.
    """
    table = edited["providers"].set_index("provider_id")["name"].sort_values(key=alphabet)
    twice = table.duplicated(keep=False)
    shown = table.where(~twice, table + " (" + table.index.astype(str) + ")")
    return {str(key): str(name) for key, name in shown.items()}


def _alike(name: str, names: Mapping[str, str]) -> str:
    """Say so when an organisation of this name is there already."""
    plain = name.strip().casefold()
    same = next((one for one in names.values() if plain and one.casefold() == plain), None)
    if same is None:
        return ""
    return _("“{name}” is in the register already. Choose it in the list above.", name=same)


# --- coordination -----------------------------------------------------------


def _coordination(made: Form) -> None:
    draft, row = made.draft, made.draft.row
    ask(
        draft,
        made.told,
        draft.table,
        "coordination",
        title=_("Is there care coordination?"),
    )
    with st.container():
        if criteria.unevidenced(pd.DataFrame([row])).iloc[0]:
            tell_doubt(
                _(
                    "Unevidenced: you say that coordination is present, but not what shows it. "
                    "Write below what the source says."
                )
            )
    _field(made, "evidence", lines=3)
    met, seen = criteria.answered(row)
    title = _(
        "Checklist of coordination: {met} of {all} met, {seen} looked at",
        met=number(met),
        all=number(len(CRITERIA)),
        seen=number(seen),
    )
    # The title changes with the answers; without a key the list would fold up then.
    with st.expander(title, key="edit_checklist", expanded=False):
        st.markdown(
            _(
                "Seven questions to put to the source. Only the first three decide: coordination "
                "is present when the source says who coordinates and names at least one task or "
                "power."
            )
        )
        for one in CRITERIA:
            source = _("Source: {source}.", source=_(one.source))
            ask(
                draft,
                made.told,
                draft.table,
                one.column,
                explained=f"{_(one.meaning)} {source}",
            )
    _tell_rule(row)


def _tell_rule(row: Row) -> None:
    """Say so when the checklist leads to another status than was chosen."""
    led = criteria.coordination(row)
    if led is None or led == row["coordination"]:
        return
    if led == FunctionStatus.NOT_DESCRIBED and row["coordination"] != FunctionStatus.PRESENT:
        return
    tell_doubt(
        _(
            "By the checklist coordination is “{led}”; you chose “{chosen}”. Check which is right.",
            led=word("coordination", led),
            chosen=word("coordination", row["coordination"]),
        )
    )


# --- where ------------------------------------------------------------------


def _where(made: Form) -> None:
    row = made.draft.row
    year = _year(row, made.year)
    area = made.told.wrong("offers", "service_area")
    kind = made.told.wrong("offers", "service_area_type")
    _ask_location(made)
    area_picker.ask(
        AREA, row, year=year, locations=_locations(made), fault=f"{area} {kind}".strip()
    )
    if row["service_area_type"] not in {ServiceAreaType.COUNTRY, ServiceAreaType.UNKNOWN}:
        left, right = st.columns(2, gap="medium")
        with left:
            _field(made, "partial_area")
        with right:
            _ask_edition(made, "offers")


def _year(row: Row, usual: int) -> int:
    text = row["edition"]
    return int(text) if text.isdigit() and int(text) in EDITIONS else usual


def _ask_edition(made: Form, table: str) -> None:
    key = key_of(table, "edition")
    options = [str(year) for year in sorted(EDITIONS)]
    now = made.draft.rows[table]["edition"]
    st.session_state.setdefault(key, now if now in options else str(made.year))
    st.radio(
        label(table, "edition"),
        options,
        key=key,
        horizontal=True,
        help=_("The division into municipalities of 1 January of that year."),
    )
    area_picker.tell_fault(made.told.wrong(table, "edition"))


def _ask_location(made: Form) -> None:
    draft = made.draft
    provider, now = draft.row["provider_id"], draft.row["location_id"]
    table = made.edited["locations"]
    own = table[table["provider_id"].eq(provider) | table["location_id"].eq(now)]
    names = {str(row["location_id"]): address_words(row) for row in own.to_dict("records")}
    options = ["", *names, NEW]
    key = key_of("offers", "location_id")
    if hold(key, now) not in options:
        st.session_state[key] = ""  # of another organisation
    st.selectbox(
        _("Address from which support is given"),
        options,
        key=key,
        format_func=lambda one: (
            _("A new address…") if one == NEW else names.get(one, _("No address"))
        ),
        help=_("Needed for a circle; without an address the offer has no point on the map."),
    )
    area_picker.tell_fault(_no_address(made.told.wrong("offers", "location_id"), now))
    if own.loc[own["location_id"].eq(now), "provider_id"].ne(provider).any():
        tell_doubt(_("This address is of another organisation. Check which is right."))
    if now == NEW:
        with st.container(border=True):
            _address(made)


def _no_address(text: str, location: str) -> str:
    """What is wrong with an address, in words for a form: it has no table to fill in."""
    return (
        _("A circle needs an address: choose one, or add one.") if text and not location else text
    )


def address_words(row: Mapping[Hashable, str]) -> str:
    """Address in one line.

    Parameters
    ----------
    row
        Row of the table of locations.
    """
    parts = [row["name"], row["address"], f"{row['postcode']} {row['place']}".strip()]
    return ", ".join(filter(None, parts)) or row["gm_code"] or row["location_id"]


def _locations(made: Form) -> pd.DataFrame:
    """The location of an offer, as the calculation wants it."""
    now = made.draft.row["location_id"]
    table = made.edited["locations"]
    found = table[table["location_id"].eq(now)]
    if now == NEW and made.place is not None:
        found = pd.DataFrame([{"location_id": NEW, **made.place.cells}])
    found = found[["location_id", "x", "y", "gm_code", "edition"]]
    return found.assign(
        x=pd.to_numeric(found["x"], errors="coerce"),
        y=pd.to_numeric(found["y"], errors="coerce"),
        edition=pd.to_numeric(found["edition"], errors="coerce").astype("Int64"),
    )


# --- an address -------------------------------------------------------------


def _location(made: Form) -> None:
    with st.container(border=True):
        st.subheader(_("The address"), anchor=False)
        left, right = st.columns(2, gap="medium")
        with left:
            _ask_provider(made)
            ask(made.draft, made.told, "locations", "name")
            _address(made)
        with right:
            _place_map(made)
    with st.container(border=True):
        st.subheader(_("Where you have it from"), anchor=False)
        _source(made)
        _field(made, "note", lines=3)


def _address(made: Form) -> None:
    """Inputs of an address, and what they lead to."""
    draft, row = made.draft, made.draft.rows["locations"]
    ask(draft, made.told, "locations", "address")
    left, right = st.columns(2)
    with left:
        ask(draft, made.told, "locations", "postcode")
    with right:
        ask(draft, made.told, "locations", "place")
    names = area_picker.labels(_year(row, made.year), i18n.language())
    key = key_of("locations", STATED)
    options = ["", *names]
    if hold(key, row[STATED]) not in options:
        st.session_state[key] = ""
    st.selectbox(
        label("locations", "gm_code"),
        options,
        key=key,
        format_func=lambda one: names.get(one, _("As the address says")),
        help=_("Choose one only if the address is not enough, for instance for a village name."),
    )
    key = key_of("locations", BY_HAND)
    st.session_state.setdefault(key, bool(row[BY_HAND]))
    st.checkbox(_("I know the exact point (x and y)"), key=key)
    if row[BY_HAND]:
        left, right = st.columns(2)
        with left:
            ask(draft, made.told, "locations", "x")
        with right:
            ask(draft, made.told, "locations", "y")
        ask(draft, made.told, "locations", "precision", beside=False)
    _tell_place(made)


def _tell_place(made: Form) -> None:
    """Say where the address is, how precisely that is known, and how it was found."""
    if made.place is None:
        return
    cells = made.place.cells
    where = area_picker.labels(_year(cells, made.year), i18n.language()).get(cells["gm_code"], "")
    text = made.place.words or _(
        "Municipality: {name}. Point on the map: {precision}.",
        name=where or _("not known"),
        precision=word("precision", cells["precision"]),
    )
    st.html(f"<p class='coverage-field-note' aria-live='polite'>{escape(text)}</p>")
    for column in ("x", "y", "gm_code", "edition", "precision"):
        area_picker.tell_fault(made.told.wrong("locations", column))


def _place_map(made: Form) -> None:
    if made.place is None or not made.place.known:
        text = _("Fill in a postcode or a place: then the map shows where it is.")
        st.html(f"<p class='coverage-field-note'>{escape(text)}</p>")
        return
    cells = made.place.cells
    year = _year(cells, made.year)
    code = cells["gm_code"] if cells["gm_code"] in data.shapes(year).index else ""
    point = None
    with suppress(ValueError):  # not typed yet, or told at the field
        point = area_picker.longitude_latitude(float(cells["x"]), float(cells["y"]))
    title = _("Map of the address")
    text = _("The municipality of the address is coloured; the circle is its point.")
    st.html(f"<p id='edit-place-words' class='coverage-field-note'>{escape(text)}</p>")
    area_map.show(
        area_map.painted(year, [code] if code else [], _("the address is here"), ""),
        key="edit_place_map",
        year=year,
        label=title,
        described_by="edit-place-words",
        view=[code] if code else [],
        point=point,
    )


# --- an organisation --------------------------------------------------------


def _provider(made: Form) -> None:
    with st.container(border=True):
        st.subheader(_("The organisation"), anchor=False)
        left, right = st.columns(2, gap="medium")
        with left:
            _field(made, "name")
            _field(made, "website")
        with right:
            _field(made, "kvk")
    with st.container(border=True):
        st.subheader(_("Where you have it from"), anchor=False)
        _source(made)
        _field(made, "note", lines=3)


def lacking(made: Form) -> list[str]:
    """Names of the fields that stop the saving, in the language of the context.

    Parameters
    ----------
    made
        Result of `form`.
    """
    found = dict.fromkeys(made.told.errors())
    return [capital(label(table, column)) for table, column in found]

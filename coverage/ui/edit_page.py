"""Page to edit offers, organisations and addresses: one in a form, or many in a table."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage import edits
from coverage.changes import KEYS
from coverage.faults import BadInputError
from coverage.i18n import N_, _, ngettext
from coverage.ui import (
    edit_draft,
    edit_form,
    edit_grid,
    edit_list,
    editor,
    own,
    saving,
    state,
)
from coverage.ui.state import plain_text
from coverage.wording import listed
from coverage.workspace import RevisionKind

if TYPE_CHECKING:
    from coverage.edits import Texts
    from coverage.ui.chosen import Choices
    from coverage.ui.edit_draft import Draft

TABLES = {"offers": N_("Offers"), "providers": N_("Organisations"), "locations": N_("Addresses")}
"""What can be edited here, in the order of the page."""

ONE, MANY = "one", "many"
_WAYS = {ONE: N_("One at a time, in a form"), MANY: N_("Many at once, in a table")}

_ADD = {
    "offers": N_("Add an offer"),
    "providers": N_("Add an organisation"),
    "locations": N_("Add an address"),
}

_WANTED = "edit_wanted"
_NOTE = "edit_note"
_CONFIRM = "edit_confirm"
_LONGEST_NOTE = 300


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show; the year is the edition of what is added.
    """
    st.title(_("Edit offers"), anchor=False)
    news = st.container()
    may_edit = editor.editor().may_edit
    draft = edit_draft.current()
    if may_edit:
        draft = _follow(draft, chosen)
    with news:
        saving.tell()
        editor.bar()
    number = own.latest()
    if not may_edit:
        _read_only(number)
        return
    if draft is not None:
        _form(draft, chosen)
        return
    edited = _texts(number)
    table, way = _ask_what()
    if way == MANY:
        edit_grid.show(table, number, chosen.year)
        return
    if not number:
        _tell_empty()
    st.header(_(TABLES[table]), anchor=False)
    st.button(
        _(_ADD[table]),
        key="edit_add",
        icon=":material/add:",
        type="primary",
        on_click=_want,
        args=("add", table),
    )
    if len(edited[table]):
        edit_list.show(edited, table, _open)
        _see()
    elif number:
        st.markdown(_("There is nothing here yet."))


def _ask_what() -> tuple[str, str]:
    """Ask what to edit, and how."""
    table = st.radio(
        _("What do you want to edit?"),
        list(TABLES),
        key="edit_table",
        format_func=lambda one: _(TABLES[one]),
        horizontal=True,
        persist_state="session",
    )
    way = st.radio(
        _("How?"),
        list(_WAYS),
        key="edit_way",
        format_func=lambda one: _(_WAYS[one]),
        horizontal=True,
        persist_state="session",
    )
    return table, way


def _tell_empty() -> None:
    """How to begin."""
    text = _("Your own register is still empty. Read in a file, or begin with what is public:")
    link = _("to the page Import")
    address = state.link("inlezen")
    st.html(f"<p>{escape(text)} <a href='{escape(address)}' target='_self'>{escape(link)}</a>.</p>")


def _read_only(number: int) -> None:
    """For who may not edit: what there is."""
    st.header(_(TABLES["offers"]), anchor=False)
    edited = _texts(number)
    if len(edited["offers"]):
        edit_list.show(edited, "offers", None)


def _texts(number: int) -> Texts:
    """Tables of a revision as text, shared by all readers."""
    return _kept_texts(own.key(number), number)


@st.cache_resource(show_spinner=False, max_entries=4)
def _kept_texts(cached: str, number: int) -> Texts:  # noqa: ARG001 - what it depends on
    return edits.texts(own.register(number))


def _see() -> None:
    """Way to what the map makes of it."""
    address, words = state.link("", register=own.OWN), _("See the own register on the map")
    st.html(f"<p><a href='{escape(address)}' target='_self'>{escape(words)}</a></p>")


# --- what was pressed -------------------------------------------------------


def _want(*what: str) -> None:
    """Remember what was pressed, for the run that follows: there the texts have a language."""
    st.session_state[_WANTED] = what


def _open(key: str) -> None:
    _want("open", st.session_state.get("edit_table", "offers"), key)


def _follow(draft: Draft | None, chosen: Choices) -> Draft | None:
    """Do what was pressed, before anything is drawn; gives the draft to go on with."""
    number = own.latest()
    what, *more = st.session_state.pop(_WANTED, ("",))
    linked = _linked(number) if draft is None and not what else ""
    if linked:
        what, more = "open", ["offers", linked]
    if what in {"add", "open"}:
        edited = _texts(number)
        draft = (
            edit_draft.started(edited, more[0], chosen.year, number)
            if what == "add"
            else _opened(edited, more[0], more[1], number)
        )
    elif draft is None or not what:
        return draft
    elif what == "save":
        return _left() if _save(draft, chosen) else draft
    elif what == "delete":
        return _left() if _delete(draft) else draft
    elif what == "undo" and not draft.new:
        edited = _texts(draft.base)
        draft = edit_draft.opened(edited, draft.table, draft.key, draft.base)
    else:  # back, or undo of what is new
        return _left()
    st.session_state[_CONFIRM] = False
    st.session_state.pop(_NOTE, None)
    edit_draft.keep(draft)
    return draft


def _opened(edited: Texts, table: str, key: str, number: int) -> Draft | None:
    if edits.find(edited[table], table, {KEYS[table][0]: key}) is None:
        st.warning(_("This row is not in the register any more: somebody removed it."))
        return None
    return edit_draft.opened(edited, table, key, number)


def _linked(number: int) -> str:
    """Offer that a link to this page asks for; once."""
    asked = state.linked("offer")
    if not asked:
        return ""
    there = asked in set(own.register(number).offers["offer_id"])
    if not there:
        st.warning(
            _("The link asks for offer “{asked}”, which is not there.", asked=plain_text(asked))
        )
    return asked if there else ""


def _left() -> Draft | None:
    """Nothing, after the form was left."""
    edit_draft.keep(None)
    st.session_state.pop(_NOTE, None)
    st.session_state[_CONFIRM] = False
    return None


def _note(draft: Draft, usual: str) -> str:
    return str(st.session_state.get(_NOTE, "")).strip() or _(
        usual, what=_(TABLES[draft.table]), name=draft.title
    )


def _save(draft: Draft, chosen: Choices) -> bool:
    """Save what is edited; what is wrong is kept with the draft. Whether it is out of hand."""
    draft.tried, draft.faults = True, []
    base = own.register(draft.base)
    edited = _texts(draft.base)
    made = edit_form.form(draft, edited, chosen.year)
    if made.told.errors():
        return False
    after, places = edit_draft.put(edited, made.rows)
    try:
        register = edits.build(after, base.name)
    except BadInputError as error:
        for table, place in places.items():
            mine, _others = edits.faults_of(error.faults, table, [place])
            draft.faults += [fault for fault in mine if fault.severity == "error"]
        if not draft.faults:
            draft.faults = [fault for fault in error.faults if fault.severity == "error"]
        return False
    note = _note(
        draft, N_("{what}: “{name}” added") if draft.new else N_("{what}: “{name}” changed")
    )
    # What could not be saved is kept there, and told at the top of the page.
    saving.save(register, base=draft.base, kind=RevisionKind.EDIT, note=note)
    return True


def _delete(draft: Draft) -> bool:
    """Delete the row that is edited; whether it is out of hand."""
    base = own.register(draft.base)
    after = edits.remove(_texts(draft.base), draft.table, {draft.key})
    try:
        register = edits.build(after, base.name)
    except BadInputError as error:
        draft.faults = [fault for fault in error.faults if fault.severity == "error"]
        return False
    note = _note(draft, N_("{what}: “{name}” deleted"))
    saving.save(register, base=draft.base, kind=RevisionKind.EDIT, note=note)
    return True


# --- the form ---------------------------------------------------------------


def _form(draft: Draft, chosen: Choices) -> None:
    edited = _texts(draft.base)
    made = edit_form.form(draft, edited, chosen.year)
    if draft.new:
        st.header(_(_ADD[draft.table]), anchor=False)
    else:
        st.header(plain_text(draft.title) or _(TABLES[draft.table]), anchor=False)
    if not draft.changed:
        st.button(
            _("Back to the list"),
            key="edit_back_top",
            icon=":material/arrow_back:",
            on_click=_want,
            args=("back",),
        )
    with st.container(key="edit_form"):
        edit_form.show(made)
    _tell_wrong(draft, made)
    _buttons(draft)
    if not draft.new:
        _ask_delete(draft, edited)


def _tell_wrong(draft: Draft, made: edit_form.Form) -> None:
    """Say at the button what stops the saving: the fields themselves say why."""
    if not draft.tried:
        return
    wrong = edit_form.lacking(made)
    if wrong:
        text = ngettext(
            "Not saved. Look at this field: {fields}.",
            "Not saved. Look at these {count} fields: {fields}.",
            len(wrong),
            fields=listed(wrong),
        )
        st.error(plain_text(text))
    for _table, _column, words in made.told.rest():
        st.error(plain_text(words))


def _buttons(draft: Draft) -> None:
    with st.container(key="edit_bar"):
        if draft.changed:
            st.text_input(
                _("What did you change, and why? (may stay empty)"),
                key=_NOTE,
                max_chars=_LONGEST_NOTE,
                help=_("It stands in the list of revisions, for others and for later."),
            )
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("Save"),
                key="edit_save",
                icon=":material/save:",
                type="primary",
                disabled=not draft.changed,
                on_click=_want,
                args=("save",),
            )
            if draft.changed:
                st.button(
                    _("Let go of these changes"),
                    key="edit_undo",
                    icon=":material/undo:",
                    on_click=_want,
                    args=("undo",),
                )
                st.markdown(_("**Not saved yet.**"))
            else:
                st.button(
                    _("Back to the list"),
                    key="edit_back",
                    icon=":material/arrow_back:",
                    on_click=_want,
                    args=("back",),
                )


def _ask_delete(draft: Draft, edited: Texts) -> None:
    """Delete after a question, which says what goes along."""
    names = {
        "offers": _("Delete this offer"),
        "providers": _("Delete this organisation"),
        "locations": _("Delete this address"),
    }
    if not st.session_state.get(_CONFIRM):
        st.button(
            names[draft.table],
            key="edit_delete",
            icon=":material/delete:",
            on_click=_confirm,
            args=(True,),
        )
        return
    st.warning(plain_text(_loss(draft, edited)))
    with st.container(horizontal=True):
        st.button(
            _("Yes, delete"),
            key="edit_delete_yes",
            icon=":material/delete:",
            on_click=_want,
            args=("delete",),
        )
        st.button(_("No, keep it"), key="edit_delete_no", on_click=_confirm, args=(False,))


def _confirm(asked: bool) -> None:
    st.session_state[_CONFIRM] = asked


def _loss(draft: Draft, edited: Texts) -> str:
    """What goes when a row is deleted, and that it can be got back."""
    gone = edits.lost(edited, draft.table, {draft.key})
    along = {
        "offers": ngettext("{count} offer", "{count} offers", gone["offers"]),
        "locations": ngettext("{count} address", "{count} addresses", gone["locations"]),
    }
    more = [along[one] for one in along if gone[one] and one != draft.table]
    parts = [_("Delete “{name}”?", name=draft.title)]
    if more:
        parts.append(_("This goes along: {what}.", what=listed(more)))
    if gone["unplaced"]:
        parts.append(
            ngettext(
                "{count} offer stays, and has no address then; if its service area is a circle "
                "round it, that is not known any more.",
                "{count} offers stay, and have no address then; where their service area is a "
                "circle round it, that is not known any more.",
                gone["unplaced"],
            )
        )
    parts.append(_("Earlier revisions keep it: you can go back."))
    return " ".join(parts)

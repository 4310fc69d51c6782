"""Page to edit offers, organisations and addresses: one in a form, or many in a table."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage import edits
from coverage.i18n import N_, _, ngettext
from coverage.ui import (
    edit_draft,
    edit_form,
    edit_grid,
    edit_list,
    edit_steps,
    editor,
    own,
    saving,
    state,
)
from coverage.ui.state import hold, plain_text
from coverage.wording import listed

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
    may_edit = saving.may_save()
    draft = edit_draft.current()
    if may_edit:
        draft = edit_steps.follow(draft, chosen.year)
    with news:
        saving.tell()
        editor.bar()
    number = own.latest()
    if not may_edit:
        _read_only(number)
        return
    with st.container():
        _offer_back(draft)
    if draft is not None:
        _form(draft, chosen)
        return
    edited = edit_steps.texts(number)
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
        on_click=edit_steps.want,
        args=("add", table),
    )
    if len(edited[table]):
        edit_list.show(edited, table, partial(edit_steps.want, "open", table))
        _see()
    elif number:
        st.markdown(_("There is nothing here yet."))


def _offer_back(draft: Draft | None) -> None:
    """Offer what was let go of, until something else is typed."""
    gone: Draft | None = st.session_state.get(edit_steps.LET_GO)
    if gone is None:
        return
    if draft is not None and draft.changed:
        del st.session_state[edit_steps.LET_GO]
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        name = plain_text(gone.title) or _("a row without a name")
        st.markdown(_("You let go of your changes to “{name}”.", name=name))
        st.button(
            _("Bring them back"),
            key="edit_bring_back",
            icon=":material/redo:",
            on_click=edit_steps.want,
            args=("bring_back",),
        )


def _ask_what() -> tuple[str, str]:
    """Ask what to edit, and how."""
    hold("edit_table", next(iter(TABLES)))
    table = st.radio(
        _("What do you want to edit?"),
        list(TABLES),
        key="edit_table",
        format_func=lambda one: _(TABLES[one]),
        horizontal=True,
        persist_state="session",
    )
    hold("edit_way", next(iter(_WAYS)))
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
    st.header(_("Offers"), anchor=False)
    edited = edit_steps.texts(number)
    if len(edited["offers"]):
        edit_list.show(edited, "offers", None)


def _see() -> None:
    """Way to what the map makes of it."""
    address, words = state.link("", register=own.OWN), _("See the own register on the map")
    st.html(f"<p><a href='{escape(address)}' target='_self'>{escape(words)}</a></p>")


# --- the form ---------------------------------------------------------------


def _form(draft: Draft, chosen: Choices) -> None:
    edited = edit_steps.texts(draft.base)
    made = edit_form.form(draft, edited, chosen.year)
    if draft.new:
        st.header(_(_ADD[draft.table]), anchor=False)
    else:
        st.header(plain_text(draft.title) or _(TABLES[draft.table]), anchor=False)
    # In a place that stays: what moves up is drawn anew, and loses what is being typed.
    with st.container():
        if not draft.changed:
            st.button(
                _("Back to the list"),
                key="edit_back_top",
                icon=":material/arrow_back:",
                on_click=edit_steps.want,
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
                key=edit_steps.NOTE,
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
                on_click=edit_steps.want,
                args=("save",),
            )
            if draft.changed:
                st.button(
                    _("Let go of these changes"),
                    key="edit_undo",
                    icon=":material/undo:",
                    on_click=edit_steps.want,
                    args=("undo",),
                )
                st.markdown(_("**Not saved yet.**"))
            else:
                st.button(
                    _("Back to the list"),
                    key="edit_back",
                    icon=":material/arrow_back:",
                    on_click=edit_steps.want,
                    args=("back",),
                )
                if not draft.new:
                    st.button(
                        _("Make a copy"),
                        key="edit_copy",
                        icon=":material/content_copy:",
                        help=_("A new row that begins with the same contents."),
                        on_click=edit_steps.want,
                        args=("copy",),
                    )


def _ask_delete(draft: Draft, edited: Texts) -> None:
    """Delete after a question, which says what goes along."""
    names = {
        "offers": _("Delete this offer"),
        "providers": _("Delete this organisation"),
        "locations": _("Delete this address"),
    }
    if not st.session_state.get(edit_steps.CONFIRM):
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
            on_click=edit_steps.want,
            args=("delete",),
        )
        st.button(_("No, keep it"), key="edit_delete_no", on_click=_confirm, args=(False,))


def _confirm(asked: bool) -> None:
    st.session_state[edit_steps.CONFIRM] = asked


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

"""What is pressed on the page to edit, done before the page is drawn.

A button only remembers what it asks for. The run that follows does it first: then every input
holds what was typed last, the texts have a language, and the form can begin anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage import edits
from coverage.changes import KEYS
from coverage.faults import BadInputError
from coverage.i18n import N_, _
from coverage.register_labels import TABLE
from coverage.ui import edit_draft, edit_form, own, saving, state
from coverage.ui.state import plain_text
from coverage.workspace import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.edits import Texts
    from coverage.register import Register
    from coverage.ui.edit_draft import Draft

NOTE = "edit_note"
"""Key in the session of what the reader says of a change."""

CONFIRM = "edit_confirm"
"""Key in the session: whether the question before deleting is shown."""

LET_GO = "edit_let_go"
"""Key in the session of the draft that was let go of last."""

_WANTED = "edit_wanted"


def want(*what: str) -> None:
    """Remember what was pressed; from a callback.

    Parameters
    ----------
    *what
        Name of the step, and what it is done to.
    """
    st.session_state[_WANTED] = what


def follow(draft: Draft | None, year: int) -> Draft | None:
    """Do what was pressed.

    Parameters
    ----------
    draft
        What is edited now.
    year
        Edition of what is added.

    Returns
    -------
    Draft or None
        What to go on with.
    """
    step, *more = st.session_state.pop(_WANTED, ("",))
    number = own.latest()
    if not step and (draft is None or not draft.changed):
        asked = _linked(number)
        if asked:
            step, more = "open", ["offers", asked]
    if step in _ON_A_DRAFT and draft is not None:
        return _ON_A_DRAFT[step](draft, year)
    if step == "add":
        return _go_on(edit_draft.started(texts(number), more[0], year, number))
    if step == "open":
        return _go_on(_opened(more[0], more[1], number))
    if step == "bring_back":
        return _go_on(st.session_state.pop(LET_GO, None))
    return _kept(draft, number) if draft is not None and not draft.new else draft


def texts(number: int) -> Texts:
    """Tables of a revision as text, shared by all readers and never changed.

    Parameters
    ----------
    number
        Of the revision.
    """
    return _texts(own.key(number), number)


@st.cache_resource(show_spinner=False, max_entries=4)
def _texts(cached: str, number: int) -> Texts:  # noqa: ARG001 - what it depends on
    return edits.texts(own.register(number))


def _kept(draft: Draft, number: int) -> Draft | None:
    """Draft to go on with when nothing was pressed; what was typed always stays."""
    address = str(st.session_state.get("offer", ""))
    if draft.changed:
        if draft.table == "offers":
            st.session_state["offer"] = draft.key
        return draft
    if draft.table == "offers" and address != draft.key:
        return _go_on(None)  # the reader went back to where the list was
    if draft.base != number:
        return _go_on(_opened(draft.table, draft.key, number))  # somebody saved meanwhile
    return draft


def _go_on(draft: Draft | None) -> Draft | None:
    """Go on with another draft: the inputs begin anew."""
    st.session_state[CONFIRM] = False
    st.session_state.pop(NOTE, None)
    edit_draft.keep(draft)
    if draft is not None and draft.table == "offers" and not draft.new:
        st.session_state["offer"] = draft.key  # so that the address can be shared
    else:
        st.session_state.pop("offer", None)
    return draft


def _opened(table: str, key: str, number: int) -> Draft | None:
    edited = texts(number)
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
        st.session_state.pop("offer", None)
        st.warning(
            _("The link asks for offer “{asked}”, which is not there.", asked=plain_text(asked))
        )
    return asked if there else ""


# --- with the draft that is open --------------------------------------------


def _back(draft: Draft, year: int) -> Draft | None:  # noqa: ARG001 - as all steps
    return _go_on(None)


def _undo(draft: Draft, year: int) -> Draft | None:  # noqa: ARG001
    st.session_state[LET_GO] = draft
    return _go_on(None if draft.new else _opened(draft.table, draft.key, draft.base))


def _copy(draft: Draft, year: int) -> Draft | None:  # noqa: ARG001
    number = own.latest()
    return _go_on(edit_draft.copied(texts(number), draft, number))


def _save(draft: Draft, year: int) -> Draft | None:
    """Save what is edited; what is wrong is kept with the draft."""
    draft.tried, draft.faults = True, []
    edited = texts(draft.base)
    made = edit_form.form(draft, edited, year)
    if made.told.errors():
        return draft
    after, places = edit_draft.put(edited, made.rows)
    register = _built(draft, after, places)
    if register is None:
        return draft
    usual = N_("{what}: “{name}” added") if draft.new else N_("{what}: “{name}” changed")
    # What could not be saved is kept there, and told at the top of the page.
    saving.save(register, base=draft.base, kind=RevisionKind.EDIT, note=_note(draft, usual))
    return _go_on(None)


def _delete(draft: Draft, year: int) -> Draft | None:  # noqa: ARG001
    register = _built(draft, edits.remove(texts(draft.base), draft.table, {draft.key}), {})
    if register is None:
        return draft
    note = _note(draft, N_("{what}: “{name}” deleted"))
    saving.save(register, base=draft.base, kind=RevisionKind.EDIT, note=note)
    return _go_on(None)


_ON_A_DRAFT: dict[str, Callable[[Draft, int], Draft | None]] = {
    "back": _back,
    "undo": _undo,
    "copy": _copy,
    "save": _save,
    "delete": _delete,
}


def _built(draft: Draft, after: Texts, places: dict[str, int]) -> Register | None:
    """Register of the tables; None if it has faults, which are kept with the draft."""
    try:
        with st.spinner(_("Saving…")):
            return edits.build(after)
    except BadInputError as error:
        found = [fault for fault in error.faults if fault.severity == "error"]
        for table, place in places.items():
            draft.faults += edits.faults_of(found, table, [place])[0]
        draft.faults = draft.faults or found
        return None


def _note(draft: Draft, usual: str) -> str:
    """What the reader says of the change; without it what was done to which row."""
    said = str(st.session_state.get(NOTE, "")).strip()
    return said or _(usual, what=_(TABLE[draft.table]), name=draft.title)

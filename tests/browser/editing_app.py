"""The smallest app that edits: one offer of the own register, beside the page of revisions.

What two people do to each other's work is tested here on the parts that every page uses, and not
on the form of one page.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

import coverage
from coverage import i18n, tables
from coverage.register import Register
from coverage.ui import choices, editor, own, page_frame, revisions_page, saving, state
from coverage.workspace import RevisionKind

FIELDS = ("name", "capacity_families", "note")


def start():
    """Page at the bare address."""
    st.title("Start")


def edit():
    """Form for one offer, filled from the revision that the reader started from."""
    choices.ask_for_own()
    st.title("Edit one offer")
    editor.bar()
    saving.tell()
    seen = st.session_state.setdefault("seen", own.latest())
    register = own.register(seen)
    st.caption(f"From revision {seen}")
    st.button("Refresh", on_click=st.session_state.pop, args=("seen",))
    offers = register.offers.apply(tables.as_text)
    place = st.number_input("Row", 0, len(offers) - 1, key="row")
    with st.form("form"):
        typed = {
            name: st.text_input(name, offers.loc[place, name], key=f"{seen}-{place}-{name}")
            for name in FIELDS
        }
        note = st.text_input("why", key=f"{seen}-why")
        if st.form_submit_button("Save", disabled=not editor.editor().may_edit):
            offers.loc[place, list(typed)] = list(typed.values())
            after = Register.from_tables(**(register.tables | {"offers": offers}))
            saving.save(after, base=seen, kind=RevisionKind.EDIT, note=note)
            del st.session_state["seen"]
            st.rerun()
    state.write()


def revisions():
    """The real page."""
    revisions_page.show(choices.ask_for_own())
    state.write()


state.read()
i18n.use(choices.language())
st.set_page_config(page_title="Editing", layout="wide")
for sheet in sorted((Path(coverage.__file__).parent / "ui").glob("*.css")):
    st.html(sheet)
page_frame.describe(language=i18n.language())
st.navigation(
    [
        st.Page(start, title="Start", default=True),
        st.Page(edit, title="Edit", url_path="edit"),
        st.Page(revisions, title="Revisions", url_path="versies"),
    ],
    position="top",
).run()

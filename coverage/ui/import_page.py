"""Page: read in a list of offers from a spreadsheet, from file to revision.

What was handed over is kept in the session until it is read in or let go, so that who looks at
another page meanwhile loses nothing. Nothing goes into the register before the last step.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage._files import data_dir
from coverage.changes import changes, updated
from coverage.faults import BadInputError, warnings
from coverage.i18n import _, ngettext, number
from coverage.ui import (
    change_list,
    data,
    download,
    editor,
    import_list,
    importing,
    own,
    saving,
    upload,
)
from coverage.ui.importing import Done
from coverage.ui.state import hold, plain_text

if TYPE_CHECKING:
    import pandas as pd

    from coverage import Register
    from coverage.ui.chosen import Choices
    from coverage.ui.upload import Upload

_UPLOAD = "import_upload"
_COMPARED = "import_compared"


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show; its edition is the one in which addresses are looked up.
    """
    st.title(_("Import"), anchor=False)
    saving.tell()
    importing.tell_done()
    editor.bar()
    if not saving.may_save():
        return
    found: Upload | None = st.session_state.get(_UPLOAD)
    if found is None:
        _ask_file()
        return
    _file(found)
    base, pressed = importing.base()
    if found.register is not None:
        _import_register(found, found.register, base, pressed=pressed)
    else:
        import_list.steps(found, chosen, base, pressed=pressed)


# --- the file -----------------------------------------------------------------


def _ask_file() -> None:
    st.header(_("1. Choose a file"), anchor=False)
    st.markdown(
        _(
            "A list from a spreadsheet, with one row for each offer: Excel, LibreOffice or CSV. "
            "The columns may have any names and any order. Nothing goes into the register before "
            "you have seen what was found."
        )
    )
    # Every kind of file is taken: what a file is, and what to do with it, is said below.
    given = st.file_uploader(
        _("File with offers (at most {limit} MB)", limit=number(upload.LARGEST_MB)),
        key="import_file",
        max_upload_size=upload.LARGEST_MB,
    )
    if given is not None:
        with st.spinner(_("Reading…")):
            found = upload.read(given.name, given.getvalue())
        if found.usable:
            importing.forget()
            st.session_state[_UPLOAD] = found
            st.rerun()
        st.error(_("This file cannot be used."))
        importing.fault_list(found.faults)
    _without_file()


def _without_file() -> None:
    """What else there is to begin with."""
    st.header(_("No list yet?"), anchor=False)
    if not own.latest():
        public = data.shipped("public")
        count = len(public.offers)
        st.markdown(
            _(
                "Begin with what is publicly known, and add to it: every offer there has a source. "
                "Or fill in the empty workbook."
            )
        )
        label = ngettext(
            "Begin with {count} public offer", "Begin with {count} public offers", count
        )
        if st.button(label, icon=":material/public:"):
            done = Done(_("Public sources"))
            note = _("Begun with the public sources")
            importing.save(public, base=0, note=note, done=done)
    else:
        st.markdown(_("Fill in the empty workbook, and read that in here."))
    download.offer(_("Empty workbook (Excel)"), _template, "register.xlsx")


def _template() -> bytes:
    return (data_dir("providers") / "templates" / "register.xlsx").read_bytes()


def _file(found: Upload) -> None:
    """Which file is being read in, and the way back."""
    st.header(_("1. Your file"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain_text(found.name)}**", width="content")
        st.button(
            _("Choose another file"),
            key="import_again",
            icon=":material/close:",
            on_click=importing.forget,
        )
    told = warnings(found.faults)
    if told:
        st.warning(_("The file could be read. Look at this:"))
        importing.fault_list(told)


# --- a whole register -----------------------------------------------------------


def _import_register(found: Upload, register: Register, base: int, *, pressed: bool) -> None:
    st.header(_("2. What is in the workbook"), anchor=False)
    st.markdown(_("This is a whole register: it goes in as it is, without matching columns."))
    counts = {
        _("Providers"): register.providers,
        _("Locations"): register.locations,
        _("Offers"): register.offers,
        _("Inventory"): register.inventory,
    }
    parts = "".join(
        f"<div><dt>{escape(label)}</dt><dd>{escape(number(len(table)))}</dd></div>"
        for label, table in counts.items()
    )
    st.html(f"<dl class='coverage-totals'>{parts}</dl>")
    whole = not base or _ask_whole()
    try:
        after, what = _compared(found.key, register, base, whole=whole)
    except BadInputError as error:
        importing.tell_no_register(error)
        return
    st.header(_("3. What changes"), anchor=False)
    if what.empty:
        st.info(_("Nothing: your register has all of this already."))
        return
    change_list.show(what, key="import_changes", caption=_("What changes"))
    st.header(_("4. Put it in the register"), anchor=False)
    note = importing.ask_note(found.name, found.key)
    importing.ask(_("Import this register"), base)
    if pressed:
        importing.save(after, base=base, note=note, done=Done(found.name))


def _compared(
    file: str, register: Register, base: int, *, whole: bool
) -> tuple[Register, pd.DataFrame]:
    """Register as it is to be, and what that changes; kept until it depends on something else."""
    depends = file, whole, own.key(base)
    kept: tuple[Any, Register, pd.DataFrame] | None = st.session_state.get(_COMPARED)
    if kept is None or kept[0] != depends:
        before = own.register(base)
        after = register if whole else updated(before, register)
        kept = depends, after, changes(before, after)
        st.session_state[_COMPARED] = kept
    return kept[1:]


def _ask_whole() -> bool:
    """Whether what the workbook lacks must go from the register."""
    words = {
        False: _("Add it: rows with the same code are replaced, all others stay"),
        True: _("Replace everything: what the workbook does not have goes"),
    }
    hold("import_whole", False)
    return bool(
        st.radio(
            _("Your register has offers already"),
            list(words),
            key="import_whole",
            format_func=words.__getitem__,
        )
    )

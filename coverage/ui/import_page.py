"""Page: read in a list of offers from a spreadsheet, from file to revision.

What was handed over is kept in the session until it is read in or let go, so that who looks at
another page meanwhile loses nothing. Nothing goes into the register before the last step.
"""

from __future__ import annotations

import datetime as dt
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import streamlit as st

import coverage
from coverage import i18n
from coverage._files import data_dir
from coverage.changes import updated
from coverage.exports import write_table
from coverage.faults import BadInputError, Fault, warnings
from coverage.i18n import _, ngettext, number
from coverage.ui import (
    data,
    download,
    editor,
    matching,
    own,
    preflight_view,
    saving,
    state,
    upload,
)
from coverage.ui.state import plain_text
from coverage.workspace import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from coverage import Register
    from coverage.ui.chosen import Choices
    from coverage.ui.upload import Upload

_UPLOAD = "import_upload"
_DONE = "import_done"
_OWN_KEYS = "import_"
"""What all keys of this page in the session begin with."""

_SHOWN_FAULTS = 20


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show; the edition is the one that municipalities are looked up in.
    """
    st.title(_("Import"), anchor=False)
    saving.tell()
    editor.bar()
    if not editor.editor().may_edit:
        return
    _tell_done()
    found: Upload | None = st.session_state.get(_UPLOAD)
    if found is None:
        _ask_file()
        return
    _file(found)
    if found.register is not None:
        _import_register(found, found.register)
    else:
        _import_list(found, chosen)


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
    given = st.file_uploader(
        _("File with offers (at most {limit} MB)", limit=number(upload.LARGEST_MB)),
        key="import_file",
        max_upload_size=upload.LARGEST_MB,
    )
    if given is not None:
        with st.spinner(_("Reading…")):
            found = upload.read(given.name, given.getvalue())
        if found.usable:
            st.session_state.pop(_DONE, None)
            st.session_state[_UPLOAD] = found
            st.rerun()
        st.error(_("This file cannot be used."))
        _faults(found.faults)
    _without_file()


def _without_file() -> None:
    """What else there is to begin with."""
    if not own.latest():
        st.header(_("No list yet?"), anchor=False)
        st.markdown(
            _(
                "Begin with what is publicly known, and add to it: every offer there has a source. "
                "Or fill in the empty workbook."
            )
        )
        public = data.shipped("public")
        label = ngettext(
            "Begin with {count} public offer", "Begin with {count} public offers", len(public.offers)
        )
        if st.button(label, icon=":material/public:"):
            note = _("Begun with the public sources")
            _save(public, base=0, note=note, name=_("Public sources"))
    with st.container(horizontal=True):
        download.offer(_("Empty workbook (Excel)"), _template, "register.xlsx")


def _template() -> bytes:
    return (data_dir("providers") / "templates" / "register.xlsx").read_bytes()


def _file(found: Upload) -> None:
    """Which file is being read in, and the way back."""
    st.header(_("1. Your file"), anchor=False)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain_text(found.name)}**", width="content")
        st.button(
            _("Choose another file"), on_click=forget, icon=":material/close:", key="import_again"
        )
    told = warnings(found.faults)
    if told:
        st.warning(_("The file could be read. Look at this:"))
        _faults(told)


def forget() -> None:
    """Let go of the file and of all that was chosen for it; from a callback."""
    for key in list(st.session_state):
        if str(key).startswith(_OWN_KEYS):
            del st.session_state[key]


def _faults(faults: Iterable[Fault]) -> None:
    """List of faults; a file gives them their words, so they are plain text."""
    every = list(faults)
    items = "".join(f"<li>{escape(fault.text())}</li>" for fault in every[:_SHOWN_FAULTS])
    more = len(every) - _SHOWN_FAULTS
    if more > 0:
        items += f"<li>{escape(_('and {count} more', count=number(more)))}</li>"
    st.html(f"<ul class='coverage-import-faults'>{items}</ul>")


# --- a list of offers -----------------------------------------------------------


def _import_list(found: Upload, chosen: Choices) -> None:
    sheet = _ask_sheet(found)
    cells = found.sheets[sheet]
    st.header(_("2. What is in the columns"), anchor=False)
    key = f"{found.key}_{list(found.sheets).index(sheet)}"
    read_as = matching.ask(cells, key=key)
    troubles = matching.troubles(read_as)
    for trouble in troubles:
        st.error(plain_text(trouble))
    defaults = _ask_defaults(found, chosen.year)
    if troubles:
        return
    step = _Step(found, key, cells, read_as, defaults, chosen.year, own.latest())
    st.header(_("3. What was found"), anchor=False)
    checked = _check(step)
    if checked is None:
        return
    _show_check(step, checked)
    _ask_online(step, checked)
    st.header(_("4. Put it in the register"), anchor=False)
    _import_rows(step, checked)


def _ask_sheet(found: Upload) -> str:
    """Which sheet of the workbook; asked when there is more than one with anything in it."""
    names = list(found.sheets)
    if len(names) == 1:
        return names[0]
    return st.selectbox(_("Sheet"), names, key="import_sheet", filter_mode=None)


def _ask_defaults(found: Upload, year: int) -> Defaults:
    """What holds for every row that does not say it itself."""
    left, right = st.columns(2)
    with left:
        source = st.text_input(
            _("Where the list comes from"),
            value=found.name,
            key=f"import_source_{found.key}",
            max_chars=200,
            help=_("Stands as the source of every row that names none itself."),
        )
    with right:
        date = st.date_input(
            _("The list is of"),
            value=None,
            key=f"import_date_{found.key}",
            max_value=dt.date.today(),  # noqa: DTZ011 - of who sits here
            format="DD-MM-YYYY",
            help=_(
                "The day on which the list was right. Leave it empty if you do not know; a row "
                "with a date of its own keeps that."
            ),
        )
    return Defaults(
        source=source.strip() or found.name,
        source_date=date.isoformat() if date else "",
        status=FigureStatus.ENTERED,
        edition=year,
    )


# --- what was found -------------------------------------------------------------


def _check(step: _Step) -> Preflight | None:
    """Verdict on every row; kept until something changes that it depends on."""
    online = st.session_state.get(_ONLINE) == step.asked
    depends = (*step.asked, step.defaults, own.key(step.base), i18n.language(), online)
    kept: tuple[Any, Preflight] | None = st.session_state.get(_CHECKED)
    if kept is not None and kept[0] == depends:
        return kept[1]
    with st.spinner(_("Looking at each row…")):
        try:
            made, remarks = _preflight(step, online=online)
        except BadInputError as error:
            st.error(_("The rows of this file cannot be read."))
            _faults(error.faults)
            return None
    st.session_state[_CHECKED] = depends, made
    st.session_state[_REMARKS] = remarks
    return made


def _preflight(step: _Step, *, online: bool) -> tuple[Preflight, list[str]]:
    """Verdict on every row, and what the address service has to say besides."""
    place = st.empty()

    def progress(done: int, count: int) -> None:
        words = _("{done} of {count}", done=number(done), count=number(count))
        place.progress(min(done / count, 1.0) if count else 1.0, words)

    with Pdok() if online else nullcontext() as service:
        made = preflight(
            step.cells,
            step.read_as,
            edition=data.edition(step.year),
            register=own.register(step.base),
            defaults=step.defaults,
            online=service,
            progress=progress,
        )
        place.empty()
        return made, service.remarks() if service is not None else []


def _show_check(step: _Step, checked: Preflight) -> None:
    rows = checked.rows
    st.html(preflight_view.totals(rows))
    general = [fault for fault in checked.faults if fault.row is None]
    if general:
        st.warning(_("About the list as a whole:"))
        _faults(general)
    left, right = st.columns([5, 2])
    with left:
        preflight_view.table(rows, which=preflight_view.ask_which(rows))
    with right:
        preflight_view.show_map(rows, year=step.year, view=step.key)


# --- the address service ---------------------------------------------------------


def _ask_online(step: _Step, checked: Preflight) -> None:
    """Offer to look up addresses at the service on the internet, and say what it is told."""
    for remark in st.session_state.get(_REMARKS, []):
        st.warning(plain_text(remark))
    if st.session_state.get(_ONLINE) == step.asked:
        found = int((checked.rows["precision"] == Precision.ADDRESS).sum())
        st.caption(
            ngettext(
                "Looked up at the address service: {count} row has an exact address now.",
                "Looked up at the address service: {count} rows have an exact address now.",
                found,
            )
        )
        return
    count = int((checked.rows["precision"] != Precision.ADDRESS).sum())
    if not count or not _has_addresses(step.read_as):
        return
    host = urlsplit(os.environ.get(ENVIRONMENT) or BASE_URL).netloc
    with st.expander(_("Find exact addresses (asks a service on the internet)")):
        st.markdown(
            _(
                "By itself Dekkend finds a row by its postcode, place or municipality, and asks "
                "nobody. The address service of PDOK (Kadaster, {host}) knows every address. It "
                "would get the street, house number, postcode and place of {rows}, and nothing "
                "else: no names of organisations or offers.",
                host=plain_text(host),
                rows=ngettext("{count} row", "{count} rows", count),
            )
        )
        label = ngettext(
            "Look up {count} address at PDOK", "Look up {count} addresses at PDOK", count
        )
        st.button(label, icon=":material/travel_explore:", on_click=_look_up, args=(step.asked,))


def _has_addresses(read_as: Mapping[str, str]) -> bool:
    """Whether the list has anything that the address service can be asked for."""
    return bool({"address", "street", "postcode"} & set(read_as.values()))


def _look_up(asked: tuple[Any, ...]) -> None:
    st.session_state[_ONLINE] = asked


# --- into the register ------------------------------------------------------------


def _import_rows(step: _Step, checked: Preflight) -> None:
    counts = preflight_view.counts(checked.rows)
    good, doubtful = counts["good"], counts["warning"]
    taken = ["good"]
    if doubtful:
        label = ngettext(
            "Also the {count} row to look at", "Also the {count} rows to look at", doubtful
        )
        if st.checkbox(label, value=True, key="import_doubtful"):
            taken.append("warning")
    verdicts = checked.rows["verdict"]
    chosen = verdicts.index[verdicts.isin(taken)]
    left_out = len(verdicts) - len(chosen)
    if not len(chosen):
        st.info(_("There is no row to read in."))
    else:
        _ask_import(step, checked, [int(place) for place in chosen], good + doubtful)
    if left_out:
        _offer_rest(_rest(checked, taken), step.found.name, key="import_rest_now")


def _ask_import(step: _Step, checked: Preflight, chosen: list[int], _most: int) -> None:
    note = _ask_note(_("Read in: {file}", file=step.found.name), step.key)
    label = ngettext("Import {count} row", "Import {count} rows", len(chosen))
    if not st.button(label, type="primary", icon=":material/check:", key="import_now"):
        return
    try:
        after = checked.register(chosen)
    except BadInputError as error:
        st.error(_("These rows do not make a register that is right. Leave out the wrong ones."))
        _faults(error.faults)
        return
    matching.remember(step.read_as)
    rest = _rest(checked, sorted(set(checked.rows.loc[chosen, "verdict"])))
    _save(after, base=step.base, note=note, name=step.found.name, rest=rest)


def _ask_note(usual: str, key: str) -> str:
    return st.text_input(
        _("Note with this revision"),
        value=usual,
        key=f"import_note_{key}",
        max_chars=300,
        help=_("Others see it in the list of revisions."),
    )

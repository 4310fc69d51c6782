"""Page: the revisions of the own register: what each changed, to compare, get and go back to."""

from __future__ import annotations

import zipfile
from functools import partial
from html import escape
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from coverage import changes as comparing
from coverage import i18n, register_labels
from coverage.i18n import _, ngettext, number
from coverage.register import write_register
from coverage.register_gpkg import write_geopackage
from coverage.ui import change_list, download, editor, own, saving, state
from coverage.ui.grid import Column, Row, grid, text
from coverage.ui.grid import number as figure
from coverage.workspace import Revision, RevisionKind

if TYPE_CHECKING:
    import pandas as pd

    from coverage.ui.chosen import Choices

_SHOWN = "revision_looked_at"
_BESIDE = "revision_compared_with"
_ALL = "revisions_all"

_MIME = {
    ".gpkg": "application/geopackage+sqlite3",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".zip": "application/zip",
}

_AT_ONCE = 50
"""Revisions in the list, until the reader asks for all."""


def show(chosen: Choices) -> None:  # noqa: ARG001 - every page is called like this
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show.
    """
    st.title(_("Revisions"), anchor=False)
    st.markdown(
        _(
            "Each import and each change of the own register is a revision. You can compare two, "
            "download any, and go back to one. Nothing is ever lost."
        )
    )
    editor.bar()
    saving.tell()
    made = own.revisions()
    if not made:
        st.info(
            _("There is no revision yet. Import a list of offers, or begin with what is public.")
        )
        return
    _list(made)
    shown, beside = _ask_which(made)
    _what_it_did(shown, beside)
    _look_or_get(shown)
    _go_back(shown, made[0])


# --- the list ---------------------------------------------------------------


def _list(made: list[Revision]) -> None:
    st.header(_("All revisions"), anchor=False)
    here = made if st.session_state.get(_ALL) else made[:_AT_ONCE]
    grid(
        (
            Column("number", _("Number"), sortable=False),
            Column("time", _("Saved"), sortable=False),
            Column("author", _("By"), sortable=False),
            Column("kind", _("Kind"), sortable=False),
            Column("note", _("Note"), sortable=False),
            Column("added", _("Added"), _("rows"), right=True, sortable=False),
            Column("changed", _("Changed"), _("rows"), right=True, sortable=False),
            Column("removed", _("Removed"), _("rows"), right=True, sortable=False),
        ),
        [_row(one) for one in here],
        key="revisions",
        caption=_("Revisions of the own register, the newest first"),
        summary=ngettext("{count} revision.", "{count} revisions.", len(made)),
        on_choose=_look_at,
        height=420,
    )
    if len(here) < len(made):
        st.button(
            _("Show all {count} revisions", count=number(len(made))),
            on_click=st.session_state.__setitem__,
            args=(_ALL, True),
        )


def _row(one: Revision) -> Row:
    return Row(
        str(one.number),
        (
            text(number(one.number)),
            text(change_list.moment(one.time)),
            text(one.author),
            text(_(register_labels.KIND[one.kind])),
            text(" ".join(one.note.split()) or "\N{EN DASH}"),
            figure(one.added),
            figure(one.changed),
            figure(one.removed),
        ),
        current=st.session_state.get(_SHOWN) == one.number,
    )


def _look_at(key: str) -> None:
    st.session_state[_SHOWN] = int(key)
    st.session_state.pop(_BESIDE, None)


# --- one of them ------------------------------------------------------------


def _ask_which(made: list[Revision]) -> tuple[Revision, int]:
    """Ask which revision to look at, and which to lay beside it; first the latest two."""
    found = {one.number: one for one in made}
    if st.session_state.get(_SHOWN) not in found:
        st.session_state[_SHOWN] = made[0].number
    st.header(_("One revision"), anchor=False)
    left, right = st.columns(2)
    wanted = left.selectbox(
        _("Revision"),
        list(found),
        key=_SHOWN,
        format_func=lambda number: _label(found[number]),
        on_change=st.session_state.pop,
        args=(_BESIDE, None),
    )
    others = [*(one for one in found if one != wanted), 0]
    if st.session_state.get(_BESIDE) not in others:
        st.session_state[_BESIDE] = wanted - 1
    beside = right.selectbox(
        _("Compare with"),
        others,
        key=_BESIDE,
        format_func=lambda number: _label(found[number]) if number else _("0: the empty beginning"),
    )
    return found[wanted], beside


def _label(one: Revision) -> str:
    return _(
        "{number}: {time}, {author}",
        number=number(one.number),
        time=change_list.moment(one.time),
        author=one.author,
    )


def _what_it_did(shown: Revision, beside: int) -> None:
    st.markdown(change_list.sentence(shown))
    first, last = sorted((beside, shown.number))
    st.subheader(_("From {first} to {last}", first=number(first), last=number(last)), anchor=False)
    with st.spinner(_("Comparing…")):
        differences = _differences(own.key(first), own.key(last), first, last)
    change_list.show(
        differences,
        key="revision_differences",
        caption=_(
            "What differs between revisions {first} and {last}",
            first=number(first),
            last=number(last),
        ),
    )
    if not differences.empty:
        name = _("differences")
        download.offer(
            _("Download these differences (Excel)"),
            partial(_as_table, first, last, i18n.language()),
            f"dekkend-{name}-{first}-{last}.xlsx",
        )


@st.cache_resource(show_spinner=False, max_entries=16)
def _differences(
    one: str,  # noqa: ARG001 - what it depends on
    other: str,  # noqa: ARG001
    first: int,
    last: int,
) -> pd.DataFrame:
    return comparing.changes(own.register(first), own.register(last))


def _as_table(first: int, last: int, language: str) -> bytes:
    def contents() -> download.Contents:
        differences = comparing.changes(own.register(first), own.register(last), cells=True)
        record = {"from_revision": first, "to_revision": last}
        return download.Contents(change_list.worded(differences), record, {})

    examples = own.register(first).is_example or own.register(last).is_example
    return download.excel(contents, language, example=examples)


# --- what to do with it -----------------------------------------------------


def _look_or_get(shown: Revision) -> None:
    link = state.link("", register=own.OWN, revision=shown.number)
    words = _("Show revision {number} on the map", number=number(shown.number))
    st.html(f"<p><a href='{escape(link)}' target='_self'>{escape(words)}</a></p>")
    name = _("revision")
    st.subheader(_("Download revision {number}", number=number(shown.number)), anchor=False)
    with st.container(horizontal=True):
        for label, make, suffix in (
            (_("Excel (one sheet a table)"), as_workbook, ".xlsx"),
            (_("CSV files (zip)"), as_zip, ".zip"),
            (_("Map for QGIS (GeoPackage)"), as_geopackage, ".gpkg"),
        ):
            st.download_button(
                label,
                data=partial(make, shown.number),
                file_name=f"dekkend-{name}-{shown.number}{suffix}",
                mime=_MIME[suffix],
                icon=":material/download:",
                on_click="ignore",
            )


def _made(wanted: int) -> Revision:
    return next(one for one in own.revisions() if one.number == wanted)


def as_workbook(wanted: int) -> bytes:
    """Register of a revision as a workbook with one sheet a table."""
    return saving.as_workbook(own.register(wanted), _made(wanted).record())


def as_zip(wanted: int) -> bytes:
    """Register of a revision as CSV files, in a zip."""
    packed = BytesIO()
    with TemporaryDirectory() as folder:
        write_register(own.register(wanted), folder, about=_made(wanted).record())
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
            for path in sorted(Path(folder).iterdir()):
                bundle.write(path, path.name)
    return packed.getvalue()


def as_geopackage(wanted: int) -> bytes:
    """Register of a revision as layers for a map program."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "register.gpkg"
        write_geopackage(own.register(wanted), path, revision=_made(wanted))
        return path.read_bytes()


def _go_back(shown: Revision, latest: Revision) -> None:
    """Offer to make the revision the latest again, as a new one."""
    if shown.number == latest.number or not saving.may_save():
        return
    st.subheader(_("Go back to revision {number}", number=number(shown.number)), anchor=False)
    st.markdown(
        _(
            "A new revision is made that is the same as revision {number}. The revisions after it "
            "stay in the list, so you can undo this too.",
            number=number(shown.number),
        )
    )
    key = f"go_back_note_{shown.number}"
    st.session_state.setdefault(key, _("Back to revision {number}", number=number(shown.number)))
    with st.popover(_("Go back to this revision"), icon=":material/undo:"):
        st.markdown(
            ngettext(
                "{count} revision after it is undone. Are you sure?",
                "{count} revisions after it are undone. Are you sure?",
                latest.number - shown.number,
            )
        )
        st.text_input(_("Why?"), key=key, max_chars=500)
        st.button(
            _("Yes, go back to revision {number}", number=number(shown.number)),
            type="primary",
            on_click=_restore,
            args=(shown.number, latest.number, key),
        )


def _restore(wanted: int, seen: int, key: str) -> None:
    # On the revision that the reader saw: who was first meanwhile is not undone unasked.
    note = str(st.session_state.pop(key, ""))
    if saving.save(own.register(wanted), base=seen, kind=RevisionKind.RESTORE, note=note):
        st.session_state.pop(_SHOWN, None)
        st.session_state.pop(_BESIDE, None)

"""Save a change of the own register, and what to do when somebody else was first.

A page calls `save` with the whole register as it is to be, and the revision that it was made of.
What could not be saved stays in the session, with what was typed; `tell` shows it at the top of
every page that manages the register, until it is merged, saved or let go.

A form that was filled from a revision must be saved on that revision, also when a later one was
made while somebody typed: otherwise the cells that were not touched would undo the work of the
other one. So the page keeps that number with what was typed.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pandas as pd
import streamlit as st

from coverage import changes as comparing
from coverage import i18n, register_labels
from coverage.faults import BadInputError
from coverage.i18n import _, ngettext, number
from coverage.register import Register, write_register
from coverage.ui import change_list, editor, own
from coverage.ui.state import plain_text
from coverage.wording import listed
from coverage.workspace import (
    ConflictError,
    NothingChangedError,
    Revision,
    RevisionKind,
    WorkspaceError,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOLD = "what_was_saved"
_UNSAVED = "changes_not_saved_yet"

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_AT_ONCE = 20
"""Conflicts that are shown together."""

_MOST = 5
"""Changes that may wait in one session: each is a whole register."""

_number = count()

_leaving = st.components.v2.component(
    "dekkend_leaving", js=Path(__file__).with_name("leaving.js").read_text(encoding="utf-8")
)

Asked = tuple[str, str, str]
"""Table, key of the row, group of columns that is decided on as one."""


@dataclass(eq=False)
class Unsaved:
    """A change that could not be saved.

    Attributes
    ----------
    after
        The register as it was to be.
    base
        Number of the revision that it was made of.
    kind, note
        As for `save`.
    trouble
        Why it could not be saved, in plain words; empty when somebody else was first.
    chosen
        Of what both changed: whose is to stay, ``mine`` or ``theirs``.
    name
        Tells it from others in the keys of widgets.
    refused
        What is wrong with both changes together, when that was tried.
    merged
        Latest revision that it was merged with, and what came of it.
    compared
        Differences that were shown, by the names of what was compared.
    """

    after: Register
    base: int
    kind: RevisionKind
    note: str
    trouble: str = ""
    chosen: comparing.Choices = field(default_factory=dict)
    name: str = field(default_factory=lambda: f"unsaved_{next(_number)}")
    refused: str = ""
    merged: tuple[int, comparing.Merge] | None = None
    compared: dict[tuple[str, str], pd.DataFrame] = field(default_factory=dict)


def save(after: Register, *, base: int, kind: RevisionKind, note: str) -> bool:
    """Make a revision of the own register.

    Parameters
    ----------
    after
        The whole register as it is to be.
    base
        Number of the revision that the page started from, 0 for the empty beginning: what the
        reader has seen, not what is there now.
    kind
        What makes the revision.
    note
        What the reader says of it; may be empty.

    Returns
    -------
    bool
        Whether the register is now as `after`. If not, the change is kept in the session and
        `tell` says why.

    Raises
    ------
    BadInputError
        If the register has faults; nothing is kept then, since the page still has it all.
    """
    return _try(Unsaved(after, base, RevisionKind(kind), note))


def unsaved() -> list[Unsaved]:
    """Changes of this session that could not be saved, oldest first."""
    found: list[Unsaved] = st.session_state.setdefault(_UNSAVED, [])
    return found


def may_save() -> bool:
    """Whether a page may offer to change the register: who is there, and how much waits."""
    return editor.editor().may_edit and len(unsaved()) < _MOST


def tell() -> None:
    """Say what was saved, or what was not and what to do; at the top of a page."""
    for message in st.session_state.pop(_TOLD, []):
        st.success(message, icon=":material/check_circle:")
    if len(unsaved()) >= _MOST:
        st.error(
            _(
                "{count} changes are waiting to be saved, and more cannot be kept. Save one of "
                "them or let go of it; until then you can only look.",
                count=number(len(unsaved())),
            )
        )
    for one in list(unsaved()):
        with st.container(border=True, key=one.name):
            _tell_unsaved(one)
    _leaving(data={"unsaved": bool(unsaved())}, key="leaving")


# --- saving -----------------------------------------------------------------


def _try(change: Unsaved) -> bool:
    """Make a revision of a change, or keep it."""
    _speak()
    who = editor.editor()
    change.trouble = "" if who.may_edit else who.why
    if change.trouble:
        return _keep(change)
    try:
        new = _new_rows(own.register(change.base), change.after)
        made = own.workspace().commit(
            change.after,
            parent=change.base,
            author=who.name,
            note=change.note.strip(),
            kind=change.kind,
        )
    except ConflictError:
        return _keep(change)
    except WorkspaceError as error:
        change.trouble = plain_text(str(error))
        return _keep(change)
    except NothingChangedError as error:
        _done(change, plain_text(str(error)))
        return True
    _done(change, saved_words(made, new))
    return True


def _speak() -> None:
    """Go on in the language of the reader: what a widget calls starts without one."""
    wanted = st.session_state.get("language")
    if wanted in i18n.LANGUAGES:
        i18n.use(wanted)


def _keep(change: Unsaved) -> bool:
    if change not in unsaved():
        unsaved().append(change)
    return False


def _done(change: Unsaved, message: str) -> None:
    if change in unsaved():
        unsaved().remove(change)
    st.session_state.setdefault(_TOLD, []).append(message)


def saved_words(made: Revision, new: Mapping[str, int]) -> str:
    """Say which revision was made, and of what rows were added.

    Parameters
    ----------
    made
        The revision.
    new
        How many rows were added to each table.
    """
    told = _(
        "Saved as revision {number}: {counts}.",
        number=number(made.number),
        counts=register_labels.counts(made),
    )
    words = {
        "offers": ngettext("{count} offer", "{count} offers", new["offers"]),
        "providers": ngettext("{count} organisation", "{count} organisations", new["providers"]),
        "locations": ngettext("{count} address", "{count} addresses", new["locations"]),
        "inventory": ngettext(
            "{count} row of the inventory", "{count} rows of the inventory", new["inventory"]
        ),
    }
    rows = [words[table] for table in words if new[table]]
    return _("{saved} New: {rows}.", saved=told, rows=listed(rows)) if rows else told


def _new_rows(before: Register, after: Register) -> dict[str, int]:
    """How many rows of each table were not there before."""

    def keys(register: Register, table: str) -> set[tuple[str, ...]]:
        rows = register.tables[table][list(comparing.KEYS[table])].astype("str")
        return set(rows.itertuples(index=False, name=None))

    return {table: len(keys(after, table) - keys(before, table)) for table in comparing.KEYS}


# --- what could not be saved ------------------------------------------------


def _tell_unsaved(change: Unsaved) -> None:
    st.header(_("Your change is not saved yet"), anchor=False)
    try:
        latest = own.latest()
        since = [one for one in own.revisions() if one.number > change.base]
    except WorkspaceError as error:
        change.trouble = plain_text(str(error))
        latest, since = change.base, []
    if since:
        _tell_others(change, latest, since)
        return
    st.warning(
        _(
            "Nothing you typed is lost: it is kept here as long as this page stays open. {reason}",
            reason=change.trouble,
        )
    )
    with suppress(WorkspaceError):  # which is told already
        _show_changes(change, _("What you changed"), change.base)
    with st.container(horizontal=True):
        st.button(
            _("Try to save again"),
            key=f"{change.name}_again",
            type="primary",
            on_click=_again,
            args=(change,),
        )
        _ways_out(change)


def _again(change: Unsaved) -> None:
    try:
        _try(change)
    except BadInputError as error:
        change.trouble = plain_text(str(error))


def _tell_others(change: Unsaved, latest: int, since: list[Revision]) -> None:
    """Show what others did meanwhile, and offer to bring it together."""
    told = ngettext(
        "While you were working, somebody else saved a change. Nothing is lost: theirs is in the "
        "register, yours is kept here as long as this page stays open.",
        "While you were working, others saved {count} changes. Nothing is lost: theirs are in the "
        "register, yours is kept here as long as this page stays open.",
        len(since),
    )
    st.warning(f"{told} {change.trouble}".strip())
    st.markdown("\n".join(f"- {change_list.sentence(one)}" for one in since))
    _show_changes(change, _("What changed meanwhile"), change.base, latest)
    _show_changes(change, _("What you changed"), change.base)
    if change.merged is None or change.merged[0] != latest:
        base, theirs = own.register(change.base), own.register(latest)
        change.merged = latest, comparing.merge(base, theirs, change.after)
    merge = change.merged[1]
    if len(merge.conflicts):
        ready = _ask_choices(change, merge.conflicts)
    elif merge.register is None:
        ready = False
        change.refused = str(BadInputError(merge.faults))
    else:
        ready = True
        st.markdown(_("The changes touch different things, so both can stand."))
    if change.refused:
        st.error(_no_fit())
        with st.expander(_("What is wrong")):
            st.text(change.refused)
    with st.container(horizontal=True):
        st.button(
            _("Save them together"),
            key=f"{change.name}_merge",
            type="primary",
            icon=":material/merge:",
            disabled=not ready,
            on_click=_save_merged,
            args=(change, latest),
        )
        _ways_out(change)


def _no_fit() -> str:
    return _(
        "Together the changes do not make a register that is right: for instance, an offer of an "
        "organisation that was removed. Download yours, let go of it, and make it again in the "
        "register as it is now."
    )


def _show_changes(change: Unsaved, title: str, first: int, last: int | None = None) -> None:
    """Show what differs between two revisions, or between one and the change."""
    ends = own.key(first), change.name if last is None else own.key(last)
    if ends not in change.compared:
        after = change.after if last is None else own.register(last)
        change.compared[ends] = comparing.changes(own.register(first), after)
    with st.expander(title):
        key = f"{change.name}_{'mine' if last is None else 'theirs'}"
        change_list.show(change.compared[ends], key=key, caption=title)


def _ask_choices(change: Unsaved, conflicts: pd.DataFrame) -> bool:
    """Ask of what both changed whose is to stay; whether all is answered."""
    st.subheader(_("Changed by both: which is right?"), anchor=False)
    group = pd.MultiIndex.from_frame(conflicts[["table", "key", "group"]])
    every: list[Asked] = list(group.unique())
    change.chosen = {one: whose for one, whose in change.chosen.items() if one in set(every)}
    if len(every) > 1:
        with st.container(horizontal=True):
            for whose, words in (
                ("theirs", _("Keep theirs everywhere")),
                ("mine", _("Keep mine everywhere")),
            ):
                st.button(
                    words,
                    key=f"{change.name}_all_{whose}",
                    on_click=_choose_all,
                    args=(change, every, whose),
                )
    start = _page(change, len(every))
    for one in every[start : start + _AT_ONCE]:
        _ask_choice(change, one, list(conflicts[group == one].itertuples(index=False)))
    left = len(every) - len(change.chosen)
    if left:
        st.caption(ngettext("{count} choice left.", "{count} choices left.", left))
    return not left


def _page(change: Unsaved, count: int) -> int:
    """Place of the first conflict to show, when there are too many to show together."""
    if count <= _AT_ONCE:
        return 0
    starts = range(0, count, _AT_ONCE)

    def words(start: int) -> str:
        last = number(min(start + _AT_ONCE, count))
        return _(
            "{first} to {last} of {all}", first=number(start + 1), last=last, all=number(count)
        )

    return st.selectbox(_("Show"), starts, format_func=words, key=f"{change.name}_page")


def _ask_choice(change: Unsaved, asked: Asked, rows: list[Any]) -> None:
    """Ask of some cells of one row, that say one thing together, whose are to stay."""
    st.session_state[_key(change, asked)] = change.chosen.get(asked)
    words = {
        "theirs": _("Theirs: {value}", value=_contents(rows, "theirs")),
        "mine": _("Mine: {value}", value=_contents(rows, "mine")),
    }
    headings = listed([change_list.heading(row.table, row.column) for row in rows])
    label = f"{plain_text(rows[0].label)} \N{EN DASH} {headings}"
    if rows[0].column != comparing.ROW:
        label = _("{asked} (it was: {value})", asked=label, value=_contents(rows, "base"))
    st.radio(
        label,
        list(words),
        key=_key(change, asked),
        format_func=words.__getitem__,
        on_change=_choose,
        args=(change, asked),
    )


def _contents(rows: list[Any], side: str) -> str:
    """What the cells of a conflict hold; of a whole row, what became of it."""
    found = [_content(row, getattr(row, side)) for row in rows]
    if len(rows) > 1:
        headings = [change_list.heading(row.table, row.column) for row in rows]
        found = [f"{name}: {value}" for name, value in zip(headings, found, strict=True)]
    return plain_text("; ".join(found))


def _content(row: Any, content: str) -> str:  # noqa: ANN401 - a row of a table
    if row.column == comparing.ROW:
        words = register_labels.CHANGE
        return _(words[content]) if content in words else content
    return change_list.value(row.table, row.column, content)


def _key(change: Unsaved, asked: Asked) -> str:
    return f"{change.name}_{zlib.crc32(repr(asked).encode()):08x}"


def _choose(change: Unsaved, asked: Asked) -> None:
    change.chosen[asked] = st.session_state[_key(change, asked)]


def _choose_all(change: Unsaved, every: list[Asked], whose: comparing.Side) -> None:
    change.chosen = dict.fromkeys(every, whose)


def _save_merged(change: Unsaved, latest: int) -> None:
    """Save a change together with what others did up to the revision that the reader saw."""
    _speak()
    change.refused = ""
    merge = comparing.merge(
        own.register(change.base), own.register(latest), change.after, choose=change.chosen
    )
    if merge.register is None:
        # A choice may bring another one, or what stays may not fit together.
        change.merged = latest, merge
        change.refused = "" if merge.open else str(BadInputError(merge.faults))
        return
    note = _("merged with revision {number}", number=number(latest))
    together = Unsaved(
        merge.register,
        latest,
        RevisionKind.MERGE,
        f"{change.note.strip()} ({note})" if change.note.strip() else note,
    )
    if not _try(together):
        # Somebody was first again: the reader's own change is what is merged anew.
        unsaved().remove(together)
        change.trouble = together.trouble
        return
    unsaved().remove(change)


def _ways_out(change: Unsaved) -> None:
    name = _("my-version")
    st.download_button(
        _("Download my version (Excel)"),
        data=partial(as_workbook, change.after),
        file_name=f"dekkend-{name}.xlsx",
        mime=_XLSX,
        key=f"{change.name}_file",
        icon=":material/download:",
        on_click="ignore",
    )
    with st.popover(_("Let go of my change"), icon=":material/delete:"):
        st.markdown(_("Your change is thrown away; the register stays as others left it."))
        st.button(
            _("Yes, throw my change away"),
            key=f"{change.name}_away",
            on_click=_let_go,
            args=(change,),
        )


def _let_go(change: Unsaved) -> None:
    if change in unsaved():
        unsaved().remove(change)


def as_workbook(register: Register, about: Mapping[str, object] | None = None) -> bytes:
    """Register as one workbook that can be imported again; see `write_register`."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "register.xlsx"
        write_register(register, path, about=about)
        return path.read_bytes()

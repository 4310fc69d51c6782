"""What the ways to read in a file share: the session, faults, the note, saving, and what is left.

Everything that the page of the import keeps in the session has a key that begins with `KEYS`, so
that all of it can be let go of at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import streamlit as st

from coverage.exports import write_table
from coverage.faults import BadInputError, Fault
from coverage.i18n import _, ngettext, number
from coverage.ui import download, own, saving, state
from coverage.workspace import RevisionKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd

    from coverage import Register

KEYS = "import_"

_DONE = "import_done"
_WANTED = "import_wanted"
_SHOWN_FAULTS = 20
_LONGEST_NOTE = 300


@dataclass(frozen=True, eq=False)
class Done:
    """A file that was read in.

    Attributes
    ----------
    name
        Of the file.
    rest
        Rows that were not, with the reason.
    """

    name: str
    rest: pd.DataFrame | None = None


def forget() -> None:
    """Let go of the file and of all that was chosen for it; from a callback."""
    for key in list(st.session_state):
        if str(key).startswith(KEYS):
            del st.session_state[key]


def fault_list(faults: Iterable[Fault]) -> None:
    """Show faults; a file gives them their words, so they are plain text."""
    every = list(faults)
    items = "".join(f"<li>{escape(fault.text())}</li>" for fault in every[:_SHOWN_FAULTS])
    more = len(every) - _SHOWN_FAULTS
    if more > 0:
        items += f"<li>{escape(_('and {count} more', count=number(more)))}</li>"
    st.html(f"<ul class='coverage-import-faults'>{items}</ul>")


def base() -> tuple[int, bool]:
    """Revision to go by, and whether the button to save was pressed.

    The revision is the latest; but when the button was pressed, the one that the reader saw then.
    """
    seen: int | None = st.session_state.pop(_WANTED, None)
    return (own.latest(), False) if seen is None else (seen, True)


def ask(label: str, base: int) -> None:
    """Button to save; what it does is for the run that follows, see `base`.

    Parameters
    ----------
    label
        Words on it.
    base
        Revision that the page was drawn with.
    """
    st.button(
        label,
        type="primary",
        icon=":material/check:",
        key="import_now",
        on_click=st.session_state.__setitem__,
        args=(_WANTED, base),
    )


def ask_note(file: str, key: str) -> str:
    """Ask what to say of the revision.

    Parameters
    ----------
    file
        Name of the file.
    key
        Tells this file from another.
    """
    return st.text_input(
        _("Note with this revision"),
        value=_("Read in: {file}", file=file),
        key=f"import_note_{key}",
        max_chars=_LONGEST_NOTE,
        help=_("Others see it in the list of revisions."),
        persist_state="session",
    )


def save(after: Register, *, base: int, note: str, done: Done) -> None:
    """Make the revision; then the page starts anew, and says so, or what stood in the way.

    Parameters
    ----------
    after, base, note
        As for `coverage.ui.saving.save`.
    done
        What to show when it is saved.
    """
    try:
        saved = saving.save(after, base=base, kind=RevisionKind.IMPORT, note=note)
    except BadInputError as error:
        tell_no_register(error)
        return
    if saved:
        forget()
        st.session_state[_DONE] = done
    st.rerun()


def tell_no_register(error: BadInputError) -> None:
    """Say why rows together are no register."""
    st.error(_("Together with your register this does not make a register that is right."))
    fault_list(error.faults)


def tell_done() -> None:
    """Where to go after a file was read in, and what of it is left."""
    done: Done | None = st.session_state.get(_DONE)
    if done is None:
        return
    address = escape(state.link("", register=own.OWN, revision=None))
    words = escape(_("See your register on the map"))
    st.html(f"<p class='coverage-import-next'><a href='{address}' target='_self'>{words}</a></p>")
    if done.rest is not None and len(done.rest):
        offer_rest(done.rest, done.name)


def offer_rest(rest: pd.DataFrame, name: str) -> None:
    """Button for the rows that stay out, as they are in the file and with the reason.

    Parameters
    ----------
    rest
        Result of `coverage.intake.preflight.Preflight.rejected`.
    name
        Of the file that they are of.
    """
    st.markdown(
        ngettext(
            "{count} row stays out. Download it, mend it in the file that you get, and read that "
            "in: the column with the reason is left out by itself.",
            "{count} rows stay out. Download them, mend them in the file that you get, and read "
            "that in: the column with the reason is left out by itself.",
            len(rest),
        )
    )
    left = _("rest")
    download.offer(
        _("Download the rest with reasons (Excel)"),
        partial(rest_file, rest),
        f"{Path(name).stem}-{left}.xlsx",
    )


def rest_file(rest: pd.DataFrame) -> bytes:
    """Workbook with rows that were not read in; every cell is text, as it was in the file.

    Parameters
    ----------
    rest
        As for `offer_rest`.
    """
    with TemporaryDirectory(prefix="dekkend-") as folder:
        path = Path(folder) / "rest.xlsx"
        write_table(rest, path, {})
        return path.read_bytes()

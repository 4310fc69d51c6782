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

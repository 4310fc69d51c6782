"""What the reader sees when something goes wrong: what happened, and what to do."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from coverage.faults import BadInputError
from coverage.i18n import _
from coverage.ui import editor
from coverage.ui.state import link, plain_text
from coverage.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOG = logging.getLogger(__name__)


@contextmanager
def explained() -> Iterator[None]:
    """Turn the failures of a page into a message, and stop the page there."""
    try:
        yield
    except BadInputError as error:
        st.error(_("There are faults in the files of the register. Mend them and reload the page."))
        with st.expander(_("What is wrong")):
            st.text(str(error))
        st.stop()
    except WorkspaceError as error:
        st.error(_("The own register cannot be opened. {reason}", reason=plain_text(reason(error))))
        back = link("", register=None, revision=None, counts=None, count_set=None)
        instead = _("Show the public sources instead")
        st.markdown(f"[{instead}]({back})")
        st.stop()
    except Exception as error:  # noqa: BLE001 - a page must not show a traceback
        _LOG.exception("A page could not be shown")
        st.error(_("This page cannot be shown, because its data could not be read."))
        with st.expander(_("Details")):
            st.text(f"{type(error).__name__}: {error}")
        st.stop()


def reason(error: WorkspaceError) -> str:
    """What is wrong with the workspace, as far as who looks may know; the log has all of it."""
    _LOG.warning("The workspace could not be used: %s", error)
    return str(error) if editor.editor().may_edit else error.for_strangers()

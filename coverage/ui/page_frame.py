"""What Streamlit cannot do for a page: tell its language, and keep the way back right."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import parse_qsl
from uuid import uuid4

import streamlit as st

from coverage.ui import state

_KEY = "page_frame"

_frame = st.components.v2.component(
    "dekkend_page_frame", js=(Path(__file__).parent / "page_frame.js").read_text(encoding="utf-8")
)


def describe(*, language: str) -> None:
    """Tell the browser the language of the page, and follow the browser's back button.

    Parameters
    ----------
    language
        Code for the ``lang`` attribute of the document.
    """
    _frame(
        data={
            "language": language,
            "returned": st.session_state.pop(_RETURNED, False),
            "run": uuid4().hex,  # the script looks at every run
        },
        key=_KEY,
        height=0,
        on_returned_change=_returned,
    )


_RETURNED = "has_returned"


def _returned() -> None:
    address = str(st.session_state[_KEY]["returned"] or "")
    state.go_back(dict(parse_qsl(address.removeprefix("?"))))
    st.session_state[_RETURNED] = True

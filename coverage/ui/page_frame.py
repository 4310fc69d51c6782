"""What Streamlit cannot say of a page: its language."""

from __future__ import annotations

import streamlit as st

# Streamlit fixes lang="en", and a screen reader would pronounce Dutch as English.
_SCRIPT = """
export default function ({ data }) {
    document.documentElement.lang = data.language;
}
"""

_frame = st.components.v2.component("dekkend_page_frame", js=_SCRIPT)


def describe(*, language: str) -> None:
    """Tell the browser the language of the page.

    Parameters
    ----------
    language
        Code for the ``lang`` attribute of the document.
    """
    _frame(data={"language": language}, key="page_frame", height=0)

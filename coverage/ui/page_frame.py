"""What Streamlit cannot say of a page: its language, and a name for the map's frame."""

from __future__ import annotations

import streamlit as st

# Streamlit fixes lang="en" and names a frame after a Python module; a screen reader
# pronounces the one and announces the other.
_SCRIPT = """
export default function ({ data }) {
    document.documentElement.lang = data.language;
    const name = () => document
        .querySelectorAll('iframe[src*="streamlit_folium"]')
        .forEach((frame) => { if (frame.title !== data.mapTitle) frame.title = data.mapTitle; });
    name();
    const watch = new MutationObserver(name);
    watch.observe(document.body, { childList: true, subtree: true });
    return () => watch.disconnect();
}
"""

_frame = st.components.v2.component("dekkend_page_frame", js=_SCRIPT)


def describe(*, language: str, map_title: str) -> None:
    """Tell the browser the language of the page and what the map's frame is.

    Parameters
    ----------
    language
        Code for the ``lang`` attribute of the document.
    map_title
        Title of the frame, in that language.
    """
    _frame(data={"language": language, "mapTitle": map_title}, key="page_frame", height=0)

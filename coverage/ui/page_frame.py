"""What Streamlit cannot do for a page: tell its language, and keep the way back short."""

from __future__ import annotations

import streamlit as st

# Streamlit fixes lang="en", and a screen reader would pronounce Dutch as English.
# The menu leads to a bare address, to which the page then adds what is chosen. Streamlit makes
# two steps of that, and who goes back would land between them and be sent forward again.
_SCRIPT = """
const push = history.pushState;
let arrived = false;
if (!history.dekkend) {
    history.dekkend = true;
    history.pushState = function (state, title, url) {
        const path = new URL(url ?? "", location.href).pathname;
        const completes = arrived && path === location.pathname && !location.search;
        arrived = path !== location.pathname;
        (completes ? history.replaceState : push).call(history, state, title, url);
    };
}

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

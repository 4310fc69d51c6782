"""HTML that Streamlit would strip: drawings, bars, hatches.

``st.html`` removes SVG and a part of the styles. This component puts HTML that the server made
into the page as it is, in the page's own tree, so that the style sheets of the app hold for it.
"""

from __future__ import annotations

import streamlit as st

# What is there already is left alone: a text that is selected or a fold that is open stays so.
_SCRIPT = """
const shown = new WeakMap();
export default function ({ data, parentElement }) {
    let place = parentElement.querySelector(":scope > .coverage-markup");
    if (!place) {
        place = document.createElement("div");
        place.className = "coverage-markup";
        parentElement.appendChild(place);
    }
    if (shown.get(place) === data.html) return;
    place.innerHTML = data.html;
    shown.set(place, data.html);
}
"""

_markup = st.components.v2.component("dekkend_markup", js=_SCRIPT, isolate_styles=False)


def show(html: str, *, key: str) -> None:
    """Put HTML into the page as it is.

    Parameters
    ----------
    html
        HTML or SVG without a script. Nothing is removed from it: every text that comes from a
        file or from the address must have been escaped.
    key
        Name of the place; unique on the page. The content may change, the place stays.
    """
    _markup(data={"html": html}, key=key)

"""Button that prints the page."""

from __future__ import annotations

import streamlit as st

# What is folded on the screen must be read on paper: a fold opens for the print, and closes
# again. Browsers that can, open it by the style sheet for printing.
_SCRIPT = """
export default function ({ data, parentElement }) {
    const button = parentElement.querySelector("button");
    button.textContent = data.label;
    button.onclick = () => window.print();
    let opened = [];
    const open = () => {
        opened = [...document.querySelectorAll("details:not([open])")];
        opened.forEach((fold) => { fold.open = true; });
    };
    const close = () => opened.forEach((fold) => { fold.open = false; });
    window.addEventListener("beforeprint", open);
    window.addEventListener("afterprint", close);
    return () => {
        window.removeEventListener("beforeprint", open);
        window.removeEventListener("afterprint", close);
    };
}
"""

_button = st.components.v2.component(
    "dekkend_print_button",
    html="<button type='button' class='coverage-button'></button>",
    js=_SCRIPT,
    isolate_styles=False,
)


def show(label: str, *, key: str) -> None:
    """Draw the button.

    Parameters
    ----------
    label
        What it says.
    key
        Name of the place; unique on the page.
    """
    _button(data={"label": label}, key=key)

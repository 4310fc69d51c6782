"""Names that Streamlit gives its own buttons, in the language of the page.

Streamlit has them in English alone (its issue 1353). A name that is not here stays so.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from coverage.i18n import N_, _

WORDS = (
    N_("App pages"),
    N_("Choose an option"),
    N_("Choose options"),
    N_("Clear all"),
    N_("Clear value"),
    N_("Collapse sidebar"),
    N_("Copy to clipboard"),
    N_("Decrement"),
    N_("Expand sidebar"),
    N_("Help for {name}"),
    N_("Increment"),
    N_("Logo"),
    N_("Navigate to home page"),
    N_("No results"),
    N_("Open"),
    N_("Press Enter to apply"),
    N_("Remove {name}"),
    N_("Selected values"),
    N_("Sidebar"),
    N_("Skip to main content"),
)
"""What Streamlit writes; what stands for ``{name}`` stays as it is."""

_component = st.components.v2.component(
    "dekkend_streamlit_words",
    js=Path(__file__).with_name("streamlit_words.js").read_text(encoding="utf-8"),
)


def translate() -> None:
    """Put Streamlit's own words in the language of this run."""
    _component(data={"words": {word: _(word) for word in WORDS}}, key="streamlit_words", height=0)

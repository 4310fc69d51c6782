"""Names that Streamlit gives its own buttons, in the language of the page.

Streamlit has them in English alone (its issue 1353). A name that is not here stays so.
"""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from coverage.i18n import N_, _

WORDS = (
    N_("Add files"),
    N_("Add row"),
    N_("Add row: {name}"),
    N_("App pages"),
    N_("Autosize"),
    N_("Choose an option"),
    N_("Choose date"),
    N_("Choose date, {name}"),
    N_("Choose options"),
    N_("Clear all"),
    N_("Clear selection"),
    N_("Clear value"),
    N_("Close Search"),
    N_("Close fullscreen"),
    N_("Close fullscreen: {name}"),
    N_("Collapse sidebar"),
    N_("Copy column name"),
    N_("Copy to clipboard"),
    N_("Dataframe column menu"),
    N_("Decrement"),
    N_("Delete row(s)"),
    N_("Delete row(s): {name}"),
    N_("Download as CSV"),
    N_("Download as CSV: {name}"),
    N_("Drag and drop a file here"),
    N_("Drag and drop files here"),
    N_("Empty"),
    N_("Error: File must be {name} or smaller."),
    N_("Error: {name} files are not allowed."),
    N_("Expand sidebar"),
    N_("Format"),
    N_("File is too large. Maximum size is {name} bytes."),
    N_("Fullscreen"),
    N_("Fullscreen: {name}"),
    N_("Help for {name}"),
    N_("Hide column"),
    N_("Increment"),
    N_("Logo"),
    N_("Navigate to home page"),
    N_("Next Result"),
    N_("Next month"),
    N_("No results"),
    N_("Open"),
    N_("Pin column"),
    N_("Press Enter to apply"),
    N_("Previous Result"),
    N_("Previous month"),
    N_("Remove {name}"),
    N_("Search"),
    N_("Search: {name}"),
    N_("Select all"),
    N_("Selected values"),
    N_("Show/hide columns"),
    N_("Show/hide columns: {name}"),
    N_("Sidebar"),
    N_("Skip to main content"),
    N_("Sort ascending"),
    N_("Sort descending"),
    N_("Statistics"),
    N_("Unpin column"),
    N_("Upload"),
    N_("Use arrow keys to navigate dates. Enter to select. Escape to close."),
    N_("day, {name}"),
    N_("file upload"),
    N_("month, {name}"),
    N_("year, {name}"),
    N_("yyyy"),
    N_("{name} files are not allowed."),
    N_("{name} per file"),
)
"""What Streamlit writes; what stands for ``{name}`` stays as it is."""

_component = st.components.v2.component(
    "dekkend_streamlit_words",
    js=Path(__file__).with_name("streamlit_words.js").read_text(encoding="utf-8"),
)


def translate() -> None:
    """Put Streamlit's own words in the language of this run."""
    _component(data={"words": {word: _(word) for word in WORDS}}, key="streamlit_words", height=0)

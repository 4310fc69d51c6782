"""Frame round every page: language, choices that pages share, navigation."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from coverage import i18n
from coverage.i18n import _
from coverage.ui import choices, map_page, page_frame
from coverage.ui.failures import explained

_HERE = Path(__file__).parent


def run() -> None:
    """Draw the page that the reader is on."""
    choices.from_address()
    # Every rerun is a new context, so the language is set again each time.
    i18n.use(choices.language())
    st.set_page_config(
        page_title=_("Dekkend: where family support is missing"),
        page_icon=(_HERE / "icon.svg").read_text(encoding="utf-8"),
        layout="wide",
        initial_sidebar_state=270,
        menu_items={"About": None, "Get help": None, "Report a bug": None},
    )
    st.html(_HERE / "style.css")
    st.logo(_HERE / "icon.svg", size="large")
    page_frame.describe(language=i18n.language(), map_title=_("Map of the municipalities"))
    pages = [
        st.Page(_map, title=_("Map"), icon=":material/map:", url_path="kaart", default=True),
    ]
    page = st.navigation(pages, position="top")
    page.run()


def _map() -> None:
    with explained():
        chosen = choices.ask()
        map_page.show(chosen)

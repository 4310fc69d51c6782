"""Page: Inventory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage.i18n import _

if TYPE_CHECKING:
    from coverage.ui.chosen import Choices


def show(chosen: Choices) -> None:  # noqa: ARG001
    """Draw the page."""
    st.title(_("Inventory"))

"""The method in a few sentences, for pages that show figures."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage.explanations import summary
from coverage.i18n import _
from coverage.ui import state

if TYPE_CHECKING:
    from coverage import Assessment

PAGE = "verantwoording"
"""Name of the page on the method in the address."""


def explanation(assessment: Assessment) -> None:
    """Fold-out text about the method, with a link to the page that tells all.

    Parameters
    ----------
    assessment
        Whose settings the text tells.
    """
    items = "".join(f"<li>{escape(text)}</li>" for text in summary(assessment))
    more = _("All of the method, the sources and the settings")
    address = state.link(PAGE)
    with st.expander(_("How these figures are made")):
        st.html(
            f"<ul class='coverage-method'>{items}</ul>"
            f"<p class='coverage-method-more'><a href='{escape(address)}' target='_self'>"
            f"{escape(more)}</a></p>"
        )

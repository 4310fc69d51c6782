"""Counts that are not protected: who may see them, and what may be done with them.

Everybody sees what is published. Who brought the counts may look at them as they are, on the
screen. They leave it, as a file or on paper, only after that person has said why in words.
The choice is not in the address: a link never shows more than what is published.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from coverage.i18n import _
from coverage.ui import editor

if TYPE_CHECKING:
    from coverage.count_sets import Head
    from coverage.ui.chosen import Choices

_SHOWN = "unprotected_shown"
_WHY = "unprotected_why"
_KEPT_IN = "unprotected_kept_in"

FEWEST = 10
"""Characters of a reason: fewer say nothing."""


def ask(head: Head) -> str | None:
    """Offer to show a set as it was brought, to who brought it; in the side bar.

    Returns
    -------
    str or None
        See `coverage.ui.chosen.Choices.unprotected`.
    """
    now = editor.editor()
    if not now.may_edit or now.name != head.author:
        return None
    shown = st.toggle(
        _("Show my counts unprotected"),
        key=_SHOWN,
        help=_("On this screen only. A link that you share shows the protected figures."),
    )
    if not shown:
        st.session_state.pop(_WHY, None)
        return None
    why = str(st.session_state.get(_WHY, "")).strip()
    return why if len(why) >= FEWEST else ""


def notice(chosen: Choices) -> None:
    """Say on the page that small counts are shown, and ask why they are to leave the screen."""
    st.session_state[_KEPT_IN] = chosen.unprotected == ""
    if chosen.unprotected is None:
        return
    st.warning(
        _(
            "You see small counts that may point at a family. Nobody else sees them. Saving and "
            "printing are off."
        )
        if chosen.unprotected == ""
        else _(
            "You see small counts that may point at a family. What you save or print now holds "
            "them, and says why."
        )
    )
    st.text_input(
        _("Why may these figures leave this screen, and who gets them?"),
        key=_WHY,
        max_chars=300,
        help=_("At least {count} characters. The file keeps what you write.", count=FEWEST),
    )
    if chosen.unprotected == "":
        said = html.escape(_("Not printed: these figures are not protected."))
        st.html(f"<p class='coverage-kept-in'>{said}</p>")


def keeps_in() -> bool:
    """Whether what the page shows may not leave the screen."""
    return bool(st.session_state.get(_KEPT_IN, False))

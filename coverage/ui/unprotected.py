"""Counts that are not protected: who may see them, and what may be done with them.

Everybody sees what is published. Who brought the counts may look at them as they are, on the
screen. They leave it, as a file or on paper, only after that person has said why in words.
The choice is not in the address: a link never shows more than what is published.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import streamlit as st

from coverage import count_sets
from coverage.i18n import _, number
from coverage.provenance import SHORTEST_WHY
from coverage.ui import editor

if TYPE_CHECKING:
    from coverage.count_sets import Head
    from coverage.ui.chosen import Choices

_KEPT_IN = "unprotected_kept_in"

FEWEST = SHORTEST_WHY
"""Characters of a reason."""

_MOST = 300


def ask(head: Head) -> str | None:
    """Offer to show a set as it was brought, to who brought it; in the side bar.

    Returns
    -------
    str or None
        See `coverage.ui.chosen.Choices.unprotected`.
    """
    if not is_owner(head):
        return None
    shown = st.toggle(
        _("Show my counts unprotected"),
        key=f"unprotected_shown_{head.number}",
        help=_("On this screen only. A link that you share shows the protected figures."),
        persist_state="session",
    )
    now = editor.editor()
    if now.identity == now.name:  # nobody checked it
        st.caption(
            _(
                "Without sign-in your name is no check: whoever can open this app can see these "
                "counts unprotected."
            )
        )
    if not shown:
        # The words are of one time: who comes back to the figures says them again.
        st.session_state.pop(_why(head.number), None)
        return None
    why = " ".join(str(st.session_state.get(_why(head.number), "")).split())
    return why if len(why) >= FEWEST else ""


def is_owner(head: Head) -> bool:
    """Whether who is at the screen brought a set, and may still edit."""
    now = editor.editor()
    return now.may_edit and bool(now.identity) and count_sets.mark(now.identity) == head.owner


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
        key=_why(chosen.counts),
        max_chars=_MOST,
        help=_("At least {count} characters. The file keeps what you write.", count=number(FEWEST)),
        persist_state="session",
    )
    if chosen.unprotected == "":
        written = str(st.session_state.get(_why(chosen.counts), "")).strip()
        if written:
            st.error(
                _(
                    "Your reason is too short: at least {count} characters are needed. Write who "
                    "gets these figures, and what for.",
                    count=number(FEWEST),
                )
            )
        keep_off_paper()
        return
    said = html.escape(_("Not protected, because: {why}", why=chosen.unprotected))
    mark = html.escape(_("NOT PROTECTED"))
    st.html(
        f"<p class='coverage-on-every-sheet coverage-bare' aria-hidden='true'>{mark}</p>"
        f"<p class='coverage-why'>{said}</p>"
    )


def keep_off_paper() -> None:
    """Let the page print as one sentence, which says why."""
    said = html.escape(_("Not printed: these figures are not protected."))
    st.html(f"<p class='coverage-kept-in'>{said}</p>")


def keeps_in() -> bool:
    """Whether what the page shows may not leave the screen."""
    return bool(st.session_state.get(_KEPT_IN, False))


def _why(set_number: int) -> str:
    """Key of the words: those for one set do not hold for another."""
    return f"unprotected_why_{set_number}"

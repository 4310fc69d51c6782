"""Page of one municipality: everything that is known of it, to read, print and share."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from html import escape
from typing import TYPE_CHECKING

import streamlit as st

from coverage import i18n, neighbours, uncertainty
from coverage.i18n import _
from coverage.measures import STATUS_MEASURE
from coverage.ui import (
    choices,
    data,
    download,
    explain_view,
    markup,
    municipality_file,
    own,
    print_button,
    state,
    tornado,
)
from coverage.ui.download import Contents
from coverage.ui.pieces import Manner
from coverage.ui.sheet import places, region_sets, sheet
from coverage.wording import date_words

if TYPE_CHECKING:
    import pandas as pd

    from coverage import Assessment
    from coverage.ui.chosen import Choices

ADDRESS = "gemeente"
"""Name of this page in the address."""

_SUMMARIES = {"public": "en", "example": "nl"}
"""Language in which a register is written; of another one it is not known."""


def show(chosen: Choices) -> None:
    """Draw the page.

    Parameters
    ----------
    chosen
        What to show.
    """
    head = st.container()
    # Those of the whole country: a link to a municipality holds whatever region is chosen.
    codes = data.edition(chosen.year).municipalities.index
    place = choices.municipality(chosen.year, codes, _("Choose a municipality"))
    choices.tell_moved(place, chosen.year)
    if place is None:
        head.title(_("One municipality"), anchor=False)
        st.markdown(
            _(
                "Choose a municipality to see its status, its figures, the offers that were "
                "weighed, who near it has what is missing, and what is not known. The page can "
                "be printed, and its address can be shared."
            )
        )
        return
    code = place.code
    with st.spinner(_("Calculating…")):
        assessment = data.assessment(chosen)
    name = str(assessment.municipalities.loc[code, "name"])
    head.title(state.plain_text(name), anchor=False)
    here = (st.context.url or "").rstrip("/").removesuffix(f"/{ADDRESS}")
    address = f"{here}/{_page_of(code)}"
    with head:
        st.html(_about(assessment, chosen, code, address))
    _actions(assessment, code, borders(chosen.year), address)
    sets = region_sets(list(assessment.region_sets), chosen.region_set)
    totals = {one: data.regions(chosen, one) for one in sets}
    html = sheet(
        assessment,
        code,
        borders(chosen.year),
        places(assessment, code, totals),
        manner(chosen, level=2),
        painted=data.paint(replace(chosen, measure=STATUS_MEASURE), i18n.language()),
    )
    markup.show(html, key="municipality-sheet")
    markup.show(explain_view.figures(assessment, code), key="municipality-explained")
    moves = uncertainty.what_moves(assessment, code)
    markup.show(tornado.section(moves), key="municipality-moves")


def manner(chosen: Choices, *, level: int, first: int | None = None) -> Manner:
    """How to show what is known of a municipality: with links to the pages of others.

    Parameters
    ----------
    chosen
        What is shown.
    level
        Level of the heading.
    first
        Offers that are shown at once; all by default.
    """
    return Manner(
        level=level,
        summaries=_SUMMARIES.get(chosen.register, ""),
        link_to=_page_of,
        edit_at=_form_of if chosen.register == own.OWN else None,
        first=first,
    )


@st.cache_resource(show_spinner=False)
def borders(year: int) -> pd.DataFrame:
    """Which municipalities of an edition share a border; see `coverage.neighbours.borders`."""
    return neighbours.borders(data.edition(year).municipalities)


def _page_of(code: str) -> str:
    return state.link(ADDRESS, municipality=code)


def _form_of(offer_id: str) -> str:
    return state.link("aanbod", offer=offer_id)


def _about(assessment: Assessment, chosen: Choices, code: str, address: str) -> str:
    """Lines under the title: where, which year and register, when printed, and the address."""
    row = assessment.municipalities.loc[code]
    today = datetime.now(tz=UTC).astimezone().date().isoformat()
    said = [
        str(row["province"]),
        _("municipalities of {year}", year=chosen.year),
        choices.register_name(chosen),
    ]
    printed = _("Made on {date}, at {address}", date=date_words(today), address=address)
    example = ""
    if assessment.is_example:
        text = _("Example: the offers on this page are made up. They say nothing of this place.")
        example = f"<p class='example'>{escape(text)}</p>"
    return (
        f"<div class='coverage-about'><p>{escape(' · '.join(filter(None, said)))}</p>"
        f"<p class='on-paper'>{escape(printed)}</p>{example}</div>"
    )


def contents(assessment: Assessment, code: str, border_table: pd.DataFrame) -> Contents:
    """What goes into the file of a municipality.

    Parameters
    ----------
    assessment
        Where the figures come from.
    code
        Code of a municipality of the edition.
    border_table
        Result of `coverage.neighbours.borders` for the edition.

    Returns
    -------
    coverage.ui.download.Contents
        Its figures; beside them the offers with what decided on each, who near it has
        what is missing, and what is not known.
    """
    more = {
        _("Offers"): municipality_file.offers(assessment, code),
        _("Near here"): municipality_file.near(assessment, code, border_table),
        _("Not known"): municipality_file.questions(assessment, code),
    }
    record = {**assessment.provenance, "view": {"kind": "municipality", "gm_code": code}}
    return Contents(municipality_file.figures(assessment, code), record, more)


def _actions(assessment: Assessment, code: str, border_table: pd.DataFrame, address: str) -> None:
    """Print, download, share."""
    left, middle, _right = st.columns([1, 1.6, 2], vertical_alignment="center")
    with left:
        print_button.show(_("Print this page"), key="print-municipality")
    with middle:
        name = str(assessment.municipalities.loc[code, "name"])
        made = partial(contents, assessment, code, border_table)
        download.offer(
            _("Download this municipality (Excel)"),
            partial(download.excel, made, i18n.language(), example=assessment.is_example),
            download.file_name(assessment, name),
        )
    with st.expander(_("Link to this page")):
        st.code(address, language=None, wrap_lines=True)
        st.caption(_("Whoever opens this link sees the same page, with the same choices."))

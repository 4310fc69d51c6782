"""Frame round every page: language, choices that pages share, navigation."""

from __future__ import annotations

import html
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from coverage import i18n
from coverage.i18n import _
from coverage.ui import (
    choices,
    compare_page,
    counts_page,
    data,
    edit_page,
    gap_page,
    import_page,
    inventory_page,
    map_page,
    method_page,
    municipality_page,
    own,
    own_counts,
    page_frame,
    revisions_page,
    scenario_page,
    state,
    streamlit_words,
    unprotected,
)
from coverage.ui.failures import explained
from coverage.ui.settings_form import settings_notice
from coverage.vocabulary import OfferFilter

if TYPE_CHECKING:
    from collections.abc import Callable

    from coverage.ui.chosen import Choices

    Show = Callable[[Choices], None]
    Frame = Callable[[Show, str], None]

_HERE = Path(__file__).parent


def run() -> None:
    """Draw the page that the reader is on."""
    state.read()
    # Every rerun is a new context, so the language is set again each time.
    i18n.use(choices.language())
    name = _("Dekkend: where family support is missing")
    # Before the navigation: it would fetch the picture of a page from another server.
    st.set_page_config(
        page_title=name,
        page_icon=(_HERE / "icon.svg").read_text(encoding="utf-8"),
        layout="wide",
        initial_sidebar_state=270,
        menu_items={"About": None, "Get help": None, "Report a bug": None},
    )
    for sheet in sorted(_HERE.glob("*.css")):
        st.html(sheet)
    st.logo(_HERE / "icon.svg", size="large")
    page_frame.describe(language=i18n.language())
    streamlit_words.translate()
    page = st.navigation({"": _pages(), _("Manage"): _manage()}, position="top")
    st.set_page_config(page_title=f"{page.title} \N{EN DASH} {name}")
    page.run()


def _manage() -> list[st.Page]:
    """Pages on which the own register is kept."""
    return [
        _page(import_page.show, _("Import"), "inlezen", ":material/upload_file:", frame=_managed),
        _page(edit_page.show, _("Edit offers"), "aanbod", ":material/edit:", frame=_managed),
        _page(
            inventory_page.show,
            _("Inventory"),
            "inventarisatie",
            ":material/fact_check:",
            frame=_managed,
        ),
        _page(
            counts_page.show, _("Counts of orders"), "aantallen", ":material/123:", frame=_managed
        ),
        _page(revisions_page.show, _("Revisions"), "versies", ":material/history:", frame=_managed),
    ]


def _pages() -> list[st.Page]:
    """Pages that show, in the order of the menu; addresses are Dutch in both languages."""
    return [
        _page(map_page.show, _("Map"), "kaart", ":material/map:", default=True),
        _page(gap_page.show, _("Gap table"), "tekorttabel", ":material/table_chart:"),
        _page(compare_page.show, _("Compare regions"), "vergelijk", ":material/compare_arrows:"),
        _page(municipality_page.show, _("Municipality"), "gemeente", ":material/location_city:"),
        _page(scenario_page.show, _("Scenarios"), "scenarios", ":material/tune:"),
        _page(method_page.show, _("Method and sources"), "verantwoording", ":material/menu_book:"),
    ]


def _page(
    show: Show,
    title: str,
    address: str,
    icon: str,
    *,
    frame: Frame | None = None,
    default: bool = False,
) -> st.Page:
    drawn = partial(frame or _framed, show, address)
    return st.Page(drawn, title=title, icon=icon, url_path=address, default=default)


def _managed(show: Show, address: str) -> None:
    """Page on which the own register is kept: there the other registers do not matter."""
    with explained():
        state.on_page(address)
        chosen = choices.ask_for_own()
        unprotected.notice(chosen)
        state.tell_broken()
        show(chosen)
        state.write()


def _framed(show: Show, address: str) -> None:
    with explained():
        state.on_page(address)
        chosen = choices.ask()
        unprotected.notice(chosen)
        notice = st.container()
        show(chosen)
        with notice:
            _notices(chosen)
        state.write()


def _notices(chosen: Choices) -> None:
    """What must be known before any figure of the page is read."""
    state.tell_broken()
    state.tell_gone()
    if data.register(chosen).is_example:
        mark = html.escape(_("EXAMPLE: made-up data"))
        st.html(f"<p class='coverage-on-every-sheet' aria-hidden='true'>{mark}</p>")
        st.warning(
            _(
                "Example: the offers on this page are made up, to show what a complete register "
                "looks like. Choose “Public sources” for what is really known."
            )
        )
    if chosen.register == own.OWN:
        _own_notice(chosen)
    if OfferFilter.ASSERTIVE_OUTREACH in chosen.only:
        st.info(
            _(
                "Only offers that are proven to have assertive outreach (drang) count now, in "
                "every status and figure of every page."
            )
        )
    if chosen.counts or st.session_state.get("counts") == own.OWN:
        _counts_notice(chosen)
    changed = settings_notice(chosen.settings)
    if changed:
        st.info(changed)


def _counts_notice(chosen: Choices) -> None:
    """Say whose counts the figures rest on, and how small ones are kept from view."""
    if not chosen.counts:
        st.info(
            _(
                "There are no own counts for the municipalities of {year} yet, so the estimate "
                "that comes with Dekkend is used. Bring your counts under “Manage”.",
                year=chosen.year,
            )
        )
    elif own_counts.was_public(chosen.counts, chosen.year):
        st.info(
            _(
                "These figures use counts that CBS has published. CBS has rounded them, so they "
                "are not protected once more."
            )
        )
    elif chosen.unprotected is None:
        st.info(
            _(
                "These figures use own counts. Small counts are protected, because they may "
                "point at a family."
            )
        )


def _own_notice(chosen: Choices) -> None:
    """Say so when the own register is empty, or not shown as it is now."""
    newest = own.latest()
    if not newest:
        st.info(
            _(
                "Your own register is still empty, so nothing is known here. Read in a file under "
                "“Manage”, or begin with what is publicly known."
            )
        )
    elif chosen.revision != newest:
        st.info(
            _(
                "You look at revision {number} of your own register. The latest is {latest}.",
                number=chosen.revision,
                latest=newest,
            )
        )

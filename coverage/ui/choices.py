"""Ask the reader what to show: in the side bar, and for a municipality."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from babel.dates import format_date

import coverage
from coverage import i18n, search
from coverage.i18n import N_, _
from coverage.labels import REGION_SET
from coverage.measures import MEASURES
from coverage.ui import data, own, own_counts, session_settings, state, unprotected
from coverage.ui.chosen import USUAL_FILTERS, Choices
from coverage.ui.state import settle, settle_many
from coverage.vocabulary import FigureStatus, OfferFilter
from coverage.wording import date_words

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from coverage.search import Place

REGISTER_LABELS = {
    "public": N_("Public sources"),
    "example": N_("Example (made up)"),
    own.OWN: N_("Own register"),
}

SHIPPED = "shipped"
"""Name of the counts that come with the editions."""

COUNTS_LABELS = {
    SHIPPED: N_("Estimate that comes with Dekkend"),
    own.OWN: N_("Own counts"),
}

_LATEST = 0
"""Of the revisions and the sets of counts, the one that is the latest when the page is shown."""

FILTER_LABELS: dict[str, str] = {
    OfferFilter.VOLUNTARY: N_("Voluntary"),
    OfferFilter.LONG_TERM: N_("Long-term"),
    OfferFilter.ASSERTIVE_OUTREACH: N_("With assertive outreach (drang)"),
}


def language() -> str:
    """Language that is chosen."""
    return str(settle("language", list(i18n.LANGUAGES), i18n.DEFAULT))


def ask() -> Choices:
    """Show the choices that all pages share in the side bar, and give all that is chosen."""
    with st.sidebar:
        st.header(_("What to show"), anchor=False)
        year = _ask_year()
        register, revision = _ask_register()
        counts, bare = _ask_counts(year)
        region_set, region = _ask_region(year)
        settle_many("only", [str(one) for one in OfferFilter], [str(one) for one in USUAL_FILTERS])
        only = st.multiselect(
            _("Only offers that are"),
            list(map(str, OfferFilter)),
            key="only",
            select_all=False,  # else Enter takes all that fit what was typed
            format_func=lambda name: _(FILTER_LABELS[name]),
            placeholder=_("Any offer"),
            help=_(
                "For the locations of offers, and for the map of a function. The status and the "
                "gap always go by offers that are voluntary and long-term; “with assertive "
                "outreach” changes those too."
            ),
        )
        _ask_language()
    _know_municipality(year)
    return Choices(
        year,
        register,
        region_set,
        region,
        municipality=st.session_state.get("municipality"),
        measure=settle("measure", list(MEASURES), "status"),
        only=frozenset(OfferFilter(name) for name in only),
        settings=session_settings.current(),
        revision=revision,
        counts=counts,
        unprotected=bare,
    )


def ask_for_own() -> Choices:
    """Show the choices that matter where the own register is kept; the latest revision."""
    with st.sidebar:
        st.header(_("Own register"), anchor=False)
        year = _ask_year()
        _ask_language()
    sets = _region_sets(year)
    asked = st.session_state.get("region_set")
    return Choices(
        year, own.OWN, asked if asked in sets else sets[0], region="", revision=own.latest()
    )


def _ask_language() -> None:
    st.radio(
        "Taal / Language",
        list(i18n.LANGUAGES),
        key="language",
        format_func=i18n.LANGUAGES.__getitem__,
        horizontal=True,
    )


def _know_municipality(year: int) -> None:
    """Let go of a code that no municipality has or had, also on pages that do not ask for one."""
    asked = st.session_state.get("municipality")
    places = data.places(year, i18n.language())
    if asked and search.resolve(asked.removeprefix(search.OLD), places) is None:
        settle("municipality", [None], None)


def _ask_register() -> tuple[str, int]:
    """Register, and the number of the revision of the own one; 0 for another or an empty one."""
    settle("register", list(REGISTER_LABELS), "public")
    register = st.radio(
        _("Register of offers"),
        list(REGISTER_LABELS),
        key="register",
        format_func=lambda name: _(REGISTER_LABELS[name]),
    )
    if register != own.OWN:
        return register, 0
    made = {one.number: one for one in own.revisions()}
    settle("revision", [_LATEST, *made], _LATEST)
    if not made:
        return register, 0
    newest = max(made)

    def label(number: int) -> str:
        if number == _LATEST:
            return _("The latest ({number})", number=newest)
        day = format_date(made[number].time.astimezone(), "d MMM y", locale=i18n.language())
        return f"{number}: {day}"

    chosen = st.selectbox(_("Revision"), [_LATEST, *made], key="revision", format_func=label)
    return register, chosen or newest


def _ask_counts(year: int) -> tuple[int, str | None]:
    """Number of the set of own counts, 0 for those that are shipped; and whether it is shown bare.

    For the second see `Choices.unprotected`.
    """
    settle("counts", list(COUNTS_LABELS), SHIPPED)
    source = st.radio(
        _("Counts of supervision orders"),
        list(COUNTS_LABELS),
        key="counts",
        format_func=lambda name: _(COUNTS_LABELS[name]),
    )
    if source == SHIPPED:
        return 0, None
    there = {one.number: one for one in own_counts.heads() if one.edition == year}
    settle("count_set", [_LATEST, *there], _LATEST)
    if not there:
        return 0, None
    newest = max(there)

    def label(number: int) -> str:
        if number == _LATEST:
            return _("The latest ({number})", number=newest)
        return f"{number}: {there[number].note or there[number].period}"

    chosen = st.selectbox(_("Set of counts"), [_LATEST, *there], key="count_set", format_func=label)
    shown = chosen or newest
    bare = None if own_counts.was_public(shown, year) else unprotected.ask(there[shown])
    return shown, bare


def register_name(chosen: Choices) -> str:
    """What the chosen register is called; of the own one its revision too."""
    if chosen.register != own.OWN:
        return _(REGISTER_LABELS[chosen.register])
    if not chosen.revision:
        return _("own register, still empty")
    made = next(one for one in own.revisions() if one.number == chosen.revision)
    day = date_words(made.time.astimezone().date().isoformat())
    return _("own register, revision {number} of {date}", number=made.number, date=day)


def _ask_year() -> int:
    years = sorted(coverage.EDITIONS)
    settle("year", years, years[-1])
    return st.radio(
        _("Municipalities of"),
        years,
        key="year",
        horizontal=True,
        help=_("The division into municipalities of 1 January of that year."),
    )


def _ask_region(year: int) -> tuple[str, str]:
    regions = data.edition(year).regions
    sets = _region_sets(year)
    settle("region_set", sets, sets[0])
    region_set = st.selectbox(
        _("Kind of region"),
        sets,
        key="region_set",
        format_func=_region_set_label,
    )
    rows = regions[regions["region_set"] == region_set].drop_duplicates("region_code")
    names = rows.set_index("region_code")["region_name"].sort_values()
    options = ["", *names.index]
    settle("region", options, "")
    region = st.selectbox(
        _("Region"),
        options,
        key="region",
        format_func=lambda code: names.get(code, _("The whole Netherlands")),
    )
    tell_selection(rows["status"])
    return region_set, region


def tell_selection(statuses: pd.Series) -> None:
    """Say so when the choice of regions is an example itself."""
    if (statuses == FigureStatus.EXAMPLE).any():
        st.caption(_("These regions are an example selection: no public source names them."))


def _region_set_label(name: str) -> str:
    return _(REGION_SET.get(name, name))


def _region_sets(year: int) -> list[str]:
    """Region sets of an edition, in the order of the labels; others after them."""
    there = list(data.edition(year).regions["region_set"].unique())
    return sorted(there, key=lambda name: [*REGION_SET, name].index(name))


def municipality(year: int, codes: Collection[str], label: str) -> Place | None:
    """Ask for a municipality, by typing a part of a name that it has or had.

    Parameters
    ----------
    year
        Edition.
    codes
        Municipalities to choose from.
    label
        What the list is called.

    Returns
    -------
    coverage.search.Place or None
        What is chosen; it says which municipality of the edition that is now.
    """
    found = {place.key: place for place in search.within(data.places(year, i18n.language()), codes)}
    asked = st.session_state.get("municipality")
    if asked:
        # In another edition the same choice may be an old name, or an old name a choice.
        place = search.resolve(asked.removeprefix(search.OLD), found.values())
        st.session_state["municipality"] = place.key if place else asked
    settle("municipality", [None, *found], None)
    chosen = st.selectbox(
        label,
        list(found),
        index=None,
        key="municipality",
        format_func=lambda key: found[key].label,
        placeholder=_("Type a name, also an old one"),
    )
    return None if chosen is None else found[chosen]


def tell_moved(place: Place | None, year: int) -> None:
    """Say that another municipality is shown than was asked for, and why.

    Parameters
    ----------
    place
        What is chosen.
    year
        Edition that is shown.
    """
    if place is not None and place.old:
        st.info(
            state.plain_text(search.told(place, data.edition(year).municipalities["name"], year))
        )


def choose_municipality(code: str) -> None:
    """Choose a municipality from code, for instance after a click on the map."""
    st.session_state["municipality"] = code


def choose_offer(offer_id: str | None) -> None:
    """Choose an offer, of which the map shows the service area; from a callback."""
    st.session_state["offer"] = offer_id or ""

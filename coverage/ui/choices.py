"""What the reader has chosen: in the address, in the side bar, and for the pages.

The address holds every choice that differs from its default, so that a copied link shows
the same. Its words are Dutch and do not change with the language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import streamlit as st

import coverage
from coverage import i18n
from coverage._known import name_of
from coverage.i18n import N_, _
from coverage.labels import REGION_SET
from coverage.ui import data
from coverage.vocabulary import FigureStatus
from coverage.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

Option = TypeVar("Option")

ADDRESS = {
    "language": "taal",
    "year": "peiljaar",
    "register": "register",
    "region_set": "indeling",
    "region": "regio",
    "municipality": "gemeente",
}
"""Choice (key of the session state) and its name in the address."""

REGISTER_LABELS = {"public": N_("Public sources"), "example": N_("Example (made up)")}

_LINKED = "linked_choices"
_BROKEN = "broken_choices"
_MOVED = "moved_municipality"
_DEFAULTS = "default_choices"

_HARMLESS = re.compile(r"[A-Za-z0-9:_-]{1,24}")
"""Values of an address that may be repeated: a message is Markdown, which can load pictures."""


@dataclass(frozen=True)
class Moved:
    """A municipality that was chosen, and the one that is shown in its place.

    Attributes
    ----------
    code
        What was chosen.
    successor
        Code of the municipality that is shown.
    year
        Edition that has the successor and not the code.
    """

    code: str
    successor: str
    year: int


@dataclass(frozen=True)
class Choices:
    """What to show.

    Attributes
    ----------
    year
        Year of the edition.
    register
        A name from `coverage.ui.data.REGISTERS`.
    region_set
        A region set of the edition.
    region
        Code of a region of that set; empty for the whole country.
    """

    year: int
    register: str
    region_set: str
    region: str


def from_address() -> None:
    """Take over what the address says, once a session."""
    for key, name in ADDRESS.items():
        if key not in st.session_state and name in st.query_params:
            text = st.query_params[name]
            value = int(text) if key == "year" and text.isdecimal() else text
            if key == "municipality":
                value = text.upper()
            st.session_state[key] = value
            # Only what a link asks for can be a broken link: the page writes the address too.
            st.session_state.setdefault(_LINKED, {})[key] = text


def language() -> str:
    """Language that is chosen."""
    return str(_settle("language", list(i18n.LANGUAGES), i18n.DEFAULT))


def ask() -> Choices:
    """Show the choices in the side bar and give what is chosen."""
    with st.sidebar:
        st.header(_("What to show"), anchor=False)
        year = _ask_year()
        _settle("register", list(data.REGISTERS), "public")
        register = st.radio(
            _("Register of offers"),
            list(data.REGISTERS),
            key="register",
            format_func=_register_label,
        )
        region_set, region = _ask_region(year)
        st.radio(
            "Taal / Language",
            list(i18n.LANGUAGES),
            key="language",
            format_func=i18n.LANGUAGES.__getitem__,
            horizontal=True,
        )
    return Choices(year, register, region_set, region)


def _register_label(name: str) -> str:
    return _(REGISTER_LABELS[name])


def _ask_year() -> int:
    years = sorted(coverage.EDITIONS)
    _settle("year", years, years[-1])
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
    _settle("region_set", sets, sets[0])
    region_set = st.selectbox(
        _("Kind of region"),
        sets,
        key="region_set",
        format_func=_region_set_label,
    )
    rows = regions[regions["region_set"] == region_set].drop_duplicates("region_code")
    names = rows.set_index("region_code")["region_name"].sort_values()
    options = ["", *names.index]
    _settle("region", options, "")
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


def municipality(names: Mapping[str, str], year: int) -> str | None:
    """Ask for a municipality, by typing a part of its name; give its code.

    Parameters
    ----------
    names
        Code and name of the municipalities to choose from, in the order to show.
    year
        Edition of those codes.
    """
    options = list(names)
    _follow(options, year)
    _settle("municipality", [None, *options], None)
    chosen: str | None = st.selectbox(
        _("Choose a municipality, here or on the map"),
        options,
        index=None,
        key="municipality",
        format_func=lambda code: names[code],
        placeholder=_("Type a name"),
    )
    return chosen


def _follow(options: Sequence[str], year: int) -> None:
    """Go on with the successor of a municipality that this edition does not have."""
    chosen = st.session_state.get("municipality")
    if not chosen or chosen in options:
        return
    moved: Moved | None = st.session_state.get(_MOVED)
    if moved is not None and chosen == moved.successor and moved.code in options:
        st.session_state["municipality"] = moved.code  # back to where the reader came from
        return
    there = [code for code in data.successors(chosen, year) if code in options]
    if there:
        st.session_state[_MOVED] = Moved(chosen, there[0], year)
        st.session_state["municipality"] = there[0]
        st.session_state.get(_LINKED, {}).pop("municipality", None)


def tell_moved(year: int) -> None:
    """Say that another municipality is shown than was asked for, and why.

    Parameters
    ----------
    year
        Edition that is shown.
    """
    moved: Moved | None = st.session_state.get(_MOVED)
    if moved is None or moved.year != year:
        return
    if st.session_state["municipality"] != moved.successor:
        return  # the reader has made a choice since
    successors = data.successors(moved.code, year)
    said = {"old": name_of(moved.code), "places": listed([name_of(code) for code in successors])}
    if year == max(coverage.EDITIONS):
        text = _("{old} is now part of {places}.", **said)
    else:
        # It may have gone before that year, or have come after it.
        text = _(
            "In {year} there was no municipality {old}. Its area belonged to {places}.",
            year=year,
            **said,
        )
    if len(successors) > 1:
        text = _("{text} The page shows {name}.", text=text, name=name_of(moved.successor))
    st.info(text)


def choose_municipality(code: str) -> None:
    """Choose a municipality from code, for instance after a click on the map."""
    st.session_state["municipality"] = code


def to_address() -> None:
    """Put the choices that differ from their default in the address."""
    wanted = {
        name: str(st.session_state[key])
        for key, name in ADDRESS.items()
        if st.session_state[key] != st.session_state[_DEFAULTS][key]
    }
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def tell_broken() -> None:
    """Say what of the address could not be followed, and what is shown instead."""
    for key, value in st.session_state.get(_BROKEN, {}).items():
        if st.session_state[key] != st.session_state[_DEFAULTS][key]:
            continue  # the reader has made a choice since
        asked = f"{ADDRESS[key]}={value}" if _HARMLESS.fullmatch(value) else f"{ADDRESS[key]}=…"
        st.warning(
            _(
                "The link asks for “{asked}”, which does not exist here. "
                "The page shows the usual choice instead.",
                asked=asked,
            )
        )


def _settle(key: str, options: Sequence[Option], default: Option) -> Option:
    """Make sure that the choice is one of the options, before its widget is drawn."""
    st.session_state.setdefault(_DEFAULTS, {})[key] = default
    chosen: Option = st.session_state.get(key, default)
    linked = st.session_state.get(_LINKED, {}).pop(key, None)
    if chosen not in options:
        if linked is not None:
            st.session_state.setdefault(_BROKEN, {})[key] = linked
        chosen = default
    st.session_state[key] = chosen
    return chosen

"""What the reader has chosen: in the address, in the side bar, and for the pages.

The address holds every choice that differs from its default, so that a copied link shows
the same. Its words are Dutch and do not change with the language. A choice lives in the
session state under its key, also while its widget is on another page.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode, urlsplit

import streamlit as st
from pydantic import ValidationError

import coverage
from coverage import i18n, search
from coverage.i18n import N_, _
from coverage.labels import REGION_SET
from coverage.measures import MEASURES
from coverage.settings import Settings
from coverage.ui import data
from coverage.vocabulary import FigureStatus, OfferFilter

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    import pandas as pd

    from coverage.search import Place

Option = TypeVar("Option")

ADDRESS = {
    "language": "taal",
    "year": "peiljaar",
    "register": "register",
    "region_set": "indeling",
    "region": "regio",
    "municipality": "gemeente",
    # the map
    "measure": "toon",
    "only": "alleen",
    "locations": "locaties",
    "offer": "aanbod",
    # the gap table
    "columns": "kolommen",
    "sort": "sorteer",
    "subtotals": "subtotalen",
    "find": "zoek",
    "statuses": "status",
    # comparing
    "regions": "regios",
    "beside": "naast",
    "rank_by": "rang",
    # settings of the method
    "imposed": "opgelegd",
    "extended_low": "verlengd_laag",
    "extended_high": "verlengd_hoog",
    "children": "kinderen",
    "months": "maanden",
    "confidence": "zekerheid",
    "sighting": "gezien",
}
"""Choice (key of the session state) and its name in the address."""

SWITCHES = frozenset({"locations"})
"""Choices that are on or off; in the address they are ``ja`` or ``nee``."""

_ON, _OFF = "ja", "nee"

_DIGITS = 12
"""Of a number in the address: more than a reader can choose, fewer than arithmetic leaves."""

LISTS = frozenset({"only", "columns", "statuses", "regions"})
"""Choices of more than one option at a time; in the address they are joined by commas."""

NOTHING = "geen"
"""A list without anything, in the address."""

SETTINGS = {
    "imposed": "share_imposed",
    "extended_low": "share_extended_low",
    "extended_high": "share_extended_high",
    "children": "children_per_family",
    "months": "long_term_months",
    "confidence": "confidence",
    "sighting": "sighting_holds_years",
}
"""Choice and its field of `coverage.Settings`; the value is that of the field, in its unit."""

SETTINGS_RANGE = {
    "imposed": (0.0, 1.0),
    "extended_low": (0.0, 1.0),
    "extended_high": (0.0, 1.0),
    "children": (0.01, 100.0),
    "months": (0.0, 1200.0),
    "confidence": (0.001, 0.999),
    "sighting": (0, 1000),
}
"""Smallest and largest value that a link may ask for: more than the form offers, and no numbers
so large or small that nothing can be calculated or written with them."""

_WIDEST = {"extended_low": 0.0, "extended_high": 1.0}
"""Two settings of which the first may not be above the second."""

REGISTER_LABELS = {"public": N_("Public sources"), "example": N_("Example (made up)")}

FILTER_LABELS: dict[str, str] = {
    OfferFilter.VOLUNTARY: N_("Voluntary"),
    OfferFilter.LONG_TERM: N_("Long-term"),
    OfferFilter.ASSERTIVE_OUTREACH: N_("With assertive outreach (drang)"),
}

USUAL_FILTERS = (OfferFilter.VOLUNTARY, OfferFilter.LONG_TERM)
"""The offers that the letter is about."""

_LINKED = "linked_choices"
_BROKEN = "broken_choices"
_DEFAULTS = "default_choices"
_LEFT = "left_by_last_run"

_HARMLESS = re.compile(r"[A-Za-z0-9:_.,-]{1,40}")
"""Values of an address that may be repeated: a message is Markdown, which can load pictures."""


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
    municipality
        Code that was chosen, or None; a page that needs it checks it with `municipality`.
    measure
        A name from `coverage.measures.MEASURES`.
    only
        Filters on the offers.
    settings
        Settings of the method.
    """

    year: int
    register: str
    region_set: str
    region: str
    municipality: str | None = None
    measure: str = "status"
    only: frozenset[OfferFilter] = frozenset(USUAL_FILTERS)
    settings: Settings = Settings()  # noqa: RUF009 - frozen


def from_address() -> None:
    """Take over what the address says: at the start, and when the reader goes back."""
    if _went_back():
        for key in ADDRESS:
            st.session_state.pop(key, None)
    for key, name in ADDRESS.items():
        if key in st.session_state:
            # A widget on another page would take its choice with it.
            st.session_state[key] = st.session_state[key]
        elif name in st.query_params:
            text = st.query_params[name]
            st.session_state[key] = _read(key, text)
            # Only what a link asks for can be a broken link: the page writes the address too.
            st.session_state.setdefault(_LINKED, {})[key] = text


def _went_back() -> bool:
    """Whether the reader came here by the browser's own buttons for back and forward.

    Then the address differs from the one that was written last, and nothing was chosen since.
    The menu leads to a page without choices in its address: that is not back.
    """
    left: _Left | None = st.session_state.get(_LEFT)
    address = dict(st.query_params)
    if left is None or address == left.address:
        return False
    if not address and _path() != left.path:
        return False
    return all(_same(st.session_state.get(key), value) for key, value in left.chosen.items())


@dataclass(frozen=True)
class _Left:
    """What a run of the page left behind."""

    path: str
    address: dict[str, str]
    chosen: dict[str, Any]


def _path() -> str:
    """Path of the page in the address."""
    return urlsplit(st.context.url or "").path


def _read(key: str, text: str) -> Any:  # noqa: ANN401 - as the widget of the key has it
    """Value of a choice as it stands in an address; the text itself when it makes no sense."""
    if key in LISTS:
        return [] if text == NOTHING else text.split(",")
    if key in SWITCHES:
        return {_ON: True, _OFF: False}.get(text, text)
    if key == "municipality":
        return text.upper()
    if key in SETTINGS or key == "year":
        try:
            value = float(text)
        except ValueError:
            return text
        return int(value) if value.is_integer() and key in {"year", "sighting"} else value
    return text


def _written(key: str, value: Any) -> str:  # noqa: ANN401
    """Value of a choice as it stands in an address."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or NOTHING
    if isinstance(value, bool):
        return _ON if value else _OFF
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return str(value).removeprefix(search.OLD if key == "municipality" else "")


def language() -> str:
    """Language that is chosen."""
    return str(settle("language", list(i18n.LANGUAGES), i18n.DEFAULT))


def ask() -> Choices:
    """Show the choices that all pages share in the side bar, and give all that is chosen."""
    with st.sidebar:
        st.header(_("What to show"), anchor=False)
        year = _ask_year()
        settle("register", list(data.REGISTERS), "public")
        register = st.radio(
            _("Register of offers"),
            list(data.REGISTERS),
            key="register",
            format_func=_register_label,
        )
        region_set, region = _ask_region(year)
        settle_many("only", [str(one) for one in OfferFilter], [str(one) for one in USUAL_FILTERS])
        only = st.multiselect(
            _("Only offers that are"),
            list(map(str, OfferFilter)),
            key="only",
            select_all=False,  # else Enter takes all that fit what was typed
            format_func=lambda name: _(FILTER_LABELS[name]),
            placeholder=_("Any offer"),
        )
        st.radio(
            "Taal / Language",
            list(i18n.LANGUAGES),
            key="language",
            format_func=i18n.LANGUAGES.__getitem__,
            horizontal=True,
        )
    return Choices(
        year,
        register,
        region_set,
        region,
        municipality=st.session_state.get("municipality"),
        measure=settle("measure", list(MEASURES), "status"),
        only=frozenset(OfferFilter(name) for name in only),
        settings=_settings(),
    )


def _settings() -> Settings:
    """Settings of the method for this session; of a broken link, those that can be."""
    usual = {key: getattr(Settings(), name) for key, name in SETTINGS.items()}
    st.session_state.setdefault(_DEFAULTS, {}).update(usual)
    linked = {key: st.session_state.get(_LINKED, {}).pop(key, None) for key in SETTINGS}
    values = {key: st.session_state.setdefault(key, value) for key, value in usual.items()}
    # First what cannot be by itself, then what cannot be together.
    alone = [key for key in SETTINGS if _possible(usual | _WIDEST | {key: values[key]}) is None]
    for wrong in ([], alone, [*alone, *_WIDEST]):
        found = _possible(values | {key: usual[key] for key in wrong})
        if found is not None:
            break
    set_settings(found or Settings())
    for key in wrong:
        if linked[key] is not None:
            _note_broken(key, linked[key])
    return found or Settings()


def _possible(values: dict[str, Any]) -> Settings | None:
    """Settings of the values of their choices; None if they cannot be."""
    try:
        asked = Settings(**{name: values[key] for key, name in SETTINGS.items()})
    except ValidationError:
        return None
    within = all(
        low <= getattr(asked, SETTINGS[key]) <= high for key, (low, high) in SETTINGS_RANGE.items()
    )
    return asked if within else None


def set_settings(settings: Settings) -> None:
    """Go on with other settings of the method; from a callback.

    Parameters
    ----------
    settings
        All of them.
    """
    for key, name in SETTINGS.items():
        st.session_state[key] = getattr(settings, name)


def _register_label(name: str) -> str:
    return _(REGISTER_LABELS[name])


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


def chosen_place(year: int) -> Place | None:
    """Municipality that is chosen, without asking; see `municipality`."""
    asked = st.session_state.get("municipality")
    if not asked:
        return None
    return search.resolve(asked.removeprefix(search.OLD), data.places(year, i18n.language()))


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
        st.info(plain_text(search.told(place, data.edition(year).municipalities["name"], year)))


def plain_text(text: str) -> str:
    """Text for a message, in which a name from a file cannot become a link or a picture."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:])", r"\\\1", text)


def choose_municipality(code: str) -> None:
    """Choose a municipality from code, for instance after a click on the map."""
    st.session_state["municipality"] = code


def choose_offer(offer_id: str | None) -> None:
    """Choose an offer, of which the map shows the service area; from a callback."""
    st.session_state["offer"] = offer_id or ""


def to_address() -> None:
    """Put the choices that differ from their default in the address."""
    wanted = _differing()
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)
    chosen = {key: st.session_state[key] for key in ADDRESS if key in st.session_state}
    st.session_state[_LEFT] = _Left(_path(), wanted, chosen)


def address_of(page: str, **changes: object) -> str:
    """Address of a page with all that is chosen, for a link.

    Parameters
    ----------
    page
        Its name in the address; empty for the map.
    **changes
        Choices (keys of `ADDRESS`) that the link changes.

    Returns
    -------
    str
        Relative to the page that is open, which is right behind a proxy too.
    """
    named = {
        ADDRESS[key]: _written(key, value) for key, value in changes.items() if value is not None
    }
    dropped = {ADDRESS[key] for key, value in changes.items() if value is None}
    wanted = {key: text for key, text in _differing().items() if key not in dropped} | named
    return f"{page or './'}?{urlencode(wanted)}" if wanted else page or "./"


def _differing() -> dict[str, str]:
    """Names and texts of an address for what is chosen and not the default."""
    defaults = st.session_state.get(_DEFAULTS, {})
    return {
        name: _written(key, st.session_state[key])
        for key, name in ADDRESS.items()
        if key in st.session_state and not _same(st.session_state[key], defaults.get(key))
    }


def _same(value: Any, default: Any) -> bool:  # noqa: ANN401
    if isinstance(value, float) and isinstance(default, float | int):
        return math.isclose(value, default)
    return bool(value == default)


def tell_broken() -> None:
    """Say what of the address could not be followed, and what is shown instead."""
    for key, (text, shown) in st.session_state.get(_BROKEN, {}).items():
        if not _same(st.session_state.get(key), shown):
            continue  # the reader has made a choice since
        asked = f"{ADDRESS[key]}={text}" if _HARMLESS.fullmatch(text) else f"{ADDRESS[key]}=…"
        if _same(shown, st.session_state[_DEFAULTS].get(key)):
            told = _(
                "The link asks for “{asked}”, which does not exist here. "
                "The page shows the usual choice instead.",
                asked=asked,
            )
        else:
            told = _(
                "The link asks for “{asked}”. A part of that does not exist here, and is left out.",
                asked=asked,
            )
        st.warning(told)


def _note_broken(key: str, text: str) -> None:
    """Remember that a link asked for what cannot be, and what is chosen instead."""
    st.session_state.setdefault(_BROKEN, {})[key] = text, st.session_state[key]


def settle(key: str, options: Sequence[Option], default: Option) -> Option:
    """Make sure that a choice is one of the options, before its widget is drawn.

    Parameters
    ----------
    key
        A key of `ADDRESS`, that the widget has too.
    options
        What there is to choose.
    default
        What is chosen as long as the reader chooses nothing; the address leaves it out.

    Returns
    -------
    object
        What is chosen. What a link asked for and is no option, is told as a broken link.
    """
    st.session_state.setdefault(_DEFAULTS, {})[key] = default
    chosen: Option = st.session_state.get(key, default)
    linked = st.session_state.get(_LINKED, {}).pop(key, None)
    there = chosen in options
    if not there:
        chosen = default
    st.session_state[key] = chosen
    if not there and linked is not None:
        _note_broken(key, linked)
    return chosen


def settle_many(
    key: str, options: Sequence[Option], default: Sequence[Option], *, most: int | None = None
) -> list[Option]:
    """Make sure that each of a list of choices is one of the options; see `settle`.

    Parameters
    ----------
    key, options
        As for `settle`.
    default
        What is chosen as long as the reader chooses nothing.
    most
        Largest number of choices.

    Returns
    -------
    list
        What is chosen, in the reader's order. If a link asks for something that is no option,
        the rest of it is followed, and the default when nothing is left.
    """
    st.session_state.setdefault(_DEFAULTS, {})[key] = list(default)
    asked: list[Option] = list(dict.fromkeys(st.session_state.get(key, default)))
    linked = st.session_state.get(_LINKED, {}).pop(key, None)
    chosen = [one for one in asked if one in options][:most]
    broken = len(chosen) < len(asked)
    if broken:
        chosen = chosen or list(default)
    st.session_state[key] = chosen
    if broken and linked is not None:
        _note_broken(key, linked)
    return chosen

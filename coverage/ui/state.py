"""What the reader has chosen, in the session and in the address.

The address holds every choice that differs from its default, so that a copied link shows
the same. Its words are Dutch and do not change with the language. A choice lives in the
session state under its key, also while its widget is on another page.
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

import streamlit as st

from coverage import search
from coverage.i18n import N_, _
from coverage.wording import listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Option = TypeVar("Option")

ADDRESS = {
    "language": "taal",
    "year": "peiljaar",
    "register": "register",
    "revision": "revisie",
    "counts": "aantallen",
    "count_set": "reeks",
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
    # scenarios
    "scenarios": "scenarios",
    # settings of the method
    "imposed": "opgelegd",
    "extended_low": "verlengd_laag",
    "extended_high": "verlengd_hoog",
    "children": "kinderen",
    "months": "maanden",
    "confidence": "zekerheid",
    "sighting": "gezien",
    "measures": "maatregelen",
    "caseload": "caseload",
}
"""Choice (key of the session state) and its name in the address."""

SWITCHES = frozenset({"locations"})
"""Choices that are on or off; in the address they are ``ja`` or ``nee``."""

_ON, _OFF = "ja", "nee"

_DIGITS = 12
"""Of a number in the address: more than a reader can choose, fewer than arithmetic leaves."""

LISTS = frozenset({"only", "columns", "statuses", "regions", "scenarios"})
"""Choices of more than one option at a time; in the address they are joined by commas."""

NOTHING = "geen"
"""A list without anything, in the address."""

NUMBERS = frozenset(
    {
        "year",
        "revision",
        "count_set",
        "imposed",
        "extended_low",
        "extended_high",
        "children",
        "months",
        "confidence",
        "sighting",
        "measures",
        "caseload",
    }
)
"""Choices that are a number."""

_WHOLE = frozenset({"year", "revision", "count_set", "sighting"})

_LINKED = "linked_choices"
_BROKEN = "broken_choices"
_DEFAULTS = "default_choices"
_STARTED = "session_has_started"

_GONE = "choices_that_are_gone"
_STRANGE = "names_that_no_choice_has"
_PAGE = "page_that_was_open"

_FOREIGN = frozenset({"embed", "embed_options"})
"""Names in the address that are Streamlit's."""

_NAMED = {
    "municipality": N_("the municipality"),
    "regions": N_("the regions to compare"),
    "beside": N_("the year beside it"),
    "offer": N_("the offer"),
    "count_set": N_("the set of counts"),
}
"""Choices that the reader must be told of when another choice makes them impossible."""

_HARMLESS = re.compile(r"[A-Za-z0-9:_.,-]{1,40}")
"""Values of an address that may be repeated: a message is Markdown, which can load pictures."""


def read() -> None:
    """Take over what the address says when a session starts; later the session knows better."""
    if _STARTED not in st.session_state:
        st.session_state[_STARTED] = True
        _take_over(dict(st.query_params))
    for key in ADDRESS:
        if key in st.session_state:
            # A widget on another page would take its choice with it.
            st.session_state[key] = st.session_state[key]


def go_back(address: Mapping[str, str]) -> None:
    """Choose what an earlier address of this session says; from a callback.

    Parameters
    ----------
    address
        Names and texts of an address, of which the reader came back to.
    """
    for key in ADDRESS:
        st.session_state.pop(key, None)
    _take_over(address)


def _take_over(address: Mapping[str, str]) -> None:
    asked = {key: address[name] for key, name in ADDRESS.items() if name in address}
    for key, text in asked.items():
        st.session_state[key] = _value(key, text)
    # Only what a link asks for can be a broken link: the page writes the address too.
    st.session_state[_LINKED] = asked
    strange = [name for name in address if name not in ADDRESS.values() and name not in _FOREIGN]
    st.session_state[_STRANGE] = {name: address[name] for name in strange}


def _value(key: str, text: str) -> Any:  # noqa: ANN401 - as the widget of the key has it
    """Value of a choice as it stands in an address; the text itself when it makes no sense."""
    if key in LISTS:
        return [] if text == NOTHING else text.split(",")
    if key in SWITCHES:
        return {_ON: True, _OFF: False}.get(text, text)
    if key == "municipality":
        return text.upper()
    if key in NUMBERS:
        try:
            value = float(text)
        except ValueError:
            return text
        return int(value) if value.is_integer() and key in _WHOLE else value
    return text


def _text(key: str, value: Any) -> str:  # noqa: ANN401
    """Value of a choice as it stands in an address."""
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or NOTHING
    if isinstance(value, bool):
        return _ON if value else _OFF
    if isinstance(value, float):
        return f"{value:.{_DIGITS}g}"
    return str(value).removeprefix(search.OLD if key == "municipality" else "")


def write() -> None:
    """Put the choices that differ from their default in the address."""
    wanted = _differing()
    if dict(st.query_params) != wanted:
        st.query_params.from_dict(wanted)


def link(page: str, **changes: object) -> str:
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
    named = {ADDRESS[key]: _text(key, value) for key, value in changes.items() if value is not None}
    dropped = {ADDRESS[key] for key, value in changes.items() if value is None}
    wanted = {key: text for key, text in _differing().items() if key not in dropped} | named
    return f"{page or './'}?{urlencode(wanted)}" if wanted else page or "./"


def _differing() -> dict[str, str]:
    """Names and texts of an address for what is chosen and not the default."""
    defaults = st.session_state.get(_DEFAULTS, {})
    return {
        name: _text(key, st.session_state[key])
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
        asked = _asked(ADDRESS[key], text)
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
    for name, text in st.session_state.get(_STRANGE, {}).items():
        st.warning(
            _("The link asks for “{asked}”. There is no such choice.", asked=_asked(name, text))
        )


def _asked(name: str, text: str) -> str:
    """What a link asks for, as far as that may be repeated."""
    return "=".join(part if _HARMLESS.fullmatch(part) else "…" for part in (name, text))


def on_page(name: str) -> None:
    """Leave behind what was told of a link, when the reader goes on to another page.

    Parameters
    ----------
    name
        Of the page that is drawn.
    """
    if st.session_state.setdefault(_PAGE, name) != name:
        st.session_state[_PAGE] = name
        st.session_state[_BROKEN], st.session_state[_STRANGE] = {}, {}


def tell_gone() -> None:
    """Say which earlier choices do not fit what was chosen since."""
    there = st.session_state.get(_GONE, {})
    gone = [key for key, value in there.items() if _same(st.session_state.get(key), value)]
    st.session_state[_GONE] = {key: there[key] for key in gone}
    if gone:
        names = listed([_(_NAMED[key]) for key in gone])
        st.info(_("This does not fit what you chose, and was let go: {names}.", names=names))


def linked(key: str) -> str | None:
    """What a link asks for, as it stands there; once, and None without a link."""
    asked: str | None = st.session_state.get(_LINKED, {}).pop(key, None)
    return asked


def set_defaults(defaults: Mapping[str, object]) -> None:
    """Say what is chosen as long as the reader chooses nothing; the address leaves it out."""
    st.session_state.setdefault(_DEFAULTS, {}).update(defaults)


def note_broken(key: str, text: str) -> None:
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
    if not there:
        _note_gone(key, linked)
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
    if broken:
        _note_gone(key, linked)
    return chosen


def hold(key: str, default: Option) -> Option:
    """Keep a choice of which the words depend on the language, before its widget is drawn.

    The browser names a choice by its label. In another language that label is not there, and
    Streamlit would let go of the choice; what is written here in each run stays.

    Parameters
    ----------
    key
        Key of the widget.
    default
        What is chosen as long as the reader chooses nothing.

    Returns
    -------
    object
        What is chosen.
    """
    chosen: Option = st.session_state.get(key, default)
    st.session_state[key] = chosen
    return chosen


def _note_gone(key: str, linked: str | None) -> None:
    """Remember that something is no option: a link asked for it, or it was chosen before."""
    if linked is not None:
        note_broken(key, linked)
    elif key in _NAMED:
        st.session_state.setdefault(_GONE, {})[key] = st.session_state[key]


def plain_text(text: str) -> str:
    """Text for a message, in which a name from a file cannot become a link or a picture."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:])", r"\\\1", text)

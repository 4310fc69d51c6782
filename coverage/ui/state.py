"""What the reader has chosen, in the session and in the address.

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

from coverage import search
from coverage.i18n import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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

NUMBERS = frozenset(
    {
        "year",
        "imposed",
        "extended_low",
        "extended_high",
        "children",
        "months",
        "confidence",
        "sighting",
    }
)
"""Choices that are a number."""

_WHOLE = frozenset({"year", "sighting"})

_LINKED = "linked_choices"
_BROKEN = "broken_choices"
_DEFAULTS = "default_choices"
_LEFT = "left_by_last_run"

_HARMLESS = re.compile(r"[A-Za-z0-9:_.,-]{1,40}")
"""Values of an address that may be repeated: a message is Markdown, which can load pictures."""


def read() -> None:
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
            st.session_state[key] = _value(key, text)
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
    chosen = {key: st.session_state[key] for key in ADDRESS if key in st.session_state}
    st.session_state[_LEFT] = _Left(_path(), wanted, chosen)


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
    if not there and linked is not None:
        note_broken(key, linked)
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
        note_broken(key, linked)
    return chosen


def plain_text(text: str) -> str:
    """Text for a message, in which a name from a file cannot become a link or a picture."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~$:])", r"\\\1", text)

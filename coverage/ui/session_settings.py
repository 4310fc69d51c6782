"""Settings of the method that the reader has chosen for this session."""

from __future__ import annotations

from typing import Any

import streamlit as st
from pydantic import ValidationError

from coverage.settings import Settings
from coverage.ui import state

FIELDS = {
    "imposed": "share_imposed",
    "extended_low": "share_extended_low",
    "extended_high": "share_extended_high",
    "children": "children_per_family",
    "measures": "measures_per_child",
    "caseload": "caseload",
    "months": "long_term_months",
    "confidence": "confidence",
    "sighting": "sighting_holds_years",
}
"""Choice and its field of `coverage.Settings`; the value is that of the field, in its unit."""

RANGE = {
    "imposed": (0.0, 1.0),
    "extended_low": (0.0, 1.0),
    "extended_high": (0.0, 1.0),
    "children": (0.01, 100.0),
    "measures": (0.01, 100.0),
    "caseload": (0.1, 1000.0),
    "months": (0.0, 1200.0),
    "confidence": (0.001, 0.999),
    "sighting": (0, 1000),
}
"""Smallest and largest value that a link may ask for: more than the form offers, and no numbers
so large or small that nothing can be calculated or written with them."""

_WIDEST = {"extended_low": 0.0, "extended_high": 1.0}
"""Two settings of which the first may not be above the second."""


def current() -> Settings:
    """Settings of the method for this session; of a broken link, those that can be."""
    usual = {key: getattr(Settings(), name) for key, name in FIELDS.items()}
    state.set_defaults(usual)
    linked = {key: state.linked(key) for key in FIELDS}
    values = {key: st.session_state.setdefault(key, value) for key, value in usual.items()}
    # First what cannot be by itself, then what cannot be together.
    alone = [key for key in FIELDS if _possible(usual | _WIDEST | {key: values[key]}) is None]
    for wrong in ([], alone, [*alone, *_WIDEST]):
        found = _possible(values | {key: usual[key] for key in wrong})
        if found is not None:
            break
    choose(found or Settings())
    for key in wrong:
        asked = linked[key]
        if asked is not None:
            state.note_broken(key, asked)
    return found or Settings()


def _possible(values: dict[str, Any]) -> Settings | None:
    """Settings of the values of their choices; None if they cannot be."""
    try:
        asked = Settings(**{name: values[key] for key, name in FIELDS.items()})
    except ValidationError:
        return None
    return asked if may_be(asked) else None


def may_be(settings: Settings) -> bool:
    """Whether a link may ask for these settings; see `RANGE`."""
    return all(low <= getattr(settings, FIELDS[key]) <= high for key, (low, high) in RANGE.items())


def choose(settings: Settings) -> None:
    """Go on with other settings of the method; from a callback.

    Parameters
    ----------
    settings
        All of them.
    """
    for key, name in FIELDS.items():
        st.session_state[key] = getattr(settings, name)

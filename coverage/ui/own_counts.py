"""Own counts of orders, kept in the workspace, as the pages see them.

As with the own register, the workspace is opened when somebody asks for them, not before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from coverage import count_sets
from coverage.ui import own
from coverage.workspace import workspace_url

if TYPE_CHECKING:
    from coverage.count_sets import CountSet, Head

_KEPT = 8


def heads() -> list[Head]:
    """Sets of counts that there are, newest first; asked anew each time."""
    return count_sets.heads(own.workspace())


def key(number: int, year: int) -> str:
    """What a set is known by in the caches: also after another database took its place.

    Parameters
    ----------
    number
        Of the set; 0 for the counts that are shipped.
    year
        Edition that is calculated.

    Returns
    -------
    str
        Empty where the set is of another edition, as when two years are compared: there the
        counts that are shipped are used.
    """
    made = {one.number: one for one in heads()} if number else {}
    if number in made and made[number].edition != year:
        return ""
    there = made[number].time.isoformat() if number in made else ""
    return f"{number}:{there}:{workspace_url()}" if number else ""


def was_public(number: int, year: int) -> bool:
    """Whether somebody else had published the counts of a set already."""
    cached = key(number, year)
    return bool(cached) and _count_set(cached, number).was_public


def used(cached: str, number: int, unprotected: str | None) -> dict[str, Any]:
    """What `coverage.assess` is to be given of a set.

    Parameters
    ----------
    cached
        The `key`; nothing is given of a set without one.
    number
        Of the set.
    unprotected
        None for what is published of it; otherwise all of it, see
        `coverage.ui.chosen.Choices.unprotected`.
    """
    if not cached:
        return {}
    found = _count_set(cached, number)
    if unprotected is None:
        return {
            "demand": found.protected,
            "totals": found.totals,
            "protection": found.protection,
        }
    return {"demand": found.counts, "protection": {"protected": False, "why": unprotected}}


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def _count_set(cached: str, number: int) -> CountSet:  # noqa: ARG001 - what it depends on
    return count_sets.load(own.workspace(), number)

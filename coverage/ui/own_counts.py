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


def key(number: int) -> str:
    """What a set is known by in the caches: also after another database took its place."""
    made = next((one.time.isoformat() for one in heads() if one.number == number), "")
    return f"{number}:{made}:{workspace_url()}"


def used(number: int, unprotected: str | None) -> dict[str, Any]:
    """What `coverage.assess` is to be given of a set.

    Parameters
    ----------
    number
        Of the set.
    unprotected
        None for what is published of it; otherwise all of it, see
        `coverage.ui.chosen.Choices.unprotected`.
    """
    found = _count_set(key(number), number)
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

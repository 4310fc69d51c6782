"""The own register: revisions kept in the workspace, as the pages see them.

The workspace is opened when somebody asks for the own register, not before: who only looks at
public sources needs none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from coverage.workspace import Revision, Workspace, workspace_url

if TYPE_CHECKING:
    from coverage.register import Register

OWN = "own"
"""Name of the own register among the registers to choose from."""

_KEPT = 8  # registers, of some 10 MB with 10,000 offers


def workspace() -> Workspace:
    """Workspace of this process.

    Raises
    ------
    coverage.workspace.WorkspaceError
        If it cannot be opened; the message says what to do.
    """
    return _opened(workspace_url())


def latest() -> int:
    """Number of the latest revision, asked anew each time; 0 when there is none."""
    found = workspace().latest()
    return found.number if found else 0


def revisions() -> list[Revision]:
    """All revisions, newest first."""
    found = workspace().latest()
    return _revisions(workspace_url(), found) if found else []


def register(number: int) -> Register:
    """Register of a revision, shared by all readers; 0 is the empty one."""
    return _register(key(number), number)


def key(number: int) -> str:
    """What a revision is known by in the caches: also after another database took its place."""
    made = next((one.time.isoformat() for one in revisions() if one.number == number), "")
    return f"{OWN}:{number}:{made}:{workspace_url()}"


@st.cache_resource(show_spinner=False)
def _opened(url: str) -> Workspace:
    return Workspace.open(url)


@st.cache_resource(show_spinner=False, max_entries=4, hash_funcs={Revision: repr})
def _revisions(url: str, newest: Revision) -> list[Revision]:  # noqa: ARG001 - what it depends on
    return workspace().revisions()


@st.cache_resource(show_spinner=False, max_entries=_KEPT)
def _register(cached: str, number: int) -> Register:  # noqa: ARG001 - what it depends on
    return workspace().register(number)

"""Ten thousand offers in a workspace: a revision made, read, changed, compared and merged."""

from __future__ import annotations

import sys
import tempfile
import time
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pandas as pd

import coverage
from coverage.changes import changes, merge
from coverage.register import Register
from coverage.workspace import RevisionKind, Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

OFFERS = 10_000
Made = TypeVar("Made")


def register() -> Register:
    """Register of 10,000 offers: the public one, many times."""
    public = coverage.read_register(coverage.PUBLIC_REGISTER)
    times = -(-OFFERS // len(public.offers))
    offers = pd.concat([public.offers] * times, ignore_index=True).head(OFFERS)
    offers["offer_id"] = [f"O{number}" for number in range(OFFERS)]
    return Register.from_tables(public.providers, public.locations, offers, public.inventory)


def run(url: str = "") -> None:
    """Print the seconds of each step; an empty address is a new file of SQLite."""
    with tempfile.TemporaryDirectory() as folder:
        address = url or f"sqlite:///{folder}/workspace.db"
        with Workspace.open(address) as workspace:
            _measure(workspace, address.split(":", 1)[0])


def _measure(workspace: Workspace, name: str) -> None:
    def timed(what: str, step: Callable[[], Made]) -> Made:
        start = time.perf_counter()
        made = step()
        print(f"{name}, {OFFERS} offers: {what} {time.perf_counter() - start:.2f} s")
        return made

    def commit(made: Register) -> None:
        last = workspace.latest()
        parent = last.number if last else 0
        workspace.commit(made, parent=parent, author="", note="", kind=RevisionKind.IMPORT)

    def changed(column: str, first: int) -> Register:
        offers = base.offers.copy()
        offers.loc[first : first + 99, column] = "changed"
        return replace(base, offers=offers)

    whole = register()
    timed("made a revision", lambda: commit(whole))
    base = timed("read", workspace.register)
    theirs, mine = changed("name", 0), changed("note", 50)
    timed("changed 100", lambda: commit(theirs))
    timed("compared", lambda: changes(base, theirs))
    timed("merged", lambda: merge(base, theirs, mine))


if __name__ == "__main__":
    run(*sys.argv[1:2])

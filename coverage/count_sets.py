"""Counts of orders that users brought, as the workspace keeps them.

A set is kept with what is published of it: small counts are protected once, when the set is
saved, so that two views or two exports of it never differ in what they hide. A set never
changes. What a user takes away is gone, and its number is not given again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import exc

from coverage._workspace_tables import COUNT_SETS, now, storable
from coverage.i18n import N_
from coverage.provenance import table_hash
from coverage.workspace import WorkspaceError

if TYPE_CHECKING:
    from coverage.disclosure import Protected
    from coverage.workspace import Workspace

_TAKEN_AWAY = ""


@dataclass(frozen=True)
class Head:
    """What is told of a set without reading its counts.

    Attributes
    ----------
    number
        1, 2, ...
    author, note
        Who brought it, and what they say of it.
    time
        When, in UTC.
    edition
        Year of the municipal division that its codes are of.
    municipalities
        How many have counts in it.
    period
        Years or half-years that are counted.
    """

    number: int
    author: str
    time: datetime
    note: str
    edition: int
    municipalities: int
    period: str


@dataclass(frozen=True)
class CountSet:
    """A set of counts.

    Attributes
    ----------
    head
        Who brought it, and when.
    counts
        Indexed by gm_code, as they were brought. They do not leave the tool unless a user says
        so in words.
    protected, totals, protection
        What is published of them; see `coverage.disclosure.Protected`.
    """

    head: Head
    counts: pd.DataFrame
    protected: pd.DataFrame
    totals: pd.DataFrame
    protection: dict[str, Any]


def heads(workspace: Workspace) -> list[Head]:
    """Sets that there are, newest first."""
    columns = [column for column in COUNT_SETS.c if column.name not in {"content", "digest"}]
    query = (
        sa.select(*columns)
        .where(COUNT_SETS.c.content != _TAKEN_AWAY)
        .order_by(COUNT_SETS.c.number.desc())
    )
    with workspace.transaction() as connection:
        return [_head(row) for row in connection.execute(query)]


def load(workspace: Workspace, number: int) -> CountSet:
    """Read a set.

    Raises
    ------
    WorkspaceError
        If there is no such set.
    """
    query = sa.select(COUNT_SETS).where(COUNT_SETS.c.number == number)
    with workspace.transaction() as connection:
        row = connection.execute(query).first()
    if row is None or row.content == _TAKEN_AWAY:
        raise WorkspaceError(N_("There is no set of counts {number}."), number=number)
    content = json.loads(row.content)
    counts, protected, totals = (_read(content[name]) for name in ("counts", "protected", "totals"))
    return CountSet(
        _head(row),
        counts.set_index("gm_code"),
        protected.set_index("gm_code"),
        totals,
        content["protection"],
    )


def save(
    workspace: Workspace,
    counts: pd.DataFrame,
    protected: Protected,
    *,
    edition: int,
    author: str,
    note: str,
) -> Head:
    """Keep a set of counts, with what is published of it.

    Parameters
    ----------
    workspace
        Where it is kept.
    counts
        Indexed by gm_code, as `coverage.demand_input.read_demand` gives them.
    protected
        What `coverage.disclosure.protect` makes of them.
    edition
        Year of the division that the codes are of.
    author, note
        Who brings it, and what they say of it.

    Returns
    -------
    Head
        Of the new set; or of the one that holds the same counts already. These are not
        protected a second time: by another rule other cells would be hidden, and the two
        together would tell what each of them hides.

    Raises
    ------
    WorkspaceError
        If it could not be written.
    """
    digest = table_hash(counts.sort_index(axis=1).assign(edition=edition))
    content = {
        "counts": _written(counts.reset_index()),
        "protected": _written(protected.counts.reset_index()),
        "totals": _written(protected.totals),
        "protection": protected.record(),
    }
    row = {
        "author": storable(author),
        "time": now(),
        "note": storable(note),
        "edition": edition,
        "municipalities": len(counts),
        "period": storable(", ".join(sorted(set(counts["period"]) - {""}))),
        "digest": digest,
        "content": json.dumps(content),
    }
    for _attempt in range(_ATTEMPTS):
        try:
            with workspace.transaction(write=True) as connection:
                there = sa.select(COUNT_SETS).where(COUNT_SETS.c.digest == digest)
                found = connection.execute(there).first()
                if found is not None:
                    return _head(found)
                highest = connection.execute(sa.select(sa.func.max(COUNT_SETS.c.number))).scalar()
                numbered = {"number": (highest or 0) + 1, **row}
                connection.execute(COUNT_SETS.insert(), numbered)
                made = sa.select(COUNT_SETS).where(COUNT_SETS.c.number == numbered["number"])
                return _head(connection.execute(made).one())
        except exc.IntegrityError:  # someone else took the number at this moment
            continue
    raise WorkspaceError(N_("Too many people save at once. Try again."))


def remove(workspace: Workspace, number: int) -> None:
    """Take a set away: its counts are gone from the database."""
    gone = {"content": _TAKEN_AWAY, "note": "", "author": "", "period": "", "digest": f"-{number}"}
    with workspace.transaction(write=True) as connection:
        connection.execute(COUNT_SETS.update().where(COUNT_SETS.c.number == number).values(**gone))


_ATTEMPTS = 5


def _head(row: sa.Row[Any]) -> Head:
    return Head(
        number=row.number,
        author=row.author,
        time=datetime.fromisoformat(row.time),
        note=row.note,
        edition=row.edition,
        municipalities=row.municipalities,
        period=row.period,
    )


def _written(table: pd.DataFrame) -> str:
    """Table as JSON; 15 digits, so that it reads back as it was."""
    text: str = table.to_json(orient="split", index=False, double_precision=15)
    return text


def _read(text: str) -> pd.DataFrame:
    table: pd.DataFrame = pd.read_json(
        StringIO(text),
        orient="split",
        dtype=False,
        convert_axes=False,
        convert_dates=False,
        precise_float=True,
    )
    return table

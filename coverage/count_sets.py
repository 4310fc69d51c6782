"""Counts of orders that users brought, as the workspace keeps them.

A set is kept with what is published of it: small counts are protected once, when the set is
saved, so that two views or two exports of it never differ in what they hide. A set never
changes. What a user takes away is gone, and its number is not given again.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
import sqlalchemy as sa
from sqlalchemy import exc

from coverage._workspace_tables import COUNT_SETS, now, storable
from coverage.i18n import N_
from coverage.provenance import table_hash
from coverage.workspace import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Collection

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
    owner
        `mark` of who brought it: another may have the same name.
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
    owner: str
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
        What is published of them; see `coverage.disclosure.Protected`. No totals are None.
    """

    head: Head
    counts: pd.DataFrame
    protected: pd.DataFrame
    totals: pd.DataFrame | None
    protection: dict[str, Any]

    @property
    def was_public(self) -> bool:
        """Whether somebody else had published the counts already."""
        return self.protection.get("method") == "public"


def mark(identity: str) -> str:
    """What a person is known by in the workspace; empty for nobody in particular.

    Parameters
    ----------
    identity
        As the sign-in tells it, or a name.

    Notes
    -----
    It tells nobody apart who has the same name, and hides nothing from who has the database and
    guesses: there is no secret in it. The database is to be kept as the counts in it are.
    """
    return hashlib.sha256(identity.encode("utf-8", "replace")).hexdigest() if identity else ""


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
        If there is no such set, or somebody changed it by hand.
    """
    query = sa.select(COUNT_SETS).where(COUNT_SETS.c.number == number)
    with workspace.transaction() as connection:
        row = connection.execute(query).first()
    if row is None or row.content == _TAKEN_AWAY:
        raise WorkspaceError(N_("There is no set of counts {number}."), number=number)
    try:
        content = json.loads(row.content)
        counts, protected, totals = (
            _read(content[name]) for name in ("counts", "protected", "totals")
        )
        return CountSet(
            _head(row),
            counts.set_index("gm_code"),
            protected.set_index("gm_code"),
            totals if len(totals) else None,
            dict(content["protection"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(
            N_("The set of counts {number} cannot be read. Remove it, or restore a backup."),
            number=number,
        ) from error


def overlapping(
    workspace: Workspace, edition: int, period: str, codes: Collection[str]
) -> list[Head]:
    """Sets with counts of the same period and of some of the same municipalities.

    Two sets that differ a little are protected each by itself, and one may tell what the other
    hides.

    Parameters
    ----------
    workspace
        Where the sets are.
    edition, period
        As in `Head`.
    codes
        Municipalities.
    """
    same = [one for one in heads(workspace) if (one.edition, one.period) == (edition, period)]
    return [
        one for one in same if load(workspace, one.number).protected.index.isin(list(codes)).any()
    ]


def period_of(counts: pd.DataFrame) -> str:
    """Periods of counts in words, for `Head`."""
    return storable(", ".join(sorted(set(counts["period"]) - {""})))


def save(
    workspace: Workspace,
    counts: pd.DataFrame,
    protected: Protected,
    *,
    edition: int,
    author: str,
    note: str,
    identity: str = "",
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
    identity
        Tells who brings it from all others; see `mark`.

    Returns
    -------
    Head
        Of the new set; or of the one in which the same person brought the same counts. These
        are not protected a second time: by another rule other cells would be hidden, and the two
        together would tell what each of them hides. Of another person nobody learns in this way
        whether a guess of all counts is right.

    Raises
    ------
    WorkspaceError
        If it could not be written.
    """
    owner = mark(identity)
    digest = table_hash(counts.sort_index(axis=1).assign(edition=edition, owner=owner))
    content = {
        "counts": _written(counts.reset_index()),
        "protected": _written(protected.counts.reset_index()),
        "totals": _written(protected.totals),
        "protection": protected.record(),
    }
    row = {
        "author": storable(author),
        "owner": owner,
        "time": now(),
        "note": storable(note),
        "edition": edition,
        "municipalities": len(counts),
        "period": period_of(counts),
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
    gone = {"content": _TAKEN_AWAY, "note": "", "author": "", "owner": "", "period": ""}
    with workspace.transaction(write=True) as connection:
        if connection.dialect.name == "sqlite":
            # Else the file still holds them, where nothing is kept any more.
            connection.exec_driver_sql("PRAGMA secure_delete = ON")
        there = COUNT_SETS.update().where(COUNT_SETS.c.number == number)
        connection.execute(there.values(digest=f"-{number}", **gone))


_ATTEMPTS = 5


def _head(row: sa.Row[Any]) -> Head:
    return Head(
        number=row.number,
        author=row.author,
        owner=row.owner,
        time=datetime.fromisoformat(row.time),
        note=row.note,
        edition=row.edition,
        municipalities=row.municipalities,
        period=row.period,
    )


def _written(table: pd.DataFrame) -> dict[str, Any]:
    """Table as JSON can hold it; every digit of a number is kept."""
    plain = table.astype(object).where(table.notna(), None)
    return {
        "columns": {str(name): _kind(table[name]) for name in table},
        "rows": plain.to_numpy(dtype=object).tolist(),
    }


def _kind(column: pd.Series[Any]) -> str:
    return "float" if pd.api.types.is_numeric_dtype(column) else "str"


def _read(told: dict[str, Any]) -> pd.DataFrame:
    table = pd.DataFrame(told["rows"], columns=list(told["columns"]))
    return table.astype(told["columns"])

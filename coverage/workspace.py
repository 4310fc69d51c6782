"""The workspace: the own register, kept revision by revision in a database.

A row is stored once for as long as it stays the same: from the revision that
brought it to the one that ended it. A revision is then a query, and making
one writes only what changed. Each revision is one transaction, and its number
is the lock: of two people who build on the same revision, the second is told.
"""

from __future__ import annotations

import hashlib
import json
import os
from bisect import bisect_left
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
import sqlalchemy as sa
from platformdirs import user_data_path
from sqlalchemy import event, exc
from sqlalchemy.pool import NullPool

from coverage import _cells, migrations
from coverage import schema as definitions
from coverage._workspace_tables import MATCHINGS, META, REVISIONS, ROWS, now, storable
from coverage.changes import keyed_texts
from coverage.i18n import N_, _
from coverage.register import Register, empty_register
from coverage.schema import REGISTER, Kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import pandera.pandas as pa

__all__ = [
    "ConflictError",
    "NothingChangedError",
    "Revision",
    "RevisionKind",
    "Workspace",
    "WorkspaceError",
    "workspace_url",
]

VARIABLE = "DEKKEND_WORKSPACE"
"""Environment variable with the address of the database."""

FILE = "workspace.db"
"""File in the user's data folder, when no address is given."""

DAMAGED = N_("{address} is damaged. Put it back from a backup.")

PATIENCE = 30
"""Seconds that a writer waits for another one."""


class RevisionKind(StrEnum):
    """What made a revision."""

    IMPORT = "import"
    EDIT = "edit"
    INVENTORY = "inventory"
    RESTORE = "restore"
    MERGE = "merge"


@dataclass(frozen=True)
class Revision:
    """One state of the register, and who made it of the one before.

    Parameters
    ----------
    number
        1, 2, ...; 0 is the empty beginning, which is no revision.
    author
        Who made it.
    time
        When, in UTC.
    note
        What the author said of it.
    kind
        What made it.
    added, changed, removed
        Rows that differ from the revision before, in all tables together.
    """

    number: int
    author: str
    time: datetime
    note: str
    kind: RevisionKind
    added: int
    changed: int
    removed: int

    def record(self) -> dict[str, object]:
        """What an export says of the revision that it holds."""
        told = {"software": "dekkend", "version": version("dekkend"), **asdict(self)}
        return told | {"time": self.time.isoformat(timespec="seconds")}


class WorkspaceError(Exception):
    """The workspace cannot be used.

    Parameters
    ----------
    message
        What is wrong and what to do, in English: a key of the message catalogue.
    **params
        What fills in the message.
    """

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message)
        self.message = message
        self.params = params

    def __str__(self) -> str:
        """Message in the language of this context."""
        return _(self.message, **self.params)

    def for_strangers(self) -> str:
        """Message without where the database is and who its user is, for who may not know."""
        if self.params.keys() & {"address", "folder", "reason"}:
            return _("Ask the administrator of this app.")
        return str(self)


class ConflictError(Exception):
    """Someone else made a revision in the meantime.

    Parameters
    ----------
    latest
        The last revision now.
    """

    def __init__(self, latest: Revision) -> None:
        super().__init__(latest)
        self.latest = latest

    def __str__(self) -> str:
        """What happened, in the language of this context."""
        return _(
            "In the meantime {author} made revision {number}. Take that in first: nothing was "
            "saved.",
            author=self.latest.author,
            number=self.latest.number,
        )


class NothingChangedError(Exception):
    """The register is the same as in the last revision: there is nothing to save."""

    def __str__(self) -> str:
        """What happened, in the language of this context."""
        return _("Nothing differs from the latest revision, so nothing was saved.")


# --- the workspace --------------------------------------------------------------


def workspace_url() -> str:
    """Address of the database: `DEKKEND_WORKSPACE`, or one file of this user."""
    given = os.environ.get(VARIABLE, "").strip()
    if "://" in given:
        return given
    file = Path(given) if given else user_data_path("dekkend", appauthor=False) / FILE
    return sa.URL.create("sqlite", database=str(file.expanduser().absolute())).render_as_string()


class Workspace:
    """The register and its revisions in one database; made by `Workspace.open`.

    May be shared by threads. Nothing is kept in memory: another process on the
    same database sees each revision as soon as it is made.

    Parameters
    ----------
    engine
        Database with the tables of the last step.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    @classmethod
    def open(cls, url: str | None = None) -> Self:
        """Open a workspace; make it when it is not there yet.

        Parameters
        ----------
        url
            Address as SQLAlchemy writes it: ``sqlite:////folder/file.db`` or
            ``postgresql+psycopg://user:password@host/database``. Without it, see
            `workspace_url`.

        Raises
        ------
        WorkspaceError
            If it cannot be reached, is of another program or of a newer version.
        """
        made = cls(_engine(url or workspace_url()))
        try:
            made._prepare()
        except WorkspaceError:
            made.close()
            raise
        return made

    def _prepare(self) -> None:
        """Make the tables, or bring them to the last step."""
        with self.transaction() as connection:
            if _is_ready(connection):
                return
        with self.transaction(write=True) as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_LOCK)))
            # Again: another process may have done it while this one waited.
            if not _is_ready(connection):
                migrations.upgrade(connection)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    # --- revisions ---

    def latest(self) -> Revision | None:
        """Last revision; None when there is none yet."""
        query = sa.select(REVISIONS).order_by(REVISIONS.c.number.desc()).limit(1)
        with self.transaction() as connection:
            row = connection.execute(query).first()
        return None if row is None else _revision(row)

    def revisions(self) -> list[Revision]:
        """All revisions, newest first."""
        query = sa.select(REVISIONS).order_by(REVISIONS.c.number.desc())
        with self.transaction() as connection:
            return [_revision(row) for row in connection.execute(query)]

    def register(self, number: int | None = None) -> Register:
        """Register as it was in a revision.

        Parameters
        ----------
        number
            Number of the revision; 0 is the empty register. Without it: the latest.

        Raises
        ------
        WorkspaceError
            If there is no such revision.
        """
        with self.transaction() as connection:
            last = _latest_number(connection)
            wanted = last if number is None else number
            if not 0 <= wanted <= last:
                raise WorkspaceError(
                    N_("There is no revision {number}; the latest is {latest}."),
                    number=wanted,
                    latest=last,
                )
            query = (
                sa.select(ROWS.c.table_name, ROWS.c.content)
                .where(ROWS.c.valid_from <= wanted)
                .where(ROWS.c.valid_to.is_(None) | (ROWS.c.valid_to > wanted))
                .order_by(ROWS.c.table_name, ROWS.c.position)
            )
            stored = connection.execute(query).all()
        if wanted == 0:
            return empty_register()
        try:
            contents: dict[str, list[str]] = {name: [] for name in REGISTER}
            for name, content in stored:
                contents[name].append(content)
            providers, locations, offers, inventory = (
                _table(contents[name], schema) for name, schema in REGISTER.items()
            )
        except (KeyError, ValueError) as error:  # somebody wrote in the tables by hand
            raise WorkspaceError(DAMAGED, address=_address(self._engine.url)) from error
        return Register(providers, locations, offers, inventory, name=f"revision {wanted}")

    def commit(
        self, register: Register, *, parent: int, author: str, note: str, kind: RevisionKind
    ) -> Revision:
        """Make a revision: all of it, or nothing.

        Parameters
        ----------
        register
            The whole register as it is to be; every row is checked.
        parent
            Number of the revision that it was made of; 0 for the empty beginning.
        author, note, kind
            Who made it, what they say of it, and what made it.

        Raises
        ------
        BadInputError
            If the register has faults.
        ConflictError
            If `parent` is not the latest revision.
        NothingChangedError
            If no row differs from the latest revision.
        WorkspaceError
            If it could not be written.
        """
        checked = Register.from_tables(
            register.providers, register.locations, register.offers, register.inventory
        )
        contents = {name: _contents(table, name) for name, table in checked.tables.items()}
        made = parent + 1
        try:
            with self.transaction(write=True) as connection:
                _check_parent(connection, parent)
                stored = _stored(connection)
                plans = [_plan(name, contents[name], stored[name]) for name in REGISTER]
                done = Revision(
                    number=made,
                    author=storable(author),
                    time=datetime.now(UTC),
                    note=storable(note),
                    kind=RevisionKind(kind),
                    added=sum(plan.added for plan in plans),
                    changed=sum(plan.changed for plan in plans),
                    removed=sum(plan.removed for plan in plans),
                )
                _write(connection, done, plans)
        except (_OutdatedError, exc.IntegrityError):
            raise self._conflict(parent) from None
        return done

    def restore(self, number: int, *, author: str, note: str) -> Revision:
        """Make a revision that is equal to an earlier one.

        Parameters
        ----------
        number
            The earlier one; 0 empties the register.
        author, note
            Who does it, and why.

        Raises
        ------
        WorkspaceError, ConflictError, NothingChangedError, BadInputError
            As `commit`.
        """
        last = self.latest()
        return self.commit(
            self.register(number),
            parent=last.number if last else 0,
            author=author,
            note=note,
            kind=RevisionKind.RESTORE,
        )

    def _conflict(self, parent: int) -> Exception:
        """What to say of a revision that was not built on the latest."""
        last = self.latest()
        if last is None or last.number < parent:
            return WorkspaceError(
                N_("There is no revision {number}; the latest is {latest}."),
                number=parent,
                latest=last.number if last else 0,
            )
        return ConflictError(last)

    # --- choices of columns ---

    def remember_matching(self, headings: Sequence[str], matching: Mapping[str, str]) -> None:
        """Remember which column means what, for the next file with these headings.

        Parameters
        ----------
        headings
            Headings of the file.
        matching
            Heading to field; empty for a column that is not used.
        """
        key = _headings_key(headings)
        by_name = {_cells.heading(heading): field for heading, field in matching.items()}
        row = {"headings": key, "matching": json.dumps(by_name), "time": now()}
        try:
            with self.transaction(write=True) as connection:
                connection.execute(MATCHINGS.delete().where(MATCHINGS.c.headings == key))
                connection.execute(MATCHINGS.insert(), row)
        except exc.IntegrityError:
            return  # someone else remembers the same headings at this moment

    def recall_matching(self, headings: Sequence[str]) -> dict[str, str] | None:
        """Choice that was remembered for these headings, in any order; None when there is none."""
        query = sa.select(MATCHINGS.c.matching).where(
            MATCHINGS.c.headings == _headings_key(headings)
        )
        with self.transaction() as connection:
            found = connection.execute(query).scalar()
        if found is None:
            return None
        by_name = json.loads(found)
        return {heading: by_name.get(_cells.heading(heading), "") for heading in headings}

    @contextmanager
    def transaction(self, *, write: bool = False) -> Iterator[sa.Connection]:
        """Transaction; troubles of the database become a `WorkspaceError`."""
        try:
            with self._engine.connect() as connection:
                connection.execution_options(**{_WRITE: write})
                with connection.begin():
                    if write and connection.dialect.name == "postgresql":
                        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{PATIENCE}s'")
                    yield connection
        except exc.IntegrityError:
            raise
        except exc.SQLAlchemyError as error:
            raise _trouble(error, self._engine.url) from error


class _OutdatedError(Exception):
    """The parent of a revision is not the latest."""


# --- the database ---------------------------------------------------------------

_WRITE = "dekkend_write"
_LOCK = 0x44454B4B  # any number, the same in each process


def _engine(url: str) -> sa.Engine:
    try:
        address = sa.make_url(url)
    except exc.ArgumentError:
        raise WorkspaceError(
            N_(
                "The address in {variable} cannot be read. Write sqlite:////folder/file.db or "
                "postgresql+psycopg://user:password@host/database."
            ),
            variable=VARIABLE,
        ) from None
    if address.drivername in {"postgres", "postgresql"}:
        address = address.set(drivername="postgresql+psycopg")
    if address.drivername == "postgresql+psycopg":
        options = {"connect_timeout": "10", "application_name": "dekkend"}
        return sa.create_engine(
            address.update_query_dict({**options, **address.query}), pool_pre_ping=True
        )
    if address.get_backend_name() != "sqlite" or address.database in {None, "", ":memory:"}:
        raise WorkspaceError(
            N_(
                "A workspace is a file of SQLite or a database of PostgreSQL, not {address}. Write "
                "sqlite:////folder/file.db or postgresql+psycopg://user:password@host/database."
            ),
            address=address.set(query={}).render_as_string(),
        )
    return _sqlite(address)


def _make_private(file: Path) -> None:
    """Make the file of a new workspace, for its owner alone: counts in it are not protected."""
    if str(file).startswith("file:") or file.exists():
        return
    # What hinders it is said at the first connection, as of a file that is there.
    with suppress(OSError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _sqlite(address: sa.URL) -> sa.Engine:
    file = Path(str(address.database))
    if not str(file).startswith("file:"):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise WorkspaceError(
                N_("The folder {folder} for the workspace could not be made: {reason}."),
                folder=file.parent,
                reason=error.strerror,
            ) from error
    _make_private(file)
    # No connection is kept: a file that is put back from a backup is seen at once.
    engine = sa.create_engine(address, poolclass=NullPool, connect_args={"timeout": PATIENCE})

    @event.listens_for(engine, "connect")
    def connected(connection: Any, _record: object) -> None:  # noqa: ANN401 - of the driver
        connection.isolation_level = None  # or the driver begins transactions when it sees fit
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")

    @event.listens_for(engine, "begin")
    def begun(connection: sa.Connection) -> None:
        # A writer waits for its turn at the start, and not halfway.
        write = connection.get_execution_options().get(_WRITE, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")

    return engine


def _is_ready(connection: sa.Connection) -> bool:
    """Whether the tables are there as this program knows them."""
    there = set(sa.inspect(connection).get_table_names())
    if migrations.VERSION_TABLE not in there:
        strange = there if connection.dialect.name == "sqlite" else there & set(META.tables)
        if strange:
            raise WorkspaceError(
                N_(
                    "{address} is a database of something else: it holds {tables}. Choose another "
                    "one in {variable}."
                ),
                address=_address(connection.engine.url),
                tables=", ".join(islice(sorted(strange), 3)),
                variable=VARIABLE,
            )
        return False
    version = sa.table(migrations.VERSION_TABLE, sa.column("version_num"))
    found = set(connection.execute(sa.select(version.c.version_num)).scalars())
    if not found <= migrations.known():
        raise WorkspaceError(
            N_(
                "{address} was made by a newer version of Dekkend. Install that version; this one "
                "leaves the database as it is."
            ),
            address=_address(connection.engine.url),
        )
    return found == {migrations.newest()}


def _trouble(error: exc.SQLAlchemyError, address: sa.URL) -> WorkspaceError:
    """What to say of a database that does not do what it is asked."""
    reason = " ".join(str(getattr(error, "orig", None) or error).split())
    lower = reason.lower()
    known = {
        "not a database": N_(
            "{address} is not a database. Choose another file in {variable}, or put it back from "
            "a backup."
        ),
        "malformed": DAMAGED,
        "readonly": N_("{address} can be read but not written. Ask for the right to write."),
        "read-only": N_("{address} can be read but not written. Ask for the right to write."),
        "locked": N_("{address} is in use by another program. Try again."),
        "lock timeout": N_("{address} is in use by another program. Try again."),
        "unable to open": N_("{address} could not be opened. Check the folder and its rights."),
        "permission denied": N_(
            "{address} may not be used by this user ({reason}). Ask for the rights."
        ),
        "authentication failed": N_(
            "{address} refuses the user or the password. Correct them in {variable}."
        ),
    }
    message = next(
        (known[words] for words in known if words in lower),
        N_(
            "The workspace {address} cannot be used: {reason}. Check that the database runs and "
            "the address in {variable}."
        ),
    )
    return WorkspaceError(
        message, address=_address(address), reason=reason.rstrip("."), variable=VARIABLE
    )


def _address(url: sa.URL) -> str:
    """Address to show: a file, or a server without the password."""
    if url.get_backend_name() == "sqlite":
        return str(url.database)
    return url.set(query={}).render_as_string(hide_password=True)


def _latest_number(connection: sa.Connection) -> int:
    return connection.execute(sa.select(sa.func.max(REVISIONS.c.number))).scalar() or 0


def _check_parent(connection: sa.Connection, parent: int) -> None:
    if _latest_number(connection) != parent:
        raise _OutdatedError


def _revision(row: sa.Row[Any]) -> Revision:
    values = row._asdict()
    values["time"] = datetime.fromisoformat(values["time"])
    values["kind"] = RevisionKind(values["kind"])
    return Revision(**values)


def _headings_key(headings: Iterable[str]) -> str:
    names = sorted({_cells.heading(heading) for heading in headings})
    return hashlib.sha256(json.dumps(names).encode()).hexdigest()


# --- rows and their contents ------------------------------------------------------


def _contents(table: pd.DataFrame, name: str) -> dict[str, str]:
    """Content of each row by its key, in order: JSON of the cells that are filled."""
    texts = keyed_texts(table, name)
    columns = texts.columns.tolist()
    made = (
        json.dumps({column: text for column, text in zip(columns, row, strict=True) if text})
        for row in texts.to_numpy(dtype=object).tolist()
    )
    # JSON again, so that any key can be kept by any database.
    keys = (json.dumps(key)[1:-1] for key in texts.index)
    return dict(zip(keys, made, strict=True))


def _table(contents: Sequence[str], schema: pa.DataFrameSchema) -> pd.DataFrame:
    """Typed table of the contents of its rows."""
    columns = list(schema.columns)
    rows = [json.loads(content) for content in contents]
    strange = {column for row in rows for column in row}.difference(columns)
    if strange:
        raise WorkspaceError(
            N_(
                "The workspace has the columns {columns}, which this version of Dekkend does not "
                "know. Install a newer version."
            ),
            columns=", ".join(sorted(strange)),
        )
    cells = {column: [row.get(column, "") for row in rows] for column in columns}
    return pd.DataFrame(
        {name: _typed(texts, definitions.kind(schema, name)) for name, texts in cells.items()}
    )


def _typed(texts: list[str], kind: Kind) -> pd.Series[Any]:
    """Column of texts as the reader of a register types it."""
    if kind not in {Kind.NUMBER, Kind.YEAR}:
        return pd.Series(texts, dtype="str")
    numbers = pd.Series([float(text) if text else np.nan for text in texts], dtype="float64")
    return numbers.astype("Int64") if kind is Kind.YEAR else numbers


@dataclass(frozen=True)
class _Stored:
    """Row as it is in the latest revision."""

    id: int
    position: float
    content: str


@dataclass(frozen=True)
class _Plan:
    """What is to be written of one table."""

    table: str
    ends: list[int]
    """Rows of the latest revision that end."""
    starts: list[tuple[str, float, str]]
    """Rows that begin: key, position, content."""
    added: int
    changed: int
    removed: int


def _stored(connection: sa.Connection) -> dict[str, dict[str, _Stored]]:
    """Rows of the latest revision, by table and key."""
    columns = (ROWS.c.table_name, ROWS.c.key, ROWS.c.id, ROWS.c.position, ROWS.c.content)
    found: dict[str, dict[str, _Stored]] = {name: {} for name in REGISTER}
    for name, key, *row in connection.execute(sa.select(*columns).where(ROWS.c.valid_to.is_(None))):
        found[name][key] = _Stored(*row)
    return found


def _plan(name: str, contents: Mapping[str, str], stored: Mapping[str, _Stored]) -> _Plan:
    """What to write so that a table has these rows in this order."""
    positions = _positions([stored[key].position if key in stored else np.nan for key in contents])
    starts, ends = [], []
    added = changed = 0
    for (key, content), position in zip(contents.items(), positions, strict=True):
        old = stored.get(key)
        if old is None:
            added += 1
        elif old.content != content:
            changed += 1
        elif old.position == position:
            continue
        if old is not None:
            ends.append(old.id)
        starts.append((key, position, content))
    gone = [row.id for key, row in stored.items() if key not in contents]
    return _Plan(name, ends + gone, starts, added, changed, len(gone))


def _positions(known: Sequence[float]) -> list[float]:
    """Rising positions, with as few as possible of the known ones changed.

    Parameters
    ----------
    known
        Position of each row in the latest revision; NaN for a new row.
    """
    old = np.asarray(known, dtype="float64")
    places = np.arange(len(old), dtype="float64")
    fixed = np.flatnonzero(~np.isnan(old))
    if not len(fixed):
        return [float(place) for place in places]
    fixed = fixed[_rising(old[fixed])]
    first, last = fixed[0], fixed[-1]
    new = np.interp(places, places[fixed], old[fixed])
    new[:first] = old[first] - (first - places[:first])
    new[last + 1 :] = old[last] + (places[last + 1 :] - last)
    if (np.diff(new) <= 0).any():  # no numbers are left between two neighbours
        new = places
    return [float(position) for position in new]


def _rising(values: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.intp]]:
    """Places of a longest rising part of different values (patience sorting)."""
    if (np.diff(values) > 0).all():
        return np.arange(len(values))
    tops: list[float] = []
    top_places: list[int] = []
    before = np.full(len(values), -1)
    for place, value in enumerate(values.tolist()):
        pile = bisect_left(tops, value)
        if pile == len(tops):
            tops.append(value)
            top_places.append(place)
        else:
            tops[pile], top_places[pile] = value, place
        before[place] = top_places[pile - 1] if pile else -1
    part = [top_places[-1]]
    while before[part[-1]] >= 0:
        part.append(int(before[part[-1]]))
    return np.array(part[::-1])


def _write(connection: sa.Connection, made: Revision, plans: Iterable[_Plan]) -> None:
    """Write a revision. Its number comes first: that is the lock."""
    if not made.added + made.changed + made.removed:
        raise NothingChangedError
    connection.execute(
        REVISIONS.insert(),
        {**asdict(made), "time": made.time.isoformat(), "kind": made.kind.value},
    )
    end = ROWS.update().where(ROWS.c.id == sa.bindparam("ended")).values(valid_to=made.number)
    for plan in plans:
        if plan.ends:
            connection.execute(end, [{"ended": number} for number in plan.ends])
        if plan.starts:
            connection.execute(
                ROWS.insert(),
                [
                    {
                        "table_name": plan.table,
                        "key": key,
                        "position": position,
                        "content": content,
                        "valid_from": made.number,
                    }
                    for key, position, content in plan.starts
                ],
            )

"""Tables of the workspace, as the last step of `coverage.migrations` leaves them."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from coverage import _cells

META = sa.MetaData()

REVISIONS = sa.Table(
    "dekkend_revisions",
    META,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("time", sa.String(32), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("added", sa.Integer, nullable=False),
    sa.Column("changed", sa.Integer, nullable=False),
    sa.Column("removed", sa.Integer, nullable=False),
)

ROWS = sa.Table(
    "dekkend_rows",
    META,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("table_name", sa.String(16), nullable=False),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("position", sa.Double, nullable=False),
    sa.Column("content", sa.Text, nullable=False),
    sa.Column("valid_from", sa.Integer, sa.ForeignKey(REVISIONS.c.number), nullable=False),
    sa.Column("valid_to", sa.Integer, sa.ForeignKey(REVISIONS.c.number), index=True),
)

MATCHINGS = sa.Table(
    "dekkend_matchings",
    META,
    sa.Column("headings", sa.String(64), primary_key=True),
    sa.Column("matching", sa.Text, nullable=False),
    sa.Column("time", sa.String(32), nullable=False),
)

COUNT_SETS = sa.Table(
    "dekkend_count_sets",
    META,
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("owner", sa.String(64), nullable=False),
    sa.Column("time", sa.String(32), nullable=False),
    sa.Column("note", sa.Text, nullable=False),
    sa.Column("edition", sa.Integer, nullable=False),
    sa.Column("municipalities", sa.Integer, nullable=False),
    sa.Column("period", sa.Text, nullable=False),
    sa.Column("digest", sa.String(64), nullable=False, unique=True),
    sa.Column("content", sa.Text, nullable=False),
)

SCENARIOS = sa.Table(
    "dekkend_scenarios",
    META,
    sa.Column("name", sa.String(80), primary_key=True),
    sa.Column("author", sa.Text, nullable=False),
    sa.Column("time", sa.String(32), nullable=False),
    sa.Column("settings", sa.Text, nullable=False),
)


def now() -> str:
    """Time at this moment, as the tables write it."""
    return datetime.now(UTC).isoformat()


def storable(text: str) -> str:
    """Text that every database can hold."""
    return _cells.clean(text.encode("utf-8", "replace").decode().replace("\0", ""))

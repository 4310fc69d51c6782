"""Revisions, the rows of each by version, and the choices of columns that were made."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the three tables."""
    op.create_table(
        "dekkend_revisions",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("time", sa.String(32), nullable=False),
        sa.Column("note", sa.Text, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("added", sa.Integer, nullable=False),
        sa.Column("changed", sa.Integer, nullable=False),
        sa.Column("removed", sa.Integer, nullable=False),
    )
    number = "dekkend_revisions.number"
    op.create_table(
        "dekkend_rows",
        sa.Column("id", sa.Integer, primary_key=True),
        sa.Column("table_name", sa.String(16), nullable=False),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("position", sa.Double, nullable=False),
        sa.Column("content", sa.Text, nullable=False),
        sa.Column("valid_from", sa.Integer, sa.ForeignKey(number), nullable=False),
        sa.Column("valid_to", sa.Integer, sa.ForeignKey(number), index=True),
    )
    op.create_table(
        "dekkend_matchings",
        sa.Column("headings", sa.String(64), primary_key=True),
        sa.Column("matching", sa.Text, nullable=False),
        sa.Column("time", sa.String(32), nullable=False),
    )

"""Counts of orders that users brought, and settings that they gave a name."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the two tables."""
    op.create_table(
        "dekkend_count_sets",
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
    op.create_table(
        "dekkend_scenarios",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("time", sa.String(32), nullable=False),
        sa.Column("settings", sa.Text, nullable=False),
    )

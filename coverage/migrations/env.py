"""What Alembic runs: the steps, on the connection that it was given."""

from __future__ import annotations

from alembic import context

from coverage.migrations import VERSION_TABLE


def run() -> None:
    """Take the steps within the transaction that the connection is already in."""
    context.configure(
        connection=context.config.attributes["connection"], version_table=VERSION_TABLE
    )
    with context.begin_transaction():
        context.run_migrations()


if hasattr(context, "config"):  # which is not so when something else imports this file
    run()

"""How the database of the workspace came to its present shape, step by step (Alembic)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

if TYPE_CHECKING:
    from sqlalchemy import Connection

VERSION_TABLE = "dekkend_version"
"""Table that says which step a database is at."""


def _config() -> Config:
    config = Config()
    folder = str(Path(__file__).parent)
    config.set_main_option("script_location", folder.replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


def newest() -> str:
    """Name of the last step."""
    return str(ScriptDirectory.from_config(_config()).get_current_head())


def known() -> frozenset[str]:
    """Names of all steps: a database at another one was made by a newer program."""
    scripts = ScriptDirectory.from_config(_config())
    return frozenset(step.revision for step in scripts.walk_revisions())


def upgrade(connection: Connection) -> None:
    """Bring a database to the last step, within the transaction of its connection."""
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")

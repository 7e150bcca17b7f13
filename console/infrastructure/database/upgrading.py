"""Bringing the tables to the present. Its own module, because nobody else should wait for Alembic's import."""

import logging
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from console.application.errors import Unavailable
from console.infrastructure.database import migrations
from console.infrastructure.database.engine import Database
from console.infrastructure.database.repositories.rows import hold

logger = logging.getLogger(__name__)


def upgrade(database: Database) -> None:
    """Bring the tables to the newest revision, in one transaction under a lock. Harmless when they are there.

    Two processes that start at once do it one after the other; the second finds it done.

    Raises:
        Unavailable: the database is away, or was written by a newer Citydesk.
    """
    with database.writing() as connection:
        hold(connection, "upgrade")
        config = configuration(connection)
        script = ScriptDirectory.from_config(config)
        before = MigrationContext.configure(connection).get_current_revision()
        known = {revision.revision for revision in script.walk_revisions()}
        if before is not None and before not in known:
            raise Unavailable("The records were written by a newer Citydesk. Install that version here too.")
        if before == script.get_current_head():
            return
        command.upgrade(config, "head")
        connection.commit()
    logger.info("database upgraded from revision %s to %s", before or "none", script.get_current_head())


def configuration(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection; without a file, so that a frozen program needs none."""
    (folder,) = migrations.__path__
    config = Config()
    config.set_main_option("script_location", str(Path(folder)).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config

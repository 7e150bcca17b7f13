"""Whether the tables are of today, asked without Alembic: its import would make every start of a station wait."""

from pathlib import Path

from sqlalchemy import column, inspect, select, table

from console.infrastructure.database import migrations
from console.infrastructure.database.engine import Database

_VERSION = table("alembic_version", column("version_num"))


def newest_revision() -> str:
    """Return the newest revision this program knows; the files of the history are named by theirs, in order."""
    (folder,) = migrations.__path__
    return max(file.name.split("_", 1)[0] for file in Path(folder, "versions").glob("[0-9]*_*.py"))


def is_present(database: Database) -> bool:
    """Say whether the tables are at the newest revision.

    Raises:
        Unavailable: the database is away.
    """
    with database.reading() as connection:
        if not inspect(connection).has_table(_VERSION.name):
            return False
        return connection.execute(select(_VERSION.c.version_num)).scalar() == newest_revision()

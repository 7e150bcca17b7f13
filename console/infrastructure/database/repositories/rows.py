"""Reading one row; writing one row only if nobody was first."""

import hashlib
from typing import Any

from sqlalchemy import Connection, RowMapping, Select, Table, func, insert, select, update


def one(connection: Connection, statement: Select[Any]) -> RowMapping | None:
    """Return the first row, or ``None``."""
    return connection.execute(statement).mappings().first()


def add(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Write a new row; the engine raises ``Stale`` if its key is taken."""
    connection.execute(insert(table).values(**values))


def swap(connection: Connection, table: Table, values: dict[str, Any], version: int) -> bool:
    """Write the row if it still has this version, which becomes the next; false if it has moved on."""
    (key,) = table.primary_key.columns
    statement = (
        update(table)
        .where(key == values[key.name], table.c.version == version)
        .values(**{**values, "version": version + 1})
    )
    return connection.execute(statement).rowcount == 1


def put(connection: Connection, table: Table, values: dict[str, Any]) -> None:
    """Write the row, new or not. The last writer wins: for what one administrator keeps."""
    is_it = [key == values[key.name] for key in table.primary_key.columns]
    changed = connection.execute(update(table).where(*is_it).values(**values))
    if changed.rowcount == 0:
        add(connection, table, values)


def hold(connection: Connection, name: str) -> None:
    """Let no other writer hold this name until the transaction ends.

    SQLite's one writer holds everything already; PostgreSQL has advisory locks. A reader holds nothing.
    """
    if connection.dialect.name != "postgresql" or connection.get_execution_options().get("postgresql_readonly"):
        return
    number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    connection.execute(select(func.pg_advisory_xact_lock(number)))

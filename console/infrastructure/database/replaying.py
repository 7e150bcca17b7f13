"""What a database was asked for, word by word, and asking its twin the same with nothing in between."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

from sqlalchemy import Connection, event

from console.infrastructure.database.engine import Database


class End(Enum):
    """How a transaction ended."""

    COMMIT = auto()
    ROLLBACK = auto()


@dataclass(frozen=True, slots=True)
class Asked:
    """One statement, with its values as the driver got them."""

    statement: str
    values: Any


Script = list[Asked | End]


@contextmanager
def overheard(database: Database) -> Iterator[Script]:
    """Give a list to which everything is added that the database is asked, by any thread, until the block ends."""
    script: Script = []

    def statement(_c: Connection, _k: object, said: str, values: Any, _x: object, is_many: bool) -> None:
        assert not is_many, "a desk's acts write row by row"
        script.append(Asked(said, values))

    def commit(_c: Connection) -> None:
        script.append(End.COMMIT)

    def rollback(_c: Connection) -> None:
        script.append(End.ROLLBACK)

    heard: dict[str, Callable[..., None]] = {"before_cursor_execute": statement, "commit": commit, "rollback": rollback}
    for name, listener in heard.items():
        event.listen(database.engine, name, listener)
    try:
        yield script
    finally:
        for name, listener in heard.items():
            event.remove(database.engine, name, listener)


class Bare:
    """A connection of the driver's own, as durable as the product's. Belongs to one thread; close it."""

    def __init__(self, database: Database) -> None:
        self._connection = database.engine.raw_connection()

    def run(self, script: Script) -> None:
        """Ask everything in order, read every answer to its end, and end transactions where they ended."""
        for step in script:
            if step is End.COMMIT:
                self._connection.commit()
            elif step is End.ROLLBACK:
                self._connection.rollback()
            else:
                cursor = self._connection.cursor()
                cursor.execute(step.statement, step.values)
                if cursor.description is not None:
                    cursor.fetchall()
                cursor.close()

    def close(self) -> None:
        self._connection.close()

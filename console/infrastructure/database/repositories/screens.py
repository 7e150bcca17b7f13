"""Screens and what each shows now. A small table, read whole; the last writer wins."""

from collections.abc import Sequence

from sqlalchemy import Connection, RowMapping, select

from console.domain.ids import AccountId
from console.domain.screens import Screen, Sent
from console.infrastructure.database.mapping import directory as mapping
from console.infrastructure.database.repositories.rows import one, put
from console.infrastructure.database.tables import screens


class SqlScreens:
    """Keeps the promises of ``ports.Screens``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, name: str) -> Screen | None:
        row = one(self._connection, select(screens).where(screens.c.name == name))
        return None if row is None else _screen_in(row)

    def all(self) -> Sequence[Screen]:
        return [
            _screen_in(row) for row in self._connection.execute(select(screens).order_by(screens.c.name)).mappings()
        ]

    def put(self, screen: Screen) -> None:
        sent = screen.sent
        wall = mapping.row_of_wall("", sent.wall) if sent is not None else {"layout": None, "cameras": None}
        put(
            self._connection,
            screens,
            {
                "name": screen.name,
                "key_digest": screen.key_digest,
                "layout": wall["layout"],
                "cameras": wall["cameras"],
                "sent_by": sent.by if sent is not None else None,
                "sent_by_name": sent.by_name if sent is not None else None,
                "sent_at": sent.at if sent is not None else None,
            },
        )


def _screen_in(row: RowMapping) -> Screen:
    sent = None
    if row["sent_at"] is not None:
        sent = Sent(
            wall=mapping.wall_in(row),
            by=AccountId(row["sent_by"]),
            by_name=row["sent_by_name"],
            at=row["sent_at"],
        )
    return Screen(name=row["name"], key_digest=row["key_digest"], sent=sent)

"""Views, habits and bookmarks. Small tables; the last writer wins."""

from collections.abc import Sequence

from sqlalchemy import Connection, delete, or_, select

from console.domain.ids import SeatId
from console.domain.wall_views import Bookmark, View, WallHabits
from console.infrastructure.database import wall_tables as tables
from console.infrastructure.database.mapping import wall_book as mapping
from console.infrastructure.database.repositories.rows import add, one, put


class SqlWallBook:
    """Keeps the promises of ``ports.WallBook``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def views(self, seat_id: SeatId) -> Sequence[View]:
        seat = tables.wall_views.c.seat_id
        statement = select(tables.wall_views).where(or_(seat == seat_id, seat.is_(None)))
        return [mapping.view_in(row) for row in self._connection.execute(statement).mappings()]

    def put_view(self, view: View) -> None:
        put(self._connection, tables.wall_views, mapping.row_of_view(view))

    def remove_view(self, view_id: str) -> None:
        self._connection.execute(delete(tables.wall_views).where(tables.wall_views.c.view_id == view_id))

    def habits(self, seat_id: SeatId) -> WallHabits | None:
        row = one(self._connection, select(tables.wall_habits).where(tables.wall_habits.c.seat_id == seat_id))
        return None if row is None else mapping.habits_in(row)

    def put_habits(self, seat_id: SeatId, habits: WallHabits) -> None:
        put(self._connection, tables.wall_habits, mapping.row_of_habits(seat_id, habits))

    def add_bookmark(self, bookmark: Bookmark) -> None:
        add(self._connection, tables.bookmarks, mapping.row_of_bookmark(bookmark))

    def bookmarks(self, most: int) -> Sequence[Bookmark]:
        newest = (tables.bookmarks.c.made_at.desc(), tables.bookmarks.c.bookmark_id.desc())
        statement = select(tables.bookmarks).order_by(*newest).limit(most)
        return [mapping.bookmark_in(row) for row in self._connection.execute(statement).mappings()]

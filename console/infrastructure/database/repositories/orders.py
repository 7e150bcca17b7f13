"""The outbox, and the inbox that drops what came before."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, bindparam, or_, select, text, update

from console.application.errors import Stale
from console.domain.ids import CaseId, UnitId
from console.domain.outbox import SENDING_LEASE, Order
from console.infrastructure.database.mapping.cases import order_in, row_of_order
from console.infrastructure.database.repositories.rows import add, one, swap
from console.infrastructure.database.tables import ORDER_ARRIVED, ORDER_WAITS, orders
from console.infrastructure.database.types import UtcTime


class SqlOrders:
    """Keeps the promises of ``ports.Orders``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, order: Order) -> None:
        add(self._connection, orders, row_of_order(order))

    def get(self, order_id: str) -> Order:
        row = one(self._connection, select(orders).where(orders.c.order_id == order_id))
        if row is None:
            raise Stale("This order is not there any more.")
        return order_in(row)

    def of_case(self, case_id: CaseId) -> Sequence[Order]:
        statement = select(orders).where(orders.c.case_id == case_id).order_by(orders.c.made_at, orders.c.order_id)
        return [order_in(row) for row in self._connection.execute(statement).mappings()]

    def of_receipt(self, unit_id: UnitId, receipt: str) -> Order | None:
        # The second condition is the index; a recall has the receipt of what it recalls, and is of the same case.
        statement = (
            select(orders)
            .where(orders.c.unit_id == unit_id, orders.c.receipt == receipt, ORDER_ARRIVED)
            .order_by(orders.c.made_at)
            .limit(1)
        )
        row = one(self._connection, statement)
        return None if row is None else order_in(row)

    def take_due(self, now: datetime, most: int) -> Sequence[Order]:
        # PostgreSQL skips what another relay is taking; on SQLite (which has no SKIP LOCKED, and needs none) the
        # writer is alone. The update asks again, so that a lease is never written over another.
        due = _is_due(now)
        free = (
            select(orders.c.order_id)
            .where(due)
            .order_by(orders.c.not_before, orders.c.order_id)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        order_ids = self._connection.execute(free).scalars().all()
        if not order_ids:
            return []
        taken = self._connection.execute(
            update(orders)
            .where(orders.c.order_id.in_(order_ids), due)
            .values(leased_until=now + SENDING_LEASE, version=orders.c.version + 1)
            .returning(*orders.c)
        )
        return sorted((order_in(row) for row in taken.mappings()), key=lambda order: (order.not_before, order.order_id))

    def save(self, order: Order) -> None:
        if not swap(self._connection, orders, row_of_order(order), order.version):
            raise Stale("Somebody changed this order first. Look at it again.")
        order.version += 1


def _is_due(now: datetime) -> ColumnElement[bool]:
    return and_(
        ORDER_WAITS,
        orders.c.not_before <= now,
        or_(orders.c.next_try_at.is_(None), orders.c.next_try_at <= now),
        or_(orders.c.leased_until.is_(None), orders.c.leased_until <= now),
    )


# Of two at the same moment the first writer wins; the other waits for it and finds nothing to write.
_TAKE = text(
    "INSERT INTO inbox (source, answer_id, taken_at) VALUES (:source, :answer_id, :taken_at)"
    " ON CONFLICT (source, answer_id) DO NOTHING"
).bindparams(bindparam("taken_at", type_=UtcTime()))


class SqlInbox:
    """Keeps the promise of ``ports.Inbox``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def take(self, source: str, answer_id: str, at: datetime) -> bool:
        values = {"source": source, "answer_id": answer_id, "taken_at": at}
        return self._connection.execute(_TAKE, values).rowcount == 1

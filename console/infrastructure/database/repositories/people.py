"""Accounts and shifts."""

from collections.abc import Sequence

from sqlalchemy import Connection, select, text

from console.application.errors import Stale
from console.domain.accounts import Account
from console.domain.ids import AccountId, SeatId, ShiftId
from console.domain.shifts import Shift
from console.infrastructure.database.mapping.people import (
    account_in,
    row_of_account,
    row_of_shift,
    shift_in,
)
from console.infrastructure.database.repositories.rows import add, one, swap
from console.infrastructure.database.tables import accounts, shifts


class SqlAccounts:
    """Keeps the promises of ``ports.Accounts``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, account_id: AccountId) -> Account:
        account = self.find(account_id)
        if account is None:
            raise Stale("This account is not there any more.")
        return account

    def find(self, account_id: AccountId) -> Account | None:
        row = one(self._connection, select(accounts).where(accounts.c.account_id == account_id))
        return None if row is None else account_in(row)

    def named(self, sign_in_name: str) -> Account | None:
        row = one(self._connection, select(accounts).where(accounts.c.sign_in_name == sign_in_name))
        return None if row is None else account_in(row)

    def all(self) -> Sequence[Account]:
        statement = select(accounts).order_by(accounts.c.sign_in_name)
        return [account_in(row) for row in self._connection.execute(statement).mappings()]

    def add(self, account: Account) -> None:
        add(self._connection, accounts, row_of_account(account))

    def save(self, account: Account) -> None:
        if not swap(self._connection, accounts, row_of_account(account), account.version):
            raise Stale("Somebody changed this account first. Look at it again.")
        account.version += 1


class SqlShifts:
    """Keeps the promises of ``ports.Shifts``. A second open shift at one seat is refused as ``Stale``."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def open_at(self, seat_id: SeatId) -> Shift | None:
        row = one(self._connection, select(shifts).where(shifts.c.seat_id == seat_id, text("ended_at IS NULL")))
        return None if row is None else shift_in(row)

    def get(self, shift_id: ShiftId) -> Shift:
        row = one(self._connection, select(shifts).where(shifts.c.shift_id == shift_id))
        if row is None:
            raise Stale("This shift is not there any more.")
        return shift_in(row)

    def add(self, shift: Shift) -> None:
        add(self._connection, shifts, row_of_shift(shift))

    def save(self, shift: Shift) -> None:
        if not swap(self._connection, shifts, row_of_shift(shift), shift.version):
            raise Stale("Somebody changed this shift first. Look at it again.")
        shift.version += 1

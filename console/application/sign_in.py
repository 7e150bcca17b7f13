"""Signing in and out at a seat; a shift begins and ends with it."""

from console.application.errors import NotPermitted
from console.application.ports import Clock, PasswordHasher, UnitOfWork, UnitsOfWork
from console.domain.accounts import Account, Actor
from console.domain.audit import AuditFacts
from console.domain.ids import SeatId, ShiftId, new_id
from console.domain.shifts import Shift

UNKNOWN = "unknown"


class SignIn:
    """Verbs of the login page. Verifying a password takes tens of milliseconds: call it off the GUI thread."""

    def __init__(self, units: UnitsOfWork, hasher: PasswordHasher, clock: Clock) -> None:
        self._units = units
        self._hasher = hasher
        self._clock = clock

    def sign_in(self, sign_in_name: str, password: str, seat_id: SeatId) -> Actor:
        """Return who may act at the seat from now on, and begin their shift (or go on with an open one).

        Raises:
            NotPermitted: the name or password is wrong, the account is off, or it must wait after wrong tries.
        """
        now = self._clock.now()
        with self._units.write() as unit:
            account = unit.accounts.named(sign_in_name)
            if account is not None and account.may_try_at is not None and now < account.may_try_at:
                wait_s = int((account.may_try_at - now).total_seconds()) + 1
                raise NotPermitted("Too many wrong tries. Try again in {seconds} s.", seconds=wait_s)
            if account is not None:
                is_right = self._hasher.verify(account.password_hash, password)
            else:
                self._hasher.hash(password)  # an unknown name costs as much time as a known one
                is_right = False
            if account is None or not is_right or not account.is_active:
                if account is not None:
                    account.note_failure(now)
                    unit.accounts.save(account)
                # A name that nobody has may be a password in the wrong field: it is not written down.
                who = account.sign_in_name if account is not None else UNKNOWN
                unit.audit.append(self._line(who, seat_id, "sign_in_refused"))
                unit.commit()
                raise NotPermitted("Name or password is wrong.")
            account.note_success()
            unit.accounts.save(account)
            actor = Actor(
                account_id=account.account_id,
                display_name=account.display_name,
                role=account.role,
                seat_id=seat_id,
            )
            self._begin_shift(unit.shifts.open_at(seat_id), account, seat_id, unit)
            unit.audit.append(self._line(account.display_name, seat_id, "sign_in"))
            unit.commit()
        return actor

    def sign_out(self, actor: Actor) -> None:
        """End the actor's shift at the seat."""
        with self._units.write() as unit:
            shift = unit.shifts.open_at(actor.seat_id)
            if shift is not None and shift.account_id == actor.account_id:
                shift.ended_at = self._clock.now()
                unit.shifts.save(shift)
            unit.audit.append(self._line(actor.display_name, actor.seat_id, "sign_out"))
            unit.commit()

    def current_shift(self, actor: Actor) -> Shift | None:
        with self._units.read() as unit:
            return unit.shifts.open_at(actor.seat_id)

    def _begin_shift(self, shift: Shift | None, account: Account, seat_id: SeatId, unit: UnitOfWork) -> None:
        if shift is not None and shift.account_id == account.account_id:
            return
        now = self._clock.now()
        if shift is not None:
            shift.ended_at = now
            unit.shifts.save(shift)
        unit.shifts.add(
            Shift(
                shift_id=ShiftId(new_id()),
                account_id=account.account_id,
                display_name=account.display_name,
                seat_id=seat_id,
                began_at=now,
            )
        )

    def _line(self, who: str, seat_id: SeatId, verb: str) -> AuditFacts:
        return AuditFacts(at=self._clock.now(), who=who, seat_id=seat_id, verb=verb, detail={})

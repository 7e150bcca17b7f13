"""Signing in and out at a seat, locking its screen and opening it again; a shift begins and ends with signing in."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Literal, NoReturn

from console.application.errors import CodeWanted, NotPermitted, Stale, Unavailable
from console.application.ports import Clock, PasswordHasher, UnitOfWork, UnitsOfWork, Vault
from console.domain.accounts import Account, Actor
from console.domain.audit import AuditFacts
from console.domain.errors import DomainError
from console.domain.ids import SeatId, ShiftId, new_id
from console.domain.one_time_codes import accepted_counter
from console.domain.passwords import check_new_password, settled
from console.domain.shifts import Shift

UNKNOWN = "unknown"
LockedFor = Literal["key", "idle", "password_changed"]


class Standing(StrEnum):
    """What has become of an account since it opened a seat."""

    STANDS = "stands"
    PASSWORD_CHANGED = "password_changed"
    OUT_OF_USE = "out_of_use"


class _Refused(StrEnum):
    """Why somebody was not let in, as the audit says it."""

    NAME = "name"
    PASSWORD = "password"
    INACTIVE = "inactive"
    WAITING = "waiting"
    CODE_WANTED = "code_wanted"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Proof:
    """What was slow to find out, found out before the transaction: was the password right, and the code's secret."""

    read: Account
    is_right: bool
    secret: str


class SignIn:
    """Verbs of the login page and of the locked screen.

    Verifying a password takes tens of milliseconds and the vault's first use as many: call it off the GUI thread.
    """

    def __init__(self, units: UnitsOfWork, hasher: PasswordHasher, clock: Clock, vault: Vault) -> None:
        self._units = units
        self._hasher = hasher
        self._clock = clock
        self._vault = vault

    def sign_in(self, sign_in_name: str, password: str, seat_id: SeatId, code: str = "") -> Actor:
        """Return who may act at the seat from now on, and begin their shift (or go on with an open one).

        Another person's open shift at the seat ends.

        Args:
            code: of the second step, for an account that has one.

        Raises:
            CodeWanted: name and password are right; the code is missing (which counts nothing) or wrong.
            NotPermitted: the name or password is wrong, the account is off, or it must wait after wrong tries.
            Unavailable: the vault does not hold the secret of the second step.
            Stale: the account was changed this very moment.
        """
        with self._units.read() as unit:
            account = unit.accounts.named(sign_in_name)
        if account is None:
            self._hasher.hash(password)  # an unknown name costs as much time as a known one
            with self._units.write() as unit:
                # A name that nobody has may be a password in the wrong field: it is not written down.
                unit.audit.append(self._line(UNKNOWN, seat_id, "sign_in_refused", why=_Refused.NAME))
                unit.commit()
            raise NotPermitted("Name or password is wrong.")
        proof = self._prove(account, password)
        with self._units.write() as unit:
            account = self._let_in(unit, proof, code, seat_id, "sign_in_refused")
            self._begin_shift(unit.shifts.open_at(seat_id), account, seat_id, unit)
            unit.audit.append(self._line(account.display_name, seat_id, "sign_in"))
            unit.commit()
        return _actor(account, seat_id)

    def sign_out(self, actor: Actor) -> None:
        """End the actor's shift at the seat."""
        with self._units.write() as unit:
            shift = unit.shifts.open_at(actor.seat_id)
            if shift is not None and shift.account_id == actor.account_id:
                shift.ended_at = self._clock.now()
                unit.shifts.save(shift)
            unit.audit.append(self._line(actor.display_name, actor.seat_id, "sign_out"))
            unit.commit()

    def lock(self, actor: Actor, why: LockedFor) -> None:
        """Write down that the screen was locked; the shift and the wall go on."""
        with self._units.write() as unit:
            unit.audit.append(self._line(actor.display_name, actor.seat_id, "lock_screen", why=why))
            unit.commit()

    def unlock(self, actor: Actor, password: str, code: str = "") -> Actor:
        """Return who may act at the seat again, with the role and places the account has now.

        A wrong try counts as one at sign-in does. Raises as ``sign_in``.
        """
        with self._units.read() as unit:
            account = unit.accounts.get(actor.account_id)
        proof = self._prove(account, password)
        with self._units.write() as unit:
            account = self._let_in(unit, proof, code, actor.seat_id, "unlock_refused")
            unit.audit.append(self._line(account.display_name, actor.seat_id, "unlock_screen"))
            unit.commit()
        return _actor(account, actor.seat_id)

    def change_password(self, actor: Actor, old: str, new: str, code: str = "") -> None:
        """Let the actor sign in with another password from now on; where the old one opened a seat it is asked anew.

        A wrong old password counts as a wrong try at sign-in does.

        Raises:
            DomainError: the new password is too weak, or the old one again.
            CodeWanted, NotPermitted, Unavailable, Stale: as ``sign_in``.
        """
        with self._units.read() as unit:
            account = unit.accounts.get(actor.account_id)
        proof = self._prove(account, old)
        if proof.is_right:  # who does not know the old one learns nothing of the new one either
            check_new_password(new, account.sign_in_name, account.display_name)
            if settled(new) == settled(old):
                raise DomainError("This is the password of now. Choose another.")
        hashed = self._hasher.hash(new) if proof.is_right else ""
        with self._units.write() as unit:
            account = self._let_in(unit, proof, code, actor.seat_id, "own_password_refused")
            account.password_hash = hashed
            unit.accounts.save(account)
            unit.audit.append(self._line(account.display_name, actor.seat_id, "own_password"))
            unit.commit()

    def standing(self, actor: Actor) -> tuple[Standing, str]:
        """Return whether what opened the seat would open it now, and the mark of the account's password.

        An actor without a mark is one of whose password nothing is known yet.
        """
        with self._units.read() as unit:
            account = unit.accounts.find(actor.account_id)
        if account is None or not account.is_active:
            return Standing.OUT_OF_USE, ""
        mark = account.password_mark
        return (Standing.STANDS if actor.password_mark in ("", mark) else Standing.PASSWORD_CHANGED), mark

    def current_shift(self, actor: Actor) -> Shift | None:
        with self._units.read() as unit:
            return unit.shifts.open_at(actor.seat_id)

    def _prove(self, account: Account, password: str) -> _Proof:
        """Do the slow part outside the transaction, so that no other seat waits for a hash."""
        if account.must_wait(self._clock.now()):
            return _Proof(read=account, is_right=False, secret="")
        secret = ""
        if account.has_second_step:
            found = self._vault.get(account.totp_secret_name)
            if found is None:
                raise Unavailable(
                    "The second step of this account cannot be checked here. Ask an administrator to set it up anew."
                )
            secret = found
        return _Proof(read=account, is_right=self._hasher.verify(account.password_hash, password), secret=secret)

    def _let_in(self, unit: UnitOfWork, proof: _Proof, code: str, seat_id: SeatId, verb: str) -> Account:
        """Return the account, its success noted in the open transaction; a refusal is written down and committed.

        The row is read again: two guesses at once are counted as two, and both wait.
        """
        now = self._clock.now()
        account = unit.accounts.get(proof.read.account_id)
        if account.must_wait(now):
            self._refuse(unit, account, seat_id, verb, _Refused.WAITING)
        if (account.password_hash, account.totp_secret_name) != (proof.read.password_hash, proof.read.totp_secret_name):
            raise Stale("Somebody changed this account first. Look at it again.")
        if not proof.is_right:
            self._refuse(unit, account, seat_id, verb, _Refused.PASSWORD)
        if not account.is_active:
            self._refuse(unit, account, seat_id, verb, _Refused.INACTIVE)
        if account.has_second_step:
            if not code.strip():
                self._refuse(unit, account, seat_id, verb, _Refused.CODE_WANTED)
            counter = accepted_counter(proof.secret, code, now, account.totp_last_counter)
            if counter is None:
                self._refuse(unit, account, seat_id, verb, _Refused.CODE)
            account.totp_last_counter = counter
        account.forget_failures()
        unit.accounts.save(account)
        return account

    def _refuse(self, unit: UnitOfWork, account: Account, seat_id: SeatId, verb: str, why: _Refused) -> NoReturn:
        now = self._clock.now()
        if why not in (_Refused.WAITING, _Refused.CODE_WANTED):
            account.note_failure(now)
            unit.accounts.save(account)
        is_shut = why is not _Refused.WAITING and account.is_locked_out(now)
        unit.audit.append(self._line(account.sign_in_name, seat_id, verb, why=why))
        if is_shut:
            unit.audit.append(self._line(account.sign_in_name, seat_id, "locked_out"))
        unit.commit()
        if why is _Refused.CODE_WANTED:
            raise CodeWanted("Type the code your authenticator shows now.")
        if account.is_locked_out(now):
            raise NotPermitted(
                "This account is locked after {tries} wrong tries. An administrator can unlock it; else wait {n} min.",
                tries=account.failed_attempts,
                n=_minutes_left(account, now),
            )
        if account.must_wait(now) and why is _Refused.WAITING:
            raise NotPermitted("Too many wrong tries. Try again in {seconds} s.", seconds=_seconds_left(account, now))
        if why is _Refused.CODE:
            raise CodeWanted("The code is wrong or was used already. Type the next one.")
        raise NotPermitted("Name or password is wrong.")

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

    def _line(self, who: str, seat_id: SeatId, verb: str, **detail: str) -> AuditFacts:
        return AuditFacts(at=self._clock.now(), who=who, seat_id=seat_id, verb=verb, detail=detail)


def _actor(account: Account, seat_id: SeatId) -> Actor:
    return Actor(
        account_id=account.account_id,
        display_name=account.display_name,
        role=account.role,
        seat_id=seat_id,
        scope=account.scope,
        password_mark=account.password_mark,
    )


def _seconds_left(account: Account, now: datetime) -> int:
    assert account.may_try_at is not None
    return int((account.may_try_at - now).total_seconds()) + 1


def _minutes_left(account: Account, now: datetime) -> int:
    return -(-_seconds_left(account, now) // 60)

"""What an administrator does with accounts: add, change, disable, unlock, and give a second step."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from console.application.permissions import Gate
from console.application.ports import Clock, PasswordHasher, UnitOfWork, UnitsOfWork, Vault
from console.domain.accounts import EVERYWHERE, Account, Actor, Role, Scope, Verb
from console.domain.errors import DomainError
from console.domain.ids import AccountId, new_id
from console.domain.one_time_codes import accepted_counter, enrolment_uri, new_secret
from console.domain.passwords import check_new_password

LONGEST_NAME = 64  # characters; judgement: what a list can show


@dataclass(frozen=True, slots=True, kw_only=True)
class NewAccount:
    """What an administrator types of a new account."""

    sign_in_name: str
    display_name: str
    role: Role
    password: str = field(repr=False)
    scope: Scope = EVERYWHERE


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountLine:
    """One line of the list of accounts; no hash and no secret in it.

    Attributes:
        waits_until: wrong tries keep it from signing in until then.
        is_locked_out: it waits so long that it should be unlocked by hand.
    """

    account_id: AccountId
    sign_in_name: str
    display_name: str
    role: Role
    scope: Scope
    is_active: bool
    has_second_step: bool
    failed_attempts: int
    waits_until: datetime | None
    is_locked_out: bool


@dataclass(frozen=True, slots=True)
class TotpSecret:
    """What an authenticator app is given, once: as a QR code's text, and to type by hand."""

    uri: str = field(repr=False)
    secret: str = field(repr=False)


class AccountsDesk:
    """Verbs of the administration page. Hashing takes tens of milliseconds: call it off the GUI thread.

    No account is ever removed: the audit and the shifts name it.
    """

    def __init__(self, units: UnitsOfWork, gate: Gate, hasher: PasswordHasher, clock: Clock, vault: Vault) -> None:
        self._units = units
        self._gate = gate
        self._hasher = hasher
        self._clock = clock
        self._vault = vault

    def all(self, actor: Actor) -> Sequence[AccountLine]:
        """Return every account, by sign-in name."""
        self._gate.require(actor, Verb.ADMINISTER, "accounts")
        now = self._clock.now()
        with self._units.read() as unit:
            return [_line(account, now) for account in unit.accounts.all()]

    def add(self, actor: Actor, new: NewAccount) -> AccountId:
        """Add an account that may sign in at once.

        Raises:
            DomainError: the name is taken or unusable, the password too weak, or the first account of a site would
                not be an administrator's.
            Stale: the name was taken this very moment.
        """
        self._gate.require(actor, Verb.ADMINISTER, "accounts")
        sign_in_name, display_name = new.sign_in_name.strip(), _display_name(new.display_name)
        if not sign_in_name or len(sign_in_name) > LONGEST_NAME or len(sign_in_name.split()) != 1:
            raise DomainError("A sign-in name is one word of at most {n} characters.", n=LONGEST_NAME)
        check_new_password(new.password, sign_in_name, display_name)
        account = Account(
            account_id=AccountId(new_id()),
            sign_in_name=sign_in_name,
            display_name=display_name,
            role=new.role,
            password_hash=self._hasher.hash(new.password),
            scope=new.scope,
        )
        with self._units.write() as unit:
            others = unit.accounts.all()
            if any(other.sign_in_name.casefold() == sign_in_name.casefold() for other in others):
                raise DomainError("The sign-in name {name} is taken.", name=sign_in_name)
            if new.role is not Role.ADMINISTRATOR and not _active_administrators(others):
                raise DomainError("The first account of a site is an administrator's.")
            unit.accounts.add(account)
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "add_account",
                    account.account_id,
                    from_at=None,
                    to_at=None,
                    name=sign_in_name,
                    **_rights(account),
                )
            )
            unit.commit()
        return account.account_id

    def change(
        self, actor: Actor, account_id: AccountId, *, display_name: str, role: Role, scope: Scope, is_active: bool
    ) -> None:
        """Change what an account is called, may do, and where; or take it out of use. It holds from the next verb on.

        Raises:
            DomainError: nobody would be left to keep the accounts.
            Stale: somebody changed it first.
        """
        with self._change(actor, account_id) as (unit, account):
            before = _rights(account)
            account.display_name = _display_name(display_name)
            account.role, account.scope, account.is_active = role, scope, is_active
            after = _rights(account)
            unit.accounts.save(account)
            if not _active_administrators(unit.accounts.all()):
                raise DomainError("This is the last active administrator. Make another one first.")
            changed = {f"{name}_before": before[name] for name in before if before[name] != after[name]}
            unit.audit.append(
                self._gate.facts(
                    actor,
                    "change_account",
                    account_id,
                    from_at=None,
                    to_at=None,
                    name=account.sign_in_name,
                    **after,
                    **changed,
                )
            )

    def set_password(self, actor: Actor, account_id: AccountId, password: str) -> None:
        """Give an account another password; wrong tries are forgotten.

        Raises:
            DomainError: the password is too weak.
        """
        self._gate.require(actor, Verb.ADMINISTER, account_id)
        hashed = self._hasher.hash(password)
        with self._change(actor, account_id) as (unit, account):
            check_new_password(password, account.sign_in_name, account.display_name)
            account.password_hash = hashed
            account.forget_failures()
            unit.accounts.save(account)
            unit.audit.append(self._gate.facts(actor, "set_password", account_id, name=account.sign_in_name))

    def unlock_out(self, actor: Actor, account_id: AccountId) -> None:
        """Let an account try again at once; do so only when its owner says that the wrong tries were their own."""
        with self._change(actor, account_id) as (unit, account):
            tries = account.failed_attempts
            account.forget_failures()
            unit.accounts.save(account)
            unit.audit.append(
                self._gate.facts(actor, "unlock_account", account_id, name=account.sign_in_name, tries=tries)
            )

    def begin_totp(self, actor: Actor, account_id: AccountId) -> TotpSecret:
        """Return a new secret for an authenticator app. It counts only when ``confirm_totp`` has seen a code of it."""
        self._gate.require(actor, Verb.ADMINISTER, account_id)
        with self._units.read() as unit:
            unit.accounts.get(account_id)
        secret = new_secret()
        self._vault.put(_wanted_name(account_id), secret)
        with self._change(actor, account_id) as (unit, account):
            unit.audit.append(self._gate.facts(actor, "begin_second_step", account_id, name=account.sign_in_name))
        return TotpSecret(uri=enrolment_uri(secret, account.sign_in_name), secret=secret)

    def confirm_totp(self, actor: Actor, account_id: AccountId, code: str) -> None:
        """Ask for a code at each sign-in from now on, since the app has shown that it has the secret.

        Raises:
            DomainError: the code is not of the secret given last, or none was given.
        """
        self._gate.require(actor, Verb.ADMINISTER, account_id)
        secret = self._vault.get(_wanted_name(account_id))
        if secret is None:
            raise DomainError("Show a new code picture first.")
        counter = accepted_counter(secret, code, self._clock.now(), 0)
        if counter is None:
            raise DomainError("This is not the code of the picture shown last. Look at the clocks, then try again.")
        # A name of its own: were the change not written down, the secret before would still be there.
        name = f"totp-{account_id}-{new_id()}"
        self._vault.put(name, secret)
        with self._change(actor, account_id) as (unit, account):
            before, account.totp_secret_name = account.totp_secret_name, name
            account.totp_last_counter = counter
            unit.accounts.save(account)
            unit.audit.append(self._gate.facts(actor, "set_second_step", account_id, name=account.sign_in_name))
        self._vault.delete(_wanted_name(account_id))
        if before:
            self._vault.delete(before)

    def end_totp(self, actor: Actor, account_id: AccountId) -> None:
        """Ask for the password alone from now on; the secret is forgotten."""
        with self._change(actor, account_id) as (unit, account):
            before = account.totp_secret_name
            account.totp_secret_name, account.totp_last_counter = "", 0
            unit.accounts.save(account)
            unit.audit.append(self._gate.facts(actor, "end_second_step", account_id, name=account.sign_in_name))
        if before:
            self._vault.delete(before)

    @contextmanager
    def _change(self, actor: Actor, account_id: AccountId) -> Iterator[tuple[UnitOfWork, Account]]:
        """Give the account to be changed; the change and its line of audit are written together or not at all."""
        self._gate.require(actor, Verb.ADMINISTER, account_id)
        with self._units.write() as unit:
            yield unit, unit.accounts.get(account_id)
            unit.commit()


def _display_name(typed: str) -> str:
    name = " ".join(typed.split())
    if not name or len(name) > LONGEST_NAME:
        raise DomainError("A name to be shown has 1 to {n} characters.", n=LONGEST_NAME)
    return name


def _active_administrators(accounts: Sequence[Account]) -> int:
    return sum(account.is_active and account.role is Role.ADMINISTRATOR for account in accounts)


def _rights(account: Account) -> dict[str, str]:
    """Return what the audit keeps of an account's rights."""
    return {
        "shown": account.display_name,
        "holds": account.role.value,
        "areas": " ".join(sorted(account.scope.areas)),
        "cameras": " ".join(sorted(account.scope.cameras)),
        "active": "yes" if account.is_active else "no",
    }


def _wanted_name(account_id: AccountId) -> str:
    """Return where the vault keeps a secret that no code has been seen of yet."""
    return f"totp-{account_id}-wanted"


def _line(account: Account, now: datetime) -> AccountLine:
    return AccountLine(
        account_id=account.account_id,
        sign_in_name=account.sign_in_name,
        display_name=account.display_name,
        role=account.role,
        scope=account.scope,
        is_active=account.is_active,
        has_second_step=account.has_second_step,
        failed_attempts=account.failed_attempts,
        waits_until=account.may_try_at if account.must_wait(now) else None,
        is_locked_out=account.is_locked_out(now),
    )

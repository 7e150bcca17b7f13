"""Claims about keeping accounts: who may, what is refused, and that no secret is in any line."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from console.application.accounts_desk import AccountLine, AccountsDesk, NewAccount
from console.application.errors import CodeWanted, NotPermitted, Stale
from console.application.sign_in import SignIn
from console.domain.accounts import LOCK_OUT_AFTER, Actor, Role, Scope
from console.domain.errors import DomainError
from console.domain.ids import AccountId, SeatId
from console.domain.one_time_codes import STEP_S, code_of, counter_at
from tests.application.city import City, person
from tests.application.test_sign_in import PlainHasher

PASSWORD = "six lanterns on a bridge"
OTHER_PASSWORD = "seven kites over the square"
SEAT = SeatId("02")
STREET = Scope(areas=frozenset({"330199001"}))


@pytest.fixture
def desk(city: City) -> AccountsDesk:
    return AccountsDesk(city.units, city.gate, PlainHasher(), city.clock, city.vault)


@pytest.fixture
def door(city: City) -> SignIn:
    return SignIn(city.units, PlainHasher(), city.clock, city.vault)


@pytest.fixture
def sun(desk: AccountsDesk) -> Actor:
    """Return the site's first administrator, added by whoever sits at the machine."""
    machine = person("root", Role.ADMINISTRATOR)
    account_id = desk.add(machine, new("sun", role=Role.ADMINISTRATOR))
    return Actor(account_id=account_id, display_name="sun", role=Role.ADMINISTRATOR, seat_id=SEAT)


def new(name: str, *, role: Role = Role.OPERATOR, password: str = PASSWORD, scope: Scope = STREET) -> NewAccount:
    return NewAccount(sign_in_name=name, display_name=f"{name} 先生", role=role, password=password, scope=scope)


def line(desk: AccountsDesk, actor: Actor, name: str) -> AccountLine:
    return next(line for line in desk.all(actor) if line.sign_in_name == name)


def test_a_new_person_signs_in_with_role_and_places_given(desk: AccountsDesk, door: SignIn, sun: Actor) -> None:
    desk.add(sun, new("zhou"))
    actor = door.sign_in("zhou", PASSWORD, SEAT)
    assert (actor.display_name, actor.role, actor.scope) == ("zhou 先生", Role.OPERATOR, STREET)


def test_on_an_empty_site_only_an_administrator_can_be_first(desk: AccountsDesk) -> None:
    with pytest.raises(DomainError, match="first account"):
        desk.add(person("root", Role.ADMINISTRATOR), new("zhou"))


@pytest.mark.parametrize("name", ["zhou", "ZHOU", " zhou "])
def test_two_people_never_share_a_sign_in_name(desk: AccountsDesk, sun: Actor, name: str) -> None:
    desk.add(sun, new("zhou"))
    with pytest.raises(DomainError, match="taken"):
        desk.add(sun, new(name))


@pytest.mark.parametrize("name", ["", "  ", "two words", "x" * 65])
def test_a_name_that_cannot_be_typed_is_refused(desk: AccountsDesk, sun: Actor, name: str) -> None:
    with pytest.raises(DomainError, match="sign-in name"):
        desk.add(sun, replace(new("zhou"), sign_in_name=name))


def test_a_weak_password_is_refused_at_adding_and_at_changing(desk: AccountsDesk, sun: Actor) -> None:
    with pytest.raises(DomainError, match="at least 15"):
        desk.add(sun, new("zhou", password="short"))
    account_id = desk.add(sun, new("zhou"))
    with pytest.raises(DomainError, match="holds a name"):
        desk.set_password(sun, account_id, "the password of zhou")


def test_a_changed_account_is_as_it_was_written(desk: AccountsDesk, door: SignIn, sun: Actor) -> None:
    account_id = desk.add(sun, new("zhou"))
    desk.change(sun, account_id, display_name=" 周  敏 ", role=Role.SUPERVISOR, scope=Scope(), is_active=True)
    actor = door.sign_in("zhou", PASSWORD, SEAT)
    assert (actor.display_name, actor.role, actor.scope) == ("周 敏", Role.SUPERVISOR, Scope())


def test_an_account_out_of_use_cannot_sign_in(desk: AccountsDesk, door: SignIn, sun: Actor) -> None:
    account_id = desk.add(sun, new("zhou"))
    desk.change(sun, account_id, display_name="周敏", role=Role.OPERATOR, scope=STREET, is_active=False)
    with pytest.raises(NotPermitted):
        door.sign_in("zhou", PASSWORD, SEAT)


@pytest.mark.parametrize(("role", "is_active"), [(Role.ADMINISTRATOR, False), (Role.OPERATOR, True)])
def test_the_last_active_administrator_can_be_neither_disabled_nor_degraded(
    desk: AccountsDesk, sun: Actor, role: Role, is_active: bool
) -> None:
    second = desk.add(sun, new("gao", role=Role.ADMINISTRATOR))
    desk.change(sun, second, display_name="高", role=Role.ADMINISTRATOR, scope=Scope(), is_active=False)
    with pytest.raises(DomainError, match="last active administrator"):
        desk.change(sun, sun.account_id, display_name="孙", role=role, scope=Scope(), is_active=is_active)
    assert line(desk, sun, "sun").is_active and line(desk, sun, "sun").role is Role.ADMINISTRATOR
    desk.change(sun, second, display_name="高", role=Role.ADMINISTRATOR, scope=Scope(), is_active=True)
    desk.change(sun, sun.account_id, display_name="孙", role=role, scope=Scope(), is_active=is_active)


def test_a_new_password_opens_and_the_old_one_does_not(desk: AccountsDesk, door: SignIn, sun: Actor) -> None:
    account_id = desk.add(sun, new("zhou"))
    desk.set_password(sun, account_id, OTHER_PASSWORD)
    assert door.sign_in("zhou", OTHER_PASSWORD, SEAT)
    with pytest.raises(NotPermitted):
        door.sign_in("zhou", PASSWORD, SEAT)


def lock_out(city: City, door: SignIn, name: str) -> None:
    for _ in range(LOCK_OUT_AFTER):
        with pytest.raises(NotPermitted):
            door.sign_in(name, "guess", SEAT)
        city.clock.wait(minutes=3)


def test_an_administrator_lets_a_locked_out_person_try_again_at_once(
    city: City, desk: AccountsDesk, door: SignIn, sun: Actor
) -> None:
    account_id = desk.add(sun, new("zhou"))
    lock_out(city, door, "zhou")
    with pytest.raises(NotPermitted, match="locked"):
        door.sign_in("zhou", PASSWORD, SEAT)
    assert line(desk, sun, "zhou").is_locked_out
    desk.unlock_out(sun, account_id)
    assert not line(desk, sun, "zhou").is_locked_out
    assert door.sign_in("zhou", PASSWORD, SEAT).display_name == "zhou 先生"


def test_a_second_step_counts_from_its_first_right_code_on(
    city: City, desk: AccountsDesk, door: SignIn, sun: Actor
) -> None:
    account_id = desk.add(sun, new("zhou"))
    given = desk.begin_totp(sun, account_id)
    assert given.secret in given.uri
    door.sign_in("zhou", PASSWORD, SEAT)
    with pytest.raises(DomainError, match="code"):
        desk.confirm_totp(sun, account_id, "12345")
    code = code_of(given.secret, counter_at(city.clock.now()))
    desk.confirm_totp(sun, account_id, code)
    assert line(desk, sun, "zhou").has_second_step
    with pytest.raises(CodeWanted):
        door.sign_in("zhou", PASSWORD, SEAT)
    with pytest.raises(CodeWanted):
        door.sign_in("zhou", PASSWORD, SEAT, code)  # it was used to confirm
    city.clock.wait(seconds=STEP_S)
    assert door.sign_in("zhou", PASSWORD, SEAT, code_of(given.secret, counter_at(city.clock.now())))


def test_a_second_device_replaces_the_first_and_only_one_secret_is_kept(
    city: City, desk: AccountsDesk, sun: Actor
) -> None:
    account_id = desk.add(sun, new("zhou"))
    for _ in range(2):
        given = desk.begin_totp(sun, account_id)
        desk.confirm_totp(sun, account_id, code_of(given.secret, counter_at(city.clock.now())))
    assert list(city.vault.secrets.values()) == [given.secret]


def test_without_a_picture_shown_before_there_is_nothing_to_confirm(desk: AccountsDesk, sun: Actor) -> None:
    account_id = desk.add(sun, new("zhou"))
    with pytest.raises(DomainError, match="picture"):
        desk.confirm_totp(sun, account_id, "123456")


def test_a_second_step_that_is_ended_is_asked_for_no_more_and_its_secret_is_gone(
    city: City, desk: AccountsDesk, door: SignIn, sun: Actor
) -> None:
    account_id = desk.add(sun, new("zhou"))
    given = desk.begin_totp(sun, account_id)
    desk.confirm_totp(sun, account_id, code_of(given.secret, counter_at(city.clock.now())))
    desk.end_totp(sun, account_id)
    assert city.vault.secrets == {}
    assert door.sign_in("zhou", PASSWORD, SEAT)


def test_each_act_leaves_one_line_and_none_holds_a_secret(city: City, desk: AccountsDesk, sun: Actor) -> None:
    account_id = desk.add(sun, new("zhou"))
    desk.change(sun, account_id, display_name="周敏", role=Role.DISPATCHER, scope=Scope(), is_active=True)
    desk.set_password(sun, account_id, OTHER_PASSWORD)
    desk.unlock_out(sun, account_id)
    given = desk.begin_totp(sun, account_id)
    code = code_of(given.secret, counter_at(city.clock.now()))
    desk.confirm_totp(sun, account_id, code)
    desk.end_totp(sun, account_id)
    with city.units.read() as unit:
        lines = unit.audit.lines(0, 100)
    assert [line.facts.verb for line in lines[1:]] == [
        "add_account",
        "change_account",
        "set_password",
        "unlock_account",
        "begin_second_step",
        "set_second_step",
        "end_second_step",
    ]
    assert all(line.facts.subject == account_id for line in lines[1:])
    changed = lines[2].facts.detail
    assert (changed["holds_before"], changed["holds"]) == ("operator", "dispatcher")
    assert (changed["areas_before"], changed["areas"]) == ("330199001", "")
    for secret in (PASSWORD, OTHER_PASSWORD, given.secret, code):
        assert secret not in repr(lines)
    assert PASSWORD not in repr(new("x")) and given.secret not in repr(given)


ACTS: dict[str, Callable[[AccountsDesk, Actor], object]] = {
    "all": lambda desk, actor: desk.all(actor),
    "add": lambda desk, actor: desk.add(actor, new("zhou")),
    "change": lambda desk, actor: desk.change(
        actor, AccountId("acc-li"), display_name="x", role=Role.ADMINISTRATOR, scope=Scope(), is_active=True
    ),
    "set_password": lambda desk, actor: desk.set_password(actor, AccountId("acc-li"), OTHER_PASSWORD),
    "unlock_out": lambda desk, actor: desk.unlock_out(actor, AccountId("acc-li")),
    "begin_totp": lambda desk, actor: desk.begin_totp(actor, AccountId("acc-li")),
    "confirm_totp": lambda desk, actor: desk.confirm_totp(actor, AccountId("acc-li"), "123456"),
    "end_totp": lambda desk, actor: desk.end_totp(actor, AccountId("acc-li")),
}


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_nobody_but_an_administrator_keeps_accounts(city: City, desk: AccountsDesk, act: str, role: Role) -> None:
    with city.units.read() as unit:
        before = unit.accounts.all()
    with pytest.raises(NotPermitted):
        ACTS[act](desk, person("王磊", role))
    with city.units.read() as unit:
        assert unit.accounts.all() == before
    assert city.vault.secrets == {}
    assert city.audit_verbs() == ["refused"]


def test_an_account_that_is_not_there_is_said_to_be_gone(city: City, desk: AccountsDesk, sun: Actor) -> None:
    with pytest.raises(Stale):
        desk.begin_totp(sun, AccountId("nobody"))
    assert city.vault.secrets == {}

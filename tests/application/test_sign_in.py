"""Claims about signing in: right people get in, wrong tries wait, and a shift is never open twice at a seat."""

import pytest

from console.application.errors import CodeWanted, NotPermitted, Unavailable
from console.application.sign_in import SignIn, Standing
from console.domain.accounts import FREE_ATTEMPTS, LOCK_OUT, LOCK_OUT_AFTER, Account, Role, Scope
from console.domain.errors import DomainError
from console.domain.ids import AccountId, SeatId
from console.domain.one_time_codes import STEP_S, code_of, counter_at, new_secret
from tests.application.city import City

SEAT = SeatId("02")
SECRET = new_secret()


class PlainHasher:
    """A hasher that hashes nothing, so that a test takes milliseconds."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, encoded: str, password: str) -> bool:
        return encoded == password


@pytest.fixture
def desk(city: City) -> SignIn:
    return SignIn(city.units, PlainHasher(), city.clock, city.vault)


def test_signing_in_begins_a_shift_and_signing_out_ends_it(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    shift = desk.current_shift(actor)
    assert shift is not None and shift.began_at == city.clock.now()
    city.clock.wait(hours=8)
    desk.sign_out(actor)
    assert desk.current_shift(actor) is None


def test_signing_in_again_after_a_crash_goes_on_with_the_open_shift(city: City, desk: SignIn) -> None:
    first = desk.current_shift(desk.sign_in("li", "right", SEAT))
    city.clock.wait(minutes=5)
    again = desk.current_shift(desk.sign_in("li", "right", SEAT))
    assert first is not None and again is not None and first.shift_id == again.shift_id


@pytest.mark.parametrize(("name", "password"), [("li", "wrong"), ("nobody", "right")])
def test_a_wrong_name_and_a_wrong_password_sound_the_same(desk: SignIn, name: str, password: str) -> None:
    with pytest.raises(NotPermitted, match="Name or password is wrong"):
        desk.sign_in(name, password, SEAT)


def test_after_five_wrong_tries_even_the_right_password_must_wait(city: City, desk: SignIn) -> None:
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(NotPermitted, match="wrong"):
            desk.sign_in("li", "guess", SEAT)
    with pytest.raises(NotPermitted, match="Try again in 11 s"):
        desk.sign_in("li", "right", SEAT)
    city.clock.wait(seconds=11)
    assert desk.sign_in("li", "right", SEAT).display_name == "李文静"


def guess(desk: SignIn, times: int, city: City) -> None:
    """Try a wrong password so often, waiting each time as long as is asked."""
    for _ in range(times):
        with pytest.raises(NotPermitted, match="wrong"):
            desk.sign_in("li", "guess", SEAT)
        account = account_of(city)
        if account.may_try_at is not None and not account.is_locked_out(city.clock.now()):
            city.clock.at = account.may_try_at


def account_of(city: City, name: str = "li") -> Account:
    with city.units.read() as unit:
        account = unit.accounts.named(name)
    assert account is not None
    return account


def verbs_and_reasons(city: City) -> list[tuple[str, str]]:
    with city.units.read() as unit:
        return [(line.facts.verb, line.facts.detail.get("why", "")) for line in unit.audit.lines(0, 100)]


def test_each_wrong_try_beyond_the_free_ones_doubles_the_wait(city: City, desk: SignIn) -> None:
    waits = []
    for _ in range(LOCK_OUT_AFTER - 1):
        before = city.clock.now()
        guess(desk, 1, city)
        waits.append(int((city.clock.now() - before).total_seconds()))
    assert waits == [0, 0, 0, 0, 10, 20, 40, 80, 160]


def test_the_tenth_wrong_try_locks_the_account_until_a_long_wait_is_over(city: City, desk: SignIn) -> None:
    guess(desk, LOCK_OUT_AFTER, city)
    city.clock.at += LOCK_OUT / 2
    with pytest.raises(NotPermitted, match=r"locked after 10 wrong tries.* 16 min"):
        desk.sign_in("li", "right", SEAT)
    city.clock.at += LOCK_OUT / 2
    assert desk.sign_in("li", "right", SEAT).display_name == "李文静"
    assert account_of(city).failed_attempts == 0


def test_after_a_lock_out_one_more_wrong_try_locks_again(city: City, desk: SignIn) -> None:
    guess(desk, LOCK_OUT_AFTER, city)
    city.clock.at += LOCK_OUT
    guess(desk, 1, city)
    assert account_of(city).is_locked_out(city.clock.now())


def test_a_lock_out_is_written_down_once(city: City, desk: SignIn) -> None:
    guess(desk, LOCK_OUT_AFTER, city)
    with pytest.raises(NotPermitted):
        desk.sign_in("li", "right", SEAT)
    written = verbs_and_reasons(city)
    assert written.count(("locked_out", "")) == 1
    assert written[-1] == ("sign_in_refused", "waiting")


def test_wrong_tries_at_the_locked_screen_count_like_those_at_sign_in(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    desk.lock(actor, "key")
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(NotPermitted, match="wrong"):
            desk.unlock(actor, "guess")
    with pytest.raises(NotPermitted, match="Try again in 11 s"):
        desk.sign_in("li", "right", SeatId("03"))


def test_locking_and_unlocking_are_written_down_and_leave_the_shift_open(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    desk.lock(actor, "idle")
    with pytest.raises(NotPermitted):
        desk.unlock(actor, "s3cret-guess")
    assert desk.unlock(actor, "right") == actor
    assert verbs_and_reasons(city)[1:] == [
        ("lock_screen", "idle"),
        ("unlock_refused", "password"),
        ("unlock_screen", ""),
    ]
    assert desk.current_shift(actor) is not None


def test_who_unlocks_has_the_role_and_places_the_account_has_now(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    with city.units.write() as unit:
        account = unit.accounts.get(actor.account_id)
        account.role, account.scope = Role.OFFICER, Scope(areas=frozenset({"330199001"}))
        unit.accounts.save(account)
        unit.commit()
    back = desk.unlock(actor, "right")
    assert (back.role, back.scope) == (Role.OFFICER, Scope(areas=frozenset({"330199001"})))


def test_an_account_that_is_off_opens_neither_a_seat_nor_a_locked_screen(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    with city.units.write() as unit:
        account = unit.accounts.get(actor.account_id)
        account.is_active = False
        unit.accounts.save(account)
        unit.commit()
    with pytest.raises(NotPermitted):
        desk.unlock(actor, "right")
    with pytest.raises(NotPermitted):
        desk.sign_in("li", "right", SEAT)


def test_another_person_at_the_seat_ends_the_shift_before(city: City, desk: SignIn) -> None:
    with city.units.write() as unit:
        unit.accounts.add(
            Account(
                account_id=AccountId("acc-wang"),
                sign_in_name="wang",
                display_name="王磊",
                role=Role.OPERATOR,
                password_hash="right",
            )
        )
        unit.commit()
    first = desk.current_shift(desk.sign_in("li", "right", SEAT))
    city.clock.wait(hours=8)
    second = desk.current_shift(desk.sign_in("wang", "right", SEAT))
    assert first is not None and second is not None
    with city.units.read() as unit:
        ended = unit.shifts.get(first.shift_id)
    assert (ended.ended_at, second.began_at, second.display_name) == (city.clock.now(), city.clock.now(), "王磊")


@pytest.fixture
def two_steps(city: City) -> City:
    """Return the city after Li's account got a second step."""
    city.vault.put("totp-li", SECRET)
    with city.units.write() as unit:
        account = unit.accounts.get(AccountId("acc-li"))
        account.totp_secret_name = "totp-li"
        unit.accounts.save(account)
        unit.commit()
    return city


def code_now(city: City) -> str:
    return code_of(SECRET, counter_at(city.clock.now()))


def test_the_right_password_alone_asks_for_the_code_and_counts_nothing(two_steps: City, desk: SignIn) -> None:
    with pytest.raises(CodeWanted):
        desk.sign_in("li", "right", SEAT)
    assert account_of(two_steps).failed_attempts == 0
    assert desk.sign_in("li", "right", SEAT, code_now(two_steps)).display_name == "李文静"


def test_the_right_code_does_not_make_up_for_a_wrong_password(two_steps: City, desk: SignIn) -> None:
    with pytest.raises(NotPermitted, match="Name or password is wrong") as refused:
        desk.sign_in("li", "wrong", SEAT, code_now(two_steps))
    assert not isinstance(refused.value, CodeWanted)


def test_a_code_seen_over_a_shoulder_opens_nothing_a_second_time(two_steps: City, desk: SignIn) -> None:
    code = code_now(two_steps)
    actor = desk.sign_in("li", "right", SEAT, code)
    with pytest.raises(CodeWanted, match="used already"):
        desk.sign_in("li", "right", SeatId("03"), code)
    with pytest.raises(CodeWanted):
        desk.unlock(actor, "right", code)
    two_steps.clock.wait(seconds=STEP_S)
    assert desk.unlock(actor, "right", code_now(two_steps)) == actor


def test_guessed_codes_count_and_make_wait_like_guessed_passwords(two_steps: City, desk: SignIn) -> None:
    wrong = f"{(int(code_now(two_steps)) + 1) % 1_000_000:06d}"
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(CodeWanted, match="wrong"):
            desk.sign_in("li", "right", SEAT, wrong)
    with pytest.raises(NotPermitted, match="Try again"):
        desk.sign_in("li", "right", SEAT, code_now(two_steps))


def test_without_its_secret_the_second_step_lets_nobody_in(two_steps: City, desk: SignIn) -> None:
    two_steps.vault.secrets.clear()
    with pytest.raises(Unavailable, match="administrator"):
        desk.sign_in("li", "right", SEAT, "123456")


def test_neither_password_nor_code_nor_secret_is_written_down(two_steps: City, desk: SignIn) -> None:
    code = code_now(two_steps)
    desk.sign_in("li", "right", SEAT, code)
    with two_steps.units.read() as unit:
        written = repr((unit.audit.lines(0, 100), unit.accounts.all()))
    assert code not in written and SECRET not in written


def test_every_try_is_written_down_without_its_password(city: City, desk: SignIn) -> None:
    with pytest.raises(NotPermitted):
        desk.sign_in("li", "s3cret-guess", SEAT)
    with city.units.read() as unit:
        lines = unit.audit.lines(0, 100)
    assert [line.facts.verb for line in lines] == ["sign_in_refused"]
    assert "s3cret-guess" not in repr(lines)


NEW = "winter geese over the river"


def test_who_knows_the_old_password_signs_in_with_the_new_one_from_now_on(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    desk.change_password(actor, "right", NEW)
    with pytest.raises(NotPermitted):
        desk.sign_in("li", "right", SEAT)
    assert desk.unlock(actor, NEW).display_name == "李文静"
    with city.units.read() as unit:
        (line,) = [line for line in unit.audit.lines(0, 100) if line.facts.verb == "own_password"]
    assert line.facts.seat_id == SEAT and NEW not in str(line.facts)


def test_a_wrong_old_password_changes_nothing_and_counts_as_a_wrong_try(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    for _ in range(FREE_ATTEMPTS):
        with pytest.raises(NotPermitted):
            desk.change_password(actor, "guess", NEW)
    with pytest.raises(NotPermitted, match="Try again in"):
        desk.change_password(actor, "right", NEW)
    city.clock.wait(minutes=1)
    assert desk.sign_in("li", "right", SEAT)
    assert "own_password_refused" in city.audit_verbs()


@pytest.mark.parametrize("new", ["short", "a" * 20, "citydesk citydesk", "abcdefghijklmnopq"])
def test_a_new_password_of_ones_own_is_held_to_the_same_rules(desk: SignIn, new: str) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    with pytest.raises(DomainError):
        desk.change_password(actor, "right", new)
    assert desk.sign_in("li", "right", SEAT)


def test_the_old_password_is_not_taken_as_the_new_one(desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    desk.change_password(actor, "right", NEW)
    with pytest.raises(DomainError, match="password of now"):
        desk.change_password(actor, NEW, NEW)


def test_a_seat_is_told_of_another_password_and_of_an_account_out_of_use(city: City, desk: SignIn) -> None:
    actor = desk.sign_in("li", "right", SEAT)
    assert desk.standing(actor)[0] is Standing.STANDS
    desk.change_password(actor, "right", NEW)
    assert desk.standing(actor)[0] is Standing.PASSWORD_CHANGED
    again = desk.unlock(actor, NEW)
    assert desk.standing(again)[0] is Standing.STANDS
    account = account_of(city)
    account.is_active = False
    with city.units.write() as unit:
        unit.accounts.save(account)
        unit.commit()
    assert desk.standing(again)[0] is Standing.OUT_OF_USE
    assert account.password_hash not in repr(again)

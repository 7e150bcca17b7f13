"""Claims about signing in: right people get in, wrong tries wait, and a shift is never open twice at a seat."""

import pytest

from console.application.errors import NotPermitted
from console.application.sign_in import SignIn
from console.domain.accounts import FREE_ATTEMPTS
from console.domain.ids import SeatId
from tests.application.city import City

SEAT = SeatId("02")


class PlainHasher:
    """A hasher that hashes nothing, so that a test takes milliseconds."""

    def hash(self, password: str) -> str:
        return password

    def verify(self, encoded: str, password: str) -> bool:
        return encoded == password


@pytest.fixture
def desk(city: City) -> SignIn:
    return SignIn(city.units, PlainHasher(), city.clock)


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


def test_every_try_is_written_down_without_its_password(city: City, desk: SignIn) -> None:
    with pytest.raises(NotPermitted):
        desk.sign_in("li", "s3cret-guess", SEAT)
    with city.units.read() as unit:
        lines = unit.audit.lines(0, 100)
    assert [line.facts.verb for line in lines] == ["sign_in_refused"]
    assert "s3cret-guess" not in repr(lines)

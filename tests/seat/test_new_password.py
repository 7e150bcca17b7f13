"""A password changed at one seat: the person's other seats ask for it, and nobody else's do."""

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from console.application.accounts_desk import AccountsDesk, NewAccount
from console.application.permissions import Gate
from console.application.sign_in import SignIn
from console.domain.accounts import EVERYWHERE, Role
from console.domain.ids import AccountId
from console.infrastructure.channel.messages import Nudge
from console.infrastructure.passwords import Argon2PasswordHasher
from console.machine_hand import at_the_machine
from console.seat import standing
from console.seat.window import Seat
from console.site import Site
from tests.seat.quiet_station import WITHIN_S, QuietStation
from widgets.login.lock_panel import LockPanel
from widgets.login.login_page import LoginPage
from widgets.settings.own_password import OwnPassword
from widgets.wall.wall_page import WallPage

WITHIN_MS = int(WITHIN_S * 1000)


NEW = "winter geese over the river"


@pytest.fixture
def elsewhere(site: Site, monkeypatch: pytest.MonkeyPatch) -> AccountsDesk:
    """Return who keeps accounts at another machine: the database is one, no news passes between the stations."""
    monkeypatch.setattr(standing, "ASK_EVERY_MS", 50)
    return AccountsDesk(site.units, Gate(site.units, site.clock), Argon2PasswordHasher(), site.clock, site.vault)


def is_locked(seat: Seat) -> bool:
    return bool(seat.window.findChildren(LockPanel))


def test_the_persons_other_seat_is_locked_and_this_one_and_a_colleagues_are_not(
    qtbot: QtBot, station: QuietStation, open_seat: Callable[[Role], Seat]
) -> None:
    seat = open_seat(Role.OPERATOR)
    qtbot.waitUntil(lambda: bool(seat.window.findChildren(OwnPassword)), timeout=WITHIN_MS)
    told: list[Nudge] = []

    def has_told() -> bool:
        nudge = station.asked(Nudge)
        told.extend([nudge] if nudge is not None else [])
        return bool(told)

    (own,) = seat.window.findChildren(OwnPassword)
    own.changed.emit()
    qtbot.waitUntil(has_told, timeout=WITHIN_MS)
    assert told == [Nudge(topic="accounts", ids=("acc-test", "02"))]

    station.say(told[0])  # as the station tells it to every seat
    station.say(Nudge(topic="accounts", ids=("acc-li", "03")))
    station.say(Nudge(topic="accounts", ids=("acc-test", "03")))
    qtbot.waitUntil(lambda: is_locked(seat), timeout=WITHIN_MS)


def test_news_of_a_password_changed_here_locks_nothing(
    qtbot: QtBot, station: QuietStation, open_seat: Callable[[Role], Seat]
) -> None:
    seat = open_seat(Role.OPERATOR)
    qtbot.waitUntil(lambda: bool(seat.window.findChildren(OwnPassword)), timeout=WITHIN_MS)
    heard: list[object] = []
    seat._bridge.said.connect(heard.append)
    last = Nudge(topic="accounts", ids=("acc-li", "03"))
    station.say(Nudge(topic="accounts", ids=("acc-test", "02")))
    station.say(last)
    qtbot.waitUntil(lambda: last in heard, timeout=WITHIN_MS)
    assert not is_locked(seat)


def test_a_password_changed_at_another_machine_locks_the_seat_until_the_new_one_is_typed(
    qtbot: QtBot, site: Site, station: QuietStation, elsewhere: AccountsDesk, open_seat: Callable[[Role], Seat]
) -> None:
    seat = open_seat(Role.OPERATOR)
    qtbot.waitUntil(lambda: bool(seat.window.findChildren(OwnPassword)), timeout=WITHIN_MS)
    assert not is_locked(seat)
    elsewhere.set_password(at_the_machine(), AccountId("acc-test"), NEW)
    qtbot.waitUntil(lambda: is_locked(seat), timeout=WITHIN_MS)
    (panel,) = seat.window.findChildren(LockPanel)
    panel.password.setText(NEW)
    panel.submit()
    qtbot.waitUntil(lambda: not is_locked(seat), timeout=WITHIN_MS)


def test_an_account_put_out_of_use_at_another_machine_leaves_the_seat_at_the_sign_in(
    qtbot: QtBot, site: Site, station: QuietStation, elsewhere: AccountsDesk, open_seat: Callable[[Role], Seat]
) -> None:
    seat = open_seat(Role.OPERATOR)
    qtbot.waitUntil(lambda: bool(seat.window.findChildren(OwnPassword)), timeout=WITHIN_MS)
    elsewhere.add(
        at_the_machine(),
        NewAccount(sign_in_name="keeper", display_name="Keeper", role=Role.ADMINISTRATOR, password=NEW),
    )
    elsewhere.change(
        at_the_machine(),
        AccountId("acc-test"),
        display_name="赵敏",
        role=Role.OPERATOR,
        scope=EVERYWHERE,
        is_active=False,
    )
    qtbot.waitUntil(lambda: bool(seat.window.findChildren(LoginPage)), timeout=WITHIN_MS)
    qtbot.waitUntil(lambda: not seat.window.findChildren(WallPage), timeout=WITHIN_MS)


def test_ones_own_new_password_does_not_lock_the_seat_where_it_was_made(
    qtbot: QtBot, site: Site, station: QuietStation, elsewhere: AccountsDesk, open_seat: Callable[[Role], Seat]
) -> None:
    seat = open_seat(Role.OPERATOR)
    qtbot.waitUntil(lambda: bool(seat.window.findChildren(OwnPassword)), timeout=WITHIN_MS)
    (own,) = seat.window.findChildren(OwnPassword)
    own.changed.emit()  # as the page says it, a moment before the next question
    elsewhere.set_password(at_the_machine(), AccountId("acc-test"), NEW)
    marks = SignIn(site.units, Argon2PasswordHasher(), site.clock, site.vault)

    def is_taken_in() -> bool:
        actor = seat._standing._actor
        return actor is not None and marks.standing(actor)[1] == actor.password_mark

    qtbot.waitUntil(is_taken_in, timeout=WITHIN_MS)
    assert not is_locked(seat)

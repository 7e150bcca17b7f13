"""A password changed at one seat: the person's other seats ask for it, and nobody else's do."""

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from console.domain.accounts import Role
from console.infrastructure.channel.messages import Nudge
from console.seat.window import Seat
from tests.seat.quiet_station import WITHIN_S, QuietStation
from widgets.login.lock_panel import LockPanel
from widgets.settings.own_password import OwnPassword

WITHIN_MS = int(WITHIN_S * 1000)


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

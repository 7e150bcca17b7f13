"""Claims about a locked seat and about the next person at it, with real keys at a real window."""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import pytest

from console.bench.screen import VirtualScreen
from console.demo.site import PASSWORD, SEAT
from console.domain.ids import SeatId
from tests.desktop.seat_window import ABOVE_PX, BELOW_PX, Picture, SeatWindow, Street, wait_until
from widgets.main_window import FIRST
from widgets.wall.rail import RAIL_PX

pytestmark = [pytest.mark.desktop, pytest.mark.media]

WITHIN_S = 60.0
MOVES_WITHIN_S = 20.0
MOVING = 20  # of 36 pieces: eight of nine streets move somewhere
DIGITS_AND_LETTERS = {"-": "minus", "_": "underscore", ".": "period"}


def typed(text: str) -> list[str]:
    """Return the keys of a text, as X names them."""
    return [DIGITS_AND_LETTERS.get(letter, letter) for letter in text]


def audit_of(street: Street) -> Sequence[tuple[str, str]]:
    with street.site.units.read() as unit:
        return [(line.facts.verb, line.facts.who) for line in unit.audit.lines(0, 10_000)]


def saw(street: Street, verb: str, who: str) -> bool:
    return any(said == verb and name.startswith(who) for said, name in audit_of(street))


def window_of_seat(screen: VirtualScreen) -> Picture:
    """Cut the seat's window out of the screen: with no window manager it stands in the corner at its first size."""
    return screen.pixels()[: FIRST.height(), : FIRST.width()]


def moving_pieces(screen: VirtualScreen) -> int:
    """Wait until many pieces of the wall have changed, and return how many of the 36 have."""
    before = list(pieces_of(window_of_seat(screen)))
    changed: set[int] = set()

    def enough() -> bool:
        changed.update(
            at for at, piece in enumerate(pieces_of(window_of_seat(screen))) if (piece != before[at]).mean() > 0.005
        )
        return len(changed) >= MOVING

    wait_until("a moving wall", MOVES_WITHIN_S, enough)
    return len(changed)


def pieces_of(window: Picture) -> Iterator[Picture]:
    """Cut what the wall's tiles stand on into 6 × 6 pieces."""
    for row in np.array_split(window[ABOVE_PX:-BELOW_PX, :-RAIL_PX], 6):
        yield from np.array_split(row, 6, axis=1)


def rail_of(window: Picture) -> Picture:
    return window[120:-40, -250:]


def test_a_locked_wall_runs_on_and_the_next_person_signs_in_at_the_same_window(
    street: Street, screen: VirtualScreen, open_seat: Callable[[], SeatWindow]
) -> None:
    seat = open_seat()
    seat.take_keys()
    seat.wait_for_log("every page is made", WITHIN_S)
    wait_until("an alarm", 90.0, lambda: street.site.queries.alarm_queue(street.site.clock.now(), 10))
    with_names = rail_of(window_of_seat(screen)).copy()

    seat.press_until("the lock", ["ctrl+l"], lambda: saw(street, "lock_screen", "李文静"))

    assert moving_pieces(screen) >= MOVING

    assert not np.array_equal(rail_of(window_of_seat(screen)), with_names)
    seat.press("F4", "t", "a")  # no page opens, nothing is spoken or acknowledged: they are letters in the field
    assert not seat.said("page cases")

    seat.press("ctrl+a", *typed(PASSWORD), "Return")
    wait_until("the seat open again", WITHIN_S, lambda: saw(street, "unlock_screen", "李文静"))
    seat.open_page("F4", "cases")

    def is_locked_again() -> bool:
        return [verb for verb, _ in audit_of(street)].count("lock_screen") == 2

    seat.press_until("the second lock", ["ctrl+l"], is_locked_again)
    # From the password over nothing else to the button that gives the seat away; a second Tab would be the form's.
    seat.press("Tab", "space")
    wait_until("the shift's end", WITHIN_S, lambda: saw(street, "sign_out", "李文静"))
    seat.press(*typed("lead"), "Tab", *typed(PASSWORD), "Return")
    wait_until("the next person", WITHIN_S, lambda: saw(street, "sign_in", "陈建国"))

    with street.site.units.read() as unit:
        shift = unit.shifts.open_at(SeatId(SEAT))
    assert shift is not None and shift.display_name == "陈建国"
    seat.wait_for_log("page wall", WITHIN_S)
    assert moving_pieces(screen) >= MOVING
    assert not seat.said("work stumbled")
    assert seat.process.poll() is None

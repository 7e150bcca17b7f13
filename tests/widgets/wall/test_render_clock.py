"""The clock of a wall's pictures: it takes no more at once than the keys can wait for, and says how late it is."""

from collections import Counter
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QTimer
from pytestqt.qtbot import QtBot

from widgets.wall.render_clock import EVERY_MS, MOST_A_TICK, TELL_EVERY_MS, RenderClock


class Ticks:
    """Counts what each of many tiles took, and how many took something between two looks at the clock."""

    def __init__(self) -> None:
        self.taken: Counter[int] = Counter()
        self.at_once = 0
        self.most_at_once = 0

    def tile(self, number: int) -> Callable[[], bool]:
        def pull() -> bool:
            self.taken[number] += 1
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            return True

        return pull

    def tick_is_over(self) -> None:
        self.at_once = 0


def test_sixty_four_new_pictures_at_once_are_taken_over_some_ticks_and_each_tile_gets_its_turn(qtbot: QtBot) -> None:
    clock, ticks = RenderClock(), Ticks()
    tiles = [ticks.tile(number) for number in range(64)]
    for pull in tiles:
        clock.join(pull)
    timer = clock.findChild(QTimer)
    assert timer is not None
    timer.timeout.connect(ticks.tick_is_over)  # after the clock's own

    qtbot.waitUntil(lambda: min(ticks.taken[number] for number in range(64)) >= 3, timeout=5000)
    for pull in tiles:
        clock.leave(pull)

    assert ticks.most_at_once == MOST_A_TICK
    assert max(ticks.taken.values()) - min(ticks.taken.values()) <= 1


def test_it_says_how_late_it_ticks_when_something_holds_it_up(qtbot: QtBot) -> None:
    clock, told = RenderClock(), list[float]()
    clock.paced.connect(told.append)

    def holds_up() -> bool:
        since = QElapsedTimer()
        since.start()
        while since.elapsed() < 3 * EVERY_MS:
            pass
        return False

    clock.join(holds_up)
    qtbot.waitUntil(lambda: bool(told), timeout=4 * TELL_EVERY_MS)
    clock.leave(holds_up)

    assert told[0] >= 1.5 * EVERY_MS / 1000
    assert not clock.is_running

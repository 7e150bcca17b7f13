"""The one way off the GUI thread and back, and news on its way in."""

import threading
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from console.application.errors import Stale
from console.domain.errors import Refusal
from console.domain.events import AlarmsChanged
from console.words import CHINESE, Words
from tests.widgets.street import NOON
from widgets.bridge import Bridge
from widgets.desk import Desk


class Heard:
    """Keeps answers with the thread they came in."""

    def __init__(self) -> None:
        self.answers: list[object] = []
        self.refusals: list[Refusal] = []
        self.threads: set[int] = set()

    def done(self, answer: object) -> None:
        self.answers.append(answer)
        self.threads.add(threading.get_ident())

    def refused(self, refusal: Refusal) -> None:
        self.refusals.append(refusal)
        self.threads.add(threading.get_ident())


@pytest.fixture
def desk(qtbot: QtBot) -> Iterator[Desk]:
    made = Desk()
    yield made
    made.close()


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_work_leaves_the_gui_thread_and_its_answer_comes_back_on_it(desk: Desk, heard: Heard, qtbot: QtBot) -> None:
    worked_in: list[int] = []

    def work() -> int:
        worked_in.append(threading.get_ident())
        return 7

    desk.fetch(work, heard.done, heard.refused)
    qtbot.waitUntil(lambda: heard.answers == [7], timeout=2000)
    assert worked_in != [threading.get_ident()] and heard.threads == {threading.get_ident()}


def test_what_is_asked_is_done_in_order(desk: Desk, heard: Heard, qtbot: QtBot) -> None:
    gate = threading.Event()
    order: list[str] = []

    def first() -> str:
        gate.wait(2)
        order.append("first")
        return "first"

    def second() -> str:
        order.append("second")
        return "second"

    desk.ask(first, heard.done, heard.refused)
    desk.ask(second, heard.done, heard.refused)
    gate.set()
    qtbot.waitUntil(lambda: len(heard.answers) == 2, timeout=2000)
    assert order == ["first", "second"] and heard.answers == ["first", "second"]


def test_reading_is_not_held_up_by_a_slow_verdict(desk: Desk, heard: Heard, qtbot: QtBot) -> None:
    gate = threading.Event()
    desk.ask(lambda: gate.wait(5), heard.done, heard.refused)
    desk.fetch(lambda: "row", heard.done, heard.refused)
    qtbot.waitUntil(lambda: heard.answers == ["row"], timeout=2000)
    gate.set()
    qtbot.waitUntil(lambda: len(heard.answers) == 2, timeout=2000)


def test_a_refusal_goes_to_whoever_asked(desk: Desk, heard: Heard, qtbot: QtBot) -> None:
    def work() -> None:
        raise Stale("Somebody changed this alarm first. Look at it again.")

    with qtbot.assertNotEmitted(desk.stumbled):
        desk.ask(work, heard.done, heard.refused)
        qtbot.waitUntil(lambda: len(heard.refusals) == 1, timeout=2000)
    assert isinstance(heard.refusals[0], Stale) and heard.answers == []


def test_a_bug_is_logged_under_a_number_and_leaves_nobody_waiting(
    desk: Desk, heard: Heard, qtbot: QtBot, caplog: pytest.LogCaptureFixture
) -> None:
    def work() -> None:
        raise KeyError("nobody")

    with qtbot.waitSignal(desk.stumbled, timeout=2000) as stumbled:
        desk.ask(work, heard.done, heard.refused)
    assert stumbled.args is not None
    number = stumbled.args[0]
    assert len(number) == 4 and number in caplog.text and "KeyError" in caplog.text
    told = Words(CHINESE).tell(heard.refusals[0])
    assert number in told and "KeyError" not in told


def test_a_closed_desk_calls_nobody_and_leaves_no_thread(heard: Heard, qtbot: QtBot) -> None:
    desk = Desk()
    gate = threading.Event()
    desk.ask(lambda: gate.wait(2), heard.done, heard.refused)
    gate.set()
    desk.close()
    desk.fetch(lambda: 1, heard.done, heard.refused)
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("desk-")]
    qtbot.wait(20)
    assert heard.answers == [] and heard.refusals == []


def test_news_from_any_thread_arrives_on_the_gui_thread(qtbot: QtBot) -> None:
    bridge = Bridge()
    seen: list[tuple[object, int]] = []
    bridge.said.connect(lambda event: seen.append((event, threading.get_ident())))
    event = AlarmsChanged(at=NOON, alarm_ids=("a1",))
    with qtbot.waitSignal(bridge.said, timeout=2000):
        teller = threading.Thread(target=bridge.publish, args=(event,))
        teller.start()
        teller.join()
    qtbot.waitUntil(lambda: bool(seen), timeout=2000)
    assert seen == [(event, threading.get_ident())]

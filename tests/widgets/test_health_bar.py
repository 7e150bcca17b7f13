"""The health bar and page: five things, always; silence of the station is a fault of its own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from console.words import CHINESE, ENGLISH, Words
from widgets.health.health_bar import HealthBar
from widgets.health.health_page import HealthPage
from widgets.state.health import ChangeLine, Condition, HealthLine, IllLine, UnseenCamera, WorkerLine
from widgets.state.telling import Teller, Told

NOON = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai


@dataclass
class HandClock:
    """A clock that stands until it is moved."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.at.timestamp()


def line(name: str, sentence: str, condition: Condition = "ok", **values: object) -> HealthLine:
    return HealthLine(name=name, condition=condition, since=NOON, told=Told(sentence, values))


LINES = (
    line("video", "{live}/{all} cameras seen", "fault", live=7, all=9),
    line("detection", "{pace} looks/s, {count} watched", pace=4.8, count=9),
    line("delivery", "{count} waiting, oldest {age}", "waiting", count=2, age=timedelta(seconds=41)),
    line("storage", "{free} GB free", free=26),
    line("clock", "largest gap {gap} s", gap="+0.3"),
)


WORKER = WorkerLine(
    name="media-1",
    role="media-worker",
    is_running=True,
    since=NOON,
    restarts=2,
    reason="ended",
    code=-9,
    beat_age=timedelta(seconds=0.4),
)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def words() -> Words:
    return Words(CHINESE)


@pytest.fixture
def teller(words: Words) -> Teller:
    return Teller(words, ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def bar(qtbot: QtBot, teller: Teller, clock: HandClock) -> Iterator[HealthBar]:
    made = HealthBar(teller, clock)
    qtbot.addWidget(made)
    made.resize(1920, 32)
    yield made
    made.close()


@pytest.fixture
def page(qtbot: QtBot, teller: Teller, clock: HandClock) -> Iterator[HealthPage]:
    made = HealthPage(teller, clock)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    yield made
    made.close()


def test_the_five_stand_in_their_order_with_word_and_number_in_both_languages(bar: HealthBar, words: Words) -> None:
    bar.note(LINES, NOON)

    said = [item.accessibleName() for item in bar.items]
    assert [item.kind.name for item in bar.items] == ["video", "detection", "delivery", "storage", "clock"]
    assert said[0].startswith("视频：")
    assert "7/9" in said[0]

    words.speak(ENGLISH)
    bar.retranslate()

    assert bar.items[0].accessibleName() == "Video: at fault, 7/9 cameras seen"
    assert bar.items[2].accessibleName() == "Delivery: held up, 2 waiting, oldest 0:41"


def test_before_the_first_report_nothing_is_called_in_order(bar: HealthBar) -> None:
    assert {item.condition for item in bar.items} == {"waiting"}


def test_a_report_older_than_five_seconds_turns_every_line_into_a_fault(bar: HealthBar, clock: HandClock) -> None:
    bar.note(LINES, NOON)

    clock.at = NOON + timedelta(seconds=4)
    bar.retranslate()
    assert bar.items[1].condition == "ok"

    clock.at = NOON + timedelta(seconds=42)
    bar.retranslate()
    assert {item.condition for item in bar.items} == {"silent"}
    assert all("0:42" in item.number for item in bar.items)


def test_a_shown_bar_grows_old_by_itself(bar: HealthBar, clock: HandClock, qtbot: QtBot) -> None:
    bar.note(LINES, NOON)
    bar.show()
    clock.at = NOON + timedelta(seconds=6)

    qtbot.waitUntil(lambda: bar.items[1].condition == "silent", timeout=3000)


def test_a_thing_the_report_leaves_out_is_a_fault_not_a_gap(bar: HealthBar) -> None:
    bar.note(LINES[:3], NOON)

    assert [item.condition for item in bar.items] == ["fault", "ok", "waiting", "fault", "fault"]


def test_where_room_is_short_the_fault_keeps_its_number(bar: HealthBar) -> None:
    bar.note(LINES, NOON)
    bar.resize(720, 32)
    bar.show()

    folded = {item.kind.name for item in bar.items if item.is_compact}
    assert "video" not in folded
    assert {"detection", "storage", "clock"} <= folded


@pytest.mark.parametrize("width", [800, 960, 1366])
@pytest.mark.parametrize("language", [CHINESE, ENGLISH])
def test_no_number_is_cut(bar: HealthBar, words: Words, width: int, language: str) -> None:
    words.speak(language)
    bar.note(LINES, NOON)
    bar.resize(width, 32)
    bar.show()

    assert all(item.width() >= item.sizeHint().width() for item in bar.items)


def test_a_bug_number_moves_nothing(bar: HealthBar) -> None:
    bar.note(LINES, NOON)
    bar.show()
    places = [item.geometry() for item in bar.items]

    bar.show_line("7F3A")

    assert bar.line == "7F3A"
    assert [item.geometry() for item in bar.items] == places


def test_the_page_says_since_when_and_what_it_means(page: HealthPage) -> None:
    page.note(LINES, NOON)

    title, number, since, means = page.rows[1].words
    assert title == "视频"
    assert "7/9" in number
    assert "12:00:00" in since
    assert means and not page.rows[2].words[3]
    assert page.rows[1].to_do and not page.rows[2].to_do


def test_cameras_not_seen_are_listed_with_their_reason_and_leave_when_seen(page: HealthPage) -> None:
    page.note(LINES, NOON)
    blind = UnseenCamera(number="05", name="南市场停车区", why=Told("No signal"), since=NOON)
    page.note_unseen([blind])

    shown = [row.words for row in page.unseen if not row.isHidden()]
    assert len(shown) == 1
    assert "05 南市场停车区" in shown[0]
    assert "无信号" in shown[0]
    assert "12:00:00" in shown[0]
    assert page.nobody.isHidden()

    page.note_unseen([])

    assert [row for row in page.unseen if not row.isHidden()] == []
    assert not page.nobody.isHidden()


def test_an_empty_list_is_not_called_good_news_while_the_station_is_silent(page: HealthPage, clock: HandClock) -> None:
    page.note(LINES, NOON)
    page.note_unseen([])
    fine = page.nobody.text()

    clock.at = NOON + timedelta(minutes=1)
    page.retranslate()

    assert page.nobody.text() != fine


def test_a_thing_that_stopped_reporting_is_called_silent_since_then_and_says_what_to_do(
    page: HealthPage, bar: HealthBar, words: Words
) -> None:
    words.speak(ENGLISH)
    quiet = replace(LINES[2], condition="silent", since=NOON - timedelta(minutes=3))
    lines = (*LINES[:2], quiet, *LINES[3:])
    page.note(lines, NOON)
    bar.note(lines, NOON)

    title, number, since, means = page.rows[3].words
    assert (title, number) == ("Delivery", "silent since 11:57:00")
    assert since == "silent" and "stopped reporting" in means and page.rows[3].to_do
    assert bar.items[2].accessibleName() == "Delivery: silent, silent since 11:57:00"


def test_a_fault_that_has_no_place_on_the_bar_marks_the_way_to_the_page(bar: HealthBar, words: Words) -> None:
    words.speak(ENGLISH)
    bar.note((*LINES, line("speech", "ready"), line("database", "answers")), NOON)
    assert bar.details.text() == "Details"

    bar.note((*LINES, line("speech", "ready", "silent"), line("database", "away", "fault")), NOON)

    assert bar.details.text() == "2 more faults"


def test_the_keyboard_walks_over_every_row_in_reading_order(page: HealthPage, qtbot: QtBot) -> None:
    page.note((*LINES, line("speech", "ready"), line("database", "answers")), NOON, (WORKER,))
    page.note_unseen([UnseenCamera(number="05", name="南市场停车区", why=Told("No signal"), since=NOON)])
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.setFocus()
    said = []
    for _ in range(len(page.walk)):
        focus = page.focusWidget()
        assert focus is not None
        said.append(focus.accessibleName())
        QTest.keyClick(focus, Qt.Key.Key_Down)

    assert len(set(said)) == len(said) == 6 + 2 + 1 + 1
    assert "05 南市场停车区" in said[8] and "media-1" in said[9]
    QTest.keyClick(page.focusWidget() or page, Qt.Key.Key_Home)
    assert page.rows[0].hasFocus()


def test_a_process_says_how_often_and_why_it_was_started_again(page: HealthPage, words: Words) -> None:
    words.speak(ENGLISH)
    page.note(LINES, NOON, (WORKER,))
    assert "Decoder media-1" in page.workers[0].words
    assert "started again 2×, last because it was killed (signal 9)" in page.workers[0].words
    page.note(LINES, NOON, (replace(WORKER, reason="silent", code=0),))
    assert "last because it was silent" in page.workers[0].words


def test_a_decoder_kept_apart_says_for_which_camera_and_why(page: HealthPage, words: Words) -> None:
    words.speak(ENGLISH)
    page.note(LINES, NOON, (WORKER, replace(WORKER, name="media-q1", alone_for="05 南市场停车区")))
    assert "only for" not in page.workers[0].words
    assert "only for 05 南市场停车区, whose stream killed its decoder" in page.workers[1].words


def test_the_changes_of_this_shift_stand_newest_first_and_those_before_it_are_left_out(
    page: HealthPage, words: Words
) -> None:
    words.speak(ENGLISH)
    page.note(LINES, NOON)

    def change(minutes: int, condition: Condition) -> ChangeLine:
        at = NOON + timedelta(minutes=minutes)
        return ChangeLine(at=at, name="database", condition=condition, told=Told("away"))

    page.note_changes([change(-30, "ok"), change(-2, "fault"), change(-1, "ok")])
    page.note_shift(NOON - timedelta(minutes=5))

    shown = [row.words for row in page.changes if not row.isHidden()]
    assert shown == ["Database in order: away 11:59:00", "Database at fault: away 11:58:00"]


@pytest.mark.parametrize("size", [(1920, 1000), (960, 500)])
def test_the_page_uses_its_whole_width(page: HealthPage, size: tuple[int, int], qtbot: QtBot) -> None:
    page.resize(*size)
    page.note(LINES, NOON, (WORKER,))
    with qtbot.waitExposed(page):
        page.show()
    right = max(row.mapTo(page, row.rect().topRight()).x() for row in page.walk)
    assert right >= size[0] - 40


def test_esc_leaves_the_page(page: HealthPage, qtbot: QtBot) -> None:
    with qtbot.waitActive(page):
        page.show()
        page.activateWindow()
    page.setFocus()

    with qtbot.waitSignal(page.left, timeout=2000):
        QTest.keyClick(page.focusWidget() or page, Qt.Key.Key_Escape)


COVERED = IllLine(
    fault_id="f-1", camera_id="cam05", number="05", name="滨河路", kind="covered", since=NOON - timedelta(hours=30)
)
LATE = IllLine(
    fault_id="f-2",
    camera_id="cam07",
    number="07",
    name="学府路",
    kind="clock_off",
    since=NOON - timedelta(minutes=5),
    clock_offset_s=3.24,
    case_id="case-1",
    case_number="20261122-0007",
)


def ill_words(page: HealthPage) -> list[str]:
    return [row.words for row in page.ill if not row.isHidden()]


def test_ill_cameras_stand_with_what_is_wrong_since_when_and_their_case(page: HealthPage, words: Words) -> None:
    page.note(LINES, NOON)
    page.note_ill([COVERED, LATE])
    assert ill_words(page) == [
        "05 滨河路 遮挡 · 未立案 自 2026-11-21 06:00:00 起",
        "07 学府路 时钟 +3.2 秒 · 已立案 20261122-0007 自 11:55:00 起",
    ]
    words.speak(ENGLISH)
    page.retranslate()
    assert ill_words(page)[0] == "05 滨河路 Covered · not filed since 2026-11-21 06:00:00"


def test_the_camera_one_stands_on_is_filed_taken_back_and_given_its_reference_by_one_key_each(
    page: HealthPage, qtbot: QtBot
) -> None:
    page.note(LINES, NOON)
    page.note_ill([COVERED, LATE])
    page.show()
    asked: list[tuple[str, str]] = []
    page.file_asked.connect(lambda name: asked.append(("file", name)))
    page.withdraw_asked.connect(lambda name: asked.append(("withdraw", name)))
    page.reference_asked.connect(lambda name: asked.append(("reference", name)))
    qtbot.waitUntil(lambda: page.ill[1].isVisible())

    page.press("V")  # on none of them
    page.ill[0].setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(page.ill[0].hasFocus)
    for key in "VUG":
        page.press(key)
    page.ill[1].setFocus(Qt.FocusReason.TabFocusReason)
    for key in "VU":
        page.press(key)

    assert asked == [("file", "f-1"), ("reference", "cam05"), ("withdraw", "case-1")]


def test_only_what_is_not_filed_can_be_looked_at(page: HealthPage) -> None:
    page.note(LINES, NOON)
    page.note_ill([COVERED, LATE])
    page.press("N")
    assert [said[:2] for said in ill_words(page)] == ["05"]
    page.note_ill([LATE])
    assert ill_words(page) == []
    page.press("N")
    assert [said[:2] for said in ill_words(page)] == ["07"]

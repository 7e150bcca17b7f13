"""The page of parking bays: what each is now in words and shapes, stays with their pictures, and what is settled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QSignalSpy

from console.application.bays_desk import BaysDesk
from console.domain.accounts import Role
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import EvidenceId
from console.seat.window import ROOMS
from console.words import ENGLISH
from tests.application.bays import put_row, put_stay
from tests.application.city import CAMERA, person
from tests.widgets.desks import Seat, until
from widgets.bays.bays_page import WATCHED_FOR, BaysPage
from widgets.common.icons import ICONS
from widgets.state.bays import BayCause, BayState, BayTold

LI = person("李文静")
RULE = f"row-{CAMERA}"


@dataclass(frozen=True)
class Bay:
    bay: int
    state: BayState = "free"
    cause: BayCause = ""
    since_s: float = 0.0
    is_overdue: bool = False
    rule_id: str = RULE


@dataclass(frozen=True)
class Look:
    received_at: datetime
    bays: Sequence[BayTold]
    camera_id: str = CAMERA


@pytest.fixture
def page(seat: Seat) -> Iterator[BaysPage]:
    city = seat.city
    put_row(city.units, CAMERA)
    now = city.clock.now()
    put_stay(city.units, CAMERA, now - timedelta(minutes=50), bay=1, left_at=now - timedelta(minutes=8), is_sure=True)
    unsure = put_stay(city.units, CAMERA, now - timedelta(minutes=5))
    picture = QImage(64, 36, QImage.Format.Format_RGB32)
    picture.fill(QColor("green"))
    picture.save(str(seat.folder / "came.jpg"))
    with city.units.write() as unit:
        unit.evidence.add(
            EvidenceItem(
                evidence_id=EvidenceId("came"),
                kind=EvidenceKind.STILL,
                subject_id=unsure.session_id,
                path="came.jpg",
                sha256="ab" * 32,
                size_bytes=9,
                begins_at=now,
                camera_id=CAMERA,
                remark="entered",
            )
        )
        unit.commit()
    desk = BaysDesk(city.units, city.gate, city.clock)
    made = BaysPage(LI, desk, seat.desk, seat.teller, city.clock, seat.stills)
    yield seat.opened(made, lambda: made.is_read)
    made.hide()


def states(page: BaysPage) -> list[tuple[str, ...]]:
    return [row.cells[:3] for row in page.table.model_rows.rows]


def test_each_bay_is_told_by_a_shape_and_in_words_and_one_nobody_looks_at_is_not_called_free(
    seat: Seat, page: BaysPage
) -> None:
    assert {cells[1] for cells in states(page)} == {"? 没在看"}
    seen = (Bay(1), Bay(2, "occupied", since_s=300), Bay(3, "unsure", "across"))
    page.note_seen(Look(seat.city.clock.now(), seen))
    until(seat.qtbot, lambda: states(page)[0][1] == "○ 空闲")
    assert states(page)[1:] == [("北侧泊位 · 2", "■ 占用", "5 分钟"), ("北侧泊位 · 3", "? 不确定：压线", "不到 1 分钟")]
    page.note_seen(Look(seat.city.clock.now(), (Bay(2, "occupied", since_s=9000, is_overdue=True),)))
    until(seat.qtbot, lambda: states(page)[1][1] == "▲ 超时")
    seat.city.clock.wait(seconds=WATCHED_FOR.total_seconds() + 1)
    until(seat.qtbot, lambda: {cells[1] for cells in states(page)} == {"? 没在看"})


def test_stays_are_listed_newest_first_with_their_pictures_and_the_missing_one_is_said(
    seat: Seat, page: BaysPage
) -> None:
    first, second = (row.cells for row in page.stays.model_rows.rows)
    assert (first[0], first[2], first[4]) == ("北侧泊位 · 2", "还在", "不确定，待人工核定")
    assert (second[0], second[3], second[4], second[5]) == ("北侧泊位 · 1", "42 分钟", "确定", "–")
    until(seat.qtbot, lambda: not page.pictures[0].image.isNull())
    assert page.pictures[1].image.isNull() and page.pictures[1].accessibleDescription() == "无画面"


def test_what_is_not_sure_is_settled_by_one_key_and_what_is_sure_cannot_be(seat: Seat, page: BaysPage) -> None:
    seat.strike(page, "U")
    assert [row.cells[0] for row in page.stays.model_rows.rows] == ["北侧泊位 · 2"]
    seat.strike(page, "F")
    until(seat.qtbot, lambda: page.stays.model_rows.rows == ())
    assert "没有待核定" in page.no_stays.text()
    seat.strike(page, "U")
    assert page.stays.model_rows.rows[0].cells[4] == "李文静 核定：当时空闲"
    page.stays.selectRow(1)
    assert not page.buttons["O"].isEnabled()
    seat.strike(page, "O")
    until(seat.qtbot, lambda: "确定" in page.line.words)


def test_the_page_says_it_all_in_english_too_and_is_left_by_esc(seat: Seat, page: BaysPage) -> None:
    seat.words.speak(ENGLISH)
    page.retranslate()
    assert page.stays.model_rows.rows[0].cells[4] == "not sure: a person decides"
    left = QSignalSpy(page.left)
    seat.strike(page, "Esc")
    assert left.count() == 1
    assert "bays" in ICONS and any(room[0] == "bays" for room in ROOMS)


def test_on_a_screen_of_960_by_540_the_page_keeps_its_height_and_both_pictures(seat: Seat, page: BaysPage) -> None:
    page.resize(960, 480)
    until(seat.qtbot, lambda: page.height() <= 480)
    assert all(picture.isVisible() and picture.geometry().bottom() < page.height() for picture in page.pictures)


def test_who_may_not_watch_is_told_so(seat: Seat) -> None:
    city = seat.city
    desk = BaysDesk(city.units, city.gate, city.clock)
    officer = person("赵强", Role.OFFICER)
    page = BaysPage(officer, desk, seat.desk, seat.teller, city.clock, seat.stills)
    seat.opened(page, lambda: bool(page.line.words))
    assert not page.nothing.isVisible(), "what was not read is not said to be nothing"
    page.hide()

"""The page of zones, by keys and by the mouse; what was kept is read again from the city's own directory.

Long because each way a place is drawn is claimed at the one page that draws it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from console.application.errors import Stale
from console.application.onboarding_desk import RULE_KINDS, OfferedRule
from console.domain.accounts import Role
from console.domain.cameras import Camera
from console.domain.ids import CameraId
from console.domain.rules import CameraRule, Point, RuleFamily, Tiling
from console.infrastructure.trial_messages import TrialHit, TrialLine
from console.seat.window import ROOMS
from console.words import ENGLISH
from tests.application.city import CAMERA, person
from tests.application.storage import record
from tests.widgets.desks import Seat
from widgets.common.icons import ICONS
from widgets.state.outline import ZONE_TEMPLATES
from widgets.state.trying import Piece, TrialTold
from widgets.zones.choice_menu import ChoiceMenu
from widgets.zones.zones_page import ZonesPage

WITHIN_MS = 5000
ROW = next(kind for kind in RULE_KINDS if kind.family is RuleFamily.BAYS)
CROSSING = next(kind for kind in RULE_KINDS if kind.family is RuleFamily.LINE_CROSSING)
KEEPER = person("吴霞", role=Role.ADMINISTRATOR)
OTHER = CameraId("cam02")
FOLDER = Path("recordings")
SQUARE: tuple[Point, ...] = ((0.3, 0.3), (0.7, 0.3), (0.7, 0.8), (0.3, 0.8))
CTRL = Qt.KeyboardModifier.ControlModifier


@dataclass
class Stills:
    """Gives a blue street at once; or nothing."""

    is_there: bool = True
    asked: list[str] = field(default_factory=list)

    def take(self, camera_id: CameraId, came: Callable[[QImage], None]) -> None:
        self.asked.append(camera_id)
        image = QImage(320, 180, QImage.Format.Format_RGB32) if self.is_there else QImage()
        image.fill(QColor(20, 60, 140))
        came(image)


@dataclass
class Trials:
    """Keeps what was to be tried, and tells what a test says."""

    asked: list[tuple[CameraRule, tuple[Piece, ...], bool]] = field(default_factory=list)
    told: Callable[[TrialTold], None] | None = None
    ends: int = 0

    def begin(
        self, rule: CameraRule, pieces: Sequence[Piece], told: Callable[[TrialTold], None], *, keeps_stills: bool
    ) -> None:
        self.asked.append((rule, tuple(pieces), keeps_stills))
        self.told = told

    def end(self) -> None:
        self.ends += 1


@pytest.fixture
def trials() -> Trials:
    return Trials()


@pytest.fixture
def stills() -> Stills:
    return Stills()


@pytest.fixture
def page(seat: Seat, stills: Stills, trials: Trials, qtbot: QtBot) -> Iterator[ZonesPage]:
    seat.words.speak(ENGLISH)
    city = seat.city
    with city.units.write() as unit:
        other = replace(unit.directory.camera(CAMERA), camera_id=OTHER, number="02", name="学府路口·北", rules=())
        unit.directory.put_camera(other)
        unit.commit()
    made = ZonesPage(KEEPER, city.rules, city.directory, stills, trials, FOLDER, city.clock, seat.desk, seat.teller)
    qtbot.addWidget(made)
    made.resize(1280, 680)
    with qtbot.waitExposed(made):
        made.show()
    made.activateWindow()
    made.setFocus()
    yield made
    made.hide()


def strike(*keys: Qt.Key, with_: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    for key in keys:
        target = QApplication.focusWidget()
        assert target is not None
        QTest.keyClick(target, key, with_)


def opened(page: ZonesPage, qtbot: QtBot, words: str = "01", camera_id: str = CAMERA) -> None:
    """Find the camera and open it, by keys."""
    page.field.setFocus()
    page.field.setText(words)
    qtbot.waitUntil(lambda: page.cameras.key == camera_id, timeout=WITHIN_MS)
    strike(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.camera_id == camera_id, timeout=WITHIN_MS)


def spot(page: ZonesPage, point: Point) -> QPoint:
    return page.surface.point_px(point).toPoint()


def click(page: ZonesPage, *points: Point) -> None:
    for point in points:
        QTest.mouseClick(page.surface, Qt.MouseButton.LeftButton, pos=spot(page, point))


def kept(seat: Seat, camera_id: CameraId = CAMERA) -> tuple[CameraRule, ...]:
    with seat.city.units.read() as unit:
        return unit.directory.camera(camera_id).rules


def is_there(corners: tuple[Point, ...], wanted: tuple[Point, ...]) -> bool:
    return len(corners) == len(wanted) and all(
        abs(a - b) < 0.005 for one, two in zip(corners, wanted, strict=True) for a, b in zip(one, two, strict=True)
    )


def test_a_zone_drawn_by_the_mouse_is_what_the_station_looks_by(page: ZonesPage, seat: Seat, qtbot: QtBot) -> None:
    opened(page, qtbot)
    strike(Qt.Key.Key_P)
    click(page, *SQUARE)
    strike(Qt.Key.Key_Return)
    assert is_there(page.draft.corners, SQUARE) and kept(seat)[0].zone.polygon != page.draft.corners
    strike(Qt.Key.Key_Return, with_=CTRL)
    qtbot.waitUntil(lambda: kept(seat)[0].zone.polygon == page.draft.corners, timeout=WITHIN_MS)
    assert seat.city.audit_verbs()[-2:] == ["open_rules", "keep_rules"]


def test_a_row_of_bays_is_drawn_once_and_parted_and_a_fifth_corner_is_refused_in_words(
    page: ZonesPage, seat: Seat, qtbot: QtBot
) -> None:
    with seat.city.units.read() as unit:
        known = next(iter(unit.directory.categories()))
    opened(page, qtbot)
    page.add_rule(OfferedRule(known, replace(ROW, category=known.code)))
    strike(Qt.Key.Key_P)
    assert "along the bays first" in page.line.words
    click(page, *SQUARE)
    strike(Qt.Key.Key_Return)
    assert page.figures is not None
    page.figures.bays.setCurrentIndex(2)
    made = page.draft.rule
    assert made is not None and len(made.bays) == 3
    assert is_there((made.bays[0][0], made.bays[2][1]), made.zone.polygon[:2])
    strike(Qt.Key.Key_Plus)
    assert page.draft.rule == made and "four corners" in page.line.words
    strike(Qt.Key.Key_Z, with_=CTRL)
    assert page.draft.rule is not None and len(page.draft.rule.bays) == 5
    page.grab()  # the bays are painted without a word of Qt's


def test_a_zone_is_drawn_by_keys_alone(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    strike(Qt.Key.Key_P, Qt.Key.Key_Space)
    strike(*[Qt.Key.Key_Right] * 8, with_=Qt.KeyboardModifier.ShiftModifier)
    strike(Qt.Key.Key_Space)
    strike(*[Qt.Key.Key_Down] * 8, with_=Qt.KeyboardModifier.ShiftModifier)
    strike(Qt.Key.Key_Space, Qt.Key.Key_Return)
    assert is_there(page.draft.corners, ((0.5, 0.5), (0.7, 0.5), (0.7, 0.7)))
    strike(Qt.Key.Key_Period, Qt.Key.Key_Left)
    assert is_there(page.draft.corners, ((0.5, 0.5), (0.6975, 0.5), (0.7, 0.7)))


def test_what_is_drawn_by_hand_is_not_called_by_a_templates_name(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.add_rule(page.offered[0])
    assert page.draft.rule is not None and page.draft.rule.zone.name == "whole picture"

    strike(Qt.Key.Key_P)
    click(page, *SQUARE)
    strike(Qt.Key.Key_Return)

    assert page.draft.rule.zone.name == "zone 2"
    strike(Qt.Key.Key_Z, with_=CTRL)
    assert page.draft.rule.zone.name == "whole picture"


def test_rules_of_one_matter_are_told_apart_by_what_stands_first(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    (row,) = page.table.model_rows.rows
    assert row.cells[0].startswith(page.draft.rules[0].zone.name)


def test_buttons_and_figures_stand_in_columns_where_there_is_little_room(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.resize(960, 640)
    qtbot.waitUntil(lambda: page.width() == 960, timeout=WITHIN_MS)
    buttons = page.buttons
    assert buttons["P"].width() == page.switch_button.width() and buttons["T"].x() == buttons["C"].x()
    figures = page.figures
    assert figures is not None

    def ends() -> set[int]:
        return {one.mapTo(page, one.rect().topRight()).x() for one in (page.name, figures, buttons["T"])}

    qtbot.waitUntil(lambda: len(ends()) == 1, timeout=WITHIN_MS)  # the scrolled figures are laid out a turn later


def test_a_corner_is_dragged_and_one_across_the_zone_is_refused_in_words(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.take_template(5)
    frame = ZONE_TEMPLATES[5][1]

    def drag(to: Point) -> None:
        begin, end = spot(page, page.draft.corners[0]), spot(page, to)
        QTest.mousePress(page.surface, Qt.MouseButton.LeftButton, pos=begin)
        QTest.mouseMove(page.surface, end)
        page.grab()  # as it is dragged
        QTest.mouseRelease(page.surface, Qt.MouseButton.LeftButton, pos=end)

    drag((0.9, 0.5))
    assert page.draft.corners == frame and "cross itself" in page.line.words
    drag((0.1, 0.2))
    assert is_there(page.draft.corners, ((0.1, 0.2), *frame[1:]))
    strike(Qt.Key.Key_Z, with_=CTRL)
    assert page.draft.corners == frame


def test_a_corner_is_added_on_an_edge_by_two_clicks(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.take_template(5)
    QTest.mouseDClick(page.surface, Qt.MouseButton.LeftButton, pos=spot(page, (0.5, 0.25)))
    assert len(page.draft.corners) == 5 and page.draft.corner == 1


def test_a_rule_is_added_switched_off_and_removed_and_all_of_it_can_be_taken_back(
    page: ZonesPage, seat: Seat, qtbot: QtBot
) -> None:
    opened(page, qtbot)
    before = kept(seat)
    page.add_rule(page.offered[0])
    assert len(page.draft.rules) == len(before) + 1
    strike(Qt.Key.Key_S)
    assert not page.draft.rules[-1].is_on
    strike(Qt.Key.Key_Return, with_=CTRL)
    qtbot.waitUntil(lambda: kept(seat) == page.draft.rules, timeout=WITHIN_MS)
    assert [rule.is_on for rule in kept(seat)][-1] is False
    page.table.setFocus()
    strike(Qt.Key.Key_Delete)
    assert page.draft.rules == before
    strike(Qt.Key.Key_Z, with_=CTRL)
    assert page.draft.rules == kept(seat)


def test_the_figures_of_a_rule_are_changed_and_taken_back(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    assert page.figures is not None and page.draft.rule is not None
    shown = page.figures
    shown.dwell.setCurrentIndex(3)
    assert page.draft.rule.dwell_s == shown.dwell.value != 10.0
    assert page.figures is shown, "whoever sets figures keeps the field"
    page.press("Ctrl+Z")
    assert page.draft.rule.dwell_s == 10.0 and page.figures.dwell.value == 10.0


def test_a_line_stands_beside_zones_and_is_drawn_with_two_ends(page: ZonesPage, seat: Seat, qtbot: QtBot) -> None:
    with seat.city.units.read() as unit:
        known = next(iter(unit.directory.categories()))
    opened(page, qtbot)
    page.add_rule(OfferedRule(known, CROSSING))
    assert page.draft.is_line
    ends = ((0.2, 0.5), (0.8, 0.5))
    strike(Qt.Key.Key_P)
    click(page, *ends)
    assert page.draft.drawing is None and is_there(page.draft.corners, ends)
    page.table.setFocus()
    strike(Qt.Key.Key_Up, Qt.Key.Key_Down)
    assert page.draft.is_line, "from a zone to a line and back"


def test_a_rule_is_copied_to_another_camera_as_one_of_its_own(page: ZonesPage, seat: Seat, qtbot: QtBot) -> None:
    opened(page, qtbot)
    strike(Qt.Key.Key_C)
    page.copying.field.setText("学府")
    qtbot.waitUntil(lambda: page.copying.cameras.key == OTHER, timeout=WITHIN_MS)
    strike(Qt.Key.Key_Return)
    strike(Qt.Key.Key_Return, with_=CTRL)
    qtbot.waitUntil(lambda: bool(kept(seat, OTHER)), timeout=WITHIN_MS)
    (copy,), (rule, *_) = kept(seat, OTHER), kept(seat)
    assert copy.zone == rule.zone and copy.camera_id == OTHER and copy.rule_id != rule.rule_id
    assert seat.city.audit_verbs()[-1] == "copy_rules"
    qtbot.waitUntil(lambda: "New rules: 1" in page.line.words, timeout=WITHIN_MS)


def test_who_was_first_is_said_and_nothing_is_written_over(page: ZonesPage, seat: Seat, qtbot: QtBot) -> None:
    opened(page, qtbot)
    seat.city.rules.keep(KEEPER, CAMERA, (), kept(seat))
    strike(Qt.Key.Key_S)
    strike(Qt.Key.Key_Return, with_=CTRL)
    qtbot.waitUntil(lambda: "Somebody changed these rules first" in page.line.words, timeout=WITHIN_MS)
    assert kept(seat) == ()


def test_esc_drops_the_outline_then_asks_then_leaves(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    leaves: list[None] = []
    page.left.connect(lambda: leaves.append(None))
    strike(Qt.Key.Key_S, Qt.Key.Key_P, Qt.Key.Key_Escape)
    assert page.draft.drawing is None and page.draft.is_changed
    strike(Qt.Key.Key_Escape)
    assert page.draft.is_changed and "Esc once more" in page.line.words
    strike(Qt.Key.Key_Escape)
    assert not page.draft.is_changed and not leaves
    strike(Qt.Key.Key_Escape)
    assert leaves


def test_a_camera_without_a_picture_or_a_rule_says_so(
    page: ZonesPage, stills: Stills, seat: Seat, qtbot: QtBot
) -> None:
    stills.is_there = False
    opened(page, qtbot, "02", OTHER)
    assert stills.asked == [OTHER] and page.surface.image.isNull()
    strike(Qt.Key.Key_P)
    assert "no rule" in page.line.words
    stills.is_there = True
    strike(Qt.Key.Key_R)
    assert not page.surface.image.isNull()


def test_the_zone_is_painted_over_the_street(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    page.take_template(1)
    painted = page.surface.grab().toImage()
    ratio = painted.width() / page.surface.width()

    def colour(point: Point) -> QColor:
        at = spot(page, point)
        return painted.pixelColor(round(at.x() * ratio), round(at.y() * ratio))

    street, zone = colour((0.25, 0.2)), colour((0.25, 0.9))
    assert street == QColor(20, 60, 140) and zone != street, "the lower half is tinted, the upper is the street"


def test_a_choice_of_the_menu_tells_its_place_in_the_list(page: ZonesPage) -> None:
    menu = ChoiceMenu("A rule for …", ["one & two", "three"], page)
    picked: list[int] = []
    menu.picked.connect(picked.append)
    head, first, second = menu.actions()
    assert not head.isEnabled() and first.text() == "&1  one && two"
    second.trigger()
    assert picked == [1]


def test_a_rule_is_tried_on_the_last_hour_and_each_hit_has_its_moment(
    page: ZonesPage, trials: Trials, seat: Seat, qtbot: QtBot
) -> None:
    record(seat.city, "a minute", ago=timedelta(minutes=29))
    record(seat.city, "too long ago", ago=timedelta(hours=3))
    opened(page, qtbot)
    strike(Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: bool(trials.asked), timeout=WITHIN_MS)
    ((rule, pieces, keeps_stills),) = trials.asked
    assert rule == page.draft.rule and not keeps_stills, "an administrator may not look at recordings"
    assert [(piece.path, piece.begins_s) for piece in pieces] == [(FOLDER / "a minute.mp4", 1800.0)]

    assert trials.told is not None
    hit = TrialHit(at_s=1810.0, label="car", score=0.7, dwell_s=10.0, box=(0.2, 0.2, 0.4, 0.4))
    trials.told(TrialLine(pieces=0, at_s=1810.0, looks=30, hit=hit))
    trials.told(TrialLine(pieces=1, at_s=1860.0, looks=180, is_over=True))
    assert "Alarms: 1, in 180 looks; that is all" in page.trying.words
    (row,) = page.trying.hits.model_rows.rows
    assert row.cells == ("09:30:10", "Car 70%", "10 s")

    corners = page.draft.corners
    QTest.mouseDClick(page.surface, Qt.MouseButton.LeftButton, pos=spot(page, (0.5, 0.1)))
    assert page.draft.corners == corners, "what is being tried stays as it is"
    strike(Qt.Key.Key_Escape)
    assert trials.ends == 1 and page.table.isVisible()
    assert seat.city.audit_verbs()[-1] == "try_rule"


def test_a_trial_without_recordings_or_with_unread_files_never_says_that_all_was_quiet(
    page: ZonesPage, trials: Trials, qtbot: QtBot
) -> None:
    opened(page, qtbot)
    strike(Qt.Key.Key_Y)
    qtbot.waitUntil(lambda: "Nothing was recorded" in page.line.words, timeout=WITHIN_MS)
    assert not trials.asked
    page.try_on_file("/a/clip.mp4")
    assert trials.told is not None and trials.asked[0][2], "whose file it is sees it"
    trials.told(TrialLine(pieces=1, at_s=0.0, looks=0, unread=1, is_over=True))
    assert "could not be read" in page.trying.words and "says nothing about the rule" in page.trying.words


def test_the_page_has_a_place_in_the_window_and_an_icon() -> None:
    assert "zones" in ICONS and any(room[0] == "zones" for room in ROOMS)


def test_copies_go_to_all_cameras_or_to_none(seat: Seat) -> None:
    rules, gone = kept(seat), CameraId("never")
    with pytest.raises(Stale):
        seat.city.rules.copy(KEEPER, rules, [CAMERA, gone])
    assert kept(seat) == rules


def test_what_looking_at_parts_costs_is_said_before_it_is_chosen(page: ZonesPage, qtbot: QtBot) -> None:
    opened(page, qtbot)
    assert page.figures is not None and page.draft.rule is not None
    field = page.figures.tiling
    assert [field.itemText(at) for at in range(field.count())] == [
        "the whole picture",
        "2 × 1 parts and the whole: as much work as 3 cameras",
        "2 × 2 parts and the whole: as much work as 5 cameras",
        "3 × 2 parts and the whole: as much work as 7 cameras",
    ]
    field.setCurrentIndex(2)
    assert page.draft.rule.tiling is Tiling.FOUR and page.draft.is_changed


def test_a_rule_switched_off_looks_at_nothing_and_keeps_its_figures(seat: Seat) -> None:
    off = tuple(replace(rule, is_on=False) for rule in kept(seat))
    seat.city.rules.keep(KEEPER, CAMERA, off, kept(seat))
    with seat.city.units.read() as unit:
        camera: Camera = unit.directory.camera(CAMERA)
    assert camera.rules == off and not camera.is_watched
    assert not any(rule.looks_at(seat.city.clock.now()) for rule in camera.rules)
    assert CAMERA not in {one.camera_id for one in seat.city.wall.watched(KEEPER)}

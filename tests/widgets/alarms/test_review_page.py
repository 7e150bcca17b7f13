"""The review page by keyboard, over real desks: what an operator presses, and what the city's records say then."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QLabel

from console.application.alarm_review import Filing
from console.application.read_models import MissingEvidence
from console.domain.accounts import Actor
from console.domain.alarms import Alarm, AlarmStage, DismissReason, Priority
from console.domain.events import AlarmsChanged
from console.domain.ids import AlarmId
from console.words import ENGLISH
from tests.application.city import OTHER_TEAM, PARKING, TEAM, City, person
from tests.widgets.desks import Seat, until
from tests.widgets.reviewing import clip
from widgets.alarms.review_page import ReviewPage
from widgets.common import theme
from widgets.state import review as r
from widgets.state.player import Control
from widgets.state.telling import Told


def alarm_of(city: City, alarm_id: AlarmId) -> Alarm:
    with city.units.read() as unit:
        return unit.alarms.get(alarm_id)


def opened(seat: Seat, actor: Actor) -> ReviewPage:
    page: ReviewPage = seat.review(actor)
    until(seat.qtbot, lambda: page.state.sheet is not None or not page.state.rows)
    until(seat.qtbot, lambda: bool(page.state.categories))
    return page


def two_places(city: City) -> tuple[AlarmId, AlarmId]:
    """Raise two alarms that do not absorb each other: the second after the first was re-classed away."""
    first = city.hit("hit-1")
    with city.units.write() as unit:
        alarm = unit.alarms.get(first)
        alarm.rule = None
        unit.alarms.save(alarm)
        unit.commit()
    city.clock.wait(seconds=1)
    return first, city.hit("hit-2")


def test_y_and_enter_file_a_case_and_the_line_says_how_to_undo(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "Y", "Enter")
    until(seat.qtbot, lambda: page.state.undoable is not None)
    (case,) = seat.city.cases.list(person("李文静"))
    assert alarm_of(seat.city, alarm_id).case_id == case.case_id
    assert case.number in page._line.words and "U" in page._line.words


def test_u_takes_the_filing_back_and_the_alarm_waits_again(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "Y", "Enter")
    until(seat.qtbot, lambda: page.state.undoable is not None)
    seat.strike(page, "U")
    until(seat.qtbot, lambda: page.state.selected == alarm_id)
    assert alarm_of(seat.city, alarm_id).stage is AlarmStage.WAITING
    assert seat.city.cases.list(person("李文静"))[0].stage == "void"


def test_enter_alone_claims_and_files_nothing(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "Enter")
    until(seat.qtbot, lambda: alarm_of(seat.city, alarm_id).claim is not None)
    seat.strike(page, "Enter", "Enter")
    until(seat.qtbot, lambda: page.state.busy is None)
    assert alarm_of(seat.city, alarm_id).stage is AlarmStage.WAITING
    assert not seat.city.cases.list(person("李文静"))


def test_n_and_a_digit_dismiss_once(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "N", "3", "3")
    until(seat.qtbot, lambda: alarm_of(seat.city, alarm_id).stage is AlarmStage.DISMISSED)
    until(seat.qtbot, lambda: page.state.busy is None)
    verdicts = alarm_of(seat.city, alarm_id).verdicts
    assert [verdict.reason for verdict in verdicts] == [DismissReason.ALREADY_GONE]


def test_a_held_key_moves_or_seeks_at_most_and_never_decides(seat: Seat, li: Actor) -> None:
    page = opened(seat, li)
    repeating = {shortcut.key().toString() for shortcut in page._shortcuts if shortcut.autoRepeat()}
    assert repeating == {"Up", "Down", "K", "J", "PgUp", "PgDown", "Left", "Right"}


def test_p_and_a_digit_put_it_off(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "P", "2")
    until(seat.qtbot, lambda: alarm_of(seat.city, alarm_id).postponed_until is not None)
    until(seat.qtbot, lambda: page.state.rows == ())


def test_m_and_a_digit_merge_into_the_open_case_of_the_place(seat: Seat, li: Actor) -> None:
    filed = seat.city.filed(li, "hit-0")
    alarm_id = seat.city.hit("hit-1")
    page = opened(seat, li)
    seat.strike(page, "M", "1")
    until(seat.qtbot, lambda: alarm_of(seat.city, alarm_id).stage is AlarmStage.MERGED)
    assert alarm_of(seat.city, alarm_id).verdicts[-1].merged_into == filed.number


def test_a_changed_route_needs_its_reason_and_goes_to_the_other_unit(seat: Seat, li: Actor) -> None:
    seat.city.hit()
    page = opened(seat, li)
    other = next(str(at + 1) for at, unit in enumerate(page.state.units) if unit.unit_id == OTHER_TEAM)
    seat.strike(page, "Y", "R", other, "1", "Enter")
    until(seat.qtbot, lambda: bool(seat.city.cases.list(person("李文静"))))
    with seat.city.units.read() as unit:
        case = unit.cases.get(seat.city.filed_case_id())
    assert case.unit_id == OTHER_TEAM
    assert case.steps[-1].facts["reason"] == "That unit is on the spot already"


def test_letters_are_text_in_the_reason_field_and_enter_there_only_takes_the_reason(seat: Seat, li: Actor) -> None:
    seat.city.hit()
    page = opened(seat, li)
    other = next(str(at + 1) for at, unit in enumerate(page.state.units) if unit.unit_id == OTHER_TEAM)
    seat.strike(page, "R", other, "/")
    field = page._choices.typed
    assert field.hasFocus()
    QTest.keyClicks(field, "ny1 kj")
    assert field.text() == "ny1 kj"
    seat.strike(page, "Enter")
    assert page.state.mode == r.FilingMode(unit_id=OTHER_TEAM, reason="ny1 kj")
    assert not seat.city.cases.list(person("李文静"))
    seat.strike(page, "Enter")
    until(seat.qtbot, lambda: bool(seat.city.cases.list(person("李文静"))))


def test_after_a_verdict_the_next_alarm_is_selected_and_the_list_keeps_the_focus(seat: Seat, li: Actor) -> None:
    first, second = two_places(seat.city)
    page = opened(seat, li)
    assert page.state.selected == first
    seat.strike(page, "N", "1")
    until(seat.qtbot, lambda: page.state.selected == second)
    assert page._queue.view.hasFocus()
    assert page._queue.view.currentIndex().row() == 0


def test_what_another_seat_decided_is_said_and_nothing_is_filed_twice(seat: Seat, li: Actor, wang: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "Y")
    seat.city.review.dismiss(wang, alarm_id, DismissReason.OTHER)
    seat.strike(page, "Enter")
    until(seat.qtbot, lambda: "王磊" in page._line.words)
    assert not seat.city.cases.list(person("李文静"))


def test_what_another_seat_holds_says_who_and_stays_theirs(seat: Seat, li: Actor, wang: Actor) -> None:
    alarm_id = seat.city.hit()
    seat.city.review.claim(wang, alarm_id)
    page = opened(seat, li)
    seat.strike(page, "N", "1")
    assert "王磊" in page._line.words and "03" in page._line.words
    claim = alarm_of(seat.city, alarm_id).claim
    assert claim is not None and claim.display_name == "王磊"


def test_ones_own_claim_is_renewed_while_the_alarm_is_open(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "Enter")
    until(seat.qtbot, lambda: page.state.row is not None and page.state.is_mine(page.state.row))
    first = alarm_of(seat.city, alarm_id).claim
    seat.city.clock.wait(seconds=61)

    def renewed() -> bool:
        claim = alarm_of(seat.city, alarm_id).claim
        return first is not None and claim is not None and claim.until > first.until

    until(seat.qtbot, renewed)


def test_o_releases_the_claim(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.strike(page, "Enter")
    until(seat.qtbot, lambda: page.state.row is not None and page.state.is_mine(page.state.row))
    seat.strike(page, "O")
    until(seat.qtbot, lambda: alarm_of(seat.city, alarm_id).claim is None)


def test_a_acknowledges_and_claims_nothing(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit(priority=Priority.HIGH)
    page = opened(seat, li)
    seat.strike(page, "A")
    until(seat.qtbot, lambda: alarm_of(seat.city, alarm_id).acknowledged_by == li.display_name)
    assert alarm_of(seat.city, alarm_id).claim is None


def test_t_asks_for_the_speakers_of_this_camera(seat: Seat, li: Actor) -> None:
    seat.city.hit()
    page = opened(seat, li)
    with seat.qtbot.waitSignal(page.speak_asked) as asked:
        seat.strike(page, "T")
    assert asked.args == ["cam01"]


def test_an_empty_queue_says_whether_anybody_is_looking(seat: Seat, li: Actor) -> None:
    page = opened(seat, li)
    seat.words.speak(ENGLISH)
    page.retranslate()
    assert "not known" in page._queue._empty.text()
    page.note_sight(r.Sight(cameras=9, unseen=0))
    assert "All 9 cameras are watched" in page._queue._empty.text()
    page.note_sight(r.Sight(cameras=9, unseen=2))
    assert "2 of 9 cameras cannot be seen" in page._queue._empty.text()
    page.note_sight(None)  # the station went away
    assert "not known" in page._queue._empty.text()


def test_a_change_of_language_keeps_selection_mode_and_what_was_written(seat: Seat, li: Actor) -> None:
    seat.city.hit()
    page = opened(seat, li)
    other = next(str(at + 1) for at, unit in enumerate(page.state.units) if unit.unit_id == OTHER_TEAM)
    seat.strike(page, "R", other, "/")
    QTest.keyClicks(page._choices.typed, "near")
    before = page.state
    seat.words.speak(ENGLISH)
    page.retranslate()
    assert page.state == before
    assert page._choices.typed.text() == "near" and page._choices.typed.hasFocus()
    assert page._verdicts.buttons["Y"].text() == "Confirm"


def test_the_queue_obeys_qt_and_keeps_the_selected_row_where_it_stands(seat: Seat, li: Actor) -> None:
    first, second = two_places(seat.city)
    page = opened(seat, li)
    tester = QAbstractItemModelTester(
        page._queue.model, QAbstractItemModelTester.FailureReportingMode.Fatal, page._queue
    )
    seat.strike(page, "Down")
    until(seat.qtbot, lambda: page.state.selected == second)
    where = page._queue.view.visualRect(page._queue.view.currentIndex()).top()
    with seat.city.units.write() as unit:
        alarm = unit.alarms.get(second)
        alarm.rule = None
        unit.alarms.save(alarm)
        unit.commit()
    high = seat.city.hit("hit-3", priority=Priority.HIGH)
    page.refresh()
    until(seat.qtbot, lambda: page.state.new_above == 1)
    assert page._queue.view.visualRect(page._queue.view.currentIndex()).top() == where
    assert page._queue._above.isVisible()
    seat.strike(page, "Home")
    until(seat.qtbot, lambda: page.state.selected == high)
    assert tester is not None and page._queue.model.rowCount() == 3
    assert first in [row.alarm_id for row in page.state.rows]


def test_a_case_that_cannot_be_filed_leaves_the_alarm_waiting(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    with seat.city.units.write() as unit:
        unit.directory.put_routing(())
        unit.commit()
    seat.strike(page, "Y", "Enter")
    until(seat.qtbot, lambda: page.state.busy is None and page._line.words != "")
    assert alarm_of(seat.city, alarm_id).stage is AlarmStage.WAITING
    assert not seat.city.cases.list(person("李文静"))


def test_a_verdict_by_mouse_is_the_same_as_its_key(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    QTest.mouseClick(page._verdicts.buttons["N"], Qt.MouseButton.LeftButton)
    assert page.state.mode == r.Dismissing()
    QTest.mouseClick(page._choices._buttons[0], Qt.MouseButton.LeftButton)
    until(seat.qtbot, lambda: alarm_of(seat.city, alarm_id).stage is AlarmStage.DISMISSED)


def test_a_confirmed_alarm_is_not_confirmed_again_by_the_other_seat(seat: Seat, li: Actor, wang: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    seat.city.review.confirm(wang, alarm_id, Filing(PARKING, "1"))
    seat.city.cases.file(wang, alarm_id)
    seat.strike(page, "Y", "Enter")
    until(seat.qtbot, lambda: page.state.busy is None and page._line.words != "")
    (case,) = seat.city.cases.list(person("李文静"))
    with seat.city.units.read() as unit:
        assert unit.cases.get(seat.city.filed_case_id()).unit_id == TEAM
    assert case.number.endswith("0001")


def test_the_clip_plays_in_the_picture_and_space_is_its_key(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    with seat.city.units.write() as unit:
        unit.evidence.add(clip("clip-1", alarm_id))
        unit.commit()
    page = opened(seat, li)
    until(seat.qtbot, lambda: seat.clips.opened == ["clip-1"])
    seat.clips.playbacks[0].note_position(2.0, 12.0, True)
    seat.strike(page, "Space")
    assert seat.clips.sent[-1] == Control("pause")


def test_a_clip_that_cannot_be_played_says_why_over_the_still(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    with seat.city.units.write() as unit:
        unit.evidence.add(clip("clip-1", alarm_id))
        unit.commit()
    page = opened(seat, li)
    until(seat.qtbot, lambda: bool(seat.clips.playbacks))
    seat.clips.playbacks[0].note_failed(Told("The picture cannot be read.", {}, True))
    assert page._picture._caption == "画面读不出来。"


def test_larger_type_reaches_every_label_of_the_page(seat: Seat, li: Actor, qapp: QApplication) -> None:
    seat.city.hit()
    page = opened(seat, li)
    before = page._subject._matter.font().pixelSize()
    theme.set_text_size(qapp, 130)
    page.retranslate()
    try:
        assert page._subject._matter.font().pixelSize() == round(before * 1.3)
    finally:
        theme.set_text_size(qapp, 100)


def test_a_clip_that_arrives_while_its_alarm_is_open_begins_to_play(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    page = opened(seat, li)
    assert seat.clips.opened == []
    seat.city.intake.keep_evidence(clip("clip-1", alarm_id))
    page.note_news(AlarmsChanged(at=seat.city.clock.now(), alarm_ids=(alarm_id,)))
    until(seat.qtbot, lambda: seat.clips.opened == ["clip-1"])


def test_the_page_says_which_clip_is_missing_and_why(seat: Seat, li: Actor) -> None:
    alarm_id = seat.city.hit()
    why = MissingEvidence(
        kind="clip",
        remark="",
        sentence="The clip could not be written: {reason}.",
        values={"reason": "No space left on device"},
    )
    seat.city.intake.note_missing(alarm_id, why)
    page = opened(seat, li)
    said = "\n".join(label.text() for label in page.findChildren(QLabel))
    assert seat.words.say("The clip is missing: {why}", why=seat.words.say(why.sentence, **why.values)) in said

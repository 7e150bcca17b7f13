"""What goes into the records comes out again, whole."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone

import pytest

from console.application.errors import Stale
from console.domain.alarms import AlarmStage
from console.domain.cases import Stage
from console.domain.ids import (
    AccountId,
    AlarmId,
    CameraId,
    CaseId,
    CategoryCode,
    EvidenceId,
    RecheckId,
    SeatId,
    ShiftId,
    SpeakerId,
    TalkId,
    UnitId,
)
from console.domain.routing import RoutingRow, Unit
from console.domain.speaking import Phrase, Speaker
from console.domain.wall_views import Bookmark, Salvo, Tour, View, WallHabits
from console.domain.walls import LAYOUTS, Layer, Wall
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW, minutes
from tests.infrastructure.database.conftest import OpenDatabase


def test_an_alarm_comes_back_with_its_claim_and_every_verdict(units: SqlUnitsOfWork) -> None:
    for alarm in (builders.alarm("plain", rule=None), builders.reviewed_alarm()):
        with units.write() as unit:
            unit.alarms.add(alarm)
            unit.commit()
        with units.read() as unit:
            assert unit.alarms.get(alarm.alarm_id) == alarm
            assert unit.alarms.with_hit(alarm.hit_id) == alarm


def test_a_case_comes_back_with_its_steps_its_orders_and_its_rechecks(units: SqlUnitsOfWork) -> None:
    case, plain = builders.closed_case(), builders.case("case-2")
    orders = [builders.tried_order(), builders.order("order-2", made_at=NOW + minutes(1))]
    rechecks = [builders.done_recheck(), builders.recheck("recheck-2", asked_at=NOW + minutes(1))]
    with units.write() as unit:
        # In any order: that an order has its case is asked at the end.
        for order in orders:
            unit.orders.add(order)
        for recheck in rechecks:
            unit.rechecks.add(recheck)
        unit.cases.add(case)
        unit.cases.add(plain)
        unit.commit()
    with units.read() as unit:
        assert unit.cases.get(case.case_id) == case
        assert unit.cases.get(plain.case_id) == plain
        assert unit.orders.of_receipt(UnitId("traffic"), orders[0].receipt) == orders[0]
        assert unit.orders.of_receipt(UnitId("other"), orders[0].receipt) is None
        assert unit.orders.of_receipt(UnitId("traffic"), "") is None
        assert list(unit.orders.of_case(case.case_id)) == orders
        assert unit.orders.get("order-1") == orders[0]
        assert list(unit.rechecks.of_case(case.case_id)) == rechecks
        assert unit.rechecks.get(rechecks[0].recheck_id) == rechecks[0]


def test_evidence_comes_back_with_its_custody_in_the_order_it_was_noted(units: SqlUnitsOfWork) -> None:
    clip = builders.evidence()
    photo = builders.evidence(
        "photo-1",
        begins_at=NOW - minutes(1),
        media_time_s=None,
        camera_id=None,
        captured_at=None,
        clock_offset_s=None,
        rule=None,
    )
    lines = [builders.custody(act=act) for act in ("sealed", "viewed", "exported")]
    with units.write() as unit:
        unit.evidence.add(clip)
        unit.evidence.add(photo)
        for line in lines:
            unit.evidence.note(line)
        unit.commit()
    with units.read() as unit:
        assert unit.evidence.get(clip.evidence_id) == clip
        assert list(unit.evidence.of_subject("alarm-1")) == [photo, clip]
        assert list(unit.evidence.custody(clip.evidence_id)) == lines
        assert list(unit.evidence.custody(photo.evidence_id)) == []


def test_a_talk_session_comes_back_and_holds_its_speakers_until_it_is_over(units: SqlUnitsOfWork) -> None:
    going_on, over = builders.talk(), builders.spoken_talk()
    over.talk_id = TalkId("talk-2")
    first, other = going_on.speaker_ids[0], SpeakerId("speaker-9")
    with units.write() as unit:
        unit.talks.add(going_on)
        unit.talks.add(over)
        unit.commit()
    with units.read() as unit:
        assert unit.talks.get(going_on.talk_id) == going_on
        assert unit.talks.get(over.talk_id) == over
        assert list(unit.talks.on_speaker(first, NOW)) == [going_on]
        assert list(unit.talks.on_speaker(first, NOW + minutes(1))) == []
        assert list(unit.talks.on_speaker(other, NOW)) == []


def test_people_and_their_shifts_come_back(units: SqlUnitsOfWork) -> None:
    wang, li = builders.account("wang"), builders.account("li", may_try_at=None, is_active=True)
    shift = builders.shift()
    with units.write() as unit:
        for account in (wang, li):
            unit.accounts.add(account)
        unit.shifts.add(shift)
        unit.commit()
    with units.write() as unit:
        assert unit.accounts.get(wang.account_id) == wang
        assert unit.accounts.named("li-signs-in") == li
        assert unit.accounts.named("nobody") is None
        assert list(unit.accounts.all()) == [li, wang]
        assert unit.shifts.open_at(SeatId("seat-2")) == shift
        assert unit.shifts.open_at(SeatId("seat-1")) is None
        shift.ended_at = NOW + minutes(480)
        unit.shifts.save(shift)
        unit.commit()
    with units.read() as unit:
        assert unit.shifts.open_at(SeatId("seat-2")) is None
        assert unit.shifts.get(shift.shift_id) == shift


def test_two_people_never_sit_at_one_seat(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.shifts.add(builders.shift("morning"))
        unit.commit()
    with pytest.raises(Stale), units.write() as unit:
        unit.shifts.add(builders.shift("noon"))


def test_the_directory_comes_back_as_the_administrator_left_it(units: SqlUnitsOfWork) -> None:
    camera, bare = builders.camera(), builders.camera("camera-2", number="0003", rules=(), speaker_ids=())
    speaker = Speaker(speaker_id=camera.speaker_ids[0], name="街口", driver="rtp", host="127.0.0.1", port=5004)
    unit_of_city = Unit(
        unit_id=UnitId("traffic"), zh="交警", en="Traffic police", address="http://t", credentials_name="u"
    )
    routing = (
        RoutingRow(row=1, unit_id=UnitId("traffic"), category_prefix="09"),
        RoutingRow(row=2, unit_id=UnitId("traffic"), grid_prefix="1408", begins=time(22), ends=time(6, 30)),
    )
    matter, phrase = builders.category(), Phrase(phrase_id="p1", zh="{place}的商户您好", en="Hello {place}")
    wall = Wall(layout=LAYOUTS[4], cameras=(CameraId("camera-1"), None, None, None, None, CameraId("camera-2")))
    with units.write() as unit:
        directory = unit.directory
        directory.put_camera(builders.camera(name="changed afterwards"))
        for entry in (camera, bare):
            directory.put_camera(entry)
        directory.put_speaker(speaker)
        directory.put_unit(unit_of_city)
        directory.put_routing(routing[:1])
        directory.put_routing(routing)
        directory.put_category(matter)
        directory.put_phrase(phrase)
        directory.put_calendar(builders.calendar())
        directory.put_calendar(builders.calendar())
        directory.put_wall(SeatId("seat-2"), wall)
        unit.commit()
    with units.read() as unit:
        directory = unit.directory
        assert directory.camera(camera.camera_id) == camera
        assert [entry.number for entry in directory.cameras()][:2] == ["0003", "0012"]
        assert list(directory.speakers()) == [speaker]
        assert list(directory.units()) == [unit_of_city]
        assert directory.routing() == routing
        assert list(directory.categories()) == [matter]
        assert directory.category(matter.code) == matter
        assert list(directory.phrases()) == [phrase]
        assert directory.calendar() == builders.calendar()
        assert directory.wall(SeatId("seat-2")) == wall
        assert directory.wall(SeatId("seat-3")) is None


def test_what_a_seat_keeps_of_its_wall_comes_back_and_no_other_seat_sees_it(units: SqlUnitsOfWork) -> None:
    shows: tuple[Wall | Salvo | Tour, ...] = (
        Wall(layout=LAYOUTS[6], cameras=(CameraId("camera-1"), None)),
        Salvo(((0, CameraId("camera-1")), (3, CameraId("camera-2")))),
        Tour(cameras=(CameraId("camera-1"),), dwell_s=30.0),
        Tour(views=("view-0", "view-1")),
    )
    seats = (SeatId("02"), SeatId("02"), None, SeatId("03"))
    views = [
        View(view_id=f"view-{at}", name=f"画面 {at}", number=at + 1, seat_id=seat, shows=shown)
        for at, (seat, shown) in enumerate(zip(seats, shows, strict=True))
    ]
    habits = WallHabits(layers=frozenset({Layer.BOXES, Layer.WATERMARK}), has_alarm_tile=True)
    early, late = (
        Bookmark(
            bookmark_id=name,
            camera_id=CameraId("camera-1"),
            at=datetime(2026, 11, 22, 3, tzinfo=UTC),
            words="红车",
            made_by="李",
            seat_id=SeatId("02"),
            made_at=datetime(2026, 11, 22, hour, tzinfo=UTC),
        )
        for name, hour in (("early", 3), ("late", 4))
    )
    with units.write() as unit:
        for view in views:
            unit.wall_book.put_view(view)
        unit.wall_book.put_habits(SeatId("02"), WallHabits())
        unit.wall_book.put_habits(SeatId("02"), habits)
        unit.wall_book.add_bookmark(early)
        unit.wall_book.add_bookmark(late)
        unit.commit()
    with units.write() as unit:
        unit.wall_book.remove_view("view-1")
        unit.commit()
    with units.read() as unit:
        book = unit.wall_book
        assert sorted(book.views(SeatId("02")), key=lambda view: view.number) == [views[0], views[2]]
        assert sorted(book.views(SeatId("03")), key=lambda view: view.number) == [views[2], views[3]]
        assert book.habits(SeatId("02")) == habits and book.habits(SeatId("03")) is None
        assert list(book.bookmarks(5)) == [late, early] and list(book.bookmarks(1)) == [late]


def test_a_city_without_a_calendar_works_by_chinese_office_hours(units: SqlUnitsOfWork) -> None:
    with units.read() as unit:
        calendar = unit.directory.calendar()
    friday_evening = datetime(2026, 11, 20, 17, tzinfo=timezone(timedelta(hours=8)))
    assert calendar.after(friday_evening, timedelta(hours=2)) == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_everything_is_still_there_after_a_restart(units: SqlUnitsOfWork, open_it: OpenDatabase) -> None:
    alarm = builders.reviewed_alarm()
    with units.write() as unit:
        unit.alarms.add(alarm)
        unit.audit.append(builders.facts())
        unit.commit()
    with SqlUnitsOfWork(open_it()).read() as unit:
        lines = unit.audit.lines(0, 10)
        assert unit.alarms.get(alarm.alarm_id) == alarm
    assert [line.facts.verb for line in lines] == ["confirm"]


def test_a_moment_of_another_zone_is_kept_as_the_same_moment_in_utc(units: SqlUnitsOfWork) -> None:
    local = NOW.astimezone(timezone(timedelta(hours=8)))
    with units.write() as unit:
        unit.alarms.add(builders.alarm(raised_at=local))
        unit.commit()
    with units.read() as unit:
        kept = unit.alarms.get(AlarmId("alarm-1")).raised_at
    assert kept == NOW
    assert kept.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(units: SqlUnitsOfWork) -> None:
    naive = NOW.replace(tzinfo=None)
    with pytest.raises(Exception, match="without a zone"), units.write() as unit:
        unit.alarms.add(builders.alarm(raised_at=naive))


def test_what_is_not_there_is_said_to_have_gone(units: SqlUnitsOfWork) -> None:
    with units.read() as unit:
        for ask in (
            lambda: unit.alarms.get(AlarmId("x")),
            lambda: unit.cases.get(CaseId("x")),
            lambda: unit.orders.get("x"),
            lambda: unit.evidence.get(EvidenceId("x")),
            lambda: unit.rechecks.get(RecheckId("x")),
            lambda: unit.talks.get(TalkId("x")),
            lambda: unit.accounts.get(AccountId("x")),
            lambda: unit.shifts.get(ShiftId("x")),
            lambda: unit.directory.camera(CameraId("x")),
            lambda: unit.directory.category(CategoryCode("x")),
        ):
            with pytest.raises(Stale):
                ask()


def test_an_open_alarm_is_found_by_the_category_it_was_raised_with_and_by_its_new_one(
    units: SqlUnitsOfWork,
) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm())
        unit.alarms.add(builders.alarm("elsewhere", rule=replace(builders.RULE, zone_name="另一处")))
        unit.commit()
    with units.write() as unit:
        alarm = unit.alarms.get(AlarmId("alarm-1"))
        alarm.reclass(builders.FIRE_LANE, AccountId("wang"), NOW)
        unit.alarms.save(alarm)
        unit.commit()
    zone = builders.RULE.zone_name
    with units.read() as unit:
        for category in (builders.PARKING, builders.FIRE_LANE):
            found = unit.alarms.waiting_at(builders.CAMERA, zone, category)
            assert found is not None
            assert found.alarm_id == "alarm-1"
        assert unit.alarms.waiting_at(builders.CAMERA, zone, CategoryCode("06010")) is None
        assert unit.alarms.waiting_at(CameraId("other"), zone, builders.PARKING) is None


def test_a_decided_alarm_is_no_longer_open(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm(stage=AlarmStage.DISMISSED))
        unit.commit()
    with units.read() as unit:
        assert unit.alarms.waiting_at(builders.CAMERA, builders.RULE.zone_name, builders.PARKING) is None


def test_cases_whose_unit_may_answer_are_those_delivered_and_not_closed(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        for stage in Stage:
            unit.cases.add(builders.case(stage.value, stage=stage))
        unit.commit()
    with units.read() as unit:
        assert {case.stage.value for case in unit.cases.with_unit()} == {"delivered", "handled", "checked"}


def test_unwatched_time_is_counted_once_and_only_within_the_span(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        note = unit.watching.note_unwatched
        note(builders.CAMERA, NOW - minutes(5), NOW + minutes(2))  # begins before the span
        note(builders.CAMERA, NOW + minutes(1), NOW + minutes(3))  # overlaps
        note(builders.CAMERA, NOW + minutes(1), NOW + minutes(2))  # lies within
        note(CameraId("camera-2"), NOW + minutes(9), NOW + minutes(30))  # ends after the span
        note(CameraId("camera-3"), NOW + minutes(11), NOW + minutes(12))  # beside it
        unit.commit()
    with units.read() as unit:
        assert unit.watching.unwatched_s(NOW, NOW + minutes(10)) == {"camera-1": 180.0, "camera-2": 60.0}

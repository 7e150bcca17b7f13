"""What the lists and pages show."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.application.errors import Stale
from console.application.read_models import AlarmRow, Backlog, CaseRow, DeliveryRow
from console.domain.alarms import AlarmStage, Priority, Source
from console.domain.cases import RecheckAnswer, Stage
from console.domain.evidence import EvidenceKind
from console.domain.ids import AlarmId, CameraId, CaseId, TalkId, UnitId
from console.domain.outbox import OrderStage
from console.domain.rechecks import RecheckStage
from console.domain.routing import Unit
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from tests.infrastructure.database import builders
from tests.infrastructure.database.builders import NOW, minutes

ELSEWHERE = replace(builders.RULE, zone_name="另一处")


@pytest.fixture(autouse=True)
def city(units: SqlUnitsOfWork) -> None:
    with units.write() as unit:
        unit.directory.put_camera(builders.camera())
        unit.directory.put_category(builders.category())
        unit.directory.put_unit(Unit(unit_id=UnitId("traffic"), zh="交警大队", en="Traffic police", address=""))
        unit.commit()


def test_the_queue_shows_high_before_medium_before_low_and_older_first(
    units: SqlUnitsOfWork, queries: SqlQueries
) -> None:
    with units.write() as unit:
        for name, priority, after in (
            ("d", Priority.LOW, 0),
            ("c", Priority.MEDIUM, 5),
            ("b", Priority.MEDIUM, 1),
            ("a", Priority.HIGH, 9),
        ):
            unit.alarms.add(builders.alarm(name, priority=priority, raised_at=NOW + minutes(after)))
        unit.commit()
    assert [row.alarm_id for row in queries.alarm_queue(NOW, 10)] == ["a", "b", "c", "d"]
    assert [row.alarm_id for row in queries.alarm_queue(NOW, 2)] == ["a", "b"]


def test_the_queue_leaves_out_what_is_decided_or_postponed(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    with units.write() as unit:
        unit.alarms.add(builders.alarm("waiting"))
        unit.alarms.add(builders.alarm("postponed", postponed_until=NOW + minutes(5)))
        unit.alarms.add(builders.alarm("decided", stage=AlarmStage.MERGED))
        unit.commit()
    assert [row.alarm_id for row in queries.alarm_queue(NOW, 10)] == ["waiting"]
    assert {row.alarm_id for row in queries.alarm_queue(NOW + minutes(5), 10)} == {"waiting", "postponed"}


def test_a_row_of_the_queue_says_all_the_list_shows(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    alarm = builders.reviewed_alarm()
    with units.write() as unit:
        unit.alarms.add(alarm)
        unit.evidence.add(builders.evidence("clip"))
        unit.evidence.add(builders.evidence("later", kind=EvidenceKind.STILL, begins_at=NOW + minutes(1)))
        unit.evidence.add(builders.evidence("still", kind=EvidenceKind.STILL, path="2026/11/22/still.jpg"))
        unit.commit()
    assert list(queries.alarm_queue(NOW + minutes(5), 10)) == [
        AlarmRow(
            alarm_id="alarm-1",
            camera_id="camera-1",
            camera_number="0012",
            camera_name="河东街口",
            category="09009",
            category_zh="机动车乱停放",
            category_en="Vehicle parked where it may not",
            source=Source.VIDEO,
            address=builders.PLACE.address,
            priority=Priority.MEDIUM,
            stage=AlarmStage.WAITING,
            raised_at=NOW,
            acknowledged_at=NOW + minutes(1),
            claimed_by="王芳",
            claimed_seat="seat-2",
            claimed_until=NOW + minutes(6),
            postponed_until=NOW + minutes(5),
            hits=4,
            still_path="2026/11/22/still.jpg",
        )
    ]


def test_an_alarm_of_a_camera_that_left_the_directory_is_still_shown(
    units: SqlUnitsOfWork, queries: SqlQueries
) -> None:
    alarm = builders.alarm(camera_id=CameraId("gone"), category=builders.FIRE_LANE, rule=None)
    with units.write() as unit:
        unit.alarms.add(alarm)
        unit.commit()
    (row,) = queries.alarm_queue(NOW, 10)
    assert (row.camera_number, row.category, row.category_zh, row.claimed_by, row.still_path) == (
        "",
        "09012",
        "",
        "",
        "",
    )
    assert queries.alarm_card(alarm.alarm_id).address == builders.PLACE.address


def test_the_card_tells_the_place_its_past_and_its_open_cases(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    alarm = builders.reviewed_alarm()
    clip, still = builders.evidence("clip"), builders.evidence("still", kind=EvidenceKind.STILL)
    of_another = builders.evidence("other", subject_id="alarm-2")
    confirmed = AlarmStage.CONFIRMED
    with units.write() as unit:
        unit.alarms.add(alarm)
        for item in (clip, still, of_another):
            unit.evidence.add(item)
        for name, changes in {
            "yesterday": {"raised_at": NOW - timedelta(days=1), "stage": confirmed},
            "long ago": {"raised_at": NOW - timedelta(days=31), "stage": confirmed},
            "30 days ago": {"raised_at": NOW - timedelta(days=30), "stage": AlarmStage.DISMISSED},
            "afterwards": {"raised_at": NOW + minutes(1), "stage": confirmed},
            "elsewhere": {"raised_at": NOW - timedelta(days=1), "rule": ELSEWHERE, "stage": confirmed},
        }.items():
            unit.alarms.add(builders.alarm(name, **changes))
        own = {"camera_id": builders.CAMERA, "alarm_id": "another"}
        unit.cases.add(builders.case(camera_id=builders.CAMERA))  # its own
        unit.cases.add(builders.case("older", filed_at=NOW - minutes(9), stage=Stage.DELIVERED, **own))
        unit.cases.add(builders.case("open", **own))
        unit.cases.add(builders.case("closed", stage=Stage.CLOSED, **own))
        unit.cases.add(builders.case("void", stage=Stage.VOID, **own))
        unit.cases.add(builders.case("elsewhere", alarm_id="another"))
        unit.commit()
    card = queries.alarm_card(alarm.alarm_id)
    assert card.row.alarm_id == "alarm-1"
    assert (card.address, card.grid_cell, card.street, card.community) == (
        "河东街 12 号",
        "140802001002003",
        "中城街道",
        "河东社区",
    )
    assert (card.began_at, card.last_hit_at) == (alarm.began_at, alarm.last_hit_at)
    assert card.rule == alarm.rule
    assert card.evidence == (clip, still)
    assert card.verdicts == tuple(alarm.verdicts)
    assert (card.case_id, card.case_number) == ("case-1", "YC20261122-case-1")
    assert card.open_cases_here == ("YC20261122-older", "YC20261122-open")
    assert (card.alarms_here_30_days, card.confirmed_here_30_days) == (2, 1)


def test_what_has_gone_is_said_to_have_gone(queries: SqlQueries) -> None:
    with pytest.raises(Stale):
        queries.alarm_card(AlarmId("x"))
    with pytest.raises(Stale):
        queries.case_page(CaseId("x"))


def test_the_case_list_is_read_page_by_page_newest_first_each_case_once(
    units: SqlUnitsOfWork, queries: SqlQueries
) -> None:
    with units.write() as unit:
        for number in range(10):  # two at each moment
            unit.cases.add(builders.case(f"case-{number}", filed_at=NOW + minutes(number // 2)))
        unit.commit()
    seen: list[str] = []
    before = None
    while page := queries.case_list(3, before=before):
        seen += [row.case_id for row in page]
        before = (page[-1].filed_at, page[-1].case_id)
    assert seen == [f"case-{number}" for number in reversed(range(10))]


def test_a_row_of_the_case_list_says_all_the_list_shows(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    with units.write() as unit:
        unit.cases.add(builders.closed_case())
        unit.cases.add(builders.case("plain", filed_at=NOW - minutes(1), category=builders.FIRE_LANE))
        unit.commit()
    row, plain = queries.case_list(10)
    assert row == CaseRow(
        case_id="case-1",
        number="YC20261122-case-1",
        category="09009",
        category_zh="机动车乱停放",
        category_en="Vehicle parked where it may not",
        address="河东街 12 号",
        stage="closed",
        unit_zh="交警大队",
        unit_en="Traffic police",
        filed_at=NOW,
        due_at=NOW + minutes(120),
        handled_at=NOW + minutes(60),
        closed_at=NOW + minutes(70),
        recheck="cleared",
        near_at=NOW + minutes(100),
    )
    assert (plain.stage, plain.unit_zh, plain.category_en, plain.recheck, plain.due_at) == (
        "filed",
        "",
        "",
        "",
        None,
    )


def test_the_case_page_brings_together_all_that_belongs_to_a_case(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    case, alarm, again = builders.closed_case(), builders.reviewed_alarm(), builders.done_recheck()
    spoken = builders.spoken_talk()
    items = [
        builders.evidence("of the alarm", begins_at=NOW),
        builders.evidence("of the case", begins_at=NOW + minutes(1), subject_id="case-1"),
        builders.evidence("of the recheck", begins_at=NOW + minutes(2), subject_id="recheck-1"),
        builders.evidence("of the talk", begins_at=NOW + minutes(3), subject_id="talk-1"),
    ]
    with units.write() as unit:
        unit.cases.add(case)
        unit.cases.add(builders.case("case-2"))
        unit.alarms.add(alarm)
        for item in items:
            unit.evidence.add(item)
        unit.evidence.add(builders.evidence("of another", subject_id="case-2"))
        unit.orders.add(builders.tried_order())
        unit.orders.add(builders.order("order-0", made_at=NOW - minutes(1)))
        unit.orders.add(builders.order("of another", case_id=CaseId("case-2")))
        unit.rechecks.add(again)
        unit.rechecks.add(builders.recheck("of another", case_id=CaseId("case-2")))
        unit.talks.add(spoken)
        unit.talks.add(builders.talk("of nobody"))
        unit.commit()
    page = queries.case_page(case.case_id)
    assert page.case == case
    assert page.row in queries.case_list(10)
    assert page.row.case_id == "case-1"
    assert (page.camera_number, page.camera_name) == ("0012", "河东街口")
    assert page.rule == builders.RULE
    assert list(page.evidence) == items
    assert page.rechecks == (again,)
    assert page.talks == (spoken,)
    assert [delivery.kind for delivery in page.deliveries] == ["submit", "rework"]
    assert page.deliveries[1] == DeliveryRow(
        kind="rework",
        stage="parked",
        tries=3,
        made_at=NOW,
        not_before=NOW + minutes(1),
        next_try_at=NOW + minutes(2),
        failure="503",
        delivered_at=NOW + minutes(4),
    )


def test_the_backlog_counts_what_waits_and_nothing_else(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    assert queries.backlog() == Backlog(
        alarms_waiting=0, orders_waiting=0, oldest_order_at=None, orders_parked=0, rechecks_waiting=0
    )
    with units.write() as unit:
        unit.cases.add(builders.case())
        for number, stage in enumerate(AlarmStage):
            unit.alarms.add(builders.alarm(f"alarm-{number}", stage=stage))
        for number, order_stage in enumerate([*OrderStage, OrderStage.WAITING]):
            made_at = NOW - minutes(number)
            unit.orders.add(builders.order(f"order-{number}", stage=order_stage, made_at=made_at))
        unit.rechecks.add(builders.recheck())
        unit.rechecks.add(builders.recheck("done", stage=RecheckStage.DONE))
        unit.commit()
    assert queries.backlog() == Backlog(
        alarms_waiting=1,
        orders_waiting=2,
        oldest_order_at=NOW - minutes(4),
        orders_parked=1,
        rechecks_waiting=1,
    )


def test_a_span_holds_its_beginning_and_not_its_end(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    moments = {"before": -1.0, "first": 0.0, "last": 9.99, "after": 10.0}
    with units.write() as unit:
        for name, after in moments.items():
            unit.alarms.add(builders.alarm(name, raised_at=NOW + minutes(after)))
            unit.talks.add(builders.talk(name, ordered_at=NOW + minutes(after)))
        unit.commit()
    span = (NOW, NOW + minutes(10))
    assert [alarm.alarm_id for alarm in queries.alarms_between(*span)] == ["first", "last"]
    assert [talk.talk_id for talk in queries.talks_between(*span)] == ["first", "last"]


def test_a_case_belongs_to_a_span_if_anything_of_it_falls_there(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    long_ago, within, later = NOW - timedelta(days=9), NOW + minutes(5), NOW + timedelta(days=9)
    with units.write() as unit:
        unit.cases.add(builders.case("filed", filed_at=within))
        unit.cases.add(builders.case("handled", filed_at=long_ago, handled_at=within))
        unit.cases.add(builders.case("due", filed_at=long_ago, due_at=within))
        unit.cases.add(builders.case("closed", filed_at=long_ago, closed_at=within))
        unit.cases.add(builders.case("none", filed_at=long_ago, due_at=later, recheck=RecheckAnswer.CLEARED))
        unit.commit()
    found = queries.cases_between(NOW, NOW + minutes(10))
    assert [case.case_id for case in found] == ["closed", "due", "handled", "filed"]


def test_the_talk_log_begins_with_the_newest(units: SqlUnitsOfWork, queries: SqlQueries) -> None:
    with units.write() as unit:
        for number in range(4):
            unit.talks.add(builders.talk(f"talk-{number}", ordered_at=NOW + minutes(number)))
        unit.commit()
    assert [talk.talk_id for talk in queries.talk_log(2)] == [TalkId("talk-3"), TalkId("talk-2")]

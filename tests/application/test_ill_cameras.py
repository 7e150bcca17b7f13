"""Claims about cameras that are out of order: filed by one key, once, to whoever answers for the device."""

from dataclasses import replace
from datetime import timedelta

import pytest

from console.application.camera_sight import SightDesk
from console.domain.accounts import Actor, Scope
from console.domain.alarms import AlarmStage
from console.domain.camera_faults import OUT_OF_ORDER, FaultKind
from console.domain.cases import Stage
from console.domain.errors import DomainError, TransitionRefused
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import AlarmId, EvidenceId, UnitId
from console.domain.outbox import OrderStage
from console.domain.routing import RoutingRow, Unit
from tests.application.city import CAMERA, OTHER_TEAM, TEAM, City
from tests.application.ill_cameras import fall_ill


def own(city: City, owner: str) -> None:
    """Write a camera's owner into the directory, and the unit of that name into the units."""
    with city.units.write() as unit:
        unit.directory.put_camera(replace(unit.directory.camera(CAMERA), owner=owner))
        unit.directory.put_unit(Unit(unit_id=UnitId("u-7"), zh="视频运维公司", en="Video Upkeep", address="http://x"))
        unit.commit()


def route(city: City, unit_id: UnitId) -> None:
    with city.units.write() as unit:
        unit.directory.put_routing((RoutingRow(row=1, unit_id=unit_id, category_prefix="01"),))
        unit.commit()


@pytest.mark.parametrize("owner", ["视频运维公司", "video upkeep", "u-7"])
def test_a_covered_camera_goes_to_its_owner_with_both_pictures(city: City, li: Actor, owner: str) -> None:
    own(city, owner)
    route(city, TEAM)
    fault = fall_ill(city.units, city.clock.now())
    with city.units.write() as unit:
        for remark, earlier in (("ill", timedelta(0)), ("reference", timedelta(days=30))):
            unit.evidence.add(
                EvidenceItem(
                    evidence_id=EvidenceId(remark),
                    kind=EvidenceKind.STILL,
                    subject_id=fault,
                    path=f"2026/{remark}.jpg",
                    sha256="ab" * 32,
                    size_bytes=9,
                    begins_at=city.clock.now() - earlier,
                    camera_id=CAMERA,
                    remark=remark,
                )
            )
        unit.commit()

    filed = city.cases.file_fault(li, fault)

    assert filed.unit_id == "u-7"
    page = city.cases.page(li, filed.case_id)
    assert (page.case.category, page.case.filing_condition, page.case.camera_id) == (OUT_OF_ORDER, "3", CAMERA)
    with city.units.read() as unit:
        (order,) = unit.orders.of_case(filed.case_id)
        locked = {lock.evidence_id for lock in unit.locks.of_case(filed.case_id)}
    assert order.body["service_code"] == "01050"
    assert order.body["stills"] == ["2026/ill.jpg", "2026/reference.jpg"]
    assert order.body["remark"] == "镜头被遮挡，自 2026-11-23 09:59:00 起"
    assert {"ill", "reference"} <= locked


def test_a_camera_whose_owner_is_no_unit_goes_where_the_routing_table_says(city: City, li: Actor) -> None:
    own(city, "某物业")
    route(city, OTHER_TEAM)
    assert city.cases.file_fault(li, fall_ill(city.units, city.clock.now())).unit_id == OTHER_TEAM


def test_a_camera_nobody_answers_for_is_not_filed_and_says_what_to_do(city: City, li: Actor) -> None:
    fault = fall_ill(city.units, city.clock.now())
    with pytest.raises(DomainError, match="write its owner into the directory"):
        city.cases.file_fault(li, fault)
    with city.units.read() as unit:
        assert unit.alarms.with_hit(fault) is None and not city.cases.list(li)


def test_a_camera_is_filed_once_while_its_case_is_open_whatever_else_befalls_it(
    city: City, li: Actor, wang: Actor
) -> None:
    own(city, "u-7")
    city.cases.file_fault(li, fall_ill(city.units, city.clock.now()))
    with pytest.raises(TransitionRefused, match="filed already"):
        city.cases.file_fault(wang, "fault-1")
    with pytest.raises(TransitionRefused, match="filed already"):
        city.cases.file_fault(wang, fall_ill(city.units, city.clock.now(), name="f-2", kind=FaultKind.CLOCK_OFF))
    assert len(city.cases.list(li)) == 1


def test_a_filing_taken_back_is_withdrawn_and_the_camera_can_be_filed_again(city: City, li: Actor) -> None:
    own(city, "u-7")
    fault = fall_ill(city.units, city.clock.now())
    first = city.cases.file_fault(li, fault)
    city.cases.undo_filing(li, first.case_id)
    with city.units.read() as unit:
        assert unit.cases.get(first.case_id).stage is Stage.VOID
        assert [order.stage for order in unit.orders.of_case(first.case_id)] == [OrderStage.WITHDRAWN]
        assert unit.alarms.get(AlarmId(fault)).stage is AlarmStage.WAITING
    assert city.cases.file_fault(li, fault).case_id != first.case_id


@pytest.mark.parametrize(
    ("kind", "condition", "words"),
    [
        (FaultKind.TURNED, "1", "镜头偏离参考画面"),
        (FaultKind.BLACK, "2", "画面全黑"),
        (FaultKind.BLURRED, "3", "画面模糊"),
        (FaultKind.CLOCK_OFF, "2", "时钟偏差 -3.2 秒"),
    ],
)
def test_the_unit_reads_what_is_wrong_and_by_which_condition(
    city: City, li: Actor, kind: FaultKind, condition: str, words: str
) -> None:
    own(city, "u-7")
    filed = city.cases.file_fault(li, fall_ill(city.units, city.clock.now(), kind=kind))
    with city.units.read() as unit:
        assert unit.cases.get(filed.case_id).filing_condition == condition
        assert str(unit.orders.of_case(filed.case_id)[0].body["remark"]).startswith(words)


def test_the_list_of_ill_cameras_names_the_case_and_leaves_out_other_places(city: City, li: Actor) -> None:
    desk = SightDesk(city.units, city.gate)
    own(city, "u-7")
    fault = fall_ill(city.units, city.clock.now())
    assert [(one.fault.fault_id, one.case_number) for one in desk.ill(li)] == [(fault, "")]
    filed = city.cases.file_fault(li, fault)
    assert [(one.camera.number, one.case_number) for one in desk.ill(li)] == [("01", filed.number)]
    elsewhere = replace(li, scope=Scope(areas=frozenset({"330105"})))
    assert desk.ill(elsewhere) == []
    with city.units.write() as unit:
        unit.sight.put_fault(replace(unit.sight.fault(fault), ended_at=city.clock.now()))
        unit.commit()
    assert desk.ill(li) == []


def test_who_says_that_a_camera_looks_as_it_should_is_written_down(city: City, li: Actor) -> None:
    SightDesk(city.units, city.gate).renew_reference(li, city.line, CAMERA)
    assert city.audit_verbs()[-1] == "renew_reference"
    assert city.line.orders == [("reference", f"{CAMERA} by 李文静")]

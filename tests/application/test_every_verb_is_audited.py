"""Every verb of every desk leaves its line, with camera, span, reason and case where there are any.

Long because it is one day at all desks.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

import console.application
from console.application.alarm_intake import Report
from console.application.alarm_review import Filing
from console.application.audit_desk import AuditDesk
from console.application.bays_desk import BaysDesk
from console.application.camera_sight import SightDesk
from console.application.case_clocks import CaseClocks
from console.application.citizen_desk import CitizenDesk, CitizenReport
from console.application.dispatch import Answer
from console.application.evidence_desk import EvidenceDesk, PackContents
from console.application.intake_desk import IntakeDesk, Reported
from console.application.intake_ports import Photo
from console.application.learning_desk import LearningDesk
from console.application.listening_desk import ListeningDesk
from console.application.onboarding_desk import Login
from console.application.place_codes_desk import PlaceCodesDesk
from console.application.read_models import EVIDENCE_MISSING, AuditQuery, MissingEvidence
from console.application.recheck import Looked
from console.application.recordings_desk import RecordingsDesk, SpanWanted
from console.application.reports import ShiftDesk
from console.application.sign_in import SignIn
from console.application.storage_desk import StorageDesk
from console.application.talk import Heard
from console.application.wall_book import WallBook
from console.domain.accounts import Actor, Role
from console.domain.alarms import DismissReason, Priority, Source
from console.domain.audit import AuditFacts
from console.domain.bay_sessions import Settled
from console.domain.cases import RecheckAnswer
from console.domain.evaluation import ShiftFigures
from console.domain.ids import CameraId, CaseId, EvidenceId, RecheckId, SeatId, TalkId, UnitId
from console.domain.listening import ListeningRule
from console.domain.places import Place
from console.domain.ptz import PtzSetup
from console.domain.retention import Retention
from console.domain.routing import RoutingRow
from console.domain.shifts import Shift
from console.domain.speaking import TalkStage
from console.domain.verifiers import Subject
from console.domain.wall_views import Tour
from console.domain.walls import LAYOUTS, Wall
from tests.application.bays import put_stay
from tests.application.city import CAMERA, OTHER_TEAM, PARKING, TEAM, City, person
from tests.application.ill_cameras import fall_ill
from tests.application.lessons import lesson_note, put_lesson
from tests.application.storage import Shelf, clip, record
from tests.application.test_audit_desk import NoAnchors
from tests.application.test_sign_in import PlainHasher

Result = TypeVar("Result")

# What each verb is called in the audit, and what of camera, span, reason and case its line must hold.
AUDITED: dict[str, tuple[str, str]] = {
    "AlarmIntake.take": ("raise_alarm", "camera span"),
    "IntakeDesk.take": ("raise_alarm", "span"),
    "CitizenDesk.take": ("raise_alarm", "span"),
    "PlaceCodesDesk.make": ("place_code_made", "camera"),
    "PlaceCodesDesk.forget": ("place_code_forgotten", "camera"),
    "AlarmIntake.report": ("raise_alarm", "span"),
    "AlarmIntake.keep_evidence": ("seal_evidence", "camera span"),
    "AlarmIntake.free_claims": ("release", "camera"),
    "AlarmIntake.note_missing": (EVIDENCE_MISSING, "camera"),
    "AlarmReview.card": ("open_alarm", "camera span"),
    "AlarmReview.acknowledge": ("acknowledge", "camera span"),
    "AlarmReview.claim": ("claim", "camera span"),
    "AlarmReview.release": ("release", "camera span"),
    "AlarmReview.postpone": ("postpone", "camera span"),
    "AlarmReview.reclass": ("reclass", "camera span"),
    "AlarmReview.confirm": ("confirm", "camera span"),
    "AlarmReview.dismiss": ("dismiss", "camera span reason"),
    "AlarmReview.merge": ("merge", "camera span"),
    "AlarmReview.undo": ("undo_verdict", "camera span"),
    "CaseDesk.page": ("open_case", "camera case"),
    "CaseDesk.confirm_and_file": ("file", "camera case"),
    "CaseDesk.file": ("file", "camera case reason"),
    "CaseDesk.file_fault": ("file", "camera case"),
    "CaseDesk.undo_filing": ("undo_filing", "camera case"),
    "CaseDesk.close": ("close", "camera case"),
    "CaseDesk.rework": ("rework", "camera case reason"),
    "CaseDesk.reroute": ("reroute", "camera case reason"),
    "CaseDesk.resend": ("resend", "camera case"),
    "CaseClockDesk.extend": ("extend_case", "camera case reason"),
    "CaseClockDesk.suspend": ("suspend_case", "camera case reason"),
    "CaseClockDesk.resume": ("resume_case", "camera case"),
    "CaseClockDesk.urge": ("urge_case", "camera case reason"),
    "CaseClockDesk.void": ("void_case", "camera case reason"),
    "CaseClockDesk.appeal": ("appeal_case", "camera case reason"),
    "CaseClockDesk.judge_appeal": ("judge_appeal", "camera case reason"),
    "CaseClocks.warn": ("warn_case", "camera case"),
    "Dispatch.deliver": ("deliver", "camera case"),
    "Dispatch.take_answer": ("answer", "camera case"),
    "RecheckDesk.ask": ("ask_recheck", "camera case"),
    "RecheckDesk.note": ("recheck", "camera case"),
    "EvidenceDesk.view": ("view_evidence", "camera span case"),
    "EvidenceDesk.open_window": ("open_window", "camera case reason"),
    "EvidenceDesk.export": ("export_evidence", "camera span case reason"),
    "TalkDesk.speak": ("speak", "camera case"),
    "TalkDesk.speak_text": ("speak", "camera"),
    "TalkDesk.open_microphone": ("speak", "camera"),
    "TalkDesk.stop": ("stop_speaking", "camera"),
    "TalkDesk.note": ("spoke", "camera span case"),
    "TalkDesk.end_forsaken": ("speak_failed", "camera"),
    "ListeningDesk.listen": ("listen", "camera"),
    "ListeningDesk.hear_recording": ("hear_recording", "camera"),
    "ListeningDesk.hear_clip": ("hear_clip", "camera"),
    "SightDesk.renew_reference": ("renew_reference", "camera"),
    "RecordingsDesk.record": ("record", "camera span"),
    "RecordingsDesk.stop": ("stop_recording", "camera"),
    "RecordingsDesk.find": ("search_recordings", "camera span"),
    "RecordingsDesk.cut": ("cut_recording", "camera span reason"),
    "RecordingsDesk.play": ("play_recording", "camera span reason"),
    "RulesDesk.open": ("open_rules", "camera"),
    "RulesDesk.try_on_recordings": ("try_rule", "camera span"),
    "RulesDesk.keep": ("keep_rules", "camera"),
    "RulesDesk.copy": ("copy_rules", "camera"),
    "OnboardingDesk.find": ("find_devices", ""),
    "OnboardingDesk.ask": ("ask_device", ""),
    "OnboardingDesk.look": ("try_camera", ""),
    "PtzDesk.set_up": ("ptz_set_up", "camera"),
    "PtzDesk.take": ("ptz_take", "camera"),
    "PtzTourDesk.keep": ("keep_ptz_tours", "camera"),
    "PtzDesk.take_over": ("ptz_take_over", "camera"),
    "PtzDesk.note_turned": ("ptz_turn", "camera span"),
    "PtzDesk.end": ("ptz_leave", "camera span"),
    "PtzDesk.take_for_tour": ("ptz_tour", "camera span"),
    "BaysDesk.settle": ("settle_bay", "camera"),
    "LearningDesk.set_line": ("set_verifier_line", "camera"),
    "LearningDesk.go_back": ("go_back_a_lesson", "camera"),
    "LearningDesk.follow_newest": ("follow_newest_lesson", "camera"),
    "LearningDesk.show_after_all": ("show_kept_off", "camera"),
    "WallBook.keep_view": ("keep_view", ""),
    "WallBook.change_tour": ("keep_view", ""),
    "WallBook.remove_view": ("remove_view", ""),
    "WallBook.share_view": ("share_view", ""),
    "WallBook.unshare_view": ("unshare_view", ""),
    "WallBook.mark": ("bookmark", "camera span reason"),
    "WallBook.take_still": ("snapshot", "camera span"),
    "RecordingsDesk.look_back": ("look_back", "camera span"),
    "ShiftDesk.print": ("print_report", "span"),
    "DirectoryDesk.add": ("add_camera", "camera"),
    "DirectoryDesk.change": ("change_camera", "camera"),
    "DirectoryDesk.remove": ("remove_camera", "camera"),
    "SignIn.sign_in": ("sign_in", ""),
    "SignIn.sign_out": ("sign_out", ""),
    "SignIn.lock": ("lock_screen", ""),
    "SignIn.unlock": ("unlock_screen", ""),
    "SignIn.change_password": ("own_password", ""),
    "StorageDesk.lock_evidence": ("lock_evidence", "reason"),
    "StorageDesk.lock_span": ("lock_recordings", "camera span reason"),
    "StorageDesk.unlock": ("unlock", "camera span reason"),
    "StorageDesk.delete_recordings": ("delete_recordings", "camera span reason"),
    "AuditDesk.search": ("search_audit", ""),
    "AuditDesk.verify": ("verify_audit", ""),
    "AuditDesk.export": ("export_audit", "reason"),
}
# Told by tests of their own: each act on an account (test_accounts_desk), what a wall shows (test_viewing), what
# retention took away (test_storage_desk), what is shown on screens elsewhere (test_screens_desk), tables of cameras
# (test_directory_import), cameras of sharing platforms (test_shared_directory), what the station notes of how cameras
# see (test_sight_room), stays in parking bays (test_bay_room), what verdicts teach (test_learner), what
# sensors say (test_sensor_desk).
ELSEWHERE = {
    *(f"SharedDirectory.{name}" for name in ("begin", "take", "finish")),
    *(f"ScreensDesk.{name}" for name in ("issue", "revoke", "send", "clear", "sign_in")),
    *(f"DirectoryImport.{name}" for name in ("plan", "carry_out", "export")),
    *(f"AccountsDesk.{name}" for name in ("add", "change", "set_password", "unlock_out", "begin_totp", "confirm_totp")),
    "AccountsDesk.end_totp",
    "SensorsDesk.put",
    *(f"SensorDesk.{name}" for name in ("take", "look", "forget_old")),
    *(f"Viewing.{name}" for name in ("show", "end", "write_down")),
    *(f"PushTries.{name}" for name in ("note", "write_down")),
    *(f"BayNotes.{name}" for name in ("begin", "end")),
    *(f"SightNotes.{name}" for name in ("open_faults", "note", "references", "keep_reference")),
    *(
        f"LearningNotes.{name}"
        for name in ("has_news", "judges", "unseen", "keep_seen", "take_verdicts", "lesson", "lesson_in_force")
    ),
    *(f"LearningNotes.{name}" for name in ("to_be_taught", "keep_lesson")),
    *(f"Upkeep.{name}" for name in ("free", "finish", "release_closed", "forget_stays")),
}
# They show no picture, say nothing to the street, change nothing that belongs to anybody else, or are parts of a verb
# above.
READ = {
    "IntakeDesk.matters", "IntakeDesk.status", "IntakeDesk.of_partner", "CitizenDesk.form", "CitizenDesk.state",
    "PlaceCodesDesk.all",
    "AccountsDesk.all", "AlarmReview.queue", "AlarmReview.categories", "CaseDesk.list", "CaseDesk.propose",
    "Dispatch.units", "Dispatch.take_due", "EvidenceDesk.custody", "LiveWall.cameras", "LiveWall.named",
    "LiveWall.watched", "LiveWall.around", "LiveWall.wall", "ScreensDesk.all", "ScreensDesk.shown",
    "LiveWall.keep", "LiveWall.further_walls", "LiveWall.keep_further", "LiveWall.close_further", "LiveWall.arrange",
    "RecheckDesk.take_asked", "ShiftDesk.current", "ShiftDesk.figures",
    "SignIn.current_shift", "SignIn.standing", "StorageDesk.locks", "StorageDesk.deletions", "TalkDesk.phrases",
    "TalkDesk.phrases_at", "TalkDesk.speakers_of", "AlarmReview.raised", "AlarmReview.ended_by_themselves",
    "OnboardingDesk.offered", "DirectoryDesk.check", "DirectoryDesk.ill",
    "DirectoryDesk.entry", "DirectoryDesk.prepare", "DirectoryDesk.find",
    "DirectoryDesk.tree", "DirectoryDesk.leaves", "DirectoryDesk.set_favourite",
    "PtzDesk.held", "PtzDesk.renew", "PtzDesk.tours_due", "PtzDesk.setup",
    "PtzTourDesk.toured", "PtzTourDesk.of", "PtzTourDesk.ask_presets",
    "TalkDesk.log", "TalkDesk.session", "Gate.require", "Gate.facts", "Openings.note",
    "SightDesk.ill", "SightDesk.lasting", "LearningDesk.overview",
    "BaysDesk.rows", "BaysDesk.stays",
    "LearningDesk.kept_off",
    "WallBook.views", "WallBook.habits", "WallBook.keep_habits", "WallBook.marks",
}  # fmt: skip


def verbs_of_all_desks() -> set[str]:
    """Return every public method of every class of the application that is given units of work."""
    found = set()
    for module in pkgutil.iter_modules(console.application.__path__, "console.application."):
        for name, kind in inspect.getmembers(importlib.import_module(module.name), inspect.isclass):
            if kind.__module__ != module.name or "units" not in inspect.signature(kind.__init__).parameters:
                continue
            found |= {
                f"{name}.{method}" for method, _ in inspect.getmembers(kind, inspect.isfunction) if method[0] != "_"
            }
    return found


def test_no_verb_of_a_desk_is_forgotten() -> None:
    assert verbs_of_all_desks() == {*AUDITED, *ELSEWHERE, *READ}


class NoPack:
    def write(self, contents: PackContents, path: Path) -> None:
        del contents, path


class NoShelf:
    def keep(self, evidence_id: EvidenceId, at: datetime, photo: Photo) -> str:
        raise AssertionError((evidence_id, at, photo))

    def drop(self, path: str) -> None:
        raise AssertionError(path)


class NoRegister:
    def write(self, register: object, path: Path) -> int:
        del register, path
        return 0


class NoPrinter:
    def print_shift(self, shift: Shift, figures: ShiftFigures, until: object, language: str, path: Path) -> None:
        del shift, figures, until, language, path


class NoStation:
    def listen(self, camera_id: CameraId | None, player_id: str = "") -> None:
        del camera_id, player_id

    def record_by_hand(self, camera_id: CameraId, until: datetime | None) -> None:
        del camera_id, until

    def cut_span(self, request_id: str, span: SpanWanted) -> None:
        del request_id, span


class Team:
    """A unit's system that takes everything in."""

    def submit(self, body: dict[str, object], idempotency_key: str) -> str:
        del body
        return f"R-{idempotency_key[:6]}"

    def recall(self, receipt: str, idempotency_key: str) -> None:
        del receipt, idempotency_key

    def answers(self, since: object) -> list[Answer]:
        del since
        return []


class Day:
    """A day at the desks: each verb once, and what it left in the audit."""

    def __init__(self, city: City) -> None:
        self.city = city
        self.lines: dict[str, AuditFacts] = {}

    def do(self, verb: str, act: Callable[[], Result]) -> Result:
        """Carry a verb out and keep the line of its name among those it left."""
        with self.city.units.read() as unit:
            head = unit.audit.head()
        result = act()
        with self.city.units.read() as unit:
            new = unit.audit.lines(head.position if head is not None else 0, 100)
        for line in new:
            if line.facts.verb == AUDITED[verb][0]:
                self.lines[verb] = line.facts
        return result


@pytest.fixture
def day(city: City, li: Actor, tmp_path: Path) -> Day:
    day, clock = Day(city), city.clock
    lead, auditor = person("陈建国", Role.SUPERVISOR), person("周审计", Role.AUDITOR, seat="09")
    review, cases = city.review, city.cases
    _sign_in(day)
    alarm = day.do("AlarmIntake.take", city.hit)
    item = day.do("AlarmIntake.keep_evidence", lambda: clip(city, alarm))
    day.do("AlarmReview.card", lambda: review.card(li, alarm))
    day.do("AlarmReview.acknowledge", lambda: review.acknowledge(li, alarm))
    day.do("AlarmReview.claim", lambda: review.claim(li, alarm))
    missing = MissingEvidence(kind="still", remark="before", sentence="The disk is full.", values={})
    day.do("AlarmIntake.note_missing", lambda: city.intake.note_missing(alarm, missing))
    day.do("AlarmIntake.free_claims", lambda: city.intake.free_claims(li.seat_id))
    review.claim(li, alarm)
    day.do("AlarmReview.release", lambda: review.release(li, alarm))
    day.do("AlarmReview.reclass", lambda: review.reclass(li, alarm, PARKING))
    day.do("AlarmReview.confirm", lambda: review.confirm(li, alarm, Filing(PARKING, "1")))
    other = city.hit("hit-2")
    day.do("AlarmReview.postpone", lambda: review.postpone(li, other, timedelta(minutes=5)))
    day.do("AlarmReview.dismiss", lambda: review.dismiss(li, other, DismissReason.OTHER, remark="误报"))
    day.do("AlarmReview.undo", lambda: review.undo(li, other))
    day.do("AlarmReview.merge", lambda: review.merge(li, other, alarm))
    day.do("AlarmIntake.report", lambda: city.intake.report(a_report(clock.now())))
    intake = IntakeDesk(city.units, clock)
    day.do("IntakeDesk.take", lambda: intake.take("hotline", Source.HOTLINE, a_ticket()))
    _report_at_a_place(day)
    third = city.hit("hit-3")
    day.do("CaseDesk.confirm_and_file", lambda: cases.confirm_and_file(li, third, Filing(PARKING, "1")))
    case = day.do("CaseDesk.file", lambda: cases.file(li, alarm, OTHER_TEAM, "该队值班")).case_id
    day.do("CaseDesk.page", lambda: cases.page(li, case))
    _speak(day, li, case)
    clock.wait(minutes=1)
    _deliver_and_answer(day, case, li)
    _turn(day, li, lead)
    _bring_in(day)
    evidence = EvidenceDesk(city.units, city.queries, city.gate, clock, NoPack())
    day.do("EvidenceDesk.view", lambda: evidence.view(lead, item))
    day.do("EvidenceDesk.open_window", lambda: evidence.open_window(lead, case, "查明抛物者"))
    day.do("EvidenceDesk.export", lambda: evidence.export(lead, case, tmp_path / "case", "移送"))
    _store(day, lead, item)
    route_to(city, TEAM)
    fault = fall_ill(city.units, clock.now())
    day.do("CaseDesk.file_fault", lambda: cases.file_fault(li, fault))
    day.do("SightDesk.renew_reference", lambda: SightDesk(city.units, city.gate).renew_reference(li, city.line, CAMERA))
    _guide_the_verifier(day, lead)
    _keep_the_directory(day)
    _keep_the_wall(day, lead)
    audit = AuditDesk(city.units, city.queries, city.gate, clock, NoAnchors(), NoRegister())
    day.do("AuditDesk.search", lambda: audit.search(auditor, AuditQuery()))
    day.do("AuditDesk.verify", lambda: audit.verify(auditor))
    day.do("AuditDesk.export", lambda: audit.export(auditor, AuditQuery(), tmp_path / "out.csv", "季度检查"))
    _a_clock_and_its_end(day)
    return day


def route_to(city: City, unit_id: UnitId) -> None:
    with city.units.write() as unit:
        unit.directory.put_routing((RoutingRow(row=1, unit_id=unit_id),))
        unit.commit()


def _sign_in(day: Day) -> None:
    city = day.city
    door = SignIn(city.units, PlainHasher(), city.clock, city.vault)
    actor = day.do("SignIn.sign_in", lambda: door.sign_in("li", "right", SeatId("02")))
    day.do("SignIn.lock", lambda: door.lock(actor, "key"))
    day.do("SignIn.unlock", lambda: door.unlock(actor, "right"))
    words = "winter geese over the river"
    day.do("SignIn.change_password", lambda: door.change_password(actor, "right", words))
    shift = door.current_shift(actor)
    assert shift is not None
    reports = ShiftDesk(city.units, city.queries, city.gate, city.clock, NoPrinter())
    day.do("ShiftDesk.print", lambda: reports.print(actor, shift, "zh_CN", Path("none")))
    day.do("SignIn.sign_out", lambda: door.sign_out(actor))


def _speak(day: Day, li: Actor, case: CaseId) -> None:
    city, talk = day.city, day.city.talk

    def end(session: TalkId, stage: TalkStage) -> None:
        talk.note(Heard(talk_id=session, stage=stage, at=city.clock.now(), duration_s=2.0, reached={"S-14": "sent"}))

    first = day.do("TalkDesk.speak", lambda: talk.speak(li, city.line, CAMERA, "1", case_id=case)).talk_id
    end(first, TalkStage.ON_AIR)
    day.do("TalkDesk.stop", lambda: talk.stop(li, city.line, first))
    day.do("TalkDesk.note", lambda: end(first, TalkStage.ENDED))
    second = day.do("TalkDesk.speak_text", lambda: talk.speak_text(li, city.line, CAMERA, "请离开")).talk_id
    end(second, TalkStage.ENDED)
    third = day.do("TalkDesk.open_microphone", lambda: talk.open_microphone(li, city.line, CAMERA)).talk_id
    end(third, TalkStage.ENDED)
    talk.speak(li, city.line, CAMERA, "1")
    city.clock.wait(minutes=5)
    day.do("TalkDesk.end_forsaken", lambda: talk.end_forsaken(city.clock.now(), ()))


def _report_at_a_place(day: Day) -> None:
    city, keeper = day.city, person("吴霞", role=Role.ADMINISTRATOR)
    codes = PlaceCodesDesk(city.units, city.gate, city.clock)
    with city.units.read() as unit:
        number = unit.directory.camera(CAMERA).number
    corner = Place(address="城隍阁后门")
    hung = day.do("PlaceCodesDesk.make", lambda: codes.make(keeper, "后门", place=corner, camera_number=number))
    desk = CitizenDesk(city.units, city.clock, NoShelf(), [PARKING])
    sent = CitizenReport(key="form-of-a-phone", category=PARKING, text="堵住了", contact="")
    day.do("CitizenDesk.take", lambda: desk.take(hung.code, sent))
    day.do("PlaceCodesDesk.forget", lambda: codes.forget(keeper, hung.code))


def _bring_in(day: Day) -> None:
    city, keeper = day.city, person("吴霞", role=Role.ADMINISTRATOR)
    login = Login("admin", "s3cret-on-no-line")
    address = "http://admin:s3cret-on-no-line@192.0.2.9/onvif"
    with city.units.read() as unit:
        camera = unit.directory.camera(CAMERA)
    day.do("OnboardingDesk.find", lambda: city.onboarding.find(keeper, city.line))
    day.do("OnboardingDesk.ask", lambda: city.onboarding.ask(keeper, city.line, address, login))
    day.do("OnboardingDesk.look", lambda: city.onboarding.look(keeper, city.line, camera, login, 640, 360))
    rules = day.do("RulesDesk.open", lambda: city.rules.open(keeper, CAMERA)).camera.rules
    hour = (city.clock.now() - timedelta(hours=1), city.clock.now())
    record(city, "to be tried on", ago=timedelta(minutes=30), camera=CAMERA)
    day.do("RulesDesk.try_on_recordings", lambda: city.rules.try_on_recordings(keeper, CAMERA, *hour))
    day.do("RulesDesk.keep", lambda: city.rules.keep(keeper, CAMERA, rules[:1], rules))
    day.do("RulesDesk.copy", lambda: city.rules.copy(keeper, rules[:1], [CAMERA]))
    assert not any("s3cret" in str(facts) for facts in day.lines.values())


def _turn(day: Day, li: Actor, lead: Actor) -> None:
    city, ptz = day.city, day.city.ptz
    setup = PtzSetup(camera_id=CAMERA, device_address="192.0.2.7", profile="main")
    day.do("PtzDesk.set_up", lambda: ptz.set_up(person("吴霞", role=Role.ADMINISTRATOR), setup))
    day.do("PtzTourDesk.keep", lambda: city.ptz_tours.keep(lead, CAMERA, (), ()))
    day.do("PtzDesk.take", lambda: ptz.take(li, city.line, CAMERA))
    lease = day.do("PtzDesk.take_over", lambda: ptz.take_over(lead, city.line, CAMERA)).lease
    day.do("PtzDesk.note_turned", lambda: ptz.note_turned(lease, "turn", city.clock.now()))
    day.do("PtzDesk.end", lambda: ptz.end(lease, "left"))
    day.do("PtzDesk.take_for_tour", lambda: ptz.take_for_tour(CAMERA, "st"))


def _deliver_and_answer(day: Day, case: CaseId, li: Actor) -> None:
    city, cases = day.city, day.city.cases

    def deliver() -> None:
        for order in city.dispatch.take_due():
            city.dispatch.deliver(order, Team())

    def answer(says: str, number: int) -> None:
        found = cases.page(li, case).case
        assert found.unit_id is not None
        city.dispatch.take_answer(
            found.unit_id,
            Answer(answer_id=f"a-{number}", receipt=found.receipt, says=says, text="属交警支队", at=city.clock.now()),
        )

    day.do("Dispatch.deliver", deliver)
    answer("not_ours", 1)
    day.do("CaseDesk.reroute", lambda: cases.reroute(li, case, TEAM, "退回"))
    deliver()
    day.do("CaseDesk.resend", lambda: cases.resend(li, case))
    day.do("Dispatch.take_answer", lambda: answer("done", 2))
    day.do("RecheckDesk.ask", lambda: city.rechecks.ask(li, case))
    asked = list(city.rechecks.take_asked(timedelta(minutes=1)))
    day.do("RecheckDesk.note", lambda: city.rechecks.note(_looked(asked[0].recheck_id)))
    day.do("CaseDesk.rework", lambda: cases.rework(li, case, "还在"))
    deliver()
    answer("done", 3)
    day.do("CaseDesk.close", lambda: cases.close(li, case, "1"))
    undone = city.filed(li, "hit-9")
    day.do("CaseDesk.undo_filing", lambda: cases.undo_filing(li, undone.case_id))


def _a_clock_and_its_end(day: Day) -> None:
    city, chief = day.city, person("陈建国", Role.SUPERVISOR)
    case, wrong = city.filed(chief, "hit-10").case_id, city.filed(chief, "hit-11").case_id
    day.do("CaseClockDesk.void", lambda: city.times.void(chief, wrong, "误报"))
    city.clock.wait(minutes=1)
    for order in city.dispatch.take_due():
        city.dispatch.deliver(order, Team())
    day.do("CaseClockDesk.extend", lambda: city.times.extend(chief, case, "下雨"))
    until = city.clock.now() + timedelta(hours=1)
    day.do("CaseClockDesk.suspend", lambda: city.times.suspend(chief, case, until, "封路"))
    day.do("CaseClockDesk.resume", lambda: city.times.resume(chief, case))
    day.do("CaseClockDesk.urge", lambda: city.times.urge(chief, case, "市民再次反映"))
    city.clock.wait(hours=72)
    day.do("CaseClocks.warn", CaseClocks(city.units, city.clock).warn)
    found = city.cases.page(chief, case).case
    assert found.unit_id is not None
    said = Answer(answer_id="late", receipt=found.receipt, says="done", text="已清理", at=city.clock.now())
    city.dispatch.take_answer(found.unit_id, said)
    city.cases.close(chief, case, "1")
    day.do("CaseClockDesk.appeal", lambda: city.times.appeal(chief, case, "道路封闭"))
    other = person("赵敏", Role.SUPERVISOR)
    day.do("CaseClockDesk.judge_appeal", lambda: city.times.judge_appeal(other, case, "属实", is_upheld=True))


def _looked(recheck_id: RecheckId) -> Looked:
    return Looked(
        recheck_id=recheck_id,
        answer=RecheckAnswer.STILL_THERE,
        reason="",
        looks=8,
        looks_with=8,
        best_score=0.8,
        still=None,
    )


def _keep_the_wall(day: Day, lead: Actor) -> None:
    book, now = WallBook(day.city.units, day.city.gate, day.city.clock), day.city.clock.now()
    wall = Wall(layout=LAYOUTS[1], cameras=(CAMERA, None, None, None))
    view = day.do("WallBook.keep_view", lambda: book.keep_view(lead, "早班", wall))
    day.do("WallBook.share_view", lambda: book.share_view(lead, view.view_id))
    day.do("WallBook.unshare_view", lambda: book.unshare_view(lead, view.view_id))
    tour = book.keep_view(lead, "轮巡", Tour(views=(view.view_id,)))
    day.do("WallBook.change_tour", lambda: book.change_tour(lead, tour.view_id, Tour(cameras=(CAMERA,))))
    day.do("WallBook.remove_view", lambda: book.remove_view(lead, view.view_id))
    day.do("WallBook.mark", lambda: book.mark(lead, CAMERA, now, "红车"))
    day.do("WallBook.take_still", lambda: book.take_still(lead, CAMERA, now, "0001.jpg", profile=None, sha256="00"))


def _store(day: Day, lead: Actor, item: EvidenceId) -> None:
    city, now = day.city, day.city.clock.now()
    desk = StorageDesk(city.units, city.gate, city.clock, Shelf(), Retention())
    record(city, "old", ago=timedelta(days=40))
    span = (now - timedelta(days=41), now - timedelta(days=39))
    recordings = RecordingsDesk(city.units, city.queries, city.gate, city.clock, timedelta(minutes=15))
    listening = ListeningDesk(city.units, city.gate, ListeningRule(is_on=True))
    day.do("ListeningDesk.listen", lambda: listening.listen(lead, NoStation(), CAMERA))
    day.do("ListeningDesk.hear_recording", lambda: listening.hear_recording(lead, NoStation(), CAMERA, "player"))
    day.do("ListeningDesk.hear_clip", lambda: listening.hear_clip(lead, NoStation(), item, "player"))
    day.do("RecordingsDesk.record", lambda: recordings.record(lead, NoStation(), CAMERA))
    day.do("RecordingsDesk.stop", lambda: recordings.stop(lead, NoStation(), CAMERA))
    day.do("RecordingsDesk.find", lambda: recordings.find(lead, CAMERA, *span))
    piece = SpanWanted(
        camera_id=CAMERA,
        from_at=span[0],
        to_at=span[0] + timedelta(minutes=1),
        subject_id="case",
        reason="投诉",
    )
    day.do("RecordingsDesk.cut", lambda: recordings.cut(lead, NoStation(), piece))
    day.do("RecordingsDesk.play", lambda: recordings.play(lead, CAMERA, *span, "投诉"))
    day.do("RecordingsDesk.look_back", lambda: recordings.look_back(lead, [CAMERA], now - timedelta(minutes=1)))
    day.do("StorageDesk.lock_evidence", lambda: desk.lock_evidence(lead, item, "投诉"))
    lock = day.do("StorageDesk.lock_span", lambda: desk.lock_span(lead, CAMERA, *span, "投诉"))
    day.do("StorageDesk.unlock", lambda: desk.unlock(lead, lock, "已了结"))
    day.do("StorageDesk.delete_recordings", lambda: desk.delete_recordings(lead, CAMERA, *span, "私人窗户"))


def _guide_the_verifier(day: Day, lead: Actor) -> None:
    city, subject = day.city, Subject(camera_id=CAMERA, category=PARKING)
    lessons, now = LearningDesk(city.units, city.gate), city.clock.now()
    for number in (1, 2):
        put_lesson(city.units, lesson_note(number, now, is_better=True))
    bays, stay = BaysDesk(city.units, city.gate, city.clock), put_stay(city.units, CAMERA, city.clock.now())
    day.do("BaysDesk.settle", lambda: bays.settle(lead, stay.session_id, Settled.OCCUPIED))
    day.do("LearningDesk.set_line", lambda: lessons.set_line(lead, subject, 0.2))
    day.do("LearningDesk.go_back", lambda: lessons.go_back(lead, subject))
    day.do("LearningDesk.follow_newest", lambda: lessons.follow_newest(lead, subject))
    kept_off = city.hit("kept off")
    day.do("LearningDesk.show_after_all", lambda: lessons.show_after_all(lead, kept_off))


def _keep_the_directory(day: Day) -> None:
    """Take the camera away, put it back, and call it otherwise: nothing else of the day needs it any more."""
    desk, keeper = day.city.directory, person("孙主任", Role.ADMINISTRATOR, seat="08")
    camera = desk.entry(keeper, CAMERA)
    day.do("DirectoryDesk.remove", lambda: desk.remove(keeper, CAMERA))
    day.do("DirectoryDesk.add", lambda: desk.add(keeper, camera))
    day.do("DirectoryDesk.change", lambda: desk.change(keeper, replace(camera, name="学府路口·北")))


def test_each_verb_leaves_its_line_with_camera_span_reason_and_case(day: Day) -> None:
    assert {verb: AUDITED[verb][0] for verb in AUDITED if verb not in day.lines} == {}
    lacking = []
    for verb, facts in day.lines.items():
        held = {
            "camera": facts.camera_id == CAMERA,
            "span": facts.from_at is not None and facts.to_at is not None,
            "reason": bool(facts.reason),
            "case": bool(facts.case_id),
        }
        lacking += [f"{verb} has no {name}" for name in AUDITED[verb][1].split() if not held[name]]
        lacking += [f"{verb} does not say who" for _ in range(not facts.who)]
    assert lacking == []


def test_a_page_that_reads_itself_again_is_one_opening_and_each_person_has_their_own(
    city: City, li: Actor, wang: Actor
) -> None:
    one = city.hit("hit-1")
    city.review.dismiss(li, one, DismissReason.NO_OFFENCE)
    two = city.hit("hit-2")
    for _ in range(5):
        city.review.card(li, one)
    city.review.card(wang, one)
    city.review.card(li, two)
    city.review.card(li, one)
    with city.units.read() as unit:
        opened = [
            (line.facts.who.split()[0], line.facts.subject)
            for line in unit.audit.lines(0, 100)
            if line.facts.verb == "open_alarm"
        ]
    assert opened == [("李文静", one), ("王磊", one), ("李文静", two), ("李文静", one)]


def a_report(at: datetime) -> Report:
    return Report(
        report_id="report-1",
        source=Source.HOTLINE,
        category=PARKING,
        priority=Priority.LOW,
        place=Place(address="城隍阁"),
        at=at,
    )


def a_ticket() -> Reported:
    return Reported(
        key="1",
        category=PARKING,
        place=Place(address="河东街口"),
        text="堵住了",
        name="",
        contact="",
        priority=Priority.LOW,
    )

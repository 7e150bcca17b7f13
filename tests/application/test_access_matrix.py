"""Who may do what, where: every line of docs/access.md, walked through the real desks on a real database.

Long because it is one table: an act a line, as on the page.
"""

import importlib
import inspect
import pkgutil
import re
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

import console.application
from console.application.accounts_desk import AccountsDesk, NewAccount
from console.application.alarm_intake import Hit
from console.application.alarm_review import Filing
from console.application.audit_desk import AuditDesk
from console.application.bays_desk import BayRow, BaysDesk, BayStay
from console.application.camera_sight import SightDesk
from console.application.directory_import import DirectoryImport, ImportPlan
from console.application.directory_ports import Ailment, Branch, Sorting
from console.application.errors import NotPermitted
from console.application.evidence_desk import EvidenceDesk
from console.application.learning_desk import LearningDesk
from console.application.live_wall import layout_named
from console.application.onboarding_desk import Login
from console.application.openings import Openings
from console.application.permissions import Gate
from console.application.place_codes_desk import PlaceCodesDesk
from console.application.read_models import AuditQuery
from console.application.recordings_desk import SpanWanted
from console.application.reports import ShiftDesk
from console.application.screens_desk import ScreensDesk
from console.application.sensor_desk import SensorsDesk
from console.application.sign_in import SignIn
from console.application.storage_desk import StorageDesk
from console.application.wall_book import WallBook
from console.domain.accounts import Account, Actor, Role, Scope
from console.domain.alarms import AlarmStage, Claim, DismissReason, Priority, Verdict
from console.domain.audit import AuditLine
from console.domain.bay_sessions import Settled
from console.domain.cameras import Camera
from console.domain.cases import Act, Case, CaseStep, Stage
from console.domain.evaluation import ShiftFigures
from console.domain.evidence import EvidenceItem, EvidenceKind
from console.domain.ids import (
    AccountId,
    AlarmId,
    CameraId,
    CaseId,
    EvidenceId,
    RuleId,
    SeatId,
    ShiftId,
    SpeakerId,
    TalkId,
)
from console.domain.intake import PlaceCode
from console.domain.one_time_codes import code_of, counter_at
from console.domain.places import Place
from console.domain.ptz import PtzSetup, PtzTour, TourStop
from console.domain.retention import Lock, LockKind, Retention
from console.domain.routing import RoutingRow
from console.domain.rules import CameraRule
from console.domain.screens import Screen, digest_of
from console.domain.shifts import Shift
from console.domain.speaking import Speaker, TalkKind, TalkSession, TalkStage
from console.domain.verifier_policy import Act as VerifierAct
from console.domain.verifiers import Subject
from console.domain.wall_views import Tour, View, WallHabits
from console.domain.walls import Wall
from console.infrastructure.database.engine import open_database
from console.infrastructure.documents.directory_files import DirectoryFilesOnDisk
from tests.application.bays import put_row, put_stay
from tests.application.city import (
    CAMERA,
    FACTS,
    OTHER_TEAM,
    PARKING,
    TEAM,
    City,
    StandingClock,
    city_on,
    open_city,
    person,
)
from tests.application.ill_cameras import fall_ill
from tests.application.lessons import lesson_note, put_lesson, seen_alarm
from tests.application.storage import Shelf, record
from tests.application.test_audit_desk import NoAnchors
from tests.application.test_sign_in import PlainHasher

PAGES = [Path(__file__).resolve().parents[2] / "docs" / name for name in ("access.md", "access.zh.md")]
OWN_STREET = Scope(areas=frozenset({"330199001"}))
PASSWORD = "six lanterns on a bridge"
TOURS = (PtzTour(stops=tuple(TourStop(preset=name, dwell=timedelta(minutes=1)) for name in ("1", "2"))),)
LI = person("李文静")
A_WALL = Wall(layout=layout_named("2x2"), cameras=(CAMERA, None, None, None))
A_TOUR = Tour(cameras=(CAMERA,))
HALL = "大厅"
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the page."""

    act: str
    permission: str
    cells: tuple[str, ...]

    def of(self, role: Role) -> str:
        return self.cells[list(Role).index(role)]

    @property
    def kind(self) -> str:
        """Say how the act is tied to places: own, list or yes."""
        (kind,) = set(self.cells) - {"–"}
        return kind


def lines_of(page: Path) -> list[Line]:
    found = re.findall(r"^\| `(\w+\.\w+)` \| [^|]* \| `(\w+)` \| (.*) \|$", page.read_text(encoding="utf-8"), re.M)
    return [Line(act, permission, tuple(cells.split(" | "))) for act, permission, cells in found]


def unasked_of(page: Path) -> set[str]:
    return set(re.findall(r"^\| `(\w+\.\w+)` \| [^|]* \|$", page.read_text(encoding="utf-8"), re.M))


LINES = lines_of(PAGES[0])


# ---- a city with everything in it twice: here, and in the next street


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """What lies in one of the two streets."""

    camera: CameraId
    waiting: AlarmId
    confirmed: AlarmId
    filed: CaseId
    answered: CaseId
    returned: CaseId
    clip: EvidenceId
    talk: TalkId
    lock: str


OWN, FOREIGN = (
    Side(
        camera=camera,
        waiting=AlarmId(f"waiting {camera}"),
        confirmed=AlarmId(f"confirmed {camera}"),
        filed=CaseId(f"filed {camera}"),
        answered=CaseId(f"answered {camera}"),
        returned=CaseId(f"returned {camera}"),
        clip=EvidenceId(f"clip-{camera}"),
        talk=TalkId(f"talk {camera}"),
        lock=f"lock-{camera}",
    )
    for camera in (CAMERA, CameraId("cam02"))
)
NEXT_CELL = "330199002001001"


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The desks over one copy of the city, and the names of what is in it."""

    city: City
    folder: Path
    own: Side
    foreign: Side

    @property
    def evidence(self) -> EvidenceDesk:
        return EvidenceDesk(self.city.units, self.city.queries, self.city.gate, self.city.clock, NoPack())

    @property
    def storage(self) -> StorageDesk:
        return StorageDesk(self.city.units, self.city.gate, self.city.clock, Shelf(), Retention())

    @property
    def shifts(self) -> ShiftDesk:
        return ShiftDesk(self.city.units, self.city.queries, self.city.gate, self.city.clock, Paper())

    @property
    def sight(self) -> SightDesk:
        return SightDesk(self.city.units, self.city.gate)

    @property
    def bays(self) -> BaysDesk:
        return BaysDesk(self.city.units, self.city.gate, self.city.clock)

    @property
    def lessons(self) -> LearningDesk:
        return LearningDesk(self.city.units, self.city.gate)

    @property
    def book(self) -> WallBook:
        return WallBook(self.city.units, self.city.gate, self.city.clock)

    @property
    def audit(self) -> AuditDesk:
        city = self.city
        return AuditDesk(city.units, city.queries, city.gate, city.clock, NoAnchors(), Paper())

    @property
    def screens(self) -> ScreensDesk:
        """Return the desk of screens, of which one has a key."""
        with self.city.units.write() as unit:
            unit.screens.put(Screen(name=HALL, key_digest=digest_of("key")))
            unit.commit()
        return ScreensDesk(self.city.units, self.city.gate, self.city.clock)

    @property
    def codes(self) -> PlaceCodesDesk:
        return PlaceCodesDesk(self.city.units, self.city.gate, self.city.clock)

    @property
    def accounts(self) -> AccountsDesk:
        return AccountsDesk(self.city.units, self.city.gate, PlainHasher(), self.city.clock, self.city.vault)

    @property
    def door(self) -> SignIn:
        return SignIn(self.city.units, PlainHasher(), self.city.clock, self.city.vault)

    def refusals(self) -> list[AuditLine]:
        with self.city.units.read() as unit:
            return [line for line in unit.audit.lines(0, 10_000) if line.facts.verb == "refused"]


class NoPack:
    """Writes no package: those have tests of their own."""

    def write(self, *_: object) -> None:
        return


class Paper:
    """Writes no report and no register: those have tests of their own."""

    def write(self, *_: object) -> int:
        return 0

    def print_shift(self, *_: object) -> None:
        return


def actor_of(role: Role) -> Actor:
    return Actor(
        account_id=AccountId(role.value),
        display_name=role.value,
        role=role,
        seat_id=SeatId("02"),
        scope=OWN_STREET,
    )


def tried(camera: CameraId) -> Camera:
    address = "rtsp://192.0.2.9/live"
    return Camera(camera_id=camera, number="", name="", place=Place(address=""), main_address=address, sub_address="")


def turned(camera: CameraId) -> PtzSetup:
    return PtzSetup(camera_id=camera, device_address="192.0.2.7", profile="main", tours=TOURS)


def step(act: Act, city: City) -> CaseStep:
    return CaseStep(act=act, at=city.clock.now(), who="team-2", facts={})


def fill(city: City) -> dict[str, dict[str, str]]:
    """Put everything into both streets; return the real names of what was named by the desks."""
    with city.units.write() as unit:
        camera = unit.directory.camera(CAMERA)
        unit.directory.put_camera(replace(camera, place=replace(camera.place, longitude=120.1, latitude=30.27)))
        unit.directory.put_speaker(
            Speaker(speaker_id=SpeakerId("S-15"), name="S-15", driver="rtp", host="127.0.0.1", port=4002)
        )
        unit.directory.put_camera(
            replace(
                camera,
                camera_id=FOREIGN.camera,
                number="02",
                place=Place(address="文二路 1 号", grid_cell=NEXT_CELL, longitude=120.101, latitude=30.271),
                speaker_ids=(SpeakerId("S-15"),),
                rules=(replace(camera.rules[0], rule_id=RuleId("next-bay"), camera_id=FOREIGN.camera),),
            )
        )
        for role in Role:
            unit.accounts.add(
                Account(
                    account_id=AccountId(role.value),
                    sign_in_name=role.value,
                    display_name=role.value,
                    role=role,
                    password_hash="right",
                    scope=OWN_STREET,
                )
            )
        unit.commit()
    return {side.camera: fill_side(city, side) for side in (OWN, FOREIGN)}


def fill_side(city: City, side: Side) -> dict[str, str]:
    def alarm(name: str) -> AlarmId:
        return city.intake.take(
            Hit(
                hit_id=f"{name} {side.camera}",
                camera_id=side.camera,
                category=PARKING,
                priority=Priority.MEDIUM,
                facts=replace(FACTS, zone_name=name),
                media_time_s=42.0,
                received_at=city.clock.now(),
            )
        ).alarm_id

    def case(name: str) -> CaseId:
        alarm_id = alarm(name)
        city.review.confirm(LI, alarm_id, Filing(PARKING, "1"))
        return city.cases.file(LI, alarm_id).case_id

    names = {
        "waiting": alarm("waiting"),
        "confirmed": alarm("confirmed"),
        "filed": case("filed"),
        "answered": case("answered"),
        "returned": case("returned"),
    }
    city.review.confirm(LI, AlarmId(names["confirmed"]), Filing(PARKING, "1"))
    now = city.clock.now()
    with city.units.write() as unit:
        filed = unit.cases.get(CaseId(names["filed"]))
        for name, subject in (("clip", names["waiting"]), ("filed clip", filed.alarm_id)):
            unit.evidence.add(
                EvidenceItem(
                    evidence_id=EvidenceId(f"{name}-{side.camera}"),
                    kind=EvidenceKind.CLIP,
                    subject_id=subject,
                    path=f"{name}.mp4",
                    sha256="cd" * 32,
                    size_bytes=5000,
                    begins_at=now,
                    camera_id=side.camera,
                )
            )
        answered, returned = (unit.cases.get(CaseId(names[name])) for name in ("answered", "returned"))
        for found in (answered, returned):
            found.note_delivered(f"R {found.case_id}", step(Act.DELIVERED, city))
        answered.note_answer(step(Act.ANSWERED, city))
        returned.note_returned(replace(step(Act.RETURNED, city), facts={"responsible": "交警支队"}))
        for found in (answered, returned):
            unit.cases.save(found)
        unit.talks.add(
            TalkSession(
                talk_id=side.talk,
                kind=TalkKind.PHRASE,
                account_id=LI.account_id,
                display_name=LI.display_name,
                seat_id=LI.seat_id,
                camera_id=side.camera,
                speaker_ids=(),
                ordered_at=now,
                stage=TalkStage.ENDED,
            )
        )
        unit.ptz.put_setup(turned(side.camera))
        seen = seen_alarm(names["waiting"], side.camera, now, lesson_id="lesson", probability=0.1)
        unit.verifiers.put_seen(seen)
        unit.watching.note_unwatched(side.camera, now - HOUR, now)
        unit.locks.add(
            Lock(lock_id=side.lock, kind=LockKind.EVIDENCE, evidence_id=side.clip, reason="a trial", by="x", at=now)
        )
        unit.commit()
    record(city, f"of today {side.camera}", ago=HOUR, camera=side.camera)
    record(city, f"of long ago {side.camera}", ago=90 * DAY, camera=side.camera)
    return names


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Side, Side]:
    """Return a folder with the filled city, to be copied, and its two streets."""
    folder = tmp_path_factory.mktemp("two streets")
    with open_city(folder) as city:
        names = fill(city)

    def named(side: Side) -> Side:
        found = names[side.camera]
        return replace(
            side,
            waiting=AlarmId(found["waiting"]),
            confirmed=AlarmId(found["confirmed"]),
            filed=CaseId(found["filed"]),
            answered=CaseId(found["answered"]),
            returned=CaseId(found["returned"]),
        )

    return folder, named(OWN), named(FOREIGN)


@pytest.fixture
def new_world(filled: tuple[Path, Side, Side], tmp_path: Path) -> Iterator[Callable[[], World]]:
    """Return a function that opens one more copy of the city."""
    folder, own, foreign = filled
    with ExitStack() as opened:
        count = iter(range(1000))

        def new_world() -> World:
            copy = tmp_path / str(next(count))
            shutil.copytree(folder, copy)
            database = open_database(f"sqlite:///{copy / 'city.db'}", StandingClock())
            opened.callback(database.close)
            world = World(city=city_on(database), folder=copy, own=own, foreign=foreign)
            world.city.clock.wait(seconds=5)  # what was put in lies before now
            return world

        yield new_world


# ---- how each act of the page is done


def verdict(actor: Actor, world: World) -> Verdict:
    return Verdict(
        stage=AlarmStage.DISMISSED,
        at=world.city.clock.now(),
        account_id=actor.account_id,
        display_name=actor.display_name,
        reason=DismissReason.OTHER,
    )


def release(world: World, actor: Actor, side: Side) -> None:
    with world.city.units.write() as unit:
        alarm = unit.alarms.get(side.waiting)
        until = world.city.clock.now() + HOUR
        claim = Claim(account_id=actor.account_id, display_name=actor.display_name, seat_id=actor.seat_id, until=until)
        alarm.claim_for(claim, world.city.clock.now())
        unit.alarms.save(alarm)
        unit.commit()
    world.city.review.release(actor, side.waiting)


def undo(world: World, actor: Actor, side: Side) -> None:
    with world.city.units.write() as unit:
        alarm = unit.alarms.get(side.waiting)
        alarm.dismiss(verdict(actor, world))
        unit.alarms.save(alarm)
        unit.commit()
    world.city.review.undo(actor, side.waiting)


def confirm_totp(world: World, actor: Actor, _: Side) -> None:
    account_id = AccountId("acc-li")
    secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    world.city.vault.put(f"totp-{account_id}-wanted", secret)
    world.accounts.confirm_totp(actor, account_id, code_of(secret, counter_at(world.city.clock.now())))


def unlock_screen(world: World, actor: Actor, _: Side) -> None:
    world.door.unlock(actor, "right")


def figures_seen(figures: ShiftFigures, world: World) -> set[str]:
    """Return whose cameras the figures count; two of anything would be both streets'."""
    seen = set(figures.unwatched_minutes)
    assert figures.spoken == len(seen) and figures.filed == 3 * len(seen) and figures.alarms == 5 * len(seen)
    return seen


def rules_of(world: World, camera_id: CameraId) -> tuple[CameraRule, ...]:
    with world.city.units.read() as unit:
        return unit.directory.camera(camera_id).rules


def ill_in_directory(world: World, actor: Actor, _: Side) -> set[str]:
    silent = {OWN.camera, FOREIGN.camera}
    found = world.city.directory.ill(actor, silent=silent)
    assert found.total == found.counts[Ailment.SILENT] == len(found.lines), "nobody counts what they may not see"
    return {line.camera_id for line in found.lines}


def changed(world: World, case_id: CaseId, change: Callable[[Case], object]) -> CaseId:
    """Have something happen once to a case that no desk is asked for, and return its id."""
    with world.city.units.write() as unit:
        case = unit.cases.get(case_id)
        change(case)
        unit.cases.save(case)
        unit.commit()
    return case_id


def suspended(world: World, side: Side) -> CaseId:
    until = world.city.clock.now() + DAY
    stop = replace(step(Act.SUSPENDED, world.city), facts={"reason": "frost", "until": until.isoformat()})
    with world.city.units.read() as unit:
        calendar = unit.directory.calendar()

    def suspend(case: Case) -> None:
        if case.suspended_at is None:
            case.suspend(until, calendar, stop)

    return changed(world, side.filed, suspend)


def delivered(world: World, side: Side) -> CaseId:
    return changed(world, side.filed, lambda case: case.note_delivered("R", step(Act.DELIVERED, world.city)))


def closed_late(world: World, side: Side) -> CaseId:
    def close(case: Case) -> None:
        if case.stage is Stage.CLOSED:
            return
        case.close("1", replace(step(Act.CLOSED, world.city), facts={"condition": "1"}))
        case.due_at = case.filed_at - HOUR

    return changed(world, side.answered, close)


def judge_appeal(world: World, actor: Actor, side: Side) -> None:
    said = replace(step(Act.APPEALED, world.city), facts={"reason": "closed", "account": "somebody else"})

    def appeal(case: Case) -> None:
        if case.appeal is None:
            case.appeal_against_lateness(said)

    changed(world, closed_late(world, side), appeal)
    world.city.times.judge_appeal(actor, side.answered, "so it was", is_upheld=True)


ACTS: dict[str, Callable[[World, Actor, Side], object]] = {
    "AlarmReview.queue": lambda w, a, _: {row.camera_id for row in w.city.review.queue(a)},
    "AlarmReview.raised": lambda w, a, _: cameras_by_count(w, w.city.review.raised(a, HOUR), each=5),
    "AlarmReview.ended_by_themselves": lambda w, a, s: w.city.review.ended_by_themselves(a, [s.waiting]),
    "AlarmReview.card": lambda w, a, s: w.city.review.card(a, s.waiting),
    "AlarmReview.acknowledge": lambda w, a, s: w.city.review.acknowledge(a, s.waiting),
    "AlarmReview.claim": lambda w, a, s: w.city.review.claim(a, s.waiting),
    "AlarmReview.release": release,
    "AlarmReview.postpone": lambda w, a, s: w.city.review.postpone(a, s.waiting, HOUR),
    "AlarmReview.reclass": lambda w, a, s: w.city.review.reclass(a, s.waiting, PARKING),
    "AlarmReview.confirm": lambda w, a, s: w.city.review.confirm(a, s.waiting, Filing(PARKING, "1")),
    "AlarmReview.dismiss": lambda w, a, s: w.city.review.dismiss(a, s.waiting, DismissReason.OTHER),
    "AlarmReview.merge": lambda w, a, s: w.city.review.merge(a, s.waiting, "20261123-0001"),
    "AlarmReview.undo": undo,
    "CaseDesk.list": lambda w, a, _: cameras_of_cases(w, [row.case_id for row in w.city.cases.list(a)]),
    "CaseDesk.page": lambda w, a, s: w.city.cases.page(a, s.filed),
    "CaseDesk.confirm_and_file": lambda w, a, s: w.city.cases.confirm_and_file(a, s.waiting, Filing(PARKING, "1")),
    "CaseDesk.file": lambda w, a, s: w.city.cases.file(a, s.confirmed),
    "CaseDesk.file_fault": lambda w, a, s: w.city.cases.file_fault(a, ill(w, s)),
    "SightDesk.ill": lambda w, a, _: ills(w, a),
    "SightDesk.lasting": lambda w, a, s: w.sight.lasting(a, s.camera),
    "SightDesk.renew_reference": lambda w, a, s: w.sight.renew_reference(a, w.city.line, s.camera),
    "BaysDesk.rows": lambda w, a, _: {one.camera.camera_id for one in rows_of_bays(w, a)},
    "BaysDesk.stays": lambda w, a, _: {one.camera.camera_id for one in stays_in_bays(w, a)},
    "BaysDesk.settle": lambda w, a, s: w.bays.settle(a, unsure_stay(w, s), Settled.FREE),
    "LearningDesk.overview": lambda w, a, _: {one.camera.camera_id for one in w.lessons.overview(a)},
    "LearningDesk.kept_off": lambda w, a, _: cameras_kept_off(w, a),
    "LearningDesk.set_line": lambda w, a, s: w.lessons.set_line(a, learned(w, s), 0.2),
    "LearningDesk.go_back": lambda w, a, s: w.lessons.go_back(a, learned(w, s)),
    "LearningDesk.follow_newest": lambda w, a, s: w.lessons.follow_newest(a, learned(w, s)),
    "LearningDesk.show_after_all": lambda w, a, s: w.lessons.show_after_all(a, s.waiting),
    "CaseDesk.undo_filing": lambda w, a, s: w.city.cases.undo_filing(a, s.filed),
    "CaseDesk.reroute": lambda w, a, s: w.city.cases.reroute(a, s.returned, OTHER_TEAM, "not theirs"),
    "CaseDesk.resend": lambda w, a, s: w.city.cases.resend(a, s.filed),
    "CaseDesk.close": lambda w, a, s: w.city.cases.close(a, s.answered, "1"),
    "CaseDesk.rework": lambda w, a, s: w.city.cases.rework(a, s.answered, "still there"),
    "CaseClockDesk.extend": lambda w, a, s: w.city.times.extend(a, s.filed, "rain"),
    "CaseClockDesk.suspend": lambda w, a, s: w.city.times.suspend(a, s.filed, w.city.clock.now() + DAY, "frost"),
    "CaseClockDesk.resume": lambda w, a, s: w.city.times.resume(a, suspended(w, s)),
    "CaseClockDesk.urge": lambda w, a, s: w.city.times.urge(a, delivered(w, s), "the mayor comes"),
    "CaseClockDesk.void": lambda w, a, s: w.city.times.void(a, s.filed, "a test"),
    "CaseClockDesk.appeal": lambda w, a, s: w.city.times.appeal(a, closed_late(w, s), "the road was closed"),
    "CaseClockDesk.judge_appeal": lambda w, a, s: judge_appeal(w, a, s),
    "RecheckDesk.ask": lambda w, a, s: w.city.rechecks.ask(a, s.answered),
    "EvidenceDesk.view": lambda w, a, s: w.evidence.view(a, s.clip),
    "EvidenceDesk.custody": lambda w, a, s: w.evidence.custody(a, s.clip),
    "EvidenceDesk.export": lambda w, a, s: w.evidence.export(a, s.filed, w.folder / "x", "asked for"),
    "EvidenceDesk.open_window": lambda w, a, s: w.evidence.open_window(a, s.filed, "asked for"),
    "StorageDesk.lock_evidence": lambda w, a, s: w.storage.lock_evidence(a, s.clip, "asked for"),
    "StorageDesk.lock_span": lambda w, a, s: w.storage.lock_span(a, s.camera, ago(w, DAY), ago(w, HOUR), "asked for"),
    "StorageDesk.unlock": lambda w, a, s: w.storage.unlock(a, s.lock, "no longer asked for"),
    "StorageDesk.locks": lambda w, a, _: cameras_of_locks(w, w.storage.locks(a)),
    "StorageDesk.delete_recordings": lambda w, a, s: w.storage.delete_recordings(
        a, s.camera, ago(w, 91 * DAY), ago(w, 89 * DAY), "asked for"
    ),
    "StorageDesk.deletions": lambda w, a, _: w.storage.deletions(a),
    "RulesDesk.open": lambda w, a, s: w.city.rules.open(a, s.camera),
    "RulesDesk.try_on_recordings": lambda w, a, s: w.city.rules.try_on_recordings(
        a, s.camera, ago(w, DAY), ago(w, timedelta(0))
    ),
    "RulesDesk.keep": lambda w, a, s: w.city.rules.keep(a, s.camera, (), rules_of(w, s.camera)),
    "RulesDesk.copy": lambda w, a, s: w.city.rules.copy(a, rules_of(w, s.camera), [s.camera]),
    "OnboardingDesk.find": lambda w, a, _: w.city.onboarding.find(a, w.city.line),
    "OnboardingDesk.ask": lambda w, a, _: w.city.onboarding.ask(a, w.city.line, "192.0.2.9", Login()),
    "OnboardingDesk.offered": lambda w, a, _: w.city.onboarding.offered(a),
    "OnboardingDesk.look": lambda w, a, s: w.city.onboarding.look(a, w.city.line, tried(s.camera), Login(), 640, 360),
    "PtzDesk.take": lambda w, a, s: w.city.ptz.take(a, w.city.line, s.camera),
    "PtzDesk.take_over": lambda w, a, s: w.city.ptz.take_over(a, w.city.line, s.camera),
    "PtzTourDesk.toured": lambda w, a, _: {one.camera.camera_id for one in w.city.ptz_tours.toured(a)},
    "PtzTourDesk.of": lambda w, a, s: w.city.ptz_tours.of(a, s.camera),
    "PtzTourDesk.ask_presets": lambda w, a, s: w.city.ptz_tours.ask_presets(a, w.city.line, s.camera),
    "PtzTourDesk.keep": lambda w, a, s: w.city.ptz_tours.keep(a, s.camera, (), TOURS),
    "PtzDesk.set_up": lambda w, a, s: w.city.ptz.set_up(a, turned(s.camera)),
    "ListeningDesk.listen": lambda w, a, s: w.city.listening.listen(a, w.city.line, s.camera),
    "ListeningDesk.hear_recording": lambda w, a, s: w.city.listening.hear_recording(a, w.city.line, s.camera, "p"),
    "ListeningDesk.hear_clip": lambda w, a, s: w.city.listening.hear_clip(a, w.city.line, s.clip, "p"),
    "RecordingsDesk.record": lambda w, a, s: w.city.recordings.record(a, w.city.line, s.camera),
    "RecordingsDesk.stop": lambda w, a, s: w.city.recordings.stop(a, w.city.line, s.camera),
    "RecordingsDesk.find": lambda w, a, s: w.city.recordings.find(a, s.camera, ago(w, DAY), ago(w, timedelta(0))),
    "RecordingsDesk.look_back": lambda w, a, s: w.city.recordings.look_back(
        a, [s.camera], w.city.clock.now() - timedelta(minutes=1)
    ),
    "RecordingsDesk.play": lambda w, a, s: w.city.recordings.play(
        a, s.camera, ago(w, DAY), ago(w, timedelta(0)), "asked for"
    ),
    "RecordingsDesk.cut": lambda w, a, s: w.city.recordings.cut(a, w.city.line, span_wanted(w, s)),
    "LiveWall.cameras": lambda w, a, _: {camera.camera_id for camera in w.city.wall.cameras(a)},
    "LiveWall.named": lambda w, a, _: {one.camera_id for one in w.city.wall.named(a, [OWN.camera, FOREIGN.camera])},
    "LiveWall.watched": lambda w, a, _: {one.camera_id for one in w.city.wall.watched(a)},
    "LiveWall.around": lambda w, a, s: {one.camera_id for one in w.city.wall.around(a, s.camera, 1000.0)},
    "LiveWall.wall": lambda w, a, _: set(kept_wall(w, a).cameras) - {None},
    "LiveWall.keep": lambda w, a, _: w.city.wall.keep(a, Wall(layout=layout_named("2x2"), cameras=())),
    "DirectoryDesk.prepare": lambda w, a, _: cameras_by_count(w, w.city.directory.prepare(a), each=1),
    "DirectoryDesk.ill": ill_in_directory,
    "DirectoryDesk.find": lambda w, a, _: {line.camera_id for line in w.city.directory.find(a, "路").lines},
    "DirectoryDesk.tree": lambda w, a, _: cameras_by_count(
        w, sum(row.cameras for row in w.city.directory.tree(a, Branch(Sorting.AREA))), each=1
    ),
    "DirectoryDesk.leaves": lambda w, a, _: {
        line.camera_id for line in w.city.directory.leaves(a, Branch(Sorting.AREA)).lines
    },
    "DirectoryDesk.set_favourite": lambda w, a, s: w.city.directory.set_favourite(a, s.camera, is_one=True),
    "DirectoryImport.plan": lambda w, a, _: tables(w).plan(a, table_in(w.folder)),
    "DirectoryImport.carry_out": lambda w, a, _: tables(w).carry_out(a, ImportPlan(mark=mark_of(w)), "x"),
    "DirectoryImport.export": lambda w, a, _: tables(w).export(a, w.folder / "cameras.csv"),
    "DirectoryDesk.entry": lambda w, a, s: w.city.directory.entry(a, s.camera),
    "DirectoryDesk.check": lambda w, a, s: w.city.directory.check(a, kept_camera(w, s)),
    "DirectoryDesk.add": lambda w, a, s: w.city.directory.add(a, taken_out(w, s)),
    "DirectoryDesk.change": lambda w, a, s: w.city.directory.change(a, replace(kept_camera(w, s), name="x")),
    "DirectoryDesk.remove": lambda w, a, s: w.city.directory.remove(a, s.camera),
    "LiveWall.further_walls": lambda w, a, _: set(kept_further(w, a).cameras) - {None},
    "LiveWall.keep_further": lambda w, a, _: w.city.wall.keep_further(a, 2, Wall(layout=layout_named("1"), cameras=())),
    "LiveWall.close_further": lambda w, a, _: w.city.wall.close_further(a, 2),
    "WallBook.views": lambda w, a, _: w.book.views(a),
    "WallBook.keep_view": lambda w, a, _: w.book.keep_view(a, "早班", A_WALL),
    "WallBook.change_tour": lambda w, a, _: w.book.change_tour(a, kept_view(w, a, A_TOUR), A_TOUR),
    "WallBook.remove_view": lambda w, a, _: w.book.remove_view(a, kept_view(w, a, A_WALL)),
    "WallBook.share_view": lambda w, a, _: w.book.share_view(a, kept_view(w, a, A_WALL)),
    "WallBook.unshare_view": lambda w, a, _: w.book.unshare_view(a, kept_view(w, None, A_WALL)),
    "WallBook.habits": lambda w, a, _: w.book.habits(a),
    "WallBook.keep_habits": lambda w, a, _: w.book.keep_habits(a, WallHabits()),
    "WallBook.mark": lambda w, a, s: w.book.mark(a, s.camera, w.city.clock.now(), "红车"),
    "WallBook.marks": lambda w, a, _: marked(w, a),
    "WallBook.take_still": lambda w, a, s: w.book.take_still(
        a, s.camera, w.city.clock.now(), "x.jpg", profile=None, sha256="00"
    ),
    "PlaceCodesDesk.make": lambda w, a, s: hung(w, a, s),
    "PlaceCodesDesk.all": lambda w, a, _: w.codes.all(a),
    "PlaceCodesDesk.forget": lambda w, a, s: w.codes.forget(a, hung(w, person("孙浩", Role.ADMINISTRATOR), s).code),
    "ScreensDesk.all": lambda w, a, _: w.screens.all(a),
    "ScreensDesk.send": lambda w, a, s: w.screens.send(a, HALL, Wall(layout=layout_named("1"), cameras=(s.camera,))),
    "ScreensDesk.clear": lambda w, a, _: w.screens.clear(a, HALL),
    "ScreensDesk.issue": lambda w, a, _: w.screens.issue(a, HALL),
    "ScreensDesk.revoke": lambda w, a, _: w.screens.revoke(a, HALL),
    "TalkDesk.phrases": lambda w, a, s: w.city.talk.phrases(a, s.camera, "zh"),
    "TalkDesk.speakers_of": lambda w, a, s: w.city.talk.speakers_of(a, s.camera),
    "TalkDesk.speak": lambda w, a, s: w.city.talk.speak(a, w.city.line, s.camera, "1"),
    "TalkDesk.speak_text": lambda w, a, s: w.city.talk.speak_text(a, w.city.line, s.camera, "请让一让"),
    "TalkDesk.open_microphone": lambda w, a, s: w.city.talk.open_microphone(a, w.city.line, s.camera),
    "TalkDesk.stop": lambda w, a, s: w.city.talk.stop(a, w.city.line, s.talk),
    "TalkDesk.log": lambda w, a, _: {talk.camera_id for talk in w.city.talk.log(a)},
    "ShiftDesk.figures": lambda w, a, _: figures_seen(w.shifts.figures(a, ago(w, 2 * HOUR), ago(w, -HOUR)), w),
    "ShiftDesk.print": lambda w, a, _: figures_seen(w.shifts.print(a, whole_shift(w), "en", w.folder / "x.pdf"), w),
    "ShiftDesk.current": lambda w, a, _: w.shifts.current(a),
    "AuditDesk.search": lambda w, a, _: w.audit.search(a, AuditQuery()),
    "AuditDesk.verify": lambda w, a, _: w.audit.verify(a),
    "AuditDesk.export": lambda w, a, _: w.audit.export(a, AuditQuery(), w.folder / "x.csv", "asked for"),
    "SensorsDesk.put": lambda w, a, _: SensorsDesk(w.city.units, w.city.gate).put(a, []),
    "AccountsDesk.all": lambda w, a, _: w.accounts.all(a),
    "AccountsDesk.add": lambda w, a, _: w.accounts.add(
        a, NewAccount(sign_in_name="zhou", display_name="周敏", role=Role.OPERATOR, password=PASSWORD)
    ),
    "AccountsDesk.change": lambda w, a, _: w.accounts.change(
        a, AccountId("acc-li"), display_name="李", role=Role.OFFICER, scope=Scope(), is_active=True
    ),
    "AccountsDesk.set_password": lambda w, a, _: w.accounts.set_password(a, AccountId("acc-li"), PASSWORD),
    "AccountsDesk.unlock_out": lambda w, a, _: w.accounts.unlock_out(a, AccountId("acc-li")),
    "AccountsDesk.begin_totp": lambda w, a, _: w.accounts.begin_totp(a, AccountId("acc-li")),
    "AccountsDesk.confirm_totp": confirm_totp,
    "AccountsDesk.end_totp": lambda w, a, _: w.accounts.end_totp(a, AccountId("acc-li")),
    "SignIn.sign_out": lambda w, a, _: w.door.sign_out(a),
    "SignIn.lock": lambda w, a, _: w.door.lock(a, "key"),
    "SignIn.unlock": unlock_screen,
    "SignIn.change_password": lambda w, a, _: w.door.change_password(a, "right", "winter geese over the river"),
    "SignIn.standing": lambda w, a, _: w.door.standing(a),
    "SignIn.current_shift": lambda w, a, _: w.door.current_shift(a),
}


def ill(world: World, side: Side) -> str:
    """Let a camera fall ill, and a unit answer for it."""
    with world.city.units.write() as unit:
        unit.directory.put_routing((RoutingRow(row=1, unit_id=TEAM),))
        unit.commit()
    return fall_ill(world.city.units, world.city.clock.now(), name=f"ill {side.camera}", camera_id=side.camera)


def unsure_stay(world: World, side: Side) -> str:
    return put_stay(world.city.units, side.camera, world.city.clock.now()).session_id


def stays_in_bays(world: World, actor: Actor) -> Sequence[BayStay]:
    for side in (world.own, world.foreign):
        unsure_stay(world, side)
    return world.bays.stays(actor)


def rows_of_bays(world: World, actor: Actor) -> Sequence[BayRow]:
    for side in (world.own, world.foreign):
        put_row(world.city.units, side.camera)
    return world.bays.rows(actor)


def ills(world: World, actor: Actor) -> set[str]:
    for side in (world.own, world.foreign):
        ill(world, side)
    return {one.camera.camera_id for one in world.sight.ill(actor)}


def cameras_kept_off(world: World, actor: Actor) -> set[CameraId]:
    with world.city.units.write() as unit:
        for side in (world.own, world.foreign):
            unit.verifiers.note_act(side.waiting, VerifierAct.SUPPRESS)
        unit.commit()
    return {one.camera.camera_id for one in world.lessons.kept_off(actor)}


def learned(world: World, side: Side) -> Subject:
    """Have two lessons made of a camera, once."""
    subject, now = Subject(camera_id=side.camera, category=PARKING), world.city.clock.now()
    with world.city.units.read() as unit:
        is_known = unit.verifiers.newest_lesson(subject) is not None
    for number in () if is_known else (1, 2):
        put_lesson(world.city.units, lesson_note(number, now, is_better=True, camera_id=side.camera))
    return subject


def tables(world: World) -> DirectoryImport:
    return DirectoryImport(world.city.units, world.city.gate, world.city.vault, DirectoryFilesOnDisk())


def table_in(folder: Path) -> Path:
    path = folder / "table.csv"
    path.write_text("number,name,main stream\n", encoding="utf-8")
    return path


def mark_of(world: World) -> int:
    with world.city.units.read() as unit:
        return unit.directory.mark()


def kept_camera(world: World, side: Side) -> Camera:
    with world.city.units.read() as unit:
        return unit.directory.camera(side.camera)


def taken_out(world: World, side: Side) -> Camera:
    camera = kept_camera(world, side)
    with world.city.units.write() as unit:
        unit.directory.remove_cameras([side.camera])
        unit.commit()
    return camera


def hung(world: World, actor: Actor, side: Side) -> PlaceCode:
    """Hang a code into the view of the side's camera."""
    number = kept_camera(world, side).number
    return world.codes.make(actor, "街口", place=Place(address=""), camera_number=number)


def span_wanted(world: World, side: Side) -> SpanWanted:
    return SpanWanted(
        camera_id=side.camera,
        from_at=ago(world, HOUR),
        to_at=ago(world, HOUR) + timedelta(minutes=1),
        subject_id=side.waiting,
        reason="asked for",
    )


def ago(world: World, span: timedelta) -> datetime:
    return world.city.clock.now() - span


def cameras_by_count(world: World, count: int, *, each: int) -> set[str]:
    """Return whose alarms a count can be: one street has ``each``, both have twice that."""
    return {each: {str(world.own.camera)}, 2 * each: {str(OWN.camera), str(FOREIGN.camera)}}.get(count, set())


def cameras_of_cases(world: World, case_ids: list[str]) -> set[str]:
    with world.city.units.read() as unit:
        return {str(unit.cases.get(CaseId(case_id)).camera_id) for case_id in case_ids}


def cameras_of_locks(world: World, locks: Sequence[Lock]) -> set[str]:
    with world.city.units.read() as unit:
        return {
            str(unit.evidence.get(lock.evidence_id).camera_id if lock.evidence_id else lock.camera_id) for lock in locks
        }


def whole_shift(world: World) -> Shift:
    return Shift(
        shift_id=ShiftId("one"),
        account_id=LI.account_id,
        display_name="x",
        seat_id=LI.seat_id,
        began_at=ago(world, 2 * HOUR),
        ended_at=ago(world, -HOUR),
    )


def kept_further(world: World, actor: Actor) -> Wall:
    """Return what the actor sees in a further window in which somebody with both streets left them at this seat."""
    with world.city.units.write() as unit:
        wall = Wall(layout=layout_named("2x2"), cameras=(FOREIGN.camera, OWN.camera, None, None))
        unit.directory.put_further_wall(actor.seat_id, 2, wall)
        unit.commit()
    return world.city.wall.further_walls(actor)[2]


def kept_wall(world: World, actor: Actor) -> Wall:
    """Return what the actor sees on the wall that somebody with both streets left at this seat."""
    layout = layout_named("2x2")
    with world.city.units.write() as unit:
        unit.directory.put_wall(actor.seat_id, Wall(layout=layout, cameras=(FOREIGN.camera, OWN.camera, None, None)))
        unit.commit()
    return world.city.wall.wall(actor)


def kept_view(world: World, actor: Actor | None, shows: Wall | Tour) -> str:
    """Put a view of the actor's seat, or everybody's, into the book."""
    view = View(
        view_id="v1", name="早班", number=1 if actor else 51, seat_id=actor.seat_id if actor else None, shows=shows
    )
    with world.city.units.write() as unit:
        unit.wall_book.put_view(view)
        unit.commit()
    return view.view_id


def marked(world: World, actor: Actor) -> set[str]:
    """Return whose bookmarks the actor sees, when both streets have one."""
    for side in (world.own, world.foreign):
        world.book.mark(person("陈建国", Role.SUPERVISOR), side.camera, world.city.clock.now())
    return {mark.camera_id for mark in world.book.marks(actor)}


# ---- the walk


def refuse(world: World, line: Line, actor: Actor, side: Side, why: str) -> None:
    """See the act refused, and the one line of audit that says who wanted what of which camera."""
    before = len(world.refusals())
    with pytest.raises(NotPermitted):
        ACTS[line.act](world, actor, side)
    (refusal,) = world.refusals()[before:]
    facts = refusal.facts
    assert facts.who == f"{actor.display_name} ({actor.account_id})" and facts.seat_id == actor.seat_id
    assert (facts.detail["wanted"], facts.detail["why"]) == (line.permission, why)
    if line.kind == "own":
        assert facts.subject and facts.camera_id == side.camera


@pytest.mark.parametrize("line", LINES, ids=[line.act for line in LINES])
def test_each_role_may_do_here_and_in_the_next_street_what_the_page_says(
    line: Line, new_world: Callable[[], World]
) -> None:
    # They take the alarm, or the camera out, first.
    needs_its_own = line.act in ("AlarmReview.release", "AlarmReview.undo", "DirectoryDesk.add")
    crowd = new_world()
    for role in Role:
        actor, said = actor_of(role), line.of(role)
        if said == "–":
            for side in (crowd.own, crowd.foreign):
                refuse(new_world() if needs_its_own else crowd, line, actor, side, "role")
            continue
        world = new_world()
        seen = ACTS[line.act](world, actor, world.own)
        assert world.refusals() == [], role
        if said == "list":
            assert seen == {world.own.camera}, role
        elif said == "own":
            refuse(new_world() if needs_its_own else crowd, line, actor, crowd.foreign, "place")
        else:
            assert said == "yes"


@pytest.mark.parametrize("line", [line for line in LINES if line.kind == "list"], ids=lambda line: line.act)
def test_who_acts_everywhere_sees_both_streets(line: Line, new_world: Callable[[], World]) -> None:
    world = new_world()
    seen = ACTS[line.act](world, person("陈建国", Role.SUPERVISOR), world.own)
    assert seen == {world.own.camera, world.foreign.camera}


def acts() -> tuple[set[str], set[str]]:
    """Return the acts of every desk that somebody does, and those that nobody in particular does."""
    asked: set[str] = set()
    unasked: set[str] = set()
    for module in pkgutil.iter_modules(console.application.__path__):
        found = importlib.import_module(f"console.application.{module.name}")
        for name, desk in inspect.getmembers(found, inspect.isclass):
            if desk.__module__ != found.__name__ or desk in (Gate, Openings) or getattr(desk, "_is_protocol", False):
                continue
            public = {
                f"{name}.{act}": inspect.signature(method).parameters
                for act, method in inspect.getmembers(desk, inspect.isfunction)
                if not act.startswith("_")
            }
            own = {act for act, parameters in public.items() if "actor" in parameters}
            asked |= own
            unasked |= set(public) - own if own else set()
    return asked, unasked


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_the_page_names_every_act_of_every_desk_and_no_other(page: Path) -> None:
    asked, unasked = acts()
    assert {line.act for line in lines_of(page)} == asked == set(ACTS)
    assert unasked_of(page) == unasked
    assert lines_of(page) == LINES


def test_an_act_that_asks_no_gate_would_be_seen(
    new_world: Callable[[], World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Gate, "require", lambda _self, actor, *_a, **_k: actor)
    line = next(line for line in LINES if line.act == "EvidenceDesk.view")
    world = new_world()
    with pytest.raises(pytest.fail.Exception):
        refuse(world, line, actor_of(Role.OPERATOR), world.foreign, "place")

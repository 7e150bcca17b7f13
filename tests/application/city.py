"""A small city on a real SQLite file, a clock that stands still, and the people at its desks."""

import functools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from console.application.alarm_intake import AlarmIntake, Hit
from console.application.alarm_review import AlarmReview, Filing
from console.application.case_clock_desk import CaseClockDesk
from console.application.case_desk import CaseDesk, CaseSettings, FiledCase
from console.application.directory_desk import DirectoryDesk
from console.application.dispatch import Dispatch
from console.application.errors import Unavailable
from console.application.listening_desk import ListeningDesk
from console.application.live_wall import LiveWall
from console.application.onboarding_desk import Login, OnboardingDesk
from console.application.permissions import Gate
from console.application.ptz_desk import PtzDesk
from console.application.ptz_tours import PtzTourDesk
from console.application.recheck import RecheckDesk
from console.application.recordings_desk import RecordingsDesk, SpanWanted
from console.application.rules_desk import RulesDesk
from console.application.talk import TalkDesk, TalkSettings
from console.domain.accounts import Account, Actor, Role
from console.domain.alarms import Priority
from console.domain.cameras import Camera
from console.domain.categories import Category, Condition
from console.domain.deadlines import Clock as LimitClock
from console.domain.deadlines import Limit, WorkingCalendar
from console.domain.evidence import RuleFacts
from console.domain.ids import (
    AccountId,
    AlarmId,
    CameraId,
    CaseId,
    CategoryCode,
    RuleId,
    SeatId,
    SpeakerId,
    TalkId,
    UnitId,
)
from console.domain.listening import ListeningRule
from console.domain.places import Place
from console.domain.ptz import STILL, PtzLease, Velocity
from console.domain.routing import RoutingRow, Unit
from console.domain.rules import CameraRule, Zone
from console.domain.speaking import Phrase, QuietHours, Speaker
from console.infrastructure.database.directory_queries import SqlDirectoryQueries
from console.infrastructure.database.engine import Database, open_database
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.database.upgrading import upgrade

SHANGHAI = ZoneInfo("Asia/Shanghai")
BEGIN = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # a Monday, ten o'clock in Shanghai
PARKING = CategoryCode("09009")
CAMERA = CameraId("cam01")
TEAM, OTHER_TEAM = UnitId("team-2"), UnitId("team-1")


@dataclass(slots=True)
class StandingClock:
    """A clock a test moves by hand."""

    at: datetime = BEGIN

    def now(self) -> datetime:
        return self.at

    def monotonic_s(self) -> float:
        return self.at.timestamp()

    def wait(self, **span: float) -> None:
        self.at += timedelta(**span)


@dataclass(slots=True)
class Line:
    """A line to the station that keeps what was ordered; ``is_cut`` makes it fail."""

    orders: list[tuple[str, str]] = field(default_factory=list)
    is_cut: bool = False

    def nudge(self, topic: str, ids: tuple[str, ...]) -> None:
        self.orders.append((topic, ",".join(ids)))

    def talk(self, talk_id: TalkId, action: str) -> None:
        if self.is_cut:
            raise Unavailable("The station does not answer; it is being started again.")
        self.orders.append((action, talk_id))

    def record_by_hand(self, camera_id: CameraId, until: datetime | None) -> None:
        if self.is_cut:
            raise Unavailable("The station does not answer; it is being started again.")
        self.orders.append(("record", f"{camera_id} until {until:%H:%M}" if until else f"{camera_id} no longer"))

    def listen(self, camera_id: CameraId | None, player_id: str = "") -> None:
        if self.is_cut:
            raise Unavailable("The station does not answer; it is being started again.")
        self.orders.append(("hear", player_id) if player_id else ("listen", camera_id or "no longer"))

    def list_presets(self, request_id: str, camera_id: CameraId) -> None:
        del request_id
        self.orders.append(("presets", camera_id))

    def turn_camera(self, lease: PtzLease, action: str, velocity: Velocity = STILL, preset: int = 0) -> None:
        del velocity, preset
        self.orders.append(("ptz", f"{action} {lease.camera_id}"))

    def find_devices(self, request_id: str) -> None:
        self.orders.append(("find", request_id))

    def ask_device(self, request_id: str, address: str, login: Login) -> None:
        del request_id, login
        self.orders.append(("ask", address))

    def try_camera(self, request_id: str, camera: Camera, login: Login, width: int, height: int) -> None:
        del request_id, login
        self.orders.append(("try", f"{camera.main_address} {width}x{height}"))

    def end_trial(self) -> None:
        self.orders.append(("end trial", ""))

    def take_reference(self, camera_id: CameraId, taken_by: str) -> None:
        self.orders.append(("reference", f"{camera_id} by {taken_by}"))

    def cut_span(self, request_id: str, span: SpanWanted) -> None:
        self.orders.append(("cut", f"{span.camera_id} for {span.subject_id}"))


@dataclass(slots=True)
class Drawer:
    """A vault in memory."""

    secrets: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str | None:
        return self.secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        self.secrets[name] = secret

    def delete(self, name: str) -> None:
        self.secrets.pop(name, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class City:
    """All desks over one database."""

    clock: StandingClock
    units: SqlUnitsOfWork
    queries: SqlQueries
    gate: Gate
    intake: AlarmIntake
    review: AlarmReview
    cases: CaseDesk
    dispatch: Dispatch
    times: CaseClockDesk
    rechecks: RecheckDesk
    talk: TalkDesk
    wall: LiveWall
    listening: ListeningDesk
    directory: DirectoryDesk
    recordings: RecordingsDesk
    ptz: PtzDesk
    ptz_tours: PtzTourDesk
    onboarding: OnboardingDesk
    rules: RulesDesk
    line: Line
    vault: Drawer

    def hit(
        self, name: str = "hit-1", *, priority: Priority = Priority.MEDIUM, facts: RuleFacts | None = None
    ) -> AlarmId:
        return self.intake.take(
            Hit(
                hit_id=name,
                camera_id=CAMERA,
                category=PARKING,
                priority=priority,
                facts=facts or FACTS,
                media_time_s=42.0,
                received_at=self.clock.now(),
            )
        ).alarm_id

    def confirmed(self, actor: Actor, name: str = "hit-1", *, priority: Priority = Priority.MEDIUM) -> AlarmId:
        alarm_id = self.hit(name, priority=priority)
        self.review.confirm(actor, alarm_id, Filing(PARKING, "1"))
        return alarm_id

    def filed(self, actor: Actor, name: str = "hit-1", *, priority: Priority = Priority.MEDIUM) -> FiledCase:
        return self.cases.file(actor, self.confirmed(actor, name, priority=priority))

    def filed_case_id(self) -> CaseId:
        (row,) = self.cases.list(person("李文静"))
        return CaseId(row.case_id)

    def audit_verbs(self) -> list[str]:
        with self.units.read() as unit:
            return [line.facts.verb for line in unit.audit.lines(0, 1000)]


FACTS = RuleFacts(
    rule_id="van-bay",
    zone_name="禁停区 A",
    polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9)),
    box=(0.4, 0.4, 0.6, 0.6),
    label="car",
    score=0.66,
    mean_score=0.6,
    dwell_s=10.0,
    model_name="efficientdet_lite0",
    model_sha256="ab" * 32,
    device="CPU",
    precision="f32",
)


def person(name: str, role: Role = Role.OPERATOR, seat: str = "02") -> Actor:
    return Actor(account_id=AccountId(name), display_name=name, role=role, seat_id=SeatId(seat))


@contextmanager
def open_city(folder: Path) -> Iterator[City]:
    """Give a city in a folder."""
    file = folder / "city.db"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_founded())
    database = open_database(f"sqlite:///{file}", StandingClock())
    yield city_on(database)
    database.close()


@functools.cache
def _founded() -> bytes:
    """Return the file of a city that nothing has happened in: each test gets a copy, made in a tenth of the time."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "city.db"
        database = open_database(f"sqlite:///{file}", StandingClock())
        upgrade(database)
        fill(SqlUnitsOfWork(database))
        database.close()
        return file.read_bytes()


def city_on(database: Database) -> City:
    """Return the desks over a database that holds a city."""
    clock, vault = StandingClock(), Drawer()
    units, queries = SqlUnitsOfWork(database), SqlQueries(database)
    gate = Gate(units, clock)
    return City(
        clock=clock,
        units=units,
        queries=queries,
        gate=gate,
        intake=AlarmIntake(units, clock),
        review=AlarmReview(units, queries, gate, clock),
        cases=CaseDesk(
            units, queries, gate, clock, CaseSettings(zone=SHANGHAI, number_template="{day}-{sequence:04d}")
        ),
        dispatch=Dispatch(units, clock),
        times=CaseClockDesk(units, gate, clock),
        rechecks=RecheckDesk(units, gate, clock),
        talk=TalkDesk(
            units,
            queries,
            gate,
            clock,
            TalkSettings(zone=SHANGHAI, quiet=QuietHours(begins=time(12), ends=time(14))),
        ),
        wall=LiveWall(units, gate),
        directory=DirectoryDesk(units, SqlDirectoryQueries(database), gate, clock, vault),
        onboarding=OnboardingDesk(units, gate),
        rules=RulesDesk(units, gate),
        listening=ListeningDesk(units, gate, ListeningRule(is_on=True)),
        ptz=PtzDesk(units, gate, clock, SHANGHAI),
        ptz_tours=PtzTourDesk(units, gate),
        recordings=RecordingsDesk(units, queries, gate, clock, timedelta(minutes=15)),
        line=Line(),
        vault=vault,
    )


def fill(units: SqlUnitsOfWork) -> None:
    """Put a city's directory into an empty database."""
    condition = Condition(code="1", zh="占用人行道停放", en="parked on the pavement")
    closing = Condition(code="1", zh="车辆驶离", en="the vehicle has left")
    with units.write() as unit:
        directory = unit.directory
        directory.put_category(
            Category(
                code=PARKING,
                standard="GB/T 47678.5-2026",
                zh="机动车乱停放",
                en="Vehicle parked badly",
                question_zh="车上有人吗？",
                question_en="Is somebody in it?",
                filing=(condition,),
                closing=(closing,),
                limit=Limit(LimitClock.WORKING, timedelta(hours=2)),
            )
        )
        for name in (TEAM, OTHER_TEAM):
            directory.put_unit(Unit(unit_id=name, zh=str(name), en=str(name), address="http://127.0.0.1:1"))
        directory.put_routing((RoutingRow(row=1, unit_id=TEAM, category_prefix="09"),))
        directory.put_speaker(
            Speaker(speaker_id=SpeakerId("S-14"), name="S-14", driver="rtp", host="127.0.0.1", port=4000)
        )
        directory.put_phrase(Phrase(phrase_id="1", zh="{place}的商户您好，请勿占道经营。", en="Attention, {place}."))
        directory.put_calendar(WorkingCalendar(zone=SHANGHAI))
        directory.put_camera(
            Camera(
                camera_id=CAMERA,
                number="01",
                name="学府路口·南",
                place=Place(address="学府路 12 号", grid_cell="330199001003001"),
                main_address="rtsp://127.0.0.1:1/cam01/main",
                sub_address="rtsp://127.0.0.1:1/cam01/sub",
                speaker_ids=(SpeakerId("S-14"),),
                rules=(
                    CameraRule(
                        rule_id=RuleId("van-bay"),
                        camera_id=CAMERA,
                        zone=Zone(name="禁停区 A", polygon=((0.1, 0.1), (0.9, 0.1), (0.9, 0.9))),
                        category=PARKING,
                        labels=("car",),
                        dwell_s=10.0,
                        minimum_score=0.3,
                    ),
                ),
            )
        )
        unit.accounts.add(
            Account(
                account_id=AccountId("acc-li"),
                sign_in_name="li",
                display_name="李文静",
                role=Role.OPERATOR,
                password_hash="right",
            )
        )
        unit.commit()

"""A desk at work, verb after verb, each said when it has returned; and what of it must be found again afterwards."""

from collections.abc import Callable, Iterable
from dataclasses import replace

from sqlalchemy import text

from console.application.alarm_review import Filing
from console.application.dispatch import Answer
from console.application.errors import Stale
from console.domain.accounts import Actor
from console.domain.alarms import Alarm, AlarmStage, DismissReason, Priority
from console.domain.audit import first_break
from console.domain.cases import Act
from console.domain.ids import AlarmId, CaseId, EvidenceId
from console.domain.outbox import Order, OrderStage
from console.infrastructure.database.engine import Database
from console.infrastructure.database.unit_of_work import SqlUnitOfWork, SqlUnitsOfWork
from tests.application.city import PARKING, TEAM, City, person
from tests.infrastructure.database import builders

DISMISS_EVERY = 4
MANY = 100_000


class Department:
    """A unit's system that stores whatever comes."""

    def submit(self, body: dict[str, object], idempotency_key: str) -> str:
        del body
        return f"R-{idempotency_key}"

    def recall(self, receipt: str, idempotency_key: str) -> None:
        del receipt, idempotency_key

    def answers(self, since: object) -> tuple[Answer, ...]:
        del since
        return ()


class WorkingDesk:
    """Takes alarms, judges, files, delivers and hears answers. ``say(kind, id)`` follows every commit."""

    def __init__(self, city: City, say: Callable[[str, str], None], run: str = "run") -> None:
        self._city = city
        self._say = say
        self._run = run
        self._actor: Actor = person("李文静")

    def work(self, number: int) -> None:
        """Bring one street through the desk."""
        city, name = self._city, f"{self._run}-{number}"
        city.clock.wait(seconds=7)
        alarm_id = city.hit(name, priority=Priority.HIGH)
        self._say("alarm", alarm_id)
        city.hit(f"{name}-again", priority=Priority.HIGH)
        self._say("absorbed", alarm_id)
        city.intake.keep_evidence(builders.evidence(f"clip-{name}", subject_id=alarm_id))
        self._say("evidence", f"clip-{name}")
        city.review.claim(self._actor, alarm_id)
        self._say("claimed", alarm_id)
        if number % DISMISS_EVERY == DISMISS_EVERY - 1:
            city.review.dismiss(self._actor, alarm_id, DismissReason.SEEN_WRONGLY)
            self._say("dismissed", alarm_id)
            return
        city.review.confirm(self._actor, alarm_id, Filing(PARKING, "1"))
        self._say("confirmed", alarm_id)
        case_id = city.cases.file(self._actor, alarm_id).case_id
        self._say("filed", case_id)
        for order in city.dispatch.take_due():
            self._deliver(order)
        photo = replace(builders.evidence(f"photo-{name}"), subject_id=case_id)
        receipt = self._receipt(case_id)
        answer = Answer(
            answer_id=f"answer-{name}",
            receipt=receipt,
            says="done",
            text="已清理",
            at=city.clock.now(),
            photos=(photo,),
        )
        assert city.dispatch.take_answer(TEAM, answer) == case_id
        self._say("answered", case_id)

    def _deliver(self, order: Order) -> None:
        self._say("delivered", self._city.dispatch.deliver(order, Department()))

    def _receipt(self, case_id: CaseId) -> str:
        with self._city.units.read() as unit:
            return unit.orders.of_case(case_id)[0].receipt


def lost(database: Database, said: Iterable[tuple[str, str]]) -> list[str]:
    """Return what was said to be kept and is not there."""
    with SqlUnitsOfWork(database).read() as unit:
        return [f"{kind} {name}" for kind, name in said if not _is_there(unit, kind, name)]


def _is_there(unit: SqlUnitOfWork, kind: str, name: str) -> bool:
    try:
        return _CHECKS[kind](unit, name)
    except Stale:
        return False


def halves(database: Database) -> list[str]:
    """Return the verbs of which a part is in the database and a part is not."""
    found = []
    with database.reading() as connection:
        for what, whole, part in _TOGETHER:
            left, right = (set(connection.execute(text(statement)).scalars()) for statement in (whole, part))
            found += [f"{what}: {name}" for name in left ^ right]
    return found


def broken_line(database: Database) -> int | None:
    """Return where the audit chain breaks."""
    with SqlUnitsOfWork(database).read() as unit:
        return first_break(unit.audit.lines(0, MANY))


def is_sound(database: Database) -> bool:
    """Say whether SQLite finds every page and index in order; PostgreSQL has no such question."""
    if not database.is_sqlite:
        return True
    with database.reading() as connection:
        return bool(connection.exec_driver_sql("PRAGMA integrity_check").scalar_one() == "ok")


def _is_answered(unit: SqlUnitOfWork, name: str) -> bool:
    steps = [step for step in unit.cases.get(CaseId(name)).steps if step.act is Act.ANSWERED]
    return bool(steps) and all(unit.evidence.get(EvidenceId(photo)) for step in steps for photo in step.facts["photos"])


def _is_claimed(alarm: Alarm) -> bool:
    return alarm.claim is not None or alarm.stage is not AlarmStage.WAITING


def _has_verdict(unit: SqlUnitOfWork, name: str, stage: AlarmStage) -> bool:
    return any(verdict.stage is stage for verdict in unit.alarms.get(AlarmId(name)).verdicts)


_CHECKS: dict[str, Callable[[SqlUnitOfWork, str], bool]] = {
    "alarm": lambda unit, name: unit.alarms.get(AlarmId(name)).alarm_id == name,
    "absorbed": lambda unit, name: unit.alarms.get(AlarmId(name)).hits >= 2,
    "evidence": lambda unit, name: unit.evidence.get(EvidenceId(name)).evidence_id == name,
    "claimed": lambda unit, name: _is_claimed(unit.alarms.get(AlarmId(name))),
    "dismissed": lambda unit, name: _has_verdict(unit, name, AlarmStage.DISMISSED),
    "confirmed": lambda unit, name: _has_verdict(unit, name, AlarmStage.CONFIRMED),
    "filed": lambda unit, name: unit.cases.get(CaseId(name)).case_id == name,
    "delivered": lambda unit, name: any(
        order.stage is OrderStage.DELIVERED for order in unit.orders.of_case(CaseId(name))
    ),
    "answered": _is_answered,
}

# What one verb writes in several tables: (verb, one table's names, another's).
_TOGETHER = (
    (
        "alarm without audit, or audit without alarm",
        "SELECT alarm_id FROM alarms",
        "SELECT subject FROM audit_lines WHERE verb = 'raise_alarm'",
    ),
    ("case without audit", "SELECT case_id FROM cases", "SELECT subject FROM audit_lines WHERE verb = 'file'"),
    ("case without order", "SELECT case_id FROM cases", "SELECT case_id FROM orders"),
    ("case without alarm", "SELECT case_id FROM cases", "SELECT case_id FROM alarms WHERE case_id IS NOT NULL"),
    (
        "evidence without custody",
        "SELECT evidence_id FROM evidence_items",
        "SELECT evidence_id FROM custody_lines",
    ),
    (
        "answer without audit",
        "SELECT case_id FROM rechecks",
        "SELECT subject FROM audit_lines WHERE verb = 'answer'",
    ),
    (
        "delivery without audit",
        "SELECT case_id FROM orders WHERE stage = 'delivered'",
        "SELECT subject FROM audit_lines WHERE verb = 'deliver'",
    ),
)

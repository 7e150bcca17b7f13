"""What people and the station ask of the records all day, as the desks do it: a round of acts, drawn by a seed."""

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from pathlib import Path

from console.application.alarm_intake import AlarmIntake, Hit, Report
from console.application.alarm_review import AlarmReview, Filing
from console.application.audit_desk import AuditDesk
from console.application.case_desk import CaseDesk, CaseSettings
from console.application.permissions import Gate
from console.application.read_models import AuditQuery
from console.bench.desk_ledger import CHIEF, Ledger
from console.bench.desk_year import ZONE, beside, facts_of_a_rule
from console.domain.alarms import DismissReason, Priority, Source
from console.domain.ids import AlarmId, CategoryCode
from console.infrastructure.audit_anchor import SiteAnchors
from console.infrastructure.clock import SystemClock
from console.infrastructure.database.engine import Database
from console.infrastructure.database.queries import SqlQueries
from console.infrastructure.database.unit_of_work import SqlUnitsOfWork
from console.infrastructure.documents.register import RegisterFiles
from console.infrastructure.secrets import FileVault
from console.infrastructure.signing import Signer

ALARMS_A_ROUND = 20  # each opened, claimed and decided
LOOKS_A_ROUND = 10
TAKEN_A_ROUND = 50  # reports, and as many rule hits
TEN_MINUTES = timedelta(minutes=10)  # what the queue's pace counts
A_WEEK = timedelta(days=7)

Act = tuple[str, Callable[[], object]]

QUEUE = "queue_open"
INTAKE = ("report", "hit")
READING = ("case_list", "case_list_deep", "case_list_local", "queue_local", "case_page", "search", "backlog")
DECIDING = ("alarm_card", "claim", "confirm_and_file", "dismiss")
ACTS = (QUEUE, *DECIDING, *READING, *INTAKE)


class Acts:
    """A desk in front of a ledger. Used from one thread."""

    def __init__(self, database: Database, ledger: Ledger, folder: Path, seed: int = 1) -> None:
        units, clock, queries = SqlUnitsOfWork(database), SystemClock(), SqlQueries(database)
        gate, signer = Gate(units, clock), Signer(FileVault(folder))
        self._review = AlarmReview(units, queries, gate, clock)
        self._cases = CaseDesk(units, queries, gate, clock, CaseSettings(zone=ZONE))
        self._intake = AlarmIntake(units, clock)
        anchors, registers = SiteAnchors(folder, "bench", signer), RegisterFiles(signer, ZONE)
        self._audit = AuditDesk(units, queries, gate, clock, anchors, registers)
        self._queries, self._clock = queries, clock
        self._ledger = ledger
        self._conditions = {matter.code: matter.filing[0].code for matter in ledger.matters}
        self._waiting = iter(ledger.waiting)
        self._chance = random.Random(seed)

    def round(self) -> Iterator[Act]:
        """Give the acts of a round with their names; those of alarms only while there are any that wait."""
        for _ in range(LOOKS_A_ROUND):
            yield from self._looks()
        for number, (alarm_id, category) in enumerate(islice(self._waiting, ALARMS_A_ROUND)):
            yield "alarm_card", partial(self._review.card, CHIEF, alarm_id)
            yield "claim", partial(self._review.claim, CHIEF, alarm_id)
            yield self._verdict(alarm_id, category, is_real=number % 2 == 0)
        for _ in range(TAKEN_A_ROUND):
            yield "report", partial(self._intake.report, self._report())
            yield "hit", partial(self._intake.take, self._hit())

    def _looks(self) -> Iterator[Act]:
        chance, local = self._chance, self._ledger.local
        filed_at, case_id = chance.choice(self._ledger.some_cases)
        yield QUEUE, self._open_queue
        yield "queue_local", partial(self._review.queue, local)
        yield "case_list", partial(self._cases.list, CHIEF)
        yield "case_list_deep", partial(self._cases.list, CHIEF, before=(filed_at, case_id))
        yield "case_list_local", partial(self._cases.list, local)
        yield "case_page", partial(self._cases.page, CHIEF, case_id)
        yield "search", partial(self._audit.search, CHIEF, self._query(filed_at, case_id))
        yield "backlog", self._queries.backlog

    def _open_queue(self) -> None:
        """As the seat does it when it looks."""
        self._review.queue(CHIEF)
        self._review.raised(CHIEF, TEN_MINUTES)

    def _verdict(self, alarm_id: AlarmId, category: CategoryCode, *, is_real: bool) -> Act:
        filing = Filing(category, self._conditions[category])
        if is_real:
            return "confirm_and_file", partial(self._cases.confirm_and_file, CHIEF, alarm_id, filing)
        return "dismiss", partial(self._review.dismiss, CHIEF, alarm_id, DismissReason.NO_OFFENCE)

    def _query(self, filed_at: datetime, case_id: str) -> AuditQuery:
        """Return what an auditor looks for, by turns: a case, a camera's week, what somebody filed in a week."""
        week = AuditQuery(from_at=filed_at - A_WEEK, to_at=filed_at)
        camera_id = self._chance.choice(self._ledger.streets).camera_id
        return self._chance.choice(
            (
                AuditQuery(case_id=case_id),
                replace(week, camera_id=camera_id),
                replace(week, who="王磊", verb="file"),
            )
        )

    def _report(self) -> Report:
        chance = self._chance
        return Report(
            report_id=f"{chance.getrandbits(128):032x}",
            source=Source.CITIZEN,
            category=chance.choice(self._ledger.matters).code,
            priority=Priority.MEDIUM,
            place=beside(chance.choice(self._ledger.streets).place, chance),
            at=self._clock.now(),
            text="车辆占道停放",
        )

    def _hit(self) -> Hit:
        chance = self._chance
        return Hit(
            hit_id=f"{chance.getrandbits(128):032x}",
            camera_id=chance.choice(self._ledger.streets).camera_id,
            category=chance.choice(self._ledger.matters).code,
            priority=Priority.MEDIUM,
            facts=facts_of_a_rule(chance),
            media_time_s=chance.uniform(0, 86_400),
            received_at=self._clock.now(),
        )

"""Says on the wall that an alarm of a sensor ended by itself: a line that only vanished would be a riddle."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from console.application.alarm_review import AlarmReview
from console.application.ports import Clock
from console.application.read_models import AlarmRow, EndedByItself
from console.domain.accounts import Actor
from console.domain.alarms import Source
from console.domain.errors import Refusal
from console.domain.ids import AlarmId
from console.words import N_
from widgets.desk import Desk
from widgets.state.telling import Named, Told

SHOWN_FOR = timedelta(minutes=1)  # judgement: long enough for whoever looks up once from the review


class SelfEnded:
    """What left the queue with nobody's verdict. Used from the GUI thread."""

    def __init__(self, review: AlarmReview, desk: Desk, clock: Clock) -> None:
        self._review, self._desk, self._clock = review, desk, clock
        self._waiting: dict[str, AlarmRow] = {}
        self._line: Told | str = ""
        self._until: datetime | None = None

    @property
    def line(self) -> Told | str:
        """What to say now, "" where there is nothing."""
        return self._line if self._until is not None and self._clock.now() < self._until else ""

    def note(self, actor: Actor, rows: Sequence[AlarmRow]) -> None:
        """Take in the queue of now, and ask what became of each sensor's alarm that is no longer in it."""
        now = {row.alarm_id: row for row in rows if row.source is Source.SENSOR}
        gone = {alarm_id: row for alarm_id, row in self._waiting.items() if alarm_id not in now}
        self._waiting = now
        if gone:
            ids = [AlarmId(alarm_id) for alarm_id in gone]
            self._desk.fetch(lambda: (gone, self._review.ended_by_themselves(actor, ids)), self._came, _not_said)

    def forget(self) -> None:
        """Somebody else sits here now, whose queue is another."""
        self._waiting, self._until = {}, None

    def _came(self, found: tuple[dict[str, AlarmRow], Sequence[EndedByItself]]) -> None:
        gone, ended = found
        if not ended:
            return
        last = max(ended, key=lambda one: one.at)
        row = gone[last.alarm_id]
        values = {
            "where": row.where,
            "matter": Named(row.category_zh, row.category_en),
            "value": last.value,
            "sensor": last.sensor,
            "n": len(ended),
        }
        self._line = Told(
            N_("{where}, {matter}: sensor {sensor} is back to normal ({value}). Its alarm ended by itself.")
            if len(ended) == 1
            else N_("{n} alarms of sensors ended by themselves; the last: {where}, {matter}, {sensor} ({value})."),
            values,
        )
        self._until = self._clock.now() + SHOWN_FOR


def _not_said(_: Refusal) -> None:
    """The records are away: what became of them stands in the audit."""

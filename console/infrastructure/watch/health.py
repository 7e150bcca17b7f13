"""The station's pulse: how each silent thing is, since when, whether it still says so, and what changed lately."""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application.ports import Clock
from console.infrastructure.channel.messages import Health, HealthChange, HealthHistory, HealthItem, WorkerItem
from console.infrastructure.supervisor import WorkerReport
from console.infrastructure.watch.facts import Fact, FactSource
from console.infrastructure.watch.pulses import Reporting

MOST_CHANGES = 200  # of a bad night; older ones are in the log


@dataclass(frozen=True, slots=True)
class _Held:
    condition: str
    since: datetime


class HealthRoom:
    """Owned by the station's main thread. It believes nobody who has stopped speaking."""

    def __init__(self, *, sources: Sequence[FactSource], workers: Reporting, clock: Clock) -> None:
        """Args:
        sources: the silent things, in the order of the health page.
        """
        self._sources = tuple(sources)
        self._workers = workers
        self._clock = clock
        self._held: dict[str, _Held] = {}
        self._changes: deque[HealthChange] = deque(maxlen=MOST_CHANGES)
        self._has_news = False

    def report(self) -> Health:
        """Return how each silent thing is, and since when."""
        now, now_s = self._clock.now(), self._clock.monotonic_s()
        items = tuple(self._item(source.fact(), now, now_s) for source in self._sources)
        workers = tuple(self._worker(report, now, now_s) for report in self._workers.reports())
        return Health(at=now, items=items, workers=workers)

    def history(self) -> HealthHistory:
        """Return the changes of condition, oldest first."""
        return HealthHistory(changes=tuple(self._changes))

    def take_news(self) -> HealthHistory | None:
        """Return the history if it grew since this was asked last."""
        has_news, self._has_news = self._has_news, False
        return self.history() if has_news else None

    def _item(self, fact: Fact, now: datetime, now_s: float) -> HealthItem:
        quiet_s = now_s - fact.beat_s if fact.beat_s is not None else 0.0
        is_silent = quiet_s > fact.silent_after_s
        condition = "silent" if is_silent else fact.condition
        held = self._held.get(fact.name)
        if held is None or held.condition != condition:
            # Silence began with the last beat, not when our patience ended.
            since = now - timedelta(seconds=quiet_s) if is_silent else now
            self._note(held, fact, condition, since)
            held = self._held[fact.name] = _Held(condition, since)
        return HealthItem.model_validate(
            {
                "name": fact.name,
                "condition": condition,
                "since": held.since,
                "sentence": fact.sentence,
                "values": dict(fact.values),
                "beat_age_s": None if fact.beat_s is None else round(quiet_s, 1),
            }
        )

    def _note(self, held: _Held | None, fact: Fact, condition: str, since: datetime) -> None:
        if held is None and condition in ("ok", "waiting"):
            return  # the station has just begun; nothing changed
        self._has_news = True
        self._changes.append(
            HealthChange.model_validate(
                {
                    "at": since,
                    "name": fact.name,
                    "condition": condition,
                    "sentence": fact.sentence,
                    "values": dict(fact.values),
                }
            )
        )

    def _worker(self, report: WorkerReport, now: datetime, now_s: float) -> WorkerItem:
        return WorkerItem(
            worker_id=report.worker_id,
            role=report.role,
            is_running=report.is_running,
            since=now - timedelta(seconds=max(0.0, now_s - report.since_s)),
            restarts=report.restarts,
            reason=report.reason,
            code=report.code,
            alone_for=report.alone_for,
            beat_age_s=None if report.pulse_s is None else round(max(0.0, now_s - report.pulse_s), 1),
        )

"""What the station says of its health, as the health bar and page take it in."""

from datetime import datetime, timedelta

from console.infrastructure.channel.messages import Health, HealthHistory
from widgets.state.health import KINDS, ChangeLine, HealthLine, WorkerLine
from widgets.state.telling import Told

_NAMES = frozenset(kind.name for kind in KINDS)


def health_lines(message: Health) -> tuple[HealthLine, ...]:
    """Return a line for each thing the page has words for."""
    return tuple(
        HealthLine(
            name=item.name,
            condition=item.condition,
            since=item.since,
            told=_told(item.sentence, item.values),
            beat_age=_span(item.beat_age_s),
        )
        for item in message.items
        if item.name in _NAMES
    )


def unwatched_cameras(message: Health) -> tuple[tuple[str, Told, datetime], ...]:
    """Return the cameras with rules that nobody looks at, why, and since when."""
    return tuple((item.camera_id, _told(item.sentence, item.values), item.since) for item in message.unwatched)


def worker_lines(message: Health) -> tuple[WorkerLine, ...]:
    """Return a line for each process."""
    return tuple(
        WorkerLine(
            name=worker.worker_id,
            role=worker.role,
            is_running=worker.is_running,
            since=worker.since,
            restarts=worker.restarts,
            reason=worker.reason,
            code=worker.code,
            beat_age=_span(worker.beat_age_s),
            alone_for=worker.alone_for,
        )
        for worker in message.workers
    )


def change_lines(message: HealthHistory) -> tuple[ChangeLine, ...]:
    """Return the changes of condition, oldest first."""
    return tuple(
        ChangeLine(
            at=change.at, name=change.name, condition=change.condition, told=_told(change.sentence, change.values)
        )
        for change in message.changes
        if change.name in _NAMES
    )


def _told(sentence: str, values: dict[str, str | int | float]) -> Told:
    """Return the sentence with its values; a value named ``age`` is seconds."""
    told: dict[str, object] = dict(values)
    age_s = told.get("age")
    if isinstance(age_s, int | float):
        told["age"] = timedelta(seconds=age_s)
    return Told(sentence, told)


def _span(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)

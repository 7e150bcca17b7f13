"""The station's pulse as the health bar shows it: video, detection, delivery, storage, clock."""

import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from console.application.errors import Unavailable
from console.application.ports import Clock, Queries
from console.domain.evidence import LARGEST_CLOCK_OFFSET_S
from console.infrastructure.channel.messages import Health, HealthItem
from console.infrastructure.watch.alarms import AlarmRoom
from console.infrastructure.watch.looking import Looking
from console.infrastructure.watch.streams import Streams

GIB = 1024**3
LEAST_FREE_GIB = 5.0  # judgement: an hour of nine main streams at 4 Mbit/s is 16 GB; below 5 GB act today


@dataclass(frozen=True, slots=True)
class _Fact:
    """One measurement, before it is known since when it holds."""

    name: str
    condition: str
    sentence: str
    values: dict[str, str | int | float]


class HealthRoom:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        streams: Streams,
        looking: Looking,
        alarms: AlarmRoom,
        queries: Queries,
        data: Path,
        clock: Clock,
    ) -> None:
        self._streams = streams
        self._looking = looking
        self._alarms = alarms
        self._queries = queries
        self._data = data
        self._clock = clock
        self._since: dict[str, tuple[str, datetime]] = {}

    def report(self) -> Health:
        """Return how each silent thing is, and since when."""
        now = self._clock.now()
        facts = (self._video(), self._detection(), self._delivery(now), self._storage(), self._clocks())
        return Health(at=now, items=tuple(self._item(fact, now) for fact in facts))

    def _item(self, fact: _Fact, now: datetime) -> HealthItem:
        known = self._since.get(fact.name)
        if known is None or known[0] != fact.condition:
            self._since[fact.name] = (fact.condition, now)
        return HealthItem.model_validate(
            {
                "name": fact.name,
                "condition": fact.condition,
                "since": self._since[fact.name][1],
                "sentence": fact.sentence,
                "values": fact.values,
            }
        )

    def _video(self) -> _Fact:
        cameras = {state.camera_id for state in self._streams.states.values()}
        live = {state.camera_id for state in self._streams.states.values() if state.condition == "live"}
        return _Fact(
            "video",
            "ok" if len(live) == len(cameras) else "fault",
            "{live}/{all} cameras seen",
            {"live": len(live), "all": len(cameras)},
        )

    def _detection(self) -> _Fact:
        watched = len(self._streams.watched())
        if watched == 0:
            return _Fact("detection", "waiting", "no rule is drawn", {})
        pace = self._looking.pace
        unwatched = len(self._looking.unwatched())
        if pace is None or unwatched:
            return _Fact("detection", "fault", "{count} of {all} not watched", {"count": unwatched, "all": watched})
        mean = sum(pace.looks_per_s.values()) / max(1, len(pace.looks_per_s))
        condition = "ok" if mean > 0 else "fault"
        return _Fact("detection", condition, "{pace} looks/s a camera", {"pace": round(mean, 1)})

    def _delivery(self, now: datetime) -> _Fact:
        try:
            backlog = self._queries.backlog()
        except Unavailable:
            return _Fact("delivery", "fault", "database away, {count} kept", {"count": self._alarms.waiting})
        if backlog.orders_parked:
            return _Fact("delivery", "fault", "{count} stopped after failed tries", {"count": backlog.orders_parked})
        if backlog.orders_waiting:
            oldest = backlog.oldest_order_at or now
            age_s = max(0, int((now - oldest).total_seconds()))
            return _Fact(
                "delivery",
                "waiting",
                "{count} waiting, oldest {age} s",
                {"count": backlog.orders_waiting, "age": age_s},
            )
        return _Fact("delivery", "ok", "{count} waiting", {"count": 0})

    def _storage(self) -> _Fact:
        free = shutil.disk_usage(self._data).free / GIB
        return _Fact("storage", "ok" if free >= LEAST_FREE_GIB else "fault", "{free} GB free", {"free": round(free, 1)})

    def _clocks(self) -> _Fact:
        offsets = [state.clock_offset_s for state in self._streams.states.values() if state.clock_offset_s is not None]
        if not offsets:
            return _Fact("clock", "waiting", "no camera tells its clock", {})
        worst = max(offsets, key=abs)
        condition = "ok" if abs(worst) <= LARGEST_CLOCK_OFFSET_S else "fault"
        return _Fact("clock", condition, "largest gap {gap} s", {"gap": round(worst, 2)})

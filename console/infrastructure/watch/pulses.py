"""The pulses a station takes: video, detection, delivery, speech, database, journal and clocks."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal, Protocol

from console.application.errors import Unavailable
from console.application.ports import Clock, Queries
from console.application.read_models import Backlog
from console.domain.evidence import LARGEST_CLOCK_OFFSET_S
from console.infrastructure.supervisor import WorkerReport
from console.infrastructure.watch.facts import SILENT_AFTER_S, Fact, Probe
from console.infrastructure.watch.looking import Looking
from console.infrastructure.watch.streams import Streams
from console.words import N_

ASK_DATABASE_EVERY_S = 1.0
# A department that hangs may hold one exchange for 28 s (gateways: 3 s to connect, 10 + 15 s to answer).
DELIVERY_SILENT_AFTER_S = 45.0
# Like the supervisor's patience: a voice model that loads beats late.
SPEECH_SILENT_AFTER_S = 15.0
SEEN = N_("{live}/{all} cameras seen")
DECODED_BY = N_("{live}/{all} cameras seen, by {device}: {n}")


_NOT_KNOWN = Fact(name="delivery", condition="waiting", sentence="not known: the database does not answer")


class Reporting(Protocol):
    """Who knows how the workers are: the supervisor."""

    def reports(self) -> Sequence[WorkerReport]: ...


class VideoPulse:
    """Cameras whose pictures come, by workers that are alive to say so."""

    def __init__(self, streams: Streams, workers: Reporting, clock: Clock) -> None:
        self._streams, self._workers, self._clock = streams, workers, clock

    def fact(self) -> Fact:
        now_s = self._clock.monotonic_s()
        beats = {one.worker_id: one.pulse_s for one in self._workers.reports() if one.role == "media-worker"}
        states = self._streams.states.values()
        blind = {state.camera_id for state in states if state.condition != "live"}
        for state in states:
            beat_s = beats.get(self._streams.worker_of(state.stream_id))
            if beat_s is None or now_s - beat_s > SILENT_AFTER_S:
                blind.add(state.camera_id)  # whatever it said last is as old as its pulse
        cameras = {state.camera_id for state in states}
        opening = {state.camera_id for state in states if state.condition == "opening"}
        condition: Literal["ok", "waiting", "fault"] = "fault"
        if not blind:
            condition = "ok"
        elif blind <= opening:
            condition = "waiting"
        devices = Counter(state.hardware for state in states if state.hardware and state.condition == "live")
        values: dict[str, str | int | float] = {"live": len(cameras - blind), "all": len(cameras)}
        if devices:
            values |= {"n": devices.total(), "device": ", ".join(sorted(devices))}
        return Fact(
            name="video",
            condition=condition,
            sentence=DECODED_BY if devices else SEEN,
            values=values,
            beat_s=max((beat_s for beat_s in beats.values() if beat_s is not None), default=None),
        )


class DetectionPulse:
    """Looks a second, and the cameras with a rule that nobody looks at."""

    def __init__(self, streams: Streams, looking: Looking) -> None:
        self._streams, self._looking = streams, looking

    def fact(self) -> Fact:
        watched = len(self._streams.watched())
        if watched == 0:
            return Fact(name="detection", condition="waiting", sentence="no rule is drawn")
        pace, beat_s = self._looking.pace, self._looking.paced_s
        unwatched = len(self._looking.unwatched())
        if pace is None or unwatched:
            return Fact(
                name="detection",
                condition="fault",
                sentence="{count} of {all} not watched",
                values={"count": unwatched, "all": watched},
                beat_s=beat_s,
            )
        whole = sum(pace.looks_per_s.values())
        return Fact(
            name="detection",
            condition="ok" if whole > 0 else "fault",
            sentence="{pace} looks/s, {count} watched",
            values={"pace": f"{whole:.1f}", "count": watched},
            beat_s=beat_s,
        )


class DeliveryPulse:
    """What waits to leave the house, and whether the relay still carries."""

    def __init__(
        self, database: Probe[Backlog], relay_beat_s: Callable[[], float], now: Callable[[], datetime]
    ) -> None:
        self._database, self._relay_beat_s, self._now = database, relay_beat_s, now

    def fact(self) -> Fact:
        backlog = self._database.latest
        told = self._told(backlog) if isinstance(backlog, Backlog) else _NOT_KNOWN
        return replace(told, beat_s=self._relay_beat_s(), silent_after_s=DELIVERY_SILENT_AFTER_S)

    def _told(self, backlog: Backlog) -> Fact:
        if backlog.orders_parked:
            return Fact(
                name="delivery",
                condition="fault",
                sentence="{count} stopped after failed tries",
                values={"count": backlog.orders_parked},
            )
        if backlog.orders_waiting:
            oldest = backlog.oldest_order_at or self._now()
            age_s = max(0, int((self._now() - oldest).total_seconds()))
            return Fact(
                name="delivery",
                condition="waiting",
                sentence="{count} waiting, oldest {age}",
                values={"count": backlog.orders_waiting, "age": age_s},
            )
        return Fact(name="delivery", condition="ok", sentence="{count} waiting", values={"count": 0})


class SpeechPulse:
    """The talk worker: whether anybody could be spoken to now."""

    def __init__(self, workers: Reporting, talk_worker: str) -> None:
        self._workers, self._talk_worker = workers, talk_worker

    def fact(self) -> Fact:
        report = next((one for one in self._workers.reports() if one.worker_id == self._talk_worker), None)
        if report is None or not report.is_running or report.pulse_s is None:
            if report is None or report.restarts == 0:
                return Fact(name="speech", condition="waiting", sentence="being started")
            return Fact(name="speech", condition="fault", sentence="being started again")
        return Fact(
            name="speech",
            condition="ok",
            sentence="ready",
            beat_s=report.pulse_s,
            silent_after_s=SPEECH_SILENT_AFTER_S,
        )


class DatabasePulse:
    """Whether the database answers; one that hangs is silent."""

    def __init__(self, database: Probe[Backlog]) -> None:
        self._database = database

    def fact(self) -> Fact:
        answer = self._database.latest
        if answer is None:
            return Fact(name="database", condition="waiting", sentence="being asked", beat_s=self._database.beat_s)
        if isinstance(answer, Unavailable):
            return Fact(name="database", condition="fault", sentence="away", beat_s=self._database.beat_s)
        return Fact(name="database", condition="ok", sentence="answers", beat_s=self._database.beat_s)


class JournalPulse:
    """Alarms and files that the database does not hold yet."""

    def __init__(self, waiting: Callable[[], int]) -> None:
        self._waiting = waiting

    def fact(self) -> Fact:
        count = self._waiting()
        return Fact(
            name="journal",
            condition="waiting" if count else "ok",
            sentence="{count} written down, not yet in the database",
            values={"count": count},
        )


class ClockPulse:
    """The widest gap between a camera's clock and ours."""

    def __init__(self, streams: Streams) -> None:
        self._streams = streams

    def fact(self) -> Fact:
        offsets = [one.clock_offset_s for one in self._streams.states.values() if one.clock_offset_s is not None]
        if not offsets:
            return Fact(name="clock", condition="waiting", sentence="no camera tells its clock")
        worst_s = max(offsets, key=abs)
        return Fact(
            name="clock",
            condition="ok" if abs(worst_s) <= LARGEST_CLOCK_OFFSET_S else "fault",
            sentence="largest gap {gap} s",
            values={"gap": f"{worst_s:+.1f}".replace("-", "−")},
        )


def probe_database(queries: Queries, clock: Clock) -> Probe[Backlog]:
    return Probe("database", queries.backlog, ASK_DATABASE_EVERY_S, clock)

"""How the silent things are: a line each, and what is said when one reports no more. Qt-free."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from console.words import N_
from widgets.state.telling import Told
from widgets.state.tile import ILL_WORDS

Condition = Literal["ok", "waiting", "fault", "silent"]

# The station reports every second; five missing in a row are no hiccup (judgement).
SILENT_AFTER = timedelta(seconds=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthKind:
    """A silent thing: its word, what it means when it waits or fails, what to do then, and its icon on the bar."""

    name: str
    title: str
    waiting: str
    fault: str
    to_do: str
    icon: str = ""


# Always these on the bar, in this order (DESIGN §6).
BAR_KINDS = (
    HealthKind(
        name="video",
        icon="camera",
        title=N_("Video"),
        waiting=N_("Pictures are being opened."),
        fault=N_("Cameras give no picture: nobody sees what happens there."),
        to_do=N_("The list of cameras not seen says which and why. All but a wrong password is tried again by itself."),
    ),
    HealthKind(
        name="detection",
        icon="detection",
        title=N_("Detection"),
        waiting=N_("No rule is drawn: the cameras are shown, but nothing is looked for."),
        fault=N_("Cameras are not watched: no alarm will come from there."),
        to_do=N_("Watch their tiles yourself. If it lasts for more than two minutes, tell the administrator."),
    ),
    HealthKind(
        name="delivery",
        icon="delivery",
        title=N_("Delivery"),
        waiting=N_("Orders are kept and will be sent again."),
        fault=N_("Orders do not reach their unit."),
        to_do=N_("Phone the unit; the case page (F4) says which order it is and sends it again."),
    ),
    HealthKind(
        name="storage",
        icon="storage",
        title=N_("Storage"),
        waiting=N_("Room is being measured, or will be short in some days."),
        fault=N_("The disk is full or nearly so: recordings give way first, then clips, then stills; records go on."),
        to_do=N_("Tell the administrator today: free room, or keep recordings for fewer days."),
    ),
    HealthKind(
        name="clock",
        icon="clock",
        title=N_("Clocks"),
        waiting=N_("Times of pictures are ours, not the camera's."),
        fault=N_("A camera's clock is wrong: its pictures cannot be evidence."),
        to_do=N_("Tell the administrator which; its clock is set in the camera, best from a time server."),
    ),
)
STATION = HealthKind(
    name="station",
    title=N_("Station"),
    waiting=N_("The station is being started."),
    fault=N_("The station does not answer: whether anything is seen or sent is not known."),
    to_do=N_("It is started again by itself. If it stays away for more than a minute, phone the administrator."),
)
# The page says these as well, each as soon as the station reports it.
MORE_KINDS = (
    HealthKind(
        name="speech",
        title=N_("Voice"),
        waiting=N_("The voices are being loaded; a sentence ordered now is spoken when they are."),
        fault=N_("Nobody can be spoken to now."),
        to_do=N_("It is started again by itself. Until then send somebody, or use the telephone."),
    ),
    HealthKind(
        name="recording",
        title=N_("Recording"),
        waiting=N_("Recording is being opened."),
        fault=N_("Cameras that should be recorded are not: what happens there is not kept."),
        to_do=N_("Bring alarms of these cameras to a verdict at once, while clips can still be cut."),
    ),
    HealthKind(
        name="database",
        title=N_("Database"),
        waiting=N_("The database is being asked."),
        fault=N_("Pictures go on; verdicts must wait. Alarms are written down and come in later."),
        to_do=N_("Note verdicts on paper. If it stays away for more than two minutes, phone the administrator."),
    ),
    HealthKind(
        name="journal",
        title=N_("Journal"),
        waiting=N_("These alarms are safe on the disk and come to the queue when the database takes them."),
        fault=N_("Alarms cannot be written down: they may be lost."),
        to_do=N_("Watch the tiles of high priority yourself and tell the administrator."),
    ),
    HealthKind(
        name="sight",
        title=N_("Cameras"),
        waiting=N_("Cameras are judged while somebody shows them or a rule watches them; of the others nobody knows."),
        fault=N_("Cameras are out of order: black, blurred, covered, turned away, or by a wrong clock."),
        to_do=N_("The list of cameras out of order says which and since when; V there files one to whoever answers."),
    ),
    HealthKind(
        name="jobs",
        title=N_("Jobs"),
        waiting=N_("Work of the night waits for its turn."),
        fault=N_("Deadlines, retention or schedules are not kept up."),
        to_do=N_("Look at deadlines by hand (F4) and tell the administrator."),
    ),
    HealthKind(
        name="sharing",
        title=N_("Platforms"),
        waiting=N_("The directory of a sharing platform is being read for the first time."),
        fault=N_(
            "The directory of a sharing platform is not kept up: new cameras are missing, and what is gone stays."
        ),
        to_do=N_("Tell the administrator; it is read again by itself. Whether its pictures come, their tiles say."),
    ),
    HealthKind(
        name="pushing",
        title=N_("Senders"),
        waiting=N_(
            "Somebody wanted to send pictures and was turned away; compare the device's name and key with ours."
        ),
        fault=N_("Drones and cameras on a body cannot send their pictures."),
        to_do=N_("It is started again by itself; the devices begin anew. If it lasts, tell the administrator."),
    ),
    HealthKind(
        name="audit",
        title=N_("Audit anchor"),
        waiting=N_("The record of who did what is being anchored."),
        fault=N_("The record of who did what is not anchored elsewhere, or does not agree with its anchor."),
        to_do=N_("Tell the administrator and the auditor; change nothing in the data folder."),
    ),
)
KINDS = (STATION, *BAR_KINDS, *MORE_KINDS)
SILENCE = N_("It has stopped reporting; what it said before may be true no longer.")


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthLine:
    """One silent thing as it is reported: since when, its number in words, and how old its last pulse is."""

    name: str
    condition: Condition
    since: datetime
    told: Told
    beat_age: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerLine:
    """A process of the station: since when it runs (or does not), how often and why it was started again.

    ``alone_for`` is the camera it decodes and no other, because that camera's stream killed its decoder.
    """

    name: str
    role: str
    is_running: bool
    since: datetime
    restarts: int
    reason: Literal["", "ended", "silent", "too_large"]
    code: int
    beat_age: timedelta | None
    alone_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """A silent thing came into another condition."""

    at: datetime
    name: str
    condition: Condition
    told: Told


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenCamera:
    """A camera nobody can see or that nobody watches, with the reason."""

    number: str
    name: str
    why: Told
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class IllLine:
    """A camera that is out of order, since when, and the case it is filed as; empty where it is not filed."""

    fault_id: str
    camera_id: str
    number: str
    name: str
    kind: str
    since: datetime
    clock_offset_s: float | None = None
    case_id: str = ""
    case_number: str = ""

    @property
    def told(self) -> Told:
        """Return what is wrong, and under which number it is filed."""
        what = Told(ILL_WORDS[self.kind])
        if self.clock_offset_s is not None:
            what = Told(N_("Clock {seconds} s"), {"seconds": f"{self.clock_offset_s:+.1f}".replace("-", "−")})
        if not self.case_number:
            return Told(N_("{what} · not filed"), {"what": what})
        return Told(N_("{what} · filed {number}"), {"what": what, "number": self.case_number})


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthState:
    """What was reported last, and when it was heard. ``heard_at`` is ``None`` before the first word.

    ``heard_from`` is since when the station has reported without a pause.
    """

    lines: tuple[HealthLine, ...] = ()
    workers: tuple[WorkerLine, ...] = ()
    changes: tuple[ChangeLine, ...] = ()
    heard_at: datetime | None = None
    heard_from: datetime | None = None
    unseen: tuple[UnseenCamera, ...] = ()
    ill: tuple[IllLine, ...] = ()


def heard(
    state: HealthState, lines: tuple[HealthLine, ...], workers: tuple[WorkerLine, ...], heard_at: datetime
) -> HealthState:
    """Return the state with a report of the station taken in."""
    heard_from = heard_at if is_silent(state, heard_at) or state.heard_from is None else state.heard_from
    return replace(state, lines=lines, workers=workers, heard_at=heard_at, heard_from=heard_from)


def lines_now(state: HealthState, now: datetime) -> tuple[HealthLine, ...]:
    """Return the five lines of the bar. A report that is missing or old is never yesterday's "ok"."""
    return tuple(_line_now(kind.name, state, now) for kind in BAR_KINDS)


def all_lines(state: HealthState, now: datetime) -> tuple[HealthLine, ...]:
    """Return the lines of the page: the station, the five, and what else was ever reported, in their order."""
    reported = {line.name for line in state.lines}
    more = tuple(_line_now(kind.name, state, now) for kind in MORE_KINDS if kind.name in reported)
    return (station_line(state, now), *lines_now(state, now), *more)


def faults_beside(state: HealthState, now: datetime) -> int:
    """Return how many things that have no place on the bar are at fault or silent."""
    if is_silent(state, now):
        return 0  # the five say so already
    return sum(line.condition in ("fault", "silent") for line in all_lines(state, now)[1 + len(BAR_KINDS) :])


def station_line(state: HealthState, now: datetime) -> HealthLine:
    """Return the line of the station itself, as its seat sees it."""
    if state.heard_at is None:
        return _line("station", "waiting", now, Told(N_("no report yet")))
    quiet = now - state.heard_at
    if quiet > SILENT_AFTER:
        return _line("station", "silent", state.heard_at, Told(N_("no report for {age}"), {"age": quiet}))
    return _line("station", "ok", state.heard_from or state.heard_at, Told(N_("reports every second")))


def _line_now(name: str, state: HealthState, now: datetime) -> HealthLine:
    heard_at = state.heard_at
    if heard_at is None:
        return _line(name, "waiting", now, Told(N_("no report yet")))
    if now - heard_at > SILENT_AFTER:
        return _line(name, "silent", heard_at, Told(N_("no report for {age}"), {"age": now - heard_at}))
    known = next((line for line in state.lines if line.name == name), None)
    if known is None:
        return _line(name, "fault", heard_at, Told(N_("not reported")))
    if known.condition == "silent":
        return HealthLine(
            name=name,
            condition="silent",
            since=known.since,
            told=Told(N_("silent since {time}"), {"time": known.since}),
            beat_age=known.beat_age,
        )
    return known


def kind_of(name: str) -> HealthKind:
    """Return the kind of a name the page knows."""
    return next(kind for kind in KINDS if kind.name == name)


def meaning(line: HealthLine, *, is_station_silent: bool) -> tuple[str, str]:
    """Return what a line means for the shift and what to do next, which is empty where nothing is."""
    kind = kind_of(line.name)
    if is_station_silent:
        return STATION.fault, STATION.to_do if line.name == "station" else ""
    match line.condition:
        case "ok":
            return "", ""
        case "waiting":
            return kind.waiting, ""
        case "fault":
            return kind.fault, kind.to_do
        case "silent":
            return SILENCE, kind.to_do


def is_silent(state: HealthState, now: datetime) -> bool:
    """Tell whether the station has not been heard for too long (or not at all)."""
    return state.heard_at is None or now - state.heard_at > SILENT_AFTER


def worker_told(worker: WorkerLine) -> Told:
    """Return how a process is: running or not, and why it was started again."""
    values: dict[str, object] = {"time": worker.since, "count": worker.restarts, "code": worker.code}
    if not worker.is_running:
        return Told(N_("not running since {time}"), values)
    if worker.restarts == 0:
        return Told(N_("runs since {time}"), values)
    if worker.reason == "silent":
        return Told(N_("runs since {time}, started again {count}×, last because it was silent"), values)
    if worker.reason == "too_large":
        return Told(N_("runs since {time}, started again {count}×, last because it held too much memory"), values)
    if worker.code < 0:
        values["code"] = -worker.code
        return Told(N_("runs since {time}, started again {count}×, last because it was killed (signal {code})"), values)
    return Told(N_("runs since {time}, started again {count}×, last because it ended (code {code})"), values)


ROLE_WORDS = {
    "media-worker": N_("Decoder"),
    "vision-worker": N_("Detector"),
    "talk-worker": N_("Voice"),
    "push-listener": N_("Senders"),
    "intake": N_("Intake"),
}


def alone_told(worker: WorkerLine) -> Told | None:
    """Return for whom a decoder works and for no other; ``None`` for an ordinary one."""
    if not worker.alone_for:
        return None
    return Told(N_("only for {camera}, whose stream killed its decoder"), {"camera": worker.alone_for})


def shape_of(condition: Condition) -> str:
    """Return the name of a condition's shape."""
    return {"ok": "live", "waiting": "low", "fault": "fault", "silent": "fault"}[condition]


def _line(name: str, condition: Condition, since: datetime, told: Told) -> HealthLine:
    return HealthLine(name=name, condition=condition, since=since, told=told)

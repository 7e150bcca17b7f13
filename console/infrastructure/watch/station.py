"""The station: takes what arrives to the room it belongs to, and lets each room look around in its own rhythm.

Long because every message there is has its one line here that says which room takes it.
"""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from console.application.errors import Unavailable
from console.application.ports import Clock, Directory, UnitsOfWork
from console.application.push_tries import PushTries
from console.application.viewing import Viewing
from console.domain.cameras import Camera
from console.domain.ids import CameraId, SeatId
from console.infrastructure.channel.messages import (
    AnyMessage,
    Arrange,
    AskDevice,
    BayChanged,
    ClipCut,
    ControlPlayer,
    ControlReplay,
    CutSpan,
    EndTrial,
    FindDevices,
    Heard,
    Heartbeat,
    Listen,
    ListPresets,
    LookedAgain,
    NotWatched,
    Nudge,
    OpenPlayer,
    OpenRecording,
    OpenReplay,
    Painted,
    PhraseRendered,
    PlayerState,
    PushRefused,
    RecordByHand,
    ReferenceTaken,
    RenewReference,
    ReplayState,
    RequestFailed,
    RuleCleared,
    RuleHit,
    ScreenPace,
    Seen,
    SegmentClosed,
    ShutDown,
    StillTaken,
    StreamState,
    TakeSnapshot,
    Talk,
    TalkState,
    TryCamera,
    TurnCamera,
    UnwatchCamera,
    VisionPace,
    WatchCamera,
)
from console.infrastructure.jobs import JobRunner
from console.infrastructure.relay import Relay
from console.infrastructure.supervisor import Death, Supervisor
from console.infrastructure.watch.alarms import AlarmRoom
from console.infrastructure.watch.bays import BayRoom
from console.infrastructure.watch.facts import Probe
from console.infrastructure.watch.health import HealthRoom
from console.infrastructure.watch.hearing import HearingRoom
from console.infrastructure.watch.hub import Hub, Joined, Left, Peer, Said
from console.infrastructure.watch.looking import Looking
from console.infrastructure.watch.players import PlayerRoom
from console.infrastructure.watch.presets import PresetRoom
from console.infrastructure.watch.ptz import PtzRoom
from console.infrastructure.watch.push_refusals import PushRefusals
from console.infrastructure.watch.quarantine import Quarantine
from console.infrastructure.watch.rechecks import RecheckRoom
from console.infrastructure.watch.recorded_clips import RecordedClips
from console.infrastructure.watch.recordings import RecordingIndex, RecordingRoom
from console.infrastructure.watch.replays import ReplayRoom
from console.infrastructure.watch.sight import SightRoom
from console.infrastructure.watch.snapshots import SnapshotRoom
from console.infrastructure.watch.streams import Streams
from console.infrastructure.watch.talks import TalkRoom
from console.infrastructure.watch.trials import TrialRoom

_log = logging.getLogger(__name__)

SEAT = "seat"
WAIT_S = 0.1
TURNING_S = 0.1  # a camera whose seat is silent stops within 2 s, its own answer included
HEARING_S = 0.25  # a camera that left the wall is silent before anybody wonders
SEAT_GRACE_S = 5.0  # judgement: a line that broke is back in a second; who sat there keeps what they were at
LAST_SEAT_GRACE_S = 60.0  # ARCHITECTURE §2: in the demo it ends a minute after the last seat


class Switchboard:
    """Who is connected. Its calls are safe from any thread; joining and leaving happen on the main thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._workers: dict[str, Peer] = {}
        self._seats: list[Peer] = []

    def join(self, peer: Peer) -> None:
        with self._lock:
            if peer.role == SEAT:
                self._seats.append(peer)
            else:
                self._workers[peer.worker_id] = peer

    def leave(self, peer: Peer) -> None:
        with self._lock:
            if peer in self._seats:
                self._seats.remove(peer)
            elif self._workers.get(peer.worker_id) is peer:
                del self._workers[peer.worker_id]

    def send(self, worker_id: str, message: AnyMessage) -> None:
        """Give a message to a worker; one that is not there gets what it needs when it joins."""
        with self._lock:
            peer = self._workers.get(worker_id)
        if peer is not None:
            peer.send(message)

    def show(self, message: AnyMessage) -> None:
        """Give a message to every seat."""
        with self._lock:
            seats = tuple(self._seats)
        for seat in seats:
            seat.send(message)

    def tell(self, topic: str, ids: tuple[str, ...]) -> None:
        """Tell every seat that rows of a topic changed."""
        self.show(Nudge.model_validate({"topic": topic, "ids": ids}))

    def has_seat(self, seat_id: str) -> bool:
        with self._lock:
            return any(seat.worker_id == seat_id for seat in self._seats)

    @property
    def seats(self) -> int:
        with self._lock:
            return len(self._seats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """The rooms of a station."""

    streams: Streams
    quarantine: Quarantine
    alarms: AlarmRoom
    rechecks: RecheckRoom
    talks: TalkRoom
    players: PlayerRoom
    replays: ReplayRoom
    snapshots: SnapshotRoom
    ptz: PtzRoom
    presets: PresetRoom
    trials: TrialRoom
    recordings: RecordingRoom
    index: RecordingIndex
    recorded_clips: RecordedClips
    looking: Looking
    sight: SightRoom
    bays: BayRoom
    health: HealthRoom
    viewing: Viewing
    hearing: HearingRoom
    hearing_views: Viewing
    push_tries: PushTries
    push_refusals: PushRefusals
    kept_sound_views: Viewing


class Station:
    """One per machine and data folder. ``run`` is its main thread, which owns all rooms."""

    def __init__(
        self,
        *,
        hub: Hub,
        switchboard: Switchboard,
        supervisor: Supervisor,
        rooms: Rooms,
        relay: Relay,
        jobs: Sequence[JobRunner],
        units: UnitsOfWork,
        clock: Clock,
        vision_worker: str,
        talk_worker: str,
        probes: Sequence[Probe[Any]],
        stays: bool,
    ) -> None:
        """Args:
        probes: what the health room asks off the main thread; they begin and end with the station.
        stays: goes on without seats (a service); otherwise it ends a minute after the last one.
        """
        self._hub = hub
        self._switchboard = switchboard
        self._supervisor = supervisor
        self._rooms = rooms
        self._relay = relay
        self._jobs = tuple(jobs)
        self._units = units
        self._clock = clock
        self._vision_worker = vision_worker
        self._talk_worker = talk_worker
        self._probes = tuple(probes)
        self._stays = stays
        self._ending = threading.Event()
        self._mark: int | None = None
        self._cameras: list[Camera] = []
        self._empty_since_s = clock.monotonic_s()
        self._gone_seats: dict[SeatId, float] = {}
        self._rhythms: list[tuple[float, Callable[[], None]]] = [
            (0.25, supervisor.tick),
            (TURNING_S, self._look_at_turning),
            (TURNING_S, rooms.trials.look_around),
            (TURNING_S, rooms.streams.look_around),
            (1.0, self._second),
            (1.0, self._look_at_hours),
            (1.0, rooms.rechecks.look_for_work),
            (1.0, rooms.talks.render_next),
            (1.0, rooms.talks.settle),
            (HEARING_S, rooms.hearing.look_around),
            (1.0, rooms.sight.look_around),
            (2.0, rooms.bays.write_waiting),
            (5.0, rooms.streams.apply),
            (2.0, rooms.alarms.take_in_waiting),
            (2.0, self.read_directory),
            (1.0, rooms.recordings.look_at_the_clock),
            (2.0, rooms.recorded_clips.save_waiting),
            (2.0, self._write_views_down),
        ]
        self._due_s = [0.0] * len(self._rhythms)

    def end(self) -> None:
        """Ask the station to end. Safe from any thread and from a signal handler."""
        self._ending.set()

    def run(self) -> None:
        """Run until asked to end, or until nobody has been here for a minute."""
        self.read_directory()  # before anybody can ask for its cameras
        self._hub.open()
        self._relay.start()
        self._rooms.index.begin()
        for runner in self._jobs:
            runner.start()
        for probe in self._probes:
            probe.begin()
        try:
            while not self._ending.is_set() and not self._is_forsaken():
                arrival = self._hub.next(WAIT_S)
                while arrival is not None:
                    self._take(arrival)
                    arrival = self._hub.next(0.0) if not self._is_late() else None
                self._keep_rhythm()
        finally:
            self._rooms.ptz.close()
            self._switchboard.show(ShutDown(reason="The station ends."))
            self._relay.end(within_s=3.0)
            for runner in self._jobs:
                runner.end(within_s=3.0)
            for probe in self._probes:
                probe.end()
            self._hub.close()
            self._close_peers()
            self._supervisor.end()
            self._rooms.index.end()
            self._rooms.streams.close()
            self._rooms.viewing.end()
            self._rooms.hearing_views.end()
            self._rooms.kept_sound_views.end()
            self._write_views_down()

    def read_directory(self) -> None:
        """Use what an administrator has changed since."""
        try:
            with self._units.read() as unit:
                mark = unit.directory.mark()
                if mark == self._mark:
                    return
                cameras = self._needed(unit.directory)
        except Unavailable as cause:
            _log.warning("the directory cannot be read: %s", cause)
            return
        self._mark = mark
        self._cameras = list(cameras)
        before = self._watch_messages()
        self._rooms.streams.take_directory(cameras)
        self._keep_account()
        self._tell_watch(before)
        self._prepare_sentences()
        self._switchboard.tell("settings", ())

    def _keep_account(self) -> None:
        """Note who is to be looked at: a camera whose rules rest at this hour is not left unwatched."""
        streams = self._rooms.streams
        kept = [camera.camera_id for camera in streams.watched() if not streams.is_tried(camera.camera_id)]
        self._rooms.looking.take_cameras(kept)

    def _look_at_hours(self) -> None:
        """Let the rules begin and end that have their hour now."""
        before = self._watch_messages()
        if self._rooms.streams.note_hours():
            self._keep_account()
            self._tell_watch(before)

    def _look_at_turning(self) -> None:
        """Go on with what turns, and let nobody watch by rules drawn for another pose."""
        self._rooms.ptz.look_around()
        self._rooms.streams.note_turned(frozenset(self._rooms.ptz.turned))
        before = self._watch_messages()
        if self._rooms.streams.note_away(frozenset(self._rooms.ptz.away)):
            self._tell_watch(before)

    def _watch_messages(self) -> dict[str, WatchCamera]:
        return {message.camera_id: message for message in self._rooms.streams.watch_messages()}

    def _tell_watch(self, before: dict[str, WatchCamera]) -> None:
        after = self._watch_messages()
        for camera_id in before.keys() - after.keys():
            self._switchboard.send(self._vision_worker, UnwatchCamera(camera_id=camera_id))
        for camera_id, message in after.items():
            if before.get(camera_id) != message:
                self._switchboard.send(self._vision_worker, message)

    def _needed(self, directory: Directory) -> Sequence[Camera]:
        """Return the cameras that are watched, recorded or shown; of the others a station need not know."""
        if self._rooms.streams.records_all:
            return directory.cameras()
        wished = [CameraId(name) for name in self._rooms.streams.wished]
        needed = {camera.camera_id: camera for camera in directory.cameras_with_rules()}
        needed |= {camera.camera_id: camera for camera in directory.cameras_of(wished)}
        return list(needed.values())

    def _prepare_sentences(self) -> None:
        watched = [camera.camera_id for camera in self._rooms.streams.watched()]
        others = [camera.camera_id for camera in self._cameras if camera.camera_id not in watched]
        self._rooms.talks.prepare(watched, others)

    def note_lost_worker(self, death: Death) -> None:
        """A worker died: say so wherever its work is shown."""
        worker_id = death.worker_id
        lost = {state.stream_id: state for state in self._rooms.streams.note_lost_worker(worker_id, death.in_a_row)}
        lost |= {state.stream_id: state for state in self._rooms.quarantine.note_death(death)}
        for state in lost.values():
            self._switchboard.show(state)
        self._rooms.alarms.note_lost_worker(worker_id)
        self._rooms.players.note_lost_worker(worker_id)
        self._rooms.replays.note_lost_worker(worker_id)
        if worker_id == self._vision_worker:
            self._rooms.looking.note_lost_worker(death.code)
        if worker_id == self._talk_worker:
            self._rooms.talks.note_lost_worker()
            self._rooms.hearing.note_worker(is_there=False)

    def _is_forsaken(self) -> bool:
        if self._stays:
            return False
        if self._switchboard.seats:
            self._empty_since_s = self._clock.monotonic_s()
        return self._clock.monotonic_s() - self._empty_since_s > LAST_SEAT_GRACE_S

    def _is_late(self) -> bool:
        return min(self._due_s) + WAIT_S < self._clock.monotonic_s()

    def _keep_rhythm(self) -> None:
        for position, (every_s, act) in enumerate(self._rhythms):
            now_s = self._clock.monotonic_s()
            if now_s >= self._due_s[position]:
                self._due_s[position] = now_s + every_s
                act()

    def _write_views_down(self) -> None:
        try:
            self._rooms.viewing.write_down()
            self._rooms.hearing_views.write_down()
            self._rooms.push_tries.write_down()
            self._rooms.kept_sound_views.write_down()
        except Unavailable as cause:
            _log.info("who sees what, or was refused, is written down later: %s", cause)

    def _free_claims(self) -> None:
        """Let go what a seat holds that left a moment ago and has not come back, closed or dead."""
        now_s = self._clock.monotonic_s()
        for seat_id, left_s in list(self._gone_seats.items()):
            is_back = self._switchboard.has_seat(seat_id)
            if is_back or (now_s - left_s >= SEAT_GRACE_S and self._rooms.alarms.free_claims(seat_id)):
                del self._gone_seats[seat_id]

    def _second(self) -> None:
        self._free_claims()
        self._rooms.quarantine.look_around()
        self._rooms.looking.account()
        live = {state.camera_id for state in self._rooms.streams.states.values() if state.condition == "live"}
        unwatched = self._rooms.looking.told(live)
        self._switchboard.show(self._rooms.health.report().model_copy(update={"unwatched": unwatched}))
        news = self._rooms.health.take_news()
        if news is not None:
            self._switchboard.show(news)
        if self._rooms.looking.pace is not None:
            self._switchboard.show(self._rooms.looking.pace)

    def _close_peers(self) -> None:
        for worker_id in self._supervisor.pids():
            self._switchboard.send(worker_id, ShutDown(reason="The station ends."))

    def _take(self, arrival: Joined | Left | Said) -> None:
        match arrival:
            case Joined(peer):
                self._switchboard.join(peer)
                _log.info("%s %s joined (process %d)", peer.role, peer.worker_id, peer.pid)
                self._brief(peer)
            case Left(peer):
                self._switchboard.leave(peer)
                _log.info("%s %s left", peer.role, peer.worker_id)
                if peer.role == SEAT:
                    self._gone_seats[SeatId(peer.worker_id)] = self._clock.monotonic_s()
                    self._rooms.hearing.forget_seat(peer)
                    before = self._watch_messages()
                    self._rooms.streams.forget_seat(peer.line)
                    self._tell_watch(before)
                    self._rooms.players.forget_seat(peer)
                    self._rooms.replays.forget_seat(peer)
                    self._rooms.snapshots.forget_seat(peer)
                    self._rooms.ptz.forget_seat(peer.line)
                    self._rooms.viewing.show(peer.line, SeatId(peer.worker_id), ())
                else:
                    self._supervisor.tick()  # it may have died: its tiles should say so now
            case Said(peer, message):
                if peer.role == SEAT:
                    self._take_from_seat(peer, message)
                else:
                    self._take_from_worker(peer, message)

    def _brief(self, peer: Peer) -> None:
        if peer.role == SEAT:
            for state in self._rooms.streams.states.values():
                peer.send(state)
            peer.send(self._rooms.health.history())
            for held in self._rooms.ptz.states():
                peer.send(held)
            return
        self._supervisor.note_pulse(peer.worker_id)
        self._rooms.streams.resend(peer.worker_id)
        if peer.worker_id == self._vision_worker:
            for message in self._rooms.streams.watch_messages():
                peer.send(message)
            self._rooms.rechecks.note_new_worker()
        if peer.worker_id == self._talk_worker:
            self._rooms.talks.note_new_worker()
            self._rooms.hearing.note_worker(is_there=True)
            self._prepare_sentences()

    def _take_from_seat(self, seat: Peer, message: AnyMessage) -> None:
        match message:
            case Arrange():
                # The connection says whose wall it is; neither a message nor a second window that says it is the
                # same seat can rearrange another's wall or, by leaving, take it away.
                wish = message.model_copy(update={"seat_id": seat.line})
                seat.send(self._rooms.streams.arrange(wish))
                cameras = {CameraId(tile.camera_id) for tile in message.tiles}
                self._rooms.viewing.show(seat.line, SeatId(seat.worker_id), cameras)
                for state in self._rooms.streams.states.values():
                    seat.send(state)
            case OpenPlayer():
                self._rooms.players.open(seat, message)
            case OpenRecording():
                self._rooms.players.open_recording(seat, message)
            case OpenReplay():
                self._rooms.replays.open(seat, message)
            case ControlReplay():
                self._rooms.replays.control(message)
            case TakeSnapshot():
                self._rooms.snapshots.take_order(seat, message)
            case CutSpan():
                self._rooms.recorded_clips.take_order(seat, message)
            case ControlPlayer():
                self._rooms.players.control(message)
            case Talk():
                self._rooms.talks.take_order(message)
            case Listen():
                self._rooms.hearing.take_order(seat, message)
            case Painted():
                self._rooms.hearing.take_painted(seat, message)
            case ScreenPace():
                self._rooms.streams.take_pace(message)
            case RecordByHand():
                self._rooms.recordings.take_order(message)
            case RenewReference():
                self._rooms.sight.take_order(message)
            case FindDevices():
                self._rooms.trials.find(seat, message)
            case AskDevice():
                self._rooms.trials.ask(seat, message)
            case TryCamera():
                before = self._watch_messages()
                self._rooms.trials.open(seat, message)
                self._tell_watch(before)
            case EndTrial():
                before = self._watch_messages()
                self._rooms.trials.end(seat)
                self._tell_watch(before)
            case ListPresets():
                self._rooms.presets.take_order(seat, message)
            case TurnCamera():
                self._rooms.ptz.take_order(seat.line, message)
            case Nudge():
                self._relay.wake()
                self._switchboard.show(message)
            case ShutDown():
                self.end()
            case _:
                _log.warning("a seat may not say %s", message.kind)

    def _take_from_worker(self, worker: Peer, message: AnyMessage) -> None:
        rooms = self._rooms
        match message:
            case Heartbeat():
                self._supervisor.note_pulse(worker.worker_id)
            case StreamState():
                told = rooms.streams.take_state(message)
                if told is not None:
                    told = rooms.streams.states[message.stream_id] = rooms.sight.take_state(told)
                    self._switchboard.show(told)
            case ReferenceTaken():
                rooms.sight.take_reference(message)
            case Seen():
                self._switchboard.show(message)
            case BayChanged() if not rooms.streams.is_tried(message.camera_id):
                rooms.bays.take_change(message)
            case BayChanged():
                pass  # a rule on trial counts no stays
            case RuleHit() if rooms.streams.is_tried(message.camera_id):
                self._switchboard.show(message)  # counted by whoever tries it, never queued
            case RuleHit():
                rooms.alarms.take_hit(message)
            case PushRefused():
                rooms.push_refusals.note(message)
                if message.reason in ("wrong_key", "unknown"):
                    rooms.push_tries.note(message.device, message.peer)
            case RuleCleared():
                _log.info("zone of rule %s was seen empty", message.rule_id)
            case ClipCut():
                if not rooms.recorded_clips.take_clip(message):
                    rooms.alarms.take_clip(message)
            case SegmentClosed():
                rooms.index.wake()
            case StillTaken():
                is_taken = (
                    rooms.snapshots.take_still(message)
                    or rooms.alarms.take_still(message)
                    or rooms.bays.take_still(message)
                )
                if not is_taken:
                    rooms.rechecks.take_still(message)
            case RequestFailed():
                is_taken = (
                    rooms.recorded_clips.take_failure(message)
                    or rooms.snapshots.take_failure(message)
                    or rooms.alarms.take_failure(message)
                    or rooms.bays.take_failure(message)
                    or rooms.rechecks.take_failure(message)
                )
                if not is_taken:
                    rooms.talks.take_rendered(message.request_id)
            case PhraseRendered():
                rooms.talks.take_rendered(message.request_id)
            case LookedAgain():
                rooms.rechecks.take_answer(message)
            case NotWatched():
                rooms.looking.note_not_watched(message)
            case VisionPace():
                rooms.looking.take_pace(message)
            case TalkState():
                rooms.talks.take_state(message)
            case Heard():
                rooms.hearing.take_heard(message)
            case PlayerState():
                rooms.players.take_state(message)
                rooms.hearing.take_player(message)
            case ReplayState():
                rooms.replays.take_state(message)
                rooms.hearing.take_player(message)
            case _:
                _log.warning("%s said %s, which nobody here takes", worker.role, message.kind)

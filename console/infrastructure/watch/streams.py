"""Which streams are open, for whom, and where their pictures lie.

Long because every reason to have a stream open is weighed here against all others.
"""

import logging
import zlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo
from pathlib import Path
from typing import Literal

from pydantic import SecretStr

from console.application.ports import Clock, Vault
from console.domain.cameras import Camera, StreamProfile, device_of, with_credentials
from console.domain.listening import SoundKeepingRule
from console.domain.pushing import pushing_device
from console.domain.rules import SWIFT_PER_S, SWIFT_PX, CameraRule, RuleFamily, around, finest, tiles_of
from console.domain.sharing import shared_source
from console.infrastructure.channel.messages import (
    AnyMessage,
    Arrange,
    Arranged,
    CloseStream,
    LookSlot,
    OpenStream,
    PictureSlot,
    RecordingWish,
    ScreenPace,
    SightWish,
    StreamState,
    TileSource,
    TileWish,
    WatchCamera,
)
from console.infrastructure.frame_slots import SlotRing, create
from console.infrastructure.rule_messages import said
from console.infrastructure.sound_slots import create_sound
from console.infrastructure.watch.shared_openings import Opening, SharedOpenings

_log = logging.getLogger(__name__)

BYTES_A_PIXEL = 4
# A worker may leave a picture at its camera's size where the tile is at least 3/4 as wide and high (video/scaling).
# Memory that is never written is never taken.
NATIVE_ROOM = (4 / 3) ** 2
SELECTED_RANK = 10**9  # above any tile's pixels
SIZE_STEP_PX = 16  # tiles of nearly the same size share one slot ring
Continuous = Literal["none", "watched", "all"]
SWIFT_SLOTS = 16  # a second of them
LINGER_S = 30.0  # judgement: an operator who looks at another page comes back to pictures, not to "connecting"
PICTURES_LINGER_S = 10.0  # longer than a camera takes to open and to give a key picture (judgement)
RING_S = 60.0  # reaches back over the dwell of the demo's rule, its pre-roll and a minute's worth of packets


@dataclass(frozen=True, slots=True)
class LookSize:
    """The model's input in pixels, and whether a picture is stretched to fill it."""

    width: int
    height: int
    is_stretched: bool = False


def stream_name(camera_id: str, profile: StreamProfile) -> str:
    return f"{camera_id}/{profile.value}"


def rank_of(tile: TileWish) -> int:
    """Return how late a busy machine leaves something out of a tile: the smallest first, what keys mean last."""
    return tile.max_width * tile.max_height + (SELECTED_RANK if tile.is_selected else 0)


def _waits(message: OpenStream) -> bool:
    """Say whether its sharing platform has given no address yet."""
    return not message.address.get_secret_value()


def _trial_of(seat_line: str) -> str:
    return f"{seat_line}/trial"


class Streams:
    """Owned by the station's main thread."""

    def __init__(
        self,
        *,
        slots: Path,
        prefix: str,
        vault: Vault,
        look: LookSize,
        clock: Clock,
        media_workers: Sequence[str],
        send: Callable[[str, AnyMessage], None],
        linger_s: float = LINGER_S,
        continuous: Continuous = "none",
        may_record: Callable[[], bool] = lambda: True,
        most_per_device: int = 0,
        show: Callable[[StreamState], None] = lambda state: None,
        find: Callable[[Collection[str]], Sequence[Camera]] = lambda _: (),
        shared: SharedOpenings | None = None,
        pushed: Callable[[str], str] | None = None,
        sight: Callable[[str], SightWish | None] = lambda _: None,
        sound: SoundKeepingRule | None = None,
        zone: tzinfo = UTC,
    ) -> None:
        """Args:
        zone: the city's, by which the hours of rules are.
        sound: of which cameras recordings and clips keep their sound; of none without it.
        pushed: a device that sends to us → where a worker reads it; ``None`` where none may send.
        shared: asks sharing platforms for the addresses of their cameras.
        most_per_device: streams that may be open at one host at once; 0 for no limit.
        show: tells every seat of a stream that was not opened.
        find: reads cameras that somebody shows and ``take_directory`` did not give, by their ids.
        sight: says by what a camera's sight is judged, by its id.
        may_record: says whether the disk has room for recordings; asked each time streams are applied.
        continuous: which cameras are recorded day and night.
        linger_s: how long a stream stays open that nobody shows any more.
        slots: folder of shared memory. prefix: of every slot file this station makes.
        media_workers: ids of the workers streams are shared out to.
        send: gives a message to the worker of an id, if it is there.
        """
        self._slots = slots
        self._prefix = prefix
        self._vault = vault
        self._look = look
        self._clock = clock
        self._linger_s = linger_s
        self._continuous = continuous
        self._may_record = may_record
        self._most_per_device = most_per_device
        self._show = show
        self._find = find
        self._shared = shared
        self._pushed = pushed
        self._waiting: dict[str, OpenStream] = {}
        self._sight = sight
        self._sound_rule = sound or SoundKeepingRule()
        self._zone = zone
        self._in_force: dict[str, tuple[CameraRule, ...]] = {}
        self._by_hand: frozenset[str] = frozenset()
        self._away: frozenset[str] = frozenset()
        self._turned: frozenset[str] = frozenset()
        self._trials: dict[str, tuple[Camera, str]] = {}
        self._media_workers = tuple(media_workers)
        self._send = send
        self._cameras: dict[str, Camera] = {}
        self._wishes: dict[str, Arrange] = {}
        self._open: dict[str, OpenStream] = {}
        self._rings: dict[str, SlotRing] = {}
        self._places: dict[str, str] = {}
        self._made = 0
        self._unwanted_s: dict[str, float] = {}
        self._apart: dict[str, str] = {}
        self._heard: tuple[str, str] | None = None
        self.states: dict[str, StreamState] = {}

    def take_directory(self, cameras: Sequence[Camera]) -> None:
        """Use this directory from now on, and apply the difference."""
        self._cameras = {camera.camera_id: camera for camera in cameras}
        self._cameras |= {camera.camera_id: camera for camera, _ in self._trials.values()}
        self._in_force = self._looking_now()
        self.apply()

    @property
    def wished(self) -> frozenset[str]:
        """The cameras that somebody shows or records by hand."""
        return self._by_hand | {tile.camera_id for wish in self._wishes.values() for tile in wish.tiles}

    @property
    def records_all(self) -> bool:
        return self._continuous == "all"

    @property
    def open_names(self) -> frozenset[str]:
        return frozenset(self._open)

    def camera(self, camera_id: str) -> Camera | None:
        if camera_id not in self._cameras:
            self._cameras |= {camera.camera_id: camera for camera in self._find([camera_id])}
        return self._cameras.get(camera_id)

    def watched(self) -> list[Camera]:
        """Return the cameras a rule watches at this hour."""
        return [camera for camera in self._cameras.values() if self._rules_of(camera)]

    def note_hours(self) -> bool:
        """Note which rules look at this hour; say whether that is news."""
        before, self._in_force = self._in_force, self._looking_now()
        if self._in_force == before:
            return False
        self.apply()
        return True

    def arrange(self, wish: Arrange) -> Arranged:
        """Take what a seat shows now and say where its pictures will lie."""
        self._wishes[wish.seat_id] = wish
        self._learn()
        self.apply()
        sources = []
        for tile in wish.tiles:
            if tile.camera_id in self._cameras:
                slot = self._picture_slot(tile.camera_id, tile.profile, tile.max_width, tile.max_height)
                name = stream_name(tile.camera_id, StreamProfile(tile.profile))
                sources.append(
                    TileSource(tile_id=tile.tile_id, camera_id=tile.camera_id, stream_id=name, slot_path=slot.slot_path)
                )
        return Arranged(tiles=tuple(sources))

    def listen(self, seat_line: str, camera_id: str) -> None:
        """Let the sound of a camera on this seat's wall be decoded, of no other any more; of none without an id."""
        self._heard = (seat_line, camera_id) if camera_id else None
        self.apply()

    @property
    def heard_stream(self) -> str:
        """The stream whose sound is decoded: the one its seat sees best; empty where it shows none."""
        if self._heard is None:
            return ""
        seat_line, camera_id = self._heard
        wish = self._wishes.get(seat_line)
        tiles = [tile for tile in wish.tiles if tile.camera_id == camera_id] if wish is not None else []
        best = max(tiles, key=rank_of, default=None)
        return stream_name(camera_id, StreamProfile(best.profile)) if best is not None else ""

    def sound_path(self, stream_id: str) -> str:
        """Return where a stream's sound lies, empty where it is not decoded."""
        message = self._open.get(stream_id)
        return message.sound if message is not None else ""

    def is_recorded(self, camera_id: str) -> bool:
        """Tell whether a camera is being recorded, for whatever reason."""
        stream = self._open.get(stream_name(camera_id, StreamProfile.MAIN))
        return stream is not None and stream.recording is not None

    def record_by_hand(self, camera_ids: frozenset[str]) -> None:
        """Record these besides those recorded anyway; the whole of them, the difference is applied."""
        self._by_hand = camera_ids
        self._learn()
        self.apply()

    def try_camera(self, seat_line: str, camera: Camera, secret: str, width: int, height: int) -> TileSource:
        """Open a camera that is not in the directory for one tile of a seat; the one it tried before is closed."""
        self._end_trial(seat_line)
        self._trials[seat_line] = (camera, secret)
        self._cameras[camera.camera_id] = camera
        wish = {"camera_id": camera.camera_id, "profile": "main", "max_width": width, "max_height": height}
        tile = TileWish.model_validate({"tile_id": "trial", **wish})
        (source,) = self.arrange(Arrange(seat_id=_trial_of(seat_line), tiles=(tile,))).tiles
        return source

    def is_tried(self, camera_id: str) -> bool:
        """Tell whether a camera is only being tried: what its rules find is counted there, and filed nowhere."""
        return camera_id in {tried.camera_id for tried, _ in self._trials.values()}

    def end_trial(self, seat_line: str) -> None:
        """Close what a seat tried."""
        self._end_trial(seat_line)
        self.apply()

    def _end_trial(self, seat_line: str) -> None:
        known = self._trials.pop(seat_line, None)
        if known is None:
            return
        self._wishes.pop(_trial_of(seat_line), None)
        name = stream_name(known[0].camera_id, StreamProfile.MAIN)
        if name in self._open:  # at once: nobody comes back to a picture that has no tile
            self._send(self.worker_of(name), CloseStream(stream_id=name))
            del self._open[name]
            self._unwanted_s.pop(name, None)
            self.states.pop(name, None)
        self._cameras.pop(known[0].camera_id, None)

    def forget_seat(self, seat_id: str) -> None:
        self._end_trial(seat_id)
        if self._wishes.pop(seat_id, None) is not None:
            self.apply()

    def watch_messages(self) -> list[WatchCamera]:
        """Return what the vision worker has to watch: the cameras with rules that look where these were drawn."""
        return [self._watch(camera) for camera in self.watched() if camera.camera_id not in self._away]

    def note_away(self, camera_ids: frozenset[str]) -> bool:
        """Note which cameras look elsewhere than their rules mean; say whether that is news of a watched one."""
        changed = self._away ^ camera_ids
        self._away = camera_ids
        return any(camera.camera_id in changed for camera in self.watched())

    def note_turned(self, camera_ids: frozenset[str]) -> None:
        """Note which cameras are turned or go a round: how they should look is known of their usual pose only."""
        if camera_ids != self._turned:
            self._turned = camera_ids
            self.apply()

    def resend(self, worker_id: str) -> None:
        """Tell a worker that has just started what it has to do."""
        for name, message in self._open.items():
            if self.worker_of(name) == worker_id:
                self._send(worker_id, message)

    def note_lost_worker(self, worker_id: str, in_a_row: int = 1) -> list[StreamState]:
        """Mark the streams of a dead worker, so that no tile takes an old picture for a live one.

        Args:
            in_a_row: how often it has died by now.
        """
        now = self._clock.now()
        lost = []
        for name, state in self.states.items():
            if self.worker_of(name) == worker_id:
                self.states[name] = state.model_copy(
                    update={
                        "condition": "worker_restarting",
                        "since": now,
                        "recording": "off",
                        "attempts": in_a_row,
                        "next_retry_at": None,
                    }
                )
                lost.append(self.states[name])
        return lost

    def worker_of(self, stream_id: str) -> str:
        """Return the media worker of a stream: always the same one, by its name, unless it was set apart."""
        return (
            self._apart.get(stream_id) or self._media_workers[zlib.crc32(stream_id.encode()) % len(self._media_workers)]
        )

    def address_of(self, stream_id: str) -> SecretStr | None:
        """Return where an open stream comes from, ``None`` for one that is not open.

        Of a sharing platform's camera its place in the directory: each opening has another address, and is the same
        camera.
        """
        message = self._open.get(stream_id)
        if message is None or not message.opening:
            return message.address if message is not None else None
        camera_id, profile = stream_id.rsplit("/", 1)
        camera = self._cameras.get(camera_id)
        return SecretStr(camera.address(StreamProfile(profile))) if camera is not None else None

    def set_apart(self, stream_id: str, worker_id: str) -> None:
        """Let a worker of its own have the stream from now on."""
        self._move(stream_id, worker_id)

    def bring_back(self, stream_id: str) -> None:
        """Let the stream go where it would be by its name."""
        self._move(stream_id, None)

    def _move(self, stream_id: str, worker_id: str | None) -> None:
        message = self._open.get(stream_id)
        if message is not None:
            self._send(self.worker_of(stream_id), CloseStream(stream_id=stream_id))
        if worker_id is None:
            self._apart.pop(stream_id, None)
        else:
            self._apart[stream_id] = worker_id
        if message is not None:
            self._send(self.worker_of(stream_id), message)

    def apply(self) -> None:
        """Open what is wanted, close what nobody wants."""
        wanted = self._wanted()
        now_s = self._clock.monotonic_s()
        before, self._waiting = self._waiting, {name: message for name, message in wanted.items() if _waits(message)}
        refused = self._beyond_the_limit(wanted)
        wanted = {name: wanted[name] for name in wanted if name not in refused and name not in self._waiting}
        for name in [name for name in self._waiting if name in self._open]:  # another camera has its name now
            self._send(self.worker_of(name), CloseStream(stream_id=name))
            del self._open[name]
        for name in [name for name in self._open if name not in wanted]:
            if self._open[name].recording is not None:  # it may be looked at again; it is not to be recorded meanwhile
                self._open[name] = self._open[name].model_copy(update={"recording": None})
                self._send(self.worker_of(name), self._open[name])
            is_lingering = now_s - self._unwanted_s.setdefault(name, now_s) < self._linger_s
            if is_lingering and not self._most_per_device:  # a device with a limit has no place for what may come back
                self._end_recording(name)
                self._end_pictures(name, now_s)
                continue
            self._send(self.worker_of(name), CloseStream(stream_id=name))
            del self._open[name], self._unwanted_s[name]
            self.states.pop(name, None)
        for name, message in wanted.items():
            self._unwanted_s.pop(name, None)
            if self._open.get(name) != message:
                self._open[name] = message
                self._send(self.worker_of(name), message)
        self._remove_unused(refused.values())
        self._say_refused(refused)
        self._say_waiting(before)
        if self._shared is not None:
            self._shared.keep(self.open_names | self._waiting.keys())

    def look_around(self) -> None:
        """Take in what sharing platforms have answered since, and apply it."""
        if self._shared is not None and self._shared.look_around():
            self.apply()

    def take_state(self, state: StreamState) -> StreamState | None:
        """Note what a worker says of a stream and return it as it is to be told; ``None``: nobody wants it any more."""
        if state.stream_id not in self._open:
            return None
        told = self._shared.judged(state) if self._shared is not None else state
        self.states[state.stream_id] = told
        return told

    def close(self) -> None:
        if self._shared is not None:
            self._shared.close()
        for ring in self._rings.values():
            ring.remove()
        self._rings.clear()

    def new_ring(self, label: str, width: int, height: int) -> Path:
        """Make a slot ring for pictures that are not of a camera (a player)."""
        path = self._slots / f"{self._prefix}{label}"
        self._rings[str(path)] = create(path, width * height * BYTES_A_PIXEL)
        return path

    def take_pace(self, pace: ScreenPace) -> None:
        """Tell every media worker how late the screens of this machine are."""
        for worker_id in self._media_workers:
            self._send(worker_id, pace)

    def new_sound_ring(self, label: str) -> Path:
        """Make a ring for sound that is not a camera's own (a player's)."""
        path = self._slots / f"{self._prefix}{label}"
        self._rings[str(path)] = create_sound(path)
        return path

    def remove_ring(self, path: Path) -> None:
        ring = self._rings.pop(str(path), None)
        if ring is not None:
            ring.remove()

    def _learn(self) -> None:
        """Read the wished cameras that are not known yet: a directory of a city is not kept in memory for nine."""
        unknown = self.wished - self._cameras.keys()
        if unknown:
            self._cameras |= {camera.camera_id: camera for camera in self._find(unknown)}

    def _wanted(self) -> dict[str, OpenStream]:
        pictures: dict[str, dict[str, PictureSlot]] = {}
        ranks: dict[str, int] = {}
        for wish in self._wishes.values():
            for tile in wish.tiles:
                if tile.camera_id in self._cameras:
                    slot = self._picture_slot(tile.camera_id, tile.profile, tile.max_width, tile.max_height)
                    name = stream_name(tile.camera_id, StreamProfile(tile.profile))
                    pictures.setdefault(name, {})[slot.slot_path] = slot
                    ranks[name] = max(ranks.get(name, 0), rank_of(tile))
        looks = {stream_name(camera.camera_id, StreamProfile.MAIN): self._slots_of(camera) for camera in self.watched()}
        recordings = {
            stream_name(camera.camera_id, StreamProfile.MAIN): recording
            for camera in self._cameras.values()
            if (recording := self._recording(camera)) is not None
        }
        wanted = {}
        heard = self.heard_stream
        for name in sorted(pictures.keys() | looks.keys() | recordings.keys()):
            camera_id, profile = name.rsplit("/", 1)
            camera = self._cameras[camera_id]
            opening = self._opening(name, camera, StreamProfile(profile))
            wanted[name] = OpenStream(
                stream_id=name,
                camera_id=camera_id,
                address=opening.address,
                opening=opening.number,
                transport="udp" if camera.transport == "udp" else "tcp",
                ring_s=RING_S if name in looks else 0.0,
                pictures=tuple(slot for _, slot in sorted(pictures.get(name, {}).items())),
                looks=looks.get(name, ()),
                recording=recordings.get(name),
                sound=self._sound_path(name) if name == heard else "",
                keeps_sound=(name in looks or name in recordings) and self._sound_rule.allows(camera),
                rank=ranks.get(name, 0),
                sight=self._sight_of(camera_id, name, pictures.keys() | looks.keys()),
            )
        return wanted

    def judged_stream(self, camera_id: str) -> str | None:
        """Return the open stream by which a camera's sight is judged."""
        names = (stream_name(camera_id, profile) for profile in StreamProfile)
        return next((name for name in names if name in self._open and self._open[name].sight is not None), None)

    def _sight_of(self, camera_id: str, name: str, decoded: Collection[str]) -> SightWish | None:
        """One stream of a camera is judged: the main one where its pictures are wanted anyway."""
        main = stream_name(camera_id, StreamProfile.MAIN)
        is_the_one = name in decoded and (name == main or main not in decoded)
        is_judged = is_the_one and not self.is_tried(camera_id) and camera_id not in self._turned
        return self._sight(camera_id) if is_judged else None

    def _beyond_the_limit(self, wanted: dict[str, OpenStream]) -> dict[str, OpenStream]:
        """Return what may not be opened because its device has as many connections as it may have.

        What a rule watches or a recording keeps comes first, then what is open already.
        """
        if not self._most_per_device:
            return {}
        of_device: dict[str, list[str]] = {}
        for name, message in wanted.items():
            is_pushed = pushing_device(self._cameras[message.camera_id].main_address) is not None
            if message.opening or _waits(message) or is_pushed:
                continue  # neither a platform's media server nor our own listener is a camera
            device = device_of(message.address.get_secret_value())
            of_device.setdefault(device, []).append(name)

        def rank(name: str) -> tuple[bool, bool, str]:
            message = wanted[name]
            return not (message.looks or message.recording), name not in self._open, name

        beyond = [name for names in of_device.values() for name in sorted(names, key=rank)[self._most_per_device :]]
        return {name: wanted[name] for name in beyond}

    def _say_refused(self, refused: dict[str, OpenStream]) -> None:
        for name in [name for name, state in self.states.items() if state.condition == "device_full"]:
            if name not in refused:
                del self.states[name]  # its worker says how it is from now on, or nobody wants it any more
        for name, message in refused.items():
            if name not in self.states:
                self.states[name] = StreamState(
                    stream_id=name, camera_id=message.camera_id, condition="device_full", since=self._clock.now()
                )
                self._show(self.states[name])

    def _say_waiting(self, before: Collection[str]) -> None:
        for name in before:
            if name not in self._waiting and name not in self._open:
                self.states.pop(name, None)
        for name, message in self._waiting.items():
            assert self._shared is not None
            state = self._shared.waiting(name, message.camera_id)
            if self.states.get(name) != state:
                self.states[name] = state
                self._show(state)

    def _end_recording(self, name: str) -> None:
        """A stream may stay open a while for whoever comes back; what is recorded or heard ends at once."""
        message = self._open[name]
        if message.recording is not None or message.sound or message.keeps_sound:
            update = {"recording": None, "sound": "", "keeps_sound": False}
            self._open[name] = message.model_copy(update=update)
            self._send(self.worker_of(name), self._open[name])

    def _end_pictures(self, name: str, now_s: float) -> None:
        """A tile that changed its stream shows the one before until the new one comes; then nobody needs it decoded."""
        message = self._open[name]
        if message.pictures and now_s - self._unwanted_s[name] >= PICTURES_LINGER_S:
            self._open[name] = message.model_copy(update={"pictures": (), "looks": (), "rank": 0})
            self._send(self.worker_of(name), self._open[name])

    def _recording(self, camera: Camera) -> RecordingWish | None:
        if not self._may_record() or self.is_tried(camera.camera_id):
            return None
        if camera.camera_id in self._by_hand:
            return RecordingWish(made_for="manual")
        # A platform keeps recordings of its own, and lists cameras by the ten thousand: "all" means all of ours.
        is_own = shared_source(camera.main_address) is None
        is_recorded = (self._continuous == "all" and is_own) or (self._continuous != "none" and camera.is_watched)
        return RecordingWish(made_for="continuous") if is_recorded else None

    def _opening(self, name: str, camera: Camera, profile: StreamProfile) -> Opening:
        """Return how to open a stream; without an address while its sharing platform has given none."""
        source = shared_source(camera.address(profile)) if self._shared is not None else None
        if self._shared is None or source is None:
            return Opening(SecretStr(self._address(camera, profile)), 0)
        return self._shared.opening(name, source) or Opening(SecretStr(""), 0)

    def _address(self, camera: Camera, profile: StreamProfile) -> str:
        """Return the address with its credentials from the vault, if it has any."""
        address = camera.address(profile)
        device = pushing_device(address)
        if device is not None and self._pushed is not None:
            return self._pushed(device)
        tried = {one.camera_id: secret for one, secret in self._trials.values()}
        secret = self._vault.get(camera.credentials_name) if camera.credentials_name else None
        secret = tried.get(camera.camera_id, secret or "") or None
        if secret is None:
            return address
        user, _, password = secret.partition(":")
        return with_credentials(address, user, password)

    def _picture_slot(self, camera_id: str, profile: str, max_width: int, max_height: int) -> PictureSlot:
        width = -(-max_width // SIZE_STEP_PX) * SIZE_STEP_PX
        height = -(-max_height // SIZE_STEP_PX) * SIZE_STEP_PX
        capacity_bytes = round(width * height * BYTES_A_PIXEL * NATIVE_ROOM)
        path = self._place_of(f"{camera_id}-{profile}-{width}x{height}", lambda place: create(place, capacity_bytes))
        return PictureSlot(slot_path=path, max_width=width, max_height=height)

    def _place_of(self, label: str, make: Callable[[Path], SlotRing]) -> str:
        """Return where the ring of a label lies, making one where there is none.

        One that was taken away and is wanted again gets a name of its own: a seat or worker that has the first one
        still open knows it by its name, and would read or fill for ever what nobody else has.
        """
        path = self._places.get(label)
        if path is None or path not in self._rings:
            self._made += 1
            path = self._places[label] = str(self._slots / f"{self._prefix}{label}-{self._made}")
            self._rings[path] = make(Path(path))
        return path

    def _sound_path(self, stream_id: str) -> str:
        """A ring of each stream: two workers must never write to one when a tile changes its stream."""
        return self._place_of(f"{stream_id.replace('/', '-')}-sound", create_sound)

    def _slots_of(self, camera: Camera) -> tuple[LookSlot, ...]:
        return tuple(slot for slot in (self._look_slot(camera), self._swift_slot(camera)) if slot is not None)

    def _swift_slot(self, camera: Camera) -> LookSlot | None:
        """Return the slots for rules that follow what moves fast: enough of them to wait for a look of the detector."""
        if not any(rule.is_swift for rule in self._rules_of(camera)):
            return None
        width, height = SWIFT_PX
        path = self._place_of(
            f"{camera.camera_id}-swift", lambda place: create(place, width * height * 3 // 2, SWIFT_SLOTS)
        )
        return LookSlot(slot_path=path, width=width, height=height, looks_per_s=SWIFT_PER_S)

    def _look_slot(self, camera: Camera) -> LookSlot | None:
        rules = [rule for rule in self._rules_of(camera) if not rule.is_swift]
        if not rules:
            return None
        region, tiling = around(rule.region for rule in rules), finest(rule.tiling for rule in rules)
        capacity_bytes = self._look.width * self._look.height * 3 // 2 * tiling.looks
        path = self._place_of(f"{camera.camera_id}-look-{tiling.looks}", lambda place: create(place, capacity_bytes))
        return LookSlot(
            slot_path=path,
            region=region,
            tiles=tiles_of(region, tiling),
            width=self._look.width,
            height=self._look.height,
            looks_per_s=max(rule.looks_per_s for rule in rules),
            is_stretched=self._look.is_stretched,
        )

    def _looking_now(self) -> dict[str, tuple[CameraRule, ...]]:
        """Return the rules that look at this hour, of the cameras where some do not."""
        local = self._clock.now().astimezone(self._zone)
        return {
            camera.camera_id: tuple(rule for rule in camera.rules if rule.looks_at(local))
            for camera in self._cameras.values()
            if not all(rule.is_on and rule.hours is None for rule in camera.rules)
        }

    def _rules_of(self, camera: Camera) -> tuple[CameraRule, ...]:
        return self._in_force.get(camera.camera_id, camera.rules)

    def _watch(self, camera: Camera) -> WatchCamera:
        return WatchCamera(
            camera_id=camera.camera_id,
            look=self._look_slot(camera),
            swift=self._swift_slot(camera),
            rules=tuple(said(rule) for rule in self._rules_of(camera)),
            references=self._references_of(camera),
        )

    def _references_of(self, camera: Camera) -> str:
        """Return where a place's reference lies: where those of its sight do; empty where no rule has one."""
        if not any(rule.family is RuleFamily.PLACE_CHANGE for rule in self._rules_of(camera)):
            return ""
        wish = self._sight(camera.camera_id)
        return wish.folder if wish is not None else ""

    def _remove_unused(self, refused: Collection[OpenStream]) -> None:
        messages = [*self._open.values(), *self._waiting.values(), *refused]  # a seat looks at where these would lie
        used = {slot.slot_path for message in messages for slot in message.pictures}
        used |= {slot.slot_path for message in messages for slot in message.looks}
        used |= {message.sound for message in messages}
        for path in [path for path in self._rings if path not in used and "-player-" not in path]:
            self._rings.pop(path).remove()
        self._places = {label: path for label, path in self._places.items() if path in self._rings}
